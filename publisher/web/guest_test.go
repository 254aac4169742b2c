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
	fmt.Fprintf(&b, "%s %s %s %s\n", r.Method, r.URL, r.Host, r.RequestURI)
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
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		_, _ = w.Write(b.Bytes())
		return
	case "/none":
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNoContent)
		w.WriteHeader(http.StatusOK)
		return
	case "/panic":
		panic("on purpose")
	case "/abort":
		panic(http.ErrAbortHandler)
	case "/late":
		length(b.Len() + 10)
		_, _ = w.Write(b.Bytes())
		panic("on purpose")
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

var dates = regexp.MustCompile(`(?m)^Date: [^\r]*`)

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
		return dates.ReplaceAllString(string(all), "Date: ")
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
			path := []string{"same", "none", "panic", "abort", "late", "short", "empty", "long", "parts"}[r.IntN(9)]
			s = []string{"GET", "HEAD"}[r.IntN(2)] + " /" + path + " HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
		}
		if r.IntN(6) == 0 {
			s = odd[r.IntN(len(odd))]
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

// traps are conversations that leave net/http with the beginning of a request
// when the next piece comes.
func traps() [][]string {
	one, two, three := "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n"
	return [][]string{
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
	for n, pieces := range talks {
		want, got := talk(t, theirs, pieces), talk(t, ours, pieces)
		// Two pieces may arrive as one, which changes what net/http says of what
		// follows a request that ends the connection.
		for range 3 {
			if got == want {
				break
			}
			want, got = talk(t, theirs, pieces), talk(t, ours, pieces)
		}
		if got != want {
			t.Fatalf("seed %d, conversation %d: %q\nis answered %q\nand by net/http %q", seed, n, pieces, got, want)
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

// A regular who is silent for too long is let go, one who asks again and again is
// not, and one who does not take the answer is (XH01, XH02).
func TestRegularsHaveTheirTime(t *testing.T) {
	big := bytes.Repeat([]byte("x"), 32<<20)
	unseen := make(chan bool, 200)
	addr, _ := serveLocally(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		unseen <- r.Context().Value(http.ServerContextKey) == nil
		body := big
		if r.URL.Path != "/big" {
			body = body[:10]
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}), slog.New(slog.DiscardHandler), func(c *crowd) { c.idle, c.write, c.precision = time.Second, time.Second, 0 })
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
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("a silent regular was let go after %v", d)
	}

	v = befriend(t, addr, unseen)
	v.say("/big")
	if !<-unseen {
		t.Error("net/http saw a regular's request")
	}
	time.Sleep(3 * time.Second)
	if n, err := io.Copy(io.Discard, v); n >= int64(len(big)) {
		t.Errorf("all of %d bytes waited for somebody who took none: %v", n, err)
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
	rest, _ := io.ReadAll(v.in)
	if !strings.HasSuffix(string(rest), "\r\n\r\nwhole") {
		t.Errorf("the answer under way came to %q", rest)
	}
	<-stopped
}
