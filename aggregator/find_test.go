package aggregator_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/feed"
)

// planet answers addresses with texts, and with a status where a text is one. It
// remembers who was asked, and how.
type planet struct {
	pages map[string]string
	moved map[string]string
	asked []fetch.Request
}

func (w *planet) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	w.asked = append(w.asked, r)
	switch page, ok := w.pages[r.URL]; {
	case !ok:
		return nil, &fetch.Error{Status: 404, Problem: feed.Problem{Kind: "status", Text: "gone"}}
	case page == "503":
		return nil, &fetch.Error{Status: 503, Problem: feed.Problem{Kind: "status", Text: "trouble"}}
	default:
		final := r.URL
		if r.URL == "https://j.example/" {
			final = "https://k.example/"
		}
		// Whatever it is, it says that it is a page (P93).
		return &fetch.Response{Status: 200, ContentType: "text/html", Body: []byte(page), Final: final, Permanent: w.moved[r.URL]}, nil
	}
}

const (
	rssNews    = `<rss version="2.0"><channel><title>News</title><item><title>One</title></item></channel></rss>`
	announcing = `<link rel="alternate" type="application/atom+xml" href="/broken"><link rel="alternate" type="application/rss+xml" href="https://far.example/rss">`
)

func TestChoose(t *testing.T) {
	w := &planet{
		pages: map[string]string{
			"https://a.example/feed": rssNews, "https://a.example/": "<html>" + announcing, "https://a.example/broken": "<html>",
			"https://far.example/rss": rssNews, "https://b.example/": "<html>", "https://b.example/index.xml": rssNews,
			"https://c.example/": "503", "https://d.example/": "<html>", "https://d.example/feed.atom": "503",
			"https://e.example/": "<html><link rel=alternate type=application/rss+xml href=/comments/feed>", "https://e.example/comments/feed": rssNews,
			"https://f.example/": `<opml><body><outline xmlUrl="https://a.example/"/></body></opml>`, "https://g.example/": "<html>",
			"https://h.example/": "<html>" + announcing + "<link rel=alternate type=application/rss+xml href=/1><link rel=alternate type=application/rss+xml href=/2>" +
				"<link rel=alternate type=application/rss+xml href=/3><link rel=alternate type=application/rss+xml href=/4><link rel=alternate type=application/rss+xml href=/5>",
			"https://u:p@i.example/feed": rssNews, "https://j.example/": "<html>",
		},
		moved: map[string]string{"https://a.example/feed": "https://a.example/new", "https://u:p@i.example/feed": "https://i.example/new"},
	}
	f := &aggregator.Finder{Fetcher: w}
	for _, c := range []struct {
		address, want string
		err           error
		requests      int
	}{
		{"https://a.example/feed", "https://a.example/new", nil, 1}, // P51
		{"https://u:p@i.example/feed", "https://u:p@i.example/feed", nil, 1},
		{"https://a.example/", "https://far.example/rss", nil, 3},
		{"https://b.example/", "https://b.example/index.xml", nil, 7}, // P92
		{"https://c.example/", "", nil, 1},
		{"https://d.example/", "", aggregator.ErrNoFeed, 3}, // a site in trouble is left alone
		{"https://e.example/", "", aggregator.ErrNoFeed, 1}, // P91
		{"https://f.example/", "", aggregator.ErrList, 1},
		{"https://g.example/", "", aggregator.ErrNoFeed, 10},
	} {
		w.asked = nil
		found, err := f.Choose(t.Context(), c.address)
		if found.URL != c.want || (c.want == "") != (err != nil) || c.err != nil && !errors.Is(err, c.err) || len(w.asked) != c.requests {
			t.Errorf("%s: %q and %v after %d requests, want %q and %v after %d", c.address, found.URL, err, len(w.asked), c.want, c.err, c.requests)
		}
		if c.want != "" && (found.Title != "News" || found.Format != "RSS 2.0" || len(found.Document.Items) != 1) {
			t.Errorf("%s: %+v", c.address, found)
		}
	}

	// What a page names elsewhere is a stranger's (XA22); guesses say so (P92).
	w.asked = nil
	if _, err := f.Choose(t.Context(), "https://a.example/"); err != nil {
		t.Fatal(err)
	}
	// What is named may be a page, what that announces is a feed.
	if !strings.Contains(w.asked[0].Accept, "text/html") {
		t.Errorf("a site is asked for %q", w.asked[0].Accept)
	}
	w.asked[0].Accept = ""
	want := []fetch.Request{{URL: "https://a.example/"}, {URL: "https://a.example/broken"}, {URL: "https://far.example/rss", Stranger: true}}
	if diff := cmp.Diff(want, w.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	w.asked = nil
	delete(w.pages, "https://far.example/rss")
	if _, err := f.Choose(t.Context(), "https://h.example/"); err == nil || len(w.asked) != 6 {
		t.Errorf("a page of broken feeds: %v after %d requests", err, len(w.asked))
	}
	w.asked = nil
	_, _ = f.Find(t.Context(), "https://b.example/")
	for i, r := range w.asked {
		if r.Guess != (i > 0) || r.Stranger {
			t.Errorf("request %d: %+v", i, r)
		}
	}
	// Nor is the host that a redirect led to the operator's.
	w.asked = nil
	_, _ = f.Find(t.Context(), "https://j.example/")
	for i, r := range w.asked {
		if r.Stranger != (i > 0) {
			t.Errorf("request %d: %+v", i, r)
		}
	}
}
