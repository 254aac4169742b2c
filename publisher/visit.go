package publisher

import (
	"net/http"
	"strings"
)

// visits reports whether a person opens the address in a browser, which would
// only show markup: no reader and no script sends these fields (Fetch Metadata
// §2).
func visits(r *http.Request) bool {
	dest, mode := r.Header["Sec-Fetch-Dest"], r.Header["Sec-Fetch-Mode"]
	return len(dest) == 1 && dest[0] == "document" && len(mode) == 1 && mode[0] == "navigate"
}

// openFeeds gives every feed the page of its channel. No cache may keep that,
// as the address is that of the feed.
func (t *routes) openFeeds(s *Snapshot, prefix string) {
	if s.raw {
		return
	}
	for path := range s.docs {
		if !IsFeed(path) {
			continue
		}
		dir := path[:strings.LastIndexByte(path, '/')+1]
		res, page := t.resources[prefix+path], t.resources[prefix+dir]
		if page == nil {
			continue
		}
		res.page = page
		for c := range page.full {
			res.visit[c] = passing(page.full[c])
		}
	}
}

// passing are the fields of an answer that is for this client alone.
func passing(whole []field) (f fields) {
	if whole == nil {
		return nil
	}
	for _, h := range whole {
		switch h.name {
		case "Etag", "Last-Modified", "Cache-Control", "Vary":
		default:
			f = append(f, h)
		}
	}
	f.add("Cache-Control", "private, no-store")
	f.add("Vary", "Accept-Encoding, Sec-Fetch-Dest, Sec-Fetch-Mode")
	return f
}

// show sends the page in the feed's place.
func (res *resource) show(w http.ResponseWriter, r *http.Request) {
	c := negotiate(r.Header["Accept-Encoding"], &res.page.bodies)
	if c == unacceptable {
		c = identity
	}
	set(w.Header(), res.visit[c])
	if r.Method == http.MethodGet {
		_, _ = w.Write(res.page.bodies[c])
	}
}
