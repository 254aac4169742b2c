package storetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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

// tend lets the store do what is due.
func (h *house) tend() feed.Tended {
	h.t.Helper()
	count, err := h.A.Tend()
	if err != nil {
		h.t.Fatalf("Tend: %v", err)
	}
	return count
}

// wantAll holds the slugs of the channel all, in any order, against what they
// should be.
func (h *house) wantAll(want ...string) {
	h.t.Helper()
	got := slugs(h.window("all"))
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		h.t.Errorf("entries of all (-want +got):\n%s", diff)
	}
}

// sameStory reports what of an entry may never change and did.
func (h *house) sameStory(before, after feed.Entry) {
	h.t.Helper()
	if before.Slug != after.Slug || before.ID != after.ID || !before.Published.Equal(after.Published) || !before.Place.Equal(after.Place) {
		h.t.Errorf("entry %s changed: %s, %v, placed %v became %s, %v, placed %v", before.Slug,
			before.ID, before.Published, before.Place, after.ID, after.Published, after.Place)
	}
}

// The entries of a source that left the configuration leave all documents, and
// come back with it as they were, under new arrival numbers (XF11).
func testRetiredLeavesAndReturns(h *house) {
	h.settled("a", "b")
	h.poll("a", post("a", "one", "The first", noon), post("a", "two", "The second", noon.Add(-time.Hour)))
	h.poll("b", post("b", "three", "The third", noon))
	before, revision := h.entry("one"), h.revision("all")
	h.sources("b")
	h.wantAll("one", "two", "three") // readers keep the old until it is done
	if n := h.tend().Retired; n != 2 {
		h.t.Errorf("%d entries retired; want 2", n)
	}
	h.wantAll("three")
	if e := h.entry("one"); e.State != feed.StateRetired || e.HTML != before.HTML || e.Source() != "a" {
		h.t.Errorf("entry of %s is %s, %d bytes; want it retired and whole", e.Source(), e.State, len(e.HTML))
	}
	if h.revision("all") != revision+1 {
		h.t.Errorf("revision %d; want %d", h.revision("all"), revision+1)
	}
	h.clock.advance(29 * 24 * time.Hour)
	h.reopen()
	h.tend()
	h.sources("a", "b")
	h.tend()
	h.wantAll("one", "two", "three")
	after := h.entry("one")
	h.sameStory(before, after)
	if after.HTML != before.HTML || after.State != feed.StatePlaced {
		h.t.Errorf("it came back %s with %q", after.State, after.HTML)
	}
	if o := h.poll("a", post("a", "one", "The first", noon)); o.Same != 1 {
		h.t.Errorf("outcome %+v; want the same", o)
	}
	h.clock.advance(31 * 24 * time.Hour)
	h.tend() // what was to be forgotten is not: it came back
	h.wantAll("one", "two", "three")
}

// rivers is a story that every source tells alike.
func rivers(source, words string) feed.Item {
	it := post(source, "what-is-new-in-rivers", "What is new in rivers", noon)
	it.HTML = "<p>" + words + "</p>"
	return it
}

// An entry that another source tells too passes to it, without the text of
// whom it leaves; its content comes with the heir's next reading, and the
// first to tell gets it back.
func testRetiredPassesOn(h *house) {
	h.settled("a", "b", "c")
	h.poll("a", rivers("a", "As a says it."))
	for _, id := range []string{"b", "c"} {
		doc := h.document(id, rivers(id, "As "+id+" says it."))
		doc.Context = 7
		h.pollDocument(id, doc)
	}
	before := h.entry("what-is-new-in-rivers")
	h.sources("b", "c")
	flying := h.claim(h.A, "b")[0]
	h.tend()
	h.wantAll("what-is-new-in-rivers")
	e := h.entry("what-is-new-in-rivers")
	h.sameStory(before, e)
	if e.Source() != "b" || e.HTML != "" || e.Link != "https://b.example/what-is-new-in-rivers" || !slices.Equal(tellers(e), []string{"b", "c"}) {
		h.t.Errorf("told by %v with %q and %q; want b's link and no text", tellers(e), e.Link, e.HTML)
	}
	if st := h.status("b").State; !st.Poll.Validators.IsZero() || st.Doc.Context != 0 {
		h.t.Errorf("the heir has %+v and context %d; want it read anew", st.Poll.Validators, st.Doc.Context)
	}
	if st := h.status("c").State; st.Poll.Validators.IsZero() {
		h.t.Error("a source that is no heir is read anew")
	}
	// What was asked before the entry passed on was asked conditionally.
	if o, err := h.A.Commit([]feed.Report{h.report(flying, nil)}); err != nil || o[0].Status != feed.Stale {
		h.t.Errorf("Commit = %+v, %v; want it stale", o, err)
	}
	if o := h.poll("b", rivers("b", "As b says it.")); o.Changed != 1 {
		h.t.Errorf("outcome %+v; want the content replaced", o)
	}
	if o := h.poll("c", rivers("c", "As c says it now.")); o.Same != 1 {
		h.t.Errorf("outcome %+v; want c to change nothing", o)
	}
	if e := h.entry("what-is-new-in-rivers"); e.HTML != "<p>As b says it.</p>" {
		h.t.Errorf("text %q; want b's", e.HTML)
	}
	h.sources("a", "b", "c")
	h.tend()
	if st := h.status("a").State; !st.Poll.Validators.IsZero() {
		h.t.Error("who came back is not read anew, and not modified would never give the story back")
	}
	h.poll("a", rivers("a", "As a says it."))
	e = h.entry("what-is-new-in-rivers")
	h.sameStory(before, e)
	if e.HTML != before.HTML || !slices.Equal(tellers(e), []string{"a", "b", "c"}) {
		h.t.Errorf("told by %v with %q; want all as it was", tellers(e), e.HTML)
	}
}

