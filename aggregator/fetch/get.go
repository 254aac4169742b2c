package fetch

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"time"

	"weir/feed"
)

// What the request headers say, the same for every source, as servers vary
// their answers on them (P78, P71).
const (
	accept = "application/atom+xml, application/rss+xml;q=0.9, application/feed+json;q=0.9, " +
		"application/rdf+xml;q=0.8, application/xml;q=0.7, text/xml;q=0.7, */*;q=0.1"
	acceptEncoding = "gzip, br, zstd"
)

// Request is one question to a source.
type Request struct {
	// URL is an http or https address; credentials in it become an
	// Authorization header for its own origin. For [ReadFile] it is a path.
	URL string
	// Validators are those of the last [Response], as they came.
	Validators feed.Validators
	// Private keeps the hosts out of the log too (XJ09).
	Private bool
	// Accept replaces what a feed is asked for with (P78), and lets any media
	// type pass; empty asks for a feed.
	Accept string
	// Limit bounds the decoded body; 0, or more than Options.MaxBody, is that.
	Limit int64
	// Access is what the source wants beside its address, nil if nothing.
	Access *Access
	// Exchanges, when set, is told every request that was sent, redirects
	// included, and what came back.
	Exchanges *[]*Exchange
	// Stranger says that the address was not given by the operator: it is
	// asked only if it is public, whatever AllowPrivate says (XA22).
	Stranger bool
	// Guess says that the address may not be there at all: an answer that a
	// redirect brings is refused (P92).
	Guess bool
}

// Response is the answer of a source that could be read.
type Response struct {
	// Status is 200, 203, 226 or 304; 0 for files.
	Status int
	// NotModified says that the source is as it was when Validators came.
	NotModified bool
	// Body is the decoded document. It belongs to the response and may be
	// used until Release; whoever keeps a part of it copies that part.
	Body []byte
	// Cut says that the document is larger than the limit, and Body only its
	// beginning.
	Cut bool
	// Delta says that Body holds only what is new since Validators came (226,
	// RFC 3229): nothing that it lacks is gone (D1).
	Delta bool
	// ContentType is the header's value, at most 256 bytes.
	ContentType string
	// Links are the values of the Link headers of a whole answer (RFC 8288).
	Links []string
	// Final is the address that answered, without credentials; "" for files.
	Final string
	// Permanent is the address that an unbroken chain of permanent redirects
	// from the start led to, "" if there is none (P51).
	Permanent string
	// Validators are what to ask with the next time, always complete: after a
	// 304 they hold what it changed and keep the rest (P7). Their URL is the
	// requested address without credentials.
	Validators feed.Validators
	// Modified is the document's own date, zero if none.
	Modified time.Time
	// Hints holds in Fresh the freshness lifetime left, at most 7 days;
	// FreshStated says whether the response spoke of it (P23 to P27).
	Hints       feed.Hints
	FreshStated bool

	buffer *buffer
}

// Release gives the body's memory back to the client. Calling it is optional,
// a second call does nothing; Body must not be used afterwards.
func (r *Response) Release() {
	if r.buffer != nil {
		r.buffer.release()
		r.buffer, r.Body = nil, nil
	}
}

// Get asks a source, following redirects. Its error is an [*Error], or wraps
// the context's when that ended first.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	w, err := newWalk(r)
	if err != nil {
		return nil, refusedAddress(err)
	}
	return c.ask(ctx, w)
}

// ask sends what the walk is for, wherever redirects lead.
func (c *Client) ask(ctx context.Context, w *walk) (*Response, error) {
	within, cancel := context.WithTimeoutCause(ctx, c.timeouts.Total, errTotal)
	defer cancel()
	for {
		resp, err := c.send(within, w)
		if err != nil {
			return nil, c.explain(within, w, err)
		}
		if !isRedirect(resp.StatusCode) {
			return c.answer(within, w, resp)
		}
		if w.request.Guess {
			err = redirectError(w, resp.StatusCode, errGuess)
		} else {
			err = w.follow(resp, c.guard)
		}
		leave(resp)
		if err != nil {
			return nil, err
		}
		if !w.request.Private {
			c.logger.DebugContext(ctx, "redirected", "status", resp.StatusCode,
				"from", w.start.url.Host, "to", w.here.url.Host)
		}
	}
}

// send asks the walk's present address.
func (c *Client) send(ctx context.Context, w *walk) (*http.Response, error) {
	via := c.guarded
	if w.trusted && c.direct != c.guarded {
		via = c.direct
		ctx = httptrace.WithClientTrace(ctx, &w.trace)
	}
	req := c.blank.WithContext(ctx)
	req.URL, req.Host = w.here.url, w.here.url.Host
	req.Header = c.header(w)
	w.fill(req)
	var resp *http.Response
	var err error
	if w.request.Access != nil && w.request.Access.Proxy != "" {
		resp, err = c.proxied(ctx, w, req)
	} else {
		resp, err = via.RoundTrip(req)
	}
	w.note(req, resp)
	return resp, err
}

// header is a map of its own for every request, as the transport may read it
// after the response came; the constant values are shared.
func (c *Client) header(w *walk) http.Header {
	h := make(http.Header, 6)
	h["User-Agent"] = c.userAgent
	h["Accept"] = c.accept
	if w.request.Accept != "" {
		h["Accept"] = []string{w.request.Accept}
	}
	h["Accept-Encoding"] = c.acceptEncoding
	v := make([]string, 4)
	add := func(i int, name, value string) {
		if value != "" {
			v[i] = value
			h[name] = v[i : i+1 : i+1]
		}
	}
	etag, modified := w.conditions()
	add(0, "Authorization", w.auth)
	add(1, "If-None-Match", etag)
	add(2, "If-Modified-Since", modified)
	w.asked = etag != "" || modified != ""
	if w.asked {
		add(3, "A-Im", "feed") // D1
	}
	w.dress(h)
	return h
}

// answer reads a response that is no redirect, and closes it.
func (c *Client) answer(ctx context.Context, w *walk, resp *http.Response) (*Response, error) {
	defer resp.Body.Close()
	out := &Response{
		Status:     resp.StatusCode,
		Final:      w.here.text,
		Permanent:  w.permanent(),
		Validators: w.validators(resp),
	}
	out.Hints.Fresh, out.FreshStated = freshness(resp.Header, time.Now())
	if resp.StatusCode == http.StatusNotModified && w.asked {
		out.NotModified = true
		return out, nil
	}
	out.Delta = w.asked && isDelta(resp)
	if !out.Delta && !w.takes(resp.StatusCode) {
		return nil, c.refusal(w, resp)
	}
	out.ContentType = clip(resp.Header.Get("Content-Type"), 256)
	if w.request.Accept == "" && isMedia(out.ContentType) {
		return nil, notAFeed(w, out.ContentType)
	}
	out.Links = resp.Header.Values("Link")
	out.Modified = httpTime(resp.Header.Get("Last-Modified"))
	b, cut, err := c.read(resp, c.limit(w))
	if err != nil {
		return nil, c.explain(ctx, w, err)
	}
	out.Body, out.Cut, out.buffer = b.bytes, cut, b
	return out, nil
}
