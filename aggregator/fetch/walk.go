package fetch

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"weir/feed"
)

// maxHops bounds a chain of redirects (P53, XB12).
const maxHops = 5

// maxValidator bounds a validator (XB17).
const maxValidator = 1 << 10

// Why a redirect is not followed.
var (
	errHops      = errors.New("it redirects more than 5 times")
	errLoop      = errors.New("it redirects in a circle")
	errDowngrade = errors.New("it redirects from https to http")
	errNowhere   = errors.New("it redirects without saying where to")
	errGuess     = errors.New("only the address itself would have been an answer")
)

// walk is the state of one request along its redirects. They are followed by
// hand: a client of net/http would carry validators to strangers (P11) and add
// a Referer (P17).
type walk struct {
	// request is what the walk is for, and form what it posts there; a nil one
	// gets.
	request     Request
	form        url.Values
	start, here target
	// auth is sent as long as the walk has not left its first origin; it does
	// not come back with it (XJ11).
	auth string
	seen [maxHops + 1]string
	hops int
	// moved is the address that permanent redirects led to; unbroken says
	// that nothing but those was met so far.
	moved    string
	unbroken bool
	// trusted says that every answer so far came from an address that is not
	// public: only then may the next one lie there too (XA22). As long as it
	// is set, trace keeps the connection in via.
	trusted bool
	trace   httptrace.ClientTrace
	via     net.Conn
	// inside says that a proxy was asked for an address that is not public.
	inside bool
	// strayed says that the walk has left its first origin.
	strayed bool
	// asked says that the last request was conditional.
	asked bool
}

func newWalk(r Request) (*walk, error) {
	t, err := parseTarget(r.URL, nil)
	if err != nil {
		return nil, err
	}
	w := &walk{request: r, start: t, here: t, auth: t.auth, unbroken: true, trusted: !r.Stranger}
	w.seen[0] = t.text
	w.trace.GotConn = func(i httptrace.GotConnInfo) { w.via = i.Conn }
	return w, nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow moves the walk to where the response redirects, or says in an [*Error]
// why not.
func (w *walk) follow(resp *http.Response, g *guard) error {
	if !w.keeps(resp.StatusCode) {
		return redirectError(w, resp.StatusCode, errForm)
	}
	to, err := w.next(resp.Header.Get("Location"))
	if err != nil {
		return redirectError(w, resp.StatusCode, err)
	}
	permanent := resp.StatusCode == http.StatusMovedPermanently ||
		resp.StatusCode == http.StatusPermanentRedirect
	w.unbroken = w.unbroken && permanent
	if w.unbroken {
		w.moved = to.text
	}
	if !sameOrigin(w.here.url, to.url) {
		w.auth, w.strayed = "", true
	}
	w.trusted = w.inside || w.via != nil && g.reaches(w.via.RemoteAddr())
	w.via, w.inside = nil, false
	w.hops++
	w.seen[w.hops] = to.text
	w.here = to
	return nil
}

func (w *walk) next(location string) (target, error) {
	if location == "" {
		return target{}, errNowhere
	}
	to, err := parseTarget(location, w.here.url)
	if err != nil {
		return target{}, err
	}
	if w.here.url.Scheme == "https" && to.url.Scheme == "http" {
		return target{}, errDowngrade
	}
	for _, s := range w.seen[:w.hops+1] {
		if s == to.text {
			return target{}, errLoop
		}
	}
	if w.hops == maxHops {
		return target{}, errHops
	}
	return to, nil
}

// permanent returns where the source has moved to. A front page or a login is
// where sites send what they have lost, not a move (P53).
func (w *walk) permanent() string {
	if w.moved == "" {
		return ""
	}
	u, err := url.Parse(w.moved)
	if err != nil || u.Path == "/" && u.RawQuery == "" && w.start.url.Path != "/" {
		return ""
	}
	last := strings.ToLower(u.Path[strings.LastIndexByte(u.Path, '/')+1:])
	switch last {
	case "login", "signin", "sign-in", "sign_in", "wp-login.php":
		return ""
	}
	return w.moved
}

// conditions returns what makes the next request conditional: the last
// validators, and only at the end of the same way that they came from (P3,
// P11).
func (w *walk) conditions() (etag, modified string) {
	if w.request.Validators.URL != w.start.text || w.request.Validators.Final != w.here.text {
		return "", ""
	}
	return validator(w.request.Validators.ETag), validator(w.request.Validators.LastModified)
}

// validators returns the pair to keep: a 200 replaces it as a unit (P4), a 304
// what it names (P7).
func (w *walk) validators(resp *http.Response) feed.Validators {
	v := feed.Validators{
		URL:          w.start.text,
		Final:        w.here.text,
		ETag:         validator(resp.Header.Get("Etag")),
		LastModified: validator(resp.Header.Get("Last-Modified")),
	}
	if resp.StatusCode == http.StatusNotModified {
		if v.ETag == "" {
			v.ETag = w.request.Validators.ETag
		}
		if v.LastModified == "" {
			v.LastModified = w.request.Validators.LastModified
		}
	}
	return v
}

// validator returns v untouched (P1, P2), or nothing when it is too long or
// could not be sent back (XB17).
func validator(v string) string {
	if len(v) > maxValidator || !httpguts.ValidHeaderFieldValue(v) {
		return ""
	}
	return v
}

// name is what sentences call the walk's present address.
func (w *walk) name() string {
	here, start := w.here.url.Hostname(), w.start.url.Hostname()
	if here == start {
		return here
	}
	return here + " (where " + start + " redirects to)"
}

// leave ends a response that redirects. A little of its body is read first, as
// the next request often goes to the same host and can use the connection then.
func leave(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 2<<10)
	_ = resp.Body.Close()
}
