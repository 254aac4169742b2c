package publisher_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"weir/publisher"
)

func handler(t testing.TB) (*publisher.Handler, *publisher.Snapshot) {
	t.Helper()
	s := render(t, newPublisher(t, options(), library()))
	h := new(publisher.Handler)
	h.Swap(s)
	return h, s
}

func ask(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestHandlerStatuses(t *testing.T) {
	h, s := handler(t)
	rss, _ := s.Document("rss.xml")
	zipped := strings.TrimSuffix(rss.ETag, `"`) + `-gzip"`
	modified := rss.Modified.Format(http.TimeFormat)
	for _, test := range []struct {
		name, method, target string
		header               []string
		status               int
	}{
		{"feed", "GET", "/rss.xml", nil, 200},
		{"head (S11)", "HEAD", "/rss.xml", nil, 200},
		{"page", "GET", "/", nil, 200},
		{"channel", "GET", "/go/", nil, 200},
		{"article", "GET", "/e/how-weirs-work/", nil, 200},
		{"article's file", "GET", "/e/how-weirs-work/diagram.svg", nil, 200},
		{"query makes no difference (XH08)", "GET", "/rss.xml?utm_source=x", nil, 200},
		{"same tag (S6)", "GET", "/rss.xml", []string{"If-None-Match", rss.ETag}, 304},
		{"same tag, head", "HEAD", "/rss.xml", []string{"If-None-Match", rss.ETag}, 304},
		{"weakly the same", "GET", "/rss.xml", []string{"If-None-Match", "W/" + rss.ETag}, 304},
		{"in a list", "GET", "/rss.xml", []string{"If-None-Match", `"a,b", W/"c" ,` + rss.ETag}, 304},
		{"in a second field", "GET", "/rss.xml", []string{"If-None-Match", `"a"`, "If-None-Match", rss.ETag}, 304},
		{"any", "GET", "/rss.xml", []string{"If-None-Match", "*"}, 304},
		{"another tag", "GET", "/rss.xml", []string{"If-None-Match", `"a"`}, 200},
		{"broken tag", "GET", "/rss.xml", []string{"If-None-Match", strings.Trim(rss.ETag, `"`)}, 200},
		{"gzip, its own tag (S7)", "GET", "/rss.xml", []string{"Accept-Encoding", "gzip", "If-None-Match", zipped}, 304},
		{"gzip, the tag of what is plain", "GET", "/rss.xml", []string{"Accept-Encoding", "gzip", "If-None-Match", rss.ETag}, 304},
		{"brotli is better, the tag of gzip", "GET", "/rss.xml", []string{"Accept-Encoding", "br, gzip", "If-None-Match", zipped}, 304},
		{"brotli alone, the tag of gzip", "GET", "/rss.xml", []string{"Accept-Encoding", "br", "If-None-Match", zipped}, 200},
		{"anything but plain, the tag of that", "GET", "/rss.xml", []string{"Accept-Encoding", "gzip, identity;q=0", "If-None-Match", rss.ETag}, 200},
		{"identity, the other's tag", "GET", "/rss.xml", []string{"If-None-Match", zipped}, 200},
		{"same date", "GET", "/rss.xml", []string{"If-Modified-Since", modified}, 304},
		{"later date", "GET", "/rss.xml", []string{"If-Modified-Since", "Tue, 01 Dec 2026 00:00:00 GMT"}, 304},
		{"earlier date", "GET", "/rss.xml", []string{"If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"}, 200},
		{"no date", "GET", "/rss.xml", []string{"If-Modified-Since", "yesterday"}, 200},
		{"the tag outweighs the date (S9)", "GET", "/rss.xml", []string{"If-None-Match", `"a"`, "If-Modified-Since", modified}, 200},
		{"no range of a feed (S12)", "GET", "/rss.xml", []string{"Range", "bytes=0-10"}, 200},
		{"range of a file", "GET", "/e/how-weirs-work/diagram.svg", []string{"Range", "bytes=0-3"}, 206},
		{"nothing acceptable", "GET", "/rss.xml", []string{"Accept-Encoding", "compress, *;q=0"}, 406},
		{"post (XH04)", "POST", "/rss.xml", nil, 405},
		{"put", "PUT", "/nowhere", nil, 405},
		{"trace", "TRACE", "/", nil, 405},
		{"options", "OPTIONS", "/feed.json", nil, 204},
		{"nowhere", "GET", "/nowhere", nil, 404},
		{"up (XH11)", "GET", "/e/../rss.xml", nil, 404},
		{"hidden slash", "GET", "/go%2frss.xml", nil, 404},
		{"hidden dots", "GET", "/e/%2e%2e/rss.xml", nil, 404},
		{"hidden backslash", "GET", "/e/how-weirs-work%5cdiagram.svg", nil, 404},
		{"nul", "GET", "/rss.xml%00", nil, 404},
		{"double slash", "GET", "//rss.xml", nil, 404},
		{"whole address", "GET", "http://evil.example/rss.xml", nil, 200},
		{"whole address without a path", "GET", "http://evil.example", nil, 200},
		{"8 KiB", "GET", "/" + strings.Repeat("a", 8<<10), nil, 404},
		{"manifest (XH12)", "GET", "/.weir.json", nil, 404},
		{"compressed twin", "GET", "/rss.xml.gz", nil, 404},
		{"listing", "GET", "/e/", nil, 404},
		{"internal channel", "GET", "/.articles/rss.xml", nil, 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := ask(h, test.method, test.target, test.header...)
			if res.StatusCode != test.status {
				t.Fatalf("%s %.40s %v = %d; want %d", test.method, test.target, test.header, res.StatusCode, test.status)
			}
			got, _ := io.ReadAll(res.Body)
			if (test.method == "HEAD" || test.status == 304 || test.status == 204) && len(got) > 0 {
				t.Errorf("a body of %d bytes", len(got))
			}
			if strings.Contains(string(got), "nowhere") || strings.Contains(string(got), "aaaa") {
				t.Error("the answer repeats what was asked (XH25)")
			}
		})
	}
}

