package fetch

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// NewOver returns a client over a network of the test's own; the guard and all
// limits stay in place.
func NewOver(o Options, connect func(context.Context, string, string, func(string, string, syscall.RawConn) error) (net.Conn, error)) (*Client, error) {
	o.defaults()
	return newClient(o, connect)
}

// Public judges an address without any allowance.
func Public(ip netip.Addr) bool { return newGuard(allowance{}).public(plain(ip)) }

// Normal returns the spelling in which an address is asked, and its
// Authorization header.
func Normal(raw string) (text, auth string, err error) {
	t, err := parseTarget(raw, nil)
	return t.text, t.auth, err
}

// Freshness and RetryAfter read headers at a given time.
func Freshness(h http.Header, now time.Time) (time.Duration, bool) { return freshness(h, now) }
func RetryAfter(v string, now time.Time) time.Time                 { return retryAfter(v, now) }
