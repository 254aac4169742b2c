package schedule_test

import (
	"math/rand/v2"
	"slices"
	"time"
)

// publisher is a made-up source: when it published what, oldest first, and how
// many of the newest stories its document holds.
type publisher struct {
	kind   string
	told   []time.Time
	window int
}

// habit draws the stories of one publisher between two instants.
type habit func(r *rand.Rand, from, to time.Time) []time.Time

// planet is n publishers of all kinds with two months of past before from, the
// same for the same seed.
func planet(seed uint64, n int, from, to time.Time) []publisher {
	kinds := []struct {
		name  string
		share int
		habit func(*rand.Rand) habit
	}{
		{"daily", 20, daily}, {"newsroom", 12, newsroom}, {"podcast", 20, weekly},
		{"blog", 25, bursty}, {"ticker", 5, hourly}, {"dormant", 18, dormant},
	}
	r := rand.New(rand.NewPCG(seed, 1))
	var all []publisher
	for len(all) < n {
		for _, k := range kinds {
			for range max(1, k.share*n/100) {
				if len(all) == n {
					break
				}
				told := k.habit(r)(r, from.Add(-60*day), to)
				slices.SortFunc(told, time.Time.Compare)
				all = append(all, publisher{kind: k.name, told: told, window: 10 + r.IntN(20)})
			}
		}
	}
	return all
}

// about is a number around mean, never below 0.
func about(r *rand.Rand, mean, spread time.Duration) time.Duration {
	return max(0, mean+time.Duration(r.NormFloat64()*float64(spread)))
}

// eachDay calls f with every midnight between two instants.
func eachDay(from, to time.Time, f func(midnight time.Time)) {
	for d := from.Truncate(day); d.Before(to); d = d.Add(day) {
		f(d)
	}
}

// daily publishes once or twice a day at hours of its own, some minutes off,
// and now and then not at all.
func daily(r *rand.Rand) habit {
	hours := []time.Duration{time.Duration(r.IntN(24*60)) * time.Minute}
	if r.IntN(3) == 0 {
		hours = append(hours, time.Duration(r.IntN(24*60))*time.Minute)
	}
	return func(r *rand.Rand, from, to time.Time) (told []time.Time) {
		eachDay(from, to, func(d time.Time) {
			for _, h := range hours {
				if r.IntN(10) > 0 {
					told = append(told, d.Add(about(r, h, 12*time.Minute)))
				}
			}
		})
		return told
	}
}

// newsroom publishes all over the office hours of working days, and little
// otherwise.
func newsroom(r *rand.Rand) habit {
	opens, perDay := time.Duration(r.IntN(24))*time.Hour, 4+r.IntN(16)
	return func(r *rand.Rand, from, to time.Time) (told []time.Time) {
		eachDay(from, to, func(d time.Time) {
			n := perDay/2 + r.IntN(perDay)
			if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
				n = r.IntN(2)
			}
			for range n {
				told = append(told, d.Add(opens+time.Duration(r.Int64N(int64(9*time.Hour)))))
			}
		})
		return told
	}
}

// weekly publishes on one weekday at one time.
func weekly(r *rand.Rand) habit {
	weekday, at := time.Weekday(r.IntN(7)), time.Duration(r.IntN(24*60))*time.Minute
	return func(r *rand.Rand, from, to time.Time) (told []time.Time) {
		eachDay(from, to, func(d time.Time) {
			if d.Weekday() == weekday && r.IntN(12) > 0 {
				told = append(told, d.Add(about(r, at, 15*time.Minute)))
			}
		})
		return told
	}
}

// bursty writes in the evening, several stories at a time, on few days.
func bursty(r *rand.Rand) habit {
	evening, seldom := time.Duration(r.IntN(24))*time.Hour, 2+r.IntN(8)
	return func(r *rand.Rand, from, to time.Time) (told []time.Time) {
		eachDay(from, to, func(d time.Time) {
			if r.IntN(seldom) > 0 {
				return
			}
			at := d.Add(about(r, evening, 2*time.Hour))
			for range 1 + r.IntN(4) {
				told = append(told, at)
				at = at.Add(time.Duration(r.Int64N(int64(40 * time.Minute))))
			}
		})
		return told
	}
}

// hourly is a ticker.
func hourly(r *rand.Rand) habit {
	minute := time.Duration(r.IntN(60)) * time.Minute
	return func(r *rand.Rand, from, to time.Time) (told []time.Time) {
		for t := from.Truncate(time.Hour).Add(minute); t.Before(to); t = t.Add(time.Hour) {
			told = append(told, t.Add(time.Duration(r.Int64N(int64(6*time.Minute)))))
		}
		return told
	}
}

// dormant tells something once in months, at any time.
func dormant(*rand.Rand) habit {
	return func(r *rand.Rand, from, to time.Time) (told []time.Time) {
		at := from
		for {
			at = at.Add(time.Duration(r.ExpFloat64() * float64(60*day)))
			if !at.Before(to) {
				return told
			}
			told = append(told, at)
		}
	}
}
