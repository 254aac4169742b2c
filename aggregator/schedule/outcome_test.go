package schedule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/schedule"
	"weir/feed"
)

const (
	configured = "https://old.example/feed"
	movedTo    = "https://new.example/feed"
)

func answer(asked, permanent string) schedule.Answer {
	return schedule.Answer{
		Status: 200, Permanent: permanent,
		Validators: feed.Validators{URL: asked, Final: asked, ETag: `"2"`},
	}
}

// P4, P6, P54, P63: success replaces the validators as a pair and forgets the
// failures.
func TestSucceeded(t *testing.T) {
	s := failing(3, 503, func(s *feed.PollState) {
		s.Validators.LastModified = "Wed, 04 Mar 2026 12:00:00 GMT"
		s.Hints = feed.Hints{TTL: day, RetryAfter: noon().Add(day)}
	})
	at := noon().Add(time.Hour + time.Nanosecond)
	a := answer(configured, "")
	a.Fresh, a.FreshStated, a.News = 10*time.Minute, true, true
	a.Document = feed.Hints{TTL: time.Hour, SkipHours: 3}
	want := feed.PollState{
		Interval: time.Hour, Tried: noon().Add(time.Hour), Succeeded: noon().Add(time.Hour),
		Fresh: noon().Add(time.Hour), Status: 200, Validators: a.Validators,
		Hints: feed.Hints{TTL: time.Hour, Fresh: 10 * time.Minute, SkipHours: 3},
	}
	got := schedule.Succeeded(s, a, at)
	if got.Rhythm == "" {
		t.Error("nothing is learned")
	}
	got.Rhythm = ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a 200 (-want +got):\n%s", diff)
	}
}

// P7, P8: a 304 brings its own freshness or renews the old one; the wishes of
// the document stay.
func TestNotModifiedKeepsWishes(t *testing.T) {
	s := healthy(func(s *feed.PollState) {
		s.Hints = feed.Hints{TTL: time.Hour, Fresh: 2 * time.Hour, SkipDays: 1, RetryAfter: noon()}
	})
	for _, tc := range []struct {
		name   string
		fresh  time.Duration
		stated bool
		want   time.Duration
	}{
		{"silent", 0, false, 2 * time.Hour},
		{"its own", time.Minute, true, time.Minute},
		{"no-cache", 0, true, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := schedule.Answer{Status: 304, NotModified: true, Validators: s.Validators, Fresh: tc.fresh, FreshStated: tc.stated}
			got := schedule.Succeeded(s, a, noon())
			want := feed.Hints{TTL: time.Hour, Fresh: tc.want, SkipDays: 1}
			if diff := cmp.Diff(want, got.Hints); diff != "" {
				t.Errorf("hints (-want +got):\n%s", diff)
			}
			if !got.Fresh.IsZero() {
				t.Errorf("a 304 counted as news")
			}
		})
	}
	// A 200 without a word about freshness has none: nothing is renewed.
	if got := schedule.Succeeded(s, answer(configured, ""), noon()).Hints; got != (feed.Hints{}) {
		t.Errorf("after a silent 200 hints = %+v", got)
	}
}

// P13, P50, P63: failing counts up and touches neither validators nor wishes.
func TestFailed(t *testing.T) {
	p := feed.Problem{Kind: "not-a-feed", Text: "x"}
	s := healthy(func(s *feed.PollState) { s.Hints.TTL = time.Hour })
	first := schedule.Failed(s, p, 200, time.Time{}, noon())
	second := schedule.Failed(first, p, 429, noon().Add(day), noon().Add(time.Hour))
	want := s
	want.Tried, want.Status, want.Problem = noon().Add(time.Hour), 429, p
	want.Failures, want.Since = 2, noon()
	want.Hints.RetryAfter = noon().Add(day)
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("after two failures (-want +got):\n%s", diff)
	}
	third := schedule.Failed(second, p, 500, time.Time{}, noon())
	if !third.Hints.RetryAfter.IsZero() {
		t.Errorf("an older Retry-After outlived the next failure")
	}
}

