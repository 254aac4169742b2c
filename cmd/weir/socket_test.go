package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dial connects to a running server.
func (r *running) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.Trim(strings.TrimPrefix(r.url, "http:"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(busy * 20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// sent writes bytes as they are and returns everything that comes back until
// the server closes.
func (r *running) sent(t *testing.T, raw string) string {
	t.Helper()
	conn := r.dial(t)
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Logf("the server closed while it was sent %.40q: %v", raw, err)
	}
	_ = conn.(*net.TCPConn).CloseWrite() // fails where the server closed first
	out, _ := io.ReadAll(conn)
	return string(out)
}

// answers splits what came back, whatever the requests were.
func answers(t *testing.T, raw string) (all []*http.Response) {
	t.Helper()
	in := bufio.NewReader(strings.NewReader(raw))
	for {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return all
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body = io.NopCloser(bytes.NewReader(body))
		all = append(all, resp)
	}
}

// TestServedRaw sends the running program what no client of ours would.
func TestServedRaw(t *testing.T) {
	r := serving(t, sample(t))
	// Until all is compressed, two answers differ although nothing changed.
	within(t, 10*time.Second, "what is compressed", func() bool {
		got := r.sent(t, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n")
		return strings.Contains(got, "Content-Encoding: gzip")
	})
	t.Run("smuggling", func(t *testing.T) { smuggled(t, r) })
	t.Run("names", func(t *testing.T) { misnamed(t, r) })
	t.Run("guards", func(t *testing.T) { guardedEverywhere(t, r) })
	t.Run("heads", func(t *testing.T) { headsAgree(t, r) })
	t.Run("nothing private", func(t *testing.T) { keptPrivate(t, r) })
	t.Run("crowds", func(t *testing.T) { crowded(t, r) })
}

// smuggled requests are those that two servers in a row could understand in
// two ways: each is refused or is one request, the connection ends, and what
// was hidden in it is never answered (XH17, XH05). HTTP/2 without TLS is not
// spoken (XH18).
func smuggled(t *testing.T, r *running) {
	const hidden = "GET /feed.json HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, raw := range map[string]string{
		"CL and TE":         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two lengths":       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
		"list of lengths":   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 5\r\n\r\nabcd",
		"signed length":     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
		"unknown coding":    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"coding twice":      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"bad chunk":         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcd\r\n0\r\n\r\n",
		"bare LF in chunks": "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4;a\nabcd\r\n0\r\n\r\n",
		"space before :":    "GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n\r\nabcd",
		"folded header":     "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n Content-Length: 4\r\n\r\nabcd",
		"NUL in header":     "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\x00c\r\n\r\n",
		"two hosts":         "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"no host":           "GET / HTTP/1.1\r\n\r\n",
		"odd host":          "GET / HTTP/1.1\r\nHost: x y\r\n\r\n",
		"HTTP/2":            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"huge header":       "GET / HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 64<<10) + "\r\n\r\n",
		"not HTTP":          "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"huge body":         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" + strings.Repeat("a", 300<<10),
	} {
		got := answers(t, r.sent(t, raw+hidden))
		for _, resp := range got {
			if body, _ := io.ReadAll(resp.Body); bytes.Contains(body, []byte("jsonfeed.org")) {
				t.Errorf("%s: the hidden request was answered", name)
			}
		}
		switch {
		case name == "not HTTP" && len(got) == 0:
		case name == "folded header":
			// Go joins the lines, as RFC 9112 §5.2 allows: then there is no
			// length, and what follows is a request with an odd method.
			if len(got) != 2 || got[1].StatusCode != 405 {
				t.Errorf("%s: %d answers", name, len(got))
			}
		case len(got) != 1 || got[0].StatusCode < 400:
			t.Errorf("%s: %d answers, the first %v", name, len(got), got)
		}
	}
	// The rig finds a second answer where there is one.
	if got := answers(t, r.sent(t, hidden+"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")); len(got) != 2 {
		t.Fatalf("two good requests had %d answers", len(got))
	}
	// HTTP/1.0 has no codings, and net/http passes over one that is said: to whoever
	// believes it, what follows is a body.
	old := "GET /rss.xml HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
	if got := answers(t, r.sent(t, old+hidden)); len(got) != 1 || got[0].StatusCode != 200 {
		t.Errorf("a coding in HTTP/1.0: %d answers", len(got))
	}
	// Line ends without a carriage return are one request too, with no body.
	if got := answers(t, r.sent(t, "GET /rss.xml HTTP/1.1\nHost: x\nConnection: close\n\n")); len(got) != 1 {
		t.Errorf("bare line feeds: %d answers", len(got))
	}
}

// misnamed requests say that they came for somebody else: no byte of an answer
// depends on it (XH06, XH07, XH08, S19).
func misnamed(t *testing.T, r *running) {
	ask := func(path string, header ...string) string {
		req, err := http.NewRequest("GET", r.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			if header[i] == "Host" {
				req.Host = header[i+1]
				continue
			}
			req.Header.Set(header[i], header[i+1])
		}
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		resp.Header.Del("Date")
		return fmt.Sprint(resp.Status, resp.Header, string(body))
	}
	for _, path := range []string{"", "rss.xml", "feed.json", "feed", "embed", "nowhere", "status.json"} {
		want := ask(path)
		for _, header := range [][]string{
			{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "10.0.0.1"},
			{"X-Forwarded-Prefix", "/evil"}, {"Forwarded", "host=evil.example;proto=https"}, {"X-Original-Url", "/evil"}, {"X-Rewrite-Url", "/evil"},
			{"X-Http-Method-Override", "DELETE"}, {"Cookie", "a=b"}, {"User-Agent", "evil"}, {"Accept-Language", "xx"}, {"Origin", "https://evil.example"},
		} {
			if got := ask(path, header...); got != want {
				t.Errorf("/%s with %v: another answer\n%.300s\n%.300s", path, header, got, want)
			}
		}
		if got := ask(path + "?x=evil.example&callback=evil"); got != want {
			t.Errorf("/%s: a query makes another answer", path)
		}
	}
}

// guarded complains of an answer that lacks a header which disarms it (XH22).
func guarded(t *testing.T, what string, h http.Header) {
	t.Helper()
	for _, name := range []string{"Content-Security-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Content-Type-Options"} {
		if h.Get(name) == "" {
			t.Errorf("%s: no %s", what, name)
		}
	}
	if len(h["Set-Cookie"]) > 0 {
		t.Errorf("%s: a cookie", what)
	}
}

// guardedEverywhere goes through routes and statuses: each answer is disarmed,
// and none repeats what was asked (XH22, XH25). A 304 leaves the headers of the
// answer that the client kept in force (RFC 9111 §4.3.4).
func guardedEverywhere(t *testing.T, r *running) {
	for _, c := range []struct {
		method, path, header string
		status               int
	}{
		{"GET", "/", "", 200}, {"GET", "/rss.xml", "", 200}, {"GET", "/embed/", "", 200}, {"GET", "/status.json", "", 200},
		{"GET", "/sources.opml", "", 200}, {"HEAD", "/atom.xml", "", 200}, {"OPTIONS", "/feed.json", "", 204}, {"OPTIONS", "*", "", 204},
		{"GET", "/rss.xml", "If-None-Match: *", 304}, {"GET", "/", "If-None-Match: *", 304},
		{"GET", "/feed", "", 301}, {"GET", "/embed", "", 301}, {"GET", "/xyzzy", "", 404}, {"GET", "/push/xyzzy", "", 404},
		{"GET", "/push/" + strings.Repeat("ab", 16), "", 404}, {"POST", "/push/" + strings.Repeat("ab", 16), "", 410}, {"PUT", "/push/" + strings.Repeat("ab", 16), "", 405},
		{"POST", "/xyzzy", "", 405}, {"DELETE", "/status.json", "", 405}, {"XYZZY", "/", "", 405}, {"CONNECT", "xyzzy:443", "", 405},
		{"GET", "/rss.xml", "Accept-Encoding: xyzzy, *;q=0", 406},
		// These are net/http's own.
		{"GET", "/%xyzzy", "", 400}, {"GET", "/", "Xyzzy", 400}, {"GET", "/", "Xyzzy : 1", 400}, {"GET", "xyzzy", "", 400}, {"GET", "/", "Host: xyzzy2", 400},
		{"GET", "/", "Expect: xyzzy", 417}, {"GET", "/", "X: " + strings.Repeat("xyzzy", 8<<10), 431}, {"GET", "/", "Transfer-Encoding: xyzzy", 501},
	} {
		raw := c.method + " " + c.path + " HTTP/1.1\r\nHost: xyzzy\r\nConnection: close\r\n"
		if c.header != "" {
			raw += c.header + "\r\n"
		}
		got := r.sent(t, raw+"\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), &http.Request{Method: c.method})
		if err != nil || resp.StatusCode != c.status {
			t.Errorf("%s %s: %.60q; want %d", c.method, c.path, got, c.status)
			continue
		}
		if c.status != http.StatusNotModified {
			guarded(t, c.method+" "+c.path, resp.Header)
		}
		if strings.Contains(strings.ToLower(got), "xyzzy") {
			t.Errorf("%s %s: the answer repeats what was asked", c.method, c.path)
		}
	}
}

// headsAgree asks every document twice, by HEAD and by GET, plain and packed:
// the headers are the same, and say how long the body is (XH24, S11).
func headsAgree(t *testing.T, r *running) {
	for _, path := range []string{"", "rss.xml", "atom.xml", "feed.json", "sources.opml", "embed/", "status.json", "go/rss.xml", "xyzzy", "feed"} {
		for _, coding := range []string{"identity", "gzip"} {
			ask := func(method string) (string, *http.Response) {
				raw := r.sent(t, method+" /"+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: "+coding+"\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(raw)), &http.Request{Method: method})
				if err != nil {
					t.Fatalf("%s /%s: %v", method, path, err)
				}
				head, body, _ := strings.Cut(raw, "\r\n\r\n")
				if method == "HEAD" && body != "" {
					t.Errorf("HEAD /%s has a body", path)
				}
				if n, err := strconv.Atoi(resp.Header.Get("Content-Length")); method == "GET" && (err != nil || n != len(body)) {
					t.Errorf("GET /%s: Content-Length %q of %d bytes", path, resp.Header.Get("Content-Length"), len(body))
				}
				resp.Header.Del("Date")
				status, _, _ := strings.Cut(head, "\r\n")
				return fmt.Sprint(status, resp.Header), resp
			}
			get, _ := ask("GET")
			if head, _ := ask("HEAD"); head != get {
				t.Errorf("/%s in %s:\nHEAD %s\nGET  %s", path, coding, head, get)
			}
		}
	}
}

// keptPrivate asks for what is on this machine and in this process beside what
// is published (XH12, XH13).
func keptPrivate(t *testing.T, r *running) {
	for _, path := range []string{
		"config.yaml", "weir.db", "weir.db.crashes", ".weir.json", ".git/config", ".env", ".htaccess", ".nojekyll", "articles/", "articles/welcome.md",
		"public/", "e/", "page/", "debug/pprof/", "debug/pprof/goroutine?debug=2", "debug/vars", "metrics", "status", "admin/", "server-status",
		"rss.xml.gz", "rss.xml~", ".rss.xml.tmp", "../config.yaml", "%2e%2e/config.yaml", "..%2fconfig.yaml", "e/..;/config.yaml", "/etc/passwd", "e//rss.xml",
	} {
		got := r.sent(t, "GET /"+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 404 ") && !strings.HasPrefix(got, "HTTP/1.1 400 ") {
			t.Errorf("/%s: %.40q; want 404", path, got)
		}
	}
}

// crowded holds a thousand connections that never finish what they ask (XH02),
// and a hundred that never read what they are sent: others are answered, and
// the store is written to and published meanwhile, because no request holds a
// transaction of it (XH03, XK20).
func crowded(t *testing.T, r *running) {
	for range 1000 {
		if _, err := io.WriteString(r.dial(t), "GET /rss.xml HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		conn := r.dial(t)
		if err := conn.(*net.TCPConn).SetReadBuffer(1 << 10); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, strings.Repeat("GET /feed.json HTTP/1.1\r\nHost: x\r\n\r\n", 100)); err != nil {
			t.Fatal(err)
		}
	}
	article := "---\ntitle: Written in a crowd\n---\nNobody is waited for.\n"
	if err := os.WriteFile(filepath.Join(r.dir, "articles", "crowd.md"), []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	// What waited for those who do not read would wait for half a minute.
	took := within(t, 2*time.Second, "the article", func() bool {
		_, body := r.get("rss.xml")
		return strings.Contains(body, "Written in a crowd")
	})
	t.Logf("an article is published after %v while 1,100 clients stall", took.Round(time.Millisecond))
}

// TestStopTwice stops the program while somebody is slow to ask: the first
// signal gives them time, the second does not (XH23). Only an orderly end says
// what ended it.
func TestStopTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for connections to be given up")
	}
	for _, signals := range []int{1, 2} {
		r, in := stopping(t, signals)
		for n := 1; in > 4*time.Second && signals == 2; n++ {
			// Whoever is slow is given up after 5 s, and that ends the server, too.
			if n == busy {
				t.Skipf("the second signal needs %v here", in)
			}
			r, in = stopping(t, signals)
		}
		if code := r.command.ProcessState.ExitCode(); code != 143 {
			t.Errorf("after %d signals: exit code %d, want 143", signals, code)
		}
		if orderly := strings.Contains(r.said(), "stopped by a termination signal"); orderly != (signals == 1) {
			t.Errorf("after %d signals: an orderly end is %v:\n%s", signals, orderly, r.said())
		}
	}
}

// stopping sends a server signals while somebody is slow to ask, and waits for
// its end. It returns how long it took until the last one was sent.
func stopping(t *testing.T, signals int) (r *running, in time.Duration) {
	t.Helper()
	r = serving(t, sample(t))
	conn, began := r.dial(t), time.Now()
	if _, err := io.WriteString(conn, "GET /rss.xml HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	// An answer on a later connection says that the earlier one was taken.
	if got := r.sent(t, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); got == "" {
		t.Fatal("no answer")
	}
	for range signals {
		if err := r.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		in = time.Since(began)
		within(t, 5*time.Second, "the door to close", func() bool {
			resp, _ := r.get("")
			return resp == nil
		})
	}
	_ = r.command.Wait()
	return r, in
}

// What would show the inside of the process is not even linked (XH13).
func TestNothingIsExposed(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "weir/cmd/weir").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 100 {
		t.Fatalf("%d packages; the list must be wrong", len(deps))
	}
	for _, dep := range deps {
		if dep == "net/http/pprof" || dep == "expvar" {
			t.Errorf("%s is linked", dep)
		}
	}
}
