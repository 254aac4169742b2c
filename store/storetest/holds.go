package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// flood is what the configuration says unless it says otherwise.
var flood = identity.Flood{First: 3, Days: 30, Burst: 50}

// guarded configures blogs under the flood guard, in a store that is past its
// first cycle.
func (h *house) guarded(ids ...string) {
	h.t.Helper()
	h.cfg.Rules.Flood = flood
	h.settled(ids...)
}

// read polls a source as a poller does: what is known of it is at hand.
func (h *house) read(source string, items ...feed.Item) feed.Outcome {
	h.t.Helper()
	doc := h.document(source, items...)
	doc.Seen = nil
	identity.Prepare(h.source(source), doc, h.status(source).State.Doc.Known)
	return h.pollDocument(source, doc)
}

// batch makes posts whose names begin alike, an hour apart, the last at an
// instant.
func batch(source, name string, n int, last time.Time) []feed.Item {
	items := make([]feed.Item, n)
	for i := range items {
		items[i] = post(source, fmt.Sprintf("%s-%s", name, word(i)), fmt.Sprintf("A story of %s %s", name, word(i)),
			last.Add(-time.Duration(n-1-i)*time.Hour))
	}
	return items
}

// begun lets a source have told one old story, so that its next poll is not
// its first.
func (h *house) begun(sources ...string) {
	h.t.Helper()
	for _, id := range sources {
		h.read(id, h.beginning(id))
	}
	h.clock.advance(time.Hour)
}

func (h *house) beginning(source string) feed.Item {
	return post(source, "how-"+source+"-began", "How "+source+" began", noon.Add(-time.Hour))
}

// states counts the entries of a source by state.
func (h *house) states(source string) map[feed.EntryState]int {
	h.t.Helper()
	count := make(map[feed.EntryState]int)
	q := feed.Selection{Source: source, Limit: 1000}
	for {
		l, err := h.B.List(q)
		if err != nil {
			h.t.Fatalf("List: %v", err)
		}
		for _, e := range l.Entries {
			count[e.State]++
		}
		if q.After = l.Next; l.Next == "" {
			return count
		}
	}
}

// Of a source that joins a published planet a few new stories enter channels;
// the rest is in the archive alone. Local articles are exempt (XG04).
func testFirstFetchOfLater(h *house) {
	h.guarded("a", "local")
	h.cfg.Sources[1].Kind = feed.Articles
	h.configure()
	items := batch("a", "rivers", 120, noon)
	if o := h.read("a", items...); o.Added != 120 || o.Held != 0 {
		h.t.Errorf("outcome %+v; want 120 added and none held", o)
	}
	if got := h.states("a"); got[feed.StatePlaced] != 3 || got[feed.StateShelved] != 117 {
		h.t.Errorf("states %v; want 3 placed, 117 shelved", got)
	}
	if got := slugs(h.window("all")); !slices.Equal(got, []string{"rivers-pee", "rivers-oee", "rivers-nee"}) && len(got) != 3 {
		h.t.Errorf("window %v; want the newest three", got)
	}
	page, err := h.B.Archive("all", 1)
	if err != nil || len(page.Entries) != 50 {
		h.t.Errorf("the archive has %d entries, %v; want 50", len(page.Entries), err)
	}
	if o := h.read("local", batch("local", "meadows", 60, noon)...); o.Added != 60 {
		h.t.Errorf("outcome %+v; want 60 added", o)
	}
	if got := h.states("local"); got[feed.StatePlaced] != 60 {
		h.t.Errorf("states of local articles %v; want all placed", got)
	}
	h.tend()
	if got := h.states("a"); got[feed.StateShelved] != 117 {
		h.t.Errorf("states %v after tending; what is shelved stays there", got)
	}
}

