package publisher_test

import (
	"html"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"weir/publisher"
)

// Every format has its own type with the charset (S1), names no reader in Vary
// and sets no cookie (S15), in full and as a 304, gives no range (S12, XH10) and
// forbids browsers to guess (S2).
func TestTypesAndVariation(t *testing.T) {
	h, _ := handler(t)
	for path, media := range map[string]string{
		"/rss.xml": "application/rss+xml; charset=utf-8", "/atom.xml": "application/atom+xml; charset=utf-8",
		"/feed.json": "application/feed+json; charset=utf-8", "/sources.opml": "text/x-opml; charset=utf-8", "/": "text/html; charset=utf-8",
	} {
		for _, header := range [][]string{nil, {"Accept-Encoding", "gzip"}, {"If-None-Match", "*"}, {"Range", "bytes=0-9"}} {
			res := ask(h, "GET", path, header...)
			vary := res.Header.Get("Vary")
			if !strings.HasPrefix(vary, "Accept-Encoding") || strings.Contains(vary, "User-Agent") || strings.Contains(vary, "Cookie") || res.Header["Set-Cookie"] != nil {
				t.Errorf("%s %v: Vary %q, cookies %v", path, header, vary, res.Header["Set-Cookie"])
			}
			if res.StatusCode == 206 || res.StatusCode == 200 && (res.Header.Get("Content-Type") != media || res.Header.Get("X-Content-Type-Options") != "nosniff") {
				t.Errorf("%s %v: %d %q", path, header, res.StatusCode, res.Header.Get("Content-Type"))
			}
		}
	}
}

// The page announces every format (S5), and a feed's address is a feed for every
// reader, whatever it accepts.
func TestOneRepresentation(t *testing.T) {
	h, s := handler(t)
	page := html.UnescapeString(body(t, s, "index.html"))
	for _, media := range []string{"application/rss+xml", "application/atom+xml", "application/feed+json"} {
		if !strings.Contains(page, `<link rel="alternate" type="`+media+`"`) {
			t.Errorf("the page does not announce %s", media)
		}
	}
	for _, accept := range []string{"text/html", "application/json", "*/*;q=0.1", "nonsense"} {
		if got := ask(h, "GET", "/rss.xml", "Accept", accept).Header.Get("Content-Type"); !strings.HasPrefix(got, "application/rss+xml") {
			t.Errorf("Accept %s: %s", accept, got)
		}
	}
}

// Errors are kept by nobody (S14), and an address that is dead says so: there is
// no page in place of a feed (S20).
func TestDeadAddresses(t *testing.T) {
	h, _ := handler(t)
	for _, path := range []string{"/gone/rss.xml", "/old.xml", "/gone/", "/gone/feed.json"} {
		if res := ask(h, "GET", path); res.StatusCode != 404 || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s = %d, %s", path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	if res := ask(h, "GET", "/feed"); res.StatusCode != 301 || !strings.Contains(res.Header.Get("Cache-Control"), "max-age=86400") {
		t.Errorf("a guessed address = %d, %s", res.StatusCode, res.Header.Get("Cache-Control"))
	}
}

// What is served is exchanged as a whole: who asks meanwhile has the one or the
// other (S22). Two servers with the same content give the same tags, so that a
// cache before them may ask either (S23), and a tag of the one is a 304 of the
// other, packed or not (S7, XH09).
func TestTwoServers(t *testing.T) {
	one, first := handler(t)
	other, _ := handler(t)
	for _, coding := range []string{"identity", "gzip"} {
		tag := ask(one, "GET", "/rss.xml", "Accept-Encoding", coding).Header.Get("Etag")
		res := ask(other, "GET", "/rss.xml", "Accept-Encoding", coding, "If-None-Match", `"x", W/`+tag)
		if got, _ := io.ReadAll(res.Body); res.StatusCode != 304 || len(got) > 0 {
			t.Errorf("%s: the tag %s of one server is a %d of the other", coding, tag, res.StatusCode)
		}
	}
	shelf := library()
	post := blogPost()
	post.Title = "Another title"
	shelf.put("all", post)
	second := render(t, newPublisher(t, options(), shelf))
	want := map[string]bool{body(t, first, "rss.xml"): true, body(t, second, "rss.xml"): true}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			one.Swap(second)
			one.Swap(first)
		}
	}()
	for range 200 {
		if got, _ := io.ReadAll(ask(one, "GET", "/rss.xml").Body); !want[string(got)] {
			t.Fatal("an answer is neither of the two documents")
		}
	}
	<-done
}

// Nothing of a source ends a header or begins one, whatever its entries, hubs
// and addresses hold (XH20), nor does anything of the request (XH19).
func TestHeadersHoldTogether(t *testing.T) {
	opt := options()
	opt.Site.Hubs = []string{"https://hub.example/"}
	shelf := unruly()
	for i, e := range shelf.windows["all"].Entries {
		e.Title, e.Link = "x\r\nSet-Cookie: a=b", e.Link+"\r\nSet-Cookie:%0d%0aa=b"
		shelf.windows["all"].Entries[i] = e
	}
	h := new(publisher.Handler)
	s := render(t, newPublisher(t, opt, shelf))
	h.Swap(s)
	n := 0
	for _, path := range []string{"/", "/rss.xml", "/atom.xml", "/feed.json", "/embed/", "/feed", "/feed?%0d%0aSet-Cookie:a=b", "/%0d%0aSet-Cookie:a=b", "/%5cevil.example", "//evil.example/feed"} {
		res := ask(h, "GET", path)
		for name, values := range res.Header {
			for _, v := range values {
				if n++; !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(v) || strings.Contains(v, "evil") || name == "Set-Cookie" {
					t.Errorf("%s: %s: %q", path, name, v)
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("%d fields were looked at", n)
	}
}

// A form of a stranger's page changes nothing (XH14), and where other origins
// may read, no credentials are involved (XH15, S17).
func TestStrangersOnlyRead(t *testing.T) {
	h, _ := handler(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		for _, path := range []string{"/", "/rss.xml", "/status.json", "/nowhere"} {
			if res := ask(h, method, path, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 405 {
				t.Errorf("%s %s = %d", method, path, res.StatusCode)
			}
		}
	}
	for _, method := range []string{"GET", "OPTIONS"} {
		res := ask(h, method, "/feed.json", "Origin", "https://evil.example", "Cookie", "a=b")
		if res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %v", method, res.Header)
		}
	}
}
