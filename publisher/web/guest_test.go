package web

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// seeds are requests: first plain ones, then those that are left to net/http.
func seeds() (plain, odd []string) {
	plain = []string{
		"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"HEAD /go/rss.xml HTTP/1.1\r\nHost: [::1]:8080\r\nAccept-Encoding: gzip, br;q=0.5\r\nIf-None-Match: W/\"x\"\r\n\r\n",
		"GET /a HTTP/1.1\r\nhost:a\r\nuser-agent:  one \r\nUSER-AGENT: two\r\nConnection: Keep-Alive\r\nX_y: \r\n\r\n",
	}
	head := "GET /a HTTP/1.1\r\nHost: a\r\n"
	odd = []string{
		"", "G", "\r\n\r\n", "\r\n" + head + "\r\n", head, head + "\r\n" + "x", head + "\r\n" + head + "\r\n",
		"GET /a HTTP/1.1\r\n\r\n", head + "Host: b\r\n\r\n", head + "host: a\r\n\r\n", "GET /a HTTP/1.1\r\nHost: \r\n\r\n",
		"GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a@b\r\n\r\n",
		"GET /a HTTP/1.0\r\nHost: a\r\n\r\n", "GET /a HTTP/1.1 \r\nHost: a\r\n\r\n", "GET  /a HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET //a HTTP/1.1\r\nHost: a\r\n\r\n", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /%61 HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /a HTTP/1.1\r\nHost: a\r\n\r\n", "get /a HTTP/1.1\r\nHost: a\r\n\r\n", "GGET /a HTTP/1.1\r\nHost: a\r\n\r\n",
		head + "Content-Length: 0\r\n\r\n", head + "Transfer-Encoding: chunked\r\n\r\n", head + "Connection: close\r\n\r\n",
		head + "Connection: keep-alive, x\r\n\r\n", head + "Expect: 100-continue\r\n\r\n", head + "Upgrade: h2c\r\n\r\n",
		head + "Pragma: no-cache\r\n\r\n", head + "X : a\r\n\r\n", head + ": a\r\n\r\n", head + "X\r\n\r\n", head + "X: a\r\n b\r\n\r\n",
		head + "X: a\tb\r\n\r\n", head + "X: a\x00b\r\n\r\n", head + "X: \xe4\r\n\r\n", head + "X: a\nY: b\r\n\r\n", head + "X: a\rY: b\r\n\r\n",
		head + strings.Repeat("X: a\r\n", mostPlainFields) + "\r\n", "GET /a HTTP/1.1\nHost: a\n\n",
	}
	return plain, odd
}

// Only what nobody can read in two ways is answered without net/http (XH17).
func TestPlainRequests(t *testing.T) {
	good, odd := seeds()
	for _, s := range good {
		if new(question).read([]byte(s)) == nil {
			t.Errorf("%q is not plain", s)
		}
		for i := range len(s) {
			if new(question).read([]byte(s[:i])) != nil {
				t.Errorf("%q is plain", s[:i])
			}
		}
	}
	for _, s := range odd {
		if new(question).read([]byte(s)) != nil {
			t.Errorf("%q is plain", s)
		}
	}
}

