package identity_test

import (
	"fmt"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// version is an item whose text is n, stated as updated at the instant.
func version(n int, updated time.Time) *feed.Item {
	return &feed.Item{Content: feed.Content{Title: fmt.Sprint("Version ", n)}, Updated: updated}
}

func TestBegin(t *testing.T) {
	for _, tt := range []struct {
		name          string
		updated, want time.Time
	}{
		{"none stated", time.Time{}, noon},
		{"later", noon.Add(time.Hour), noon.Add(time.Hour)},
		{"before published", noon.Add(-time.Hour), noon}, // I15
		{"in the future", noon.AddDate(1, 0, 0), noon},
	} {
		p := identity.Begin(version(1, tt.updated), noon, noon.Add(2*time.Hour))
		if !p.Updated.Equal(tt.want) || !p.Published.Equal(noon) || p.Material == 0 {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
}

func TestRevise(t *testing.T) {
	now := noon.Add(10 * time.Hour)
	begun := identity.Begin(version(1, noon.Add(time.Hour)), noon, now)
	for _, tt := range []struct {
		name    string
		it      *feed.Item
		replace bool
		updated time.Time
	}{
		{"the same again", version(1, noon.Add(time.Hour)), false, begun.Updated},
		{"re-dated without a change", version(1, noon.Add(5*time.Hour)), false, begun.Updated}, // XG07
		{"changed, stated", version(2, noon.Add(2*time.Hour)), true, noon.Add(2 * time.Hour)},  // I17
		{"changed, the date is not", version(2, noon.Add(time.Hour)), true, now},               // I17
		{"changed, no date", version(2, time.Time{}), true, now},
		{"changed, dated in the future", version(2, now.AddDate(1, 0, 0)), true, now}, // XF13
		{"an older version", version(2, noon), false, begun.Updated},                  // I18
	} {
		e := identity.Revise(begun, tt.it, now)
		if e.Replace != tt.replace || !e.Past.Updated.Equal(tt.updated) {
			t.Errorf("%s: replace %v, updated %v, want %v", tt.name, e.Replace, e.Past.Updated, tt.updated)
		}
		if !e.Replace && e.Past != begun {
			t.Errorf("%s: nothing is replaced, but %+v", tt.name, e.Past)
		}
		if !e.Past.Published.Equal(noon) {
			t.Errorf("%s: published moved", tt.name)
		}
		if again := identity.Revise(e.Past, tt.it, now.Add(time.Minute)); again.Replace || again.Past != e.Past {
			t.Errorf("%s: telling it twice changes %+v", tt.name, again)
		}
	}
}

// A cache that hands out the old and the new version in turn changes nothing
// (I18).
func TestFlipFlop(t *testing.T) {
	p := identity.Begin(version(1, noon), noon, noon)
	e := identity.Revise(p, version(2, noon.Add(time.Hour)), noon.Add(time.Hour))
	for i := range 10 {
		at := noon.Add(time.Duration(i+2) * time.Hour)
		if old := identity.Revise(e.Past, version(1, noon), at); old.Replace {
			t.Fatal("the old version came back")
		}
		if same := identity.Revise(e.Past, version(2, noon.Add(time.Hour)), at); same.Replace {
			t.Fatal("the new version is new again")
		}
	}
}

// A feed that changes at every poll moves updated three times, and then once
// a day; its content is always the newest. After two quiet days it moves
// freely again (XF13).
func TestManyChanges(t *testing.T) {
	p := identity.Begin(version(0, time.Time{}), noon, noon)
	now, n := noon, 0
	change := func() bool {
		n++
		e := identity.Revise(p, version(n, time.Time{}), now)
		if !e.Replace {
			t.Fatal("a change was not taken")
		}
		moved := !e.Past.Updated.Equal(p.Updated)
		if moved && !e.Past.Updated.Equal(now) {
			t.Fatalf("updated moved to %v at %v", e.Past.Updated, now)
		}
		p = e.Past
		return moved
	}
	perDay := make([]int, 5)
	for d := range perDay {
		for range 24 {
			now = now.Add(time.Hour)
			if change() {
				perDay[d]++
			}
		}
	}
	for d, want := range []int{3, 1, 1, 1, 1} {
		if perDay[d] != want {
			t.Errorf("day %d: updated moved %d times, want %d", d, perDay[d], want)
		}
	}
	now = now.Add(50 * time.Hour)
	for i := range 4 {
		now = now.Add(time.Hour)
		if moved := change(); moved != (i < 3) {
			t.Errorf("change %d after quiet days: moved %v", i+1, moved)
		}
	}
}

// Rare changes are never held back.
func TestRareChanges(t *testing.T) {
	p := identity.Begin(version(0, time.Time{}), noon, noon)
	now := noon
	for n := range 50 {
		now = now.Add(13 * time.Hour)
		e := identity.Revise(p, version(n+1, time.Time{}), now)
		if !e.Past.Updated.Equal(now) {
			t.Fatalf("change %d: updated stays %v", n+1, e.Past.Updated)
		}
		p = e.Past
	}
}

// Another source's clock does not stop it from taking over.
func TestTakeover(t *testing.T) {
	p := identity.Begin(version(1, noon), noon, noon)
	p.Stated = time.Time{}
	e := identity.Revise(p, version(2, noon.AddDate(0, 0, -1)), noon.Add(time.Hour))
	if !e.Replace || !e.Past.Updated.Equal(noon.Add(time.Hour)) || !e.Past.Stated.Equal(noon.AddDate(0, 0, -1)) {
		t.Errorf("%+v", e)
	}
}
