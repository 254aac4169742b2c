package storetest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"weir/feed"
	"weir/store"
)

// join and split must succeed.
func (h *house) join(a, b string) {
	h.t.Helper()
	if err := h.A.Join(a, b); err != nil {
		h.t.Fatalf("Join(%s, %s): %v", a, b, err)
	}
}

func (h *house) split(slug, source string) {
	h.t.Helper()
	if err := h.A.Split(slug, source); err != nil {
		h.t.Fatalf("Split(%s, %s): %v", slug, source, err)
	}
}

// Two entries that the operator joins are the first one: it keeps what was
// published of it, tells who tells it too, and every telling of the second, by
// its own source or another, is one of it.
func testJoinedByOperator(h *house) {
	h.settled("a", "b", "c")
	one, two := post("a", "one", "How the river was crossed", noon), post("b", "two", "A bridge at last", noon.Add(time.Hour))
	h.poll("a", one)
	h.poll("b", two)
	before, joined := h.entry("one"), h.entry("two")
	h.join("one", "two")
	h.wantAll("one")
	after := h.entry("one")
	h.sameStory(before, after)
	if !slices.Equal(tellers(after), []string{"a", "b"}) || after.HTML != before.HTML || after.Sightings[1].Link != two.Link {
		h.t.Errorf("told by %+v", after.Sightings)
	}
	if why := after.Sightings[1].Why; !strings.Contains(why, "operator") {
		h.t.Errorf("it is told because %q", why)
	}
	if e := h.entry("two"); e.State != feed.StateJoined || e.Into != "one" || e.HTML != "" || e.ID != joined.ID {
		h.t.Errorf("the tombstone is %s, leads to %q", e.State, e.Into)
	}
	if found, err := h.B.Find(two.Link); err != nil || len(found) != 1 || found[0].Slug != "one" {
		h.t.Errorf("Find = %v, %v; want one", found, err)
	}
	h.reopen()
	two.HTML, two.Hash = "<p>It is edited.</p>", 9
	if o := h.poll("b", two); o.Added != 0 {
		h.t.Errorf("outcome %+v; want nothing added", o)
	}
	two.RawID = "another key"
	if o := h.poll("b", two, post("b", "elsewhere", "Something else", noon)); o.Added != 1 {
		h.t.Errorf("outcome %+v; want something else added", o)
	}
	third := two
	third.RawID = "17"
	if o := h.poll("c", third); o.Joined != 1 {
		h.t.Errorf("outcome %+v; want c to tell it too", o)
	}
	if e := h.entry("one"); e.HTML != before.HTML || e.Source() != "a" {
		h.t.Errorf("owner %s, text %q", e.Source(), e.HTML)
	}
	h.join("one", "two") // what is joined is joined
}

// Who ranks higher owns the story, whichever entry it is joined to.
func testJoinedToLowerRank(h *house) {
	h.sources("a", "b")
	h.cfg.Sources[1].Priority = 100
	h.configure()
	h.settle()
	h.poll("a", post("a", "one", "How the river was crossed", noon))
	h.poll("b", post("b", "two", "A bridge at last", noon))
	before, joined := h.entry("one"), h.entry("two")
	h.join("one", "two")
	after := h.entry("one")
	h.sameStory(before, after)
	if after.HTML != joined.HTML || after.Title != joined.Title || !slices.Equal(tellers(after), []string{"b", "a"}) {
		h.t.Errorf("told by %v with %q", tellers(after), after.HTML)
	}
	if o := h.poll("b", post("b", "two", "A bridge at last", noon)); o.Same != 1 {
		h.t.Errorf("outcome %+v; want the same", o)
	}
}

// A joined entry is forgotten with the one that it leads to, and its telling
// source's part of it with that.
func testJoinedAndForgotten(h *house) {
	h.settled("a", "b", "c")
	h.poll("a", post("a", "one", "How the river was crossed", noon))
	h.poll("b", post("b", "two", "A bridge at last", noon))
	h.join("one", "two")
	h.sources("b", "c")
	h.tend()
	if e := h.entry("one"); e.Source() != "b" || e.State != feed.StatePlaced {
		h.t.Errorf("owner %s, %s; want it passed on", e.Source(), e.State)
	}
	h.sources("c")
	h.tend()
	h.wantAll()
	h.clock.advance(31 * 24 * time.Hour)
	h.tend()
	for _, slug := range []string{"one", "two"} {
		if _, err := h.B.Entry(slug); !errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("Entry(%s) = %v; want ErrNotFound", slug, err)
		}
	}
}

