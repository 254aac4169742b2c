package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// A report under an older token changes nothing, in the same call as others
// that do.
func testStaleIsFenced(h *house) {
	h.settled("a", "b")
	old := h.claim(h.A, "a")[0]
	h.clock.advance(2 * time.Minute)
	fresh := h.claim(h.B, "a")[0]
	other := h.claim(h.A, "b")[0]
	outcomes, err := h.A.Commit([]feed.Report{
		h.report(old, h.document("a", post("a", "stale", "Told too late", noon))),
		h.report(other, h.document("b", post("b", "fine", "Told in time", noon))),
		{Source: "nobody", Token: 7},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	want := []feed.OutcomeStatus{feed.Stale, feed.Committed, feed.Refused}
	for i, o := range outcomes {
		if o.Status != want[i] {
			h.t.Errorf("report %d: status %d (%s); want %d", i, o.Status, o.Reason, want[i])
		}
	}
	if got := slugs(h.window("all")); !slices.Equal(got, []string{"fine"}) {
		h.t.Errorf("entries %v; want only fine", got)
	}
	h.commit(h.B, h.report(fresh, h.document("a", post("a", "new", "Told now", noon))))
}

// The same report once more changes nothing and hears the same, in one call or
// in two.
func testCommitIsIdempotent(h *house) {
	h.settled("a")
	r := h.report(h.claim(h.A, "a")[0], h.document("a", post("a", "one", "The first", noon), post("a", "two", "The second", noon)))
	first := h.commit(h.A, r, r)
	revision, before := h.revision("all"), h.window("all")
	again := h.commit(h.B, r)
	if diff := cmp.Diff([]feed.Outcome{first[0], first[0]}, append(again, first[1])); diff != "" || first[0].Added != 2 {
		h.t.Errorf("outcomes differ or added nothing:\n%s", diff)
	}
	if h.revision("all") != revision {
		h.t.Errorf("revision moved from %d to %d", revision, h.revision("all"))
	}
	if diff := cmp.Diff(before, h.window("all")); diff != "" {
		h.t.Errorf("window changed:\n%s", diff)
	}
}

// Everything that is remembered of a source comes back with the next claim,
// also after a restart.
func testStateComesBack(h *house) {
	h.settled("a")
	doc := h.document("a", post("a", "one", "The first", noon))
	doc.Warnings, doc.Context, doc.Head = []string{"was repaired"}, 5, 6
	doc.Learned = feed.Learned{Version: 1, Dates: feed.MonthFirst, Unread: "the ides of March", UnreadItem: 1<<64 - 1}
	doc.Waiting = []feed.Waiting{{File: "b.md", Title: "B", At: noon.Add(time.Hour)}}
	r := h.report(h.claim(h.A, "a")[0], doc)
	r.Poll.Failures, r.Poll.Problem = 2, feed.Problem{Kind: "status", Text: "it said 500"}
	r.Poll.Hints = feed.Hints{TTL: time.Hour, SkipHours: 3, SkipDays: 1}
	r.Poll.Rhythm = "\x01\xff\x00"
	h.commit(h.A, r)
	h.reopen()
	state := h.claim(h.A, "a")[0].State
	want := feed.SourceState{Poll: r.Poll, Doc: feed.DocState{
		Profile: doc.Profile, Format: doc.Format, FirstFetched: noon, Known: doc.Seen,
		Context: 5, Head: 6, Warnings: doc.Warnings, Learned: doc.Learned, Waiting: doc.Waiting, Entries: 1,
	}}
	want.Doc.Profile.Updated = noon
	if diff := cmp.Diff(want, state); diff != "" {
		h.t.Errorf("state (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(state, h.status("a").State); diff != "" {
		h.t.Errorf("Sources tells another state:\n%s", diff)
	}
}

// Validators become durable with the entries they stand for (P9): both are
// there after a restart, or neither.
func testValidatorsWithEntries(h *house) {
	h.settled("a")
	r := h.report(h.claim(h.A, "a")[0], h.document("a", post("a", "one", "The first", noon)))
	r.Poll.Validators = feed.Validators{URL: "u", Final: "f", ETag: `W/"x"`, LastModified: "Fri"}
	h.commit(h.A, r)
	h.reopen()
	if got := h.status("a").State.Poll.Validators; got != r.Poll.Validators {
		h.t.Errorf("validators %+v; want %+v", got, r.Poll.Validators)
	}
	h.entry("one")
}

// A poll that brought nothing changes the poll state alone.
func testUnchangedMovesNothing(h *house) {
	h.settled("a")
	h.poll("a", post("a", "one", "The first", noon))
	before, revision := h.status("a").State.Doc, h.revision("all")
	h.clock.advance(time.Hour)
	h.pollDocument("a", nil)
	h.poll("a", post("a", "one", "The first", noon)) // the same once more
	after := h.status("a").State
	if diff := cmp.Diff(before, after.Doc); diff != "" {
		h.t.Errorf("document state changed:\n%s", diff)
	}
	if !after.Poll.Tried.Equal(noon.Add(time.Hour)) || h.revision("all") != revision {
		h.t.Errorf("tried %v, revision %d; want an hour later and %d", after.Poll.Tried, h.revision("all"), revision)
	}
}

// Two stories under one slug are two entries, whoever commits first: the
// second gets the source's id, a third of the same source a number.
func testSlugRace(h *house) {
	h.settled("a", "b")
	a, b := h.claim(h.A, "a")[0], h.claim(h.B, "b")[0]
	h.commit(h.A, h.report(a, h.document("a", post("a", "harvest", "Harvest", noon))))
	other := post("b", "harvest", "Something else", noon.AddDate(-1, 0, 0))
	third := post("b", "more/harvest", "Yet another thing", noon.AddDate(-2, 0, 0))
	h.commit(h.B, h.report(b, h.document("b", other)))
	h.poll("b", third)
	h.poll("b", post("b", "still/harvest", "And one more of them", noon.AddDate(-3, 0, 0)))
	got := slugs(h.window("all"))
	slices.Sort(got)
	if diff := cmp.Diff([]string{"harvest", "harvest-b", "harvest-b-2", "harvest-b-3"}, got); diff != "" {
		h.t.Errorf("slugs (-want +got):\n%s", diff)
	}
}

// An entry lists no more than so many tellers; the others are known all the
// same and nothing is doubled.
func testManyTellers(h *house) {
	const many = 70
	var ids []string
	for i := range many {
		ids = append(ids, fmt.Sprintf("s%02d", i))
	}
	h.settled(ids...)
	for round := range 2 {
		var reports []feed.Report
		for i, c := range h.claim(h.A, ids...) {
			it := post(c.Source.ID, "what-is-new-in-rivers", "What is new in rivers", noon.Add(time.Duration(i)*time.Second))
			it.HTML = "<p>What is new.</p>"
			reports = append(reports, h.report(c, h.document(c.Source.ID, it)))
		}
		var total feed.Outcome
		for _, o := range h.commit(h.A, reports...) {
			total.Added, total.Joined, total.Same = total.Added+o.Added, total.Joined+o.Joined, total.Same+o.Same
		}
		want := []feed.Outcome{{Added: 1, Joined: many - 1}, {Same: many}}[round]
		if total != want {
			h.t.Errorf("round %d: %+v; want %+v", round, total, want)
		}
	}
	if n := len(h.entry("what-is-new-in-rivers").Sightings); n < 50 || n >= many {
		h.t.Errorf("%d sightings are listed", n)
	}
}

// The same story twice in one call, from two sources and twice in one
// document, is one entry; nothing is lost.
func testDuplicates(h *house) {
	h.settled("a", "b")
	title := "How we moved a river of feeds"
	twice := post("a", "how-we-moved-a-river", title, noon)
	again := twice
	again.RawID += "?again"
	claims := h.claim(h.A, "a", "b")
	mirror := post("b", "how-we-moved-a-river", title, noon.Add(time.Minute))
	mirror.HTML = twice.HTML
	outcomes := h.commit(h.A,
		h.report(claims[1], h.document("b", mirror)),
		h.report(claims[0], h.document("a", twice, again)))
	total := outcomes[0].Added + outcomes[0].Joined + outcomes[1].Added + outcomes[1].Joined
	if total != 3 {
		h.t.Errorf("outcomes %+v; want three items accounted for", outcomes)
	}
	e := h.entry("how-we-moved-a-river-of-feeds") // a link that repeats names nothing
	if got := tellers(e); !slices.Contains(got, "b") || got[0] != "a" {
		h.t.Errorf("tellers %v; want a's entry, told by b too", got)
	}
}

// Another source's telling becomes a sighting with its own link and tags.
func testJoin(h *house) {
	h.settled("a", "b")
	h.poll("a", post("a", "what-is-new-in-rivers", "What is new in rivers", noon))
	before := h.entry("what-is-new-in-rivers")
	revision := h.revision("all")
	other := post("b", "what-is-new-in-rivers", "What is new in rivers", noon)
	other.HTML = before.HTML
	other.Tags = []feed.Tag{{Term: "water"}}
	if o := h.poll("b", other); o.Joined != 1 || o.Added != 0 {
		h.t.Fatalf("outcome %+v; want joined", o)
	}
	e := h.entry("what-is-new-in-rivers")
	want := feed.Sighting{Source: "b", Key: e.Sightings[1].Key, Link: other.Link, Title: other.Title, Tags: other.Tags, Seen: noon, Why: e.Sightings[1].Why}
	if diff := cmp.Diff(want, e.Sightings[1]); diff != "" {
		h.t.Errorf("sighting (-want +got):\n%s", diff)
	}
	if !strings.Contains(want.Why, "slug") {
		h.t.Errorf("the sighting's reason is %q; want the slug named", want.Why)
	}
	if diff := cmp.Diff(before.Content, e.Content); diff != "" {
		h.t.Errorf("content changed:\n%s", diff)
	}
	if h.revision("all") != revision+1 {
		h.t.Errorf("revision %d after %d", h.revision("all"), revision)
	}
	if w := h.window("all"); w.Sources["b"].Title != "Blog b" {
		h.t.Errorf("the window does not name source b: %+v", w.Sources)
	}
}

// A source of higher rank takes an entry over: slug, id, published and place
// stay; content, link and attribution become its own.
func testTakeOver(h *house) {
	h.settled("a", "b")
	h.poll("a", post("a", "what-is-new-in-rivers", "What is new in rivers", noon.Add(-time.Hour)))
	before := h.entry("what-is-new-in-rivers")
	h.cfg.Sources[1].Priority = 100
	h.configure()
	better := post("b", "what-is-new-in-rivers", "What is new in rivers", noon)
	better.HTML = "<p>What is new in rivers, and told much better by b than by anybody else.</p>"
	h.clock.advance(time.Hour)
	if o := h.poll("b", better); o.Joined != 1 {
		h.t.Fatalf("outcome %+v; want joined", o)
	}
	e := h.entry("what-is-new-in-rivers")
	if !slices.Equal(tellers(e), []string{"b", "a"}) || e.HTML != better.HTML || e.Link != better.Link {
		h.t.Errorf("tellers %v, link %s, content %q", tellers(e), e.Link, e.HTML)
	}
	if e.Slug != before.Slug || e.ID != before.ID || !e.Published.Equal(before.Published) || !e.Place.Equal(before.Place) {
		h.t.Errorf("slug, id, published or place changed: %+v; was %+v", e, before)
	}
	if e.Sightings[1].Link != before.Link || e.Sightings[1].Title != before.Title {
		h.t.Errorf("the former owner's sighting %+v lost its link", e.Sightings[1])
	}
	// The former owner's edits are no longer the entry's.
	edited := post("a", "what-is-new-in-rivers", "What is old in rivers", noon)
	if o := h.poll("a", edited); o.Same != 1 || h.entry(e.Slug).Title != e.Title {
		h.t.Errorf("outcome %+v, title %q", o, h.entry(e.Slug).Title)
	}
}

// No source of equal or lower rank changes another's entry (XF01).
func testEqualRankChangesNothing(h *house) {
	h.settled("a", "b")
	h.poll("a", post("a", "what-is-new-in-rivers", "What is new in rivers", noon))
	before := h.entry("what-is-new-in-rivers")
	thief := post("b", "what-is-new-in-rivers", "What is new in rivers", noon.Add(-48*time.Hour))
	thief.RawID, thief.Updated = before.ID, noon
	for range 2 {
		h.poll("b", thief)
		thief.HTML += "<p>Edited.</p>"
		h.clock.advance(time.Hour)
	}
	after := h.entry("what-is-new-in-rivers")
	after.Sightings = after.Sightings[:1]
	if diff := cmp.Diff(before, after); diff != "" {
		h.t.Errorf("entry changed:\n%s", diff)
	}
}

// The owner's edit replaces the content and moves updated, nothing else; an
// older version replaces nothing (I18).
func testEdit(h *house) {
	h.settled("a")
	one := post("a", "one", "The first", noon.Add(-time.Hour))
	one.Updated = noon
	h.poll("a", one)
	before := h.entry("one")
	h.clock.advance(2 * time.Hour)
	edited := one
	edited.Title, edited.HTML, edited.Updated = "The first, corrected", "<p>Corrected, and longer than it was.</p>", noon.Add(time.Hour)
	if o := h.poll("a", edited); o.Changed != 1 {
		h.t.Fatalf("outcome %+v; want changed", o)
	}
	after := h.entry("one")
	if after.Title != edited.Title || after.HTML != edited.HTML || !after.Updated.Equal(edited.Updated) {
		h.t.Errorf("edited entry: %q %q %v", after.Title, after.HTML, after.Updated)
	}
	if after.ID != before.ID || !after.Published.Equal(before.Published) || !after.Place.Equal(before.Place) {
		h.t.Errorf("id, published or place changed: %+v; was %+v", after, before)
	}
	if o := h.poll("a", one); o.Same != 1 || h.entry("one").Title != edited.Title {
		h.t.Errorf("an older version replaced a newer one: %+v", o)
	}
	if found, err := h.B.Find("the-first-corrected"); err != nil || len(found) != 1 {
		h.t.Errorf("Find by the new title = %d entries, %v", len(found), err)
	}
}

// An item whose id changed while the old one vanished is the same item (I9),
// and stays it under either.
func testNewKey(h *house) {
	h.settled("a")
	one := post("a", "one", "The first of them", noon.Add(-time.Hour))
	h.poll("a", one, post("a", "two", "The second of them", noon))
	moved := one
	moved.RawID = "urn:uuid:7f3d8c1e-0000-4000-8000-000000000001"
	for i, it := range []feed.Item{moved, one, moved} {
		if o := h.poll("a", it, post("a", "two", "The second of them", noon)); o.Added != 0 || o.Joined != 0 {
			h.t.Fatalf("outcome %+v; want nothing new", o)
		}
		if got, want := h.revision("all"), uint64(i)+2; got != want {
			h.t.Errorf("revision %d; want %d: the key is published", got, want)
		}
	}
	if e := h.entry("one"); len(e.Sightings) != 1 {
		h.t.Errorf("sightings %+v; want one", e.Sightings)
	}
}

// What this very site published comes back as nothing.
func testOwnItemsAreRejected(h *house) {
	h.settled("a")
	own := post("a", "one", "Ours", noon)
	own.RawID = "tag:planet.example,2026-11-24:b/0123456789abcdef"
	if o := h.poll("a", own); o.Rejected != 1 || o.Added != 0 {
		h.t.Errorf("outcome %+v; want rejected", o)
	}
	if r := h.status("a").Rejections; len(r) != 1 || r[0].RawID != own.RawID || r[0].Reason == "" {
		h.t.Errorf("rejections %+v", r)
	}
}

// The last 200 rejections are kept, newest first, each told once.
func testRejections(h *house) {
	h.settled("a")
	for round := range 3 {
		doc := h.document("a")
		for i := range 150 {
			doc.Rejected = append(doc.Rejected, feed.Rejection{
				RawID: string(rune('a'+round)) + string(rune('0'+i)), Reason: "no title", At: h.clock.now(),
			})
		}
		h.pollDocument("a", doc)
		h.pollDocument("a", doc)
		h.clock.advance(time.Hour)
	}
	list := h.status("a").Rejections
	if len(list) != feed.MaxRejections || list[0].RawID[0] != 'c' || list[150].RawID[0] != 'b' || !list[0].At.Equal(noon.Add(2*time.Hour)) {
		h.t.Errorf("%d rejections, first %+v", len(list), list[0])
	}
}

// A document that ended early proves no absence (I19).
func testPartialKeepsKnown(h *house) {
	h.settled("a")
	items := []feed.Item{post("a", "one", "The first", noon), post("a", "two", "The second", noon), post("a", "three", "The third", noon)}
	h.poll("a", items...)
	part := h.document("a", items[0])
	part.Partial = true
	h.pollDocument("a", part)
	if got := len(h.status("a").State.Doc.Known); got != 3 {
		h.t.Errorf("%d known items after a partial document; want 3", got)
	}
	h.poll("a", items[0])
	if got := len(h.status("a").State.Doc.Known); got != 1 {
		h.t.Errorf("%d known items after a whole document; want 1", got)
	}
}