// What is plain is what net/http reads in it, and leaves nothing over.
func FuzzPlain(f *testing.F) {
	good, odd := seeds()
	for _, s := range slices.Concat(good, odd) {
		f.Add([]byte(s))
	}
	var q question // as it is after another request
	f.Fuzz(func(t *testing.T, p []byte) {
		got := q.read(p)
		if got == nil {
			return
		}
		in := bufio.NewReader(bytes.NewReader(p))
		want, err := http.ReadRequest(in)
		if err != nil || in.Buffered() > 0 {
			t.Fatalf("net/http left %d bytes of %q: %v", in.Buffered(), p, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %+v, want %+v", p, got, want)
		}
	})
}

// echo answers with what it was asked, in several ways, and counts those that
// net/http did not see.
type echo struct{ unseen atomic.Int64 }

func (h *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Context().Value(http.ServerContextKey) == nil {
		h.unseen.Add(1)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s %s %s %t\n", r.Method, r.URL, r.Host, r.RequestURI, strings.HasPrefix(r.RemoteAddr, "127.0.0.1:"))
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(&b, "%s: %q\n", name, r.Header[name])
	}
	w.Header().Set("Content-Type", "text/plain")
	w.Header()["X-Two"] = []string{"b", "a"}
	if r.URL.Path == "/parts" {
		w.Header().Set("X-Lines", "a\r\nb")
	}
	length := func(n int) { w.Header().Set("Content-Length", strconv.Itoa(n)) }
	switch r.URL.Path {
	case "/same":
		length(10)
		w.WriteHeader(http.StatusNotModified)
		_, _ = w.Write(b.Bytes())
		return
	case "/none":
		length(10)
		w.WriteHeader(http.StatusNoContent)
		w.WriteHeader(http.StatusOK)
		return
	case "/panic":
		panic("on purpose")
	case "/abort":
		panic(http.ErrAbortHandler)
	case "/read":
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(&b, "%q %v\n", body, err)
		length(b.Len())
	case "/short":
		length(b.Len() + 1)
	case "/empty":
		length(0)
		return
	case "/long":
		length(b.Len())
		_, _ = w.Write(b.Bytes())
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte("more"))
		}
		return
	case "/parts":
		length(3 * b.Len())
		_, _ = w.Write(b.Bytes())
		_, _ = w.Write(b.Bytes())
	default:
		length(b.Len())
	}
	_, _ = w.Write(b.Bytes())
}

