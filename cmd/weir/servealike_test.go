package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"
)

// asked is an answer, but for its date.
type asked struct {
	status int
	header http.Header
	body   []byte
}

// askBy asks over a connection.
func askBy(t *testing.T, conn net.Conn, in *bufio.Reader, method, host, path string, fields []string) asked {
	t.Helper()
	_ = conn.SetDeadline(time.Now().Add(busy * 5 * time.Second))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, f := range fields {
		fmt.Fprintf(conn, "%s\r\n", f)
	}
	fmt.Fprint(conn, "\r\n")
	resp, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s %q: %v", method, path, fields, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s %q: %v", method, path, fields, err)
	}
	resp.Header.Del("Date")
	return asked{resp.StatusCode, resp.Header, body}
}

// Whoever comes again over a connection gets what everybody gets, whatever is
// asked and how.
func TestNextRequestsAreAnsweredAlike(t *testing.T) {
	r := serving(t, sample(t))
	u, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	first := func(method, path string, fields []string) asked {
		one, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		return askBy(t, one, bufio.NewReader(one), method, u.Host, path, fields)
	}
	seen := map[int]int{}
	for _, path := range []string{
		"/", "/rss.xml", "/atom.xml", "/feed.json", "/sources.opml", "/embed/", "/subscribe/", "/page/1/", "/archive/1/atom.xml",
		"/status.json", "/feed", "/index.html", "/nothing", "/.well-known/recommendations.opml",
	} {
		plain := first(http.MethodGet, path, nil)
		gz := first(http.MethodGet, path, []string{"Accept-Encoding: gzip"})
		tag, zipped := plain.header.Get("Etag"), gz.header.Get("Etag")
		for _, fields := range [][]string{
			nil, {"Accept-Encoding: gzip"}, {"Accept-Encoding: br;q=0.9, zstd"}, {"Accept-Encoding: identity;q=0"},
			{"If-None-Match: " + tag}, {"If-None-Match: W/" + tag}, {"If-None-Match: \"a\", " + tag}, {"If-None-Match: *"},
			{"If-None-Match: " + zipped, "Accept-Encoding: gzip"}, {"If-None-Match: " + zipped},
			{"If-Modified-Since: " + plain.header.Get("Last-Modified")}, {"If-Modified-Since: never"},
			{"A-IM: feed", "If-None-Match: " + tag}, {"A-IM: feed", "If-None-Match: \"old\""}, {"Range: bytes=0-9"},
			{"Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", "Accept-Encoding: gzip"},
			{"User-Agent: Service/1.0 (https://service.example; 3 subscribers)"}, {"Origin: https://other.example"},
			{"Connection: keep-alive", "Accept: */*"},
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				got, want := askBy(t, conn, in, method, u.Host, path, fields), first(method, path, fields)
				for range 3 { // A minute may have ended, by which documents keep for less.
					if reflect.DeepEqual(got.header, want.header) {
						break
					}
					got, want = askBy(t, conn, in, method, u.Host, path, fields), first(method, path, fields)
				}
				if got.status != want.status || !reflect.DeepEqual(got.header, want.header) || !bytes.Equal(got.body, want.body) {
					t.Errorf("%s %s %q:\n%d %v, %d bytes; at first\n%d %v, %d bytes", method, path, fields,
						got.status, got.header, len(got.body), want.status, want.header, len(want.body))
				}
				seen[got.status]++
			}
		}
	}
	for _, status := range []int{200, 204, 301, 304, 404, 406} {
		if seen[status] == 0 {
			t.Errorf("nothing was answered %d: %v", status, seen)
		}
	}
}
