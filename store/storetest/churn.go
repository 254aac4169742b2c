package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/feed"
)

// What comes late is placed a day before it was seen, what is released at the
// release: both are in the next window. What leaves a window makes no room for
// what was behind it.
func testLateAndReleasedAreSeen(h *house) {
	h.cfg.Rules.Flood.Burst = 2
	h.settled("a", "b")
	h.begun("a", "b")
	h.read("b", batch("b", "daily", 2, h.clock.now())...)
	h.clock.advance(time.Hour)
	late := post("a", "written-months-ago-shown-now", "Written months ago", noon.Add(-100*24*time.Hour))
	h.read("a", late, h.beginning("a"))
	e := h.entry("written-months-ago-shown-now")
	if !e.Place.Equal(h.clock.now().Add(-24*time.Hour)) || !e.Published.Equal(late.Published) {
		h.t.Errorf("place %v, published %v; want a day before now, and its own date", e.Place, e.Published)
	}
	held := batch("a", "rivers", 3, noon.Add(-90*24*time.Hour))
	h.read("a", append(held, late, h.beginning("a"))...)
	h.clock.advance(30 * time.Hour)
	h.tend()
	w, err := h.B.Window(feed.Query{Channel: "all", Limit: 3, Hold: 72 * time.Hour, Max: 300})
	if err != nil {
		h.t.Fatal(err)
	}
	got := slugs(w)
	want := []string{"rivers-cae", "rivers-bae", "rivers-aae"}
	if len(got) < 4 || !slices.Equal(got[:3], want) || !slices.Contains(got, late.Link[len("https://a.example/"):]) {
		h.t.Errorf("window %v; want what was released first, and what came late", got)
	}
	before := slugs(h.window("all"))
	if err := h.A.Remove("rivers-cae"); err != nil {
		h.t.Fatal(err)
	}
	if got := slugs(h.window("all")); !slices.Equal(got, before[1:]) {
		h.t.Errorf("window %v; want %v", got, before[1:])
	}
}

// A feed that makes new ids at every poll posts nothing twice, its new stories
// come in, and neither entries nor revisions grow with its polls (XF08).
func testNewKeysAtEveryPoll(h *house) {
	h.guarded("a")
	items := batch("a", "rivers", 20, noon.Add(-time.Hour))
	for i := range 10 {
		if i == 5 {
			items = append(items, post("a", "the-one-new-story", "The one new story", h.clock.now()))
		}
		before := h.revision("all")
		for j := range items {
			items[j].RawID = fmt.Sprintf("%d-%d", i, j)
		}
		o := h.read("a", items...)
		switch {
		case i == 0 && o.Added != 20, i == 5 && o.Added != 1, i != 0 && i != 5 && o.Added != 0:
			h.t.Fatalf("poll %d: outcome %+v", i, o)
		case i == 9 && h.revision("all") != before:
			h.t.Errorf("poll %d moved the revision", i)
		}
		h.clock.advance(time.Hour)
	}
	if n := h.states("a"); n[feed.StatePlaced] != 4 || n[feed.StateShelved] != 17 {
		h.t.Errorf("states %v; want 4 placed and 17 shelved", n)
	}
	items[0].HTML = "<p>" + strings.Repeat("An edit is still an edit. ", 5) + "</p>"
	items[0].RawID = "10-0"
	if o := h.read("a", items...); o.Added != 0 || o.Changed != 1 {
		h.t.Errorf("outcome %+v; want one changed", o)
	}
}

// A feed that is cut at every poll and makes new ids proves no absence. Its
// stories are known all the same, edits come through, and its entries do not
// grow (XF08, I19).
func testNewKeysOfPartialDocuments(h *house) {
	h.settled("a")
	items := batch("a", "rivers", 5, noon.Add(-time.Hour))
	for i := range 12 {
		before := h.revision("all")
		for j := range items {
			items[j].RawID = fmt.Sprintf("%d-%d", i, j)
		}
		if i == 11 {
			items[0].HTML = "<p>An edit is still an edit.</p>"
		}
		doc := h.document("a", items...)
		doc.Partial = true
		o := h.pollDocument("a", doc)
		switch moved := h.revision("all") != before; {
		case i == 0 && o.Added != 5, i > 0 && o.Added != 0:
			h.t.Fatalf("poll %d: outcome %+v", i, o)
		case i > 5 && i < 11 && (moved || o.Same != 5), i == 11 && o.Changed != 1:
			h.t.Errorf("poll %d: outcome %+v, moved %t", i, o, moved)
		}
		h.clock.advance(time.Hour)
	}
	for _, e := range h.window("all").Entries {
		if len(e.Sightings) > 6 {
			h.t.Errorf("entry %s has %d sightings", e.Slug, len(e.Sightings))
		}
	}
}