// Whoever leaves and returns in whatever order: the first of those that are
// there owns the story once it tells it.
func testRetiredInTurn(h *house) {
	all := []string{"a", "b", "c"}
	h.settled(all...)
	for _, id := range all {
		h.poll(id, rivers(id, "As "+id+" says it."))
	}
	before := h.entry("what-is-new-in-rivers")
	for _, there := range [][]string{{"b", "c"}, {"c"}, {}, {"b"}, {"b", "c"}, {"c"}, {"a", "c"}, {"b"}, all} {
		h.sources(there...)
		h.tend()
		e := h.entry("what-is-new-in-rivers")
		if (e.State == feed.StatePlaced) != (len(there) > 0) {
			h.t.Errorf("with %v the entry is %s", there, e.State)
		}
		for i := len(there) - 1; i >= 0; i-- {
			h.poll(there[i], rivers(there[i], "As "+there[i]+" says it."))
		}
		e = h.entry("what-is-new-in-rivers")
		h.sameStory(before, e)
		if len(there) == 0 {
			continue
		}
		if e.Source() != there[0] || e.HTML != "<p>As "+there[0]+" says it.</p>" || len(e.Sightings) != len(there) {
			h.t.Errorf("with %v it is told by %v with %q", there, tellers(e), e.HTML)
		}
	}
}

// A source that tells a retired story for the first time owns it.
func testRetiredIsTakenUp(h *house) {
	h.settled("a", "b")
	h.poll("a", rivers("a", "As a says it."))
	before := h.entry("what-is-new-in-rivers")
	h.sources("b")
	h.tend()
	if o := h.poll("b", rivers("b", "As b says it.")); o.Joined != 1 || o.Added != 0 {
		h.t.Errorf("outcome %+v; want joined", o)
	}
	h.wantAll("what-is-new-in-rivers")
	e := h.entry("what-is-new-in-rivers")
	h.sameStory(before, e)
	if e.Source() != "b" || e.HTML != "<p>As b says it.</p>" {
		h.t.Errorf("owner %s, text %q", e.Source(), e.HTML)
	}
}

// After thirty days nothing is left of a source that did not return: slugs and
// names are free again, and who told a story besides is forgotten.
func testRetiredIsForgotten(h *house) {
	h.settled("a", "b")
	h.poll("b", rivers("b", "As b says it."))
	h.poll("a", rivers("a", "As a says it."), post("a", "one", "The first", noon))
	h.sources("b")
	h.tend()
	h.clock.advance(30*24*time.Hour - time.Second)
	if n := h.tend().Forgotten; n != 0 {
		h.t.Errorf("%d entries forgotten a second too early", n)
	}
	h.clock.advance(time.Second)
	if n := h.tend().Forgotten; n != 1 {
		h.t.Errorf("%d entries forgotten; want 1", n)
	}
	if _, err := h.B.Entry("one"); !errors.Is(err, store.ErrNotFound) {
		h.t.Errorf("Entry = %v; want ErrNotFound", err)
	}
	h.sources("a", "b")
	if st := h.status("a").State; !st.Doc.FirstFetched.IsZero() || st.Doc.Entries != 0 {
		h.t.Errorf("state %+v; want a new source", st.Doc)
	}
	if o := h.poll("a", rivers("a", "As a says it."), post("a", "one", "The first", noon)); o.Added != 1 || o.Joined != 1 {
		h.t.Errorf("outcome %+v; want one added, one joined", o)
	}
	h.wantAll("one", "what-is-new-in-rivers")
}

// A clock that jumps years ahead ends no retirement at first sight, and does
// once it has said so for two days (XG12).
func testRetiredOutlivesAJump(h *house) {
	h.settled("a", "b")
	h.poll("a", rivers("a", "As a says it."), post("a", "one", "The first", noon))
	h.sources("b")
	h.tend()
	const years = 5 * 365 * 24 * time.Hour
	h.clock.advance(years)
	for range 2 {
		if n := h.tend().Forgotten; n != 0 {
			h.t.Errorf("%d entries forgotten when the clock had jumped", n)
		}
	}
	h.clock.advance(-years)
	h.tend()
	h.sources("a", "b")
	h.tend()
	h.wantAll("one", "what-is-new-in-rivers")
	h.sources("b")
	h.tend()
	h.clock.advance(years)
	h.tend()
	h.clock.advance(2 * 24 * time.Hour)
	if n := h.tend().Forgotten; n != 2 {
		h.t.Errorf("%d entries forgotten when the clock had been so for two days; want 2", n)
	}
}

