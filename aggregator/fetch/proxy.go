package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
)

// proxies holds a transport for each proxy that the operator named. There are
// as many as the configuration has.
type proxies struct {
	mu   sync.Mutex
	all  map[string]*http.Transport
	open func(*url.URL) *http.Transport
}

// to returns the transport of a proxy.
func (p *proxies) to(address string) (*http.Transport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.all[address]; ok {
		return t, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errProxyAddress
	}
	t := p.open(u)
	p.all[address] = t
	return t, nil
}

func (p *proxies) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.all {
		t.CloseIdleConnections()
	}
}

var errProxyAddress = errors.New("the address of the proxy cannot be read")

// proxyError is what a proxy says to the wish for a tunnel.
type proxyError struct{ status int }

// Error implements error.
func (e *proxyError) Error() string { return fmt.Sprintf("the proxy answers with status %d", e.status) }

// through returns what makes the transport of a proxy. The proxy's own address
// is exempt from the guard, and nothing but it is connected to (XA20).
func through(o *Options, connect connector) func(*url.URL) *http.Transport {
	options := *o
	return func(u *url.URL) *http.Transport {
		t := newTransport(&options, connect, nil)
		t.Proxy = http.ProxyURL(u)
		t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return &proxyError{resp.StatusCode}
			}
			return nil
		}
		return t
	}
}

// look looks up the host that a proxy is about to be asked for and refuses it
// as the guard of a direct connection would (XA20): all of its addresses, as
// nobody knows which one the proxy will take. Hosts that the operator allowed
// by name need not be known here. It tells whether one is not public.
func (g *guard) look(ctx context.Context, lookup lookup, u *url.URL) (inside bool, err error) {
	host := u.Hostname()
	port, err := strconv.ParseUint(targetPort(u), 10, 16)
	if err != nil {
		return false, errPort
	}
	if g.allowed.holds(host, netip.Addr{}) {
		return true, nil
	}
	addresses, err := lookup(ctx, host)
	if err != nil {
		return false, err
	}
	for _, ip := range addresses {
		if err := g.judge(host, netip.AddrPortFrom(ip, uint16(port))); err != nil {
			return false, err
		}
		inside = inside || !g.public(plain(ip))
	}
	return inside, nil
}

// lookup finds the addresses of a host, which may be one itself.
type lookup func(ctx context.Context, host string) ([]netip.Addr, error)

func resolving(r *net.Resolver) lookup {
	if r == nil {
		r = net.DefaultResolver
	}
	return func(ctx context.Context, host string) ([]netip.Addr, error) { return r.LookupNetIP(ctx, "ip", host) }
}

func targetPort(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// proxied sends a request by the walk's proxy.
func (c *Client) proxied(ctx context.Context, w *walk, req *http.Request) (*http.Response, error) {
	via, err := c.proxies.to(w.request.Access.Proxy)
	if err != nil {
		return nil, err
	}
	g := c.guard
	if w.trusted {
		g = c.permissive
	}
	if w.inside, err = g.look(ctx, c.lookup, w.here.url); err != nil {
		return nil, err
	}
	resp, err := via.RoundTrip(req)
	w.via = nil // That is the way to the proxy, and says nothing of who answered.
	return resp, err
}

// proxySays is what the operator reads when it is the proxy that fails, "" when
// it does not.
func proxySays(err error) string {
	var said *proxyError
	var op *net.OpError
	switch {
	case errors.Is(err, errProxyAddress):
		return "it cannot be reached, as its address cannot be read; correct it in the configuration"
	case errors.As(err, &said) && said.status == http.StatusProxyAuthRequired:
		return "it asks for a login (407); put user and password into its address"
	case errors.As(err, &said):
		return fmt.Sprintf("it does not connect there (%d); look at its log, or ask directly", said.status)
	case errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect"):
		return "it cannot be reached or refuses; check its address and whether it runs"
	}
	return ""
}
