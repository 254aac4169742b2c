package storetest

import (
	"fmt"
	"slices"
	"time"

	"weir/feed"
)

// An entry with an item's own link is found among more of the same title than
// are compared.
func testLinkInACrowd(h *house) {
	h.settled("a", "b")
	h.cfg.Sources[1].Site = "https://a.example/"
	h.configure()
	var threads []feed.Item
	for i := range 20 {
		threads = append(threads, post("a", fmt.Sprintf("p/%d", i), "Open thread", noon.Add(time.Duration(i-20)*24*time.Hour)))
	}
	h.poll("a", threads...)
	same := threads[19]
	same.RawID = "19"
	if o := h.poll("b", same); o.Joined != 1 {
		h.t.Errorf("outcome %+v; want joined", o)
	}
}

// A date that nobody stated is no evidence: neither does it make one story of
// two under a generic name, nor two of one.
func testUndatedStories(h *house) {
	h.settled("a", "b")
	h.poll("a",
		post("a", "spring-update", "Spring update", time.Time{}),
		post("a", "what-is-new-in-rivers", "What is new in rivers", noon.Add(-time.Hour)))
	items := make([]feed.Item, 120)
	for i := range items {
		items[i] = post("b", fmt.Sprintf("p/%d", i), fmt.Sprintf("Number %d", i), time.Time{})
	}
	items[0] = post("b", "spring-update", "Spring update", time.Time{})
	// By its position it would be months old.
	items[110] = post("b", "what-is-new-in-rivers", "What is new in rivers", time.Time{})
	items[110].HTML = "<p>Something quite else in words, a teaser of the story.</p>"
	if o := h.poll("b", items...); o.Added != 119 || o.Joined != 1 {
		h.t.Errorf("outcome %+v; want 119 added and 1 joined", o)
	}
	if got := tellers(h.entry("what-is-new-in-rivers")); !slices.Equal(got, []string{"a", "b"}) {
		h.t.Errorf("tellers %v", got)
	}
}
