package aggregator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

const day = 24 * time.Hour

// clock is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// site is a server that answers by script, asked by the real client for the
// real poller, while days pass by hand.
type site struct {
	*clock
	t      *testing.T
	srv    *httptest.Server
	poller *aggregator.Poller
	store  *bolt.Store

	mu     sync.Mutex
	script map[string]http.HandlerFunc
	asked  []string
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.Path)
	do := s.script[r.URL.Path]
	s.mu.Unlock()
	if do == nil {
		http.NotFound(w, r)
		return
	}
	do(w, r)
}

func (s *site) on(path string, do http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[path] = do
}

// open starts a server and a poller of the given paths, sources s0, s1 ….
func openSite(t *testing.T, paths ...string) *site {
	s := &site{clock: &clock{at: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)}, t: t, script: map[string]http.HandlerFunc{}}
	s.srv = httptest.NewServer(s)
	t.Cleanup(s.srv.Close)
	var err error
	if s.store, err = bolt.Open(filepath.Join(t.TempDir(), "weir.db"), bolt.Options{Command: "test", Now: s.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	client, err := fetch.New(fetch.Options{UserAgent: "weir/test", AllowPrivate: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	o := aggregator.Options{Fetcher: client, Now: s.now, Addresses: map[string]string{}}
	cfg := store.Configuration{
		Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"}, Rules: identity.Rules{Guard: true},
	}
	for i, p := range paths {
		id := fmt.Sprintf("s%d", i)
		cfg.Sources = append(cfg.Sources, feed.Source{ID: id, URL: s.srv.URL + p})
		o.Addresses[id] = s.srv.URL + p
		s.on(p, document(2))
	}
	if err := s.store.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	s.poller = aggregator.New(o, s.store)
	return s
}

// poll polls what is due and returns the state of s0, and what was asked.
func (s *site) poll(sel aggregator.Selection) (feed.PollState, string) {
	s.t.Helper()
	s.mu.Lock()
	s.asked = nil
	s.mu.Unlock()
	cycle(s.t, s.poller, sel)
	list, err := s.store.Sources()
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return list[0].State.Poll, strings.Join(s.asked, " ")
}

func document(items int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write(rss("http://blog.example", items))
	}
}

func answer(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
	}
}

func page(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<!doctype html><html><head>%s</head><body></body></html>", body)
	}
}

// P51, P52: an address to which 301 leads is asked directly once it held for
// four answers and 14 days, in the store alone; 302 never is.
func TestMoveIsAdopted(t *testing.T) {
	s := openSite(t, "/old")
	s.on("/new", document(2))
	s.on("/old", answer(301, "Location", "/new"))
	var asked string
	for n := range 14 {
		if _, asked = s.poll(aggregator.Selection{}); asked != "/old /new" {
			t.Fatalf("on day %d asked %q", n, asked)
		}
		s.pass(day)
	}
	if _, asked = s.poll(aggregator.Selection{}); asked != "/new" {
		t.Errorf("after 14 days asked %q", asked)
	}
	list, err := s.store.Sources()
	if err != nil || list[0].Source.URL != s.srv.URL+"/old" {
		t.Errorf("the source is now %q, %v", list[0].Source.URL, err)
	}
	// The new address fails for good: the old one is tried in turn, and heals.
	s.on("/new", answer(500))
	s.on("/old", document(2))
	for range 4 {
		s.pass(8 * day)
		_, asked = s.poll(aggregator.Selection{})
	}
	if st, _ := s.poll(aggregator.Selection{}); asked != "/old" || st.Moved != "" || st.Failing() {
		t.Errorf("a move that turned out wrong: asked %q, moved to %q", asked, st.Moved)
	}

	s.on("/old", answer(302, "Location", "/elsewhere"))
	s.on("/elsewhere", document(2))
	for range 20 {
		s.pass(day)
		_, asked = s.poll(aggregator.Selection{})
	}
	if asked != "/old /elsewhere" {
		t.Errorf("a temporary redirect was remembered: asked %q", asked)
	}
}

// P53: a front page, a login page and a feed that is a source already are not
// where a source moves to.
func TestMoveTraps(t *testing.T) {
	for _, target := range []string{"/", "/wp-login.php", "/other"} {
		s := openSite(t, "/old/feed", "/other")
		s.on("/old/feed", answer(301, "Location", target))
		s.on(target, document(2))
		for range 20 {
			s.poll(aggregator.Selection{})
			s.pass(day)
		}
		if st, asked := s.poll(aggregator.Selection{Sources: []string{"s0"}}); st.Moved != "" || !strings.HasPrefix(asked, "/old/feed") {
			t.Errorf("to %s: moved %q, asked %q", target, st.Moved, asked)
		}
	}
}

