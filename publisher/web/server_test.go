package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// Every wait of the server has an end, headers have a size, and there is no
// HTTP/2, encrypted or not (XH01, XH18).
func TestServerLimits(t *testing.T) {
	web := New(http.NotFoundHandler(), nil, slog.New(slog.DiscardHandler)).web
	for name, d := range map[string]time.Duration{
		"ReadHeaderTimeout": web.ReadHeaderTimeout, "ReadTimeout": web.ReadTimeout,
		"WriteTimeout": web.WriteTimeout, "IdleTimeout": web.IdleTimeout,
	} {
		if d <= 0 || d > time.Minute {
			t.Errorf("%s = %v; want a time, and at most a minute", name, d)
		}
	}
	if web.MaxHeaderBytes != 16<<10 || web.ErrorLog == nil {
		t.Errorf("MaxHeaderBytes = %d, ErrorLog = %v", web.MaxHeaderBytes, web.ErrorLog)
	}
	if p := web.Protocols; p == nil || !p.HTTP1() || p.HTTP2() || p.UnencryptedHTTP2() {
		t.Errorf("Protocols = %v; want HTTP/1 alone", p)
	}
}

// guarded complains of an answer that lacks a header which disarms it (XH22).
func guarded(t *testing.T, what string, h http.Header) {
	t.Helper()
	want := make(http.Header)
	Disarm(want, "same-origin")
	for name := range want {
		if h.Get(name) == "" {
			t.Errorf("%s: no %s", what, name)
		}
	}
}

// busy is how many times longer things may take that wait for other processes:
// those of other packages' tests run beside these.
const busy = 10

// within waits until something is so.
func within(t *testing.T, limit time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(busy * limit); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come within %v", what, busy*limit)
		}
	}
}

// serveLocally serves a handler as `weir serve` does, with more patience, and
// returns where.
func serveLocally(t *testing.T, h http.Handler, log *slog.Logger, change func(*crowd)) (string, *Server) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(h, func(string) bool { return true }, log)
	// Who says nothing for the test's sake is not given up meanwhile.
	s.web.ReadHeaderTimeout, s.web.ReadTimeout = busy*s.web.ReadHeaderTimeout, busy*s.web.ReadTimeout
	if change != nil {
		change(s.guests)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(ln)
	}()
	t.Cleanup(func() {
		_ = s.web.Close()
		<-done
	})
	return ln.Addr().String(), s
}

