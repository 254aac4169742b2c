package web

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answerer is the [http.ResponseWriter] of an answer that net/http knows nothing of.
// It sends the same bytes, of answers as [New] wants them.
type answerer struct {
	conn   *net.TCPConn
	header http.Header
	names  []string
	// head is what is not sent yet.
	head   bytes.Buffer
	parts  [2][]byte
	status int
	// bodiless are answers that end with their head. Of others left is how much of
	// the body is to come, where said says that somebody did.
	bodiless, said bool
	// closes says that the connection ends with the answer.
	get, closes bool
	left        int64
	err         error
}

// errLength ends a connection by which less was to be sent than was said, or more.
var errLength = errors.New("the answer is not as long as was said")

// begin makes ready for another answer.
func (a *answerer) begin(conn *net.TCPConn, r *http.Request) {
	if a.header == nil {
		a.header = make(http.Header, 20)
	}
	clear(a.header)
	a.head.Reset()
	a.conn, a.get, a.status, a.bodiless, a.said, a.closes, a.left, a.err = conn, r.Method == http.MethodGet, 0, false, false, false, 0, nil
}

// Header implements [http.ResponseWriter].
func (a *answerer) Header() http.Header { return a.header }

// begun tells whether something was answered.
func (a *answerer) begun() bool { return a.status != 0 }

// WriteHeader implements [http.ResponseWriter]. There are no interim answers.
func (a *answerer) WriteHeader(status int) {
	if a.status != 0 || status < 200 {
		return
	}
	a.status = status
	empty := status == http.StatusNoContent || status == http.StatusNotModified
	a.bodiless = empty || !a.get
	if empty { // RFC 9110 §8.6, §15.4.5
		delete(a.header, "Content-Length")
	}
	if status == http.StatusNotModified {
		delete(a.header, "Content-Type")
	}
	if said := a.header["Content-Length"]; len(said) == 1 {
		n, err := strconv.ParseInt(said[0], 10, 64)
		a.left, a.said = n, err == nil
	}
	if !a.said && !a.bodiless {
		a.header["Connection"] = []string{"close"} // RFC 9112 §6.3
	}
	a.closes = a.header["Connection"] != nil
	line := append(a.head.AvailableBuffer(), "HTTP/1.1 "...)
	line = strconv.AppendInt(line, int64(status), 10)
	line = append(append(append(line, ' '), http.StatusText(status)...), "\r\n"...)
	a.head.Write(line)
	a.fields()
	date := append(a.head.AvailableBuffer(), "Date: "...)
	date = time.Now().UTC().AppendFormat(date, http.TimeFormat)
	a.head.Write(append(date, "\r\n\r\n"...))
}

// fields writes the fields into the head, in order.
func (a *answerer) fields() {
	a.names = a.names[:0]
	for name, values := range a.header {
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n") {
				_ = a.header.Write(&a.head) // which mends them, and takes its time
				return
			}
		}
		a.names = append(a.names, name)
	}
	slices.Sort(a.names)
	for _, name := range a.names {
		for _, v := range a.header[name] {
			line := append(append(a.head.AvailableBuffer(), name...), ": "...)
			a.head.Write(append(append(line, v...), "\r\n"...))
		}
	}
}

// Write implements [http.ResponseWriter]: the head leaves with the beginning of
// the body.
func (a *answerer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	switch {
	case a.err != nil:
		return 0, a.err
	case a.bodiless && a.get:
		return 0, http.ErrBodyNotAllowed
	case a.bodiless:
		return len(p), nil
	}
	if a.left -= int64(len(p)); a.said && a.left < 0 {
		return 0, http.ErrContentLength
	}
	return len(p), a.send(p)
}

// send sends what there is of the head, and p.
func (a *answerer) send(p []byte) error {
	a.parts = [2][]byte{a.head.Bytes(), p}
	packet := net.Buffers(a.parts[:])
	_, a.err = packet.WriteTo(a.conn)
	a.head.Reset()
	a.parts = [2][]byte{}
	return a.err
}

// end sends what is left to be sent. An error means that the connection is to be
// closed.
func (a *answerer) end() error {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.head.Len() > 0 && a.err == nil {
		_, a.err = a.conn.Write(a.head.Bytes())
	}
	switch {
	case a.err != nil:
		return a.err
	case !a.bodiless && a.said && a.left != 0:
		return errLength
	case a.closes:
		return io.EOF
	}
	return nil
}
