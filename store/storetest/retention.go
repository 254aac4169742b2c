package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"weir/feed"
	"weir/store"
)

// kept configures how much is kept. What one test of a bound needs is no
// channel's newest.
func (h *house) kept(k feed.Keep, perChannel int) {
	h.t.Helper()
	h.cfg.Keep = feed.Retention{Keep: k, PerChannel: perChannel}
	h.configure()
}

func (h *house) prune(s store.Store) feed.Pruned {
	h.t.Helper()
	did, err := s.Prune()
	if err != nil {
		h.t.Fatalf("Prune: %v", err)
	}
	return did
}

// names are the slugs of numbered posts, newest first.
func names(from, to int) []string {
	list := []string{}
	for i := to - 1; i >= from; i-- {
		list = append(list, fmt.Sprintf("post-%03d", i))
	}
	return list
}

func (h *house) wantWindow(channel string, want []string) {
	h.t.Helper()
	if got := slugs(h.window(channel)); !slices.Equal(got, want) {
		h.t.Errorf("channel %s: %v; want %v", channel, got, want)
	}
}

// The oldest are dropped, but none of the newest of a channel; what is dropped
// is a tombstone that no telling brings back, and archive pages get gaps.
func testPruneByNumber(h *house) {
	h.cfg.Channels = append(h.cfg.Channels, tagged("rare", "rare"))
	h.settled("a", "b")
	items := posts("a", 0, 130)
	for _, i := range []int{100, 110, 120} { // the posts 029, 019 and 009
		items[i].Tags = []feed.Tag{{Term: "rare"}}
	}
	h.poll("a", items...)
	h.kept(feed.Keep{Entries: 50}, 2)
	revision, rare := h.revision("all"), h.revision("rare")
	if did := h.prune(h.A); did.Entries != 78 || did.Forgotten != 0 || did.Skipped != "" {
		h.t.Errorf("pruned %+v; want 78 of 130: 50 newest and 2 of a channel stay", did)
	}
	want := append(names(80, 130), "post-029", "post-019")
	h.wantWindow("all", want)
	h.wantWindow("rare", []string{"post-029", "post-019"})
	if h.revision("all") <= revision || h.revision("rare") != rare+1 {
		h.t.Errorf("revisions went from %d, %d to %d, %d", revision, rare, h.revision("all"), h.revision("rare"))
	}
	page, err := h.B.Archive("all", 1)
	if err != nil || !slices.Equal(slugs(page), []string{"post-029", "post-019"}) {
		h.t.Errorf("archive page 1: %v, %v; want gaps and nothing of page 2", slugs(page), err)
	}
	if page, err = h.B.Archive("all", 2); err != nil || !slices.Equal(slugs(page), names(80, 100)) {
		h.t.Errorf("archive page 2: %v, %v; want gaps and nothing of page 3", slugs(page), err)
	}
	if e := h.entry("post-000"); e.State != feed.StatePruned || e.HTML != "" || e.Title != "Post 000" {
		h.t.Errorf("tombstone %s, title %q, %d bytes", e.State, e.Title, len(e.HTML))
	}
	edited := posts("a", 0, 130)
	edited[129].HTML = "<p>Another text altogether.</p>"
	edited[120].Tags = []feed.Tag{{Term: "rare"}}
	h.poll("a", edited...)
	retold := items[128]
	if o := h.poll("b", retold); o.Joined != 1 || o.Added != 0 {
		h.t.Errorf("outcome %+v; want it joined to the tombstone", o)
	}
	if e := h.entry("post-001"); e.State != feed.StatePruned || len(e.Sightings) != 2 {
		h.t.Errorf("tombstone %s with %d sightings; want both", e.State, len(e.Sightings))
	}
	h.wantWindow("rare", []string{})
	if did := h.prune(h.B); did.Entries != 2 || did.Forgotten != 0 {
		h.t.Errorf("pruned %+v; want the 2 that no channel protects any more", did)
	}
	h.wantWindow("all", names(80, 130))
}

// Entries go by age too, a source may have bounds of its own, and neither what
// is held nor a local article is ever dropped.
func testPruneByAge(h *house) {
	h.settled("a", "b", "c", "own")
	h.cfg.Sources[3].Kind = feed.Articles
	h.cfg.Sources[1].Keep, h.cfg.Sources[2].Keep = feed.Keep{Days: 1000}, feed.Keep{Days: 1000, Entries: 3}
	h.configure()
	for i, id := range []string{"a", "b", "c", "own"} {
		h.poll(id, posts(id, 100*i, 100*i+10)...) // 500 hours ago, 400, 300, 200
	}
	h.cfg.Rules.Flood.Burst = 5
	h.configure()
	if o := h.poll("a", append(posts("a", 50, 60), posts("a", 0, 10)...)...); o.Held != 10 {
		h.t.Fatalf("outcome %+v; want 10 held", o)
	}
	h.kept(feed.Keep{Days: 5}, 1)
	if did := h.prune(h.A); did.Entries != 10+7 {
		h.t.Errorf("pruned %+v; want all that is a's and not held, and all but 3 of c", did)
	}
	h.wantWindow("all", slices.Concat(names(300, 310), names(207, 210), names(100, 110)))
	if e := h.entry("post-055"); e.State != feed.StateHeld {
		h.t.Errorf("what was held is %s", e.State)
	}
}