// Whoever removes a story under the slug that it had before it was joined
// removes the story, and no ruling brings it back (I21).
func testJoinedIsRemoved(h *house) {
	h.settled("a", "b", "c")
	one, two := post("a", "one", "How the river was crossed", noon), post("b", "two", "A bridge at last", noon)
	h.poll("a", one)
	h.poll("b", two)
	h.join("one", "two")
	if err := h.A.Remove("two"); err != nil {
		h.t.Fatalf("Remove: %v", err)
	}
	h.wantAll()
	if e := h.entry("one"); e.State != feed.StateRemoved {
		h.t.Errorf("the story is %s", e.State)
	}
	two.HTML, two.Hash = "<p>Edited.</p>", 9
	h.poll("b", two, post("b", "three", "Something else", noon.Add(time.Hour)))
	h.wantAll("three")
	if err := h.A.Check(); err != nil {
		h.t.Error(err)
	}
}

// A telling that the operator parts is an entry of its own, with what is known
// of it, and with its text when its source is read again.
func testSplitByOperator(h *house) {
	h.settled("a", "b")
	h.poll("a", rivers("a", "As a says it."))
	h.poll("b", rivers("b", "As b says it."))
	before := h.entry("what-is-new-in-rivers")
	h.split("what-is-new-in-rivers", "b")
	h.wantAll("what-is-new-in-rivers", "what-is-new-in-rivers-b")
	after, own := h.entry("what-is-new-in-rivers"), h.entry("what-is-new-in-rivers-b")
	h.sameStory(before, after)
	if !slices.Equal(tellers(after), []string{"a"}) || after.HTML != before.HTML {
		h.t.Errorf("told by %v with %q", tellers(after), after.HTML)
	}
	if !slices.Equal(tellers(own), []string{"b"}) || own.HTML != "" || own.Title != before.Title || own.ID == after.ID ||
		own.Link != "https://b.example/what-is-new-in-rivers" || !strings.Contains(own.Owner().Why, "operator") {
		h.t.Errorf("the new entry is %+v", own)
	}
	if st := h.status("b").State; !st.Poll.Validators.IsZero() {
		h.t.Error("b is not read anew")
	}
	h.poll("b", rivers("b", "As b says it."))
	again := h.entry("what-is-new-in-rivers-b")
	h.sameStory(own, again)
	if again.HTML != "<p>As b says it.</p>" {
		h.t.Errorf("text %q", again.HTML)
	}
}

// Where the source owned the story its text goes with it, and the next best
// owns what is left.
func testSplitFromItsOwner(h *house) {
	h.settled("a", "b", "c")
	for _, id := range []string{"a", "b", "c"} {
		h.poll(id, rivers(id, "As "+id+" says it."))
	}
	before := h.entry("what-is-new-in-rivers")
	h.split("what-is-new-in-rivers", "a")
	after, own := h.entry("what-is-new-in-rivers"), h.entry("what-is-new-in-rivers-a")
	h.sameStory(before, after)
	if after.HTML != "" || !slices.Equal(tellers(after), []string{"b", "c"}) {
		h.t.Errorf("told by %v with %q; want b's, without text", tellers(after), after.HTML)
	}
	if own.HTML != before.HTML || !own.Published.Equal(before.Published) || own.ID == before.ID {
		h.t.Errorf("the new entry has %q, %v, %s", own.HTML, own.Published, own.ID)
	}
	h.poll("b", rivers("b", "As b says it."))
	h.poll("a", rivers("a", "As a says it."))
	if x, y := h.entry("what-is-new-in-rivers"), h.entry("what-is-new-in-rivers-a"); x.HTML != "<p>As b says it.</p>" || y.HTML != before.HTML {
		h.t.Errorf("texts %q and %q", x.HTML, y.HTML)
	}
}

// A parted pair is never one again by itself: not by an edit, not under
// another key, not after a restart, from neither side.
func testSplitHolds(h *house) {
	h.settled("a", "b")
	h.poll("a", rivers("a", "As a says it."))
	h.poll("b", rivers("b", "As b says it."))
	h.split("what-is-new-in-rivers", "b")
	h.reopen()
	for i, id := range []string{"b", "a", "b"} {
		it := rivers(id, "As a says it.")
		it.RawID, it.Link = strings.Repeat("x", i+1), it.Link+"?p="+strings.Repeat("x", i+1)
		h.poll(id, it)
	}
	for _, e := range h.window("all").Entries {
		if len(tellers(e.Entry)) != 1 && slices.Contains(tellers(e.Entry), "a") && slices.Contains(tellers(e.Entry), "b") {
			h.t.Errorf("%s is told by %v", e.Slug, tellers(e.Entry))
		}
	}
	h.entry("what-is-new-in-rivers-b")
}

