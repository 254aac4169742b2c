package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

const (
	// drain is how long requests that are under way at a stop may take to end.
	drain = 10 * time.Second
	// writeTime is how long an answer may take, from when its request was read.
	writeTime = 30 * time.Second
	// idleTime is how long a connection is kept for the next request.
	idleTime = 60 * time.Second
)

// Server serves a handler to everybody. It is made by [New].
type Server struct {
	web    *http.Server
	guests *crowd
	drain  time.Duration
}

// New returns a server of everything public. Every wait has an end and every
// header a size (XH01). It speaks HTTP/1.1 alone: there is no TLS here, and
// whoever wants HTTP/2 puts a proxy before it, whose faults are patched with it
// (XH18).
//
// Of paths that holds reports, which may be nil, the handler answers GET and HEAD
// without waiting for anybody. There it needs nothing of a request's context and
// keeps nothing of the request; an answer with a body says its length and type;
// none sets Date, has trailers or comes in parts. Other answers end with the
// connection, or lack what net/http would have found out. What is logged is what
// panicked, and that there was no room.
func New(h http.Handler, holds func(path string) bool, log *slog.Logger) *Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	s := &Server{guests: newCrowd(log), drain: drain}
	s.web = &http.Server{
		Handler:           surviving(h, log),
		Protocols:         &protocols,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnContext:       welcome,
		ConnState:         rest,
		// net/http's own answer to "OPTIONS *" would lack our headers (XH22).
		DisableGeneralOptionsHandler: true,
	}
	s.guests.handler, s.guests.holds = s.web.Handler, holds
	return s
}

// Serve answers what comes by a listener until Stop; then it returns
// [http.ErrServerClosed].
func (s *Server) Serve(ln net.Listener) error {
	s.guests.Listener = ln
	return s.web.Serve(s.guests)
}

// Stop ends the server: nobody is let in any more, requests under way are let
// finish for ten seconds, and what is not done then is cut off (XH23).
func (s *Server) Stop(ctx context.Context) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.drain)
	defer cancel()
	if s.web.Shutdown(end) != nil {
		_ = s.web.Close() // They had their time.
	}
	s.guests.left(end)
}

// surviving hands requests on. One whose handling panicked is answered with 500
// and nothing that tells why, and serving goes on (XH21). Where the answer had
// begun the connection ends, so that no half document passes for a whole one.
func surviving(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w = understood(w, r)
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
			log.Error("answering a request panicked", "method", r.Method, "path", r.URL.Path, "panic", fault, "stack", string(debug.Stack()))
			if a, ok := w.(interface{ begun() bool }); ok && a.begun() {
				panic(http.ErrAbortHandler)
			}
			clear(w.Header())
			Disarm(w.Header(), "same-origin")
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Content-Length", "0")
			lastOfDoubtful(w, r)
			w.WriteHeader(http.StatusInternalServerError)
		}()
		lastOfDoubtful(w, r)
		next.ServeHTTP(w, r)
	})
}

// lastOfDoubtful has the connection end after a request with a body. Nobody but
// hubs has reason to send one, and where it ends is what smugglers lie about: no
// other request is read after it (RFC 9112 §6.1, XH17). net/http hides whether two
// lengths were given, and of HTTP/1.0 whether there was a coding.
func lastOfDoubtful(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 || !r.ProtoAtLeast(1, 1) {
		w.Header().Set("Connection", "close")
	}
}

// Disarm sets what keeps a browser from making more of an answer than it is;
// sharing is what other sites may do with it (XH22).
func Disarm(h http.Header, sharing string) {
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", sharing)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}
