package aggregator_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// library is a web whose feed links to pages of its own and to those of others.
type library struct {
	*web
	links  []string
	robots map[string]error
	asked  []fetch.Request
	times  []time.Time
}

func (l *library) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	l.mu.Lock()
	l.asked, l.times = append(l.asked, r), append(l.times, time.Now())
	l.mu.Unlock()
	select {
	case <-time.After(l.took):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	answer := &fetch.Response{Status: 200, ContentType: "text/html", Final: r.URL}
	switch {
	case strings.HasSuffix(r.URL, "/robots.txt"):
		if err := l.robots[r.URL]; err != nil {
			return nil, err
		}
		answer.Body = []byte("User-agent: *\nDisallow: /no/")
	case strings.HasSuffix(r.URL, "/feed"):
		var b strings.Builder
		b.WriteString("<rss version='2.0'><channel><title>t</title>")
		for i, link := range l.links {
			fmt.Fprintf(&b, "<item><title>Story number %d of all</title><link>%s</link><description>short</description></item>", i, link)
		}
		answer.Body = []byte(b.String() + "</channel></rss>")
	default:
		answer.Body = []byte("<html><body><article>" + strings.Repeat("<p>A sentence, and another, and a third that is a good deal longer than those.</p>", 20) + "</article></body></html>")
	}
	return answer, nil
}

func reads(t *testing.T, l *library) (*aggregator.Poller, store.Store) {
	t.Helper()
	_, s := world(t, l.web, aggregator.Options{}, "https://a.example/feed")
	err := s.Configure(store.Configuration{
		Sources:  []feed.Source{{ID: "s0", URL: "https://a.example/feed", Group: "a.example", FullText: true}},
		Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"}, Rules: identity.Rules{Guard: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return aggregator.New(aggregator.Options{Fetcher: l, PerGroup: 1, Gap: time.Second}, s), s
}

func full(t *testing.T, s store.Store) int {
	t.Helper()
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range w.Entries {
		if e.Full != "" {
			n++
		}
	}
	return n
}

// P40, P48: pages are asked for one at a time, with the pause of feeds, no more
// than ten at a poll, and once; a site in trouble is asked for none.
func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &library{web: newWeb(), robots: map[string]error{
			"https://trouble.example/robots.txt": &fetch.Error{Status: 503},
			"https://bare.example/robots.txt":    &fetch.Error{Status: 404},
		}, links: []string{"https://trouble.example/a", "https://bare.example/a", "https://a.example/no/a"}}
		for i := range 20 {
			l.links = append(l.links, fmt.Sprintf("https://a.example/%d", i))
		}
		p, s := reads(t, l)
		cycle(t, p, aggregator.Selection{})
		if n := full(t, s); n != 8 {
			t.Errorf("%d stories have full text, want the own site's 7 and the one without robots.txt", n)
		}
		var last time.Time
		for i, r := range l.asked {
			if r.URL == "https://trouble.example/a" || r.URL == "https://a.example/no/a" {
				t.Errorf("%s was asked", r.URL)
			}
			if own := strings.HasPrefix(r.URL, "https://a.example/"); r.Stranger == own {
				t.Errorf("%s: stranger %v", r.URL, r.Stranger)
			} else if own {
				if gap := l.times[i].Sub(last); !last.IsZero() && gap < time.Second+l.took {
					t.Errorf("%s came %v after the one before", r.URL, gap)
				}
				last = l.times[i]
			}
		}
		before := len(l.asked)
		cycle(t, p, aggregator.Selection{All: true})
		if n := len(l.asked) - before; n != 1 {
			t.Errorf("an unchanged feed cost %d requests", n)
		}
	})
}

// XB06: pages that drip hold a poll no longer than a document may, and the
// feed's own text is there.
func TestSlowPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &library{web: newWeb(), links: []string{"https://slow.example/1", "https://slow.example/2", "https://slow.example/3"}}
		l.took = 20 * time.Second
		p, s := reads(t, l)
		began := time.Now()
		sum := cycle(t, p, aggregator.Selection{})
		if took := time.Since(began); took > time.Minute || sum.Failed != 0 || sum.Added != 3 || full(t, s) != 0 {
			t.Errorf("after %v: %+v", took, sum)
		}
	})
}
