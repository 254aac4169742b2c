package fetch

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Form is what is posted to a hub or to a server that notifies of changes.
type Form struct {
	// URL is an http or https address, Values are what is sent there.
	URL    string
	Values url.Values
	// Stranger and Private are those of [Request].
	Stranger, Private bool
}

// maxReply bounds the answer to a form.
const maxReply = 64 << 10

// errForm is a redirect that would have the form forgotten (RFC 9110 §15.4).
var errForm = errors.New("what was posted would be lost on the way")

// Post sends a form through the same guard and within the same limits as
// [Client.Get]. Any status from 200 to 299 is a success; the body of the answer
// is at most 64 KiB. Only redirects that keep the form are followed (307, 308).
// Its error is as that of Get, and holds what the server said in Detail.
func (c *Client) Post(ctx context.Context, f Form) (*Response, error) {
	w, err := newWalk(Request{URL: f.URL, Stranger: f.Stranger, Private: f.Private, Accept: "*/*", Limit: maxReply})
	if err != nil {
		return nil, refusedAddress(err)
	}
	if w.form = f.Values; w.form == nil {
		w.form = url.Values{}
	}
	return c.ask(ctx, w)
}

// fill makes a request that posts of one that gets, if the walk has a form.
func (w *walk) fill(req *http.Request) {
	if w.form == nil {
		return
	}
	text := w.form.Encode()
	req.Method = http.MethodPost
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.ContentLength = int64(len(text))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	req.Body, _ = req.GetBody()
}

// keeps reports whether a redirect keeps what is asked as it is.
func (w *walk) keeps(status int) bool {
	return w.form == nil || status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
}

// takes reports whether a status brings what was asked for.
func (w *walk) takes(status int) bool {
	if w.form != nil {
		return status >= 200 && status < 300
	}
	return status == http.StatusOK || status == http.StatusNonAuthoritativeInfo
}

// limit bounds a decoded body.
func (c *Client) limit(w *walk) int64 {
	if w.request.Limit > 0 {
		return min(w.request.Limit, c.maxBody)
	}
	return c.maxBody
}

// refusal is the error of a status that brings nothing. To a form, servers say
// in plain text what they do not like about it.
func (c *Client) refusal(w *walk, resp *http.Response) error {
	e := statusError(w, resp, time.Now())
	if t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); w.form == nil || err != nil || t != "text/plain" {
		return e
	}
	if b, _, err := c.read(resp, maxReply); err == nil {
		e.Detail = strings.TrimSpace(printable(clip(string(b.bytes), 200)))
		b.release()
	}
	return e
}
