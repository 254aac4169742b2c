package fetch_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator/fetch"
)

// forever reads what it is sent and never answers.
func forever(c net.Conn) {
	defer c.Close()
	_, _ = io.Copy(io.Discard, c)
}

// drip answers with a header and then a few bytes at a time.
func drip(pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		defer c.Close()
		if _, err := c.Read(make([]byte, 4096)); err != nil {
			return
		}
		gone := make(chan struct{})
		go func() { defer close(gone); _, _ = io.Copy(io.Discard, c) }()
		text := "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
		for {
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
			select {
			case <-gone:
				return
			case <-time.After(pause):
			}
			text = "<a></a> "
		}
	}
}

// P70, XB06 to XB09: every part of a request ends in its own time, in no real
// time here.
func TestTimeouts(t *testing.T) {
	for _, tc := range []struct {
		name, url, kind string
		raw             func(net.Conn)
		silent          bool
		want            time.Duration
	}{
		{name: "slow drip (XB06)", url: "http://blog.example/", kind: "timeout", raw: drip(time.Second), want: 30 * time.Second},
		{name: "no answer (XB07)", url: "http://blog.example/", kind: "timeout", raw: forever, want: 10 * time.Second},
		{name: "no handshake (XB08)", url: "https://blog.example/", kind: "timeout", raw: forever, want: 5 * time.Second},
		{name: "silence in the body", url: "http://blog.example/", kind: "timeout", raw: drip(time.Hour), want: 20 * time.Second},
		{name: "black hole", url: "http://blog.example/", kind: "timeout", silent: true, want: 30 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.silent = tc.silent
				w.speaker("blog.example", tc.raw, publicA)
				began := time.Now()
				e := problem(t, w.client(fetch.Options{}), fetch.Request{URL: tc.url}, tc.kind)
				if took := time.Since(began); took != tc.want {
					t.Errorf("took %v, want %v: %v, %s", took, tc.want, e, e.Problem.Text)
				}
			})
		})
	}
}

// XB09: connecting has a time of its own; nothing can be dialled in a test
// without a network, so the resolver stands for the black hole.
func TestDialTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quietly := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go forever(far)
			return near, nil
		}}
		c, err := fetch.New(fetch.Options{UserAgent: agent, Resolver: quietly})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		problem(t, c, fetch.Request{URL: "http://blog.example/"}, "dns")
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("took %v, want 5s", took)
		}
		// Lookups that were given up still run in the bubble; they end here.
		time.Sleep(time.Hour)
	})
}

// The time covers all redirects together, not each anew.
func TestTotalCoversRedirects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var n atomic.Int32
		w.host("blog.example", func(rw http.ResponseWriter, _ *http.Request) {
			n.Add(1)
			time.Sleep(9 * time.Second)
			rw.Header().Set("Location", fmt.Sprintf("/%d", n.Load()))
			rw.WriteHeader(302)
		}, publicA)
		began := time.Now()
		e := problem(t, w.client(fetch.Options{}), fetch.Request{URL: "http://blog.example/"}, "timeout")
		if took := time.Since(began); took != 30*time.Second || n.Load() != 4 {
			t.Errorf("took %v and %d requests: %v", took, n.Load(), e)
		}
		// The handler still sleeps in the bubble; it must end before the test.
		time.Sleep(time.Minute)
	})
}

// A connection that is kept serves the next request; one that was kept for too
// long is not used.
func TestKeptConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.host("blog.example", path(nil, nil), publicA)
		c := w.client(fetch.Options{})
		get(t, c, "http://blog.example/1")
		time.Sleep(5 * time.Second)
		get(t, c, "http://blog.example/2")
		if n := len(w.dials); n != 1 {
			t.Errorf("%d connections for two requests in a row", n)
		}
		time.Sleep(time.Minute)
		get(t, c, "http://blog.example/3")
		if n := len(w.dials); n != 2 {
			t.Errorf("%d connections after a minute's pause", n)
		}
	})
}

// A connection whose idle read would end in the middle of the wait for an
// answer is not used again: the transport would ask a second time (P61).
func TestKeptConnectionIsNotCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var asked atomic.Int32
		w.host("blog.example", func(rw http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			time.Sleep(9 * time.Second)
			fmt.Fprint(rw, atom)
		}, publicA)
		c := w.client(fetch.Options{})
		for pause := range 20 {
			get(t, c, "http://blog.example/")
			time.Sleep(time.Duration(pause) * time.Second)
		}
		if n := asked.Load(); n != 20 {
			t.Errorf("the server was asked %d times for 20 requests", n)
		}
	})
}

// A slow server that stays within its times is heard out.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.host("blog.example", func(rw http.ResponseWriter, _ *http.Request) {
			time.Sleep(9 * time.Second)
			fmt.Fprint(rw, atom[:10])
			_ = http.NewResponseController(rw).Flush()
			time.Sleep(19 * time.Second)
			fmt.Fprint(rw, atom[10:])
		}, publicA)
		if got := get(t, w.client(fetch.Options{}), "http://blog.example/").Body; !strings.HasPrefix(string(got), atom) {
			t.Errorf("body %q", got)
		}
	})
}
