package push_test

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"weir/aggregator/push"
	"weir/feed"
)

const (
	base  = "https://stream.weir-planet.net/push/"
	topic = "https://blog.weir-planet.net/feed"
	hub   = "https://hub.weir-planet.net/"
)

var offer = push.Offer{Protocol: feed.WebSub, Hub: hub, Topic: topic}

// desk is a book with one subscription that was just asked for, and its clock.
type desk struct {
	t    *testing.T
	book *push.Book
	now  time.Time
	call feed.Callback
}

func newDesk(t *testing.T, o push.Offer) *desk {
	d := &desk{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	d.book = push.New(push.Options{MaxBody: 1 << 10, Now: func() time.Time { return d.now }})
	d.book.Serve([]string{"/push/"}, map[string]bool{"trusted": true})
	d.begin("a", o)
	return d
}

func (d *desk) begin(source string, o push.Offer) {
	d.call = push.Fresh(base, o.Protocol)
	d.book.Change(source, func(s feed.Subscription) feed.Subscription { return push.Begin(s, o, d.call, d.now) })
}

func (d *desk) sub(source string) feed.Subscription { return d.book.Subscriptions()[source] }

func (d *desk) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.book.Before(http.NotFoundHandler()).ServeHTTP(w, r)
	return w
}

func (d *desk) path() string {
	return strings.TrimPrefix(d.call.Address, "https://stream.weir-planet.net")
}

func (d *desk) get(path string, pairs ...string) *httptest.ResponseRecorder {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return d.do(httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil))
}

func (d *desk) verify(pairs ...string) *httptest.ResponseRecorder {
	all := []string{"hub.mode", "subscribe", "hub.topic", topic, "hub.challenge", "abc", "hub.lease_seconds", "864000"}
	return d.get(d.path(), append(all, pairs...)...)
}

func (d *desk) post(body string, signature string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, d.path(), strings.NewReader(body))
	if signature != "" {
		r.Header.Set("X-Hub-Signature", signature)
	}
	return d.do(r)
}

func sign(method, secret, body string) string {
	digests := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	mac := hmac.New(digests[method], []byte(secret))
	_, _ = io.WriteString(mac, body)
	return method + "=" + hex.EncodeToString(mac.Sum(nil))
}

// W6, XI01: only what was asked for, and for as long as it may be, is verified;
// the answer is the challenge and nothing else.
func TestVerification(t *testing.T) {
	for what, c := range map[string]struct {
		pairs []string
		late  bool
		want  int
	}{
		"as asked":          {nil, false, 200},
		"another topic":     {[]string{"hub.topic", "https://other.example/"}, false, 404},
		"another mode":      {[]string{"hub.mode", "unsubscribe"}, false, 404},
		"no mode":           {[]string{"hub.mode", ""}, false, 404},
		"mode of a hub":     {[]string{"hub.mode", "publish"}, false, 404},
		"too late":          {nil, true, 404},
		"no challenge":      {[]string{"hub.challenge", ""}, false, 404},
		"long challenge":    {[]string{"hub.challenge", strings.Repeat("a", 1025)}, false, 404}, // XI08
		"longest challenge": {[]string{"hub.challenge", strings.Repeat("a", 1024)}, false, 200},
		"markup":            {[]string{"hub.challenge", "<script>"}, false, 404}, // XI08
		"spaces":            {[]string{"hub.challenge", "a b"}, false, 404},
	} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t, offer)
			if c.late {
				d.now = d.now.Add(time.Hour + time.Second)
			}
			w := d.verify(c.pairs...)
			if w.Code != c.want {
				t.Fatalf("answered by %d, want %d", w.Code, c.want)
			}
			if active := d.book.Subscriptions()["a"]; active.Active(d.now) != (c.want == 200) {
				t.Errorf("afterwards: %+v", active)
			}
			if w.Code != 200 {
				return
			}
			// XI08: what is reflected is no page.
			h := w.Header()
			if h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", h)
			}
			if got := w.Body.String(); got != "abc" && got != strings.Repeat("a", 1024) {
				t.Errorf("body %q", got)
			}
		})
	}
	d := newDesk(t, offer)
	if w := d.get("/push/"+strings.Repeat("0", 32), "hub.mode", "subscribe", "hub.topic", topic, "hub.challenge", "abc"); w.Code != 404 {
		t.Errorf("a token that nobody made: %d", w.Code)
	}
	if w := d.do(httptest.NewRequest(http.MethodPut, d.path(), nil)); w.Code != 405 || w.Header().Get("Allow") == "" {
		t.Errorf("PUT: %d", w.Code)
	}
	if w := d.get("/push/rss.xml"); w.Body.String() != "404 page not found\n" {
		t.Error("what is no callback was not left to the others")
	}
}

