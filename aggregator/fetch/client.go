// Package fetch reads what sources are made of: it is the only network client
// of the program.
//
// Make one [Client] with [New] and call [Client.Get] from any number of
// goroutines; sources on this machine are read with [ReadFile]. Both are asked
// with the validators of the last answer and say when nothing changed:
//
//	resp, err := client.Get(ctx, fetch.Request{URL: url, Validators: last})
//	if err != nil {
//		// an *Error with a sentence for the operator, or ctx's end
//	}
//	defer resp.Release()
//
// What is promised:
//
//   - Only public addresses are connected to, whatever a name, a redirect or a
//     second answer of a name server says, except those that the operator
//     allowed; the check is made on the address of the socket itself.
//   - Memory, bytes, redirects and time are bounded for every request.
//   - A body is whole or it is not given: a cut transfer is an error. Only a
//     body that is larger than the limit is given in part, and says so.
//   - Validators are sent byte for byte, and only where they came from.
//   - No error text holds more of an address than its host.
package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/http/httpguts"
)

// Options configures a [Client]. Everything but UserAgent has a default.
type Options struct {
	// UserAgent is sent with every request: name/version and a contact
	// address (P46).
	UserAgent string
	// AllowPrivate lists hosts that may be asked although their address is
	// not public, on any port: host names, IP addresses and CIDR ranges
	// (XA22).
	AllowPrivate []string
	// MaxBody bounds a decoded body; 0 means 10 MiB. MaxWire bounds what a
	// compressed body may be on the wire; 0 means 5 MiB.
	MaxBody, MaxWire int64
	// Timeouts bounds the parts of a request.
	Timeouts Timeouts
	// Concurrency is how many requests run at a time, so that as many
	// connections to one host may be kept; 0 means 32.
	Concurrency int
	// RootCAs verifies servers; nil means the system's.
	RootCAs *x509.CertPool
	// Resolver looks up names; nil means the system's.
	Resolver *net.Resolver
	// Logger is told of redirects at level debug; nil discards.
	Logger *slog.Logger
}

// Timeouts bounds the parts of a request (P70, XB06 to XB09). Zero fields have
// the default given.
type Timeouts struct {
	// Total covers everything from the first lookup to the last byte: 30 s.
	Total time.Duration
	// Dial covers lookup and connect, 5 s; TLS the handshake, 5 s; Header the
	// wait for a response, 10 s; Idle the silence between two reads, 20 s.
	Dial, TLS, Header, Idle time.Duration
}

// Client asks sources over HTTP. It is safe for concurrent use.
type Client struct {
	// direct reaches what the operator allowed; guarded, for redirects that
	// strangers send, reaches public addresses only (XA22). They are the same
	// when nothing is allowed.
	direct, guarded *http.Transport
	// guard judges for guarded, permissive for direct.
	guard, permissive *guard
	proxies           proxies
	lookup            lookup
	// The constant header values, shared by all requests.
	userAgent, accept, acceptEncoding []string

	maxBody  int64
	maxWire  int64
	timeouts Timeouts
	logger   *slog.Logger
	// blank is copied for each request.
	blank http.Request

	// Buffers and decoders, used again.
	buffers, gzips, brotlis, zstds sync.Pool
}

// maxHeader bounds a response's header (XB10).
const maxHeader = 64 << 10

// New returns a client. An error names the option that is wrong.
func New(o Options) (*Client, error) {
	o.defaults()
	return newClient(o, sockets(&o))
}

func newClient(o Options, connect connector) (*Client, error) {
	if o.UserAgent == "" || !httpguts.ValidHeaderFieldValue(o.UserAgent) {
		return nil, errors.New("fetch: a user agent of printable characters is needed")
	}
	allowed, err := newAllowance(o.AllowPrivate)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	c := &Client{
		guard: newGuard(allowance{}),

		userAgent:      []string{o.UserAgent},
		accept:         []string{accept},
		acceptEncoding: []string{acceptEncoding},

		maxBody:  o.MaxBody,
		maxWire:  o.MaxWire,
		timeouts: o.Timeouts,
		logger:   o.Logger,
		blank: http.Request{
			Method: http.MethodGet, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		},
	}
	c.guarded = newTransport(&o, connect, c.guard)
	c.direct, c.permissive = c.guarded, c.guard
	if !allowed.empty() {
		c.permissive = newGuard(allowed)
		c.direct = newTransport(&o, connect, c.permissive)
	}
	c.proxies = proxies{all: make(map[string]*http.Transport), open: through(&o, connect)}
	c.lookup = resolving(o.Resolver)
	return c, nil
}

func (o *Options) defaults() {
	set(&o.MaxBody, 10<<20)
	set(&o.MaxWire, 5<<20)
	set(&o.Timeouts.Total, 30*time.Second)
	set(&o.Timeouts.Dial, 5*time.Second)
	set(&o.Timeouts.TLS, 5*time.Second)
	set(&o.Timeouts.Header, 10*time.Second)
	set(&o.Timeouts.Idle, 20*time.Second)
	set(&o.Concurrency, 32)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

func set[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// newTransport returns a transport without proxy (XA19: the check of a dialled
// address would only see the proxy, see [through]), cookies, and decoding of its own (P71).
func newTransport(o *Options, connect connector, g *guard) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer(o, connect, g),
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        tlsConfig(o),
		TLSHandshakeTimeout:    o.Timeouts.TLS,
		ResponseHeaderTimeout:  o.Timeouts.Header,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
		MaxIdleConns:           4 * o.Concurrency,
		MaxIdleConnsPerHost:    o.Concurrency,
		// A kept connection is dropped before its idle read can end in the
		// middle of the wait for the next response.
		IdleConnTimeout: max(o.Timeouts.Idle-o.Timeouts.Header, time.Second),
	}
}

func tlsConfig(o *Options) *tls.Config {
	return &tls.Config{
		RootCAs:            o.RootCAs,
		MinVersion:         tls.VersionTLS12,
		ClientSessionCache: tls.NewLRUClientSessionCache(1024),
	}
}

// control judges an address that a name stands for, before it is connected to.
type control = func(network, address string, _ syscall.RawConn) error

// connector opens a connection to a host:port if control lets it.
type connector func(ctx context.Context, network, address string, judge control) (net.Conn, error)

// sockets is the connector of the operating system's network.
func sockets(o *Options) connector {
	timeout, resolver := o.Timeouts.Dial, o.Resolver
	return func(ctx context.Context, network, address string, judge control) (net.Conn, error) {
		d := net.Dialer{Timeout: timeout, Resolver: resolver, Control: judge}
		return d.DialContext(ctx, network, address)
	}
}

// dialer returns the only way to a connection: every address that a name has
// is judged between lookup and connect (P74, XA14). Without a guard it leads to
// a proxy that the operator named.
func dialer(o *Options, connect connector, g *guard) func(context.Context, string, string) (net.Conn, error) {
	idle := o.Timeouts.Idle
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		judge := func(string, string, syscall.RawConn) error { return nil }
		if g != nil {
			judge = g.control(address)
		}
		conn, err := connect(ctx, network, address, judge)
		if err != nil {
			return nil, err
		}
		return &patientConn{Conn: conn, idle: idle}, nil
	}
}

// patientConn waits for each read only so long.
type patientConn struct {
	net.Conn
	idle time.Duration
}

func (c *patientConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Close drops the connections that are kept. Requests under way go on.
func (c *Client) Close() {
	c.direct.CloseIdleConnections()
	c.guarded.CloseIdleConnections()
	c.proxies.close()
}
