package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/feed"
)

// relaunch is a batch as it looks after the site was built anew: every id,
// address and headline is another, only dates and numbers of items are as they
// were, and those of the day.
func relaunch(source string, items []feed.Item) []feed.Item {
	list := slices.Clone(items)
	for i := range list {
		it := &list[i]
		it.Link = fmt.Sprintf("https://%s.example/new/page-%s", source, word(i))
		it.RawID = it.Link
		it.Title = "Headline number " + word(i)
		it.HTML = "<p>" + strings.Repeat("Quite other words "+word(i)+" stand here. ", 5) + "</p>"
		it.Published = it.Published.Truncate(24 * time.Hour).Add(time.Duration(i) * time.Second)
	}
	return list
}

// A document that is mostly new, and older than what was read last, is a site
// that moved: what cannot be recognised is held, and lets itself in after a
// day (I9).
func testSiteMoved(h *house) {
	h.settled("a")
	items := batch("a", "rivers", 10, noon.Add(-time.Hour))
	h.read("a", items...)
	h.clock.advance(time.Hour)
	o := h.read("a", relaunch("a", items)...)
	if o.Held != 10 || !strings.HasPrefix(o.Hold.Why, "site moved?") || o.Hold.Until.IsZero() {
		h.t.Errorf("outcome %+v; want 10 held as of a moved site", o)
	}
	if n := len(h.window("all").Entries); n != 10 {
		h.t.Errorf("%d entries; want the 10 old ones", n)
	}
	h.clock.advance(24 * time.Hour)
	if n := h.tend().Released; n != 10 {
		h.t.Errorf("%d released; want 10", n)
	}
}

// What is held of a moved site turns out to be the old entries once a document
// says enough: it becomes an edit of them, and nothing is posted twice (I9).
func testSiteMovedIsRecognised(h *house) {
	h.settled("a", "b")
	items := batch("a", "rivers-in-spring-and-in-autumn", 10, noon.Add(-time.Hour))
	h.read("a", items...)
	h.clock.advance(time.Hour)
	moved := relaunch("a", items)
	h.read("a", moved...)
	h.clock.advance(time.Hour)
	// The headlines and the dates come back; addresses, ids and texts do not.
	for i := range moved {
		moved[i].Title, moved[i].Published = items[i].Title, items[i].Published
		moved[i].HTML = items[i].HTML
	}
	if o := h.read("a", moved...); o.Added != 0 || o.Held != 0 {
		h.t.Errorf("outcome %+v; want nothing new", o)
	}
	if s := h.status("a").Hold; s != (feed.Hold{}) {
		h.t.Errorf("hold %+v; want none: all is recognised", s)
	}
	w := h.window("all").Entries
	if len(w) != 10 {
		h.t.Fatalf("%d entries; want 10", len(w))
	}
	for _, e := range w {
		if !strings.HasPrefix(e.Slug, "rivers-in-") || !strings.Contains(e.Link, "/new/page-") {
			h.t.Errorf("entry %s has the link %s; want the old slug and the new link", e.Slug, e.Link)
		}
	}
	if got := h.states("a"); got[feed.StateHeld] != 0 || got[feed.StatePlaced] != 10 {
		h.t.Errorf("states %v; want the held ones forgotten", got)
	}
	if o := h.read("a", moved...); o.Same != 10 {
		h.t.Errorf("outcome %+v; want the same", o)
	}
	h.clock.advance(48 * time.Hour)
	if n := h.tend().Released; n != 0 {
		h.t.Errorf("%d released; want none", n)
	}
}

// hijack is what a stranger shows who got hold of a source's address.
func (h *house) hijack(source string, name string, n int) *feed.Document {
	items := batch("casino", name, n, h.clock.now())
	doc := h.document(source, items...)
	doc.Profile = feed.Profile{Title: "Win now", Link: "https://casino.example/"}
	return doc
}

