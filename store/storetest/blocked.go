package storetest

import (
	"slices"
	"time"

	"weir/feed"
)

// forbidding is a document of a source whose feed as a whole forbids that it is
// published by one element, or of whose items some do by another.
func (h *house) forbidding(source, denied string, items []feed.Item, blocked ...int) *feed.Document {
	h.t.Helper()
	doc := h.document(source, items...)
	doc.Denied = denied
	for i := len(doc.Items) - 1; i >= 0; i-- {
		own := slices.Contains(blocked, i)
		if !own && denied == "" {
			continue
		}
		it := doc.Items[i]
		if own {
			it.Block = "itunes:block"
		}
		doc.Items = slices.Delete(doc.Items, i, i+1)
		doc.Forbidden = append(doc.Forbidden, it)
		doc.Rejected = append(doc.Rejected, feed.Rejection{RawID: it.RawID, Link: it.Link, Reason: "forbidden"})
	}
	return doc
}

// wantBlocked holds the entries of a channel and the states of others against
// what they should be.
func (h *house) wantBlocked(by string, blocked []string, left int) {
	h.t.Helper()
	if n := len(h.window("all").Entries); n != left {
		h.t.Errorf("%d entries; want %d", n, left)
	}
	for _, slug := range blocked {
		if e := h.entry(slug); e.State != feed.StateBlocked || e.Block != by {
			h.t.Errorf("%s is %s by %q; want it blocked by %q", slug, e.State, e.Block, by)
		}
	}
}

// What a publisher forbids after it was published leaves at the poll that says
// so, whatever the policy is, stays away as long as nothing else is said, and
// comes back as subscribers know it (M5, XG11).
func testBlockedLeavesAndReturns(h *house) {
	h.settledWith(blog("a"))
	h.poll("a", days("a", 0, 5)...)
	before, revision := h.entry("day-3-of-the-river"), h.revision("all")
	blocked := h.forbidding("a", "", days("a", 0, 5), 1)
	h.later(time.Hour, "a", blocked)
	gone := []string{"day-3-of-the-river"}
	h.wantBlocked("itunes:block", gone, 4)
	if h.revision("all") == revision {
		h.t.Error("the revision did not move")
	}
	h.reopen()
	// Unchanged, it is neither told again nor missed; nor is it when it is no
	// longer shown at all, or its source leaves and returns.
	for range 5 {
		h.later(12*time.Hour, "a", nil)
	}
	for range 5 {
		h.later(12*time.Hour, "a", h.document("a", days("a", 0, 5, 3)...))
	}
	h.wantBlocked("itunes:block", gone, 4)
	all := h.cfg.Sources
	for _, list := range [][]feed.Source{{blog("b")}, append([]feed.Source{blog("b")}, all...)} {
		h.cfg.Sources = list
		h.configure()
		h.tend()
	}
	h.wantBlocked("itunes:block", gone, 4)

	h.later(time.Hour, "a", h.document("a", days("a", 0, 5)...))
	after := h.entry("day-3-of-the-river")
	h.sameStory(before, after)
	if after.State != feed.StatePlaced || after.Block != "" {
		h.t.Errorf("it came back %s, blocked by %q", after.State, after.Block)
	}
	h.wantBlocked("", nil, 5)
}

// A feed that forbids all takes along what it no longer shows; what an item
// forbade for itself stays away when the feed allows the rest again.
func testBlockedByTheFeed(h *house) {
	h.settledWith(blog("a"))
	const many = 300 // more than one stint
	h.poll("a", days("a", 0, many)...)
	h.poll("a", days("a", many-10, many)...)
	h.later(time.Hour, "a", h.forbidding("a", "", days("a", many-10, many), 0))
	h.wantBlocked("itunes:block", []string{"day-299-of-the-river"}, many-1)
	shown := days("a", many-9, many)
	h.later(time.Hour, "a", h.forbidding("a", "access:restriction", shown, 0))
	h.wantBlocked("itunes:block", []string{"day-299-of-the-river"}, 0)
	h.wantBlocked("", []string{"day-298-of-the-river", "day-0-of-the-river"}, 0)
	// A document that ends before the ban does not lift it (I19).
	partial := h.document("a", shown[2:]...)
	partial.Partial = true
	h.later(time.Hour, "a", partial)
	h.wantBlocked("", []string{"day-297-of-the-river"}, 0)
	h.later(time.Hour, "a", h.forbidding("a", "", shown, 0))
	h.wantBlocked("itunes:block", []string{"day-299-of-the-river"}, many-1)
}

// The word of whoever owns a story counts. A source that only repeats it takes
// its own telling away; who outranks the owner tells a story of its own.
func testBlockedOfSeveralTellers(h *house) {
	h.settled("a", "b", "c")
	h.cfg.Sources[2].Priority = 10
	h.configure()
	h.poll("a", rivers("a", "As a says it."))
	h.poll("b", rivers("b", "As b says it."))
	const slug = "what-is-new-in-rivers"
	owner := h.entry(slug).Sightings[0].Source
	other := map[string]string{"a": "b", "b": "a"}[owner]

	h.pollDocument(other, h.forbidding(other, "", []feed.Item{rivers(other, "As it says it.")}, 0))
	if e := h.entry(slug); e.State != feed.StatePlaced || !slices.Equal(tellers(e), []string{owner}) {
		h.t.Errorf("the entry is %s, told by %v; want %s alone", e.State, tellers(e), owner)
	}
	h.poll(other, rivers(other, "As it says it."))
	if e := h.entry(slug); !slices.Equal(tellers(e), []string{owner, other}) {
		h.t.Errorf("the entry is told by %v; want %s and %s", tellers(e), owner, other)
	}
	h.pollDocument(owner, h.forbidding(owner, "", []feed.Item{rivers(owner, "As it says it.")}, 0))
	h.poll(other, rivers(other, "As it says it now."))
	h.wantBlocked("itunes:block", []string{slug}, 0)
	h.poll("c", rivers("c", "As c says it."))
	if e := h.entry(slug); e.State != feed.StatePlaced || e.Source() != "c" {
		h.t.Errorf("the entry is %s of %s; want it placed of c", e.State, e.Source())
	}
}
