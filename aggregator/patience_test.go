package aggregator_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/feed"
)

// P40: what is asked for waits for its group's poll under way, and for the
// pause after it, and is not forgotten.
func TestAskBesideItsGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		w.took = 20 * time.Second
		p, _ := world(t, w, aggregator.Options{PerGroup: 1, Gap: time.Second}, "https://a.example/0", "https://a.example/1")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = p.Run(ctx) }()
		time.Sleep(time.Minute)
		go func() { _, _ = p.Ask(ctx, aggregator.Selection{All: true, Sources: []string{"s0"}}) }()
		time.Sleep(time.Second)
		sum, err := p.Ask(ctx, aggregator.Selection{All: true, Sources: []string{"s1"}})
		if err != nil || sum.Polled != 1 {
			t.Errorf("asked for a source whose group is under way: %+v, %v", sum, err)
		}
		cancel()
		synctest.Wait()
	})
}

// A server with a long backlog answers who asks before the backlog ends.
func TestAskBesideABacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		w.took = 10 * time.Second
		var urls []string
		for i := range 100 {
			urls = append(urls, fmt.Sprintf("https://host%d.example/feed", i))
		}
		p, _ := world(t, w, aggregator.Options{Concurrency: 2}, urls...)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = p.Run(ctx) }()
		time.Sleep(time.Second)
		began := time.Now()
		sum, err := p.Ask(ctx, aggregator.Selection{All: true, Sources: []string{"s99"}})
		if took := time.Since(began); err != nil || sum.Polled != 1 || took > time.Minute {
			t.Errorf("%+v, %v after %v", sum, err, took)
		}
		cancel()
		synctest.Wait()
	})
}

// A slow source is polled once, however long it may take.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		w.took = 9 * time.Minute
		p, _ := world(t, w, aggregator.Options{Concurrency: 1, Timeout: 10 * time.Minute}, "https://a.example/0", "https://b.example/1")
		sum := cycle(t, p, aggregator.Selection{All: true})
		if len(w.asked) != 2 || sum.Polled != 2 || sum.Added != 4 {
			t.Errorf("%d requests; %+v", len(w.asked), sum)
		}
	})
}

// I19: what a partial document lacks stays known, and the same document met
// again says nothing new.
func TestPartialTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url := newWeb(), "https://a.example/feed"
		w.items[url] = 3
		p, _ := world(t, w, aggregator.Options{}, url)
		cycle(t, p, aggregator.Selection{})
		w.cut = true
		w.set(url, 2)
		if sum := cycle(t, p, aggregator.Selection{All: true}); sum.Unchanged != 0 {
			t.Errorf("a document that is cut from now on: %+v", sum)
		}
		if sum := cycle(t, p, aggregator.Selection{All: true}); sum.Unchanged != 1 {
			t.Errorf("the same again: %+v", sum)
		}
		w.set(url, 3)
		if sum := cycle(t, p, aggregator.Selection{All: true}); sum.Added+sum.Changed != 0 {
			t.Errorf("what it lacked: %+v", sum)
		}
	})
}

// XL05: a clock that is set back during a cycle repeats nothing.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, began := newWeb(), time.Now()
		now := func() time.Time {
			if time.Since(began) == 0 {
				return time.Now()
			}
			return time.Now().Add(-time.Minute)
		}
		p, _ := world(t, w, aggregator.Options{Concurrency: 1, Now: now}, "https://a.example/0", "https://b.example/1")
		if sum := cycle(t, p, aggregator.Selection{All: true}); len(w.asked) != 2 || sum.Polled != 2 {
			t.Errorf("%d requests; %+v", len(w.asked), sum)
		}
	})
}

// P44, P45: a domain with a pace of its own is asked at that pace, by a cycle
// that waits for it, and what waits takes no place from the others.
func TestOwnPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		var urls []string
		for i := range 5 {
			urls = append(urls, fmt.Sprintf("https://tender.example/%d", i), fmt.Sprintf("https://host%d.example/feed", i))
		}
		p, _ := world(t, w, aggregator.Options{
			PerGroup: 4, Gap: time.Second, Concurrency: 1,
			Paces: map[string]feed.Pace{"tender.example": {PerGroup: 1, Gap: time.Minute}},
		}, urls...)
		began := time.Now()
		if sum := cycle(t, p, aggregator.Selection{}); sum.Polled != 10 {
			t.Errorf("summary %+v", sum)
		}
		var last time.Time
		for _, a := range w.asked {
			if !strings.Contains(a.url, "tender.example") {
				if at := a.at.Sub(began); at > 10*time.Second {
					t.Errorf("%s had to wait %v for another domain", a.url, at)
				}
				continue
			}
			if gap := a.at.Sub(last); !last.IsZero() && gap < time.Minute+w.took {
				t.Errorf("%s was asked %v after the one before", a.url, gap)
			}
			last = a.at
		}
	})
}
