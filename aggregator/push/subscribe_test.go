package push_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"weir/aggregator/push"
	"weir/feed"
)

// W2, W3, XI11: the topic is what the feed calls itself, the hub must be https,
// and what lies on this machine or behind a secret is told to nobody.
func TestOffers(t *testing.T) {
	src := feed.Source{ID: "a", URL: "https://blog.weir-planet.net/polled"}
	private := feed.Source{ID: "a", URL: "https://blog.weir-planet.net/?key=sesame", Secrets: []string{"sesame"}}
	both := feed.Profile{Hub: hub, Self: topic, Cloud: "http://cloud.weir-planet.net/rpc"}
	cloud := push.Offer{Protocol: feed.RSSCloud, Hub: both.Cloud, Topic: src.URL}
	for what, c := range map[string]struct {
		src  feed.Source
		p    feed.Profile
		want push.Offer
	}{
		"both":             {src, both, offer},
		"hub without self": {src, feed.Profile{Hub: hub}, push.Offer{}},
		"self without hub": {src, feed.Profile{Self: topic}, push.Offer{}},
		"cloud":            {src, feed.Profile{Cloud: both.Cloud}, cloud},
		"no self, cloud":   {src, feed.Profile{Hub: hub, Cloud: both.Cloud}, cloud},
		"private":          {private, both, offer},
		"private, cloud":   {private, feed.Profile{Cloud: both.Cloud}, push.Offer{}},
		"file":             {feed.Source{Kind: feed.File, URL: "/x"}, both, push.Offer{}},
	} {
		if got := push.Offered(&c.src, &c.p); got != c.want {
			t.Errorf("%s: offered %+v, want %+v", what, got, c.want)
		}
	}
	plain := push.Offer{Protocol: feed.WebSub, Hub: "http://hub.weir-planet.net/", Topic: topic}
	if plain.Objection() == "" || offer.Objection() != "" {
		t.Error("a secret would go to a hub in the clear")
	}
	var none feed.Subscription
	if at := push.Due(&none, plain, base, time.Now()); !at.IsZero() {
		t.Errorf("such a hub is asked at %v", at)
	}
}

// What is posted is what the specification wants (W3, XI16).
func TestForm(t *testing.T) {
	now := time.Now()
	s := push.Begin(feed.Subscription{}, offer, push.Fresh(base, feed.WebSub), now)
	f := push.Form(&s)
	secret := f.Get("hub.secret")
	if f.Get("hub.mode") != "subscribe" || f.Get("hub.topic") != topic || f.Get("hub.lease_seconds") != "864000" ||
		!strings.HasPrefix(f.Get("hub.callback"), base) || len(secret) != 64 || secret != s.Current.Secret {
		t.Errorf("subscribing: %v", f)
	}
	s = push.Leave(s, now)
	if f := push.Form(&s); f.Get("hub.mode") != "unsubscribe" || f.Has("hub.secret") || f.Get("hub.callback") != s.Current.Address {
		t.Errorf("leaving: %v", f)
	}
}

// W4, XI02: a renewal has a callback of its own, and the one before holds until
// its lease ends.
func TestRenewal(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	first := d.call
	s := d.sub("a")
	d.now = s.Next
	if at := push.Due(&s, offer, base, d.now); at.After(d.now) {
		t.Fatalf("the renewal is due at %v", at)
	}
	d.begin("a", offer)
	second := d.call
	heard := func(c feed.Callback) bool {
		d.call = c
		d.post("x", sign("sha256", c.Secret, "x"))
		return len(d.book.News()) == 1
	}
	if first.Address == second.Address || first.Secret == second.Secret {
		t.Error("the renewal has the callback of before")
	}
	if !heard(first) {
		t.Error("the old callback is deaf before the new one is verified")
	}
	d.call = second
	if w := d.verify(); w.Code != 200 {
		t.Fatalf("the renewal: %d", w.Code)
	}
	if !heard(first) || !heard(second) {
		t.Error("a callback is deaf although its lease holds")
	}
	d.now = d.now.Add(4 * 24 * time.Hour) // The first lease is over, the second holds.
	if heard(first) {
		t.Error("the old callback is heard after its lease")
	}
	if !heard(second) {
		t.Error("the new callback is deaf")
	}
	d.call = first
	if w := d.post("x", ""); w.Code != 410 {
		t.Errorf("the old callback answers %d", w.Code)
	}
}