func TestHandlerHeaders(t *testing.T) {
	h, s := handler(t)
	for _, test := range []struct {
		target string
		want   map[string]string
	}{
		{"/rss.xml", map[string]string{
			"Content-Type": "application/rss+xml; charset=utf-8", "Vary": "Accept-Encoding, A-IM", "Accept-Ranges": "none",
			"Link": `<https://planet.example.org/rss.xml>; rel="self", <https://planet.example.org/>; rel="alternate"; type="text/html"`, "Access-Control-Allow-Origin": "*",
			"Access-Control-Expose-Headers": "Delta-Base, ETag, IM, Last-Modified, Link, Retry-After", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Resource-Policy": "cross-origin", "Referrer-Policy": "no-referrer",
			"Cache-Control": "public, max-age=900, stale-while-revalidate=3600, stale-if-error=86400",
			"Last-Modified": "Fri, 20 Nov 2026 09:30:00 GMT",
		}},
		{"/atom.xml", map[string]string{"Content-Type": "application/atom+xml; charset=utf-8"}},
		{"/feed.json", map[string]string{"Content-Type": "application/feed+json; charset=utf-8", "Access-Control-Allow-Origin": "*"}},
		{"/go/feed.json", map[string]string{"Link": `<https://planet.example.org/go/feed.json>; rel="self", <https://planet.example.org/go/>; rel="alternate"; type="text/html"`}},
		{"/sources.opml", map[string]string{"Content-Type": "text/x-opml; charset=utf-8"}},
		{"/", map[string]string{
			"Content-Type": "text/html; charset=utf-8", "Access-Control-Allow-Origin": "", "Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control": "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
		}},
		{"/embed/", map[string]string{"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}},
		{"/e/how-weirs-work/diagram.svg", map[string]string{"Content-Type": "image/svg+xml", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": ""}},
	} {
		res := ask(h, "GET", test.target)
		for name, want := range test.want {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s = %q; want %q", test.target, name, got, want)
			}
		}
	}
	full := ask(h, "GET", "/rss.xml")
	// A 304 repeats what a 200 would say about caching (S10).
	same := ask(h, "GET", "/rss.xml", "If-None-Match", full.Header.Get("ETag"))
	for _, name := range []string{"ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin"} {
		if same.Header.Get(name) != full.Header.Get(name) || full.Header.Get(name) == "" {
			t.Errorf("304: %s = %q; want %q", name, same.Header.Get(name), full.Header.Get(name))
		}
	}
	head := ask(h, "HEAD", "/rss.xml")
	if head.ContentLength != int64(len(body(t, s, "rss.xml"))) {
		t.Errorf("HEAD: length %d; want that of GET", head.ContentLength)
	}
	if allow := ask(h, "DELETE", "/").Header.Get("Allow"); allow != "GET, HEAD, OPTIONS" {
		t.Errorf("405: Allow = %q", allow)
	}
}

// Every route and every status carries the headers that disarm a browser
// (XE14, XH22).
func TestHandlerGuards(t *testing.T) {
	h, _ := handler(t)
	for _, route := range []struct{ method, target, frames string }{
		{"GET", "/", "frame-ancestors 'none'"}, {"GET", "/go/", "frame-ancestors 'none'"},
		{"GET", "/rss.xml", "sandbox"}, {"GET", "/feed.json", "sandbox"}, {"GET", "/sources.opml", "sandbox"},
		{"GET", "/embed/", "frame-ancestors *"}, {"GET", "/e/how-weirs-work/", "frame-ancestors 'none'"},
		{"GET", "/e/how-weirs-work/diagram.svg", "sandbox"}, {"GET", "/nowhere", "frame-ancestors 'none'"},
		{"POST", "/", "frame-ancestors 'none'"}, {"OPTIONS", "/", "frame-ancestors 'none'"}, {"GET", "/feed", "frame-ancestors 'none'"},
	} {
		res := ask(h, route.method, route.target)
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, route.frames) || strings.Contains(policy, "script-src") {
			t.Errorf("%s %s: policy %q; want default-src 'none' and %s", route.method, route.target, policy, route.frames)
		}
		for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy"} {
			if res.Header.Get(name) == "" {
				t.Errorf("%s %s: no %s", route.method, route.target, name)
			}
		}
		if len(res.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s %s sets a cookie (S15)", route.method, route.target)
		}
	}
}

// Addresses that people guess lead to the feed, by a Location that no part of
// the request went into (XH19).
func TestHandlerMoves(t *testing.T) {
	h, _ := handler(t)
	for from, to := range map[string]string{
		"/feed": "rss.xml", "/feed/": "../rss.xml", "/feed.xml": "rss.xml", "/index.xml": "rss.xml", "/rss": "rss.xml", "/rss/": "../rss.xml",
		"/atom": "atom.xml", "/go/feed": "rss.xml", "/go/atom/": "../atom.xml", "/go": "go/", "/embed": "embed/", "/index.html": "./",
		"/go/index.html": "./", "/e/how-weirs-work": "how-weirs-work/", "/feed?to=//evil.example": "rss.xml",
	} {
		res := ask(h, "GET", from)
		if res.StatusCode != 301 || res.Header.Get("Location") != to {
			t.Errorf("%s = %d to %q; want 301 to %q", from, res.StatusCode, res.Header.Get("Location"), to)
		}
	}
}

// A site below a path is served whether or not a proxy takes the path away.
func TestHandlerBelowPath(t *testing.T) {
	opt := options()
	opt.Site.URL = "https://example.org/go/planet/"
	h := new(publisher.Handler)
	h.Swap(render(t, newPublisher(t, opt, library())))
	for target, want := range map[string]int{
		"/go/planet/rss.xml": 200, "/rss.xml": 200, "/go/planet/": 200, "/go/planet/go/rss.xml": 200, "/go/rss.xml": 200, "/go/planet": 301,
		"/go/planet/feed": 301, "/planet/rss.xml": 404,
	} {
		if got := ask(h, "GET", target).StatusCode; got != want {
			t.Errorf("%s = %d; want %d", target, got, want)
		}
	}
	if link := ask(h, "GET", "/rss.xml").Header.Get("Link"); link != `<https://example.org/go/planet/rss.xml>; rel="self", <https://example.org/go/planet/>; rel="alternate"; type="text/html"` {
		t.Errorf("Link = %s; want the public address (S19)", link)
	}
}

// While the first poll is running, feeds ask to come back, and nobody keeps
// anything (S21).
func TestHandlerFounding(t *testing.T) {
	h := new(publisher.Handler)
	if res := ask(h, "GET", "/rss.xml"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("before the first snapshot: %d", res.StatusCode)
	}
	shelf := library()
	shelf.err = errors.New("first cycle")
	opt := options()
	opt.Empty = func(error) bool { return true }
	h.Swap(render(t, newPublisher(t, opt, shelf)))
	for target, want := range map[string]int{"/": 200, "/go/": 200, "/embed/": 200, "/rss.xml": 503, "/go/feed.json": 503} {
		res := ask(h, "GET", target, "If-None-Match", "*")
		if res.StatusCode != want || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("ETag") != "" {
			t.Errorf("%s = %d, %v; want %d and no-store", target, res.StatusCode, res.Header, want)
		}
		if retry := res.Header.Get("Retry-After"); (retry != "") != (want == 503) {
			t.Errorf("%s: Retry-After = %q", target, retry)
		}
	}
}

// A file that changed since its article was read is not sent.
func TestHandlerChangedFile(t *testing.T) {
	folder := articleFolder()
	opt := options()
	opt.Assets["articles"] = folder
	h := new(publisher.Handler)
	h.Swap(render(t, newPublisher(t, opt, library())))
	if res := ask(h, "GET", "/e/how-weirs-work/diagram.svg"); res.StatusCode != 200 || res.Header.Get("ETag") == "" {
		t.Fatalf("file = %d, tag %q", res.StatusCode, res.Header.Get("ETag"))
	}
	folder["weirs/diagram.svg"].Data = []byte("<svg/>")
	if res := ask(h, "GET", "/e/how-weirs-work/diagram.svg"); res.StatusCode != 404 {
		t.Errorf("changed file = %d; want 404", res.StatusCode)
	}
}

func BenchmarkHandler(b *testing.B) {
	h, s := handler(b)
	rss, _ := s.Document("rss.xml")
	for name, header := range map[string]http.Header{
		"plain": {}, "gzip": {"Accept-Encoding": {"gzip, deflate, br"}}, "304": {"If-None-Match": {rss.ETag}},
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/rss.xml", nil)
			r.Header = header
			w := &discard{header: make(http.Header, 32)}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// A date of before is no promise of a process that began later: what came then
// may have been otherwise (S8).
func TestDatesOfEarlierProcesses(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	rss, _ := s.Document("rss.xml")
	began := rss.Modified.Add(time.Hour)
	h := &publisher.Handler{Began: began.Add(time.Second / 2)}
	h.Swap(s)
	if got, want := ask(h, "GET", "/rss.xml").Header.Get("Last-Modified"), began.Format(http.TimeFormat); got != want {
		t.Errorf("Last-Modified %s; want %s", got, want)
	}
	for since, status := range map[time.Time]int{rss.Modified: 200, began.Add(-time.Second): 200, began: 304} {
		if got := ask(h, "GET", "/rss.xml", "If-Modified-Since", since.Format(http.TimeFormat)).StatusCode; got != status {
			t.Errorf("since %v: %d; want %d", since, got, status)
		}
	}
	if got := ask(h, "GET", "/rss.xml", "If-None-Match", rss.ETag, "If-Modified-Since", rss.Modified.Format(http.TimeFormat)).StatusCode; got != 304 {
		t.Errorf("with the tag: %d; want 304", got)
	}
}
