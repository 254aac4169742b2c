package publisher

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// mostEditions is how many earlier editions of a document are remembered: a
// client that has an older one gets the whole of it.
const mostEditions = 32

// edition is what a document held under an earlier tag.
type edition struct {
	tag string
	// held are the entries, as [holding] sums them up.
	held []uint64
}

// parts are what a feed is made of, so that it can be made of less.
type parts struct {
	fragments []*fragment
	held      []uint64
	make      func([]*fragment) ([]byte, error)
	// past are the editions before, newest first.
	past []edition
}

// follow makes the edition that a document replaces one of its past.
func (p *parts) follow(old *Document) {
	if old == nil || old.parts == nil {
		return
	}
	p.past = append([]edition{{old.ETag, old.parts.held}}, old.parts.past...)
	p.past = p.past[:min(len(p.past), mostEditions)]
}

// holding sums up what a document holds: a number for each entry and its
// content, sorted.
func holding(fragments []*fragment) []uint64 {
	held := make([]uint64, len(fragments))
	for i, f := range fragments {
		held[i] = f.number
	}
	slices.Sort(held)
	return held
}

// delta is what changed since an edition, made when it is first asked for.
type delta struct {
	once    sync.Once
	edition edition
	// bodies and full are by coding; without a body nothing is sent.
	bodies packs
	full   [codings]fields
}

// deltas prepares the answers to those who have an earlier edition.
func (d *Document) deltas() map[string]*delta {
	if d.parts == nil {
		return nil
	}
	all := make(map[string]*delta, int(codings)*len(d.parts.past))
	for _, e := range d.parts.past {
		if e.tag != d.ETag {
			one := &delta{edition: e}
			for c := identity; c < codings; c++ {
				all[tagOf(e.tag, c)] = one
			}
		}
	}
	return all
}

// render makes the document of the entries that the edition lacked. Nothing is
// sent where that is not less than the whole.
func (x *delta) render(s *Snapshot, path string, r *resource) {
	doc := r.doc.parts
	var news []*fragment
	for _, f := range doc.fragments {
		if _, had := slices.BinarySearch(x.edition.held, f.number); !had {
			news = append(news, f)
		}
	}
	body, err := doc.make(news)
	if err != nil || len(body) >= len(r.doc.Body) {
		return
	}
	var p press
	done, err := p.pack(context.Background(), body, kindFeed.codings())
	if err != nil {
		return
	}
	x.bodies = *done
	x.bodies[identity] = body
	for c := identity; c < codings; c++ {
		x.full[c] = s.deltaHeaders(path, r, c, x)
	}
}

// deltaHeaders are the fields of a 226: those of the document, but for what says
// how this answer is kept, which is not at all by caches that know nothing of it
// (RFC 3229 §10.5, D2).
func (s *Snapshot) deltaHeaders(path string, r *resource, c coding, x *delta) (f fields) {
	whole := c
	if r.bodies[c] == nil {
		whole = identity
	}
	for _, h := range s.headers(path, r, whole) {
		switch h.name {
		case "Content-Encoding", "Content-Length", "Cache-Control", "Vary":
		default:
			f = append(f, h)
		}
	}
	if c != identity {
		f.add("Content-Encoding", c.name())
	}
	f.add("Content-Length", strconv.Itoa(len(x.bodies[c])))
	f.add("IM", "feed")
	f.add("Cache-Control", "no-store, im")
	f.add("Vary", "Accept-Encoding, A-IM, If-None-Match")
	return f
}

// wantsDelta reports whether a client takes a feed of only what is new
// (RFC 3229 §10.5.3).
func wantsDelta(r *http.Request) bool {
	for _, value := range r.Header["A-Im"] {
		for item := range strings.SplitSeq(value, ",") {
			if name, q := quality(item); strings.EqualFold(name, "feed") && q > 0 {
				return true
			}
		}
	}
	return false
}

// since finds the delta for what the client has, and the tag by which the client
// knows that.
func (res *resource) since(r *http.Request) (x *delta, base string) {
	if len(res.deltas) == 0 || r.Header["A-Im"] == nil || !wantsDelta(r) {
		return nil, ""
	}
	for _, value := range r.Header["If-None-Match"] {
		for tag := range strings.SplitSeq(value, ",") {
			base = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if x = res.deltas[base]; x != nil {
				return x, base
			}
		}
	}
	return nil, ""
}

// answer sends what is new, and reports whether it did. It names what that is
// to be added to as the client did, whose copy may be in another coding
// (RFC 3229 §10.5.1).
func (x *delta) answer(t *routes, res *resource, base string, w http.ResponseWriter, r *http.Request) bool {
	x.once.Do(func() { x.render(t.snapshot, res.path, res) })
	if x.bodies[identity] == nil {
		return false
	}
	c := negotiate(r.Header["Accept-Encoding"], &x.bodies)
	if c == unacceptable {
		return false
	}
	set(w.Header(), x.full[c])
	w.Header()["Delta-Base"] = []string{base}
	w.WriteHeader(http.StatusIMUsed)
	if r.Method == http.MethodGet {
		_, _ = w.Write(x.bodies[c])
	}
	return true
}