// A hub that fails is asked later and later; one that does not verify has failed.
func TestHubFails(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var s feed.Subscription
	want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 168, 168}
	for i, hours := range want {
		s = push.Begin(s, offer, push.Fresh(base, feed.WebSub), now)
		s = push.Refused(s, "away", time.Time{}, now)
		if got := s.Next.Sub(now); got != hours*time.Hour || s.Failures != i+1 || s.Problem != "away" {
			t.Fatalf("failure %d: again in %v, %+v", i+1, got, s)
		}
		now = s.Next
	}
	s = push.Refused(push.Begin(feed.Subscription{}, offer, push.Fresh(base, feed.WebSub), now), "busy", now.Add(5*time.Hour), now)
	if s.Next.Sub(now) != 5*time.Hour {
		t.Errorf("Retry-After is not heeded: %v", s.Next.Sub(now))
	}
	s = push.Refused(push.Begin(feed.Subscription{}, offer, push.Fresh(base, feed.WebSub), now), "busy", now.Add(1000*time.Hour), now)
	if s.Next.Sub(now) != 168*time.Hour {
		t.Errorf("Retry-After is not bounded: %v", s.Next.Sub(now))
	}
	s = push.Accepted(push.Begin(feed.Subscription{}, offer, push.Fresh(base, feed.WebSub), now), now)
	if s.Active(now) || s.Next.Sub(now) != time.Hour { // W5: 202 is no promise
		t.Errorf("taken: %+v", s)
	}
	if s = push.Begin(s, offer, push.Fresh(base, feed.WebSub), s.Next); s.Failures != 1 || !strings.Contains(s.Problem, "not verify") {
		t.Errorf("not verified: %+v", s)
	}
}

// A renewal that fails leaves the lease that holds.
func TestRenewalFails(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	end := d.sub("a").Current.Until
	d.now = d.sub("a").Next
	d.begin("a", offer)
	s := d.book.Change("a", func(s feed.Subscription) feed.Subscription { return push.Refused(s, "away", time.Time{}, d.now) })
	if !s.Active(d.now) || !s.Lease().Equal(end) || s.Active(end) {
		t.Errorf("%+v", s)
	}
}

// XI13, W13: a feed that names another hub each time is subscribed anew at most
// once a day, with nothing left of the one before.
func TestHubChanges(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	other := push.Offer{Protocol: feed.WebSub, Hub: "https://other.weir-planet.net/", Topic: topic}
	s := d.sub("a")
	if at := push.Due(&s, other, base, d.now); at.Sub(d.now) != 24*time.Hour {
		t.Errorf("another hub is asked in %v", at.Sub(d.now))
	}
	before := d.call
	d.now = d.now.Add(24 * time.Hour)
	d.begin("a", other)
	if s := d.sub("a"); s.Hub != other.Hub || s.Active(d.now) || s.Earlier.Address != "" {
		t.Errorf("after the change: %+v", s)
	}
	d.call = before
	if w := d.post("x", sign("sha256", before.Secret, "x")); w.Code != 410 {
		t.Errorf("the hub of before is answered by %d", w.Code)
	}
}

// P35: a hub is relied on once what it announced was there, and no longer once
// something was that it had not announced, or its promise is over.
func TestProof(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	announce := func() { d.post("x", sign("sha256", d.call.Secret, "x")) }
	last := d.now
	poll := func(news bool) (again bool) {
		d.now = d.now.Add(time.Minute)
		again = d.book.Polled("a", last, d.now, news)
		last = d.now
		return again
	}
	is := func(when string, want bool) {
		t.Helper()
		if got := d.book.Reliable("a"); got != want {
			t.Errorf("%s: relied on: %v", when, got)
		}
	}
	is("at first", false)
	poll(true)
	is("after news that nobody announced", false)
	d.now = d.now.Add(time.Minute)
	announce()
	is("announced", false)
	if again := poll(false); !again {
		t.Error("what was announced and is not there yet is not looked for again")
	}
	is("announced and not there", false)
	d.now = d.now.Add(time.Minute)
	announce()
	if again := poll(true); again {
		t.Error("what was announced and came is looked for again")
	}
	is("announced and there", true)
	poll(false)
	is("nothing new", true)
	poll(true)
	is("after news that nobody announced", false)
	d.now = d.now.Add(time.Minute)
	announce()
	poll(true)
	is("proven again", true)
	d.now = d.sub("a").Current.Until
	is("after the lease", false)
}

