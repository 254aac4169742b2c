package aggregator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
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

const (
	dayFloor = 15 * time.Minute
	dayGap   = time.Second
	took     = 200 * time.Millisecond
)

// watched is a world of feeds with wishes that counts the requests which break
// a rule.
type watched struct {
	mu       sync.Mutex
	began    time.Time
	asked    map[string]time.Time // when it was last asked
	peace    map[string]time.Time // until when an address wants none
	domains  map[string]time.Time // until when a domain wants none
	flying   map[string]bool
	requests int
	// cut counts requests whose answer a server did not live to read.
	cut    int
	broken map[string]int
	// slow answers all but the first request of a feed late: a first cycle that
	// is cut off begins again.
	slow time.Duration
	seen map[string]bool
}

func newWatched() *watched {
	return &watched{began: time.Now(), asked: map[string]time.Time{}, peace: map[string]time.Time{},
		domains: map[string]time.Time{}, flying: map[string]bool{}, broken: map[string]int{}, seen: map[string]bool{}}
}

// Get judges a request, and answers as the number in its address wants.
func (w *watched) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	var domain, n int
	if _, err := fmt.Sscanf(r.URL, "https://d%d.example/%d", &domain, &n); err != nil {
		return nil, err
	}
	group := fmt.Sprintf("d%d.example", domain)
	w.arrive(r.URL, group, n)
	time.Sleep(w.took(r.URL))
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.flying[group] = false
	w.domains[group] = later(w.domains[group], now.Add(dayGap))
	if ctx.Err() != nil {
		w.cut++
		return nil, ctx.Err()
	}
	v := feed.Validators{URL: r.URL, Final: r.URL, ETag: fmt.Sprintf(`"%d"`, w.stories(n, now))}
	resp := &fetch.Response{Status: 200, ContentType: "application/rss+xml", Final: r.URL, Validators: v}
	switch n % 10 {
	case 1: // max-age
		resp.Hints.Fresh, resp.FreshStated = time.Duration(n%7+1)*time.Hour, true
		w.peace[r.URL] = now.Add(resp.Hints.Fresh - took)
	case 2: // Retry-After, every second time
		if w.requests%2 == 0 {
			wait := now.Add(time.Duration(n%5+1) * time.Hour)
			w.peace[r.URL], w.domains[group] = wait, later(w.domains[group], wait)
			return nil, &fetch.Error{Problem: feed.Problem{Kind: "status", Text: "too often"}, Status: http.StatusTooManyRequests,
				RetryAfter: wait, Err: errors.New("status 429")}
		}
	case 3: // ttl
		w.peace[r.URL] = now.Add(5*time.Hour - took)
	case 5: // nothing to ask with
		resp.Validators = feed.Validators{URL: r.URL, Final: r.URL}
		w.peace[r.URL] = now.Add(6*time.Hour - took)
	}
	if tag := r.Validators.ETag; tag != "" && tag == v.ETag {
		resp.Status, resp.NotModified = http.StatusNotModified, true
		return resp, nil
	}
	resp.Body = w.document(r.URL, n, now)
	return resp, nil
}

// took is how long an answer takes.
func (w *watched) took(url string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[url] && w.slow > 0 {
		return w.slow
	}
	w.seen[url] = true
	return took
}