// W7, XI09: the lease is that of the verification, bounded, and a verification
// that is sent again extends nothing.
func TestLease(t *testing.T) {
	for granted, want := range map[string]time.Duration{
		"864000": 10 * 24 * time.Hour, "3600": time.Hour,
		"0": 10 * time.Minute, "-5": 10 * time.Minute, "": 24 * time.Hour, "forever": 24 * time.Hour, "1.5": 24 * time.Hour,
		"1000000000000": 30 * 24 * time.Hour, "99999999999999999999999": 30 * 24 * time.Hour,
	} {
		d := newDesk(t, offer)
		if w := d.verify("hub.lease_seconds", granted); w.Code != 200 {
			t.Fatalf("%q: answered by %d", granted, w.Code)
		}
		s := d.sub("a")
		if got := s.Lease().Sub(d.now); got != want {
			t.Errorf("%q is a lease of %v, want %v", granted, got, want)
		}
		// Renewal at two thirds, at most a twentieth of the lease sooner, and
		// never at once.
		if wait := s.Next.Sub(d.now); wait > max(want/3*2, 10*time.Minute) || wait < max(want/3*2-want/20, 10*time.Minute) {
			t.Errorf("%q is renewed after %v", granted, wait)
		}
		before := s
		d.now = d.now.Add(10 * time.Minute)
		if w := d.verify("hub.lease_seconds", "2000000"); w.Code != 200 || d.sub("a") != before {
			t.Errorf("a verification sent again: %d, %+v", w.Code, d.sub("a"))
		}
	}
}

// W8, XI10: whoever knows the callback may end it, nobody else; it is asked for
// again in a week, and polling goes on.
func TestDenial(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	for _, pairs := range [][]string{
		{"/push/" + strings.Repeat("0", 32), topic}, {d.path(), "https://other.example/"},
	} {
		d.get(pairs[0], "hub.mode", "denied", "hub.topic", pairs[1])
		if s := d.sub("a"); !s.Active(d.now) {
			t.Fatalf("ended by %v", pairs)
		}
	}
	if w := d.get(d.path(), "hub.mode", "denied", "hub.topic", topic, "hub.reason", "no\nmore\x00"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("the denial: %d %q", w.Code, w.Body)
	}
	s := d.sub("a")
	if s.Active(d.now) || s.Problem != "the hub denied it: nomore" || s.Next.Sub(d.now) != 7*24*time.Hour {
		t.Errorf("afterwards: %+v", s)
	}
	// A hub may deny before its answer to the request was read.
	if after := push.Accepted(s, d.now); after != s {
		t.Errorf("denied, then taken: %+v", after)
	}
	if at := push.Due(&s, offer, base, d.now); !at.Equal(s.Next) {
		t.Errorf("due at %v", at)
	}
}

// W9, W10, XI03: what is signed with SHA-2 is heard. All else is answered the
// same and ignored, but counted.
func TestSignatures(t *testing.T) {
	for what, c := range map[string]struct {
		sign  func(secret, body string) string
		heard bool
	}{
		"sha256":     {func(s, b string) string { return sign("sha256", s, b) }, true},
		"sha384":     {func(s, b string) string { return sign("sha384", s, b) }, true},
		"sha512":     {func(s, b string) string { return sign("sha512", s, b) }, true},
		"upper case": {func(s, b string) string { return strings.ToUpper(sign("sha256", s, b)) }, true},
		"sha1":       {func(s, b string) string { return sign("sha1", s, b) }, false},
		"none":       {func(string, string) string { return "" }, false},
		"md5":        {func(string, string) string { return "md5=00" }, false},
		"no method":  {func(s, b string) string { return "=" + sign("sha256", s, b)[7:] }, false},
		"no digits":  {func(string, string) string { return "sha256=zz" }, false},
		"cut":        {func(s, b string) string { return sign("sha256", s, b)[:50] }, false},
		"of another": {func(s, b string) string { return sign("sha256", s, b+"!") }, false},
		"empty key":  {func(_, b string) string { return sign("sha256", "", b) }, false},
	} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t, offer)
			d.verify()
			if w := d.post("<feed/>", c.sign(d.call.Secret, "<feed/>")); w.Code != http.StatusAccepted {
				t.Errorf("answered by %d", w.Code)
			}
			s, news := d.sub("a"), d.book.News()
			if heard := len(news) == 1; heard != c.heard || s.Heeded+s.Ignored != 1 || (s.Ignored == 0) != c.heard || (s.Doubt == "") != c.heard {
				t.Errorf("heard %v: %+v", heard, s)
			}
		})
	}
	d := newDesk(t, offer)
	if w := d.do(httptest.NewRequest(http.MethodPost, "/push/"+strings.Repeat("0", 32), nil)); w.Code != http.StatusGone {
		t.Errorf("a subscription that nobody has: %d", w.Code) // W9
	}
}

