package fetch_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/fetch"
	"weir/feed"
)

const (
	publicA = "93.184.216.34"
	publicB = "93.184.216.35"
	private = "10.0.0.5"
)

// path redirects along a map from path to "status location"; what is not in it
// is a feed.
func path(hops map[string]string, seen *[]*http.Request) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if seen != nil {
			*seen = append(*seen, r)
		}
		hop, ok := hops[r.URL.RequestURI()]
		if !ok {
			w.Header().Set("ETag", `"1"`)
			fmt.Fprint(w, atom)
			return
		}
		var status int
		var to string
		if _, err := fmt.Sscanf(hop, "%d %s", &status, &to); err != nil {
			panic(err)
		}
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

// P51, P52, P53: every redirect is followed, and only an unbroken chain of
// permanent ones from the start names a move.
func TestRedirects(t *testing.T) {
	for _, tc := range []struct {
		name             string
		hops             map[string]string
		final, permanent string
	}{
		{"none", nil, "/feed", ""},
		{"301", map[string]string{"/feed": "301 /new"}, "/new", "/new"},
		{"308", map[string]string{"/feed": "308 /new"}, "/new", "/new"},
		{"302", map[string]string{"/feed": "302 /new"}, "/new", ""},
		{"303", map[string]string{"/feed": "303 /new"}, "/new", ""},
		{"307", map[string]string{"/feed": "307 /new"}, "/new", ""},
		{"301 308", map[string]string{"/feed": "301 /a", "/a": "308 /b"}, "/b", "/b"},
		{"301 302", map[string]string{"/feed": "301 /a", "/a": "302 /b"}, "/b", "/a"},
		{"302 301", map[string]string{"/feed": "302 /a", "/a": "301 /b"}, "/b", ""},
		{"301 302 301", map[string]string{"/feed": "301 /a", "/a": "302 /b", "/b": "301 /c"}, "/c", "/a"},
		{"five hops", map[string]string{"/feed": "301 /1", "/1": "301 /2", "/2": "301 /3", "/3": "301 /4", "/4": "301 /5"}, "/5", "/5"},
		{"query and fragment", map[string]string{"/feed": "301 ?a=1&b=%20#x"}, "/feed?a=1&b=%20", "/feed?a=1&b=%20"},
		{"relative", map[string]string{"/feed": "301 ./x/../y"}, "/y", "/y"},
		{"absolute", map[string]string{"/feed": "301 http://blog.example:80/y"}, "/y", "/y"},
		{"the front page is no move", map[string]string{"/feed": "301 /"}, "/", ""},
		{"nor is a login", map[string]string{"/feed": "301 /user/Login"}, "/user/Login", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.host("blog.example", path(tc.hops, nil), publicA)
			resp := get(t, w.client(fetch.Options{}), "http://blog.example/feed")
			const site = "http://blog.example"
			if tc.permanent != "" {
				tc.permanent = site + tc.permanent
			}
			want := []string{site + tc.final, tc.permanent, site + "/feed", site + tc.final}
			got := []string{resp.Final, resp.Permanent, resp.Validators.URL, resp.Validators.Final}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("final, permanent, and where the validators belong (-want +got):\n%s", diff)
			}
			if string(resp.Body) != atom {
				t.Errorf("body %q", resp.Body)
			}
		})
	}
}