// Nothing is dropped when the clock jumped, nor again before it was looked at
// twice (XG12).
func testPruneHeedsTheClock(h *house) {
	h.settled("a")
	h.poll("a", posts("a", 0, 20)...)
	h.kept(feed.Keep{Days: 60}, 1)
	for _, d := range []time.Duration{365 * 24 * time.Hour, -365 * 24 * time.Hour} {
		h.clock.advance(d)
		if did := h.prune(h.A); did.Entries != 0 || did.Skipped == "" {
			h.t.Errorf("pruned %+v by a clock that jumped", did)
		}
	}
	if did := h.prune(h.A); did.Entries != 0 || did.Skipped != "" {
		h.t.Errorf("pruned %+v; want nothing, in order", did)
	}
	h.wantWindow("all", names(0, 20))
	h.clock.advance(365 * 24 * time.Hour)
	h.prune(h.A)
	h.clock.advance(time.Hour)
	if did := h.prune(h.A); did.Entries != 19 {
		h.t.Errorf("pruned %+v; a clock that stays where it jumped is believed", did)
	}
	h.wantWindow("all", names(19, 20))
}

// A tombstone stays as long as a source may still show the story; then all of
// it is gone, and its names are free. One of the operator's stays for ever.
func testTombstonesAreForgotten(h *house) {
	h.settled("a", "b")
	items := posts("a", 0, 20)
	h.poll("a", items...)
	h.poll("b", items[18]) // post-001
	if err := h.A.Remove("post-000"); err != nil {
		h.t.Fatal(err)
	}
	h.kept(feed.Keep{Entries: 10}, 1)
	if did := h.prune(h.A); did.Entries != 9 || did.Forgotten != 0 {
		h.t.Fatalf("pruned %+v; want 9", did)
	}
	next := func(tell func(), forgotten int) {
		h.t.Helper()
		h.clock.advance(time.Hour)
		tell()
		if did := h.prune(h.A); did.Entries != 0 || did.Forgotten != forgotten {
			h.t.Errorf("pruned %+v; want %d forgotten", did, forgotten)
		}
	}
	next(func() {}, 0)
	next(func() { h.poll("a", items...) }, 0)      // it shows them still
	next(func() { h.poll("a", items[:12]...) }, 6) // and no more than post-009 and post-008
	// Another source told post-001 too, and was not read since; then it shows
	// it still, and then it does not.
	next(func() {}, 0)
	next(func() { h.pollDocument("b", nil) }, 0)
	next(func() { h.poll("b", items[0]) }, 1)
	for _, slug := range []string{"post-001", "post-002", "post-007"} {
		if _, err := h.B.Entry(slug); !errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("Entry(%s) = %v; want ErrNotFound", slug, err)
		}
		if _, err := h.B.Find("https://a.example/" + slug); !errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("Find(%s) = %v; want ErrNotFound", slug, err)
		}
	}
	if got, want := h.status("a").State.Doc.Entries, 20-7; got != want {
		h.t.Errorf("a tells %d entries; want %d", got, want)
	}
	if e := h.entry("post-000"); e.State != feed.StateRemoved {
		h.t.Errorf("what the operator removed is %s", e.State)
	}
	if o := h.poll("a", append(items[:12:12], items[17], items[19])...); o.Added != 1 || h.entry("post-002").State != feed.StatePlaced {
		h.t.Errorf("outcome %+v; want what was forgotten to be new under its own slug, what was removed to stay away", o)
	}
}

// Retention is looked after once a day by itself.
func testTendPrunes(h *house) {
	h.settled("a")
	h.poll("a", posts("a", 0, 20)...)
	h.kept(feed.Keep{Entries: 15}, 1)
	h.configure()
	for _, want := range []int{0, 5, 0, 2, 0} {
		did, err := h.A.Tend()
		if err != nil || did.Pruned != want {
			h.t.Errorf("Tend = %+v, %v; want %d pruned", did, err, want)
		}
		if want > 0 {
			continue
		}
		h.clock.advance(25 * time.Hour)
		if n := len(h.window("all").Entries); n == 15 {
			h.poll("a", posts("a", 2, 22)...)
		}
	}
}