// talk sends pieces, each some time after the one before, and returns all that
// comes until the server closes the connection, but for dates.
func talk(t *testing.T, addr string, pieces []string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	done := make(chan []byte, 1)
	go func() {
		all, _ := io.ReadAll(conn)
		done <- all
	}()
	for _, p := range pieces {
		if _, err := io.WriteString(conn, p); err != nil {
			break // It said something that ended the connection.
		}
		time.Sleep(3 * time.Millisecond)
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	select {
	case all := <-done:
		return regexp.MustCompile(`(?m)^Date: [^\r]*`).ReplaceAllString(string(all), "Date: ")
	case <-time.After(20 * time.Second):
		t.Fatalf("no end of the answers to %q", pieces)
		return ""
	}
}

// conversation is some requests, plain and odd ones, in pieces: most in one of
// their own, as clients send them.
func conversation(r *rand.Rand) (pieces []string) {
	good, odd := seeds()
	odd = slices.DeleteFunc(odd, func(s string) bool { return s == "" })
	for range 2 + r.IntN(5) {
		s := good[r.IntN(len(good))]
		if r.IntN(3) > 0 {
			path := []string{"same", "none", "panic", "abort", "read", "short", "empty", "long", "parts"}[r.IntN(9)]
			s = []string{"GET", "HEAD"}[r.IntN(2)] + " /" + path + " HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
		}
		switch r.IntN(12) {
		case 0, 1:
			s = odd[r.IntN(len(odd))]
		case 2:
			s = strings.ReplaceAll(s, "\r\n", "\n")
		case 3:
			s = strings.TrimSuffix(s, "\r\n") + "\n"
		case 4:
			s = withBody(r, s)
		}
		switch cut := r.IntN(len(s) + 1); r.IntN(8) {
		case 0:
			pieces = append(pieces, s[:cut], s[cut:])
		case 1:
			if len(pieces) > 0 {
				pieces[len(pieces)-1] += s // piped after the one before
				continue
			}
			fallthrough
		default:
			pieces = append(pieces, s)
		}
	}
	return slices.DeleteFunc(pieces, func(s string) bool { return s == "" })
}

// withBody is a request to which something was sent along.
func withBody(r *rand.Rand, s string) string {
	body := []string{"", "hello", "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n"}[r.IntN(4)]
	method := []string{"POST", "PUT", "GET"}[r.IntN(3)]
	_, s, _ = strings.Cut(s, " ")
	head := method + " " + strings.TrimSuffix(s, "\r\n")
	if r.IntN(3) == 0 && body != "" {
		return head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	}
	return head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// traps are conversations that leave net/http with the beginning of a request
// when the next piece comes.
func traps() [][]string {
	one, two, three := "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n"
	inside := "GET /inside HTTP/1.1\r\nHost: a\r\n\r\n"
	post := func(path string, n int) string {
		return fmt.Sprintf("POST /%s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", path, n)
	}
	bare := strings.ReplaceAll(one, "\r\n", "\n")
	return [][]string{
		// A body that looks like a request, behind what net/http holds already.
		{one + two[:len(two)-2], "\r\n" + post("read", len(inside)), inside, three}, {bare + post("read", len(inside)), inside, three},
		{one + two[:len(two)-2], "\r\n" + post("parts", len(inside)), inside, three}, {bare + post("parts", len(inside)), inside, three},
		{one, two, post("panic", 5) + "hello", three}, {one, post("panic", len(inside)), inside, three},
		{one, two, post("read", 0), "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n" + three},
		{one[:len(one)-2] + "\n\r\n\r\n", two, two}, {bare, bare + two, three}, {one, bare, two, "\n" + three},
		{one, two, three}, {one + two, three}, {one + "G", two, three}, {one + two + "G", two, three}, {one, two + "GET", three, one},
		{one + two[:len(two)-2], "\r\nG", two, three}, {one + two[:len(two)-1], "\nGE", two, three}, {one + two[:len(two)-3], "\n\r\n", two, three},
		{one, two[:len(two)-1], "\n" + three, one}, {one, two[:len(two)-2], "\r\n" + three[:9], three[9:], one},
		{one + "\r\n\r\n", two, three}, {one, "\r\n", two}, {one, two + "\r\n", three}, {one[:3], one[3:], two, three},
		{one, "GET", two, three}, {one + "GET", two, three}, {one, "GET /2 HTTP/1.1\r\nHost: a\r\nX: ", three, two},
	}
}

// Whatever is sent, in whatever pieces, is answered as net/http alone would, to
// the byte (XH17, XH21, XH22).
func TestRegularsAreAnsweredAlike(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	var swift, plain echo
	ours, _ := serveLocally(t, &swift, log, nil)
	theirs, _ := serveLocally(t, &plain, log, func(c *crowd) { c.holds = nil })
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	talks := traps()
	for range 400 {
		talks = append(talks, conversation(r))
	}
	again := 0
	for n, pieces := range talks {
		want, got := talk(t, theirs, pieces), talk(t, ours, pieces)
		// Two pieces may arrive as one, which changes what net/http says of what
		// follows a request that ends the connection.
		for tries := 0; got != want && tries < 3; tries++ {
			again++
			want, got = talk(t, theirs, pieces), talk(t, ours, pieces)
		}
		if got != want || again > len(talks)/20 {
			t.Fatalf("seed %d, conversation %d, %d tries again: %q\nis answered %q\nand by net/http %q", seed, n, again, pieces, got, want)
		}
	}
	if n := swift.unseen.Load(); n < 100 {
		t.Errorf("only %d requests were answered at once", n)
	}
	if n := plain.unseen.Load(); n > 0 {
		t.Errorf("%d requests were not answered by net/http", n)
	}
}

// regular is a client with one connection.
type regular struct {
	net.Conn
	t      *testing.T
	in     *bufio.Reader
	unseen <-chan bool
}

// befriend connects, and asks until requests are answered that net/http does not
// see: one that comes before net/http is done with the one before is its own.
func befriend(t *testing.T, addr string, unseen <-chan bool) *regular {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	v := &regular{conn, t, bufio.NewReader(conn), unseen}
	v.ask("/")
	if <-unseen {
		t.Error("net/http did not see the first request")
	}
	for range 100 {
		if v.ask("/"); <-unseen {
			return v
		}
	}
	t.Fatal("net/http sees all requests")
	return nil
}

// ask asks and reads the answer.
func (v *regular) ask(path string) {
	v.t.Helper()
	v.say(path)
	resp, err := http.ReadResponse(v.in, nil)
	if err != nil {
		v.t.Fatalf("%s: %v", path, err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		v.t.Fatalf("%s: %v", path, err)
	}
}

func (v *regular) say(path string) {
	fmt.Fprintf(v, "GET %s HTTP/1.1\r\nHost: a.example\r\n\r\n", path)
}

// Who sends a request while the one before is being answered has net/http read
// in two goroutines, which the race detector watches.
func TestHastyRequests(t *testing.T) {
	unseen := make(chan bool, 200)
	addr, _ := serveLocally(t, seen(unseen, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(4 * time.Millisecond)
		}
		w.Header().Set("Content-Length", "0")
	}), slog.New(slog.DiscardHandler), nil)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	v := &regular{conn, t, bufio.NewReader(conn), unseen}
	for range 50 {
		v.say("/slow?")
		time.Sleep(2 * time.Millisecond)
		v.say("/")
		for range 2 {
			if resp, err := http.ReadResponse(v.in, nil); err != nil || resp.StatusCode != 200 {
				t.Fatalf("%v, %v", resp, err)
			}
		}
		time.Sleep(time.Millisecond)
	}
}

// seen is a handler that tells whether net/http saw a request.
func seen(unseen chan<- bool, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		unseen <- r.Context().Value(http.ServerContextKey) == nil
		next(w, r)
	})
}

