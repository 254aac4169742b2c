package publisher

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// routes is a snapshot as it is served: every path that has an answer, with
// the answer's fields built.
type routes struct {
	snapshot  *Snapshot
	resources map[string]*resource
	// moves are the addresses that people guess, and directories without
	// their slash: 301 with a relative Location, which holds behind any proxy.
	moves   map[string][]field
	missing fixed
	refused fixed
	// picky answers a client that accepts no coding there is.
	picky fixed
	// preflight answers OPTIONS.
	preflight []field
	// expected is when feeds may change next; nil where nobody says.
	expected *atomic.Pointer[schedule]
	// broken answers for what cannot be made now.
	broken *resource
	// prefixes are those under which the site is found.
	prefixes []string
	// began is Handler.Began.
	began time.Time
}

// fixed is an answer that is always the same. It never repeats anything of
// the request (XH25).
type fixed struct {
	status int
	fields []field
	body   []byte
}

// newRoutes prepares a snapshot for serving.
func newRoutes(s *Snapshot, began, now time.Time) *routes {
	t := &routes{snapshot: s, began: began, resources: make(map[string]*resource, len(s.docs)), moves: make(map[string][]field)}
	t.missing = newFixed(http.StatusNotFound, htmlType, s.policy+"; frame-ancestors 'none'", s.missing)
	t.refused = newFixed(http.StatusMethodNotAllowed, "text/plain; charset=utf-8", errorPolicy, []byte("This address is only for reading.\n"),
		field{"Allow", []string{allowed}})
	t.picky = newFixed(http.StatusNotAcceptable, "text/plain; charset=utf-8", errorPolicy, []byte("Available codings: br, gzip, identity, zstd.\n"),
		field{"Vary", []string{"Accept-Encoding"}})
	t.broken = s.resource("", &Document{
		Type: "text/plain; charset=utf-8", Body: []byte("This cannot be shown at present. Please try again in a moment.\n"),
		kind: kindArchive, status: http.StatusServiceUnavailable, passing: true,
	}, began, now)
	var pre fields
	pre.guard(errorPolicy, "cross-origin")
	pre.add("Allow", allowed)
	pre.add("Access-Control-Allow-Origin", "*")
	pre.add("Access-Control-Allow-Methods", "GET, HEAD")
	pre.add("Access-Control-Allow-Headers", "A-IM, Accept, Cache-Control, If-Modified-Since, If-None-Match")
	pre.add("Access-Control-Max-Age", "86400")
	t.preflight = pre
	// A proxy may or may not take the site's own path away before it asks:
	// both are answered, and the full address comes first.
	prefixes := []string{"/"}
	if u, err := url.Parse(s.site); err == nil && u.Path != "/" && u.Path != "" {
		prefixes = []string{u.Path, "/"}
		t.move(strings.TrimSuffix(u.Path, "/"), lastSegment(u.Path))
	}
	t.prefixes = prefixes
	for _, prefix := range prefixes {
		t.mount(s, prefix, now)
	}
	return t
}

// mount adds every document under a prefix.
func (t *routes) mount(s *Snapshot, prefix string, now time.Time) {
	defer t.openFeeds(s, prefix)
	for path, doc := range s.docs {
		dir, ok := strings.CutSuffix(path, "index.html")
		key := prefix + path
		if ok {
			key = prefix + dir
		}
		if t.resources[key] == nil {
			t.resources[key] = s.resource(path, doc, t.began, now)
		}
		if !ok {
			if feeds, is := strings.CutSuffix(path, "sources.opml"); is {
				t.guesses(s, prefix, feeds)
			}
			continue
		}
		t.move(key+"index.html", "./")
		if dir != "" {
			t.move(strings.TrimSuffix(key, "/"), lastSegment(key))
		}
	}
}

// guesses redirects the addresses at which people and programs look for feeds,
// to the format that they mean or to one that there is.
func (t *routes) guesses(s *Snapshot, prefix, dir string) {
	first := func(names ...string) string {
		for _, name := range names {
			if s.docs[dir+name] != nil {
				return name
			}
		}
		return ""
	}
	feed := first("rss.xml", "atom.xml", "feed.json")
	for _, g := range [...][2]string{
		{"feed", feed}, {"feed.xml", feed}, {"index.xml", feed}, {"rss", feed}, {"atom", first("atom.xml", feed)},
	} {
		if g[1] != "" {
			t.move(prefix+dir+g[0], g[1])
			t.move(prefix+dir+g[0]+"/", "../"+g[1])
		}
	}
}

func (t *routes) move(from, to string) {
	if t.moves[from] == nil {
		t.moves[from] = redirection(to)
	}
}

// redirection are the fields of a 301.
func redirection(to string) (f fields) {
	f.guard(errorPolicy, "cross-origin")
	f.add("Location", to)
	f.add("Cache-Control", "public, max-age=86400")
	f.add("Content-Length", "0")
	f.add("Access-Control-Allow-Origin", "*")
	return f
}

// lastSegment returns the last directory of a path, with its slash.
func lastSegment(path string) string {
	trimmed := strings.TrimSuffix(path, "/")
	return trimmed[strings.LastIndexByte(trimmed, '/')+1:] + "/"
}

func newFixed(status int, media, policy string, body []byte, more ...field) fixed {
	f := fields(more)
	f.add("Content-Type", media)
	f.add("Content-Length", strconv.Itoa(len(body)))
	f.add("Cache-Control", "no-store")
	f.guard(policy, "same-origin")
	return fixed{status: status, fields: f, body: body}
}

// answer sends the fixed answer.
func (a *fixed) answer(w http.ResponseWriter, r *http.Request) {
	set(w.Header(), a.fields)
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // The client is gone when this fails.
	}
}