// arrive judges a request.
func (w *watched) arrive(url, group string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.requests++
	if last, ok := w.asked[url]; ok && now.Sub(last) < dayFloor {
		w.broken["floor"]++
	}
	if now.Before(w.peace[url]) {
		w.broken[map[int]string{1: "max-age", 2: "Retry-After", 3: "ttl", 5: "blind"}[n%10]]++
	}
	if _, known := w.asked[url]; n%10 == 4 && known && now.UTC().Hour()%6 < 3 {
		w.broken["skipHours"]++
	}
	if w.flying[group] || now.Before(w.domains[group]) {
		w.broken["domain"]++
	}
	w.asked[url], w.flying[group] = now, true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// stories is how many a feed has told: one every few hours.
func (w *watched) stories(n int, now time.Time) int {
	return 3 + int(now.Sub(w.began)/(time.Duration(n%23+1)*time.Hour))
}

func (w *watched) document(url string, n int, now time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title><link>%s</link><description>d</description>`, url, url)
	switch n % 10 {
	case 3:
		b.WriteString(`<ttl>300</ttl>`)
	case 4:
		b.WriteString(`<skipHours>`)
		for h := range 24 {
			if h%6 < 3 {
				fmt.Fprintf(&b, `<hour>%d</hour>`, h)
			}
		}
		b.WriteString(`</skipHours>`)
	}
	for i := range w.stories(n, now) {
		date := w.began.Add(time.Duration(i-2) * time.Duration(n%23+1) * time.Hour)
		fmt.Fprintf(&b, `<item><guid>%s/%d</guid><link>%s/%d</link><title>Story %d of %s</title><pubDate>%s</pubDate></item>`,
			url, i, url, i, i, url, date.UTC().Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	return b.Bytes()
}

// hasty is a store that forgets what was decided about when to poll.
type hasty struct{ aggregator.Store }

func (h hasty) Commit(reports []feed.Report) ([]feed.Outcome, error) {
	for i := range reports {
		reports[i].Poll.Due = time.Now().Add(5 * time.Minute)
		reports[i].Poll.Hints = feed.Hints{}
	}
	return h.Store.Commit(reports)
}

func (h hasty) Claim(q feed.ClaimQuery) ([]feed.Claim, time.Time, error) {
	q.PerGroup, q.Gap = 0, 0
	return h.Store.Claim(q)
}

// liveDay polls n feeds for hours with servers that end every so often, without
// any regard to what is under way.
func liveDay(t *testing.T, n int, hours, life time.Duration, wrap func(aggregator.Store) aggregator.Store) *watched {
	t.Helper()
	return liveLong(t, newWatched(), n, hours, life, wrap)
}

// liveLong is liveDay in a given world.
func liveLong(t *testing.T, w *watched, n int, hours, life time.Duration, wrap func(aggregator.Store) aggregator.Store) *watched {
	t.Helper()
	path := filepath.Join(t.TempDir(), "weir.db")
	sources := make([]feed.Source, n)
	for i := range sources {
		domain := i / 3
		sources[i] = feed.Source{ID: fmt.Sprintf("s%d", i), URL: fmt.Sprintf("https://d%d.example/%d", domain, i), Group: fmt.Sprintf("d%d.example", domain)}
	}
	for time.Since(w.began) < hours {
		s, err := bolt.Open(path, bolt.Options{Command: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Configure(store.Configuration{
			Sources: sources, Channels: []feed.Channel{{ID: feed.ChannelAll}},
			Site: identity.Site{Host: "planet.example", Since: "2026-11-24"}, Rules: identity.Rules{Guard: true},
		}); err != nil {
			t.Fatal(err)
		}
		o := aggregator.Options{Fetcher: w, PerGroup: 1, Gap: dayGap}
		o.Schedule.Floor, o.Schedule.Jitter = dayFloor, true
		ctx, cancel := context.WithTimeout(t.Context(), life)
		if err := aggregator.New(o, wrap(s)).Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run: %v", err)
		}
		cancel()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
	}
	return w
}

// P20, P21, P22, P23, P28, P29, P40, P43, P59: a day of many feeds with all sorts of
// wishes, polled by servers that end every few hours, has no request that
// breaks a rule. Set WEIR_DAY to the number of feeds.
func TestDayOfRestarts(t *testing.T) {
	n := 120
	if v, err := strconv.Atoi(os.Getenv("WEIR_DAY")); err == nil {
		n = v
	}
	synctest.Test(t, func(t *testing.T) {
		w := liveDay(t, n, 24*time.Hour, 5*time.Hour+7*time.Minute, func(s aggregator.Store) aggregator.Store { return s })
		t.Logf("%d requests for %d feeds, %d cut off by a stop, broken rules: %v", w.requests, n, w.cut, w.broken)
		if len(w.broken) > 0 || len(w.asked) != n || w.requests < 2*n || w.requests > 24*n {
			t.Errorf("%d requests for %d of %d feeds, broken rules: %v", w.requests, len(w.asked), n, w.broken)
		}
	})
	// Servers that end every few minutes cut off requests, and the next one knows
	// of those.
	synctest.Test(t, func(t *testing.T) {
		w := newWatched()
		w.slow = 20 * time.Second
		liveLong(t, w, 120, 8*time.Hour, 97*time.Second, func(s aggregator.Store) aggregator.Store { return s })
		t.Logf("%d requests, %d cut off by a stop, broken rules: %v", w.requests, w.cut, w.broken)
		if len(w.broken) > 0 || w.cut == 0 {
			t.Errorf("%d requests cut off, broken rules: %v", w.cut, w.broken)
		}
	})
	// The rig notices a poller that breaks them.
	synctest.Test(t, func(t *testing.T) {
		w := liveDay(t, 30, 7*time.Hour, 2*time.Hour, func(s aggregator.Store) aggregator.Store { return hasty{s} })
		for _, rule := range []string{"floor", "max-age", "Retry-After", "ttl", "blind", "skipHours", "domain"} {
			if w.broken[rule] == 0 {
				t.Errorf("a hasty poller was not caught breaking %s: %v", rule, w.broken)
			}
		}
	})
}
