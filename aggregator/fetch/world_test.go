package fetch_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"weir/aggregator/fetch"
)

const agent = "weir-test/1 (+https://weir.example/)"

// world is a network of hosts that exist only in the test: names stand for any
// address, public ones included, and connections are pipes. The guard judges
// those addresses as it would real ones.
type world struct {
	t     *testing.T
	mu    sync.Mutex
	hosts map[string]*host
	dials []string
	conns chan net.Conn
	ended chan struct{}
	certs tls.Config
	roots *x509.CertPool
	// silent makes connecting hang, as a black hole does.
	silent bool
}

type host struct {
	addrs   []string
	handler http.Handler
	// raw, when set, speaks instead of an HTTP server.
	raw func(net.Conn)
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, hosts: map[string]*host{}, conns: make(chan net.Conn), ended: make(chan struct{})}
	server := &http.Server{Handler: http.HandlerFunc(w.serve), ErrorLog: quiet()}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(w) }()
	t.Cleanup(func() { server.Close(); <-done })
	return w
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	name, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		name = r.Host
	}
	w.mu.Lock()
	h := w.hosts[name]
	w.mu.Unlock()
	h.handler.ServeHTTP(rw, r)
}

// host adds a host that answers at the addresses.
func (w *world) host(name string, handler http.HandlerFunc, addrs ...string) {
	w.hosts[name] = &host{addrs: addrs, handler: handler}
}

// speaker adds a host that speaks for itself.
func (w *world) speaker(name string, raw func(net.Conn), addrs ...string) {
	w.hosts[name] = &host{addrs: addrs, raw: raw}
}

// secure makes port 443 of all hosts speak TLS with a certificate for names.
func (w *world) secure(notAfter time.Time, names ...string) {
	cert := certificate(w.t, notAfter, names...)
	w.certs = tls.Config{Certificates: []tls.Certificate{cert}}
	w.roots = x509.NewCertPool()
	w.roots.AddCert(cert.Leaf)
}

// client returns a client whose only network is this world.
func (w *world) client(o fetch.Options) *fetch.Client {
	w.t.Helper()
	o.UserAgent, o.RootCAs = agent, w.roots
	c, err := fetch.NewOver(o, w.connect)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
}

func (w *world) connect(ctx context.Context, _, address string, judge func(string, string, syscall.RawConn) error) (net.Conn, error) {
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	h := w.hosts[name]
	if h == nil {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	var errs []error
	for _, a := range h.addrs {
		to := net.JoinHostPort(a, port)
		if err := judge("tcp", to, nil); err != nil {
			errs = append(errs, err)
			continue
		}
		w.dials = append(w.dials, to)
		return w.pipe(h, to, port == "443")
	}
	return nil, errors.Join(errs...)
}

func (w *world) pipe(h *host, to string, secure bool) (net.Conn, error) {
	near, far := net.Pipe()
	switch {
	case h.raw != nil:
		go h.raw(far)
	case secure:
		// Both sides of a handshake write at once, which a pipe cannot take.
		var err error
		if near, far, err = loop(); err != nil {
			return nil, err
		}
		w.conns <- tls.Server(far, &w.certs)
	default:
		w.conns <- far
	}
	return &located{Conn: near, at: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(to))}, nil
}

// loop returns the ends of a real connection inside this machine.
func loop() (near, far net.Conn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	near, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	far, err = l.Accept()
	return near, far, err
}

// located is a pipe's end that says it leads somewhere.
type located struct {
	net.Conn
	at net.Addr
}

func (l *located) RemoteAddr() net.Addr { return l.at }

// Accept, Close and Addr make the world the listener of its server.
func (w *world) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.ended:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener; the server calls it once.
func (w *world) Close() error {
	close(w.ended)
	return nil
}

// Addr implements net.Listener.
func (w *world) Addr() net.Addr { return &net.TCPAddr{} }

// issued makes a certificate of an authority that nobody knows.
func issued(t *testing.T, notAfter time.Time, name string) tls.Certificate {
	t.Helper()
	ca := certificate(t, notAfter)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issuer := *ca.Leaf
	issuer.Subject.CommonName = "Nobody's Authority"
	issuer.RawSubject = nil
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: ca.Leaf.NotBefore, NotAfter: notAfter}
	der, err := x509.CreateCertificate(rand.Reader, template, &issuer, key.Public(), ca.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// certificate makes a self-signed one.
func certificate(t *testing.T, notAfter time.Time, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: names, IsCA: true, BasicConstraintsValid: true,
		NotBefore: notAfter.AddDate(-1, 0, 0), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
