package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/feed"
	"weir/store/bolt"
)

// unplug takes the network from some addresses, or gives it back.
func (w *web) unplug(down bool, kind string, urls ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, u := range urls {
		delete(w.fail, u)
		if down {
			w.fail[u] = &fetch.Error{Problem: feed.Problem{Kind: kind, Text: "no way there"}, Err: errors.New("unreachable")}
		}
	}
}

func polls(t *testing.T, s *bolt.Store) map[string]feed.PollState {
	t.Helper()
	list, err := s.Sources()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]feed.PollState{}
	for _, st := range list {
		got[st.Source.ID] = st.State.Poll
	}
	return got
}

// P62: when no server can be reached at all, that counts against no source and
// the next try is soon, though the cycle is told as failed; when one answers,
// those that cannot be reached failed themselves.
func TestOwnNetworkDown(t *testing.T) {
	for _, kind := range []string{"dns", "connect", "timeout"} {
		for _, down := range []int{2, 3, 4} {
			t.Run(fmt.Sprintf("%s of %d", kind, down), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWeb()
					urls := []string{"https://a.example/", "https://b.example/", "https://c.example/", "https://d.example/"}
					p, s := world(t, w, aggregator.Options{}, urls...)
					cycle(t, p, aggregator.Selection{})
					time.Sleep(3 * time.Hour)
					w.unplug(true, kind, urls[:down]...)
					sum := cycle(t, p, aggregator.Selection{All: true})
					if sum.Polled != 4 || sum.Failed != down || len(sum.Broken) != down {
						t.Errorf("summary %+v", sum)
					}
					for id, st := range polls(t, s) {
						wait := time.Until(st.Due)
						switch {
						case down == 4 && (st.Failing() || wait > 16*time.Minute || wait < 14*time.Minute):
							t.Errorf("all are down, %s: %d failures, next in %v", id, st.Failures, wait)
						case down < 4 && st.Failing() != (int(id[1]-'0') < down):
							t.Errorf("%d are down, %s: %d failures", down, id, st.Failures)
						}
					}
				})
			})
		}
	}
}

// P62: one domain that is out of reach may be just that, and a source that was
// never read, or not for long, cannot blame the network.
func TestOwnNetworkIsNoExcuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		urls := []string{"https://a.example/1", "https://a.example/2"}
		p, s := world(t, w, aggregator.Options{}, urls...)
		cycle(t, p, aggregator.Selection{})
		time.Sleep(time.Hour)
		w.unplug(true, "connect", urls...)
		cycle(t, p, aggregator.Selection{All: true})
		for id, st := range polls(t, s) {
			if !st.Failing() {
				t.Errorf("%s of the one domain did not fail", id)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		urls := []string{"https://a.example/", "https://b.example/", "https://c.example/"}
		w.unplug(true, "dns", urls...)
		p, s := world(t, w, aggregator.Options{}, urls...)
		cycle(t, p, aggregator.Selection{})
		for id, st := range polls(t, s) {
			if !st.Failing() {
				t.Errorf("%s, never read, did not fail", id)
			}
		}
	})
}

// P62, P64: a server whose network is away for hours tries ever less often,
// blames nobody, and reads everything once when it is back, without catching
// up.
func TestOutageOfAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		var urls []string
		for i := range 20 {
			urls = append(urls, fmt.Sprintf("https://h%d.example/", i))
		}
		o := aggregator.Options{}
		o.Schedule.Jitter = true
		p, s := world(t, w, o, urls...)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		time.Sleep(2 * time.Hour)
		w.unplug(true, "dns", urls...)
		before := w.requests()
		time.Sleep(8 * time.Hour)
		synctest.Wait()
		tries := w.requests() - before
		if tries < 20 || tries > 20*12 {
			t.Errorf("%d tries of 20 sources in 8 h", tries)
		}
		w.unplug(false, "", urls...)
		back := time.Now()
		before = w.requests()
		time.Sleep(80 * time.Minute)
		synctest.Wait()
		if n := w.requests() - before; n > 2*len(urls) {
			t.Errorf("%d requests once the network was back", n)
		}
		// The first that was out of reach may have been so alone.
		blamed, late := 0, 0
		for _, st := range polls(t, s) {
			if st.Failing() {
				blamed++
			}
			if st.Succeeded.Before(back) {
				late++
			}
		}
		if blamed > 1 || late > 1 {
			t.Errorf("%d sources are blamed, %d are not read again after 80 minutes", blamed, late)
		}
		cancel()
		<-ended
	})
}
