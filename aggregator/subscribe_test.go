package aggregator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/aggregator/push"
	"weir/aggregator/schedule"
	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

const callbacks = "https://stream.weir-planet.net/push/"

// hubs stands where the network stands: a site whose feed names a hub, and that
// hub, which verifies before it answers.
type hubs struct {
	t    *testing.T
	book *push.Book
	mu   sync.Mutex
	// offered is what the feed names; items is how much it tells.
	offered string
	items   int
	headers bool
	polls   []time.Time
	// asked are the forms, by when; away refuses all.
	asked []hubRequest
	away  bool
	lease string
	// echo refuses and repeats what was sent; sources is how many there are, 0
	// for one.
	echo bool
	// base is below what callbacks are.
	base string
	// miser refuses whoever wishes for more than a day.
	miser   bool
	sources int
}

type hubRequest struct {
	form url.Values
	at   time.Time
	hub  string
}

func (h *hubs) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.polls = append(h.polls, time.Now())
	links := fmt.Sprintf(`<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="%s"/><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://blog.weir-planet.net/self"/>`, h.offered)
	if h.offered == "" {
		links = ""
	}
	body := strings.Replace(string(rss("https://blog.weir-planet.net/", h.items)), "<description>", links+"<description>", 1)
	resp := &fetch.Response{Status: 200, Body: []byte(body), Final: r.URL, Validators: feed.Validators{URL: r.URL, Final: r.URL, ETag: fmt.Sprint(h.items, h.offered)}}
	if h.headers {
		resp.Links = []string{`<https://header.weir-planet.net/>; rel="hub", </canonical>; rel="self"`}
	}
	return resp, nil
}

func (h *hubs) Post(_ context.Context, f fetch.Form) (*fetch.Response, error) {
	h.mu.Lock()
	h.asked = append(h.asked, hubRequest{f.Values, time.Now(), f.URL})
	away, lease, echo, miser := h.away, h.lease, h.echo, h.miser
	h.mu.Unlock()
	if miser && f.Values.Get("hub.lease_seconds") != "86400" {
		return nil, &fetch.Error{Status: 400, Problem: feed.Problem{Kind: "status", Text: "The server refused."}}
	}
	if echo {
		return nil, &fetch.Error{Status: 400, Problem: feed.Problem{Kind: "status", Text: "The server refused."},
			Detail: "I cannot take " + f.Values.Get("hub.secret") + " for " + f.Values.Get("hub.callback")}
	}
	if away {
		return nil, &fetch.Error{Status: 500, Problem: feed.Problem{Kind: "status", Text: "The server is broken."}}
	}
	q := url.Values{"hub.mode": f.Values["hub.mode"], "hub.topic": f.Values["hub.topic"], "hub.challenge": {"abc"}, "hub.lease_seconds": {lease}}
	h.call(httptest.NewRequest(http.MethodGet, f.Values.Get("hub.callback")+"?"+q.Encode(), nil))
	return &fetch.Response{Status: 202}, nil
}

func (h *hubs) call(r *http.Request) int {
	w := httptest.NewRecorder()
	h.book.Before(http.NotFoundHandler()).ServeHTTP(w, r)
	return w.Code
}

// announce delivers at the newest callback.
func (h *hubs) announce() int {
	h.t.Helper()
	last := h.requests()[len(h.requests())-1].form
	mac := hmac.New(sha256.New, []byte(last.Get("hub.secret")))
	mac.Write([]byte("news"))
	r := httptest.NewRequest(http.MethodPost, last.Get("hub.callback"), strings.NewReader("news"))
	r.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return h.call(r)
}

func (h *hubs) requests() []hubRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]hubRequest(nil), h.asked...)
}

func (h *hubs) polled() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.polls)
}

func (h *hubs) set(do func(*hubs)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	do(h)
}

