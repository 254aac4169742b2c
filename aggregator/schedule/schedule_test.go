package schedule_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"weir/aggregator/schedule"
	"weir/feed"
)

const day = 24 * time.Hour

// noon is a Wednesday, off the hour so that no test depends on a full one.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 34, 56, 0, time.UTC) }

// healthy is a source that answered with an ETag when it was last asked.
func healthy(change func(*feed.PollState)) feed.PollState {
	s := feed.PollState{
		Tried: noon(), Succeeded: noon(), Status: 200, Interval: time.Hour,
		Validators: feed.Validators{URL: "https://blog.example/", Final: "https://blog.example/", ETag: `"1"`},
	}
	if change != nil {
		change(&s)
	}
	return s
}

// failing is a source whose last n attempts failed with the status.
func failing(n, status int, change func(*feed.PollState)) feed.PollState {
	return healthy(func(s *feed.PollState) {
		s.Failures, s.Status, s.Since = n, status, noon()
		s.Problem = feed.Problem{Kind: "status", Text: "x"}
		if change != nil {
			change(s)
		}
	})
}

func TestGap(t *testing.T) {
	hints := func(h feed.Hints) feed.PollState {
		return healthy(func(s *feed.PollState) { s.Hints = h })
	}
	blind := healthy(func(s *feed.PollState) { s.Validators.ETag = "" })
	retry := func(status int, after time.Duration) feed.PollState {
		return failing(1, status, func(s *feed.PollState) { s.Hints.RetryAfter = noon().Add(after) })
	}
	for _, tc := range []struct {
		name  string
		state feed.PollState
		opt   schedule.Options
		want  time.Duration
	}{
		{"default is an hour (P20)", healthy(nil), schedule.Options{}, time.Hour},
		{"the configured default", healthy(nil), schedule.Options{Default: 2 * time.Hour}, 2 * time.Hour},
		{"the source's own", healthy(nil), schedule.Options{Default: 2 * time.Hour, Every: 3 * time.Hour}, 3 * time.Hour},
		{"never below the floor (P22)", healthy(nil), schedule.Options{Every: time.Minute}, 15 * time.Minute},
		{"a lower floor", healthy(nil), schedule.Options{Every: time.Minute, Floor: 10 * time.Second}, time.Minute},
		{"its own may exceed the cap", healthy(nil), schedule.Options{Every: 30 * day}, 30 * day},
		{"without validators six hours", blind, schedule.Options{}, 6 * time.Hour},
		{"without validators, its own", blind, schedule.Options{Every: time.Hour}, time.Hour},
		{"freshness lengthens (P23)", hints(feed.Hints{Fresh: 3 * time.Hour}), schedule.Options{}, 3 * time.Hour},
		{"freshness never shortens", hints(feed.Hints{Fresh: time.Minute}), schedule.Options{}, time.Hour},
		{"freshness is capped (P27)", hints(feed.Hints{Fresh: 16 * 365 * day}), schedule.Options{}, day},
		{"ttl lengthens (P28)", hints(feed.Hints{TTL: 5 * time.Hour, Fresh: time.Hour}), schedule.Options{}, 5 * time.Hour},
		{"another cap", hints(feed.Hints{TTL: 5 * day}), schedule.Options{Cap: 2 * day}, 2 * day},
		{"an old Retry-After does not outlive its failure", hints(feed.Hints{RetryAfter: noon().Add(day)}), schedule.Options{}, time.Hour},
		{"first failure (P55)", failing(1, 404, nil), schedule.Options{}, time.Hour},
		{"third failure", failing(3, 500, nil), schedule.Options{}, 4 * time.Hour},
		{"hundredth failure", failing(100, 404, nil), schedule.Options{}, 7 * day},
		{"back-off never shortens", failing(1, 404, nil), schedule.Options{Every: day}, day},
		{"403 waits four hours (P57)", failing(1, 403, nil), schedule.Options{}, 4 * time.Hour},
		{"401 waits four hours (P57)", failing(1, 401, nil), schedule.Options{}, 4 * time.Hour},
		{"429 waits four hours (P60)", failing(1, 429, nil), schedule.Options{}, 4 * time.Hour},
		{"429 doubles (P60)", failing(1, 429, nil), schedule.Options{Every: 3 * time.Hour}, 6 * time.Hour},
		{"503 doubles (P60)", failing(1, 503, nil), schedule.Options{}, 2 * time.Hour},
		{"Retry-After beyond the gap (P59)", retry(503, 2*day), schedule.Options{}, 2 * day},
		{"Retry-After never shortens (P59)", retry(429, time.Minute), schedule.Options{}, time.Hour},
		{"Retry-After is clamped (XB18)", retry(429, 9000*day), schedule.Options{}, 7*day + time.Second},
		{"gone (P56)", failing(1, 410, nil), schedule.Options{}, 365 * day},
		{"files have no floor", healthy(nil), schedule.Options{File: true, Every: 2 * time.Second}, 2 * time.Second},
		{"files do not back off", failing(9, 0, nil), schedule.Options{File: true, Default: time.Minute}, time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := schedule.Next(noon().Add(time.Second), tc.state, tc.opt)
			if got.Interval != tc.want {
				t.Errorf("interval = %v, want %v", got.Interval, tc.want)
			}
			if want := noon().Add(tc.want); !got.Due.Equal(want) {
				t.Errorf("due = %v, want %v", got.Due, want)
			}
		})
	}
}