// P56, XG06: what is gone is not asked for a year, also when all sources are
// wanted; its entries stay, and the operator resumes it by its name.
func TestGone(t *testing.T) {
	s := openSite(t, "/feed", "/b")
	s.poll(aggregator.Selection{})
	s.pass(day)
	s.on("/feed", answer(410))
	if st, _ := s.poll(aggregator.Selection{}); !st.Alarming() || st.Due.Before(s.now().Add(364*day)) {
		t.Errorf("after 410 %+v", st)
	}
	for range 30 {
		s.pass(10 * day)
		if _, asked := s.poll(aggregator.Selection{All: true}); asked != "/b" {
			t.Fatalf("asked %q", asked)
		}
	}
	w, err := s.store.Window(feed.Query{Channel: feed.ChannelAll, Limit: 9})
	if err != nil || len(w.Entries) == 0 {
		t.Errorf("%d entries left, %v", len(w.Entries), err)
	}
	s.on("/feed", document(3))
	if st, asked := s.poll(aggregator.Selection{All: true, Sources: []string{"s0"}}); asked != "/feed" || st.Failing() {
		t.Errorf("resumed: asked %q, %+v", asked, st)
	}
	s.pass(25 * time.Hour)
	if _, asked := s.poll(aggregator.Selection{Sources: []string{"s0"}}); asked != "/feed" {
		t.Errorf("a source that came back is asked %q", asked)
	}
}

// P55, P57, P63: what is missing is asked ever less often: 1 h, 2 h, 4 h … a
// week, and after a month of it once a month; the first success ends that.
func TestMissingDecays(t *testing.T) {
	for status, first := range map[int]time.Duration{404: 6 * time.Hour, 401: 6 * time.Hour, 451: 6 * time.Hour} {
		s := openSite(t, "/feed")
		s.poll(aggregator.Selection{})
		s.on("/feed", answer(status))
		s.pass(day)
		var gaps []time.Duration
		began := s.now()
		for s.now().Sub(began) < 200*day {
			st, asked := s.poll(aggregator.Selection{})
			if asked != "/feed" {
				t.Fatalf("%d: asked %q", status, asked)
			}
			gaps = append(gaps, st.Due.Sub(st.Tried))
			s.pass(st.Due.Sub(s.now()))
		}
		last := gaps[len(gaps)-1]
		if gaps[0] < first || last < 30*day || len(gaps) > 20 {
			t.Errorf("%d: gaps %v", status, gaps)
		}
		for i := 1; i < len(gaps); i++ {
			if gaps[i] < gaps[i-1] {
				t.Errorf("%d: gaps %v", status, gaps)
			}
		}
		s.on("/feed", document(3))
		if st, _ := s.poll(aggregator.Selection{}); st.Failing() || st.Due.Sub(st.Tried) > 25*time.Hour {
			t.Errorf("%d: back again, next in %v", status, st.Due.Sub(st.Tried))
		}
	}
}

// P57, P58, P65, XG05: pages that come in place of a feed are told apart, are
// left alone for long, and change nothing: items and validators stay.
func TestPagesInPlaceOfAFeed(t *testing.T) {
	for _, tt := range []struct {
		name, kind string
		least      time.Duration
		do         http.HandlerFunc
	}{
		{"challenge by header", "challenge", day, answer(403, "Cf-Mitigated", "challenge", "Content-Type", "text/html")},
		{"challenge by page", "challenge", day, page(`<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>`)},
		{"refused", "status", 4 * time.Hour, answer(403)},
		{"login form", "login", 4 * time.Hour, page(`<form><input name="p" type="password"></form>`)},
		{"sent to a login", "login", 4 * time.Hour, answer(302, "Location", "/account/login")},
		{"parked", "parked", day, page(`<script src="https://img.sedoparking.com/js/jquery.js"></script>`)},
		{"meta refresh", "not-a-feed", time.Hour, page(`<meta http-equiv="refresh" content="0; url=/trap">`)},
		{"a page", "not-a-feed", time.Hour, page(`<title>We moved</title>`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := openSite(t, "/feed")
			s.on("/account/login", page("<title>Who are you?</title>"))
			s.on("/trap", document(5))
			before, _ := s.poll(aggregator.Selection{})
			s.pass(day)
			s.on("/feed", tt.do)
			st, asked := s.poll(aggregator.Selection{})
			if st.Problem.Kind != tt.kind || st.Due.Sub(st.Tried) < tt.least || st.Validators != before.Validators {
				t.Errorf("%+v, next in %v", st.Problem, st.Due.Sub(st.Tried))
			}
			if strings.Contains(asked, "/trap") {
				t.Errorf("asked %q: a refresh in a page was followed", asked)
			}
			s.pass(8 * day)
			s.on("/feed", document(2))
			if st, _ := s.poll(aggregator.Selection{}); st.Failing() {
				t.Errorf("the feed is back: %+v", st.Problem)
			}
		})
	}
}

// An article about any of that is still an article.
func TestFeedsAboutPages(t *testing.T) {
	s := openSite(t, "/feed")
	s.on("/feed", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`<rss version="2.0"><channel><title>&lt;html&gt;</title><link>https://b.example/</link><description>d</description>
<item><guid>1</guid><title>About sedoparking.com and /cdn-cgi/challenge-platform/</title><link>https://b.example/1</link>
<description>&lt;input type="password"></description></item></channel></rss>`))
	})
	if st, _ := s.poll(aggregator.Selection{}); st.Failing() {
		t.Errorf("%+v", st.Problem)
	}
}