// subscribing runs a poller and a subscriber on a real store until end.
func subscribing(t *testing.T, h *hubs, path string) (s *bolt.Store, end func()) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	sources := []feed.Source{{ID: "a", URL: "https://blog.weir-planet.net/polled", Group: "weir-planet.net"}}
	for i := 1; i < h.sources; i++ {
		sources = append(sources, feed.Source{ID: fmt.Sprintf("a%d", i), URL: fmt.Sprintf("https://blog%d.weir-planet.net/polled", i)})
	}
	if err := s.Configure(store.Configuration{
		Sources:  sources,
		Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"},
	}); err != nil {
		t.Fatal(err)
	}
	known, err := s.Subscriptions()
	if err != nil {
		t.Fatal(err)
	}
	h.book = push.New(push.Options{})
	h.book.Load(known)
	h.book.Serve([]string{"/push/"}, nil)
	var sub *aggregator.Subscriber
	p := aggregator.New(aggregator.Options{
		Fetcher: h, Schedule: schedule.Options{Default: 6 * time.Hour}, Announced: h.book.Reliable,
		Progress: func(e aggregator.Event) { sub.Polled(e) },
	}, s)
	sub = aggregator.NewSubscriber(aggregator.SubscriberOptions{
		Book: h.book, Store: s, Poster: h, Reader: p, Base: h.base, Every: 6 * time.Hour, Logger: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- p.Run(ctx) }()
	go func() { ended <- sub.Run(ctx) }()
	return s, func() {
		t.Helper()
		cancel()
		for range 2 {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("ended: %v", err)
			}
		}
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	}
}

const hubOne = "https://hub.weir-planet.net/"

func newHubs(t *testing.T) *hubs {
	return &hubs{t: t, offered: hubOne, base: callbacks, items: 2, lease: "864000"}
}

// W2, W7, W13: a hub is asked for the feed's own address, and anew at two thirds
// of its lease, every time with another callback.
func TestSubscriptionIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		_, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		time.Sleep(30 * 24 * time.Hour)
		end()
		asked := h.requests()
		if len(asked) != 5 {
			t.Fatalf("asked %d times in 30 days with leases of 10", len(asked))
		}
		seen := map[string]bool{}
		for i, r := range asked {
			f := r.form
			if r.hub != hubOne || f.Get("hub.topic") != "https://blog.weir-planet.net/self" || seen[f.Get("hub.callback")] || seen[f.Get("hub.secret")] {
				t.Errorf("request %d: %v", i, f)
			}
			seen[f.Get("hub.callback")], seen[f.Get("hub.secret")] = true, true
			if i == 0 {
				continue
			}
			if gap := r.at.Sub(asked[i-1].at); gap < 6*24*time.Hour || gap > 160*time.Hour+3*time.Minute {
				t.Errorf("renewed after %v", gap)
			}
		}
	})
}

// P35: news that is announced is read at once, and the feed asked once a day
// while its hub keeps its word; when the hub's promise ends it is polled as
// before.
func TestAnnouncedNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		s, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		defer func() { end() }()
		time.Sleep(time.Hour)
		h.set(func(h *hubs) { h.items = 3 })
		if status := h.announce(); status != http.StatusAccepted {
			t.Fatalf("the delivery: %d", status)
		}
		time.Sleep(time.Second)
		if list, err := s.Sources(); err != nil || list[0].State.Doc.Entries != 3 {
			t.Fatalf("a second after the announcement: %+v, %v", list, err)
		}
		time.Sleep(time.Minute)
		before := h.polled()
		time.Sleep(5 * 24 * time.Hour)
		if n := h.polled() - before; n < 4 || n > 6 {
			t.Errorf("asked %d times in five days with a hub", n)
		}
		h.set(func(h *hubs) { h.away = true })
		promise := h.book.Subscriptions()["a"]
		time.Sleep(time.Until(promise.Lease()) - time.Second)
		before = h.polled()
		time.Sleep(2 * time.Minute)
		if list, err := s.Sources(); err != nil || list[0].Push.State != "failing" || !list[0].Push.Proven.IsZero() {
			t.Errorf("without a hub: %+v, %v", list[0].Push, err)
		}
		if n := h.polled() - before; n != 1 {
			t.Errorf("asked %d times when the hub's promise ended", n)
		}
	})
}

