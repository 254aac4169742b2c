package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"weir/aggregator/fetch"
)

// XA23: a form goes through the same guard, and arrives as it was meant, also
// where a redirect that keeps it leads.
func TestPost(t *testing.T) {
	var got []string
	w := newWorld(t)
	w.host("hub.example", func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, fmt.Sprint(r.Method, " ", r.URL.Path, " ", r.Header.Get("Content-Type"), " ", string(body)))
		switch r.URL.Path {
		case "/moved":
			http.Redirect(rw, r, "/hub", http.StatusTemporaryRedirect)
		case "/lost":
			http.Redirect(rw, r, "/hub", http.StatusFound)
		case "/no":
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			rw.WriteHeader(http.StatusForbidden)
			fmt.Fprint(rw, "the topic is not ours\x1b[31m"+strings.Repeat("!", 1<<20))
		case "/inside":
			http.Redirect(rw, r, "http://inside.example/", http.StatusTemporaryRedirect)
		default:
			rw.WriteHeader(http.StatusAccepted)
			fmt.Fprint(rw, "soon")
		}
	}, publicA)
	w.host("inside.example", path(nil, nil), private)
	c := w.client(fetch.Options{})
	form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://blog.example/?a=1&b=2"}}
	for _, at := range []string{"/hub", "/moved"} {
		resp, err := c.Post(t.Context(), fetch.Form{URL: "http://hub.example" + at, Values: form})
		if err != nil || resp.Status != http.StatusAccepted || string(resp.Body) != "soon" {
			t.Fatalf("%s: %+v, %v", at, resp, err)
		}
		const want = "POST /hub application/x-www-form-urlencoded hub.mode=subscribe&hub.topic=https%3A%2F%2Fblog.example%2F%3Fa%3D1%26b%3D2"
		if last := got[len(got)-1]; last != want {
			t.Errorf("%s: got %q", at, last)
		}
	}
	for at, kind := range map[string]string{
		"http://hub.example/lost": "redirect", "http://hub.example/inside": "refused", "http://inside.example/": "refused",
		"http://hub.example/no": "status",
	} {
		_, err := c.Post(t.Context(), fetch.Form{URL: at, Values: form})
		var e *fetch.Error
		if !errors.As(err, &e) || e.Problem.Kind != kind {
			t.Fatalf("%s: %v", at, err)
		}
		if kind == "status" && (!strings.HasPrefix(e.Detail, "the topic is not ours?[31m!") || len(e.Detail) > 200) {
			t.Errorf("detail = %q", e.Detail)
		}
	}
}

// A page is asked for as one, within a limit of its own.
func TestPage(t *testing.T) {
	w := newWorld(t)
	w.host("blog.example", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(rw, r.Header.Get("Accept"), strings.Repeat(".", 4096))
	}, publicA)
	c := w.client(fetch.Options{})
	resp, err := c.Get(t.Context(), fetch.Request{URL: "http://blog.example/", Accept: "text/html", Limit: 1000})
	if err != nil || !resp.Cut || len(resp.Body) != 1000 || !strings.HasPrefix(string(resp.Body), "text/html...") {
		t.Errorf("%+v, %v", resp, err)
	}
}
