package storetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
)

// seed is an entry of a lost store, told by items of the sources named, under a
// slug, an id and dates that nothing would give it again.
func (h *house) seed(slug string, placed time.Time, tellings ...feed.Telling) feed.Seed {
	return feed.Seed{
		Slug: slug, ID: "tag:planet.example,2026-11-24:lost/" + slug, Published: placed.Add(-9 * 24 * time.Hour),
		Updated: placed.Add(-time.Hour), FirstSeen: placed, Place: placed, Tellings: tellings,
	}
}

func (h *house) telling(source string, it feed.Item) feed.Telling {
	return feed.Telling{Source: source, Key: h.document(source, it).Items[0].Key}
}

// wantSeed holds an entry against its seed and against who shall tell it.
func (h *house) wantSeed(s feed.Seed, who ...string) {
	h.t.Helper()
	e := h.entry(s.Slug)
	got := feed.Seed{
		Slug: e.Slug, ID: e.ID, Published: e.Published, Updated: e.Updated, FirstSeen: e.FirstSeen, Place: e.Place,
		Tellings: s.Tellings,
	}
	if diff := cmp.Diff(s, got); diff != "" {
		h.t.Errorf("the entry is not as it was (-was +is):\n%s", diff)
	}
	if !slices.Equal(tellers(e), who) {
		h.t.Errorf("%s is told by %v; want %v", s.Slug, tellers(e), who)
	}
}

// What documents remember of a store that was lost comes back as it was (J10),
// also when its source fails at first; until then nothing else takes its slug.
// What nobody remembers of a source that is remembered goes to the archive.
func testSeeds(h *house) {
	h.sources("a", "b", "c", "d")
	sea, hello := rivers("c", "As c says it."), post("a", "hello", "Hello", noon.Add(-200*time.Hour))
	river := h.seed("a-day-at-the-river", noon.Add(-2*time.Hour),
		h.telling("c", sea), h.telling("b", rivers("b", "As b says it.")))
	greeting := h.seed("hello", noon.Add(-300*time.Hour), h.telling("a", hello))
	for range 2 { // killed and told again
		if err := h.A.Seed([]feed.Seed{river, greeting}); err != nil {
			h.t.Fatalf("Seed: %v", err)
		}
		h.reopen()
	}
	if err := h.A.Seed([]feed.Seed{{Slug: "No slug"}}); err == nil {
		h.t.Error("what no entry can be was taken for a seed")
	}
	h.poll("d", post("d", "a-day-at-the-river", "A day at the river", noon.Add(-400*time.Hour)), post("d", "hello", "Hello", noon.Add(-999*time.Hour)))
	h.poll("b", rivers("b", "As b says it."))
	h.poll("a", hello, post("a", "left-out", "Left out", noon.Add(-100*time.Hour)), post("a", "fresh", "Fresh", noon))
	h.settle()
	if err := h.A.Seed([]feed.Seed{river}); !errors.Is(err, store.ErrFounded) {
		h.t.Errorf("Seed after the first cycle = %v; want %v", err, store.ErrFounded)
	}
	h.wantSeed(greeting, "a")
	h.wantSeed(river, "b")
	h.wantAll("fresh", "a-day-at-the-river", "hello", "a-day-at-the-river-d", "hello-d")
	if e := h.entry("left-out"); e.State != feed.StateShelved {
		h.t.Errorf("what nobody remembers is %s; want it shelved", e.State)
	}

	// c was away: its item finds the entry and owns it again.
	h.clock.advance(time.Hour)
	h.poll("c", sea, post("c", "left-out-too", "Left out too", noon.Add(-100*time.Hour)))
	river.Updated = h.clock.now() // its text is c's again
	h.wantSeed(river, "c", "b")
	if e := h.entry("left-out-too"); e.State != feed.StateShelved {
		h.t.Errorf("what nobody remembers is %s; want it shelved", e.State)
	}
}

