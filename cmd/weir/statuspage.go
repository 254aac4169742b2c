package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"weir/config"
	"weir/feed"
	"weir/publisher/web"
)

// statusGap is the least time between two looks at the store for /status.json.
const statusGap = 30 * time.Second

// statusPage serves /status.json: how every source is, for whoever reads the
// stream and wonders, and for monitors. It is rendered beside the requests,
// because none may wait for the store.
type statusPage struct {
	shown atomic.Pointer[statusShown]
	// stirred says that something was polled since the last rendering.
	stirred atomic.Bool
}

type statusShown struct {
	paths []string
	at    time.Time
	body  []byte
	tag   string
}

// publicStatus is what everybody may know of a source: nothing of what waits or
// went, and of faults on this machine no path.
type publicStatus struct {
	ID       string     `json:"id"`
	Title    string     `json:"title,omitempty"`
	State    string     `json:"state"`
	Entries  int        `json:"entries"`
	LastRead *time.Time `json:"last_read,omitempty"`
	LastNew  *time.Time `json:"last_new,omitempty"`
	Next     *time.Time `json:"next,omitempty"`
	NextWhy  string     `json:"next_why"`
	Since    *time.Time `json:"failing_since,omitempty"`
	Kind     string     `json:"problem_kind,omitempty"`
	Problem  string     `json:"problem,omitempty"`
	// Push is asked, active, failing or leaving where the source has a hub.
	Push string `json:"push,omitempty"`
}

func publicStatuses(list []feed.SourceStatus, whys []string) []publicStatus {
	out := make([]publicStatus, len(list))
	for i := range list {
		s, p := &list[i], &list[i].State.Poll
		out[i] = publicStatus{
			ID: s.Source.ID, Title: titleOf(s), State: health(s), Entries: s.State.Doc.Entries,
			LastRead: instant(p.Succeeded), LastNew: instant(p.Fresh), Next: instant(p.Due), NextWhy: whys[i],
		}
		if s.Push != nil {
			out[i].Push = s.Push.State
		}
		if p.Failing() {
			out[i].Since, out[i].Kind = instant(p.Since), p.Problem.Kind
			if s.Source.Kind == feed.Remote {
				out[i].Problem = p.Problem.Text
			}
		}
	}
	return out
}

// show replaces what is served.
func (p *statusPage) show(cfg *config.Config, list []feed.SourceStatus, read []feed.Readership, now time.Time) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(map[string]any{
		"at": now.UTC(), "sources": publicStatuses(list, whysOf(cfg, list)), "subscribers": publicReadership(read),
	}); err != nil {
		return err
	}
	// A proxy may or may not take the site's own path away before it asks.
	sum := sha256.Sum256(b.Bytes())
	shown := &statusShown{paths: []string{"/status.json"}, at: now, body: b.Bytes(), tag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	if u, err := url.Parse(cfg.Site.URL); err == nil && u.Path != "/" {
		shown.paths = append(shown.paths, u.Path+"status.json")
	}
	p.shown.Store(shown)
	return nil
}

// before answers requests for the page, and leaves all others to next.
func (p *statusPage) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := p.shown.Load()
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if s == nil || !reads || r.URL.Path != s.paths[0] && r.URL.Path != s.paths[len(s.paths)-1] {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "public, max-age=60")
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "ETag, Last-Modified")
		h.Set("Etag", s.tag)
		web.Disarm(h, "cross-origin")
		// A part of what changes every minute is of use to nobody (S12).
		delete(r.Header, "Range")
		http.ServeContent(w, r, "", s.at, bytes.NewReader(s.body))
	})
}

// tell keeps the page up to date until ctx ends.
func (s *server) tell(ctx context.Context, cfg *config.Config) error {
	s.status.stirred.Store(true)
	for {
		if s.status.stirred.Swap(false) {
			list, err := s.store.Sources()
			if err == nil {
				s.expect(cfg, list)
				err = s.status.show(cfg, list, s.audience.Report(s.app.time()), s.app.time())
			}
			if err != nil {
				s.log.Error("status.json stays as it was", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(statusGap):
		}
	}
}

// expect tells caches when the next poll is due. Articles and hubs bring news
// between polls.
func (s *server) expect(cfg *config.Config, list []feed.SourceStatus) {
	unannounced := len(cfg.Articles) > 0
	var due []time.Time
	for i := range list {
		due = append(due, list[i].State.Poll.Due)
		unannounced = unannounced || list[i].Push != nil
	}
	s.handler.Expect(due, unannounced)
}
