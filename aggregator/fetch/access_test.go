package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"weir/aggregator/fetch"
)

// XJ11: what a source wants to see goes to its own origin, and not to where
// that redirects, even when it redirects back.
func TestAccessStaysAtHome(t *testing.T) {
	w := newWorld(t)
	got := map[string]http.Header{}
	see := func(to string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			got[r.Host+r.URL.Path] = r.Header.Clone()
			if to != "" && r.URL.Path == "/" {
				http.Redirect(rw, r, to, http.StatusFound)
			}
		}
	}
	w.host("home.example", see("http://away.example/"), publicA)
	w.host("away.example", see("http://home.example/back"), publicA)
	c := w.client(fetch.Options{})
	access := &fetch.Access{Headers: map[string]string{"X-Key": "canary-key", "Authorization": "Basic canary-code"}, UserAgent: "canary-agent"}
	var told []*fetch.Exchange
	if _, err := c.Get(t.Context(), fetch.Request{URL: "http://home.example/", Access: access, Exchanges: &told}); err != nil {
		t.Fatal(err)
	}
	if h := got["home.example/"]; h.Get("X-Key") != "canary-key" || h.Get("Authorization") != "Basic canary-code" || h.Get("User-Agent") != "canary-agent" {
		t.Errorf("at home: %v", h)
	}
	for _, at := range []string{"away.example/", "home.example/back"} {
		if h := got[at]; h == nil || strings.Contains(fmt.Sprint(h), "canary") || h.Get("User-Agent") != agent {
			t.Errorf("at %s: %v", at, h)
		}
	}
	for _, x := range told {
		if strings.Contains(fmt.Sprint(x.Request), "canary") {
			t.Errorf("told of %s: %v", x.URL, x.Request)
		}
	}
	if len(told) != 3 || told[0].Request.Get("X-Key") == "" {
		t.Errorf("told of %d requests", len(told))
	}
}

// P60: who is refused with a password reads that it is wrong, and who is
// refused without one, where to put it.
func TestLoginAdvice(t *testing.T) {
	w := newWorld(t)
	w.host("login.example", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) }, publicA)
	c := w.client(fetch.Options{})
	for want, access := range map[string]*fetch.Access{
		"basic_auth":                 nil,
		"this user and password":     {Headers: map[string]string{"Authorization": "Basic x"}},
		"with user and password (40": nil,
	} {
		_, err := c.Get(t.Context(), fetch.Request{URL: "http://login.example/", Access: access})
		var fe *fetch.Error
		if !errors.As(err, &fe) {
			t.Fatal(err)
		}
		if strings.Contains(fe.Problem.Text, want) == strings.HasSuffix(want, "(40") {
			t.Errorf("%q: %s", want, fe.Problem.Text)
		}
	}
}

// relay is a proxy that answers by itself and notes what it was asked for.
type relay struct {
	mu    sync.Mutex
	asked []string
	auth  string
	to    string
}

func (p *relay) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.Method+" "+r.RequestURI)
	p.auth = r.Header.Get("Proxy-Authorization")
	switch {
	case r.Method == http.MethodConnect:
		rw.WriteHeader(http.StatusBadGateway)
	case p.to != "" && strings.HasSuffix(r.URL.Path, "/moved"):
		http.Redirect(rw, r, p.to, http.StatusFound)
	default:
		_, _ = io.WriteString(rw, "through")
	}
}

func (p *relay) drain() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

// XA20: a proxy is asked for what the guard lets pass, and hears of nothing
// else; its own address need not be allowed. XA19: none of the environment is.
func TestProxy(t *testing.T) {
	p := &relay{}
	server := httptest.NewServer(p)
	defer server.Close()
	t.Setenv("HTTP_PROXY", server.URL)
	t.Setenv("HTTPS_PROXY", server.URL)
	address := "http://ann:canary@" + strings.TrimPrefix(server.URL, "http://")
	client := func(allowed ...string) *fetch.Client {
		c, err := fetch.New(fetch.Options{UserAgent: agent, AllowPrivate: allowed})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	strict, lenient := client(), client("10.0.0.0/8", "inside.invalid")
	for _, tc := range []struct {
		client *fetch.Client
		url    string
		to     string
		// asked is what the proxy heard, problem what the operator reads.
		asked   []string
		problem string
	}{
		{strict, "http://93.184.216.34/feed", "", []string{"GET http://93.184.216.34/feed"}, ""},
		{strict, "https://93.184.216.34/feed", "", []string{"CONNECT 93.184.216.34:443"}, "The proxy for 93.184.216.34: it does not connect there (502)"},
		{strict, "http://169.254.169.254/feed", "", nil, "169.254.169.254 is not a public address"},
		{strict, "http://10.1.2.3/feed", "", nil, "10.1.2.3 is not a public address"},
		{strict, "http://localhost/feed", "", nil, "is not a public address"},
		{strict, "http://93.184.216.34:22/feed", "", nil, "port 22"},
		{strict, "https://[::1]/feed", "", nil, "::1 is not a public address"},
		{lenient, "http://10.1.2.3/feed", "", []string{"GET http://10.1.2.3/feed"}, ""},
		{lenient, "http://inside.invalid/feed", "", []string{"GET http://inside.invalid/feed"}, ""},
		// A stranger leads inside (XA22), though the way to the proxy is private.
		{lenient, "http://93.184.216.34/moved", "http://10.1.2.3/x", []string{"GET http://93.184.216.34/moved"}, "is not asked"},
		{lenient, "http://10.1.2.3/moved", "http://10.1.2.4/x", []string{"GET http://10.1.2.3/moved", "GET http://10.1.2.4/x"}, ""},
	} {
		p.to = tc.to
		resp, err := tc.client.Get(t.Context(), fetch.Request{URL: tc.url, Access: &fetch.Access{Proxy: address}})
		var fe *fetch.Error
		switch {
		case tc.problem == "" && err != nil:
			t.Errorf("%s: %v", tc.url, err)
		case tc.problem == "":
			if string(resp.Body) != "through" || p.auth == "" {
				t.Errorf("%s: %q, with authorization %q", tc.url, resp.Body, p.auth)
			}
			resp.Release()
		case !errors.As(err, &fe) || !strings.Contains(fe.Problem.Text, tc.problem):
			t.Errorf("%s: %v", tc.url, err)
		case strings.Contains(fmt.Sprintf("%v %+v %#v", err, fe.Problem, err), "canary"):
			t.Errorf("%s: the error tells the password: %v", tc.url, err)
		}
		if asked := p.drain(); fmt.Sprint(asked) != fmt.Sprint(tc.asked) {
			t.Errorf("%s: the proxy heard %q, want %q", tc.url, asked, tc.asked)
		}
	}
}

// A proxy that is not there is named as what fails, whatever its kind.
func TestProxyAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	c, err := fetch.New(fetch.Options{UserAgent: agent})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, proxy := range []string{"http://" + address, "socks5://" + address} {
		_, err := c.Get(t.Context(), fetch.Request{URL: "https://93.184.216.34/", Access: &fetch.Access{Proxy: proxy}})
		var fe *fetch.Error
		if !errors.As(err, &fe) || !strings.HasPrefix(fe.Problem.Text, "The proxy for 93.184.216.34: it cannot be reached") {
			t.Errorf("%s: %v (%+v)", proxy, err, fe)
		}
	}
}