// A mirror that makes new ids at every poll is one source that tells the story,
// and moves nothing by it (XF08).
func testNewKeysOfAMirror(h *house) {
	h.settled("a", "b")
	it := post("a", "what-the-river-brought-in-spring", "What the river brought", noon)
	h.read("a", it)
	copied := post("b", "what-the-river-brought-in-spring", "What the river brought", noon)
	for i := range 12 {
		before := h.revision("all")
		copied.RawID = fmt.Sprintf("%d", i)
		if o := h.read("b", copied); o.Added != 0 || o.Joined+o.Same != 1 {
			h.t.Fatalf("poll %d: outcome %+v", i, o)
		}
		if i > 5 && h.revision("all") != before {
			h.t.Errorf("poll %d moved the revision", i)
		}
		h.clock.advance(time.Hour)
	}
	if e := h.entry("what-the-river-brought-in-spring"); e.Source() != "a" || len(e.Sightings) > 6 {
		h.t.Errorf("owned by %s with %d sightings", e.Source(), len(e.Sightings))
	}
}

// Where ids only number the places in the document every new story comes in, and
// none is written over (I7).
func testIDsAreNumbers(h *house) {
	h.settled("a")
	var told []feed.Item
	for i := range 12 {
		told = slices.Insert(told, 0, post("a", "rivers-"+word(i), "Rivers "+word(i), h.clock.now()))
		items := slices.Clone(told[:min(len(told), 5)])
		for j := range items {
			items[j].RawID = fmt.Sprint(j)
		}
		if o := h.read("a", items...); o.Added != 1 || o.Changed != 0 {
			h.t.Errorf("poll %d: outcome %+v; want one added", i, o)
		}
		h.clock.advance(time.Hour)
	}
	w := h.window("all").Entries
	if len(w) != len(told) {
		h.t.Fatalf("%d entries; want %d", len(w), len(told))
	}
	for i := range w {
		if w[i].Title != told[i].Title || w[i].Link != told[i].Link {
			h.t.Errorf("entry %s is %q at %s", w[i].Slug, w[i].Title, w[i].Link)
		}
	}
}

// When ids begin to repeat, items go by what tells them apart; those that are
// known stay known, and when the ids are unique again as well (I7).
func testIDsBeginToRepeat(h *house) {
	h.settled("a")
	items := batch("a", "rivers", 10, noon)
	for i := range items {
		items[i].RawID = fmt.Sprintf("id-%d", i)
	}
	h.read("a", items...)
	unique := slices.Clone(items)
	for i, want := range []feed.Outcome{
		{Source: "a", Added: 1, Same: 10}, {Source: "a", Same: 11}, {Source: "a", Added: 1, Same: 11},
	} {
		h.clock.advance(time.Hour)
		switch i {
		case 0: // six of eleven ids are one
			items = append(items, post("a", "one-more-of-the-same-id", "One more", h.clock.now()))
			for j := range 6 {
				items[10-j].RawID = "0"
			}
		case 2:
			items = append(slices.Clone(unique), items[10], post("a", "and-another-one-now", "And another", h.clock.now()))
			items[10].RawID, items[11].RawID = "id-10", "id-11"
		}
		if o := h.read("a", items...); o.Added != want.Added || o.Joined+o.Same+o.Changed != want.Same {
			h.t.Errorf("poll %d: outcome %+v; want %+v", i, o, want)
		}
	}
	if n := len(h.window("all").Entries); n != 12 {
		h.t.Errorf("%d entries; want 12", n)
	}
}

// An id that is used again for something new is an edit: slug, id and date
// stay (XF09).
func testIDIsUsedAgain(h *house) {
	h.settled("a")
	it := post("a", "", "Picture of the day", noon)
	it.RawID, it.Link = "today", "https://a.example/picture-of-this-very-day"
	h.read("a", it)
	before := h.window("all").Entries[0]
	h.clock.advance(24 * time.Hour)
	it.Title, it.Link, it.HTML = "A heron at dawn", "https://a.example/a-heron-at-dawn", "<p>Another picture.</p>"
	it.Published = h.clock.now()
	if o := h.read("a", it); o.Changed != 1 || o.Added != 0 {
		h.t.Errorf("outcome %+v; want changed", o)
	}
	after := h.window("all").Entries[0]
	if after.Slug != before.Slug || after.ID != before.ID || !after.Published.Equal(before.Published) || !after.Place.Equal(before.Place) {
		h.t.Errorf("%s %s %v became %s %s %v", before.Slug, before.ID, before.Published, after.Slug, after.ID, after.Published)
	}
	if after.Title != "A heron at dawn" || !after.Updated.Equal(h.clock.now()) {
		h.t.Errorf("title %q, updated %v; want the new one, now", after.Title, after.Updated)
	}
}

