package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// hub is a WebSub hub that does what the specification asks of one, clause by
// clause, and takes nothing on trust from the subscriber. It shares no code with
// what it tests.
type hub struct {
	t      *testing.T
	server *httptest.Server
	mu     sync.Mutex
	// reach is where callbacks lead, once that is known: the proxy that ends TLS
	// in front of a server is not there.
	reach string
	// subscriptions are by topic and callback (§2, "A subscription's unique key").
	subscriptions map[[2]string]*hubSubscription
	requests      []url.Values
	// published are the topics that publishers named; §6 leaves the form open,
	// and hubs have agreed on hub.mode=publish.
	published []string
	// moved has requests redirected once (§5.1.2), denies has them denied (§5.2),
	// broken refuses them.
	moved, denies, broken bool
	// lease is granted; empty is what was asked for.
	lease string
	// method signs deliveries.
	method string
}

type hubSubscription struct {
	secret  string
	expires time.Time
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, subscriptions: make(map[[2]string]*hubSubscription), method: "sha256"}
	h.server = httptest.NewTLSServer(h)
	t.Cleanup(h.server.Close)
	return h
}

// trusted has programs started from here on trust the hub's certificate.
func (h *hub) trusted() {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "hub.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.server.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.t.Setenv("SSL_CERT_FILE", path)
}