// More new stories at once than a source may have wait until they are
// released, at the time of the release and in the order of publication; what
// is known already goes on (XG04).
func testBurstIsHeld(h *house) {
	h.guarded("a")
	h.begun("a")
	revision := h.revision("all")
	edited := h.beginning("a")
	edited.HTML = "<p>It began otherwise.</p>"
	items := append(batch("a", "rivers", 51, h.clock.now()), edited)
	o := h.read("a", items...)
	if o.Added != 51 || o.Held != 51 || o.Changed != 1 || !o.Hold.Until.Equal(h.clock.now().Add(24*time.Hour)) {
		h.t.Errorf("outcome %+v; want 51 added and held for a day, 1 changed", o)
	}
	if n := len(h.window("all").Entries); n != 1 || h.revision("all") != revision+1 {
		h.t.Errorf("%d entries, %d revisions; want 1 and 1", n, h.revision("all")-revision)
	}
	if s := h.status("a").Hold; s.Entries != 51 || !strings.Contains(s.Why, "51") {
		h.t.Errorf("hold %+v; want 51 entries and why", s)
	}
	if o := h.read("a", items...); o.Same != 52 || o.Held != 0 || o.Hold.Why != "" {
		h.t.Errorf("outcome %+v; want what is held told as known, and nothing more held", o)
	}
	h.clock.advance(time.Hour)
	one := post("a", "one-more-after-the-flood", "One more", h.clock.now())
	if o := h.read("a", append(items, one)...); o.Held != 0 {
		h.t.Errorf("outcome %+v; want a later story let in", o)
	}
	if n := h.tend().Released; n != 0 {
		h.t.Errorf("%d released after an hour", n)
	}
	h.clock.advance(time.Hour)
	n, err := h.B.ReleaseHeld("a")
	if err != nil || n != 51 {
		h.t.Fatalf("ReleaseHeld = %d, %v; want 51", n, err)
	}
	w := h.window("all").Entries
	if len(w) != 53 || w[0].Slug != items[50].Link[len("https://a.example/"):] || w[0].Place.Before(h.clock.now()) {
		h.t.Errorf("%d entries, first %s at %v; want 53, the newest released first", len(w), w[0].Slug, w[0].Place)
	}
	for i := 1; i < 51; i++ {
		if w[i].Published.After(w[i-1].Published) || w[i].Arrival >= w[i-1].Arrival {
			h.t.Fatalf("released entries are not in order at %d", i)
		}
	}
	if s := h.status("a").Hold; s != (feed.Hold{}) {
		h.t.Errorf("hold %+v after the release; want none", s)
	}
	if n, err := h.A.ReleaseHeld("a"); n != 0 || err != nil {
		h.t.Errorf("second ReleaseHeld = %d, %v; want nothing", n, err)
	}
	if _, err := h.A.ReleaseHeld("nobody"); !errors.Is(err, store.ErrNotFound) {
		h.t.Errorf("ReleaseHeld of nobody = %v; want ErrNotFound", err)
	}
}

// What is held lets itself in after a day, each burst by itself, however the
// program was restarted meanwhile.
func testBurstLetsItselfIn(h *house) {
	h.guarded("a")
	h.begun("a")
	first := batch("a", "rivers", 300, h.clock.now())
	if o := h.read("a", first...); o.Held != 300 {
		h.t.Fatalf("outcome %+v; want 300 held", o)
	}
	h.clock.advance(12 * time.Hour)
	second := batch("a", "meadows", 60, h.clock.now())
	if o := h.read("a", append(first, second...)...); o.Held != 60 || o.Hold.Why != "" {
		h.t.Fatalf("outcome %+v; want 60 more held, without another word", o)
	}
	h.reopen()
	h.clock.advance(12*time.Hour - time.Second)
	if n := h.tend().Released; n != 0 {
		h.t.Errorf("%d released within the day", n)
	}
	h.clock.advance(time.Second)
	if n := h.tend().Released; n != 300 {
		h.t.Errorf("%d released after a day; want 300", n)
	}
	h.clock.advance(12 * time.Hour)
	if n := h.tend().Released; n != 60 {
		h.t.Errorf("%d released half a day later; want 60", n)
	}
	w := h.window("all").Entries
	if len(w) != 361 {
		h.t.Fatalf("%d entries; want 361", len(w))
	}
	for i := 1; i < len(w)-1; i++ {
		if w[i].Arrival >= w[i-1].Arrival || w[i].Published.After(w[i-1].Published) && i != 60 {
			h.t.Fatalf("released entries are not in order at %d", i)
		}
	}
}

