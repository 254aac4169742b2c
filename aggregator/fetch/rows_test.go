package fetch_test

import (
	"fmt"
	"go/version"
	"io"
	"net"
	"net/http"
	neturl "net/url"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"weir/aggregator/fetch"
)

// P5, P14: each validator may change alone, and is sent again whatever the
// answer says about its own age.
func TestValidatorsChangeAlone(t *testing.T) {
	const first, second = "Mon, 02 Nov 2026 10:00:00 GMT", "Tue, 03 Nov 2026 10:00:00 GMT"
	n, asked := 0, http.Header{}
	answers := [][2]string{{`"a"`, first}, {`"b"`, first}, {`"b"`, second}, {"", second}, {`"c"`, second}}
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Clone()
		a := answers[n]
		n++
		if a[0] != "" {
			w.Header().Set("Etag", a[0])
		}
		w.Header().Set("Last-Modified", a[1])
		w.Header().Set("Expires", "0")
		fmt.Fprint(w, atom)
	})
	c := local(t, fetch.Options{})
	r := fetch.Request{URL: url}
	for i, want := range answers {
		resp, err := c.Get(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{resp.Validators.ETag, resp.Validators.LastModified}; got != want {
			t.Errorf("answer %d: kept %q, want %q", i, got, want)
		}
		if got := [2]string{asked.Get("If-None-Match"), asked.Get("If-Modified-Since")}; i > 0 && got != answers[i-1] {
			t.Errorf("request %d: sent %q, want %q", i, got, answers[i-1])
		}
		r.Validators = resp.Validators
	}
}

// P47, P49, P65, XA24: one question is one request: no browser's name after a
// refusal, no page that a page points to, no other service or early connection
// that a header offers.
func TestOneRequest(t *testing.T) {
	var agents []string
	w := newWorld(t)
	w.host("blog.example", func(rw http.ResponseWriter, r *http.Request) {
		agents = append(agents, r.UserAgent())
		rw.Header().Set("Alt-Svc", `h3="other.example:443", h2="other.example:443"`)
		rw.Header().Add("Link", "<https://other.example>; rel=preconnect")
		rw.Header().Add("Link", "</favicon.ico>; rel=icon")
		rw.Header().Set("Refresh", "0; url=/next")
		rw.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/no" {
			rw.WriteHeader(http.StatusForbidden)
		}
		fmt.Fprint(rw, `<html><meta http-equiv="refresh" content="0; url=/next"><script>location="/next"</script></html>`)
	}, publicA)
	w.host("other.example", path(nil, nil), publicB)
	c := w.client(fetch.Options{})
	get(t, c, "http://blog.example/")
	problem(t, c, fetch.Request{URL: "http://blog.example/no"}, "status")
	get(t, c, "http://blog.example/")
	if len(agents) != 3 {
		t.Errorf("%d requests, want 3", len(agents))
	}
	for _, a := range agents {
		if a != agent {
			t.Errorf("asked as %q", a)
		}
	}
	for _, d := range w.dials {
		if d != publicA+":80" {
			t.Errorf("connected to %s", d)
		}
	}
}

// XB25: what a server sends behind its answer is never taken for another
// host's, even one at the same address.
func TestAnswerBehindTheAnswer(t *testing.T) {
	w := newWorld(t)
	w.speaker("evil.example", func(c net.Conn) {
		defer c.Close()
		_, _ = c.Read(make([]byte, 4096))
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", len(atom), atom)
		_, _ = io.Copy(io.Discard, c)
	}, publicA)
	w.host("blog.example", path(nil, nil), publicA)
	c := w.client(fetch.Options{})
	for range 3 {
		if resp, err := c.Get(t.Context(), fetch.Request{URL: "http://evil.example/"}); err == nil {
			resp.Release()
		}
		if resp := get(t, c, "http://blog.example/"); string(resp.Body) == "evil" {
			t.Fatal("another host's answer was taken")
		}
	}
}

// XB22: the toolchain is none whose HTTP/2 client can be made to loop for ever.
func TestToolchainFloor(t *testing.T) {
	if v := runtime.Version(); version.IsValid(v) && version.Compare(v, "go1.26.6") < 0 {
		t.Errorf("built with %s; go1.26.6 is the oldest that is safe", v)
	}
}

// descriptors counts the open files of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("open files are counted where /proc/self/fd tells them")
	}
	return len(list)
}

// settled waits until at most the given numbers of goroutines and descriptors
// are there, and tells how many are.
func settled(t *testing.T, goroutines, files int) (int, int, bool) {
	g, f := runtime.NumGoroutine(), descriptors(t)
	for range 100 {
		if g <= goroutines && f <= files {
			return g, f, true
		}
		time.Sleep(10 * time.Millisecond)
		g, f = runtime.NumGoroutine(), descriptors(t)
	}
	return g, f, false
}

// XL08: after 1,000 requests that fail in all ways, as many goroutines and
// descriptors are there as before.
func TestNothingLeaks(t *testing.T) {
	hostile := []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) },
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, atom)
			panic(http.ErrAbortHandler)
		},
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, atom)
		},
		func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) },
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
		},
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 1<<20))
		},
	}
	var n atomic.Int64
	c := local(t, fetch.Options{})
	url := server(t, func(w http.ResponseWriter, r *http.Request) { hostile[int(n.Add(1))%len(hostile)](w, r) })
	runtime.GC()
	goroutines, files := runtime.NumGoroutine(), descriptors(t)
	for range 1000 {
		if _, err := c.Get(t.Context(), fetch.Request{URL: url}); err == nil {
			t.Fatal("no error")
		}
	}
	c.Close()
	g, f, ok := settled(t, goroutines, files)
	t.Logf("goroutines %d, then %d; descriptors %d, then %d", goroutines, g, files, f)
	if !ok {
		t.Error("they are more than before")
	}
	// The control: one connection that stays open is seen.
	at, err := neturl.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, _, ok := settled(t, g, f); ok {
		t.Error("an open connection is not seen")
	}
}
