package web

import (
	"bytes"
	"context"
	"net"
	"net/http"
)

// disarmed are the fields of [Disarm] and of what must not be kept, as they are
// sent.
const disarmed = "Cache-Control: no-store\r\n" +
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" +
	"Cross-Origin-Resource-Policy: cross-origin\r\n" +
	"Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"

// Write implements [net.Conn]. What net/http says of broken requests lacks the
// fields that every answer carries, and it has no other place to add them (XH22).
func (g *guest) Write(p []byte) (int, error) {
	if g.gathering {
		return g.gather(p)
	}
	if g.heard {
		return g.TCPConn.Write(p)
	}
	line, rest, ok := bytes.Cut(p, []byte("\r\n"))
	if !ok || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return g.TCPConn.Write(p)
	}
	whole := bytes.Join([][]byte{line, []byte("\r\n" + disarmed), rest}, nil)
	n, err := g.TCPConn.Write(whole)
	return min(n, len(p)), err
}

type guestKey struct{}

// welcome lets handlers know the connection that a request came by.
func welcome(ctx context.Context, conn net.Conn) context.Context {
	if g, ok := conn.(*guest); ok {
		return context.WithValue(ctx, guestKey{}, g)
	}
	return ctx
}

// listen notes that the request was understood, and returns what it is to be
// answered by.
func listen(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	g, ok := r.Context().Value(guestKey{}).(*guest)
	if !ok {
		return w
	}
	g.heard = true
	return &gatherer{w, g}
}