// What the operator removed stays removed, also when its source is forgotten
// and added again (I21).
func testForgottenTombstones(h *house) {
	h.settled("a", "b")
	h.poll("a", rivers("a", "As a says it."))
	if err := h.A.Remove("what-is-new-in-rivers"); err != nil {
		h.t.Fatal(err)
	}
	h.sources("b")
	h.tend()
	h.clock.advance(31 * 24 * time.Hour)
	h.tend()
	h.sources("a", "b")
	h.poll("a", rivers("a", "As a says it."))
	h.poll("b", rivers("b", "As b says it."))
	h.wantAll()
}

// What takes many transactions is whole in the end, also when the store is
// closed in between.
func testRetiredInStints(h *house) {
	h.settled("a", "b")
	for i := range 6 {
		h.poll("a", posts("a", 200*i, 200*i+200)...)
	}
	h.poll("b", posts("b", 5000, 5003)...)
	h.sources("b")
	h.reopen()
	if n := h.tend().Retired; n != 1200 {
		h.t.Errorf("%d entries retired; want 1200", n)
	}
	if n := len(h.window("all").Entries); n != 3 {
		h.t.Errorf("%d entries are left; want 3", n)
	}
	h.clock.advance(31 * 24 * time.Hour)
	if n := h.tend().Forgotten; n != 1200 {
		h.t.Errorf("%d entries forgotten; want 1200", n)
	}
}

// A source that leaves before the first cycle is settled was never there.
func testLeftBeforeSettled(h *house) {
	h.sources("a", "b")
	h.poll("a", post("a", "one", "The first", noon))
	h.poll("b", post("b", "two", "The second", noon))
	h.sources("b")
	h.tend()
	h.settle()
	h.wantAll("two")
	h.sources("a", "b")
	h.tend()
	if o := h.poll("a", post("a", "one", "The first", noon)); o.Added != 1 {
		h.t.Errorf("outcome %+v; want added", o)
	}
	h.wantAll("one", "two")
}

// Whoever only looks is refused nothing, and changes nothing: sources are
// listed as they are configured, what was told is found, and the next
// configuration in earnest is held against what was there before.
func testLooking(h *house) {
	h.settled("a", "b", "c", "d", "e")
	h.poll("a", post("a", "one", "The first", noon))
	was, revision := h.cfg, h.revision("all")
	h.cfg.Sources, h.cfg.Looking = append([]feed.Source{blog("new")}, was.Sources[3:]...), true
	h.configure()
	h.wantAll("one")
	if list, err := h.A.Sources(); err != nil || len(list) != 3 || list[2].Source.ID != "new" {
		h.t.Errorf("sources %+v, %v; want d, e and new", list, err)
	}
	if list, err := h.A.List(feed.Selection{Source: "a", Limit: 5}); err != nil || len(list.Entries) != 1 {
		h.t.Errorf("entries of a source that is not configured: %+v, %v; want one", list, err)
	}
	if _, err := h.A.List(feed.Selection{Source: "nobody"}); !errors.Is(err, store.ErrNotFound) {
		h.t.Errorf("entries of nobody: %v; want ErrNotFound", err)
	}
	if got := h.revision("all"); got != revision {
		h.t.Errorf("looking moved the revision from %d to %d", revision, got)
	}
	h.cfg.Looking = false
	var exodus *store.ExodusError
	if err := h.A.Configure(h.cfg); !errors.As(err, &exodus) || exodus.Gone != 3 || exodus.Of != 5 {
		h.t.Errorf("Configure after a look = %v; want an exodus of 3 of 5", err)
	}
	h.cfg = was
	h.configure()
	h.claim(h.A, "a", "b", "c", "d", "e")
}

// A configuration that lost over half of the sources, and at least three, is
// refused as a whole unless the operator says that it is meant.
func testExodus(h *house) {
	h.settled("a", "b", "c", "d", "e")
	h.poll("a", post("a", "one", "The first", noon))
	was := h.cfg
	h.cfg.Sources, h.cfg.Channels = was.Sources[3:], nil
	var exodus *store.ExodusError
	if err := h.A.Configure(h.cfg); !errors.As(err, &exodus) || exodus.Gone != 3 || exodus.Of != 5 || !slices.Equal(exodus.Names, []string{"a", "b", "c"}) {
		h.t.Fatalf("Configure = %v; want an exodus of 3 of 5", err)
	}
	h.tend()
	h.wantAll("one")
	h.claim(h.A, "a", "b", "c", "d", "e")
	h.cfg = was
	h.sources("c", "d", "e") // two of five
	h.tend()
	h.wantAll()
	h.cfg.Sources, h.cfg.Confirmed = nil, true
	h.configure()
	h.cfg.Confirmed = false
	h.configure() // what was said once is said
}