// XI04, W11: the secret of one subscription opens no other, whatever the
// delivery says of itself.
func TestSecretsAreApart(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	first := d.call
	d.begin("b", push.Offer{Protocol: feed.WebSub, Hub: hub, Topic: topic + "/b"})
	r := httptest.NewRequest(http.MethodPost, d.path(), strings.NewReader("x"))
	r.Header.Set("X-Hub-Signature", sign("sha256", first.Secret, "x"))
	r.Header.Set("Link", "<"+topic+">; rel=self")
	d.do(r)
	if news := d.book.News(); len(news) != 0 {
		t.Errorf("heard %v", news)
	}
	if d.call.Secret == first.Secret || len(first.Secret) != 64 || d.call.Address == first.Address {
		t.Error("secrets and callbacks are not each their own (XI02, XI16)")
	}
}

// XI05: a body is bounded before anything is made of it; one that is packed is
// what was signed, and not unpacked.
func TestBodies(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	for size, heard := range map[int]bool{1 << 10: true, 1<<10 + 1: false} {
		body := strings.Repeat("x", size)
		if w := d.post(body, sign("sha256", d.call.Secret, body)); w.Code != http.StatusAccepted {
			t.Errorf("%d bytes: answered by %d", size, w.Code)
		}
		if got := len(d.book.News()) == 1; got != heard {
			t.Errorf("%d bytes: heard %v", size, got)
		}
	}
	d.begin("trusted", offer)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, "<feed/>")
	z.Close()
	for coding, body := range map[string]string{"gzip": packed.String(), "": "<feed/>"} {
		r := httptest.NewRequest(http.MethodPost, d.path(), strings.NewReader(body))
		r.Header.Set("X-Hub-Signature", sign("sha256", d.call.Secret, body))
		if coding != "" {
			r.Header.Set("Content-Encoding", coding)
		}
		d.do(r)
		news := d.book.News()
		if len(news) != 1 || (news[0].Body != nil) != (coding == "") {
			t.Errorf("coding %q: %v", coding, news)
		}
	}
}

// XI12: however many announcements come, they are one, and no flood of writes.
func TestFlood(t *testing.T) {
	d := newDesk(t, offer)
	d.verify()
	writes := 0
	save := func(all bool) {
		if err := d.book.Save(all, func(string, *feed.Subscription) error { writes++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	save(false)
	before := writes
	for range 10_000 {
		d.post("x", sign("sha256", d.call.Secret, "x"))
		save(false)
	}
	if n := len(d.book.News()); n != 1 || writes != before {
		t.Errorf("%d announcements, %d writes", n, writes-before)
	}
	save(true)
	if s := d.sub("a"); writes != before+1 || s.Heeded != 10_000 {
		t.Errorf("%d writes, %d counted", writes-before, s.Heeded)
	}
}

// W14: rssCloud asks back with the address and a challenge, and announces by the
// address alone.
func TestCloud(t *testing.T) {
	o := push.Offer{Protocol: feed.RSSCloud, Hub: "http://cloud.weir-planet.net:5337/pleaseNotify", Topic: topic}
	d := newDesk(t, o)
	if w := d.get(d.path(), "url", "https://other.example/", "challenge", "abc"); w.Code != 404 {
		t.Errorf("another address: %d", w.Code)
	}
	if w := d.get(d.path(), "url", topic, "challenge", "abc"); w.Code != 200 || w.Body.String() != "abc" {
		t.Errorf("the challenge: %d %q", w.Code, w.Body)
	}
	s := d.book.Change("a", func(s feed.Subscription) feed.Subscription { return push.Accepted(s, d.now) })
	if !s.Active(d.now) || s.Next.Sub(d.now) != 24*time.Hour || s.Lease().Sub(d.now) != 25*time.Hour || s.Current.Secret != "" {
		t.Errorf("registered: %+v", s)
	}
	if w := d.get(d.path(), "url", topic, "challenge", "abc"); w.Code != 404 {
		t.Errorf("a challenge when nothing is asked: %d", w.Code)
	}
	for said, heard := range map[string]bool{topic: true, "https://other.example/": false, "": false} {
		d.post(url.Values{"url": {said}}.Encode(), "")
		if got := len(d.book.News()) == 1; got != heard {
			t.Errorf("a notice of %q: heard %v", said, got)
		}
	}
	form := push.Form(&s)
	want := map[string]string{"protocol": "https-post", "domain": "stream.weir-planet.net", "port": "443", "path": d.path(), "url1": topic, "notifyProcedure": ""}
	for name, value := range want {
		if !form.Has(name) || form.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, form.Get(name), value)
		}
	}
	if push.Objected(feed.RSSCloud, []byte(`<notifyResult success="false" msg="no"/>`)) == nil ||
		push.Objected(feed.RSSCloud, []byte(`<notifyResult success="true" msg=""/>`)) != nil || push.Objected(feed.WebSub, []byte(`success="false"`)) != nil {
		t.Error("the answer to a registration is misread")
	}
}