// P53, XA16, XA17, XB12, XB24: what is not followed.
func TestRedirectsRefused(t *testing.T) {
	for _, tc := range []struct{ location, kind, words string }{
		{"301 /feed", "redirect", "circle"},
		{"301 #x", "redirect", "circle"},
		{"302 /a", "redirect", "circle"},
		{"302 /1", "redirect", "more than 5"},
		{"302 http://blog.example/", "redirect", "https to http"},
		{"301 file:///etc/passwd", "refused", "only http"},
		{"301 gopher://blog.example/", "refused", "only http"},
		{"301 ftp://blog.example/", "refused", "only http"},
		{"301 unix:/run/x", "refused", "only http"},
		{"301 data:text/xml,<feed/>", "refused", "only http"},
		{"301 https:///x", "redirect", "host"},
		{"301 https://127.1/", "redirect", "host"},
		{"301 https://blog.example:0/", "redirect", "port"},
		{"301 https://[", "redirect", "cannot be read"},
		{"301 /" + strings.Repeat("x", 5000), "redirect", "4096"},
		{"301 https://127.0.0.1/", "refused", "127.0.0.1 is not a public address"},
		{"307 https://inside.example/", "refused", "10.0.0.5 is not a public address"},
		{"308 https://blog.example:22/", "refused", "port 22"},
		{"302 https://nowhere.example/", "dns", "does not exist"},
	} {
		t.Run(tc.location[:min(len(tc.location), 40)], func(t *testing.T) {
			w := newWorld(t)
			w.secure(time.Now().AddDate(1, 0, 0), "blog.example", "inside.example")
			hops := map[string]string{
				"/feed": tc.location, "/a": "302 /b", "/b": "302 /a",
				"/1": "302 /2", "/2": "302 /3", "/3": "302 /4", "/4": "302 /5", "/5": "302 /6",
			}
			w.host("blog.example", path(hops, nil), publicA)
			w.host("127.0.0.1", path(nil, nil), "127.0.0.1")
			w.host("inside.example", path(nil, nil), private)
			e := problem(t, w.client(fetch.Options{}), fetch.Request{URL: "https://blog.example/feed"}, tc.kind)
			if !strings.Contains(e.Problem.Text, tc.words) {
				t.Errorf("text %q, want it to say %q", e.Problem.Text, tc.words)
			}
		})
	}
}

// A redirect that does not say where to.
func TestRedirectNowhere(t *testing.T) {
	w := newWorld(t)
	w.host("blog.example", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(301) }, publicA)
	problem(t, w.client(fetch.Options{}), fetch.Request{URL: "http://blog.example/"}, "redirect")
}