// What is announced before it is there, as where a publisher has many servers, is
// looked for once more.
func TestAnnouncedTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		s, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		defer func() { end() }()
		time.Sleep(time.Hour)
		h.announce()
		time.Sleep(time.Second)
		before := h.polled()
		h.set(func(h *hubs) { h.items = 3 })
		time.Sleep(16 * time.Minute)
		if list, err := s.Sources(); err != nil || list[0].State.Doc.Entries != 3 || h.polled() != before+1 {
			t.Errorf("%d polls, %d entries, %v", h.polled()-before, list[0].State.Doc.Entries, err)
		}
	})
}

// What was announced before the end of a server is read by the next one, and the
// hub is not asked again for what it promised.
func TestAnnouncedAndEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, path := newHubs(t), filepath.Join(t.TempDir(), "weir.db")
		_, end := subscribing(t, h, path)
		time.Sleep(time.Minute) // within the floor, so that the source is not read yet
		h.set(func(h *hubs) { h.items = 3 })
		h.announce()
		time.Sleep(time.Second)
		end()
		s, end := subscribing(t, h, path)
		defer end()
		time.Sleep(20 * time.Minute)
		if list, err := s.Sources(); err != nil || list[0].State.Doc.Entries != 3 {
			t.Errorf("after the restart: %d entries, %v", list[0].State.Doc.Entries, err)
		}
		if n := len(h.requests()); n != 1 {
			t.Errorf("the hub was asked %d times", n)
		}
		if status := h.announce(); status != http.StatusAccepted {
			t.Errorf("the hub is answered by %d after the restart", status)
		}
	})
}

// XI13: a feed that names another hub in every answer is subscribed anew once a
// day at most.
func TestHubsThatChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		_, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		for i := range 4 * 24 {
			h.set(func(h *hubs) { h.items++; h.offered = fmt.Sprintf("https://hub%d.weir-planet.net/", i) })
			time.Sleep(time.Hour)
		}
		end()
		if n := len(h.requests()); n < 3 || n > 5 {
			t.Errorf("asked %d hubs in four days", n)
		}
	})
}

// W1: headers come before the document.
func TestHubInHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		h.headers = true
		_, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		time.Sleep(time.Minute)
		end()
		asked := h.requests()
		if len(asked) != 1 || asked[0].hub != "https://header.weir-planet.net/" ||
			asked[0].form.Get("hub.topic") != "https://blog.weir-planet.net/canonical" {
			t.Errorf("asked %+v", asked)
		}
	})
}

// A hub that is away is asked less and less often.
func TestHubIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		h.away = true
		s, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		time.Sleep(30 * 24 * time.Hour)
		if n := len(h.requests()); n < 9 || n > 12 {
			t.Errorf("asked %d times in 30 days", n)
		}
		if list, err := s.Sources(); err != nil || !strings.Contains(list[0].Push.Problem, "The server is broken.") {
			t.Errorf("told: %+v, %v", list[0].Push, err)
		}
		end()
	})
}

