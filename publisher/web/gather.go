package web

import (
	"io"
	"net"
	"net/http"
)

// gatherer is what a guest's request is answered by. What net/http would send as
// two packets, its buffer with the head and the beginning of the body, and the
// rest of that, leaves as one.
type gatherer struct {
	http.ResponseWriter
	guest *guest
	wrote bool
}

// Unwrap is for [http.ResponseController].
func (a *gatherer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// ReadFrom implements [io.ReaderFrom], so that files are sent by the kernel.
func (a *gatherer) ReadFrom(src io.Reader) (int64, error) {
	a.wrote = true
	return io.Copy(a.ResponseWriter, src)
}

// WriteHeader implements [http.ResponseWriter].
func (a *gatherer) WriteHeader(status int) {
	a.wrote = a.wrote || status >= http.StatusOK
	a.ResponseWriter.WriteHeader(status)
}

// FlushError is for [http.ResponseController].
func (a *gatherer) FlushError() error {
	a.wrote = true
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// begun tells whether something was answered.
func (a *gatherer) begun() bool { return a.wrote }

// Write implements [http.ResponseWriter].
func (a *gatherer) Write(p []byte) (n int, err error) {
	a.guest.gathering, a.wrote = true, true
	n, err = a.ResponseWriter.Write(p)
	if late := a.guest.send(nil); err == nil {
		err = late
	}
	return n, err
}

// gather keeps what is to be sent until more comes, or the answer's Write ends.
func (g *guest) gather(p []byte) (int, error) {
	if g.held == nil {
		g.held, _ = g.crowd.packets.Get().(*[]byte)
		if g.held == nil {
			g.held = new([]byte)
		}
		*g.held = append((*g.held)[:0], p...)
		return len(p), nil
	}
	return len(p), g.send(p)
}

// send sends what is kept, if anything is, and what follows it.
func (g *guest) send(p []byte) error {
	g.gathering = false
	if g.held == nil {
		return nil
	}
	defer g.crowd.packets.Put(g.held)
	parts := net.Buffers{*g.held, p}
	if g.held = nil; len(p) == 0 {
		parts = parts[:1]
	}
	_, err := parts.WriteTo(g.TCPConn)
	return err
}