// What was removed from a store that was lost is a tombstone in the next one,
// as of when it was removed, in the first cycle and whenever its source is read
// again; another telling of the story does not bring it back either (I21, J10).
func testSeedsOfRemoved(h *house) {
	h.sources("a", "b", "c")
	when := noon.Add(-48 * time.Hour)
	gone := func(tellings ...feed.Telling) feed.Seed { return feed.Seed{Removed: when, Tellings: tellings} }
	placed := func(s feed.Seed) feed.Seed { s.Place = when; return s }
	secret, late := post("a", "what-nobody-shall-read", "What nobody shall read", noon.Add(-90*time.Hour)), post("b", "what-was-said-too-late", "What was said too late", noon.Add(-80*time.Hour))
	river := h.seed("a-day-at-the-river", noon.Add(-2*time.Hour), h.telling("c", rivers("c", "As c says it.")))
	seeds := []feed.Seed{placed(gone(h.telling("a", secret))), gone(h.telling("b", late), h.telling("a", late)), river}
	for range 2 {
		if err := h.A.Seed(seeds); err != nil {
			h.t.Fatalf("Seed: %v", err)
		}
		h.reopen()
	}
	h.poll("c", rivers("c", "As c says it."), post("c", "what-nobody-shall-read", "What nobody shall read", noon.Add(-90*time.Hour)))
	h.poll("a", secret, post("a", "fresh", "Fresh", noon))
	h.settle()
	h.clock.advance(time.Hour)
	h.poll("b", late)
	h.poll("a", secret, post("a", "fresh", "Fresh", noon), post("a", "fresher", "Fresher", noon))
	h.wantAll("fresh", "fresher", "a-day-at-the-river")
	for _, slug := range []string{"what-nobody-shall-read", "what-was-said-too-late"} {
		e := h.entry(slug)
		if never := slug == "what-was-said-too-late"; e.Place.IsZero() != never {
			h.t.Errorf("%s has its place at %s; it was never in a channel: %t", slug, e.Place, never)
		}
		if e.State != feed.StateRemoved || !e.StateSince.Equal(when) || e.HTML != "" {
			h.t.Errorf("%s is %s since %s, with %q; want it removed since %s", slug, e.State, e.StateSince, e.HTML, when)
		}
	}
	if e := h.entry("what-nobody-shall-read"); !slices.Equal(tellers(e), []string{"a", "c"}) {
		h.t.Errorf("the tombstone is told by %v", tellers(e))
	}
}

// Where only removals are remembered, because documents were in other formats,
// everything else is as in a store that is new.
func testSeedsOfRemovedAlone(h *house) {
	h.cfg.Rules.Flood.First = 1
	h.sources("a")
	if err := h.A.Seed([]feed.Seed{{Removed: noon, Tellings: []feed.Telling{{Source: "z", Key: feed.Key{1}}}}}); err != nil {
		h.t.Fatalf("Seed: %v", err)
	}
	h.poll("a", days("a", 0, 5)...)
	h.settle()
	if n := len(h.window("all").Entries); n != 5 {
		h.t.Errorf("%d entries; want 5", n)
	}
}

// A story that two sources told is one again when both are read in the first
// cycle, and the store is sound.
func testSeedsToldTwice(h *house) {
	h.sources("b", "c")
	river := h.seed("a-day-at-the-river", noon.Add(-2*time.Hour),
		h.telling("c", rivers("c", "As c says it.")), h.telling("b", rivers("b", "As b says it.")))
	if err := h.A.Seed([]feed.Seed{river}); err != nil {
		h.t.Fatalf("Seed: %v", err)
	}
	h.poll("b", rivers("b", "As b says it."))
	h.poll("c", rivers("c", "As c says it."))
	h.settle()
	h.reopen()
	if err := h.A.Check(); err != nil {
		h.t.Errorf("Check = %v", err)
	}
	h.wantAll("a-day-at-the-river")
	h.wantSeed(river, "c", "b")
}
