package web

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"time"
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
	if !ok || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
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

// understood notes that net/http understood a request, and returns what it is to
// be answered by.
func understood(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	g, ok := r.Context().Value(guestKey{}).(*guest)
	if !ok {
		return w
	}
	g.heard = true
	g.bare = r.ContentLength == 0 && (r.Method == http.MethodGet || r.Method == http.MethodHead)
	return &gatherer{ResponseWriter: w, guest: g}
}

// rest notes that net/http's answer ended, and that the next request of a
// connection has yet to be understood.
func rest(conn net.Conn, state http.ConnState) {
	if g, ok := conn.(*guest); ok && state == http.StateIdle {
		g.heard = false
		g.regular = g.single && g.bare && g.crowd.holds != nil
		g.single, g.handed, g.extended = false, 0, time.Time{}
	}
}
