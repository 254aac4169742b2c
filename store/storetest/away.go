package storetest

import (
	"errors"
	"time"

	"weir/feed"
	"weir/store"
)

// A removed entry leaves its documents and archives, and no telling of the
// story brings it back: neither its own source's nor another's (I21).
func testRemovedStaysAway(h *house) {
	h.settled("a", "b")
	h.poll("a", post("a", "what-is-new-in-rivers", "What is new in rivers", noon),
		post("a", "how-to-cross-a-river", "How to cross a river", noon.Add(-time.Hour)))
	revision := h.revision("all")
	if err := h.A.Remove("what-is-new-in-rivers"); err != nil {
		h.t.Fatal(err)
	}
	if err := h.B.Remove("what-is-new-in-rivers"); err != nil {
		h.t.Errorf("removing twice: %v; want nothing", err)
	}
	if err := h.A.Remove("no-such-entry"); !errors.Is(err, store.ErrNotFound) {
		h.t.Errorf("removing what is not there: %v; want ErrNotFound", err)
	}
	if got := h.revision("all"); got != revision+1 {
		h.t.Errorf("revision went from %d to %d; want one step", revision, got)
	}
	edited := post("a", "what-is-new-in-rivers", "What is new in rivers", noon)
	edited.HTML, edited.Hash = "<p>Something else altogether.</p>", 7
	h.poll("a", edited)
	if o := h.poll("b", post("b", "what-is-new-in-rivers", "What is new in rivers", noon)); o.Added != 0 {
		h.t.Errorf("another source's telling made %d entries; want none", o.Added)
	}
	if got := slugs(h.window("all")); len(got) != 1 || got[0] != "how-to-cross-a-river" {
		h.t.Errorf("window %v; want the other story alone", got)
	}
	if e := h.entry("what-is-new-in-rivers"); e.State != feed.StateRemoved || e.HTML != "" || len(e.Sightings) != 2 {
		h.t.Errorf("the tombstone is %s with %d bytes of text and %d sightings; want it removed, empty, with both",
			e.State, len(e.HTML), len(e.Sightings))
	}
}