// P58: a bot wall is left alone for a day.
func TestChallengeWaitsADay(t *testing.T) {
	s := failing(1, 403, func(s *feed.PollState) { s.Problem.Kind = "challenge" })
	if got := schedule.Next(noon(), s, schedule.Options{}).Interval; got != day {
		t.Errorf("interval = %v, want %v", got, day)
	}
}

// P21: the gap counts from the start of the attempt, unless that lies so far
// off that a clock must have moved (XL05).
func TestCountsFromTheStart(t *testing.T) {
	for _, tc := range []struct{ tried, due time.Duration }{
		{-30 * time.Second, time.Hour - 30*time.Second},
		{-5 * day, time.Hour},
		{+5 * day, time.Hour},
	} {
		s := healthy(func(s *feed.PollState) { s.Tried = noon().Add(tc.tried) })
		if got := schedule.Next(noon(), s, schedule.Options{}).Due; !got.Equal(noon().Add(tc.due)) {
			t.Errorf("tried %v ago: due in %v, want %v", -tc.tried, got.Sub(noon()), tc.due)
		}
	}
}

// P29: skipped hours and days are GMT; a set that names all is no wish.
func TestSkips(t *testing.T) {
	const afternoon = 1<<13 | 1<<14 | 1<<15
	for _, tc := range []struct {
		name  string
		hints feed.Hints
		want  time.Time
	}{
		{"an hour that is not skipped", feed.Hints{SkipHours: 1 << 12}, noon().Add(time.Hour)},
		{"three hours", feed.Hints{SkipHours: afternoon}, noon().Add(4 * time.Hour)},
		{"all hours", feed.Hints{SkipHours: 1<<24 - 1}, noon().Add(time.Hour)},
		{"bits that are no hours", feed.Hints{SkipHours: 1<<24 - 1 | 1<<31}, noon().Add(time.Hour)},
		{"the day", feed.Hints{SkipDays: 1 << time.Wednesday}, time.Date(2026, 3, 5, 0, 34, 56, 0, time.UTC)},
		{"all days", feed.Hints{SkipDays: 1<<7 - 1}, noon().Add(time.Hour)},
		{
			"only one hour of one day is left",
			feed.Hints{SkipHours: 1<<24 - 1 - 1<<13, SkipDays: 1<<7 - 1 - 1<<time.Tuesday},
			time.Date(2026, 3, 10, 13, 34, 56, 0, time.UTC),
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := healthy(func(s *feed.PollState) { s.Hints = tc.hints })
			if got := schedule.Next(noon(), s, schedule.Options{}).Due; !got.Equal(tc.want) {
				t.Errorf("due = %v, want %v", got, tc.want)
			}
		})
	}
}

// P34: a server's sources drift apart instead of coming together, and none
// strikes with the hour; without jitter nothing is spread.
func TestJitterSpreads(t *testing.T) {
	const sources = 1000
	minutes := map[int]int{}
	for seed := range uint64(sources) {
		s := healthy(func(s *feed.PollState) { s.Interval = 0 })
		got := schedule.Next(noon(), s, schedule.Options{Seed: seed, Jitter: true})
		if got.Interval < 30*time.Minute || got.Interval > 100*time.Minute {
			t.Fatalf("seed %d: first gap %v", seed, got.Interval)
		}
		if got.Due.Minute() == 0 || got.Due.Second() == 0 {
			t.Fatalf("seed %d: due at %v", seed, got.Due)
		}
		minutes[int(got.Due.Sub(noon())/time.Minute)]++
	}
	for m, n := range minutes {
		if n > sources/20 {
			t.Errorf("%d of %d sources in minute %d", n, sources, m)
		}
	}
	if got := schedule.Next(noon(), healthy(nil), schedule.Options{Seed: 7}).Interval; got != time.Hour {
		t.Errorf("without jitter the gap is %v", got)
	}
}

