package identity_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
)

// A source that joins a published planet does not fill its channels, nor does
// one that suddenly brings much at once (XG04).
func TestFlood(t *testing.T) {
	const p, s, h = feed.StatePlaced, feed.StateShelved, feed.StateHeld
	ago := func(days ...int) []time.Time {
		list := make([]time.Time, len(days))
		for i, d := range days {
			list[i] = noon.AddDate(0, 0, -d)
		}
		return list
	}
	flood := identity.Flood{First: 3, Days: 30, Burst: 4}
	joining := identity.Arrival{First: true, Now: noon}
	for _, tt := range []struct {
		name  string
		flood identity.Flood
		as    identity.Arrival
		dates []time.Time
		want  []feed.EntryState
		why   string
	}{
		{"nothing", flood, joining, nil, []feed.EntryState{}, ""},
		{"few and young", flood, joining, ago(1, 2, 3), []feed.EntryState{p, p, p}, ""},
		{"many: the newest, wherever they stand", flood, joining, ago(9, 1, 8, 2, 3), []feed.EntryState{s, p, s, p, p},
			"first fetch: 2 of 5 items went to the archive alone"},
		{"of one date the first", flood, joining, ago(5, 5, 5, 5, 5), []feed.EntryState{p, p, p, s, s},
			"first fetch: 2 of 5 items went to the archive alone"},
		{"old ones", flood, joining, ago(1, 30, 31), []feed.EntryState{p, p, s},
			"first fetch: 1 of 3 items went to the archive alone"},
		{"all old", flood, joining, ago(40, 50), []feed.EntryState{s, s},
			"first fetch: 2 of 2 items went to the archive alone"},
		{"no number", identity.Flood{Days: 30}, joining, ago(1, 2, 3, 4, 40), []feed.EntryState{p, p, p, p, s},
			"first fetch: 1 of 5 items went to the archive alone"},
		{"no age", identity.Flood{First: 3}, joining, ago(1000, 2000), []feed.EntryState{p, p}, ""},
		{"first install", flood, identity.Arrival{First: true, Founding: true, Now: noon}, ago(1, 2, 3, 4, 400), []feed.EntryState{p, p, p, p, p}, ""},
		{"articles", flood, identity.Arrival{First: true, Local: true, Now: noon}, ago(1, 2, 3, 4, 400), []feed.EntryState{p, p, p, p, p}, ""},
		{"later", flood, identity.Arrival{Now: noon}, ago(1, 2, 3, 400), []feed.EntryState{p, p, p, p}, ""},
		{"later, too many", flood, identity.Arrival{Now: noon}, ago(1, 2, 3, 4, 5), []feed.EntryState{h, h, h, h, h},
			"5 new items at once, more than 4"},
		{"later, too many articles", flood, identity.Arrival{Local: true, Now: noon}, ago(1, 2, 3, 4, 5), []feed.EntryState{p, p, p, p, p}, ""},
		{"no burst", identity.Flood{First: 3}, identity.Arrival{Now: noon}, ago(1, 2, 3, 4, 5), []feed.EntryState{p, p, p, p, p}, ""},
	} {
		states, why := tt.flood.Admit(tt.dates, tt.as)
		if diff := cmp.Diff(tt.want, states); diff != "" || why != tt.why {
			t.Errorf("%s: %q %s", tt.name, why, diff)
		}
	}
}

