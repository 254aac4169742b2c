package storetest

import (
	"sync"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// Two stories change places between two channels, committed at the same time
// by two claimants: each is in one channel before and after, never in none or
// both, and the arrival numbers of both channels stay gapless.
func testMovesBetweenChannels(h *house) {
	h.cfg.Channels = append(h.cfg.Channels, tagged("x", "x"), tagged("y", "y"))
	h.settled("a", "b")
	told := func(source, slug, title, tag string) feed.Item {
		it := post(source, slug, title, noon)
		it.Tags = []feed.Tag{{Term: tag}}
		return it
	}
	h.poll("a", told("a", "what-is-new-in-rivers", "What is new in rivers", "x"))
	h.poll("b", told("b", "how-to-build-a-weir", "How to build a weir", "y"))
	for round := range 4 {
		to := [][2]string{{"y", "x"}, {"x", "y"}}[round%2]
		a := h.report(h.claim(h.A, "a")[0], h.document("a", told("a", "what-is-new-in-rivers", "What is new in rivers", to[0])))
		b := h.report(h.claim(h.B, "b")[0], h.document("b", told("b", "how-to-build-a-weir", "How to build a weir", to[1])))
		var wait sync.WaitGroup
		for _, c := range []func(){func() { h.commit(h.A, a) }, func() { h.commit(h.B, b) }} {
			wait.Go(c)
		}
		wait.Wait()
		for channel, slug := range map[string]string{to[0]: "what-is-new-in-rivers", to[1]: "how-to-build-a-weir"} {
			w := h.window(channel)
			if diff := cmp.Diff([]string{slug}, slugs(w)); diff != "" {
				h.t.Fatalf("round %d, channel %s (-want +got):\n%s", round, channel, diff)
			}
			if got, want := w.Entries[0].Arrival, uint64(round+2); got != want {
				h.t.Errorf("round %d, channel %s: arrival %d; want %d", round, channel, got, want)
			}
		}
		if n := len(h.window("all").Entries); n != 2 {
			h.t.Fatalf("round %d: %d entries in all; want both", round, n)
		}
	}
}

// A batch need not be sorted, and a report that is in it twice counts once and
// hears one outcome twice.
func testUnsortedBatch(h *house) {
	h.settled("a", "b", "c")
	claims := make(map[string]feed.Claim)
	for _, c := range h.claim(h.A, "a", "b", "c") {
		claims[c.Source.ID] = c
	}
	titles := map[string]string{"a": "One thing about rivers", "b": "Another thing about lakes", "c": "A third thing about seas"}
	var reports []feed.Report
	for _, id := range []string{"c", "a", "c", "b", "a"} {
		reports = append(reports, h.report(claims[id], h.document(id, post(id, "thing-of-"+id, titles[id], noon))))
	}
	outcomes := h.commit(h.A, reports...)
	for i, o := range outcomes {
		if want := (feed.Outcome{Source: reports[i].Source, Added: 1}); o != want {
			h.t.Errorf("outcome %d is %+v; want %+v", i, o, want)
		}
	}
	if n := len(h.window("all").Entries); n != 3 {
		h.t.Errorf("%d entries; want 3", n)
	}
}
