package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// slow is a channel whose rule is asked nothing before it is let go on.
func slow(id, digest string, match func(*feed.Entry) bool) (ch feed.Channel, goOn func()) {
	gate := make(chan struct{})
	return feed.Channel{ID: id, Digest: digest, Match: func(e *feed.Entry) bool {
		<-gate
		return match(e)
	}}, func() { close(gate) }
}

// labelled are posts of which every other one has a tag.
func labelled(source string, from, to int) []feed.Item {
	items := posts(source, from, to)
	for i := range items {
		items[i].Tags = []feed.Tag{{Term: []string{"go", "web"}[(to-1-i)%2]}}
	}
	return items
}

// begin configures and does not wait for the channels.
func (h *house) begin() {
	h.t.Helper()
	if err := h.A.Configure(h.cfg); err != nil {
		h.t.Fatalf("Configure: %v", err)
	}
}

func (h *house) await() {
	h.t.Helper()
	if err := h.B.Await(context.Background()); err != nil {
		h.t.Fatalf("Await: %v", err)
	}
}

// While a channel is indexed anew it is what its old rule says, also of what is
// committed meanwhile; one that is new is empty. Then both are what the new
// rules say, of all that came and changed since too.
func testOldRuleStaysInUse(h *house) {
	h.settled("a", "b")
	h.poll("a", labelled("a", 0, 6)...)
	h.cfg.Channels = append(h.cfg.Channels, tagged("c", "go"))
	h.configure()
	before := h.window("c")

	renewed, goOn := slow("c", "web", tagged("c", "web").Match)
	h.cfg.Channels = append(h.cfg.Channels[:1], renewed, tagged("d", "go"))
	h.begin()
	if diff := cmp.Diff(before, h.window("c")); diff != "" {
		h.t.Errorf("the channel changed while it is indexed:\n%s", diff)
	}
	if w, err := h.B.Window(feed.Query{Channel: "d", Limit: 9}); err != nil || len(w.Entries) != 0 || w.Revision != 0 {
		h.t.Errorf("new channel: %d entries at revision %d, %v; want it empty", len(w.Entries), w.Revision, err)
	}
	soon, cancel := context.WithCancel(context.Background())
	cancel()
	if err := h.B.Await(soon); !errors.Is(err, context.Canceled) {
		h.t.Errorf("Await = %v while it is indexed; want the context's error", err)
	}

	h.clock.advance(time.Hour)
	h.poll("b", labelled("b", 100, 104)...)
	edited := labelled("a", 0, 6)
	edited[0].Tags, edited[1].Tags = edited[1].Tags, edited[0].Tags // post-005 is go now, post-004 web
	h.poll("a", edited...)
	if err := h.A.Remove("post-000"); err != nil {
		h.t.Fatal(err)
	}
	if got, want := slugs(h.window("c")), []string{"post-102", "post-100", "post-005", "post-002"}; !slices.Equal(got, want) {
		h.t.Errorf("under the old rule %v; want %v", got, want)
	}

	hints, end := h.B.Hints()
	defer end()
	revision := h.revision("c")
	goOn()
	h.await()
	w := h.window("c")
	if want := []string{"post-103", "post-101", "post-004", "post-003", "post-001"}; !slices.Equal(slugs(w), want) {
		h.t.Errorf("under the new rule %v; want %v", slugs(w), want)
	}
	if w.Revision <= revision {
		h.t.Errorf("revision %d after %d", w.Revision, revision)
	}
	h.numbered(w, revision)
	if got, want := slugs(h.window("d")), []string{"post-102", "post-100", "post-005", "post-002"}; !slices.Equal(got, want) {
		h.t.Errorf("the new channel has %v; want %v", got, want)
	}
	select {
	case <-hints:
	default:
		h.t.Error("no hint")
	}
}

// numbered checks that entries which came into a channel carry a revision that
// nobody has seen yet, and arrival numbers of their own.
func (h *house) numbered(w feed.Window, seen uint64) {
	h.t.Helper()
	arrivals := make(map[uint64]string)
	for _, e := range w.Entries {
		if other, taken := arrivals[e.Arrival]; taken || e.Arrival == 0 {
			h.t.Errorf("%s has the arrival %d of %q", e.Slug, e.Arrival, other)
		}
		arrivals[e.Arrival] = e.Slug
		if e.Revision <= seen && e.Slug != "post-004" || e.Revision > w.Revision {
			h.t.Errorf("%s: revision %d; the channel went from %d to %d", e.Slug, e.Revision, seen, w.Revision)
		}
	}
}

// A configuration that comes while another is being put to use replaces it, and
// a restart in between begins again; numbers that were set aside are used.
func testNewRuleOverNewRule(h *house) {
	h.settled("a")
	h.poll("a", labelled("a", 0, 6)...)
	h.cfg.Channels = append(h.cfg.Channels, tagged("c", "go"))
	h.configure()
	every := func(*feed.Entry) bool { return true }
	for i, digest := range []string{"one", "two"} { // the first goes on when it is replaced already
		renewed, goOn := slow("c", digest, every)
		h.cfg.Channels[1] = renewed
		h.begin()
		if got := len(h.window("c").Entries); got != 3 {
			h.t.Errorf("%d entries; want the 3 of the first rule", got)
		}
		later := time.AfterFunc(10*time.Millisecond*time.Duration(i+1), goOn)
		defer later.Stop()
	}
	h.reopen() // ends the work wherever it is
	w := h.window("c")
	if len(w.Entries) != 6 {
		h.t.Errorf("%d entries; want 6", len(w.Entries))
	}
	for i := range uint64(6) {
		if !slices.ContainsFunc(w.Entries, func(e feed.Placed) bool { return e.Arrival == i+1 }) {
			h.t.Errorf("arrival %d is missing", i+1)
		}
	}
	h.cfg.Channels = h.cfg.Channels[:1]
	h.configure()
}
