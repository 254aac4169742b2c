package aggregator_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"weir/aggregator/fetch"
	"weir/feed"
)

// web is a scripted world: it stands where the network client stands, so that
// time can be fake. The store is the real one.
type web struct {
	mu      sync.Mutex
	took    time.Duration
	items   map[string]int
	fail    map[string]error
	panics  map[string]bool
	cut     bool // answers are cut, and have no validator
	asked   []ask
	flying  map[string]int
	most    map[string]int
	flights int
	peak    int
}

type ask struct {
	url string
	at  time.Time
	tag string
}

func newWeb() *web {
	return &web{took: 100 * time.Millisecond, items: map[string]int{}, fail: map[string]error{},
		panics: map[string]bool{}, flying: map[string]int{}, most: map[string]int{}}
}

// requests counts what was asked so far.
func (w *web) requests() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

func (w *web) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	host := strings.Split(r.URL, "/")[2]
	w.mu.Lock()
	w.asked = append(w.asked, ask{r.URL, time.Now(), r.Validators.ETag})
	w.flying[host]++
	w.flights++
	w.most[host] = max(w.most[host], w.flying[host])
	w.peak = max(w.peak, w.flights)
	n, err, panics, took := w.items[r.URL], w.fail[r.URL], w.panics[r.URL], w.took
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.flying[host]--
		w.flights--
	}()
	select {
	case <-time.After(took):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if panics {
		panic("a feed of death")
	}
	if err != nil {
		return nil, err
	}
	tag := fmt.Sprintf(`"%d"`, n)
	v := feed.Validators{URL: r.URL, Final: r.URL, ETag: tag}
	if r.Validators.ETag == tag {
		return &fetch.Response{Status: 304, NotModified: true, Validators: v, Final: r.URL}, nil
	}
	if w.cut {
		return &fetch.Response{Status: 200, Body: rss(r.URL, n), Cut: true, ContentType: "application/rss+xml", Final: r.URL}, nil
	}
	return &fetch.Response{Status: 200, Body: rss(r.URL, n), ContentType: "application/rss+xml", Final: r.URL, Validators: v}, nil
}

func (w *web) count(url string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, a := range w.asked {
		if a.url == url {
			n++
		}
	}
	return n
}

func (w *web) set(url string, items int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.items[url] = items
}