// A story that is held of one source comes in when another tells it, and is
// that one's: what is held of somebody suppresses nobody.
func testHeldStoryToldByAnother(h *house) {
	h.guarded("a", "b", "c")
	h.begun("a", "b", "c")
	story := post("a", "what-the-river-brought-in-spring", "What the river brought", h.clock.now())
	h.read("a", append(batch("a", "rivers", 60, h.clock.now()), story)...)
	h.clock.advance(time.Hour)
	// One that floods as well does not help.
	theirs := post("c", "what-the-river-brought-in-spring", "What the river brought", h.clock.now())
	if o := h.read("c", append(batch("c", "woods", 60, h.clock.now()), theirs)...); o.Held != 61 || o.Joined != 1 {
		h.t.Errorf("outcome %+v; want 61 held, one of them joined", o)
	}
	ours := post("b", "what-the-river-brought-in-spring", "What the river brought", h.clock.now())
	if o := h.read("b", ours); o.Joined != 1 || o.Held != 0 {
		h.t.Errorf("outcome %+v; want joined", o)
	}
	e := h.entry("what-the-river-brought-in-spring")
	if e.State != feed.StatePlaced || e.Source() != "b" || e.HTML != ours.HTML || !e.Place.Equal(h.clock.now()) {
		h.t.Errorf("%s, owned by %s, at %v; want b's, placed now", e.State, e.Source(), e.Place)
	}
	if n, err := h.A.ReleaseHeld("a"); n != 60 || err != nil {
		h.t.Errorf("ReleaseHeld = %d, %v; want the other 60", n, err)
	}
	if n, err := h.A.ReleaseHeld("c"); n != 60 || err != nil {
		h.t.Errorf("ReleaseHeld = %d, %v; want the other 60", n, err)
	}
}

// A story that is in the archive alone comes into channels when another source
// tells it: its subscribers have not seen it.
func testShelvedStoryToldByAnother(h *house) {
	h.guarded("a", "b")
	h.begun("b")
	h.read("a", batch("a", "rivers-and-their-many-bridges", 10, noon)...)
	old := h.entry("rivers-and-their-many-bridges-aae")
	if old.State != feed.StateShelved {
		h.t.Fatalf("it is %s; want it shelved", old.State)
	}
	h.clock.advance(time.Hour)
	again := post("b", "rivers-and-their-many-bridges-aae", old.Title, h.clock.now())
	if o := h.read("b", again); o.Joined != 1 {
		h.t.Errorf("outcome %+v; want joined", o)
	}
	e := h.entry(old.Slug)
	if e.State != feed.StatePlaced || e.Source() != "a" || !e.Place.Equal(h.clock.now()) || !e.Published.Equal(old.Published) {
		h.t.Errorf("%s, owned by %s, at %v; want a's, placed now, its date as it was", e.State, e.Source(), e.Place)
	}
	if w := h.window("all").Entries; w[0].Slug != old.Slug {
		h.t.Errorf("the window begins with %s", w[0].Slug)
	}
}

// The operator may remove what is held; with the last of it the hold ends.
func testHeldIsRemoved(h *house) {
	h.cfg.Rules.Flood.Burst = 1
	h.settled("a")
	h.begun("a")
	h.read("a", batch("a", "rivers", 2, h.clock.now())...)
	for i, slug := range []string{"rivers-aae", "rivers-bae"} {
		if n := h.status("a").Hold.Entries; n != 2-i {
			h.t.Errorf("%d held; want %d", n, 2-i)
		}
		if err := h.A.Remove(slug); err != nil {
			h.t.Fatal(err)
		}
		if e := h.entry(slug); !e.Place.IsZero() {
			h.t.Errorf("%s has a place: nobody ever had it", slug)
		}
	}
	if s := h.status("a").Hold; s != (feed.Hold{}) {
		h.t.Errorf("hold %+v; want none", s)
	}
	h.clock.advance(25 * time.Hour)
	if n := h.tend().Released; n != 0 {
		h.t.Errorf("%d released; want none", n)
	}
}
