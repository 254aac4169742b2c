package fetch_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"weir/aggregator/fetch"
)

func pack(t testing.TB, coding string, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	default:
		return plain
	}
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sends is a server that sends a body under a Content-Encoding.
func sends(t *testing.T, coding []string, body []byte) string {
	t.Helper()
	return server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Encoding"] = coding
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write(body)
	})
}

func long(n int) []byte {
	return []byte(strings.Repeat("<item>a rather long feed</item>\n", n/32))
}

// P71, P72: each coding that is asked for is decoded, at every size, with
// readers that are used again; gzip also where no header says so, or in
// several members (XB03).
func TestCodings(t *testing.T) {
	c := local(t, fetch.Options{})
	for _, coding := range []string{"", "gzip", "br", "zstd"} {
		for _, plain := range [][]byte{[]byte("<feed/>"), long(511), long(512), long(100 << 10), long(3 << 20)} {
			url := sends(t, []string{coding}, pack(t, coding, plain))
			for range 3 {
				resp := get(t, c, url)
				if !bytes.Equal(resp.Body, plain) || resp.Cut {
					t.Errorf("%q of %d bytes: got %d, cut %v", coding, len(plain), len(resp.Body), resp.Cut)
				}
				resp.Release()
				resp.Release()
			}
		}
	}
	for name, tc := range map[string]struct {
		coding []string
		body   []byte
	}{
		"gzip without a header": {nil, pack(t, "gzip", long(1000))},
		"x-gzip":                {[]string{"X-GZip"}, pack(t, "gzip", long(1000))},
		"identity":              {[]string{"identity"}, long(1000)},
		"gzip and identity":     {[]string{"identity, gzip"}, pack(t, "gzip", long(1000))},
		"nothing":               {[]string{"gzip"}, nil},
		"two members":           {[]string{"gzip"}, append(pack(t, "gzip", long(1000)[:500]), pack(t, "gzip", long(1000)[500:])...)},
	} {
		want := long(1000)
		if tc.body == nil {
			want = nil
		}
		if got := get(t, c, sends(t, tc.coding, tc.body)).Body; !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes", name, len(got))
		}
	}
}

// P72, P73, XB03, XB04, XB13: a body that is not wholly and once compressed as
// it says is refused, and the next one is read with the same decoder.
func TestDamagedCodings(t *testing.T) {
	c := local(t, fetch.Options{})
	for _, coding := range []string{"gzip", "br", "zstd"} {
		whole := pack(t, coding, long(100<<10))
		for name, body := range map[string][]byte{
			"cut":      whole[:len(whole)-5],
			"short":    whole[:3],
			"trailing": append(bytes.Clone(whole), "and more"...),
			"far":      append(bytes.Clone(whole), make([]byte, 100<<10)...),
			"plain":    []byte(atom),
			"flipped":  flip(whole),
		} {
			e := problem(t, c, fetch.Request{URL: sends(t, []string{coding}, body)}, "malformed")
			if !strings.Contains(e.Problem.Text, "decoded") {
				t.Errorf("%s %s: %q", coding, name, e.Problem.Text)
			}
			if got := get(t, c, sends(t, []string{coding}, whole)).Body; !bytes.Equal(got, long(100<<10)) {
				t.Fatalf("after %s %s: got %d bytes", coding, name, len(got))
			}
		}
	}
	twice := pack(t, "gzip", pack(t, "gzip", long(1000)))
	for name, tc := range map[string]struct {
		coding []string
		body   []byte
	}{
		"stacked":            {[]string{"gzip, gzip"}, twice},
		"stacked lines":      {[]string{"gzip", "br"}, twice},
		"hidden under gzip":  {[]string{"gzip"}, twice},
		"hidden altogether":  {nil, twice},
		"unknown":            {[]string{"compress"}, twice},
		"deflate":            {[]string{"deflate"}, twice},
		"hostile":            {[]string{"x\x1b[31m"}, twice},
		"cut without header": {nil, pack(t, "gzip", long(1000))[:40]},
	} {
		t.Run(name, func(t *testing.T) {
			problem(t, c, fetch.Request{URL: sends(t, tc.coding, tc.body)}, "malformed")
		})
	}
}

// flip damages a byte in the middle, where a checksum or the structure tells.
func flip(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)/2] ^= 0xff
	b[0] ^= 0xff
	return b
}

