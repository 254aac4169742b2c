package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
)

// Until the first cycle is settled there is nothing to publish, and what was
// committed is remembered all the same.
func testFoundingHidesWindows(h *house) {
	h.sources("a")
	if o := h.poll("a", post("a", "one", "The first", noon)); o != (feed.Outcome{Source: "a"}) {
		h.t.Errorf("outcome %+v; want nothing counted", o)
	}
	for _, read := range []func() error{
		func() error { _, err := h.B.Window(feed.Query{Channel: "all", Limit: 1}); return err },
		func() error { _, err := h.B.Archive("all", 1); return err },
		func() error { _, err := h.B.Arrivals("all", 1); return err },
	} {
		if err := read(); !errors.Is(err, store.ErrFounding) {
			h.t.Errorf("read = %v; want ErrFounding", err)
		}
	}
	if h.status("a").State.Doc.FirstFetched.IsZero() {
		h.t.Error("the document's state is not remembered")
	}
	if o := h.settle(); o.Added != 1 {
		h.t.Errorf("Settle = %+v; want one added", o)
	}
	if got := slugs(h.window("all")); !slices.Equal(got, []string{"one"}) {
		h.t.Errorf("window %v", got)
	}
	if o := h.settle(); o != (feed.Outcome{}) {
		h.t.Errorf("second Settle = %+v; want nothing", o)
	}
}

// planet is a first cycle with stories told by several sources.
func (h *house) planet(sources, items int) []string {
	var ids []string
	for i := range sources {
		ids = append(ids, fmt.Sprintf("s%02d", i))
	}
	h.sources(ids...)
	h.cfg.Channels = append(h.cfg.Channels, feed.Channel{
		ID: "even", Digest: "1",
		Match: func(e *feed.Entry) bool { return len(e.AllTags()) > 0 && e.AllTags()[0].Term == "even" },
	})
	h.configure()
	return ids
}

// documents are what the planet's feeds hold: every third story is told by the
// next source too, under the same telling slug.
func (h *house) documents(ids []string, items int) map[string]*feed.Document {
	docs := make(map[string]*feed.Document)
	for i, id := range ids {
		var list []feed.Item
		for j := range items {
			from := i
			if j%3 == 2 && i > 0 {
				from = i - 1
			}
			name := fmt.Sprintf("story-%s-about-number-%s", word(from), word(j))
			it := post(id, name, "Story "+word(from)+" about number "+word(j)+" of them all", noon.Add(-time.Duration(37*(i+j)%91)*time.Hour))
			if j%2 == 0 {
				it.Tags = []feed.Tag{{Term: "even"}}
			}
			if j%5 == 4 {
				it.Published = time.Time{}
			}
			list = append(list, it)
		}
		docs[id] = h.document(id, list...)
	}
	return docs
}

// word spells a number in letters, because slugs of digits tell nothing.
func word(n int) string {
	return fmt.Sprintf("%c%c%c", 'a'+n%26, 'a'+n/26%26, 'e')
}

// found commits documents in batches of a shuffled order and settles.
func (h *house) found(ids []string, docs map[string]*feed.Document, seed uint64) {
	h.t.Helper()
	order := slices.Clone(ids)
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for batch := range slices.Chunk(order, 3) {
		var reports []feed.Report
		for _, c := range h.claim(h.A, batch...) {
			reports = append(reports, h.report(c, docs[c.Source.ID]))
		}
		h.commit(h.A, reports...)
	}
}

// everything reads all that is published.
func (h *house) everything() map[string]feed.Window {
	all := make(map[string]feed.Window)
	for _, c := range h.cfg.Channels {
		all[c.ID] = h.window(c.ID)
	}
	return all
}

// Two installs from scratch agree, whatever order the servers answered in.
func testFirstCycleInAnyOrder(h *house) {
	ids := h.planet(10, 12)
	docs := h.documents(ids, 12)
	empty := backup(h.t, h.A)
	h.found(ids, docs, 1)
	first := h.settle()
	want := h.everything()
	if n := len(want["all"].Entries); n <= 80 || n >= 120 || first.Joined == 0 {
		h.t.Fatalf("%d entries, %+v: the test's stories do not meet", n, first)
	}
	for seed := range uint64(3) {
		other := &house{t: h.t, clock: h.clock, cfg: h.cfg, seen: make(map[string]feed.Window)}
		s := h.Restore(empty)
		other.Engine = &Engine{A: s, B: s}
		other.configure()
		other.found(ids, docs, seed+2)
		if second := other.settle(); second != first {
			h.t.Errorf("Settle = %+v; want %+v", second, first)
		}
		if diff := cmp.Diff(want, other.everything()); diff != "" {
			h.t.Errorf("two installs differ (-first +second):\n%s", diff)
		}
		if err := s.Check(); err != nil {
			h.t.Error(err)
		}
		if err := s.Close(); err != nil {
			h.t.Error(err)
		}
	}
}

// A first cycle survives a restart between Commit and Settle.
func testFirstCycleReopened(h *house) {
	ids := h.planet(4, 6)
	h.found(ids, h.documents(ids, 6), 1)
	h.reopen()
	o := h.settle()
	if o.Added+o.Joined != 24 {
		h.t.Errorf("Settle = %+v; want 24 items accounted for", o)
	}
	for _, id := range ids {
		if n := h.status(id).State.Doc.Entries; n != 6 {
			h.t.Errorf("source %s tells %d entries; want 6", id, n)
		}
	}
}

// A source that was polled twice before anything was settled doubles nothing,
// and its second telling is an edit.
func testFirstCycleRepeated(h *house) {
	h.sources("a")
	one := post("a", "one", "The first", noon.Add(-time.Hour))
	h.poll("a", one, post("a", "two", "The second", noon))
	h.clock.advance(time.Hour)
	h.reopen()
	one.HTML = "<p>Edited before anybody had read it.</p>"
	h.poll("a", one)
	if o := h.settle(); o.Added != 2 || o.Changed != 1 {
		h.t.Errorf("Settle = %+v; want two added, one changed", o)
	}
	if got := h.entry("one").HTML; got != one.HTML {
		h.t.Errorf("content %q; want the edited one", got)
	}
}