// What could not be saved is saved later, and the newest of it.
func TestSave(t *testing.T) {
	d := newDesk(t, offer)
	full := errors.New("disk full")
	if err := d.book.Save(false, func(string, *feed.Subscription) error { return full }); !errors.Is(err, full) {
		t.Fatal(err)
	}
	d.verify()
	saved := map[string]*feed.Subscription{}
	write := func(id string, s *feed.Subscription) error { saved[id] = s; return nil }
	if err := d.book.Save(false, write); err != nil || saved["a"] == nil || saved["a"].Current.Until.IsZero() {
		t.Errorf("saved %+v, %v", saved["a"], err)
	}
	other := push.New(push.Options{Now: func() time.Time { return d.now }})
	other.Serve([]string{"/push/"}, nil)
	other.Load(map[string]feed.Subscription{"a": *saved["a"]})
	d.book = other
	if d.post("x", sign("sha256", d.call.Secret, "x")); len(other.News()) != 1 {
		t.Error("what was saved is not what was known")
	}
	other.Forget("a")
	if err := other.Save(false, write); err != nil || saved["a"] != nil {
		t.Errorf("forgotten, saved %+v, %v", saved["a"], err)
	}
	if w := d.post("x", ""); w.Code != 410 {
		t.Errorf("forgotten, answered by %d", w.Code)
	}
}

// A subscription that is left is over when the hub verified that, or did not for
// an hour.
func TestLeaving(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	s := d.book.Change("a", func(s feed.Subscription) feed.Subscription { return push.Leave(s, d.now) })
	if push.Over(&s, d.now) || !push.Over(&s, d.now.Add(61*time.Minute)) || s.Active(d.now) {
		t.Errorf("leaving: %+v", s)
	}
	if w := d.post("x", sign("sha256", d.call.Secret, "x")); w.Code != 410 {
		t.Errorf("a delivery: %d", w.Code)
	}
	if w := d.verify(); w.Code != 404 {
		t.Errorf("subscribing is verified: %d", w.Code)
	}
	if w := d.verify("hub.mode", "unsubscribe"); w.Code != 200 {
		t.Errorf("leaving is verified: %d", w.Code)
	}
	if s = d.sub("a"); !push.Over(&s, d.now) {
		t.Errorf("left: %+v", s)
	}
}

// A site that moved is told to its hubs at once: they reach the old one no more.
func TestSiteMoves(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	const elsewhere = "https://elsewhere.weir-planet.net/push/"
	s := d.sub("a")
	if at := push.Due(&s, offer, elsewhere, d.now); !at.Equal(d.now) {
		t.Errorf("another callback is told in %v", at.Sub(d.now))
	}
	s = push.Begin(s, offer, push.Fresh(elsewhere, feed.WebSub), d.now)
	if s.Active(d.now) || s.Earlier.Address != "" || s.Failures != 0 {
		t.Errorf("after the move: %+v", s)
	}
}

// W8: what a hub answers after it denied changes nothing, and what it says of why
// repeats no secret (XI16).
func TestDeniedAndRefused(t *testing.T) {
	d := newDesk(t, offer)
	d.get(d.path(), "hub.mode", "denied", "hub.topic", topic, "hub.reason", "no "+d.call.Secret+" at "+d.call.Address)
	s := d.sub("a")
	if s.Problem != "the hub denied it: no ••• at •••" {
		t.Errorf("told: %s", s.Problem)
	}
	if after := push.Refused(s, "broken", time.Time{}, d.now); after != s {
		t.Errorf("afterwards: %+v", after)
	}
}
