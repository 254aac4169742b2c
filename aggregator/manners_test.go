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
	"weir/aggregator/parse"
	"weir/feed"
)

// P12: a feed that is not modified for two months is never asked without its
// validators.
func TestNeverUnconditionalAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url := newWeb(), "https://a.example/feed"
		p, _ := world(t, w, aggregator.Options{}, url)
		running(t, p)
		time.Sleep(60 * 24 * time.Hour)
		w.mu.Lock()
		defer w.mu.Unlock()
		for i, a := range w.asked {
			if (a.tag == "") != (i == 0) {
				t.Errorf("request %d, after %v: validator %q", i, a.at.Sub(w.asked[0].at), a.tag)
			}
		}
		if len(w.asked) < 50 {
			t.Errorf("only %d requests in 60 days", len(w.asked))
		}
	})
}

// P77: while one document is parsed, the others are asked and stored.
func TestParsingHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		var urls []string
		for i := range 20 {
			urls = append(urls, fmt.Sprintf("https://host%d.example/feed", i))
		}
		free := make(chan struct{})
		p, s := world(t, w, aggregator.Options{Concurrency: 4, Read: func(body []byte, o parse.Options) (*feed.Document, error) {
			if o.Source.ID == "s0" {
				<-free
			}
			return parse.Read(body, o)
		}}, urls...)
		running(t, p)
		time.Sleep(time.Minute)
		read := func() (n int) {
			list, err := s.Sources()
			if err != nil {
				t.Fatal(err)
			}
			for i := range list {
				if !list[i].State.Poll.Succeeded.IsZero() {
					n++
				}
			}
			return n
		}
		if n := read(); n != 19 {
			t.Errorf("%d of 19 others were read meanwhile", n)
		}
		close(free)
		time.Sleep(time.Minute)
		if n := read(); n != 20 {
			t.Errorf("%d of 20 were read in the end", n)
		}
	})
}

// XB21: 10,000 feeds on one host are asked one at a time, with pauses, and
// nobody else waits for them.
func TestThousandsOnOneHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		var urls []string
		for i := range 10_000 {
			urls = append(urls, fmt.Sprintf("https://crowded.example/%d", i))
		}
		for i := range 50 {
			urls = append(urls, fmt.Sprintf("https://host%d.example/feed", i))
		}
		p, _ := world(t, w, aggregator.Options{PerGroup: 1, Gap: time.Second, Concurrency: 8}, urls...)
		running(t, p)
		time.Sleep(10 * time.Second)
		w.mu.Lock()
		defer w.mu.Unlock()
		crowded, others, last := 0, 0, time.Time{}
		for _, a := range w.asked {
			if !strings.HasPrefix(a.url, "https://crowded.") {
				others++
				continue
			}
			crowded++
			if gap := a.at.Sub(last); !last.IsZero() && gap < time.Second+w.took {
				t.Errorf("asked again after %v", gap)
			}
			last = a.at
		}
		if w.most["crowded.example"] != 1 || others != 50 || crowded < 8 {
			t.Errorf("at most %d at a time; %d requests there and %d elsewhere in ten seconds", w.most["crowded.example"], crowded, others)
		}
	})
}

// always is a world that gives one answer.
type always fetch.Response

func (a always) Get(context.Context, fetch.Request) (*fetch.Response, error) {
	resp := fetch.Response(a)
	return &resp, nil
}

// XA26: what is published here is no source, wherever it was found.
func TestOwnFeed(t *testing.T) {
	const own = "https://stream.example/rss.xml"
	body := func(self string) []byte {
		return []byte(strings.Replace(string(rss("https://stream.example/", 2)), "<description>",
			`<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="`+self+`"/><description>`, 1))
	}
	for what, c := range map[string]struct {
		final, self string
		refused     bool
	}{
		"itself":                  {own, own, true},
		"a redirect to it":        {own, "", true},
		"a copy":                  {"https://mirror.example/feed", own, true},
		"another one":             {"https://a.example/feed", "https://a.example/feed", false},
		"another one of the site": {"https://stream.example/blog/rss.xml", "https://stream.example/blog/rss.xml", false},
	} {
		t.Run(what, func(t *testing.T) {
			_, s := world(t, newWeb(), aggregator.Options{}, "https://a.example/feed")
			p := aggregator.New(aggregator.Options{
				Fetcher: always{Status: 200, Body: body(c.self), Final: c.final}, Own: func(a string) bool { return a == own },
			}, s)
			sum := cycle(t, p, aggregator.Selection{})
			if refused := len(sum.Broken) == 1; refused != c.refused || refused && sum.Broken[0].Problem.Kind != "refused" {
				t.Errorf("%+v", sum)
			}
		})
	}
}