// A document in which nothing is familiar, of another name and with links to
// another domain, is somebody else's: what it tells is held until the operator
// releases it, however long that takes, and what it calls itself is not
// published (XG05).
func testHijacked(h *house) {
	h.guarded("a")
	h.begun("a")
	o := h.pollDocument("a", h.hijack("a", "luck", 5))
	if o.Held != 5 || !o.Hold.Until.IsZero() || o.Hold.Why == "" {
		h.t.Errorf("outcome %+v; want 5 held without a limit", o)
	}
	h.clock.advance(48 * time.Hour)
	if o := h.pollDocument("a", h.hijack("a", "more-luck", 5)); o.Held != 5 || o.Hold.Why != "" {
		h.t.Errorf("outcome %+v; want 5 more held, told once", o)
	}
	h.reopen()
	h.clock.advance(30 * 24 * time.Hour)
	if n := h.tend().Released; n != 0 {
		h.t.Errorf("%d released; want none", n)
	}
	s := h.status("a")
	if s.Hold.Entries != 10 || !s.Hold.Until.IsZero() || s.State.Doc.Profile.Title != "Blog a" {
		h.t.Errorf("hold %+v under %q; want 10 entries under the old title", s.Hold, s.State.Doc.Profile.Title)
	}
	if n := len(h.window("all").Entries); n != 1 {
		h.t.Errorf("%d entries; want the old one alone", n)
	}
	if n, err := h.A.ReleaseHeld("a"); n != 10 || err != nil {
		h.t.Errorf("ReleaseHeld = %d, %v; want 10", n, err)
	}
	if o := h.pollDocument("a", h.hijack("a", "luck", 5)); o.Held != 0 {
		h.t.Errorf("outcome %+v; want nothing held of a source that was confirmed", o)
	}
	if got := h.status("a").State.Doc.Profile.Title; got != "Win now" {
		h.t.Errorf("title %q; want the confirmed one", got)
	}
}

// A stranger's document that comes while something is held for a day has all of
// it wait for the operator, who looks at it anyway.
func testHijackedWhileHeld(h *house) {
	h.guarded("a")
	h.begun("a")
	h.read("a", batch("a", "rivers", 60, h.clock.now())...)
	h.clock.advance(time.Hour)
	if o := h.pollDocument("a", h.hijack("a", "luck", 5)); o.Held != 5 || o.Hold.Why == "" || !o.Hold.Until.IsZero() {
		h.t.Errorf("outcome %+v; want 5 held without a limit, and told", o)
	}
	h.clock.advance(48 * time.Hour)
	if n := h.tend().Released; n != 0 {
		h.t.Errorf("%d released; want none", n)
	}
	if n, err := h.B.ReleaseHeld("a"); n != 65 || err != nil {
		h.t.Errorf("ReleaseHeld = %d, %v; want 65", n, err)
	}
}

// When the source's own document comes back it is read as before; what the
// stranger told stays held.
func testHijackEnds(h *house) {
	h.guarded("a")
	h.begun("a")
	h.pollDocument("a", h.hijack("a", "luck", 5))
	h.clock.advance(time.Hour)
	fresh := post("a", "we-are-back-on-our-own-site", "We are back", h.clock.now())
	if o := h.read("a", fresh, h.beginning("a")); o.Added != 1 || o.Held != 0 || o.Same != 1 {
		h.t.Errorf("outcome %+v; want one added", o)
	}
	if got := h.states("a"); got[feed.StateHeld] != 5 || got[feed.StatePlaced] != 2 {
		h.t.Errorf("states %v; want 5 held, 2 placed", got)
	}
	if !h.status("a").Hold.Until.IsZero() {
		h.t.Error("what the stranger told lets itself in")
	}
}

// A source that leaves takes along what is held of it, and brings it back as
// held: for a day, or until the operator says so, as it was.
func testHeldIsRetired(h *house) {
	h.guarded("a", "b", "c", "d")
	h.begun("a", "b")
	h.pollDocument("a", h.hijack("a", "luck", 5))
	h.read("b", append(batch("b", "rivers", 60, h.clock.now()), h.beginning("b"))...)
	all := h.cfg.Sources
	h.cfg.Sources = all[2:]
	h.configure()
	h.tend()
	if n := len(h.window("all").Entries); n != 0 {
		h.t.Errorf("%d entries; want none", n)
	}
	h.clock.advance(25 * time.Hour)
	h.tend()
	h.cfg.Sources = all
	h.configure()
	if n := h.tend().Released; n != 0 {
		h.t.Errorf("%d released; want none", n)
	}
	a, b := h.status("a").Hold, h.status("b").Hold
	if a.Entries != 5 || !a.Until.IsZero() || b.Entries != 60 || !b.Until.Equal(h.clock.now().Add(24*time.Hour)) {
		h.t.Errorf("holds %+v and %+v; want 5 for good, 60 for a day", a, b)
	}
	h.clock.advance(24 * time.Hour)
	if n := h.tend().Released; n != 60 {
		h.t.Errorf("%d released; want 60", n)
	}
	if got := h.states("a"); got[feed.StateHeld] != 5 {
		h.t.Errorf("states %v; want the stranger's still held", got)
	}
}