// P51: an address counts as moved when the same permanent redirect was met at
// every success for 14 days; the configuration stays (XB23).
func TestMoves(t *testing.T) {
	src := feed.Source{URL: configured}
	s := feed.PollState{}
	asked := func(d time.Duration) string { return schedule.Address(src, s, noon().Add(d)) }
	see := func(d time.Duration, a schedule.Answer) { s = schedule.Succeeded(s, a, noon().Add(d)) }

	see(0, answer(configured, movedTo))
	if s.Moved != movedTo || asked(13*day) != configured {
		t.Fatalf("moved = %q, asked %q: adopted too early", s.Moved, asked(13*day))
	}
	for d := range time.Duration(2) {
		see((d+1)*day, answer(configured, movedTo))
	}
	if asked(30*day) != configured {
		t.Fatal("three answers were enough, however long ago")
	}
	see(13*day, schedule.Answer{NotModified: true, Permanent: movedTo, Validators: feed.Validators{URL: configured, Final: movedTo}})
	if asked(14*day) != movedTo {
		t.Fatalf("asked %q after 14 days, want %q", asked(14*day), movedTo)
	}
	see(14*day, answer(movedTo, ""))
	if asked(15*day) != movedTo {
		t.Fatalf("asked %q: the new address did not stay", asked(15*day))
	}
	for range 3 {
		s = schedule.Failed(s, feed.Problem{Kind: "dns"}, 0, time.Time{}, noon().Add(16*day))
	}
	if asked(17*day) != configured {
		t.Fatalf("asked %q: a failing move does not heal", asked(17*day))
	}
	see(17*day, answer(configured, ""))
	if s.Moved != "" || asked(40*day) != configured {
		t.Fatalf("moved = %q after the old address answered itself", s.Moved)
	}
}

// P51: what breaks the run starts it anew, and a 304 cannot begin one.
func TestMovesOnlyUnbroken(t *testing.T) {
	const other = "https://other.example/feed"
	begun := schedule.Succeeded(feed.PollState{}, answer(configured, movedTo), noon())
	later := noon().Add(10 * day)
	if s := schedule.Succeeded(begun, answer(configured, other), later); s.Moved != other || !s.MovedSince.Equal(later) {
		t.Errorf("another target: moved %q since %v", s.Moved, s.MovedSince)
	}
	if s := schedule.Succeeded(begun, answer(configured, ""), later); s.Moved != "" || !s.MovedSince.IsZero() {
		t.Errorf("no redirect: moved %q since %v", s.Moved, s.MovedSince)
	}
	a := answer(configured, movedTo)
	a.NotModified = true
	if s := schedule.Succeeded(feed.PollState{}, a, later); s.Moved != "" {
		t.Errorf("a 304 began the move to %q", s.Moved)
	}
	if s := schedule.Failed(begun, feed.Problem{Kind: "dns"}, 0, time.Time{}, later); s.Moved != movedTo {
		t.Errorf("a failure ended the move")
	}
}

// P51: from http to https of the same address a day is enough, and to any
// other it is not.
func TestUpgrades(t *testing.T) {
	for moved, want := range map[string]time.Duration{
		"https://blog.example/feed?a=1":  day,
		"https://blog.example/feed":      14 * day,
		"https://blog.example/atom?a=1":  14 * day,
		"https://other.example/feed?a=1": 14 * day,
		"http://other.example/feed?a=1":  14 * day,
	} {
		src := feed.Source{URL: "http://blog.example/feed?a=1"}
		s := feed.PollState{Moved: moved, MovedSince: noon(), MovedSeen: 4}
		if got := schedule.Address(src, s, noon().Add(want-time.Second)); got != src.URL {
			t.Errorf("moved to %s: adopted before %v", moved, want)
		}
		if got := schedule.Address(src, s, noon().Add(want)); got != moved {
			t.Errorf("moved to %s: after %v asked %s", moved, want, got)
		}
		s.MovedSeen = 3
		if got := schedule.Address(src, s, noon().Add(90*day)); got != src.URL {
			t.Errorf("moved to %s: adopted after three answers", moved)
		}
	}
}

// XJ11: credentials of the configured address go to a moved one only at the
// same origin.
func TestMovedCredentials(t *testing.T) {
	for moved, want := range map[string]string{
		"https://blog.example/new":  "https://u:p@blog.example/new",
		"https://other.example/new": "https://other.example/new",
		"http://blog.example/new":   "http://blog.example/new",
	} {
		src := feed.Source{URL: "https://u:p@blog.example/old"}
		s := feed.PollState{Moved: moved, MovedSince: noon(), MovedSeen: 4}
		if got := schedule.Address(src, s, noon().Add(30*day)); got != want {
			t.Errorf("moved to %s: asked %s, want %s", moved, got, want)
		}
	}
	file := feed.Source{Kind: feed.File, URL: "/srv/feed.xml"}
	if got := schedule.Address(file, feed.PollState{Moved: movedTo}, noon()); got != file.URL {
		t.Errorf("a file is asked at %q", got)
	}
}
