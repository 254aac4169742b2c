package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

const (
	// mostGuests bounds the connections that are open at a time: a thousand
	// slow ones must hinder nobody (XH02), and what they take of memory stays
	// under 100 MB.
	mostGuests = 4096
	// mostOfOne is what one address has of them at most. Loopback and private
	// addresses, where proxies are, have no share of their own.
	mostOfOne = mostGuests / 4
	// mostFarewells is how many are told at a time that there is no room; all
	// others are closed at once.
	mostFarewells = 64
	// comeBack is what those who found no room are told to wait.
	comeBack = 10 * time.Second
)

// crowd is a listener that lets in a bounded number of connections, altogether
// and from one address, and tells the others to come back (XH16, S21). What it
// knows of addresses is as much as there are open connections.
type crowd struct {
	net.Listener
	log         *slog.Logger
	most, ofOne int

	mu   sync.Mutex
	open int
	from map[netip.Prefix]int
	told time.Time
	// last are those that shall leave when they are answered.
	last map[*guest]struct{}

	farewells chan struct{}
	// packets is memory in which guests gather what they are sent, scratches that
	// in which regulars are attended.
	packets, scratches sync.Pool

	// handler answers regulars what holds says is in memory; where that is nil,
	// net/http answers everything. They are set before the first Accept, as are how
	// long a regular may be silent and an answer may take, and how exactly that is
	// meant.
	handler                http.Handler
	holds                  func(path string) bool
	idle, write, precision time.Duration
}

func newCrowd(log *slog.Logger) *crowd {
	return &crowd{
		log: log, most: mostGuests, ofOne: mostOfOne,
		from: make(map[netip.Prefix]int), last: make(map[*guest]struct{}), farewells: make(chan struct{}, mostFarewells),
		idle: idleTime, write: writeTime, precision: time.Second,
	}
}

// Accept implements [net.Listener].
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			return conn, nil // not from a network
		}
		home := homeOf(conn.RemoteAddr())
		if c.enter(home) {
			return &guest{TCPConn: tcp, crowd: c, leave: sync.OnceFunc(func() { c.leave(home) })}, nil
		}
		select {
		case c.farewells <- struct{}{}:
			go c.turnAway(tcp)
		default:
			_ = conn.Close()
		}
	}
}

// homeOf is what counts as one address: that of IPv4, and a /64 of IPv6, of
// which a single host has all. It is the zero value for those without a share.
func homeOf(a net.Addr) netip.Prefix {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	ip := at.Addr().Unmap().WithZone("")
	if ip.IsLoopback() || ip.IsPrivate() {
		return netip.Prefix{}
	}
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	home, _ := ip.Prefix(bits) // fails for the zero address alone
	return home
}

// enter counts a connection in, if there is room for it.
func (c *crowd) enter(home netip.Prefix) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open >= c.most || home.IsValid() && c.from[home] >= c.ofOne {
		if now := time.Now(); now.Sub(c.told) > time.Minute {
			c.told = now
			c.log.Warn("there is no room for more connections; they are told to come back", "open", c.open, "addresses", len(c.from))
		}
		return false
	}
	c.open++
	if home.IsValid() {
		c.from[home]++
	}
	return true
}

func (c *crowd) leave(home netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
	if c.from[home]--; c.from[home] <= 0 {
		delete(c.from, home)
	}
}

// await notes a guest that leaves once it is answered.
func (c *crowd) await(g *guest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[g] = struct{}{}
}

// left waits until everybody left, and cuts off whoever is being answered yet when
// ctx ends: of the answers to regulars net/http does not know.
func (c *crowd) left(ctx context.Context) {
	for c.inside() > 0 {
		select {
		case <-ctx.Done():
			c.mu.Lock()
			defer c.mu.Unlock()
			for g := range c.last {
				_ = g.TCPConn.Close()
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (c *crowd) inside() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}

// turnAway says that there is no room, once something was asked: clients take
// an answer that comes before for a fault. What else they sent is taken before
// the connection is closed, because a reset would undo what they were told.
func (c *crowd) turnAway(conn *net.TCPConn) {
	defer func() { <-c.farewells }()
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Read(make([]byte, 1<<10)); err != nil {
		return
	}
	_, err := io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\n"+
		disarmed+"Connection: close\r\nContent-Length: 0\r\n"+
		"Retry-After: "+strconv.Itoa(int(comeBack.Seconds()))+"\r\n\r\n")
	if err == nil && conn.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, conn, 16<<10) // whatever it was
	}
}
