package storetest

import (
	"fmt"
	"time"

	"weir/feed"
)

// days are stories of a source, one a day, newest first: from the nth day to
// the mth, less some.
func days(source string, from, to int, less ...int) []feed.Item {
	left := make(map[int]bool)
	for _, n := range less {
		left[n] = true
	}
	var items []feed.Item
	for n := to - 1; n >= from; n-- {
		if !left[n] {
			items = append(items, post(source, fmt.Sprintf("p/day-%d-of-the-river", n), fmt.Sprintf("Day %d of the river", n), noon.AddDate(0, 0, n-100)))
		}
	}
	return items
}

// later polls a source, or looks at it in vain where doc is nil, after a while.
func (h *house) later(d time.Duration, source string, doc *feed.Document) feed.Tended {
	h.t.Helper()
	h.clock.advance(d)
	h.pollDocument(source, doc)
	return h.tend()
}

// settledWith configures one source and ends the first cycle.
func (h *house) settledWith(src feed.Source) {
	h.t.Helper()
	h.cfg.Sources = []feed.Source{src}
	h.configure()
	h.settle()
}

// wantWithdrawn holds what a status says of withdrawn entries against what it
// should.
func (h *house) wantWithdrawn(source string, state feed.EntryState, slugs ...string) {
	h.t.Helper()
	st := h.status(source)
	if st.Withdrawn != len(slugs) || len(st.Gone) != len(slugs) {
		h.t.Fatalf("%d withdrawn, %+v; want %v", st.Withdrawn, st.Gone, slugs)
	}
	for i, w := range st.Gone {
		if w.Slug != slugs[i] || w.State != state || w.ID != h.entry(w.Slug).ID || w.At.IsZero() {
			h.t.Errorf("withdrawn %d is %+v; want %s, %s", i, w, slugs[i], state)
		}
	}
}

// An item that is missing from three readings over a day, while older ones are
// there, is told to the operator and stays where it is (I19). An unchanged
// document is a reading.
func testWithdrawnIsListed(h *house) {
	h.settled("a")
	h.poll("a", days("a", 0, 10)...)
	h.later(time.Hour, "a", h.document("a", days("a", 0, 10, 5)...))
	h.later(time.Hour, "a", nil)
	h.wantWithdrawn("a", 0)
	h.later(21*time.Hour, "a", nil)
	h.wantWithdrawn("a", 0) // three readings, not yet a day
	h.later(3*time.Hour, "a", nil)
	h.wantWithdrawn("a", feed.StatePlaced, "day-5-of-the-river")
	if n := len(h.window("all").Entries); n != 10 {
		h.t.Errorf("%d entries; want all 10", n)
	}
	h.later(time.Hour, "a", h.document("a", days("a", 0, 10)...))
	h.wantWithdrawn("a", 0)

	// A day is over and there were only two readings.
	h.later(time.Hour, "a", h.document("a", days("a", 0, 10, 5)...))
	h.later(30*time.Hour, "a", nil)
	h.wantWithdrawn("a", 0)
	h.later(2*time.Hour, "a", nil)
	h.wantWithdrawn("a", feed.StatePlaced, "day-5-of-the-river")
}

// Where the source says so a withdrawn entry leaves the documents, and comes
// back, itself unchanged, when it is shown again.
func testWithdrawnIsDropped(h *house) {
	src := blog("a")
	src.Gone = feed.GoneDrop
	h.settledWith(src)
	h.poll("a", days("a", 0, 10)...)
	before := h.entry("day-5-of-the-river")
	gone := h.document("a", days("a", 0, 10, 5)...)
	h.later(time.Hour, "a", gone)
	h.later(12*time.Hour, "a", gone)
	if n := h.later(12*time.Hour, "a", nil).Withdrawn; n != 1 {
		h.t.Fatalf("%d entries left; want 1", n)
	}
	h.wantWithdrawn("a", feed.StateWithdrawn, "day-5-of-the-river")
	if n := len(h.window("all").Entries); n != 9 {
		h.t.Errorf("%d entries; want 9", n)
	}
	h.reopen()
	// The operator changes the policy, and changes it back.
	for _, policy := range []feed.Gone{feed.GoneKeep, feed.GoneDrop} {
		h.cfg.Sources[0].Gone = policy
		h.configure()
		h.tend()
		if got, want := h.entry("day-5-of-the-river").State == feed.StatePlaced, policy == feed.GoneKeep; got != want {
			h.t.Errorf("under policy %d it is placed: %t", policy, got)
		}
	}
	h.later(time.Hour, "a", h.document("a", days("a", 0, 10)...))
	after := h.entry("day-5-of-the-river")
	h.sameStory(before, after)
	if after.State != feed.StatePlaced || len(h.window("all").Entries) != 10 {
		h.t.Errorf("shown again it is %s", after.State)
	}
	h.wantWithdrawn("a", 0)
}