// XB04: a zstd frame that wants a huge window is refused before it gets one.
func TestZstdWindow(t *testing.T) {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(64<<20), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 { // streamed, so that the frame states its window
		if _, err := w.Write(long(1 << 20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	problem(t, local(t, fetch.Options{}), fetch.Request{URL: sends(t, []string{"zstd"}, b.Bytes())}, "malformed")
}

// XB01, XB05: bodies that are too large, or never end, are read to the limit
// and no further, in bounded memory.
func TestTooLarge(t *testing.T) {
	const limit = 1 << 20
	c := local(t, fetch.Options{MaxBody: limit, MaxWire: 64 << 10})
	bomb := make([]byte, 64<<20)
	for _, coding := range []string{"gzip", "br", "zstd"} {
		body := pack(t, coding, bomb)
		url := sends(t, []string{coding}, body)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		resp := get(t, c, url)
		runtime.ReadMemStats(&after)
		if !resp.Cut || len(resp.Body) > limit {
			t.Errorf("%s of %d bytes: %d bytes, cut %v", coding, len(body), len(resp.Body), resp.Cut)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 48<<20 {
			t.Errorf("%s: %d MiB allocated for a body of 1 MiB", coding, used>>20)
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"endless": func(w http.ResponseWriter, _ *http.Request) { pour(w, limit*100) },
		"declared": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9999999999")
			pour(w, limit*100)
		},
		"one over": func(w http.ResponseWriter, _ *http.Request) { pour(w, limit+1) },
	} {
		if resp := get(t, c, server(t, h)); !resp.Cut || len(resp.Body) != limit {
			t.Errorf("%s: %d bytes, cut %v", name, len(resp.Body), resp.Cut)
		}
	}
	exact := get(t, c, server(t, func(w http.ResponseWriter, _ *http.Request) { pour(w, limit) }))
	if exact.Cut || len(exact.Body) != limit {
		t.Errorf("exactly at the limit: %d bytes, cut %v", len(exact.Body), exact.Cut)
	}
	// The wire has a limit of its own: what does not compress well is cut there.
	noise := make([]byte, 128<<10)
	for i := range noise {
		noise[i] = byte(int64(i) * int64(i) >> 3 * 2654435761 >> 7)
	}
	for _, coding := range []string{"gzip", "br", "zstd"} {
		stored := pack(t, coding, noise)
		if len(stored) < 80<<10 {
			t.Fatalf("%s fits the noise into %d bytes: the test shows nothing", coding, len(stored))
		}
		if resp := get(t, c, sends(t, []string{coding}, stored)); !resp.Cut || len(resp.Body) >= len(noise) {
			t.Errorf("%s over the wire's limit: %d bytes, cut %v", coding, len(resp.Body), resp.Cut)
		}
	}
}

func pour(w io.Writer, n int) {
	chunk := make([]byte, 32<<10)
	for n > 0 {
		m, err := w.Write(chunk[:min(n, len(chunk))])
		if err != nil {
			return
		}
		n -= m
	}
}

// answers is a host that reads a request and writes fixed bytes.
func answers(text string) func(net.Conn) {
	return func(c net.Conn) {
		defer c.Close()
		if _, err := c.Read(make([]byte, 4096)); err != nil {
			return
		}
		_, _ = io.WriteString(c, text)
	}
}

// P73, XB13: a transfer that breaks off gives nothing, however much arrived.
func TestCutTransfers(t *testing.T) {
	for name, text := range map[string]string{
		"content length": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + atom,
		"chunk":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + atom,
		"last chunk":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<a/>\n\r\n",
		"no body at all": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
		"nothing":        "",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.speaker("blog.example", answers(text), publicA)
			problem(t, w.client(fetch.Options{}), fetch.Request{URL: "http://blog.example/"}, "connect")
		})
	}
	// A coding that is complete inside a transfer that is not.
	body := pack(t, "br", []byte(atom))
	w := newWorld(t)
	w.speaker("blog.example", answers(fmt.Sprintf(
		"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: %d\r\n\r\n%s", len(body)+1, body)), publicA)
	problem(t, w.client(fetch.Options{}), fetch.Request{URL: "http://blog.example/"}, "connect")
}

// XB10, XB11: headers are bounded, 1xx responses too; what is no HTTP is an
// error.
func TestHostileHeaders(t *testing.T) {
	for name, tc := range map[string]struct{ text, kind string }{
		"many":     {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 9000) + "\r\n", "too-large"},
		"long":     {"HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("b", 9<<20) + "\r\n\r\n", "too-large"},
		"1xx":      {strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: "+strings.Repeat("b", 1000)+"\r\n\r\n", 9000), "too-large"},
		"cut":      {"HTTP/1.1 200 OK\r\nContent-Le", "malformed"},
		"not HTTP": {"SSH-2.0-OpenSSH_9.9\r\n", "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.speaker("blog.example", answers(tc.text), publicA)
			problem(t, w.client(fetch.Options{Timeouts: fetch.Timeouts{Total: 10 * time.Second}}),
				fetch.Request{URL: "http://blog.example/"}, tc.kind)
		})
	}
}

// A body that was released is not another's while it is used: two that are
// held at once differ.
func TestBuffersAreNotShared(t *testing.T) {
	c := local(t, fetch.Options{})
	one, two := sends(t, nil, bytes.Repeat([]byte("1"), 5000)), sends(t, nil, bytes.Repeat([]byte("2"), 5000))
	for range 20 {
		a, b := get(t, c, one), get(t, c, two)
		if a.Body[4999] != '1' || b.Body[0] != '2' {
			t.Fatal("two responses share a buffer")
		}
		a.Release()
		b.Release()
	}
}