// P34: what is asked every second or minute keeps that gap when the hour strikes,
// and what is asked every quarter of an hour keeps clear of it.
func TestShortGapsMeetTheHour(t *testing.T) {
	struck := noon().Add(-time.Second)
	for _, tc := range []struct {
		every time.Duration
		clear bool
	}{{2 * time.Second, false}, {time.Minute, false}, {10 * time.Minute, false}, {20 * time.Minute, true}} {
		for seed := range uint64(100) {
			base := struck.Add(-tc.every + 2*time.Second)
			s := healthy(func(s *feed.PollState) { s.Tried, s.Interval = base, tc.every })
			got := schedule.Next(base, s, schedule.Options{
				Every: tc.every, Floor: time.Second, Default: tc.every, Seed: seed, Jitter: true,
			})
			if most := tc.every + tc.every/5 + 2*time.Second; !tc.clear && got.Interval > most {
				t.Fatalf("every %v, seed %d: the gap is %v", tc.every, seed, got.Interval)
			}
			if tc.clear && got.Due.Minute() == 0 {
				t.Fatalf("every %v, seed %d: due at %v", tc.every, seed, got.Due)
			}
		}
	}
}

// random draws a state as a store could hold it, hostile values included.
func random(r *rand.Rand) (feed.PollState, schedule.Options) {
	pick := func(d ...time.Duration) time.Duration { return d[r.IntN(len(d))] }
	s := feed.PollState{
		Status:   []int{0, 200, 304, 401, 403, 404, 410, 429, 500, 503}[r.IntN(10)],
		Failures: []int{0, 0, 1, 2, 5, 9, math.MaxInt}[r.IntN(7)],
		Interval: pick(0, time.Hour),
		Hints: feed.Hints{
			TTL:       pick(0, -time.Hour, time.Minute, time.Hour, 3*day, 1<<62),
			Fresh:     pick(0, -time.Hour, time.Minute, 1<<62),
			SkipHours: r.Uint32() & r.Uint32(),
			SkipDays:  uint8(r.Uint32()),
		},
	}
	if r.IntN(2) == 0 {
		s.Tried = noon().Add(pick(-20*365*day, -time.Minute, 0, time.Minute, 50*365*day))
		s.Succeeded = s.Tried
	}
	if r.IntN(2) == 0 {
		s.Hints.RetryAfter = noon().Add(pick(-day, time.Minute, day, 1<<62))
	}
	if r.IntN(2) == 0 {
		s.Validators.ETag = `"x"`
	}
	switch r.IntN(3) {
	case 0:
		s.Rhythm = hostileRhythm(r)
	case 1:
		s.Rhythm = taught(noon().Add(-time.Duration(r.IntN(100))*day), noon().Add(-3*time.Hour), noon().Add(-27*time.Hour))
	}
	return s, schedule.Options{
		Every:   pick(0, 0, time.Second, time.Hour, 30*day),
		Default: pick(0, time.Second, 2*time.Hour),
		Floor:   pick(0, time.Nanosecond, time.Hour),
		File:    r.IntN(4) == 0,
		Seed:    r.Uint64(),
		Jitter:  r.IntN(2) == 0,
	}
}

// XB18, XB19: whatever the state holds, the next attempt lies ahead, not
// further than is promised, and is the same when it is computed again.
func TestAlwaysAheadAndBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		s, o := random(r)
		got := schedule.Next(noon(), s, o)
		if !got.Due.After(noon()) {
			t.Fatalf("due %v is not after now\nstate %+v\noptions %+v", got.Due, s, o)
		}
		most := max(7*day, o.Every)*3/2 + 9*day // the first gap, and what is skipped
		if s.Status == 410 && s.Failures > 0 {
			most = 365*day + 8*day
		}
		if wait := got.Due.Sub(noon()); wait > most {
			t.Fatalf("due in %v, more than %v\nstate %+v\noptions %+v", wait, most, s, o)
		}
		if again := schedule.Next(noon(), s, o); again != got {
			t.Fatalf("not the same twice: %+v and %+v", got, again)
		}
	}
}

// P55, P59: one more failure never brings the next attempt nearer.
func TestMonotoneInFailures(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		s, o := random(r)
		o.Jitter = false
		s.Hints.SkipDays, s.Hints.SkipHours = 0, 0
		last := time.Time{}
		for s.Failures = 1; s.Failures < 12; s.Failures++ {
			due := schedule.Next(noon(), s, o).Due
			if due.Before(last) {
				t.Fatalf("failure %d: due %v, before %v\nstate %+v\noptions %+v", s.Failures, due, last, s, o)
			}
			last = due
		}
	}
}

// P22, P27: jitter undercuts neither the floor nor what the publisher asked.
func TestJitterUndercutsNothing(t *testing.T) {
	s := healthy(func(s *feed.PollState) { s.Hints.Fresh = 3 * time.Hour })
	for seed := range uint64(500) {
		o := schedule.Options{Seed: seed, Jitter: true}
		if got := schedule.Next(noon(), s, o).Interval; got < 3*time.Hour {
			t.Fatalf("seed %d: %v after a freshness of 3 h", seed, got)
		}
		o.Every = time.Minute
		if got := schedule.Next(noon(), healthy(nil), o).Interval; got < 15*time.Minute {
			t.Fatalf("seed %d: %v under the floor", seed, got)
		}
	}
}
