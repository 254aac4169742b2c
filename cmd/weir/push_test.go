package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// pushSite has a feed that names a hub, and counts who asks for it.
type pushSite struct {
	mu      sync.Mutex
	server  *httptest.Server
	hub     string
	stories []string
	asked   int
}

func newPushSite(t *testing.T, hub string) *pushSite {
	s := &pushSite{hub: hub, stories: []string{"The first"}}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

// topic is what the feed calls its own address, which is not the one that is
// polled (W2).
func (s *pushSite) topic() string { return s.server.URL + "/canonical.xml" }

func (s *pushSite) feed(stories ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Site</title><id>tag:site.example,2026:f</id><updated>2026-11-24T00:00:00Z</updated>`+
		`<link rel="hub" href="%s"/><link rel="self" href="%s"/>`, s.hub, s.topic())
	for i, title := range stories {
		at := time.Now().Add(time.Duration(i) * time.Second).UTC().Format(time.RFC3339)
		fmt.Fprintf(&b, `<entry><title>%[1]s</title><id>tag:site.example,2026:%[2]s</id><link href="https://site.example/%[2]s"/><updated>%[3]s</updated><summary>About %[1]s.</summary></entry>`,
			title, strings.ReplaceAll(strings.ToLower(title), " ", "-"), at)
	}
	b.WriteString(`</feed>`)
	return b.String()
}

func (s *pushSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path != "/feed" {
		http.NotFound(w, r)
		return
	}
	s.asked++
	w.Header().Set("Content-Type", "application/atom+xml")
	fmt.Fprint(w, s.feed(s.stories...))
}

func (s *pushSite) add(title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stories = append(s.stories, title)
}

func (s *pushSite) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// pushing serves the site's feed with a hub.
func pushing(t *testing.T, h *hub, site *pushSite, options string) *running {
	t.Helper()
	h.trusted()
	dir := t.TempDir()
	text := fmt.Sprintf("site: {title: Stream, url: \"https://stream.weir-planet.net/news/\", since: 2026-11-01}\n"+
		"poll: {floor: 0s, per_host: {delay: 0s}, allow_private: [127.0.0.1]}\nfeeds: [{url: %s/feed, id: site, every: 6h%s}]\n",
		site.server.URL, options)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// The hub verifies by asking back, and needs an address for that: it is known
	// once the server listens, and no hub is asked before a feed was read.
	r := serving(t, dir)
	h.set(func(h *hub) { h.reach = strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/") })
	return r
}

func (r *running) tells(title string) bool {
	_, body := r.get("feed.json")
	return strings.Contains(body, title)
}

// pushStatus is what `weir status --json` tells of the one source's hub.
func (r *running) pushStatus(t *testing.T) (p struct {
	State, Problem, Doubt string
	Heeded, Ignored       int
	Why                   string
}) {
	t.Helper()
	out, err := exec.Command(built(t), "status", "--json", "--config", filepath.Join(r.dir, "config.yaml")).Output()
	if err != nil {
		t.Fatalf("weir status: %v", err)
	}
	var got struct {
		Sources []struct {
			Why  string    `json:"next_why"`
			Push *pushJSON `json:"push"`
		} `json:"sources"`
	}
	if err := json.Unmarshal(out, &got); err != nil || len(got.Sources) != 1 {
		t.Fatalf("status: %v\n%s", err, out)
	}
	if hub := got.Sources[0].Push; hub != nil {
		p.State, p.Problem, p.Doubt, p.Heeded, p.Ignored = hub.State, hub.Problem, hub.Doubt, hub.Heeded, hub.Ignored
	}
	p.Why = got.Sources[0].Why
	return p
}

// What a hub announces is read at once, at the feed's own address; what it
// announces falsely is not. A hub that has kept its word lets the feed be asked
// seldom (P35; W1 to W10, XI01 to XI06).
func TestHubAnnounces(t *testing.T) {
	h := newHub(t)
	h.moved = true // W5: its first answer sends the request elsewhere
	site := newPushSite(t, h.server.URL+"/")
	r := pushing(t, h, site, "")
	within(t, 20*time.Second, "a verified subscription", func() bool { return len(h.callbacks(site.topic())) == 1 })
	callback := h.callbacks(site.topic())[0]
	if !strings.HasPrefix(callback, "https://stream.weir-planet.net/news/push/") || len(callback) < len("https://stream.weir-planet.net/news/push/")+32 {
		t.Errorf("the callback is %s", callback)
	}
	asked := h.asked()[0]
	if asked.Get("hub.topic") != site.topic() || len(asked.Get("hub.secret")) < 32 || asked.Get("hub.lease_seconds") == "" {
		t.Errorf("asked with %v", asked)
	}
	// The hub knows it first: the server has yet to write it down.
	within(t, 10*time.Second, "an active subscription", func() bool { return r.pushStatus(t).State == "active" })

	site.add("The second")
	before := site.requests()
	if got := h.publish(site.topic(), "application/atom+xml", site.feed("Only pushed")); len(got) != 1 || got[0] != http.StatusAccepted {
		t.Fatalf("the delivery was answered by %v", got)
	}
	took := within(t, 10*time.Second, "the announced story", func() bool { return r.tells("The second") })
	t.Logf("announced to served: %v", took)
	if r.tells("Only pushed") {
		t.Error("what was delivered was published, although nobody trusts it (XI06)")
	}
	if n := site.requests() - before; n != 1 {
		t.Errorf("the site was asked %d times", n)
	}
	within(t, 10*time.Second, "the proof", func() bool {
		return strings.Contains(r.pushStatus(t).Why, "its hub announces")
	})

	site.add("The third")
	before = site.requests()
	other := "https://stream.weir-planet.net/news/push/" + strings.Repeat("0", 32)
	for what, try := range map[string]func() (got, want int){
		"unsigned": func() (int, int) { return h.distribute(callback, site.topic(), "application/atom+xml", "x", ""), 202 },
		"SHA-1": func() (int, int) {
			return h.distribute(callback, site.topic(), "application/atom+xml", "x", signature("sha1", asked.Get("hub.secret"), "x")), 202
		},
		"signed with another secret": func() (int, int) {
			return h.distribute(callback, site.topic(), "application/atom+xml", "x", signature("sha256", "guess", "x")), 202
		},
		"to nobody": func() (int, int) {
			return h.distribute(other, site.topic(), "application/atom+xml", "x", signature("sha256", asked.Get("hub.secret"), "x")), 410
		},
		"verification that nobody asked for": func() (int, int) {
			status, _ := h.call(callback, url.Values{"hub.mode": {"unsubscribe"}, "hub.topic": {site.topic()}, "hub.challenge": {"c"}})
			return status, 404
		},
		"verification of another topic": func() (int, int) {
			status, _ := h.call(callback, url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://other.example/"}, "hub.challenge": {"c"}, "hub.lease_seconds": {"9"}})
			return status, 404
		},
		"verification at a made up callback": func() (int, int) {
			status, _ := h.call(other, url.Values{"hub.mode": {"subscribe"}, "hub.topic": {site.topic()}, "hub.challenge": {"c"}, "hub.lease_seconds": {"9"}})
			return status, 404
		},
	} {
		if got, want := try(); got != want {
			t.Errorf("%s: answered by %d, want %d", what, got, want)
		}
	}
	time.Sleep(time.Second) // There is nothing to wait for.
	if n := site.requests() - before; n != 0 {
		t.Errorf("the site was asked %d times for what is no announcement", n)
	}
	got := r.pushStatus(t)
	if got.State != "active" || got.Heeded != 1 || got.Ignored != 0 && got.Ignored != 3 {
		t.Errorf("status: %+v", got)
	}
	// The same delivery signed as it should be is heard: what was ignored was
	// ignored for its signature.
	h.publish(site.topic(), "application/atom+xml", "x")
	within(t, 10*time.Second, "the third story", func() bool { return r.tells("The third") })
}

// Without a hub nothing of this happens: the news waits for the next poll.
func TestNoHubNoAnnouncement(t *testing.T) {
	h := newHub(t)
	site := newPushSite(t, h.server.URL+"/")
	r := pushing(t, h, site, ", push: off")
	site.add("The second")
	time.Sleep(5 * time.Second)
	if len(h.asked()) != 0 || r.tells("The second") || site.requests() != 1 {
		t.Errorf("the hub was asked %d times, the site %d times", len(h.asked()), site.requests())
	}
}

// A source that trusts its hub takes the signed content itself, and asks nobody;
// sent again it undoes nothing (XI07, W12).
func TestHubIsTrusted(t *testing.T) {
	h := newHub(t)
	site := newPushSite(t, h.server.URL+"/")
	r := pushing(t, h, site, ", push: trust")
	within(t, 20*time.Second, "a verified subscription", func() bool { return len(h.callbacks(site.topic())) == 1 })
	before := site.requests()
	delivered := site.feed("Only pushed")
	h.publish(site.topic(), "application/atom+xml", delivered)
	within(t, 10*time.Second, "the delivered story", func() bool { return r.tells("Only pushed") })
	if !r.tells("The first") {
		t.Error("what the delivery lacks was taken for withdrawn (W12)")
	}
	if n := site.requests() - before; n != 0 {
		t.Errorf("the site was asked %d times", n)
	}
	within(t, 10*time.Second, "the proof", func() bool {
		return strings.Contains(r.pushStatus(t).Why, "its hub announces")
	})
	out, err := exec.Command(built(t), "why", "site", "--config", filepath.Join(r.dir, "config.yaml")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "WebSub at "+h.server.URL+"/: active until ") || !strings.Contains(string(out), "1 announcement, the last ") {
		t.Errorf("weir why: %v\n%s", err, out)
	}
	h.distribute(h.callbacks(site.topic())[0], site.topic(), "application/atom+xml", site.feed("Forged"), "sha256=00")
	time.Sleep(time.Second)
	if r.tells("Forged") {
		t.Error("content with a wrong signature was published")
	}
}

// A hub that denies leaves the source to be polled, and says why (W8).
func TestHubDenies(t *testing.T) {
	h := newHub(t)
	h.denies = true
	site := newPushSite(t, h.server.URL+"/")
	r := pushing(t, h, site, "")
	within(t, 20*time.Second, "the denial", func() bool { return strings.Contains(r.pushStatus(t).Problem, "not in my house") })
	if got := r.pushStatus(t); got.State != "failing" || strings.Contains(got.Why, "hub") {
		t.Errorf("status: %+v", got)
	}
}

// A source that leaves the configuration leaves its hub, too.
func TestHubIsLeft(t *testing.T) {
	h := newHub(t)
	site := newPushSite(t, h.server.URL+"/")
	r := pushing(t, h, site, "")
	within(t, 20*time.Second, "a verified subscription", func() bool { return len(h.callbacks(site.topic())) == 1 })
	callback := h.callbacks(site.topic())[0]
	path := filepath.Join(r.dir, "config.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "every: 6h", "every: 6h, push: off", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the end of the subscription", func() bool { return len(h.callbacks(site.topic())) == 0 })
	within(t, 10*time.Second, "an end to deliveries", func() bool {
		return h.distribute(callback, site.topic(), "application/atom+xml", "x", "") == http.StatusGone
	})
}
