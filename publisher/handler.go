package publisher

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Handler serves a snapshot. The zero value is ready for use and answers 503
// until the first Swap. It must not be copied.
//
// Everything about an answer but its date is prepared by Swap: a request is a
// look-up, a comparison and one write.
type Handler struct {
	// Began is when this process did; it is set before the first Swap. Of what
	// was served before, the tags alone tell whether it is the same: nobody
	// remembers under which date it was, so no document is older (S8).
	Began time.Time

	current  atomic.Pointer[routes]
	expected atomic.Pointer[schedule]
}

// Swap makes s what is served, at once and for all requests that come later.
func (h *Handler) Swap(s *Snapshot) {
	t := newRoutes(s, h.Began, time.Now())
	t.expected = &h.expected
	h.current.Store(t)
}

// Holds reports whether a document is answered from memory under a path.
func (h *Handler) Holds(path string) bool {
	t := h.current.Load()
	if t == nil {
		return false
	}
	res := t.resources[path]
	return res != nil && res.doc.Asset == nil
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := h.current.Load()
	if t == nil {
		starting(w)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		set(w.Header(), t.preflight)
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		t.refused.answer(w, r)
		return
	}
	if r.URL.RawPath != "" && hidesPath(r.URL.RawPath) {
		t.missing.answer(w, r)
		return
	}
	path := r.URL.Path
	if path == "" {
		path = "/" // the whole address was sent, and had none (RFC 9112 §3.2.2)
	}
	if res := t.resources[path]; res != nil {
		res.answer(t, w, r)
		return
	}
	if res := t.archived(r); res != nil {
		res.answer(t, w, r)
		return
	}
	if move := t.moved(path); move != nil {
		set(w.Header(), move)
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	t.missing.answer(w, r)
}

// starting answers before there is any snapshot.
func starting(w http.ResponseWriter) {
	var f fields
	f.guard(errorPolicy, "cross-origin")
	f.add("Cache-Control", "no-store")
	f.add("Retry-After", strconv.Itoa(retryAfter))
	set(w.Header(), f)
	w.WriteHeader(http.StatusServiceUnavailable)
}

// hidesPath finds separators and dots that were sent in disguise (XH11).
func hidesPath(raw string) bool {
	raw = strings.ToLower(raw)
	for _, code := range [...]string{"%2f", "%5c", "%2e", "%00"} {
		if strings.Contains(raw, code) {
			return true
		}
	}
	return false
}

// answer sends a document, or says that the client's copy is good.
func (res *resource) answer(t *routes, w http.ResponseWriter, r *http.Request) {
	if res.doc.Asset != nil {
		res.file(t, w, r)
		return
	}
	c := negotiate(r.Header["Accept-Encoding"], &res.bodies)
	if c == unacceptable {
		t.picky.answer(w, r)
		return
	}
	if res.page != nil && visits(r) {
		res.show(w, r)
		return
	}
	h := w.Header()
	if has, ok := res.fresh(r, c); ok {
		set(h, res.same[has])
		t.refresh(w, res.doc)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if x, base := res.since(r); x != nil && x.answer(t, res, base, w, r) {
		return
	}
	set(h, res.full[c])
	t.refresh(w, res.doc)
	if status := res.doc.status; status != 0 {
		w.WriteHeader(status)
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(res.bodies[c]) // The client is gone when this fails.
	}
}

// fresh reports whether the client has the document already, and in which
// coding: that of the answer, or another one that it takes. What is small, or is
// not compressed yet, comes as it is under the tag of that, and whoever has it
// would else be sent all of it again (S7). A tag outweighs a date (S9).
func (res *resource) fresh(r *http.Request, c coding) (coding, bool) {
	if res.doc.passing {
		return c, false
	}
	if tags := r.Header["If-None-Match"]; len(tags) > 0 {
		if matches(tags, res.tags[c]) {
			return c, true
		}
		for has := identity; has < codings; has++ {
			if res.tags[has] != "" && has != c && matches(tags, res.tags[has]) && accepts(r.Header["Accept-Encoding"], has) {
				return has, true
			}
		}
		return c, false
	}
	since := r.Header["If-Modified-Since"]
	if len(since) == 0 || res.lastMod == "" {
		return c, false
	}
	if since[0] == res.lastMod {
		return c, true
	}
	at, err := http.ParseTime(since[0])
	return c, err == nil && !res.modified.After(at)
}

// file sends a local article's file from where it lies. One that changed since
// its article was read is not what was promised, and not sent.
func (res *resource) file(t *routes, w http.ResponseWriter, r *http.Request) {
	a := res.doc.Asset
	f, err := a.open()
	if err != nil {
		t.missing.answer(w, r)
		return
	}
	defer f.Close()
	content, ok := f.(io.ReadSeeker)
	if !ok {
		t.missing.answer(w, r)
		return
	}
	set(w.Header(), res.full[identity])
	http.ServeContent(w, r, "", res.doc.Modified, content)
}

// open opens the file, if it is still the one that was read. It is looked at
// before it is opened, because opening a named pipe would wait for ever
// (XJ01).
func (a *Asset) open() (fs.File, error) {
	info, err := fs.Stat(a.FS, a.Path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAssetChanged, err)
	}
	if !info.Mode().IsRegular() || info.Size() != a.Size {
		return nil, &fs.PathError{Op: "open", Path: a.Path, Err: errAssetChanged}
	}
	return a.FS.Open(a.Path)
}