// A regular who is silent for too long is let go, one who asks again and again is
// not (XH01).
func TestRegularsMayBeSilentForAWhile(t *testing.T) {
	unseen := make(chan bool, 200)
	addr, _ := serveLocally(t, seen(unseen, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "0")
	}), slog.New(slog.DiscardHandler), func(c *crowd) { c.idle, c.precision = time.Second, 0 })
	v := befriend(t, addr, unseen)
	for range 8 {
		v.ask("/")
		if !<-unseen {
			t.Error("net/http saw a regular's request")
		}
		time.Sleep(300 * time.Millisecond)
	}
	began := time.Now()
	if _, err := v.in.ReadByte(); err != io.EOF {
		t.Errorf("a silent regular came to %v", err)
	}
	if d := time.Since(began); d > busy*2*time.Second {
		t.Errorf("a silent regular was let go after %v", d)
	}
}

// A regular who does not take the answer is let go, also where the deadlines were
// net/http's just before (XH02).
func TestRegularsTakeTheirAnswer(t *testing.T) {
	big := bytes.Repeat([]byte("x"), 32<<20)
	unseen := make(chan bool, 200)
	addr, _ := serveLocally(t, seen(unseen, func(w http.ResponseWriter, r *http.Request) {
		body := big
		if r.URL.Path != "/big" {
			body = body[:10]
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}), slog.New(slog.DiscardHandler), func(c *crowd) { c.write, c.precision = time.Second, time.Hour })
	v := befriend(t, addr, unseen)
	v.ask("/?")
	if <-unseen {
		t.Error("net/http did not see what is not plain")
	}
	for again := true; again; again = !<-unseen {
		v.ask("/")
	}
	v.say("/big")
	if !<-unseen {
		t.Error("net/http saw a regular's request")
	}
	time.Sleep(3 * time.Second)
	if n, err := io.Copy(io.Discard, v); n >= int64(len(big)) {
		t.Errorf("all of %d bytes waited for somebody who took none: %v", n, err)
	}
}

// What is not in memory is net/http's, what has no length ends with the
// connection, what panics half-way is not whole, and what is not understood is
// refused with every field, however often the connection was used (XH21, XH22).
func TestRegularsMeetTheUnusual(t *testing.T) {
	unseen := make(chan bool, 200)
	addr, _ := serveLocally(t, seen(unseen, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/late":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "half")
			panic("on purpose")
		}
		_, _ = io.WriteString(w, "all")
	}), slog.New(slog.DiscardHandler), func(c *crowd) { c.holds = func(path string) bool { return path != "/elsewhere" } })
	// used is a connection by which net/http answered once.
	used := func() *regular {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		v := &regular{conn, t, bufio.NewReader(conn), unseen}
		if v.ask("/elsewhere"); <-unseen {
			t.Fatal("net/http did not see a first request")
		}
		time.Sleep(20 * time.Millisecond) // until it waits for the next one
		return v
	}
	for range 20 {
		v := used()
		if v.ask("/elsewhere"); <-unseen {
			t.Fatal("what is not in memory was answered by somebody else than net/http")
		}
	}
	rest := func(path string) string {
		for range 100 {
			v := used()
			v.say(path)
			_ = v.SetReadDeadline(time.Now().Add(busy * 5 * time.Second))
			all, err := io.ReadAll(v.in)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if <-unseen {
				return string(all)
			}
		}
		t.Fatal("net/http sees all requests")
		return ""
	}
	if got := rest("/"); !strings.Contains(got, "Connection: close\r\n") || !strings.HasSuffix(got, "\r\n\r\nall") {
		t.Errorf("what has no length is answered %q", got)
	}
	if got := rest("/late"); !strings.HasSuffix(got, "\r\n\r\nhalf") {
		t.Errorf("what panics half-way is answered %q", got)
	}
	for _, bad := range []string{"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.0\r\nExpect: x\r\n\r\n", "nonsense\r\n\r\n"} {
		v := used()
		_, _ = io.WriteString(v, bad)
		_ = v.SetReadDeadline(time.Now().Add(busy * 5 * time.Second))
		resp, err := http.ReadResponse(v.in, nil)
		if err != nil {
			t.Fatalf("%q: %v", bad, err)
		}
		if resp.StatusCode/100 != 4 {
			t.Errorf("%q is answered %d", bad, resp.StatusCode)
		}
		guarded(t, fmt.Sprintf("%q", bad), resp.Header)
	}
}

