package schedule_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"weir/aggregator/schedule"
	"weir/feed"
)

// taught is the rhythm of a source whose first document, read at began, shows
// these dates.
func taught(began time.Time, dates ...time.Time) string {
	return schedule.Succeeded(feed.PollState{}, schedule.Answer{Status: 200, Dates: dates}, began).Rhythm
}

// hostileRhythm is what a damaged record or another version may hold.
func hostileRhythm(r *rand.Rand) string {
	b := make([]byte, r.IntN(400))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	if len(b) > 0 {
		b[0] = byte(r.IntN(3))
	}
	return string(b)
}

// at is a source that was read at an instant and keeps a rhythm.
func at(tried time.Time, rhythm string) feed.PollState {
	return healthy(func(s *feed.PollState) { s.Tried, s.Succeeded, s.Rhythm = tried, tried, rhythm })
}

// every is dates back from the last, n of them.
func every(gap time.Duration, last time.Time, n int) (dates []time.Time) {
	for i := range n {
		dates = append(dates, last.Add(-time.Duration(i)*gap))
	}
	return dates
}

// P33: the first document shows when a source publishes, and the next request
// comes soon after that, by the hour of the day and the weekday.
func TestAimsAtHabits(t *testing.T) {
	for _, tt := range []struct {
		name       string
		dates      []time.Time
		tried      time.Time
		least, end time.Time
	}{
		{
			"daily at seven",
			every(day, time.Date(2026, 3, 4, 7, 3, 0, 0, time.UTC), 20), noon(),
			time.Date(2026, 3, 5, 7, 3, 0, 0, time.UTC), time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC),
		},
		{
			"Thursdays at six in the evening, asked in the morning of one",
			every(7*day, time.Date(2026, 2, 26, 18, 0, 0, 0, time.UTC), 8), time.Date(2026, 3, 5, 9, 11, 0, 0, time.UTC),
			time.Date(2026, 3, 5, 18, 0, 0, 0, time.UTC), time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC),
		},
		{
			"the same on a Friday: as seldom as the cap allows, until Thursday is near",
			every(7*day, time.Date(2026, 2, 26, 18, 0, 0, 0, time.UTC), 8), time.Date(2026, 2, 27, 9, 11, 0, 0, time.UTC),
			time.Date(2026, 2, 27, 18, 0, 0, 0, time.UTC), time.Date(2026, 2, 28, 9, 11, 0, 0, time.UTC),
		},
		{
			"nothing for two months", nil, noon().Add(60 * day),
			noon().Add(61 * day), noon().Add(61 * day),
		},
		{
			"a hundred a day never bring requests below the default on average",
			every(15*time.Minute, noon(), 100), noon(),
			noon().Add(40 * time.Minute), noon().Add(75 * time.Minute),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := noon()
			if tt.tried.Before(first) {
				first = tt.tried
			}
			s := at(tt.tried, taught(first, tt.dates...))
			got := schedule.Next(tt.tried, s, schedule.Options{}).Due
			if got.Before(tt.least) || got.After(tt.end) {
				t.Errorf("due %v, want between %v and %v", got, tt.least, tt.end)
			}
		})
	}
}

// P23, P33: an interval of its own, what the publisher wishes and the floor
// stand above what was learned.
func TestRhythmBendsToWishes(t *testing.T) {
	rhythm := taught(noon(), every(15*time.Minute, noon(), 100)...)
	for _, tt := range []struct {
		name  string
		o     schedule.Options
		hints feed.Hints
		want  time.Duration
	}{
		{"its own interval", schedule.Options{Every: 3 * time.Hour}, feed.Hints{}, 3 * time.Hour},
		{"freshness", schedule.Options{}, feed.Hints{Fresh: 5 * time.Hour}, 5 * time.Hour},
		{"ttl", schedule.Options{}, feed.Hints{TTL: 7 * time.Hour}, 7 * time.Hour},
		{"the floor", schedule.Options{Default: time.Minute, Floor: 2 * time.Hour}, feed.Hints{}, 2 * time.Hour},
	} {
		s := at(noon(), rhythm)
		s.Hints = tt.hints
		if got := schedule.Next(noon(), s, tt.o).Interval; got < tt.want || got > tt.want*5/4 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What another version or a damaged record left is no rhythm: the default
// holds, and the next reading begins anew. A rhythm stays small whatever a
// source publishes.
func TestRhythmIsVersionedAndSmall(t *testing.T) {
	good := taught(noon(), every(time.Hour, noon(), 500)...)
	if len(good) > 400 {
		t.Errorf("%d bytes", len(good))
	}
	for _, bad := range []string{"", "\x00", "\x02" + good[1:], good[:len(good)-1], good + "\xff\x00\x01"} {
		if got := schedule.Next(noon(), at(noon(), bad), schedule.Options{}).Interval; got != time.Hour {
			t.Errorf("%d bytes: %v", len(bad), got)
		}
		s := schedule.Succeeded(at(noon().Add(-time.Hour), bad), schedule.Answer{Status: 200, Dates: every(time.Hour, noon(), 500)}, noon())
		if s.Rhythm != good {
			t.Errorf("%d bytes were not learned anew", len(bad))
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	s := at(noon(), "")
	for i := range 2000 {
		began := noon().Add(time.Duration(i) * 3 * time.Hour)
		var dates []time.Time
		for range r.IntN(4) {
			dates = append(dates, began.Add(-time.Duration(r.Int64N(int64(400*day)))+100*day))
		}
		s = schedule.Succeeded(s, schedule.Answer{Status: 200, Dates: dates}, began)
		if len(s.Rhythm) > 400 {
			t.Fatalf("%d bytes", len(s.Rhythm))
		}
	}
}

// Habits change: a month after a daily source moved to the evening, it is asked
// in the evening.
func TestLearnsAnew(t *testing.T) {
	s := at(noon(), taught(noon(), every(day, time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC), 30)...))
	s = schedule.Next(noon(), s, schedule.Options{})
	var waits time.Duration
	const days = 60
	for d := range days {
		told := time.Date(2026, 3, 5+d, 20, 0, 0, 0, time.UTC)
		for s.Due.Before(told) {
			s = schedule.Next(s.Due, schedule.Succeeded(s, schedule.Answer{Status: 304, NotModified: true, Validators: s.Validators}, s.Due), schedule.Options{})
		}
		if d >= days/2 {
			waits += s.Due.Sub(told)
		}
		s = schedule.Next(s.Due, schedule.Succeeded(s, schedule.Answer{Status: 200, Validators: s.Validators, Dates: []time.Time{told}}, s.Due), schedule.Options{})
	}
	if mean := waits / (days / 2); mean > 2*time.Hour {
		t.Errorf("in the second month a story waits %v on average", mean)
	}
}

// The operator reads what was learned.
func TestWhyRhythm(t *testing.T) {
	for want, s := range map[string]feed.PollState{
		"likely before": at(noon(), taught(noon(), every(day, time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC), 30)...)),
		"only about":    at(noon().Add(60*day), taught(noon())),
	} {
		if got := schedule.Why(s, schedule.Options{}); !strings.Contains(got, want) {
			t.Errorf("%q, want %q in it", got, want)
		}
	}
}
