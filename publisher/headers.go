package publisher

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// field is a header field as [http.Header] holds it: with its name in
// canonical form, assigned without copying.
type field struct {
	name  string
	value []string
}

// set assigns fields. The values are shared between requests; nothing in
// net/http changes a header's values in place.
func set(h http.Header, fields []field) {
	for i := range fields {
		h[fields[i].name] = fields[i].value
	}
}

// fields builds a list of header fields.
type fields []field

func (f *fields) add(name, value string) {
	*f = append(*f, field{http.CanonicalHeaderKey(name), []string{value}})
}

const (
	// feedPolicy disarms what a browser might find in a feed (S24).
	feedPolicy = "default-src 'none'; img-src *; sandbox; frame-ancestors 'none'"
	// assetPolicy lets a file show itself and nothing else; drawings of SVG
	// may style themselves.
	assetPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
	// errorPolicy covers answers that have no page.
	errorPolicy = "default-src 'none'; frame-ancestors 'none'"
	// exposed are the fields that scripts of other origins may read (S17).
	exposed = "Delta-Base, ETag, IM, Last-Modified, Link, Retry-After"
	allowed = "GET, HEAD, OPTIONS"
)

// guard adds what every answer carries, whatever its status (XH22).
func (f *fields) guard(policy, sharing string) {
	f.add("X-Content-Type-Options", "nosniff")
	f.add("Content-Security-Policy", policy)
	f.add("Referrer-Policy", "no-referrer")
	f.add("Cross-Origin-Resource-Policy", sharing)
}

// open adds the fields by which scripts of any origin may read an answer; no
// credentials are ever involved (S17, XH15).
func (f *fields) open() {
	f.add("Access-Control-Allow-Origin", "*")
	f.add("Access-Control-Expose-Headers", exposed)
}

// policyOf returns the content security policy of a document.
func (s *Snapshot) policyOf(d *Document) string {
	switch d.kind {
	case kindPage:
		return s.policy + "; frame-ancestors 'none'"
	case kindEmbed:
		return s.embedPolicy + "; frame-ancestors *"
	case kindAsset:
		if strings.HasPrefix(d.Type, "image/svg") {
			return assetPolicy + "; sandbox"
		}
		return assetPolicy
	}
	return feedPolicy
}

// cacheControl tells how long a document keeps. Feeds keep for as long as
// their ttl says, which clients take for their polling interval (S13).
func (s *Snapshot) cacheControl(d *Document) string {
	if d.passing {
		return "no-store"
	}
	age := s.ttl
	switch d.kind {
	case kindPage, kindEmbed:
		age = min(age, 5*time.Minute)
	case kindAsset:
		age = time.Hour
	case kindArchive:
		age = 24 * time.Hour
	}
	return cacheFor(age)
}

// resource is a document with every answer about it prepared.
type resource struct {
	doc *Document
	// tags, full and same are by coding: the entity tag, the fields of the
	// document and those of a 304.
	tags       [codings]string
	full, same [codings][]field
	bodies     packs
	modified   time.Time
	lastMod    string
	// path is the document's below the site; deltas are the answers to those
	// who have an earlier edition, by its tag.
	path   string
	deltas map[string]*delta
	// page is the channel's page, which a person is shown who opens the feed's
	// address; visit has by coding the fields of that. Nil where nobody is.
	page  *resource
	visit [codings][]field
}

// resource prepares the answers about a document.
func (s *Snapshot) resource(path string, d *Document, began, now time.Time) *resource {
	r := &resource{doc: d, path: path, deltas: d.deltas(), modified: d.Modified}
	if !d.Modified.IsZero() {
		r.modified = latest(d.Modified, began.Truncate(time.Second))
	}
	modified := r.modified
	if modified.After(now) {
		// A date in the future would never be believed (S8).
		modified = now
	}
	if !modified.IsZero() {
		r.lastMod = modified.UTC().Format(http.TimeFormat)
	}
	if done := d.coded(); done != nil {
		r.bodies = *done
	}
	r.bodies[identity] = d.Body
	for c := identity; c < codings; c++ {
		if c != identity && r.bodies[c] == nil {
			continue
		}
		r.tags[c] = tagOf(d.ETag, c)
		r.same[c] = s.validators(r, c)
		r.full[c] = s.headers(path, r, c)
	}
	return r
}

// tagOf returns the entity tag of a coding: each has its own (S6).
func tagOf(tag string, c coding) string {
	if c == identity || tag == "" {
		return tag
	}
	return strings.TrimSuffix(tag, `"`) + "-" + c.name() + `"`
}

// validators are the fields that a 304 repeats (S10).
func (s *Snapshot) validators(r *resource, c coding) fields {
	var f fields
	if r.tags[c] != "" {
		f.add("ETag", r.tags[c])
	}
	if r.lastMod != "" {
		f.add("Last-Modified", r.lastMod)
	}
	f.add("Cache-Control", s.cacheControl(r.doc))
	switch {
	case r.doc.parts != nil:
		f.add("Vary", "Accept-Encoding, A-IM")
	case r.doc.kind != kindAsset:
		f.add("Vary", "Accept-Encoding")
	}
	if r.doc.feed() || r.doc.kind == kindEmbed {
		f.open()
	}
	return f
}

// linkHeader names the document itself, the hubs, unless it is an archive, and
// what else there is (S18, WebSub §4, RFC 8288).
func (s *Snapshot) linkHeader(path string, d *Document) string {
	var b strings.Builder
	b.WriteString("<" + s.site + path + `>; rel="self"`)
	if d.kind == kindFeed {
		for _, hub := range s.hubs {
			b.WriteString(", <" + hub + `>; rel="hub"`)
		}
	}
	for _, l := range d.links {
		b.WriteString(", <" + l.href + `>; rel="` + l.rel + `"`)
		if l.media != "" {
			b.WriteString(`; type="` + l.media + `"`)
		}
	}
	return b.String()
}

// feed reports whether the document is for programs, of any origin.
func (d *Document) feed() bool { return d.kind == kindFeed || d.kind == kindArchive }

// headers are the fields of a whole answer.
func (s *Snapshot) headers(path string, r *resource, c coding) fields {
	f := append(fields(nil), r.same[c]...)
	f.add("Content-Type", r.doc.Type)
	sharing := "cross-origin"
	if r.doc.kind == kindPage {
		sharing = "same-origin"
	}
	f.guard(s.policyOf(r.doc), sharing)
	if r.doc.kind == kindAsset {
		return f
	}
	f.add("Content-Length", strconv.Itoa(len(r.bodies[c])))
	f.add("Accept-Ranges", "none")
	if c != identity {
		f.add("Content-Encoding", c.name())
	}
	if r.doc.feed() && path != "" {
		f.add("Link", s.linkHeader(path, r.doc))
	}
	if r.doc.status == http.StatusServiceUnavailable {
		f.add("Retry-After", strconv.Itoa(retryAfter))
	}
	return f
}
