package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/fetch"
	"weir/feed"
)

const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>`

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// local returns a client that may ask this machine.
func local(t *testing.T, o fetch.Options) *fetch.Client {
	t.Helper()
	o.UserAgent, o.AllowPrivate = agent, []string{"127.0.0.1"}
	c, err := fetch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func server(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet()
	s.Start()
	t.Cleanup(s.Close)
	return s.URL + "/feed"
}

func get(t *testing.T, c *fetch.Client, url string) *fetch.Response {
	t.Helper()
	resp, err := c.Get(t.Context(), fetch.Request{URL: url})
	if err != nil {
		t.Fatalf("Get(%q): %v", url, err)
	}
	return resp
}

// problem asks and expects an *Error of the kind.
func problem(t *testing.T, c *fetch.Client, r fetch.Request, kind string) *fetch.Error {
	t.Helper()
	resp, err := c.Get(t.Context(), r)
	var e *fetch.Error
	if !errors.As(err, &e) {
		t.Fatalf("Get(%q) = %+v, %v; want an *Error of kind %s", r.URL, resp, err, kind)
	}
	if e.Problem.Kind != kind {
		t.Fatalf("Get(%q): kind %s, want %s: %v, %s", r.URL, e.Problem.Kind, kind, e, e.Problem.Text)
	}
	if !strings.HasSuffix(e.Problem.Text, ".") || strings.Count(e.Problem.Text, "%!") > 0 {
		t.Errorf("Get(%q): not a sentence: %q", r.URL, e.Problem.Text)
	}
	return e
}

// P3, P16, P17, P18, P71, P78, XB20: what a request says, and what it does not.
func TestRequestHeaders(t *testing.T) {
	var got http.Header
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		http.SetCookie(w, &http.Cookie{Name: "c", Value: "v"})
		fmt.Fprint(w, atom)
	})
	c := local(t, fetch.Options{})
	want := http.Header{
		"User-Agent": {agent},
		"Accept": {"application/atom+xml, application/rss+xml;q=0.9, application/feed+json;q=0.9, " +
			"application/rdf+xml;q=0.8, application/xml;q=0.7, text/xml;q=0.7, */*;q=0.1"},
		"Accept-Encoding": {"gzip, br, zstd"},
	}
	for range 2 { // the second time a cookie would come back
		get(t, c, url+"#fragment")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("headers (-want +got):\n%s", diff)
		}
	}
}

// P1, P2, P3, P4: validators go back byte for byte, both or the one there is,
// and a new 200 replaces the pair.
func TestValidatorsVerbatim(t *testing.T) {
	for _, tc := range []struct{ etag, modified string }{
		{`"abc"`, "Wed, 04 Mar 2026 12:00:00 GMT"},
		{`W/"abc-gzip"`, ""},
		{"", "yesterday, about noon"},
		{"unquoted garbage", "Wed Mar  4 12:00:00 2026"},
		{`""`, ""},
		{"\"caf\xe9\"", ""},
	} {
		t.Run(tc.etag+tc.modified, func(t *testing.T) {
			var asked http.Header
			url := server(t, func(w http.ResponseWriter, r *http.Request) {
				asked = r.Header.Clone()
				if tc.etag != "" {
					w.Header().Set("ETag", tc.etag)
				}
				if tc.modified != "" {
					w.Header().Set("Last-Modified", tc.modified)
				}
				fmt.Fprint(w, atom)
			})
			c := local(t, fetch.Options{})
			first := get(t, c, url)
			want := feed.Validators{URL: url, Final: url, ETag: tc.etag, LastModified: tc.modified}
			if diff := cmp.Diff(want, first.Validators); diff != "" {
				t.Fatalf("kept (-want +got):\n%s", diff)
			}
			if _, err := c.Get(t.Context(), fetch.Request{URL: url, Validators: first.Validators}); err != nil {
				t.Fatal(err)
			}
			if got := asked.Get("If-None-Match"); got != tc.etag {
				t.Errorf("If-None-Match %q, want %q", got, tc.etag)
			}
			if got := asked.Get("If-Modified-Since"); got != tc.modified {
				t.Errorf("If-Modified-Since %q, want %q", got, tc.modified)
			}
		})
	}
}

// P4: a 200 without validators clears the pair.
func TestValidatorsCleared(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, atom) })
	old := feed.Validators{URL: url, Final: url, ETag: `"1"`, LastModified: "x"}
	resp, err := local(t, fetch.Options{}).Get(t.Context(), fetch.Request{URL: url, Validators: old})
	if err != nil {
		t.Fatal(err)
	}
	if want := (feed.Validators{URL: url, Final: url}); resp.Validators != want {
		t.Errorf("validators = %+v, want %+v", resp.Validators, want)
	}
}

// P7: a 304 changes what it names and keeps the rest.
func TestNotModified(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"2"`)
		w.Header().Set("Cache-Control", "max-age=600")
		w.WriteHeader(http.StatusNotModified)
	})
	old := feed.Validators{URL: url, Final: url, ETag: `"1"`, LastModified: "Wed, 04 Mar 2026 12:00:00 GMT"}
	resp, err := local(t, fetch.Options{}).Get(t.Context(), fetch.Request{URL: url, Validators: old})
	if err != nil {
		t.Fatal(err)
	}
	want := &fetch.Response{
		Status: 304, NotModified: true, Final: url,
		Validators:  feed.Validators{URL: url, Final: url, ETag: `"2"`, LastModified: old.LastModified},
		Hints:       feed.Hints{Fresh: 600e9},
		FreshStated: true,
	}
	if diff := cmp.Diff(want, resp, cmp.AllowUnexported(fetch.Response{})); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
}