// A site whose items all came back under keys by which none is recognised has
// moved; a window that slid on has not (I9).
func TestTurnover(t *testing.T) {
	read := noon
	list := func(n int, at time.Time) []time.Time {
		dates := make([]time.Time, n)
		for i := range dates {
			dates[i] = at.Add(-time.Duration(i) * time.Minute)
		}
		return dates
	}
	older, younger := read.Add(-7*time.Hour), read.Add(time.Hour)
	for _, tt := range []struct {
		name      string
		size      int
		known     int
		vanished  int
		strangers []time.Time
		want      bool
	}{
		{"everything, older than the last reading", 10, 10, 10, list(10, older), true},
		{"everything, undated", 10, 10, 10, make([]time.Time, 10), true},
		{"a busy window slid on", 30, 30, 30, list(30, read.Add(time.Hour)), false},
		{"a busy window slid on, its last items dated before the reading", 30, 30, 25, append(list(20, younger), list(5, older)...), false},
		{"half", 10, 10, 5, list(5, older), true},
		{"under half is new", 11, 10, 6, list(5, older), false},
		{"under half vanished", 10, 11, 5, list(5, older), false},
		{"nothing vanished: an archive was put in", 40, 10, 0, list(30, older), false},
		{"three", 3, 3, 3, list(3, older), false},
		{"four", 4, 4, 4, list(4, older), true},
		{"nothing was known", 10, 0, 0, list(10, older), false},
	} {
		turn := identity.Turnover{Size: tt.size, Known: tt.known, Vanished: tt.vanished, Strangers: tt.strangers, Read: read}
		if got := turn.Moved(); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	// A source that states days only publishes six items after the reading,
	// dated the midnight before it.
	today := make([]time.Time, 6)
	for i := range today {
		today[i] = read.Truncate(24 * time.Hour)
	}
	turn := identity.Turnover{Size: 6, Known: 6, Vanished: 6, Strangers: today, Read: read}
	if turn.Moved() {
		t.Error("days without a time are taken for instants before the reading")
	}
	for i := range today {
		today[i] = today[i].AddDate(0, 0, -1)
	}
	if !turn.Moved() {
		t.Error("yesterday is not before the reading")
	}
}

// A feed that is somebody else's now is held; what happens to feeds every day
// is not (XG05).
func TestHijacked(t *testing.T) {
	before := identity.Bearings{
		Title: "Alice writes", Home: "https://alice.example/", From: "https://feeds.alice.example/rss",
		Links: []string{"https://alice.example/1", "https://www.alice.example/2"},
	}
	parked := identity.Bearings{
		Title: "Casino news", Home: "https://casino.example/", From: "https://parking.example/alice",
		Links: []string{"https://casino.example/win", "https://casino.example/more"},
	}
	for _, tt := range []struct {
		name     string
		change   func(before, after *identity.Bearings)
		familiar int
		want     bool
	}{
		{"title, home, address and links", func(_, _ *identity.Bearings) {}, 0, true},
		{"an item is known", func(_, _ *identity.Bearings) {}, 1, false},
		{"no items", func(_, a *identity.Bearings) { a.Links = nil }, 0, false},
		{"the same title, another home", func(b, a *identity.Bearings) { a.Title = b.Title }, 0, true},
		{"the same home, another title", func(b, a *identity.Bearings) { a.Home = b.Home }, 0, true},
		{"the same title in other letters, and home", func(b, a *identity.Bearings) { a.Title, a.Home = "ALICE writes!", "http://www.alice.example" }, 0, false},
		{"no title any more", func(b, a *identity.Bearings) { a.Title, a.Home = "", "" }, 0, true},
		{"no title nor home before", func(b, _ *identity.Bearings) { b.Title, b.Home = "", "" }, 0, false},
		{"the same address, other links", func(b, a *identity.Bearings) { a.From = b.From }, 0, true},
		{"another host of the domain, other links", func(b, a *identity.Bearings) { a.From = "https://cdn.alice.example/rss" }, 0, true},
		{"the same address, one link as before", func(b, a *identity.Bearings) { a.From, a.Links[1] = b.From, "https://alice.example/9" }, 0, false},
		{"another address, links as before", func(b, a *identity.Bearings) { a.Links[0] = b.Links[0] }, 0, true},
		{"the same address, links unknown before", func(b, a *identity.Bearings) { a.From, b.Links = b.From, nil }, 0, false},
		{"address unknown before, links as before", func(b, a *identity.Bearings) { b.From, a.Links[0] = "", b.Links[0] }, 0, false},
		{"links that lead nowhere", func(b, a *identity.Bearings) { a.From, a.Links = b.From, []string{"", "mailto:x"} }, 0, false},
		{"neighbours under a public suffix", func(b, a *identity.Bearings) {
			b.From, a.From = "https://alice.github.io/feed", "https://mallory.github.io/feed"
		}, 0, true},
	} {
		b, a := before, parked
		a.Links = append([]string(nil), parked.Links...)
		tt.change(&b, &a)
		if why := identity.Hijacked(b, a, tt.familiar); (why != "") != tt.want {
			t.Errorf("%s: %q", tt.name, why)
		}
	}
}

// What a source no longer shows is withdrawn only after a day and three
// readings in which older items stayed (I19), an article at the second look.
func TestFate(t *testing.T) {
	gone := func(readings int, hours time.Duration) identity.Absence {
		return identity.Absence{Since: noon.Add(-hours * time.Hour), Readings: readings, Older: true}
	}
	article := func(readings int, emptied bool) identity.Absence {
		return identity.Absence{Since: noon, Readings: readings, Local: true, Emptied: emptied}
	}
	slid := gone(9, 99)
	slid.Older = false
	for _, tt := range []struct {
		name   string
		a      identity.Absence
		policy feed.Gone
		want   identity.Fate
	}{
		{"missing for the first time", gone(1, 0), feed.GoneDrop, identity.FateWatched},
		{"two readings in days", gone(2, 72), feed.GoneDrop, identity.FateWatched},
		{"many readings in a day less a little", gone(20, 23), feed.GoneDrop, identity.FateWatched},
		{"three readings in a day", gone(3, 24), feed.GoneDrop, identity.FateDropped},
		{"three readings in a day, kept", gone(3, 24), feed.GoneKeep, identity.FateListed},
		{"slid out of the window", slid, feed.GoneDrop, identity.FateKept},
		{"article at the first look", article(1, false), feed.GoneKeep, identity.FateWatched},
		{"article at the second look", article(2, false), feed.GoneKeep, identity.FateDropped},
		{"article of an emptied folder", article(2, true), feed.GoneDrop, identity.FateKept},
	} {
		if got := tt.a.Fate(tt.policy, noon); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// A folder that lost nearly everything was misplaced, not cleared (XG02).
func TestEmptied(t *testing.T) {
	for _, tt := range []struct {
		left, known, vanished int
		want                  bool
	}{{0, 1, 1, true}, {1, 2, 1, false}, {1, 3, 2, true}, {5, 10, 5, false}, {10, 10, 6, true}, {3, 0, 0, false}} {
		if got := identity.Emptied(tt.left, tt.known, tt.vanished); got != tt.want {
			t.Errorf("Emptied(%d, %d, %d) = %v", tt.left, tt.known, tt.vanished, got)
		}
	}
}
