package aggregator_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

// flooded is a world whose one source brings more at once than it may.
func flooded(t *testing.T) (*aggregator.Poller, *bolt.Store) {
	t.Helper()
	w, url := newWeb(), "https://a.example/feed"
	p, s := world(t, w, aggregator.Options{}, url)
	err := s.Configure(store.Configuration{
		Sources:  []feed.Source{{ID: "s0", URL: url, Group: "a.example"}},
		Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"},
		Rules:    identity.Rules{Guard: true, Flood: identity.Flood{Burst: 10}},
	})
	if err != nil {
		t.Fatal(err)
	}
	cycle(t, p, aggregator.Selection{})
	w.set(url, 20)
	return p, s
}

func published(t *testing.T, s *bolt.Store) int {
	t.Helper()
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return len(w.Entries)
}

// XG04: what begins to be held is told once, and a cycle lets in what waited
// for a day.
func TestHeldIsToldAndLetIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := flooded(t)
		sum := cycle(t, p, aggregator.Selection{All: true})
		if len(sum.Held) != 1 || sum.Held[0].Source != "s0" || sum.Held[0].Hold.Entries != 18 {
			t.Errorf("held %+v; want 18 of s0", sum.Held)
		}
		time.Sleep(time.Hour)
		if sum := cycle(t, p, aggregator.Selection{All: true}); len(sum.Held) != 0 || published(t, s) != 2 {
			t.Errorf("held %+v, %d published; want nothing told again, 2", sum.Held, published(t, s))
		}
		time.Sleep(24 * time.Hour)
		if cycle(t, p, aggregator.Selection{}); published(t, s) != 20 {
			t.Errorf("%d published after a day; want 20", published(t, s))
		}
	})
}

// A server lets in what is due within a minute, however seldom it polls.
func TestServerTends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := flooded(t)
		cycle(t, p, aggregator.Selection{All: true})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		time.Sleep(24*time.Hour - 2*time.Minute)
		if n := published(t, s); n != 2 {
			t.Errorf("%d published within the day; want 2", n)
		}
		time.Sleep(4 * time.Minute)
		if n := published(t, s); n != 20 {
			t.Errorf("%d published after the day; want 20", n)
		}
		cancel()
		<-ended
	})
}
