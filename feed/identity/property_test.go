package identity_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
)

// runs is how many pairs or sequences of documents a property is tried on.
func runs(t *testing.T) uint64 {
	if testing.Short() {
		return 2_000
	}
	return 10_000
}

// settings are the rules a property is tried under.
func settings(seed uint64) identity.Rules {
	rules := identity.Rules{Guard: seed%5 != 0, Flood: identity.Flood{First: 3, Days: 90, Burst: 2}}
	if seed%3 == 0 {
		rules.Near = 0.8
	}
	return rules
}

// visible leaves out what only the model sees.
var visible = gocmp.FilterPath(func(p gocmp.Path) bool {
	f, ok := p.Last().(gocmp.StructField)
	return ok && f.Name()[0] >= 'a'
}, gocmp.Ignore())

// The outcome of a commit does not depend on the order of its reports and of
// their items.
func TestOrderWithinACommit(t *testing.T) {
	joined, commits := 0, 0
	for seed := range runs(t) / 5 {
		w := newWorld(seed)
		// Two commits: one that founds the archive and one that comes to it.
		before, after := w.reports(3, 4), w.reports(4, 4)
		one := newArchive(settings(seed))
		one.commit(prepare(before, nil), noon)
		one.commit(prepare(after, nil), noon.Add(time.Hour))
		for range 5 {
			other := newArchive(settings(seed))
			other.commit(prepare(before, w.rng), noon)
			other.commit(prepare(after, w.rng), noon.Add(time.Hour))
			commits++
			if diff := gocmp.Diff(one.entries, other.entries, visible); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
		}
		for _, r := range one.entries {
			if len(r.Sightings) > 1 {
				joined++
			}
		}
	}
	if commits < int(runs(t)) || joined < commits/5 {
		t.Errorf("of %d orders only %d entries have several sightings: the worlds hardly collide", commits, joined)
	}
}

// No source of equal or lower rank changes an entry, whatever it says
// (XF01 to XF07); nothing changes a slug, an id or a published date; nothing
// that was told is lost.
func TestNoTakeoverByEquals(t *testing.T) {
	pairs := runs(t)
	collided, taken := 0, 0
	var w *world
	for seed := range pairs {
		if seed%50 == 0 {
			w = newWorld(seed)
		}
		reports := prepare([]report{{w.source(0), document(w.item(0))}, {w.source(1), document(w.item(1))}}, nil)
		a := newArchive(settings(seed))
		a.commit(reports[:1], noon)
		before := a.snapshot()
		a.commit(reports[1:], noon.Add(time.Hour))
		collided += a.found
		taken += checkStep(t, seed, before, a, reports[1:])
		if len(a.told) != 2 {
			t.Fatalf("seed %d: %d items told", seed, len(a.told))
		}
	}
	checkCollisions(t, collided, int(pairs), taken)
}

// Over many documents of several sources the same holds at every step, every
// item is told by an entry, slugs and ids stay unique and valid, and what was
// seen before changes nothing when it is seen again (I18, XF01).
func TestLives(t *testing.T) {
	sequences := runs(t)
	collided, taken, older := 0, 0, 0
	for seed := range sequences {
		w := newWorld(seed / 20)
		w.rng = newRand(seed + 1<<32)
		a := newArchive(settings(seed))
		sources := []feed.Source{w.source(0), w.source(1), w.source(2)}
		for step := range 4 {
			now := noon.Add(time.Duration(step) * 7 * time.Hour)
			i := w.rng.IntN(len(sources))
			doc := document(w.item(i), w.item(i))
			doc.Partial = w.rng.IntN(4) == 0
			reports := prepare([]report{{sources[i], doc}}, nil)
			before := a.snapshot()
			a.commit(reports, now)
			taken += checkStep(t, seed, before, a, reports)
			checkTold(t, seed, a, reports)
			older += checkAgain(t, seed, a, reports, now)
		}
		if a.found > 0 {
			collided++
		}
	}
	checkCollisions(t, collided, int(sequences), taken)
	if older < int(sequences) {
		t.Errorf("only %d older versions came", older)
	}
}

// checkStep compares entries before and after a commit, and returns how many
// changed hands.
func checkStep(t *testing.T, seed uint64, before []record, a *archive, reports []report) (taken int) {
	t.Helper()
	slugs, ids := map[string]bool{}, map[string]bool{}
	for i, r := range a.entries {
		if !feed.ValidSlug(r.Slug) || slugs[r.Slug] || ids[r.ID] || r.Updated.Before(r.Published) {
			t.Fatalf("seed %d: slug %q or id %q is invalid or twice there, or updated %v before %v", seed, r.Slug, r.ID, r.Updated, r.Published)
		}
		slugs[r.Slug], ids[r.ID] = true, true
		if i >= len(before) {
			continue
		}
		b := before[i]
		if r.Slug != b.Slug || r.ID != b.ID || !r.Published.Equal(b.Published) || !r.Place.Equal(b.Place) {
			t.Fatalf("seed %d: %+v became %+v", seed, b, r)
		}
		changed := r.Title != b.Title || r.Link != b.Link || r.Text != b.Text || r.source() != b.source()
		if r.source() != b.source() {
			taken++
		}
		if changed && r.source() != b.source() && !r.rank.Above(b.rank) {
			t.Fatalf("seed %d: an item of rank %+v changed %+v into %+v", seed, r.rank, b, r)
		}
		told := func(p report) bool { return p.src.ID == r.source() }
		if changed && !slices.ContainsFunc(reports, told) {
			t.Fatalf("seed %d: %+v became %+v, whose source said nothing", seed, b, r)
		}
	}
	return taken
}

