package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

func rss(url string, n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title><link>%s</link><description>d</description>`, url, url)
	for i := range n {
		fmt.Fprintf(&b, `<item><guid>%s/%d</guid><link>%s/%d</link><title>Item %d of %s</title></item>`, url, i, url, i, i, url)
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

// world opens a real store with the given sources and a poller on it.
func world(t *testing.T, w *web, o aggregator.Options, urls ...string) (*aggregator.Poller, *bolt.Store) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "weir.db"), bolt.Options{Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var sources []feed.Source
	for i, u := range urls {
		if _, ok := w.items[u]; !ok {
			w.items[u] = 2
		}
		sources = append(sources, feed.Source{ID: fmt.Sprintf("s%d", i), URL: u, Group: strings.Split(u, "/")[2]})
	}
	err = s.Configure(store.Configuration{
		Sources: sources, Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site: identity.Site{Host: "planet.example", Since: "2026-11-24"}, Rules: identity.Rules{Guard: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Fetcher = w
	return aggregator.New(o, s), s
}

func cycle(t *testing.T, p *aggregator.Poller, sel aggregator.Selection) aggregator.Summary {
	t.Helper()
	sum, err := p.Cycle(t.Context(), sel)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// P40: one request at a time towards a group, and a pause between two; the
// others do not wait for it (P44).
func TestPacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		var urls []string
		for i := range 4 {
			urls = append(urls, fmt.Sprintf("https://slow.example/%d", i), fmt.Sprintf("https://host%d.example/feed", i))
		}
		p, _ := world(t, w, aggregator.Options{PerGroup: 1, Gap: time.Second, Concurrency: 8}, urls...)
		sum := cycle(t, p, aggregator.Selection{})
		if sum.Polled != 8 || sum.Added != 16 || sum.Failed != 0 {
			t.Errorf("summary %+v", sum)
		}
		if w.most["slow.example"] != 1 {
			t.Errorf("%d requests at a time towards one group", w.most["slow.example"])
		}
		if w.peak < 4 {
			t.Errorf("at most %d requests at a time; the groups wait for each other", w.peak)
		}
		var last time.Time
		for _, a := range w.asked {
			if !strings.Contains(a.url, "slow.example") {
				continue
			}
			if gap := a.at.Sub(last); !last.IsZero() && gap < time.Second+w.took {
				t.Errorf("%s was asked %v after the one before", a.url, gap)
			}
			last = a.at
		}
	})
}

// A cycle takes what is due; All takes the rest, each once; validators go
// along (P3, P36).
func TestCycleTakesWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url := newWeb(), "https://a.example/feed"
		p, _ := world(t, w, aggregator.Options{}, url, "https://b.example/feed")
		cycle(t, p, aggregator.Selection{})
		if sum := cycle(t, p, aggregator.Selection{}); sum.Polled != 0 {
			t.Errorf("a second cycle at once polled %d", sum.Polled)
		}
		if sum := cycle(t, p, aggregator.Selection{All: true, Sources: []string{"s0"}}); sum.Polled != 1 || sum.Unchanged != 1 {
			t.Errorf("one source of all: %+v", sum)
		}
		if tag := w.asked[len(w.asked)-1].tag; tag != `"2"` {
			t.Errorf("If-None-Match was %q", tag)
		}
		time.Sleep(time.Hour)
		w.set(url, 3)
		sum := cycle(t, p, aggregator.Selection{})
		if sum.Polled != 2 || sum.Added != 1 || sum.Unchanged != 1 {
			t.Errorf("an hour later: %+v", sum)
		}
	})
}

// XG03, XC23, XJ15: failures and panics are their source's alone, are told
// once, a server's at the third in a row, and so is the recovery; validators of
// before stay (P13).
func TestFailuresAreTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		good, bad, dead := "https://good.example/", "https://bad.example/", "https://dead.example/"
		w.fail[bad] = &fetch.Error{Problem: feed.Problem{Kind: "status", Text: "bad.example answers 500"}, Status: 500, Err: errors.New("status 500")}
		w.panics[dead] = true
		p, s := world(t, w, aggregator.Options{}, good, bad, dead)
		sum := cycle(t, p, aggregator.Selection{})
		if sum.Polled != 3 || sum.Failed != 2 || len(sum.Failing) != 1 || sum.Added != 2 {
			t.Errorf("first cycle: %+v", sum)
		}
		for n, told := range []int{0, 1, 0} {
			sum = cycle(t, p, aggregator.Selection{All: true})
			if sum.Failed != 2 || len(sum.Failing) != told || len(sum.Broken) != 2 {
				t.Errorf("cycle %d: %+v", n+2, sum)
			}
		}
		delete(w.fail, bad)
		delete(w.panics, dead)
		sum = cycle(t, p, aggregator.Selection{All: true})
		if sum.Failed != 0 || len(sum.Recovered) != 2 || sum.Added != 4 {
			t.Errorf("third cycle: %+v", sum)
		}
		list, err := s.Sources()
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range list {
			if st.State.Poll.Failing() || st.State.Poll.Validators.ETag == "" {
				t.Errorf("%s: %+v", st.Source.ID, st.State.Poll)
			}
		}
	})
}

// A server polls when things are due and not before, day after day: a source
// that tells something every hour at the default interval, one that is silent
// ever less often (P20, P21, P33, XL02).
func TestRunForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, lively, silent := newWeb(), "https://a.example/feed", "https://b.example/feed"
		p, _ := world(t, w, aggregator.Options{}, lively, silent)
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		go func() {
			for n := 3; ctx.Err() == nil; n++ {
				time.Sleep(time.Hour)
				w.set(lively, n)
			}
		}()
		if err := p.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run: %v", err)
		}
		time.Sleep(time.Hour) // until the stories end
		if n := w.count(lively); n < 16 || n > 25 {
			t.Errorf("polled %d times in a day of hourly stories", n)
		}
		if n := w.count(silent); n < 5 || n > 11 {
			t.Errorf("polled %d times in a day of silence", n)
		}
	})
}

// A running server looks at what it is asked to at once, also while a slow
// source is under way, and again when that very source was under way already.
func TestAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		fast, slow := "https://fast.example/", "https://slow.example/"
		p, _ := world(t, w, aggregator.Options{}, fast, slow)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		time.Sleep(time.Minute)
		w.mu.Lock()
		w.took = 30 * time.Second
		w.mu.Unlock()
		go func() { _, _ = p.Ask(ctx, aggregator.Selection{All: true, Sources: []string{"s1"}}) }()
		time.Sleep(time.Second)
		w.mu.Lock()
		w.took = 100 * time.Millisecond
		w.mu.Unlock()
		w.set(fast, 5)
		began := time.Now()
		sum, err := p.Ask(ctx, aggregator.Selection{All: true, Sources: []string{"s0"}})
		if err != nil || sum.Added != 3 {
			t.Errorf("asked for one source: %+v, %v", sum, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the answer took %v beside a slow source", took)
		}
		w.set(slow, 7)
		sum, err = p.Ask(ctx, aggregator.Selection{All: true, Sources: []string{"s1"}})
		if err != nil || sum.Polled != 1 {
			t.Errorf("asked for the source under way: %+v, %v", sum, err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		if _, err := p.Ask(ctx, aggregator.Selection{}); !errors.Is(err, context.Canceled) {
			t.Errorf("Ask of an ended Run: %v", err)
		}
	})
}

// What a source's options add to its items is added to those that are known
// already: hashes do not cover it, and must not keep them from being read.
func TestOptionsReachKnownItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url := newWeb(), "https://a.example/feed"
		p, s := world(t, w, aggregator.Options{}, url)
		cycle(t, p, aggregator.Selection{})
		if err := s.Configure(store.Configuration{
			Sources:  []feed.Source{{ID: "s0", URL: url, Group: "a.example", Tags: []string{"river"}}},
			Channels: []feed.Channel{{ID: feed.ChannelAll}},
		}); err != nil {
			t.Fatal(err)
		}
		if sum := cycle(t, p, aggregator.Selection{All: true}); sum.Changed != 2 {
			t.Errorf("%+v; want two entries changed", sum)
		}
		e, err := s.Entry("item-0-of-https-a-example-feed")
		if err != nil || len(e.Tags) != 1 {
			t.Errorf("tags %v, %v; want the source's", e.Tags, err)
		}
		if sum := cycle(t, p, aggregator.Selection{All: true}); sum.Changed != 0 || sum.Unchanged != 1 {
			t.Errorf("%+v; want nothing more", sum)
		}
	})
}

// A server that is never idle publishes all the same, once every source was
// tried.
func TestFirstCycleOfABusyServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		var urls []string
		for i := range 50 {
			urls = append(urls, fmt.Sprintf("https://a.example/%d", i))
		}
		o := aggregator.Options{PerGroup: 1, Gap: 2 * time.Second}
		o.Schedule.Default, o.Schedule.Floor = time.Minute, time.Second
		p, s := world(t, w, o, urls...)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := p.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run: %v", err)
		}
		win, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 200})
		if err != nil || len(win.Entries) != 100 {
			t.Errorf("%d entries, %v; want 100", len(win.Entries), err)
		}
	})
}

// XL03: an interrupted cycle ends at once, proves nothing about the sources
// that were under way, and keeps what was read.
func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		w.took = 10 * time.Second
		p, s := world(t, w, aggregator.Options{}, "https://a.example/", "https://b.example/")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := p.Cycle(ctx, aggregator.Selection{})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 2*time.Second {
			t.Errorf("Cycle: %v after %v", err, time.Since(began))
		}
		list, err := s.Sources()
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range list {
			if st.State.Poll.Failing() || !st.State.Poll.Tried.IsZero() {
				t.Errorf("%s was judged: %+v", st.Source.ID, st.State.Poll)
			}
		}
		w.took = 0
		if sum := cycle(t, p, aggregator.Selection{}); sum.Added != 4 {
			t.Errorf("the next cycle: %+v", sum)
		}
	})
}