// What was joined and is split is what it was, with slug, id and date; what
// was split and is joined is one story.
func testSplitAndJoined(h *house) {
	h.settled("a", "b")
	two := post("b", "two", "A bridge at last", noon.Add(time.Hour))
	h.poll("a", post("a", "one", "How the river was crossed", noon))
	h.poll("b", two)
	was := h.entry("two")
	for range 3 {
		h.join("one", "two")
		h.wantAll("one")
		h.split("one", "b")
		h.wantAll("one", "two")
		h.sameStory(was, h.entry("two"))
		h.poll("b", two)
		if e := h.entry("two"); e.HTML != was.HTML || e.Into != "" || !slices.Equal(tellers(e), []string{"b"}) {
			h.t.Errorf("told by %v with %q, leads to %q", tellers(e), e.HTML, e.Into)
		}
	}
}

// What its source withdrew stays away from the documents when the operator
// parts it, until the source shows it again; another's telling is published.
func testSplitOfWithdrawn(h *house) {
	for _, from := range []string{"a", "b"} {
		src := blog("a")
		src.Gone = feed.GoneDrop
		h.cfg.Sources = []feed.Source{src, blog("b")}
		h.configure()
		h.settle()
		story := "story-" + from + "-of-the-wide-river"
		told := func(id string) feed.Item { return post(id, story, "Story "+from+" of the wide river", noon) }
		h.poll("a", append(days("a", 0, 5), told("a"))...)
		h.poll("b", told("b"))
		if got := tellers(h.entry(story)); !slices.Equal(got, []string{"a", "b"}) {
			h.t.Fatalf("told by %v", got)
		}
		gone := h.document("a", days("a", 0, 5)...)
		h.later(time.Hour, "a", gone)
		h.later(12*time.Hour, "a", gone)
		h.later(12*time.Hour, "a", nil)
		if e := h.entry(story); e.State != feed.StateWithdrawn {
			h.t.Fatalf("before it is split it is %s", e.State)
		}
		h.split(story, from)
		h.tend()
		theirs := map[string]string{"a": story, "b": story + "-b"}
		if from == "a" {
			theirs = map[string]string{"a": story + "-a", "b": story}
		}
		if e := h.entry(theirs["a"]); e.State != feed.StateWithdrawn {
			h.t.Errorf("split from %s, what a withdrew is %s", from, e.State)
		}
		h.poll("b", told("b"))
		if e := h.entry(theirs["b"]); e.State != feed.StatePlaced {
			h.t.Errorf("split from %s, what b tells is %s", from, e.State)
		}
		h.poll("a", append(days("a", 0, 5), told("a"))...)
		if e := h.entry(theirs["a"]); e.State != feed.StatePlaced {
			h.t.Errorf("split from %s and shown again it is %s", from, e.State)
		}
	}
}

// Verdicts about what is not there, or is only a tombstone, change nothing.
func testVerdictsAreRefused(h *house) {
	h.settled("a", "b")
	h.poll("a", rivers("a", "As a says it."), post("a", "one", "The first", noon), post("a", "gone", "It is gone", noon))
	if err := h.A.Remove("gone"); err != nil {
		h.t.Fatal(err)
	}
	revision := h.revision("all")
	for name, c := range map[string]struct {
		got  error
		want error
	}{
		"join to none":   {h.A.Join("none", "one"), store.ErrNotFound},
		"join none":      {h.A.Join("one", "none"), store.ErrNotFound},
		"join to itself": {h.A.Join("one", "one"), nil},
		"join removed":   {h.A.Join("one", "gone"), store.ErrRemoved},
		"split none":     {h.A.Split("none", "a"), store.ErrNotFound},
		"split nobody":   {h.A.Split("one", "z"), store.ErrNotFound},
		"split stranger": {h.A.Split("one", "b"), store.ErrNotFound},
		"split alone":    {h.A.Split("one", "a"), store.ErrAlone},
		"split removed":  {h.A.Split("gone", "a"), store.ErrRemoved},
	} {
		if !errors.Is(c.got, c.want) {
			h.t.Errorf("%s: %v; want %v", name, c.got, c.want)
		}
	}
	if h.revision("all") != revision {
		h.t.Error("a verdict that was refused moved a revision")
	}
}