// client sends what goes to any https callback to the server under test, and
// follows no redirect (§7, "subscribers MUST NOT use HTTP redirects").
func (h *hub) client() *http.Client {
	to := func(ctx context.Context, network, _ string) (net.Conn, error) {
		for ctx.Err() == nil {
			h.mu.Lock()
			reach := h.reach
			h.mu.Unlock()
			if reach != "" {
				return new(net.Dialer).DialContext(ctx, network, reach)
			}
			time.Sleep(10 * time.Millisecond)
		}
		return nil, ctx.Err()
	}
	return &http.Client{
		Timeout: busy * 20 * time.Second, Transport: &http.Transport{DialContext: to, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// plain is a callback as the server behind the proxy sees it. It must be https
// to be one (§5.1.1).
func (h *hub) plain(callback string) *url.URL {
	u, err := url.Parse(callback)
	if err != nil || u.Scheme != "https" {
		h.t.Errorf("the callback %q is no https address", callback)
		return new(url.URL)
	}
	u.Scheme = "http"
	return u
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.isMoved() {
		http.Redirect(w, r, "/new-hub", http.StatusPermanentRedirect) // §5.1.2
		return
	}
	refuse := func(why string) { http.Error(w, why, http.StatusBadRequest) }
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	form, formErr := url.ParseQuery(string(body))
	callback, callbackErr := url.Parse(form.Get("hub.callback"))
	mode := form.Get("hub.mode")
	if mode == "publish" {
		if form.Get("hub.url") != form.Get("hub.topic") {
			refuse("hub.url and hub.topic are two names of one thing")
			return
		}
		h.set(func(h *hub) { h.published = append(h.published, form["hub.url"]...) })
		if strings.HasSuffix(form.Get("hub.url"), "feed.json") {
			refuse("nobody subscribed to it") // as some hubs do
			return
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	switch { // §5.1, in its order
	case err != nil || formErr != nil || r.Method != http.MethodPost:
		refuse("a form is posted")
	case media != "application/x-www-form-urlencoded":
		refuse("the media type must be application/x-www-form-urlencoded")
	case callbackErr != nil || !callback.IsAbs():
		refuse("hub.callback is REQUIRED")
	case mode != "subscribe" && mode != "unsubscribe":
		refuse("hub.mode is REQUIRED")
	case form.Get("hub.topic") == "":
		refuse("hub.topic is REQUIRED")
	case form.Has("hub.lease_seconds") && !positiveDecimal(form.Get("hub.lease_seconds")):
		refuse("hub.lease_seconds is a positive decimal integer")
	case len(form.Get("hub.secret")) >= 200:
		refuse("hub.secret MUST be less than 200 bytes")
	case h.remember(form):
		refuse("this hub is out of order")
	default:
		w.WriteHeader(http.StatusAccepted) // §5.1.2
		go h.decide(form)
	}
}

func positiveDecimal(s string) bool {
	n, err := strconv.ParseUint(s, 10, 63)
	return err == nil && n > 0
}

func (h *hub) isMoved() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	moved := h.moved
	h.moved = false
	return moved
}

func (h *hub) remember(form url.Values) (broken bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = append(h.requests, form)
	return h.broken
}

// set changes how the hub is.
func (h *hub) set(do func(*hub)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	do(h)
}

// asked is what was posted so far.
func (h *hub) asked() []url.Values {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]url.Values(nil), h.requests...)
}

// decide denies a request (§5.2) or verifies the intent behind it (§5.3).
func (h *hub) decide(form url.Values) {
	h.mu.Lock()
	denies, lease := h.denies, h.lease
	h.mu.Unlock()
	topic, callback, mode := form.Get("hub.topic"), form.Get("hub.callback"), form.Get("hub.mode")
	if denies {
		h.call(callback, url.Values{"hub.mode": {"denied"}, "hub.topic": {topic}, "hub.reason": {"not in my house"}})
		return
	}
	if lease == "" {
		lease = form.Get("hub.lease_seconds")
	}
	challenge := rand.Text()
	q := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {challenge}}
	if mode == "subscribe" {
		q.Set("hub.lease_seconds", lease)
	}
	status, said := h.call(callback, q)
	if status < 200 || status > 299 || said != challenge { // §5.3.1
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key := [2]string{topic, callback}
	if mode == "unsubscribe" {
		delete(h.subscriptions, key)
		return
	}
	seconds, _ := strconv.Atoi(lease)
	h.subscriptions[key] = &hubSubscription{form.Get("hub.secret"), time.Now().Add(time.Duration(seconds) * time.Second)}
}

// call gets a callback with parameters appended to its query (§5.1).
func (h *hub) call(callback string, q url.Values) (status int, body string) {
	u := h.plain(callback)
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += q.Encode()
	resp, err := h.client().Get(u.String())
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, string(said)
}

// callbacks are those that are subscribed to a topic now.
func (h *hub) callbacks(topic string) (list []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, s := range h.subscriptions {
		if key[0] == topic && time.Now().Before(s.expires) {
			list = append(list, key[1])
		}
	}
	return list
}

// publish distributes content to all subscribers of a topic (§7), and ends the
// subscription of one that is gone.
func (h *hub) publish(topic, media, body string) (statuses []int) {
	for _, callback := range h.callbacks(topic) {
		h.mu.Lock()
		secret, method := h.subscriptions[[2]string{topic, callback}].secret, h.method
		h.mu.Unlock()
		status := h.distribute(callback, topic, media, body, signature(method, secret, body))
		if statuses = append(statuses, status); status == http.StatusGone {
			h.mu.Lock()
			delete(h.subscriptions, [2]string{topic, callback})
			h.mu.Unlock()
		}
	}
	return statuses
}

// signature is the value of X-Hub-Signature (§7.1.2).
func signature(method, secret, body string) string {
	digest := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New}[method]
	if digest == nil {
		return ""
	}
	mac := hmac.New(digest, []byte(secret))
	_, _ = io.WriteString(mac, body)
	return method + "=" + hex.EncodeToString(mac.Sum(nil))
}

func (h *hub) distribute(callback, topic, media, body, signature string) int {
	req, err := http.NewRequest(http.MethodPost, h.plain(callback).String(), bytes.NewReader([]byte(body)))
	if err != nil {
		h.t.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", media)
	req.Header.Set("Link", fmt.Sprintf("<%s/>; rel=hub, <%s>; rel=self", h.server.URL, topic)) // §7
	if signature != "" {
		req.Header.Set("X-Hub-Signature", signature)
	}
	resp, err := h.client().Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
