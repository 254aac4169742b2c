package main

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// cloud is an rssCloud server as the walkthrough tells it to its developers: a
// registration is a form, with a domain it is asked back by GET, and a
// notification is a POST of the address that changed.
type cloud struct {
	*hub
	server *httptest.Server

	mu sync.Mutex
	// registered are callbacks by the address of the feed.
	registered map[string]string
	last       url.Values
}

func newCloud(t *testing.T) *cloud {
	c := &cloud{hub: newHub(t), registered: make(map[string]string)}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	return c
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/pleaseNotify" || r.ParseForm() != nil {
		http.NotFound(w, r)
		return
	}
	f := r.PostForm
	result := func(success bool, why string) {
		w.Header().Set("Content-Type", "text/xml")
		fmt.Fprintf(w, `<?xml version="1.0"?><notifyResult success="%v" msg="%s" />`, success, why)
	}
	for _, name := range []string{"notifyProcedure", "port", "path", "protocol", "url1"} {
		if !f.Has(name) {
			result(false, "The parameter "+name+" is missing.")
			return
		}
	}
	scheme := map[string]string{"http-post": "http", "https-post": "https"}[f.Get("protocol")]
	if scheme == "" || f.Get("domain") == "" {
		result(false, "Can't accept the subscription because the protocol is unsupported.")
		return
	}
	callback := scheme + "://" + net.JoinHostPort(f.Get("domain"), f.Get("port")) + f.Get("path")
	challenge := rand.Text()
	status, said := c.call(callback, url.Values{"url": {f.Get("url1")}, "challenge": {challenge}})
	if status < 200 || status > 299 || said != challenge {
		result(false, "The subscription was cancelled because the call failed when we tested the handler.")
		return
	}
	c.mu.Lock()
	c.registered[f.Get("url1")], c.last = callback, f
	c.mu.Unlock()
	result(true, "Thanks for the registration. It worked.")
}

func (c *cloud) callback(feed string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.registered[feed]
}

// notify tells a subscriber that a feed changed.
func (c *cloud) notify(t *testing.T, callback, feed string) int {
	t.Helper()
	resp, err := c.client().PostForm(c.plain(callback).String(), url.Values{"url": {feed}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// rssCloud announces as WebSub does, but for what is signed (W14).
func TestCloudAnnounces(t *testing.T) {
	c := newCloud(t)
	_, port, _ := net.SplitHostPort(c.server.Listener.Addr().String())
	var mu sync.Mutex
	titles := []string{"The first"}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>Site</title><link>https://site.example/</link><description>d</description>`+
			`<cloud domain="127.0.0.1" port="%s" path="/pleaseNotify" registerProcedure="" protocol="http-post"/>`, port)
		for _, title := range titles {
			fmt.Fprintf(w, `<item><title>%[1]s</title><link>https://site.example/%[2]s</link></item>`, title, strings.ReplaceAll(title, " ", "-"))
		}
		fmt.Fprint(w, `</channel></rss>`)
	}))
	t.Cleanup(site.Close)
	dir, feed := t.TempDir(), site.URL+"/feed"
	text := fmt.Sprintf("site: {title: Stream, url: \"https://stream.weir-planet.net/\", since: 2026-11-01}\n"+
		"poll: {floor: 0s, per_host: {delay: 0s}, allow_private: [127.0.0.1]}\nfeeds: [{url: %s, id: site, every: 6h}]\n", feed)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := serving(t, dir)
	c.set(func(h *hub) { h.reach = strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/") })
	within(t, 20*time.Second, "a registration", func() bool { return c.callback(feed) != "" })
	if c.last.Get("protocol") != "https-post" || c.last.Get("port") != "443" || c.last.Get("domain") != "stream.weir-planet.net" {
		t.Errorf("registered with %v", c.last)
	}
	within(t, 10*time.Second, "an active subscription", func() bool { return r.pushStatus(t).State == "active" })
	mu.Lock()
	titles = append(titles, "The second")
	mu.Unlock()
	if status := c.notify(t, c.callback(feed), "https://other.example/"); status != http.StatusAccepted {
		t.Errorf("a notice of another feed: %d", status)
	}
	time.Sleep(time.Second)
	if r.tells("The second") {
		t.Error("a notice of another feed was heard")
	}
	if status := c.notify(t, c.callback(feed), feed); status != http.StatusAccepted {
		t.Errorf("a notice: %d", status)
	}
	within(t, 10*time.Second, "the announced story", func() bool { return r.tells("The second") })
}
