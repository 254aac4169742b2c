package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"weir/config"
	"weir/feed"
)

// /status.json tells how sources are, under the site's path and at the root,
// and nothing that is not public: no article that waits, no path of this
// machine (XJ09, XH22).
func TestStatusPage(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	list := []feed.SourceStatus{{Source: feed.Source{ID: "web"}}, {Source: feed.Source{ID: "notes", Kind: feed.Articles}}}
	list[0].State.Poll = feed.PollState{
		Failures: 3, Since: now.Add(-time.Hour), Status: 404, Due: now.Add(time.Hour),
		Problem: feed.Problem{Kind: "status", Text: "web.example has no such feed (404)."},
	}
	list[1].State.Poll = feed.PollState{Failures: 1, Problem: feed.Problem{Kind: "articles", Text: "The articles in /home/ann: gone"}}
	list[1].State.Doc.Waiting = []feed.Waiting{{File: "secret.md", Title: "Not yet told"}}
	list[1].State.Doc.Warnings = []string{"/home/ann/x.md is odd"}
	list[1].Gone = []feed.Withdrawn{{Title: "Taken back"}}

	var p statusPage
	h := p.before(http.NotFoundHandler())
	ask := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	if got := ask("GET", "/status.json").Code; got != 404 {
		t.Errorf("before there is anything: %d", got)
	}
	if err := p.show(&config.Config{Site: config.Site{URL: "https://a.example/news/"}}, list, []feed.Readership{{Channel: "all", Subscribers: 61}}, now); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/status.json", "/news/status.json"} {
		w := ask("GET", path)
		body := w.Body.String()
		for _, want := range []string{`"id":"web"`, `"state":"missing"`, "no such feed (404)", `"next_why":`, `"problem_kind":"articles"`, `"subscribers":{"all":61}`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s:\n%s", path, want, body)
			}
		}
		for _, secret := range []string{"/home", "Not yet told", "secret.md", "Taken back"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s tells %q", path, secret)
			}
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: header %v", path, w.Header())
		}
	}
	ranged := httptest.NewRequest("GET", "/status.json", nil)
	ranged.Header.Set("Range", "bytes=0-4")
	whole := httptest.NewRecorder()
	if h.ServeHTTP(whole, ranged); whole.Code != 200 || whole.Header().Get("Access-Control-Expose-Headers") == "" {
		t.Errorf("a part of it: %d, header %v (S12, S17)", whole.Code, whole.Header())
	}
	known := httptest.NewRequest("GET", "/status.json", nil)
	known.Header.Set("If-None-Match", whole.Header().Get("Etag"))
	if w := httptest.NewRecorder(); whole.Header().Get("Etag") != "" {
		if h.ServeHTTP(w, known); w.Code != 304 {
			t.Errorf("with its tag: %d (S6)", w.Code)
		}
	} else {
		t.Error("no tag (S6)")
	}
	if w := ask("HEAD", "/status.json"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
	for _, other := range [][2]string{{"POST", "/status.json"}, {"GET", "/feed.json"}, {"GET", "/other/status.json"}} {
		if got := ask(other[0], other[1]).Code; got != 404 {
			t.Errorf("%v is not left to the others: %d", other, got)
		}
	}
}
