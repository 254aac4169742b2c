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