// Caches that hand out an older document now and then undo nothing (I18).
func testOldVersionsComeBack(h *house) {
	h.settled("a")
	old := post("a", "one", "The first", noon)
	old.Updated = noon
	edited := old
	edited.HTML, edited.Updated = "<p>It was corrected.</p>", noon.Add(time.Hour)
	h.read("a", old)
	h.clock.advance(2 * time.Hour)
	h.read("a", edited)
	revision := h.revision("all")
	for range 4 {
		h.clock.advance(time.Hour)
		for _, it := range []feed.Item{old, edited} {
			if o := h.read("a", it); o.Same != 1 {
				h.t.Errorf("outcome %+v; want the same", o)
			}
		}
	}
	if e := h.entry("one"); e.HTML != edited.HTML || h.revision("all") != revision {
		h.t.Errorf("content %q, %d revisions; want the newer, none", e.HTML, h.revision("all")-revision)
	}
}

// A feed that is empty, or shrinks to one item, deletes nothing and forgets
// nothing: what comes back under new ids is known (I19, I20).
func testEmptyFeedKeepsAll(h *house) {
	h.guarded("a")
	h.begun("a")
	items := batch("a", "rivers", 10, h.clock.now())
	h.read("a", append(slices.Clone(items), h.beginning("a"))...)
	revision := h.revision("all")
	h.clock.advance(time.Hour)
	h.read("a")
	h.clock.advance(48 * time.Hour)
	h.read("a")
	h.tend()
	if n := len(h.window("all").Entries); n != 11 || h.revision("all") != revision {
		h.t.Errorf("%d entries, %d revisions; want 11, none", n, h.revision("all")-revision)
	}
	for i := range items {
		items[i].RawID = fmt.Sprintf("new-%d", i)
	}
	if o := h.read("a", items...); o.Added != 0 || o.Same != 10 {
		h.t.Errorf("outcome %+v; want the same", o)
	}
	h.read("a", items[9])
	if n := len(h.window("all").Entries); n != 11 {
		h.t.Errorf("%d entries after it shrank; want 11", n)
	}
}

// A feed whose dates all move announces nothing again and moves nothing (XG07).
func testFeedIsRedated(h *house) {
	h.guarded("a")
	h.begun("a")
	items := batch("a", "rivers", 40, h.clock.now())
	h.read("a", items...)
	want, revision := slugs(h.window("all")), h.revision("all")
	h.clock.advance(72 * time.Hour)
	for i := range items {
		items[i].Published, items[i].Updated = h.clock.now(), h.clock.now()
	}
	if o := h.read("a", items...); o.Same != 40 {
		h.t.Errorf("outcome %+v; want the same", o)
	}
	if got := slugs(h.window("all")); !slices.Equal(got, want) || h.revision("all") != revision {
		h.t.Errorf("window %v, %d revisions; want %v, none", got, h.revision("all")-revision, want)
	}
}

// Content that differs at every poll in what nobody reads changes nothing, and
// what flips for good is updated a few times a day at most (XG08, XF13).
func testContentFlips(h *house) {
	h.settled("a")
	it := post("a", "one", "The first", noon.Add(-time.Hour))
	h.read("a", it)
	revision := h.revision("all")
	for i := range 5 {
		h.clock.advance(time.Hour)
		it.HTML = fmt.Sprintf("<p>The first   is told by a.</p><img src=\"https://a.example/pixel.gif?n=%d\">", i)
		h.read("a", it)
		if i == 0 {
			revision = h.revision("all") // the picture is new
		}
	}
	if got := h.revision("all"); got != revision {
		h.t.Errorf("%d revisions for a counter; want none", got-revision)
	}
	place := h.entry("one").Place
	moved := make(map[time.Time]bool)
	for i := range 24 {
		h.clock.advance(time.Hour)
		it.HTML = fmt.Sprintf("<p>The first, with the advertisement of %s.</p>", word(i%2))
		h.read("a", it)
		e := h.entry("one")
		if moved[e.Updated] = true; !e.Place.Equal(place) {
			h.t.Fatalf("it was placed anew at %v", e.Place)
		}
	}
	if len(moved) > 5 {
		h.t.Errorf("updated moved %d times in a day", len(moved))
	}
}
