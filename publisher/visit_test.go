package publisher_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"weir/publisher"
)

// A person who opens a feed in a browser is shown the channel's page, which no
// cache keeps; readers, scripts and frames get the feed.
func TestVisit(t *testing.T) {
	h, _ := handler(t)
	opened := []string{"Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}
	for what, c := range map[string]struct {
		path   string
		header []string
		page   bool
	}{
		"opened":               {"/rss.xml", opened, true},
		"opened, of a channel": {"/go/atom.xml", opened, true},
		"opened, JSON":         {"/feed.json", opened, true},
		"opened, packed":       {"/rss.xml", append([]string{"Accept-Encoding", "gzip"}, opened...), true},
		"opened, with a tag":   {"/rss.xml", append([]string{"If-None-Match", "*"}, opened...), true},
		"a reader":             {"/rss.xml", nil, false},
		"a script":             {"/feed.json", []string{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"}, false},
		"a frame":              {"/rss.xml", []string{"Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate"}, false},
		"half of it":           {"/rss.xml", opened[:2], false},
		"twice":                {"/rss.xml", append([]string{"Sec-Fetch-Dest", "empty"}, opened...), false},
		"another document":     {"/sources.opml", opened, false},
	} {
		t.Run(what, func(t *testing.T) {
			resp := ask(h, http.MethodGet, c.path, c.header...)
			kind, cache := resp.Header.Get("Content-Type"), resp.Header.Get("Cache-Control")
			if resp.StatusCode != 200 || strings.HasPrefix(kind, "text/html") != c.page || (cache == "private, no-store") != c.page {
				t.Fatalf("status %d, %s, %s", resp.StatusCode, kind, cache)
			}
			if !c.page {
				return
			}
			if resp.Header.Get("ETag") != "" || resp.Header.Get("Vary") != "Accept-Encoding, Sec-Fetch-Dest, Sec-Fetch-Mode" ||
				!strings.Contains(resp.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
				t.Errorf("headers %v", resp.Header)
			}
			dir := c.path[:strings.LastIndexByte(c.path, '/')+1]
			var coding []string
			if resp.Header.Get("Content-Encoding") == "gzip" {
				coding = []string{"Accept-Encoding", "gzip"}
			}
			want, _ := io.ReadAll(ask(h, http.MethodGet, dir, coding...).Body)
			if got, _ := io.ReadAll(resp.Body); string(got) != string(want) {
				t.Error("what is shown is not the channel's page")
			}
		})
	}
	opt := options()
	opt.Site.RawFeeds = true
	raw := new(publisher.Handler)
	raw.Swap(render(t, newPublisher(t, opt, library())))
	if kind := ask(raw, http.MethodGet, "/rss.xml", opened...).Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/rss+xml") {
		t.Errorf("turned off, it is %s", kind)
	}
}
