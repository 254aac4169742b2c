package identity_test

import (
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// What is stated and believable is kept; what is missing or in the future is
// inferred once (I11, I12, I15, XF13).
func TestDates(t *testing.T) {
	now := noon
	modified := noon.AddDate(0, 0, -10)
	ago := noon.AddDate(-1, 0, 0)
	for _, tt := range []struct {
		name               string
		published, updated time.Time
		position           int
		first              bool
		modified           time.Time
		want               time.Time
		inferred           bool
	}{
		{"stated", ago, noon, 3, true, modified, ago, false},
		{"stated with a zone and nanoseconds", ago.In(time.FixedZone("", 3600)).Add(7), time.Time{}, 0, false, modified, ago, false},
		{"a little ahead", now.Add(9 * time.Minute), time.Time{}, 3, true, modified, now, false},
		{"updated alone", time.Time{}, ago, 3, true, modified, ago, true},
		{"missing, first fetch", time.Time{}, time.Time{}, 0, true, modified, modified, true},
		{"missing, first fetch, fourth", time.Time{}, time.Time{}, 3, true, modified, modified.AddDate(0, 0, -3), true},
		{"missing, first fetch, no Last-Modified", time.Time{}, time.Time{}, 2, true, time.Time{}, now.AddDate(0, 0, -2), true},
		{"missing, first fetch, Last-Modified ahead", time.Time{}, time.Time{}, 2, true, now.AddDate(1, 0, 0), now.AddDate(0, 0, -2), true},
		{"missing, later", time.Time{}, time.Time{}, 3, false, modified, now.Add(-3 * time.Microsecond), true},
		{"2099", now.AddDate(73, 0, 0), ago, 0, false, modified, now, true},
		{"2099, first fetch", now.AddDate(73, 0, 0), time.Time{}, 1, true, modified, modified.AddDate(0, 0, -1), true},
	} {
		it := &feed.Item{Published: tt.published, Updated: tt.updated, Position: tt.position}
		got, inferred := identity.Dates(it, tt.first, tt.modified, now)
		if !got.Equal(tt.want) || inferred != tt.inferred || got.Location() != time.UTC {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, got, inferred, tt.want, tt.inferred)
		}
	}
}

// Undated items keep their document's order however long it is, and none
// leaves the era of dates.
func TestDatesKeepOrder(t *testing.T) {
	for _, first := range []bool{true, false} {
		last := noon.Add(time.Hour)
		for position := range 20_000 {
			got, _ := identity.Dates(&feed.Item{Position: position}, first, time.Time{}, noon)
			if !got.Before(last) || got.Year() < 1990 {
				t.Fatalf("first %v: position %d is dated %v, the one before %v", first, position, got, last)
			}
			last = got
		}
	}
}

func TestPlace(t *testing.T) {
	old, recent := noon.AddDate(-1, 0, 0), noon.Add(-time.Hour)
	for _, tt := range []struct {
		published time.Time
		first     bool
		want      time.Time
	}{
		{old, true, old},
		{old, false, noon.Add(-24 * time.Hour)},
		{recent, true, recent},
		{recent, false, recent},
	} {
		if got := identity.Place(tt.published, noon, tt.first); !got.Equal(tt.want) {
			t.Errorf("Place(%v, first %v) = %v, want %v", tt.published, tt.first, got, tt.want)
		}
	}
}
