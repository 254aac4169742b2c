package fetch

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// refusal is returned for an address that must not be connected to.
type refusal struct {
	host string
	// addr is what host stands for; port is set instead when only that is
	// wrong.
	addr netip.Addr
	port uint16
}

// Error implements error.
func (r *refusal) Error() string {
	switch {
	case r.port != 0:
		return fmt.Sprintf("port %d is not allowed", r.port)
	case r.addr.String() == r.host:
		return "the address is not public"
	default:
		return fmt.Sprintf("%s is not a public address", r.addr)
	}
}

// allowance is what the operator allowed beside public addresses.
type allowance struct {
	names    map[string]bool
	prefixes []netip.Prefix
}

func newAllowance(entries []string) (allowance, error) {
	a := allowance{names: make(map[string]bool)}
	for _, e := range entries {
		bare := strings.Trim(e, "[]")
		if p, err := netip.ParsePrefix(bare); err == nil {
			a.prefixes = append(a.prefixes, p.Masked())
			continue
		}
		if ip, err := netip.ParseAddr(bare); err == nil {
			ip = plain(ip)
			a.prefixes = append(a.prefixes, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		name, err := hostname(e)
		if err != nil {
			return a, fmt.Errorf("allow private %q: neither host name, address nor range", e)
		}
		a.names[strings.TrimSuffix(name, ".")] = true
	}
	return a, nil
}

func (a *allowance) empty() bool { return len(a.names) == 0 && len(a.prefixes) == 0 }

// holds reports whether the host, known by name and by address, is allowed.
func (a *allowance) holds(host string, ip netip.Addr) bool {
	if a.names[strings.TrimSuffix(host, ".")] {
		return true
	}
	return slices.ContainsFunc(a.prefixes, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// guard judges addresses between lookup and connect.
type guard struct {
	allowed allowance
	ports   []uint16
	ranges  *ssrf.Guardian
}

// newGuard knows, beside the IANA registries, Azure's wire server, which is a
// public number (XA06).
func newGuard(a allowance) *guard {
	azure := netip.MustParsePrefix("168.63.129.16/32")
	return &guard{
		allowed: a,
		ports:   []uint16{80, 443, 8080, 8443},
		ranges:  ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(azure)),
	}
}

// control returns the hook for one dial to address, which is host:port as it
// stands in the URL.
func (g *guard) control(address string) control {
	return func(_, connected string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		to, err := netip.ParseAddrPort(connected)
		if err != nil {
			return fmt.Errorf("connect to %q: not an address", connected)
		}
		return g.judge(host, to)
	}
}

// judge refuses what is neither allowed nor public, and ports that no feed is
// served on (XA21).
func (g *guard) judge(host string, to netip.AddrPort) error {
	ip := plain(to.Addr())
	if g.allowed.holds(host, ip) {
		return nil
	}
	if !g.public(ip) {
		return &refusal{host: host, addr: ip}
	}
	if !slices.Contains(g.ports, to.Port()) {
		return &refusal{host: host, port: to.Port()}
	}
	return nil
}

// plain drops what only spells an address differently: the zone, with which no
// range would match, and the mapping of IPv4 into IPv6 (XA08, XA09).
func plain(ip netip.Addr) netip.Addr { return ip.WithZone("").Unmap() }

// public reports whether ip belongs to the public Internet (XA01 to XA11).
func (g *guard) public(ip netip.Addr) bool {
	if v4, ok := embedded(ip); ok {
		ip = v4
	}
	return g.ranges.SafeAddr(ip) == nil
}

// reaches reports whether a connection leads to an address that is not public.
func (g *guard) reaches(a net.Addr) bool {
	to, err := netip.ParseAddrPort(a.String())
	return err == nil && !g.public(plain(to.Addr()))
}

// embedded returns the IPv4 address inside an IPv4-compatible, IPv4-translated
// (RFC 2765 §2.1) or NAT64 (RFC 6052 §2.1) address: hosts with IPv6 only reach
// IPv4 that way (XA09, XA10).
func embedded(ip netip.Addr) (netip.Addr, bool) {
	if !ip.Is6() {
		return ip, false
	}
	b := ip.As16()
	v4 := netip.AddrFrom4([4]byte(b[12:]))
	switch [12]byte(b[:12]) {
	case [12]byte{},
		[12]byte{8: 0xff, 9: 0xff},
		[12]byte{1: 0x64, 2: 0xff, 3: 0x9b}:
		return v4, true
	}
	return ip, false
}
