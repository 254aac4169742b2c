package fetch_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"weir/aggregator/fetch"
)

// XB24: a connection that is not secure is refused, and the sentence says why.
func TestTLSProblems(t *testing.T) {
	future := time.Now().AddDate(0, 6, 0)
	for name, tc := range map[string]struct {
		setup func(*world)
		words string
	}{
		"expired":      {func(w *world) { w.secure(time.Date(2020, 5, 6, 0, 0, 0, 0, time.UTC), "blog.example") }, "2020-05-06"},
		"another name": {func(w *world) { w.secure(future, "other.example") }, "another name"},
		"unknown authority": {func(w *world) {
			w.secure(future, "blog.example")
			w.certs.Certificates[0] = issued(w.t, future, "blog.example")
		}, "an authority that this machine does not trust"},
		"signed by itself": {func(w *world) {
			w.secure(future, "blog.example")
			w.certs.Certificates[0] = certificate(w.t, future, "blog.example")
		}, "signed by itself"},
		"too old a version": {func(w *world) {
			w.secure(future, "blog.example")
			w.certs.MaxVersion = tls.VersionTLS11
			w.certs.MinVersion = tls.VersionTLS10
		}, "No secure connection"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			tc.setup(w)
			w.host("blog.example", path(nil, nil), publicA)
			e := problem(t, w.client(fetch.Options{}), fetch.Request{URL: "https://blog.example/"}, "tls")
			if !strings.Contains(e.Problem.Text, tc.words) {
				t.Errorf("text %q, want it to say %q", e.Problem.Text, tc.words)
			}
		})
	}
	t.Run("no TLS there", func(t *testing.T) {
		w := newWorld(t)
		w.host("blog.example", path(nil, nil), publicA)
		c := w.client(fetch.Options{AllowPrivate: []string{"blog.example"}})
		e := problem(t, c, fetch.Request{URL: "https://blog.example:8443/"}, "tls")
		if !strings.Contains(e.Problem.Text, "http") {
			t.Errorf("text %q", e.Problem.Text)
		}
	})
	t.Run("fine", func(t *testing.T) {
		w := newWorld(t)
		w.secure(future, "blog.example")
		w.host("blog.example", path(nil, nil), publicA)
		get(t, w.client(fetch.Options{}), "https://blog.example/")
	})
}

// HTTP/2 is spoken where it is offered, under the same limits.
func TestHTTP2(t *testing.T) {
	var proto string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto = r.Proto
		switch r.URL.Path {
		case "/large":
			for range 200 {
				w.Header().Add("X-A", strings.Repeat("b", 1<<10))
			}
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(atom))
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte(atom))
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	pool := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	c := local(t, fetch.Options{RootCAs: pool})
	if resp := get(t, c, s.URL); string(resp.Body) != atom || proto != "HTTP/2.0" {
		t.Errorf("body %q over %s", resp.Body, proto)
	}
	problem(t, c, fetch.Request{URL: s.URL + "/cut"}, "connect")
	problem(t, c, fetch.Request{URL: s.URL + "/large"}, "too-large")
}
