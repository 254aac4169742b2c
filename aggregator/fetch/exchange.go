package fetch

import (
	"io"
	"net/http"
)

// Exchange is one request as it was sent and what the server said to it, for
// whoever asks why a source is read as it is. Nothing in it is covered but the
// credentials: it is not made to be shown as it is.
type Exchange struct {
	// URL is the address that was asked, without credentials.
	URL string
	// Request and Answer are the header fields; Answer is nil when no answer
	// came.
	Request, Answer http.Header
	// Proto is the protocol of the answer, such as HTTP/2.0, and Status its
	// status.
	Proto  string
	Status int
	// Wire counts the bytes of the body as they came, before decoding.
	Wire int64
}

// note appends an exchange to what the request wants to know, and has its body
// counted.
func (w *walk) note(req *http.Request, resp *http.Response) {
	all := w.request.Exchanges
	if all == nil {
		return
	}
	e := &Exchange{URL: w.here.text, Request: req.Header.Clone()}
	w.undress(e.Request)
	*all = append(*all, e)
	if resp == nil {
		return
	}
	e.Answer, e.Proto, e.Status = resp.Header.Clone(), resp.Proto, resp.StatusCode
	resp.Body = &counted{ReadCloser: resp.Body, n: &e.Wire}
}

// counted counts what is read of a body.
type counted struct {
	io.ReadCloser
	n *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	*c.n += int64(n)
	return n, err
}
