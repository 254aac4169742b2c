package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"weir/aggregator/fetch"
)

// scenarioWeb is a web of made-up hosts: https://anna.example/feed is
// /https/anna.example/feed on one server of the test. The network client that
// asks it is the real one; only addresses are turned into those and back.
type scenarioWeb struct {
	base   string
	client *fetch.Client

	mu    sync.Mutex
	pages map[string]*page
	// sites are the output folders of planets by their address.
	sites map[string]string
}

// page is what is at an address.
type page struct {
	kind, body string
	status     int
	to         string
	asked      int
}

func newScenarioWeb(t *testing.T) *scenarioWeb {
	t.Helper()
	client, err := fetch.New(fetch.Options{UserAgent: "weir/scenario", AllowPrivate: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	w := &scenarioWeb{client: client, pages: map[string]*page{}, sites: map[string]string{}}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	t.Cleanup(client.Close)
	w.base = server.URL
	return w
}

// put says what is at an address from now on.
func (w *scenarioWeb) put(address string, p *page) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if old := w.pages[address]; old != nil {
		p.asked = old.asked
	}
	w.pages[address] = p
}

// Get implements aggregator.Fetcher.
func (w *scenarioWeb) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	r.URL = w.in(r.URL)
	r.Validators.URL, r.Validators.Final = w.in(r.Validators.URL), w.in(r.Validators.Final)
	resp, err := w.client.Get(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, a := range []*string{&resp.Final, &resp.Permanent, &resp.Validators.URL, &resp.Validators.Final} {
		*a = w.out(*a)
	}
	return resp, nil
}

func (w *scenarioWeb) in(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	return w.base + "/" + scheme + "/" + rest
}

func (w *scenarioWeb) out(address string) string {
	rest, ok := strings.CutPrefix(address, w.base+"/")
	if !ok {
		return address
	}
	scheme, rest, _ := strings.Cut(rest, "/")
	return scheme + "://" + rest
}

// ServeHTTP implements http.Handler.
func (w *scenarioWeb) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	address := w.out(w.base + r.RequestURI)
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.pages[address]
	switch {
	case p == nil:
		w.serveSite(out, r, address)
	case p.to != "":
		http.Redirect(out, r, w.in(p.to), http.StatusMovedPermanently)
	case p.status != 0:
		out.WriteHeader(p.status)
	default:
		p.asked++
		answer(out, r, p.kind, strings.ReplaceAll(p.body, "{poll}", strconv.Itoa(p.asked)))
	}
}

// serveSite answers with what a planet has published.
func (w *scenarioWeb) serveSite(out http.ResponseWriter, r *http.Request, address string) {
	for site, dir := range w.sites {
		if name, ok := strings.CutPrefix(address, site); ok && filepath.IsLocal(name) {
			if body, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				answer(out, r, "application/xml", string(body))
				return
			}
		}
	}
	http.NotFound(out, r)
}

func answer(out http.ResponseWriter, r *http.Request, kind, body string) {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(body)))
	out.Header().Set("Content-Type", kind)
	out.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		out.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = out.Write([]byte(body)) // A client that left reads nothing.
}