// A handler that panics costs its own request and nothing else: the answer is
// 500 with the headers of every other one and no word of why, and one that had
// begun is cut off and not passed for whole (XH21, XH22, XH25).
func TestPanicsAreSurvived(t *testing.T) {
	var mu sync.Mutex
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(writerFunc(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return said.Write(p)
	}), nil))
	addr, _ := serveLocally(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"secret"`)
		switch r.URL.Path {
		case "/early":
			panic("the cause, which is nobody's business")
		case "/late":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "half")
			panic("later")
		case "/flushed":
			_ = http.NewResponseController(w).Flush()
			panic("later")
		case "/endless":
			_, _ = w.Write(make([]byte, 100<<10))
			panic("later")
		}
	}), log, nil)
	for range 2 {
		resp, err := http.Get("http://" + addr + "/early")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 500 || len(body) > 0 || resp.Header.Get("Etag") != "" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("a panic is answered %d %q %v", resp.StatusCode, body, resp.Header)
		}
		guarded(t, "a panic", resp.Header)
	}
	resp, err := http.Post("http://"+addr+"/early", "text/plain", strings.NewReader("hello"))
	if err != nil || resp.StatusCode != 500 || !resp.Close {
		t.Errorf("a panic over a body: %v, %v; want 500 and the end of the connection", resp, err)
	}
	for _, path := range []string{"/late", "/flushed", "/endless"} {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Get("http://" + addr + path + "?")
		if err != nil {
			continue // None of it had been sent.
		}
		if _, err := io.ReadAll(resp.Body); err == nil {
			t.Errorf("%s: half an answer passed for a whole one", path)
		}
		resp.Body.Close()
	}
	if resp, err := http.Get("http://" + addr + "/fine"); err != nil || resp.StatusCode != 200 {
		t.Errorf("the next request: %v, %v", resp, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if n := strings.Count(said.String(), "answering a request panicked"); n != 6 {
		t.Errorf("%d of 6 panics were told:\n%s", n, said.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Beyond a number of connections the next is told when to come back, and as
// soon as one leaves there is room again; nothing is remembered of those who
// left (XH16, S21).
func TestCrowd(t *testing.T) {
	var in *crowd
	addr, _ := serveLocally(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		Disarm(w.Header(), "cross-origin")
	}), slog.New(slog.DiscardHandler), func(c *crowd) { in, c.most = c, 3 })
	get := func() (*http.Response, error) {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Get("http://" + addr)
		if err == nil {
			resp.Body.Close()
		}
		return resp, err
	}
	var held []net.Conn
	for range in.most {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	within(t, 5*time.Second, "the house to be full", func() bool {
		in.mu.Lock()
		defer in.mu.Unlock()
		return in.open == in.most
	})
	for range 3 {
		resp, err := get()
		if err != nil || resp.StatusCode != 503 || resp.Header.Get("Retry-After") != "10" {
			t.Fatalf("beyond the bound: %v, %v; want 503 and Retry-After", resp, err)
		}
		guarded(t, "no room", resp.Header)
	}
	held[0].Close()
	within(t, 5*time.Second, "room", func() bool {
		resp, err := get()
		return err == nil && resp.StatusCode == 200
	})
	for _, conn := range held[1:] {
		conn.Close()
	}
	within(t, 5*time.Second, "the house to be empty", func() bool {
		in.mu.Lock()
		defer in.mu.Unlock()
		return in.open == 0 && len(in.from) == 0
	})
}

// One address has a share, by /64 where it is IPv6, and proxies beside us have
// all (XH16).
func TestCrowdShares(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:80": "", "10.1.2.3:80": "", "[::1]:80": "", "[fd00::1]:80": "", "unix": "",
		"203.0.113.9:80": "203.0.113.9/32", "[::ffff:203.0.113.9]:80": "203.0.113.9/32",
		"[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64", "[2001:db8:1:2::9%eth0]:80": "2001:db8:1:2::/64",
	} {
		got := homeOf(address(addr))
		if want == "" && got.IsValid() || want != "" && got != netip.MustParsePrefix(want) {
			t.Errorf("homeOf(%s) = %v; want %q", addr, got, want)
		}
	}
	c := newCrowd(slog.New(slog.DiscardHandler))
	c.most, c.ofOne = 6, 2
	one, other := homeOf(address("203.0.113.9:1")), homeOf(address("203.0.113.10:1"))
	for i, step := range []struct {
		home netip.Prefix
		want bool
	}{{one, true}, {one, true}, {one, false}, {other, true}, {netip.Prefix{}, true}, {netip.Prefix{}, true}, {netip.Prefix{}, true}, {netip.Prefix{}, false}, {other, false}} {
		if got := c.enter(step.home); got != step.want {
			t.Errorf("step %d: enter(%v) = %v", i, step.home, got)
		}
	}
	c.leave(one)
	if !c.enter(one) {
		t.Error("no room where somebody left")
	}
}

type address string

func (a address) Network() string { return "tcp" }
func (a address) String() string  { return string(a) }

// A stop lets requests under way end, lets nobody in, and cuts off whoever is
// not done at its deadline (XH23).
func TestStopDrains(t *testing.T) {
	entered, finish := make(chan struct{}), make(chan struct{})
	addr, web := serveLocally(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-finish
		_, _ = io.WriteString(w, "whole")
	}), slog.New(slog.DiscardHandler), nil)
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + addr)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-entered
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		web.Stop(context.Background())
	}()
	within(t, 5*time.Second, "the door to close", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	select {
	case <-stopped:
		t.Error("the server stopped while a request was under way")
	default:
	}
	close(finish)
	if got := <-answer; got != "whole" {
		t.Errorf("the request under way came to %q", got)
	}
	<-stopped
}