// W8: a hub that denies, or a feed that names another one, leaves the source to be
// polled at once and as before, however well it had done.
func TestProvenHubEnds(t *testing.T) {
	for what, end := range map[string]func(h *hubs){
		"denied": func(h *hubs) {
			last := h.requests()[0].form
			q := url.Values{"hub.mode": {"denied"}, "hub.topic": last["hub.topic"]}
			h.call(httptest.NewRequest(http.MethodGet, last.Get("hub.callback")+"?"+q.Encode(), nil))
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHubs(t)
				s, stop := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
				defer stop()
				time.Sleep(time.Hour)
				h.set(func(h *hubs) { h.items = 3 })
				h.announce()
				time.Sleep(time.Hour)
				if list, err := s.Sources(); err != nil || list[0].Push.Proven.IsZero() {
					t.Fatalf("not proven: %+v, %v", list[0].Push, err)
				}
				before := h.polled()
				end(h)
				time.Sleep(3 * time.Minute)
				if n := h.polled() - before; n != 1 {
					t.Errorf("polled %d times", n)
				}
				if list, err := s.Sources(); err != nil || !list[0].Push.Proven.IsZero() || time.Until(list[0].State.Poll.Due) > 13*time.Hour {
					t.Errorf("afterwards: %+v, due in %v, %v", list[0].Push, time.Until(list[0].State.Poll.Due), err)
				}
			})
		})
	}
}

// XI16: what a hub says of a request is told without the secret that it repeats.
func TestHubRepeatsTheSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		h.echo = true
		s, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		defer end()
		time.Sleep(time.Minute)
		form := h.requests()[0].form
		list, err := s.Sources()
		if err != nil || !strings.Contains(list[0].Push.Problem, "I cannot take •••") ||
			strings.Contains(list[0].Push.Problem, form.Get("hub.secret")) || strings.Contains(list[0].Push.Problem, form.Get("hub.callback")) {
			t.Errorf("told: %+v, %v", list[0].Push, err)
		}
	})
}

// A hub of thousands of sources is asked about all of them, a second apart.
func TestHubOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		h.sources = 300
		_, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		defer end()
		time.Sleep(20 * time.Minute)
		asked := h.requests()
		if len(asked) != 300 {
			t.Errorf("asked about %d of 300 sources", len(asked))
		}
		for i := 1; i < len(asked); i++ {
			if gap := asked[i].at.Sub(asked[i-1].at); gap < time.Second {
				t.Fatalf("asked again after %v", gap)
			}
		}
	})
}

// A hub that refuses to grant what is wished for is asked for a day.
func TestHubRefusesTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		h.miser = true
		s, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		defer end()
		time.Sleep(time.Minute)
		if list, err := s.Sources(); err != nil || list[0].Push.State != "active" || len(h.requests()) != 2 {
			t.Errorf("%d requests, %+v, %v", len(h.requests()), list[0].Push, err)
		}
	})
}

// A server that hubs do not reach asks none; one that is reached no longer leaves
// those that it had asked.
func TestHubsDoNotReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, path := newHubs(t), filepath.Join(t.TempDir(), "weir.db")
		h.base = ""
		_, end := subscribing(t, h, path)
		time.Sleep(time.Hour)
		end()
		if n := len(h.requests()); n != 0 {
			t.Errorf("asked %d times", n)
		}
		h.base = callbacks
		_, end = subscribing(t, h, path)
		time.Sleep(time.Hour)
		end()
		h.base = ""
		s, end := subscribing(t, h, path)
		defer end()
		time.Sleep(2 * time.Hour)
		asked := h.requests()
		if n := len(asked); n != 2 || asked[n-1].form.Get("hub.mode") != "unsubscribe" {
			t.Errorf("asked %v", asked)
		}
		if left, err := s.Subscriptions(); err != nil || len(left) != 0 {
			t.Errorf("still subscribed: %v, %v", left, err)
		}
	})
}

// XI13: a feed that names its hub in every other answer has it asked no more often
// than others.
func TestHubThatComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHubs(t)
		h.away = true
		_, end := subscribing(t, h, filepath.Join(t.TempDir(), "weir.db"))
		for i := range 4 * 24 {
			h.set(func(h *hubs) {
				h.items++
				h.offered = map[bool]string{true: hubOne}[i%2 == 0]
			})
			time.Sleep(time.Hour)
		}
		end()
		if n := len(h.requests()); n < 2 || n > 14 {
			t.Errorf("asked %d times in four days", n)
		}
	})
}
