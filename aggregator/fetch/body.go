package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Why a body was not taken.
var (
	errCoding  = errors.New("it is compressed in a way that was not asked for")
	errStacked = errors.New("it is compressed more than once")
	// errFull ends the reading of a body at a limit.
	errFull = errors.New("larger than the limit")
)

// codingError is a body that arrived but could not be decoded.
type codingError struct{ err error }

// Error implements error.
func (e *codingError) Error() string { return "decode: " + clip(e.err.Error(), 200) }

// Unwrap gives the decoder's error.
func (e *codingError) Unwrap() error { return e.err }

// buffer is memory for a body, from the client's pool.
type buffer struct {
	bytes []byte
	pool  *sync.Pool
}

// keepable is the largest buffer that is kept for later: few feeds are larger,
// and those few must not fill the memory of all.
const keepable = 2 << 20

func (c *Client) buffer(size int64) *buffer {
	b, ok := c.buffers.Get().(*buffer)
	if !ok {
		b = &buffer{pool: &c.buffers}
	}
	if int64(cap(b.bytes)) < size {
		b.bytes = make([]byte, 0, size)
	}
	b.bytes = b.bytes[:0]
	return b
}

func (b *buffer) release() {
	if cap(b.bytes) <= keepable {
		b.pool.Put(b)
	}
}

// read reads and decodes a body within the limits (P71 to P73, XB01 to XB05).
// Decoded, it is at most limit bytes. It reports whether the body was cut.
func (c *Client) read(resp *http.Response, limit int64) (*buffer, bool, error) {
	coding, err := contentCoding(resp.Header["Content-Encoding"])
	if err != nil {
		return nil, false, &codingError{err}
	}
	if resp.ContentLength == 0 {
		coding = "" // nothing is nothing in every coding
	}
	src := &wire{body: resp.Body, left: limit}
	if coding != "" {
		src.left = c.maxWire
	}
	b := c.buffer(sizeHint(coding, resp.ContentLength, limit))
	cut, err := c.decode(b, coding, src, limit)
	if err == nil && coding == "" && hasMagic(b.bytes) && !cut {
		b, cut, err = c.unpack(b, limit)
	}
	if err == nil && coding != "" && hasMagic(b.bytes) {
		err = &codingError{errStacked}
	}
	if err != nil {
		b.release()
		return nil, false, err
	}
	return b, cut, nil
}

// unpack decodes a body that is gzip although no header said so (P72).
func (c *Client) unpack(packed *buffer, limit int64) (*buffer, bool, error) {
	defer packed.release()
	b := c.buffer(sizeHint("gzip", int64(len(packed.bytes)), limit))
	cut, err := c.decode(b, "gzip", &wire{body: bytes.NewReader(packed.bytes), left: c.maxWire}, limit)
	if err == nil && hasMagic(b.bytes) {
		err = &codingError{errStacked}
	}
	return b, cut, err
}

// sizeHint guesses how much a body will take, so that most are read without
// growing: one byte more than is declared, in which the end is met.
func sizeHint(coding string, declared, limit int64) int64 {
	const usual, most = 64 << 10, 1 << 20
	size := int64(usual)
	switch {
	case coding == "" && declared >= 0:
		size = declared + 1
	case declared > 0:
		size = min(max(6*declared, usual), most)
	}
	return min(max(size, 512), limit+1)
}

// decode fills b. A limit met on either side of the decoder cuts the body. The
// decoders read on to the end of the transfer, so that what follows the
// document, or is missing, is seen (P72, P73).
func (c *Client) decode(b *buffer, coding string, src *wire, limit int64) (cut bool, err error) {
	from, done, err := c.decoder(coding, src)
	if err == nil {
		err = b.fill(from, limit)
		done()
	}
	switch {
	case err == nil:
		return false, nil
	case errors.Is(err, errFull):
		return true, nil
	case src.err != nil:
		return false, src.err
	default:
		return false, &codingError{err}
	}
}

// fill reads everything, up to limit bytes, growing as needed.
func (b *buffer) fill(from io.Reader, limit int64) error {
	for idle := 0; idle < 100; idle++ {
		if len(b.bytes) == cap(b.bytes) {
			b.grow(limit)
		}
		n, err := from.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		if int64(len(b.bytes)) > limit {
			b.bytes = b.bytes[:limit]
			return errFull
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if n > 0 {
			idle = 0
		}
	}
	return io.ErrNoProgress
}

// grow doubles the buffer, but not beyond what the limit can use.
func (b *buffer) grow(limit int64) {
	size := min(max(2*int64(cap(b.bytes)), 512), max(limit+1, int64(cap(b.bytes))+1))
	b.bytes = append(make([]byte, 0, size), b.bytes...)
}

// wire is the body as it comes over the network: bounded, and remembering
// whether it was the network or the decoder that failed.
type wire struct {
	body io.Reader
	left int64
	full bool
	err  error
}

// Read implements io.Reader. It asks for one byte more than the limit, to tell
// a body that ends there from one that goes on.
func (w *wire) Read(p []byte) (int, error) {
	if w.full {
		return 0, errFull
	}
	if int64(len(p)) > w.left+1 {
		p = p[:w.left+1]
	}
	n, err := w.body.Read(p)
	if int64(n) > w.left {
		n, w.full = int(w.left), true
		return n, errFull
	}
	w.left -= int64(n)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// contentCoding returns the one coding of a body, "" for none (XB03, XB04).
func contentCoding(lines []string) (string, error) {
	coding := ""
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			item = strings.ToLower(strings.TrimSpace(item))
			switch item {
			case "", "identity":
				continue
			case "x-gzip":
				item = "gzip"
			case "gzip", "br", "zstd":
			default:
				return "", fmt.Errorf("%w (%s)", errCoding, clip(item, 20))
			}
			if coding != "" {
				return "", errStacked
			}
			coding = item
		}
	}
	return coding, nil
}

func hasMagic(b []byte) bool { return len(b) > 2 && b[0] == 0x1f && b[1] == 0x8b }