// P11: validators go only to the end of the way they came from; P17, XJ11,
// XJ12: neither a Referer nor credentials follow to another origin, nor do
// they come back with it.
func TestRedirectCarriesNothing(t *testing.T) {
	var seen []*http.Request
	w := newWorld(t)
	w.host("blog.example", path(map[string]string{
		"/feed": "302 /same", "/same": "302 http://other.example/x",
	}, &seen), publicA)
	w.host("other.example", path(map[string]string{"/x": "302 http://blog.example/back"}, &seen), publicB)
	c := w.client(fetch.Options{})
	ask := func(v feed.Validators) *fetch.Response {
		t.Helper()
		seen = nil
		resp, err := c.Get(t.Context(), fetch.Request{URL: "http://user:secret@blog.example/feed?key=1", Validators: v})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	w.hosts["blog.example"].handler = path(map[string]string{
		"/feed?key=1": "302 /same", "/same": "302 http://other.example/x",
	}, &seen)
	resp := ask(feed.Validators{})
	for i, want := range []struct {
		uri  string
		auth bool
	}{{"/feed?key=1", true}, {"/same", true}, {"/x", false}, {"/back", false}} {
		r := seen[i]
		_, password, ok := r.BasicAuth()
		if r.URL.RequestURI() != want.uri || ok != want.auth || ok && password != "secret" {
			t.Errorf("request %d: %s with credentials %v, want %+v", i, r.URL.RequestURI(), ok, want)
		}
		if r.Header.Get("Referer") != "" {
			t.Errorf("request %d carries Referer %q", i, r.Header.Get("Referer"))
		}
	}

	ask(resp.Validators)
	for i, r := range seen {
		if got := r.Header.Get("If-None-Match"); (got != "") != (i == len(seen)-1) {
			t.Errorf("request %d (%s) carries If-None-Match %q", i, r.URL, got)
		}
	}
	// The way ends elsewhere now: nobody gets them.
	v := resp.Validators
	v.Final = "http://blog.example/elsewhere"
	ask(v)
	for i, r := range seen {
		if got := r.Header.Get("If-None-Match"); got != "" {
			t.Errorf("request %d (%s) carries If-None-Match %q", i, r.URL, got)
		}
	}
}

// XA22: an allowed host may be asked directly, on any port, and may lead to
// another; a public host may not lead there, not even over a connection that
// is already open.
func TestAllowedOnlyDirectly(t *testing.T) {
	w := newWorld(t)
	w.host("nas.lan", path(map[string]string{"/wiki": "301 http://wiki.lan/feed", "/out": "301 http://blog.example/feed"}, nil), private)
	w.host("wiki.lan", path(nil, nil), "10.0.0.6")
	w.host("blog.example", path(map[string]string{
		"/nas": "301 http://nas.lan:9000/feed", "/wiki": "301 http://wiki.lan/feed", "/near": "302 http://blog.example/wiki",
	}, nil), publicA)
	w.host("listed.example", path(map[string]string{"/nas": "301 http://nas.lan:9000/feed"}, nil), publicB)
	w.host("other.lan", path(nil, nil), "10.1.0.1")
	w.host("link.lan", path(nil, nil), "fe80::1%eth0")
	w.host("mapped.lan", path(nil, nil), "::ffff:10.0.0.7")
	c := w.client(fetch.Options{AllowPrivate: []string{"NAS.lan", "10.0.0.6/31", "listed.example", "fe80::/10"}})
	for _, url := range []string{
		"http://nas.lan/feed", "http://nas.lan:9000/feed", "http://NAS.LAN:6379/feed",
		"http://wiki.lan/feed", "http://nas.lan/wiki", "http://nas.lan/out", "http://listed.example:9000/feed",
		"http://link.lan/feed", "http://mapped.lan/feed",
	} {
		get(t, c, url)
	}
	for _, url := range []string{
		"http://blog.example/nas", "http://blog.example/wiki", "http://blog.example/near",
		"http://listed.example/nas", "http://other.lan/feed", "http://blog.example:9000/feed",
	} {
		problem(t, c, fetch.Request{URL: url}, "refused")
	}
}

// XA22: what a stranger names is not asked where only the operator's own
// addresses may lead, and a public one is asked all the same. Link headers come
// along.
func TestStrangersAddress(t *testing.T) {
	w := newWorld(t)
	w.host("nas.lan", path(nil, nil), private)
	w.host("blog.example", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header()["Link"] = []string{"</a>; rel=next", "</b>; rel=hub"}
		fmt.Fprint(rw, atom)
	}, publicA)
	c := w.client(fetch.Options{AllowPrivate: []string{"nas.lan"}})
	get(t, c, "http://nas.lan/feed")
	e := problem(t, c, fetch.Request{URL: "http://nas.lan/feed", Stranger: true}, "refused")
	if !strings.Contains(e.Problem.Text, "give its address as the source's own") {
		t.Errorf("the way out: %s", e.Problem.Text)
	}
	resp, err := c.Get(t.Context(), fetch.Request{URL: "http://blog.example/feed", Stranger: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"</a>; rel=next", "</b>; rel=hub"}, resp.Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

// P92: a guess that is redirected is wrong; the redirect is not followed.
func TestGuess(t *testing.T) {
	var seen []*http.Request
	w := newWorld(t)
	w.host("blog.example", path(map[string]string{"/feed.xml": "301 /", "/rss": "302 /feed"}, &seen), publicA)
	c := w.client(fetch.Options{})
	for _, url := range []string{"http://blog.example/feed.xml", "http://blog.example/rss"} {
		problem(t, c, fetch.Request{URL: url, Guess: true}, "redirect")
	}
	if len(seen) != 2 {
		t.Errorf("%d requests, want 2", len(seen))
	}
	if _, err := c.Get(t.Context(), fetch.Request{URL: "http://blog.example/feed", Guess: true}); err != nil {
		t.Error(err)
	}
}