// A stop lets a regular's answer end, which net/http knows nothing of (XH23).
func TestStopLetsRegularsEnd(t *testing.T) {
	unseen, finish := make(chan bool, 200), make(chan struct{})
	addr, web := serveLocally(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		unseen <- r.Context().Value(http.ServerContextKey) == nil
		if r.URL.Path == "/slow" {
			<-finish
		}
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "whole")
	}), slog.New(slog.DiscardHandler), nil)
	v := befriend(t, addr, unseen)
	v.say("/slow")
	if !<-unseen {
		t.Error("net/http saw a regular's request")
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		web.Stop(context.Background())
	}()
	time.Sleep(200 * time.Millisecond)
	select {
	case <-stopped:
		t.Error("the server stopped while a regular was being answered")
	default:
	}
	close(finish)
	_ = v.SetReadDeadline(time.Now().Add(5 * time.Second))
	rest, err := io.ReadAll(v.in)
	if err != nil || !strings.HasSuffix(string(rest), "\r\n\r\nwhole") {
		t.Errorf("the answer under way came to %q, %v", rest, err)
	}
	<-stopped
}

// Who is not done when a stop has waited for long enough is cut off (XH23).
func TestStopCutsRegularsOff(t *testing.T) {
	unseen := make(chan bool, 200)
	addr, web := serveLocally(t, seen(unseen, func(w http.ResponseWriter, r *http.Request) {
		n := 5
		if r.URL.Path == "/big" {
			n = 32 << 20
		}
		w.Header().Set("Content-Length", strconv.Itoa(n))
		_, _ = w.Write(make([]byte, n))
	}), slog.New(slog.DiscardHandler), nil)
	v := befriend(t, addr, unseen)
	v.say("/big")
	if !<-unseen {
		t.Error("net/http saw a regular's request")
	}
	time.Sleep(50 * time.Millisecond)
	web.drain = 200 * time.Millisecond
	web.Stop(context.Background())
	within(t, time.Second, "the end of an answer that nobody takes", func() bool { return web.guests.inside() == 0 })
}
