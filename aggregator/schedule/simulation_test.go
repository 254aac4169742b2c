package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"weir/aggregator/schedule"
	"weir/feed"
)

// effort is what a scheme of polling came to: how many requests, and how long
// every story waited for one.
type effort struct {
	requests int
	waits    []time.Duration
}

func (e *effort) add(o effort) {
	e.requests += o.requests
	e.waits = append(e.waits, o.waits...)
}

func (e *effort) median() time.Duration {
	slices.Sort(e.waits)
	return e.waits[len(e.waits)/2]
}

func (e *effort) mean() time.Duration {
	var sum time.Duration
	for _, w := range e.waits {
		sum += w
	}
	return sum / time.Duration(len(e.waits))
}

func (e *effort) String() string {
	return fmt.Sprintf("%6d requests, %5.2f per new entry, delay: median %7v, mean %7v",
		e.requests, float64(e.requests)/float64(len(e.waits)), e.median().Round(time.Second), e.mean().Round(time.Second))
}

// follow polls a publisher from the first instant until the last of its
// stories before the second is in; next is the scheme.
func follow(p publisher, first, end time.Time, next func(now time.Time, fresh []time.Time) time.Time) effort {
	var e effort
	seen, _ := slices.BinarySearchFunc(p.told, first, time.Time.Compare)
	fresh := p.told[max(0, seen-p.window):seen]
	stop, _ := slices.BinarySearchFunc(p.told, end, time.Time.Compare)
	for at := first; ; {
		if at.Before(end) {
			e.requests++
		}
		due := next(at, fresh)
		if !due.Before(end) && seen == stop {
			return e
		}
		at = due
		n := seen
		for n < stop && !p.told[n].After(at) {
			e.waits = append(e.waits, at.Sub(p.told[n]))
			n++
		}
		fresh, seen = p.told[seen:n], n
	}
}

// adaptively is Weir's scheme.
func adaptively(seed uint64, o schedule.Options) func(time.Time, []time.Time) time.Time {
	o.Seed, o.Jitter = seed, true
	var s feed.PollState
	return func(now time.Time, fresh []time.Time) time.Time {
		a := schedule.Answer{
			Status: 200, News: len(fresh) > 0, Dates: fresh,
			Validators: feed.Validators{URL: "https://blog.example/", Final: "https://blog.example/", ETag: `"1"`},
		}
		s = schedule.Next(now, schedule.Succeeded(s, a, now), o)
		return s.Due
	}
}

// evenly is the scheme of most: every source after the same time.
func evenly(every time.Duration) func(time.Time, []time.Time) time.Time {
	return func(now time.Time, _ []time.Time) time.Time { return now.Add(every) }
}

// P33, P20: for the same number of requests over a month, entries wait at most
// half as long as where every source is asked after the same time; and no
// source is asked more often on average than the default interval says.
func TestMonthOfPublishers(t *testing.T) {
	const days = 30
	first := time.Date(2026, 3, 2, 9, 17, 31, 0, time.UTC)
	end := first.Add(days * day)
	world := planet(7, 200, first, end)
	var ours effort
	kinds := map[string]*effort{}
	for i, p := range world {
		e := follow(p, first, end, adaptively(uint64(i), schedule.Options{}))
		if most := days*24 + 24; e.requests > most {
			t.Errorf("%s %d: %d requests, more than %d", p.kind, i, e.requests, most)
		}
		ours.add(e)
		if kinds[p.kind] == nil {
			kinds[p.kind] = &effort{}
		}
		kinds[p.kind].add(e)
	}
	// uniform spends as many requests as a budget allows, evenly, from phases
	// of its own.
	uniform := func(budget int) effort {
		r := rand.New(rand.NewPCG(11, 1))
		every := time.Duration(len(world)) * days * day / time.Duration(budget)
		var all effort
		for _, p := range world {
			all.add(follow(p, first.Add(-time.Duration(r.Int64N(int64(every)))), end, evenly(every)))
		}
		return all
	}
	theirs := uniform(ours.requests)
	for _, kind := range []string{"daily", "newsroom", "podcast", "blog", "ticker", "dormant"} {
		t.Logf("%-9s %v", kind, kinds[kind])
	}
	t.Logf("%-9s %v", "Weir", &ours)
	t.Logf("%-9s %v", "evenly", &theirs)
	if d := float64(theirs.requests) / float64(ours.requests); d < 0.95 || d > 1.05 {
		t.Errorf("%d requests are held against %d", ours.requests, theirs.requests)
	}
	if ratio := float64(ours.median()) / float64(theirs.median()); ratio > 0.5 {
		t.Errorf("entries wait %.2f times as long as with even polling, want at most 0.5", ratio)
	}
	// The rig finds no advantage where there is none.
	again := uniform(theirs.requests)
	if ratio := float64(again.median()) / float64(theirs.median()); ratio < 0.95 || ratio > 1.05 {
		t.Errorf("even polling against itself: %.2f", ratio)
	}
	own := effort{}
	every := (time.Duration(len(world)) * days * day / time.Duration(ours.requests)).Truncate(time.Second)
	for i, p := range world {
		own.add(follow(p, first, end, adaptively(uint64(i), schedule.Options{Every: every})))
	}
	t.Logf("%-9s %v", "fixed", &own)
	if ratio := float64(own.median()) / float64(theirs.median()); ratio < 0.85 || ratio > 1.15 {
		t.Errorf("intervals of their own through the same code: %.2f, want about 1", ratio)
	}
}