// What was withdrawn, or was about to be, is so also when its source left the
// configuration and came back: before its absence was due, and after.
func testWithdrawnOutlivesRetirement(h *house) {
	src := blog("a")
	src.Gone = feed.GoneDrop
	h.settledWith(src)
	all := []feed.Source{src, blog("b")}
	h.cfg.Sources = all
	h.configure()
	h.poll("a", days("a", 0, 10)...)
	gone := h.document("a", days("a", 0, 10, 5)...)
	h.later(time.Hour, "a", gone)
	h.later(12*time.Hour, "a", gone)
	h.later(time.Hour, "a", nil)
	for _, away := range []time.Duration{12 * time.Hour, time.Hour} {
		h.cfg.Sources = all[1:]
		h.configure()
		if n := h.tend().Retired; n == 0 {
			h.t.Fatal("nothing is retired")
		}
		h.clock.advance(away)
		h.cfg.Sources = all
		h.configure()
		h.tend()
		h.wantWithdrawn("a", feed.StateWithdrawn, "day-5-of-the-river")
		if n := len(h.window("all").Entries); n != 9 {
			h.t.Errorf("%d entries after %s away; want 9", n, away)
		}
	}
	h.later(time.Hour, "a", h.document("a", days("a", 0, 10)...))
	h.wantWithdrawn("a", 0)
	if n := len(h.window("all").Entries); n != 10 {
		h.t.Errorf("%d entries when it is shown again; want 10", n)
	}
}

// Nothing is withdrawn by a window that slides, by a document that ended
// early, is empty or shrunk (I19, I20, XG01, XG02).
func testNothingIsWithdrawn(h *house) {
	src := blog("a")
	src.Gone = feed.GoneDrop
	h.settledWith(src)
	partial := func(items ...feed.Item) *feed.Document {
		d := h.document("a", items...)
		d.Partial = true
		return d
	}
	for _, c := range []struct {
		name string
		now  *feed.Document
	}{
		{"early", partial(days("a", 0, 10, 9, 8)...)},
		{"empty", h.document("a")},
		{"shrunk", h.document("a", days("a", 0, 1)...)},
		{"other", h.document("a", post("a", "a-domain-is-for-sale-here", "For sale", noon.AddDate(-9, 0, 0)))},
		{"slid", h.document("a", days("a", 3, 13)...)},
	} {
		h.later(time.Hour, "a", h.document("a", days("a", 0, 10)...))
		if n := len(h.window("all").Entries); n < 10 {
			h.t.Fatalf("%s: %d entries before; want 10", c.name, n)
		}
		for range 4 {
			h.later(12*time.Hour, "a", c.now)
			h.later(12*time.Hour, "a", nil)
		}
		if n := h.status("a").Withdrawn; n != 0 {
			h.t.Errorf("%s: %d entries were withdrawn", c.name, n)
		}
	}
}

// folder is a source of local articles.
func folder() feed.Source {
	return feed.Source{ID: "local", Kind: feed.Articles, URL: "/articles", Priority: 100}
}

// An article whose file is gone is retracted at the second look, and comes
// back with the file.
func testArticlesAreRetracted(h *house) {
	h.settledWith(folder())
	h.poll("local", days("local", 0, 5)...)
	before := h.entry("day-4-of-the-river")
	h.later(time.Minute, "local", h.document("local", days("local", 0, 4)...))
	if n := len(h.window("all").Entries); n != 5 {
		h.t.Errorf("%d entries after one look; want 5: an editor may be saving it", n)
	}
	h.later(time.Minute, "local", nil)
	if n := len(h.window("all").Entries); n != 4 {
		h.t.Errorf("%d entries after the second look; want 4", n)
	}
	h.later(time.Minute, "local", h.document("local", days("local", 0, 5)...))
	h.sameStory(before, h.entry("day-4-of-the-river"))
	if n := len(h.window("all").Entries); n != 5 {
		h.t.Errorf("%d entries with the file back; want 5", n)
	}
	// What is still there and not to be shown was not lost: all became drafts.
	drafts := h.document("local")
	drafts.Withheld = 5
	h.later(time.Minute, "local", drafts)
	h.later(time.Minute, "local", nil)
	h.wantAll()
}

// An empty folder, or one that lost more than half at once, retracts nothing
// (XG02).
func testArticlesStay(h *house) {
	h.settledWith(folder())
	for _, left := range []int{0, 2} {
		h.later(time.Minute, "local", h.document("local", days("local", 0, 5)...))
		for range 3 {
			h.later(time.Minute, "local", h.document("local", days("local", 0, left)...))
			h.later(time.Minute, "local", nil)
		}
		if n := len(h.window("all").Entries); n != 5 {
			h.t.Errorf("with %d files left there are %d entries; want 5", left, n)
		}
	}
}