// checkTold holds that every item of the reports is told by an entry.
func checkTold(t *testing.T, seed uint64, a *archive, reports []report) {
	t.Helper()
	for _, p := range reports {
		for i := range p.doc.Items {
			teller := p.src.ID + "/" + p.doc.Items[i].Key.String()
			if r := a.told[teller]; r == nil || !slices.Contains(a.entries, r) {
				t.Fatalf("seed %d: %s told nothing", seed, teller)
			}
		}
	}
}

// checkAgain holds that the same reports, and older versions of them, change
// nothing; it returns how many older versions there were.
func checkAgain(t *testing.T, seed uint64, a *archive, reports []report, now time.Time) (older int) {
	t.Helper()
	before := a.snapshot()
	a.commit(reports, now.Add(time.Hour))
	for i := range reports {
		old := document(slices.Clone(reports[i].doc.Items)...)
		old.Partial = true
		for j := range old.Items {
			it := &old.Items[j]
			// Older than what the entry was made of; a new date alone is not
			// remembered.
			if made := a.told[reports[i].src.ID+"/"+it.Key.String()].past.Stated; !made.IsZero() {
				it.Updated = made.Add(-time.Hour)
				it.HTML += " as it was once"
				older++
			}
		}
		a.commit([]report{{reports[i].src, old}}, now.Add(2*time.Hour))
	}
	if diff := gocmp.Diff(before, a.snapshot(), visible); diff != "" {
		t.Fatalf("seed %d: what was seen before changed %s", seed, diff)
	}
	return older
}

// checkCollisions holds that a property was tried on what could break it.
func checkCollisions(t *testing.T, collided, all, taken int) {
	t.Helper()
	t.Logf("%d of %d collide, %d entries taken over", collided, all, taken)
	if collided < all/5 {
		t.Errorf("%d of %d collide, want a fifth", collided, all)
	}
	if taken == 0 {
		t.Error("no source of higher rank took over: the test proves nothing")
	}
}

// A site that gives its items new ids, or moves to another host, publishes none
// of them again, nor does one that does it at every poll (I9, XF08).
func TestChurn(t *testing.T) {
	moved := 0
	for seed := range runs(t) {
		w := newWorld(seed)
		src := w.source(0)
		src.Dedupe = feed.BySlug
		items := w.distinct(1 + w.rng.IntN(8))
		a := newArchive(settings(seed))
		now := noon
		a.commit(prepare([]report{{src, document(items...)}}, nil), now)
		entries := len(a.entries)
		for round := range 2 {
			now = now.Add(time.Hour)
			items = w.churn(items, round)
			a.commit(prepare([]report{{src, document(items...)}}, nil), now)
		}
		if len(a.entries) != entries {
			t.Fatalf("seed %d: %d entries became %d: %q", seed, entries, len(a.entries), a.entries[entries].Title)
		}
		moved += entries
	}
	t.Logf("%d items moved", moved)
}

// A site that comes back with other ids, links and titles than anybody
// recognises is held, and its entries are in the next window once released. What
// it publishes for the first time is not held.
func TestHeldAndLateReachSubscribers(t *testing.T) {
	late, held, placed := 0, 0, 0
	for seed := range runs(t) {
		w := newWorld(seed)
		src := blog("s0")
		a := newArchive(identity.Rules{Guard: true, Flood: identity.Flood{Burst: 6}})
		a.commit(prepare([]report{{blog("s9"), document(w.item(9))}}, nil), noon)
		known := w.distinct(4)
		a.commit(prepare([]report{{src, document(known...)}}, nil), noon)
		now := noon.Add(time.Duration(1+w.rng.IntN(200)) * time.Hour)
		for range 60 { // what others published lately fills the window
			a.entries = append(a.entries, &record{State: feed.StatePlaced, Place: now.AddDate(0, 0, -3)})
		}

		fresh := w.distinct(1 + w.rng.IntN(8))
		for i := range fresh {
			fresh[i].RawID, fresh[i].Link = fmt.Sprint("urn:new:", i), fmt.Sprintf("https://s0.example/new/%d", i)
			if w.rng.IntN(2) == 0 {
				fresh[i].Published = now.Add(-time.Duration(w.rng.IntN(60)) * time.Minute)
			}
		}
		doc := fresh
		if w.rng.IntN(2) == 0 {
			doc = append(fresh, known...)
		}
		entries := len(a.entries)
		a.commit(prepare([]report{{src, document(doc...)}}, nil), now)
		for _, r := range a.entries[entries:] {
			shown := slices.Contains(a.window(now), r)
			switch r.State {
			case feed.StatePlaced:
				placed++
				if r.Published.Before(now.AddDate(0, 0, -2)) {
					late++
				}
			case feed.StateHeld:
				held++
			}
			if shown != (r.State == feed.StatePlaced) {
				t.Fatalf("seed %d: %s is %s, in the window: %v", seed, r.Slug, r.State, shown)
			}
		}
		now = now.AddDate(0, 0, 5)
		a.release(src.ID, now)
		for _, r := range a.entries[entries:] {
			if r.Place.Equal(now) && !slices.Contains(a.window(now), r) {
				t.Fatalf("seed %d: %s was released and is in no window", seed, r.Slug)
			}
			if r.State != feed.StatePlaced {
				t.Fatalf("seed %d: %s is still %s", seed, r.Slug, r.State)
			}
		}
	}
	t.Logf("%d placed, %d of them late, %d held", placed, late, held)
	if late == 0 || held == 0 || placed == late {
		t.Error("some of the cases never came up: the test proves nothing")
	}
}