// P11, P15, XB16: validators of another address are not sent, and then a 304
// is an error.
func TestForeignValidators(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since") != "" {
			t.Errorf("foreign validators were sent: %v", r.Header)
		}
		w.WriteHeader(http.StatusNotModified)
	})
	c := local(t, fetch.Options{})
	for _, v := range []feed.Validators{
		{},
		{URL: "http://other.example/", Final: url, ETag: `"1"`},
		{URL: url, Final: "http://other.example/", ETag: `"1"`, LastModified: "x"},
	} {
		if e := problem(t, c, fetch.Request{URL: url, Validators: v}, "status"); e.Status != 304 {
			t.Errorf("status %d, want 304", e.Status)
		}
	}
}

// XB17: validators that are huge or hold what no header may are not kept, and
// none from an older store is sent.
func TestHostileValidators(t *testing.T) {
	var asked string
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("If-None-Match")
		w.Header().Set("ETag", `"`+strings.Repeat("x", 2000)+`"`)
		fmt.Fprint(w, atom)
	})
	c := local(t, fetch.Options{})
	for _, etag := range []string{"a\r\nX-Evil: 1", strings.Repeat("x", 2000), "\x00"} {
		resp, err := c.Get(t.Context(), fetch.Request{URL: url, Validators: feed.Validators{URL: url, Final: url, ETag: etag}})
		if err != nil {
			t.Fatal(err)
		}
		if asked != "" || resp.Validators.ETag != "" {
			t.Errorf("sent %.20q, kept %.20q", asked, resp.Validators.ETag)
		}
	}
}

// P50 to P60, P67, XB15: what each status is to the operator.
func TestStatuses(t *testing.T) {
	var status int
	header := http.Header{}
	url := server(t, func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header()[k] = v
		}
		w.WriteHeader(status)
	})
	c := local(t, fetch.Options{})
	for s, words := range map[int]string{
		201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content", 226: "IM Used",
		300: "Multiple Choices", 305: "Use Proxy",
		400: "Bad Request", 401: "login", 403: "access", 404: "no such feed", 406: "Not Acceptable",
		410: "gone for good", 418: "teapot", 429: "less often", 451: "legal",
		500: "trouble", 502: "Bad Gateway", 503: "trouble", 599: "trouble", 999: "trouble",
	} {
		status = s
		e := problem(t, c, fetch.Request{URL: url}, "status")
		if e.Status != s || !strings.Contains(e.Problem.Text, words) || !strings.Contains(e.Problem.Text, "127.0.0.1") {
			t.Errorf("%d: status %d, %q without %q", s, e.Status, e.Problem.Text, words)
		}
	}
	for name, value := range map[string]string{"Cf-Mitigated": "challenge", "X-Amzn-Waf-Action": "captcha"} {
		status, header = 403, http.Header{name: {value}}
		if e := problem(t, c, fetch.Request{URL: url}, "challenge"); !strings.Contains(e.Problem.Text, "browser") {
			t.Errorf("%s: %q (P58)", name, e.Problem.Text)
		}
	}
	status, header = 404, http.Header{"Retry-After": {"120"}}
	if e := problem(t, c, fetch.Request{URL: url}, "status"); !e.RetryAfter.IsZero() {
		t.Errorf("a 404 named %v to come again", e.RetryAfter)
	}
	for _, status = range []int{429, 503} {
		e := problem(t, c, fetch.Request{URL: url}, "status")
		if e.RetryAfter.IsZero() || !strings.Contains(e.Problem.Text, "not before") {
			t.Errorf("%d: RetryAfter %v, %q (P59)", status, e.RetryAfter, e.Problem.Text)
		}
	}
}

// XB14: what can be no feed is not even read; text and XML of any name may be
// one.
func TestMediaIsNoFeed(t *testing.T) {
	var kind string
	url := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, atom)
	})
	c := local(t, fetch.Options{})
	for _, kind = range []string{"audio/mpeg", "video/mp4", "image/png; q=1", "Font/woff", "application/pdf"} {
		problem(t, c, fetch.Request{URL: url}, "not-a-feed")
	}
	for _, kind = range []string{"", "text/html", "application/octet-stream", "nonsense", "text/xml; charset=utf-8"} {
		if resp := get(t, c, url); string(resp.Body) != atom {
			t.Errorf("%q: body %q", kind, resp.Body)
		}
	}
}

// When the caller's context ends, the source is not to blame.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := server(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := local(t, fetch.Options{}).Get(ctx, fetch.Request{URL: url})
	var e *fetch.Error
	if !errors.Is(err, context.Canceled) || errors.As(err, &e) {
		t.Errorf("err = %v, want the context's", err)
	}
}

// Options that cannot work are refused at once.
func TestNewRefuses(t *testing.T) {
	for _, o := range []fetch.Options{
		{},
		{UserAgent: "a\r\nb"},
		{UserAgent: agent, AllowPrivate: []string{"10.0.0.0/33"}},
		{UserAgent: agent, AllowPrivate: []string{""}},
		{UserAgent: agent, AllowPrivate: []string{"http://nas.lan/"}},
	} {
		if c, err := fetch.New(o); err == nil {
			t.Errorf("New(%+v) = %v", o, c)
		}
	}
}
