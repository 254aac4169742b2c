package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
)

// A walk over the store meets every entry once, the last to come first, and
// those of one source or one state alone where they are asked for.
func testListing(h *house) {
	h.settled("a", "b")
	h.poll("a", posts("a", 1, 6)...)
	h.poll("b", posts("b", 11, 14)...)
	h.poll("b", post("b", "what-is-new-in-rivers", "What is new in rivers", noon))
	h.poll("a", post("a", "what-is-new-in-rivers", "What is new in rivers", noon))
	if err := h.A.Remove(h.walked(feed.Selection{Source: "a", Limit: 1})[2]); err != nil {
		h.t.Fatal(err)
	}
	all := h.walked(feed.Selection{Limit: 100})
	if len(all) != 9 || all[0] != "what-is-new-in-rivers" {
		h.t.Errorf("%d entries, the first %v; want 9, the last to come first", len(all), all[:1])
	}
	if diff := cmp.Diff(all, h.walked(feed.Selection{Limit: 2})); diff != "" {
		h.t.Errorf("in pages of 2 (-at once +in pages):\n%s", diff)
	}
	told := h.walked(feed.Selection{Source: "a", Limit: 2, Content: true})
	if len(told) != 6 || told[0] != "what-is-new-in-rivers" {
		h.t.Errorf("what a tells: %v; want what b owns first, and five of its own", told)
	}
	removed := h.walked(feed.Selection{States: []feed.EntryState{feed.StateRemoved}, Limit: 5})
	if len(removed) != 1 || removed[0] != told[2] {
		h.t.Errorf("removed: %v; want %s", removed, told[2])
	}
	h.wantRemovedAtOnce(told[2])
	w := h.window("all")
	wantAll := []feed.ChannelStatus{{ID: "all", Revision: w.Revision, Entries: 8, Arrivals: 9, Newest: w.Entries[0].Place}}
	if channels, err := h.B.Channels(); err != nil || !cmp.Equal(channels, wantAll) {
		h.t.Errorf("channels %+v, %v; want %+v", channels, err, wantAll)
	}
	list, err := h.B.List(feed.Selection{Source: "b", Limit: 1})
	if err != nil || list.Entries[0].HTML != "" || list.Entries[0].Title == "" || len(list.Entries[0].Sightings) != 2 {
		h.t.Errorf("without content: %v, %+v; want the title and no text", err, list.Entries)
	}
	if _, err := h.B.List(feed.Selection{Source: "nobody"}); !errors.Is(err, store.ErrNotFound) {
		h.t.Errorf("of a source that is not there: %v; want ErrNotFound", err)
	}
	if _, err := h.B.List(feed.Selection{After: "?"}); err == nil {
		h.t.Error("a cursor of nobody's was taken")
	}
}

// walked returns the slugs of a walk.
func (h *house) walked(q feed.Selection) []string {
	h.t.Helper()
	var all []string
	for range 1000 {
		list, err := h.A.List(q)
		if err != nil {
			h.t.Fatal(err)
		}
		for i := range list.Entries {
			all = append(all, list.Entries[i].Slug)
		}
		if q.After = list.Next; q.After == "" {
			return all
		}
	}
	h.t.Fatal("the walk does not end")
	return nil
}

// An entry tells where its slug came from, and which one was taken.
func testSlugsAreExplained(h *house) {
	h.settled("a", "b")
	linked, titled, nameless := post("a", "a-tale-of-two-rivers", "Rivers", noon), post("a", "", "Bridges over it", noon), post("a", "", "", noon)
	titled.Link, nameless.Link, nameless.HTML = "", "", "<p>Words.</p>"
	titled.RawID, nameless.RawID = "2", "3"
	h.poll("a", linked, titled, nameless)
	h.poll("b", post("b", "a-tale-of-two-rivers", "Quite another one", noon.Add(-200*24*time.Hour)))
	got := map[string]string{}
	for _, slug := range h.walked(feed.Selection{Limit: 10}) {
		e := h.entry(slug)
		got[slug] = fmt.Sprint(e.Named.Origin, " ", e.Named.Base)
	}
	for slug := range got {
		if len(slug) == len("entry-")+12 {
			got["entry"] = got[slug]
			delete(got, slug)
		}
	}
	want := map[string]string{
		"a-tale-of-two-rivers": "link ", "bridges-over-it": "title ", "entry": "key ",
		"a-tale-of-two-rivers-b": "link a-tale-of-two-rivers",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("slugs (-want +got):\n%s", diff)
	}
}

// wantRemovedAtOnce holds that one call finds what was removed, whatever lies
// before it.
func (h *house) wantRemovedAtOnce(slug string) {
	h.t.Helper()
	list, err := h.A.List(feed.Selection{States: []feed.EntryState{feed.StateRemoved, feed.StateJoined}, Limit: 5})
	if err != nil || len(list.Entries) != 1 || list.Entries[0].Slug != slug || list.Next != "" {
		h.t.Errorf("at once: %d entries, then %q, %v; want %s alone", len(list.Entries), list.Next, err, slug)
	}
}

// testListingOfFew: of very many entries the few that were removed are found
// without looking at the others.
func testListingOfFew(h *house) {
	h.settled("a")
	h.poll("a", posts("a", 1, 3)...)
	slug := h.walked(feed.Selection{Limit: 1})[0]
	if err := h.A.Remove(slug); err != nil {
		h.t.Fatal(err)
	}
	h.poll("a", posts("a", 11, 5011)...)
	h.reopen()
	h.wantRemovedAtOnce(slug)
}
