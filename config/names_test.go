package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/config"
	"weir/feed"
)

// ids maps the addresses of feeds to the ids that they get.
func ids(t *testing.T, urls ...string) map[string]string {
	t.Helper()
	text := "site: {since: 2026-11-24}\nfeeds:\n  - " + strings.Join(urls, "\n  - ") + "\n"
	c := parse(t, text, noEnv, config.Overrides{})
	got := make(map[string]string)
	for i, f := range c.Feeds {
		if !feed.ValidID(f.ID) {
			t.Errorf("%s got the id %q", urls[i], f.ID)
		}
		got[urls[i]] = f.ID
	}
	return got
}

func TestIDs(t *testing.T) {
	want := map[string]string{
		// The host, where it is enough.
		"https://www.blog.example/feed":                                       "blog-example",
		"http://feeds.bbci.co.uk/news/rss.xml":                                "bbci-co-uk",
		"https://xn--caf-dma.example/feed":                                    "xn-caf-dma-example",
		"http://127.0.0.1:8080/feed":                                          "127-0-0-1",
		"file:feeds/radio.xml":                                                "radio",
		"https://a.rather.long.host.name.of.more.than.forty.letters.example/": "a-rather-long-host-name-of-more-than-for",
		// Host and path, where two share a host.
		"https://medium.example/@ann/feed.xml": "medium-example-ann-feed",
		"https://medium.example/@bob/feed.xml": "medium-example-bob-feed",
		// Six digits more, where they differ in the query.
		"https://video.example/feed?channel=1": "video-example-feed-c19c87",
		"https://video.example/feed?channel=2": "video-example-feed-6d1945",
	}
	urls := slices.Sorted(func(yield func(string) bool) {
		for u := range want {
			if !yield(u) {
				return
			}
		}
	})
	if diff := cmp.Diff(want, ids(t, urls...)); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	slices.Reverse(urls)
	if diff := cmp.Diff(want, ids(t, urls...)); diff != "" {
		t.Errorf("ids depend on the order of the file (-want +got):\n%s", diff)
	}
}

// An id chosen in the file is never given to another source.
func TestChosenIDs(t *testing.T) {
	c := parse(t, `
site: {since: 2026-11-24}
feeds:
  - https://blog.example/feed
  - {url: https://go.dev/feed, id: blog-example}
  - {url: https://rust.example/feed, id: articles}
articles: [articles]
`, noEnv, config.Overrides{})
	var got []string
	for _, s := range c.Sources() {
		got = append(got, s.ID)
	}
	want := []string{"blog-example-feed", "blog-example", "articles", "articles-906c7f"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

// Whatever the addresses, ids are valid and unique.
func TestIDsAreUnique(t *testing.T) {
	var urls []string
	for i := range 300 {
		urls = append(urls, fmt.Sprintf("https://h%d.example/%s?%d", i%7, strings.Repeat("x", i%50), i))
	}
	seen := map[string]string{}
	for u, id := range ids(t, urls...) {
		if other, again := seen[id]; again {
			t.Errorf("%s and %s share the id %q", u, other, id)
		}
		seen[id] = u
	}
}

// P41: politeness is counted per registrable domain.
func TestGroups(t *testing.T) {
	c := parse(t, `
site: {since: 2026-11-24}
feeds:
  - https://a.tumblr.example/rss
  - https://news.bbc.co.uk/rss
  - https://ann.github.io/feed
  - http://127.0.0.1:9000/feed
  - http://localhost/feed
  - http://[::1]/feed
  - https://Bücher.example./feed
  - file:a.xml
`, noEnv, config.Overrides{})
	var got []string
	for _, s := range c.Sources() {
		got = append(got, s.Group)
	}
	want := []string{"tumblr.example", "bbc.co.uk", "ann.github.io", "127.0.0.1", "localhost", "::1", "xn--bcher-kva.example", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

func TestSources(t *testing.T) {
	c := parse(t, everything, noEnv, config.Overrides{})
	sources := c.Sources()
	got := []feed.Source{sources[3], sources[5]}
	want := []feed.Source{
		{ID: "go-blog", URL: "https://go.dev/blog/feed.atom", Title: "The Go Blog", Author: "The Go team", Site: "https://go.dev/",
			Tags: []string{"go", "no", "2026"}, Priority: 7, Every: c.Feeds[3].Every, KeepUntitled: true, FullText: true, Dedupe: feed.ByNone,
			Keep: feed.Keep{Entries: 300, Days: 30}, Gone: feed.GoneDrop, Filter: c.Feeds[3].Rule.Digest(), Group: "go.dev"},
		{ID: "news", Kind: feed.Articles, URL: "/data/news", Title: "News", Author: "Desk", Tags: []string{"local"}, Priority: 50, Dedupe: feed.ByLink},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
}

// What a source or a channel wants reaches those who ask.
func TestRulesAndSelections(t *testing.T) {
	c := parse(t, everything, noEnv, config.Overrides{})
	rules := c.Rules()
	if len(rules) != 1 || rules["go-blog"] == nil || c.Sources()[3].Filter == "" || c.Sources()[0].Filter != "" {
		t.Fatalf("rules = %v, want one for go-blog", rules)
	}
	long := feed.Entry{Traits: feed.Traits{Sketch: feed.Sketch{Words: 200}}, Content: feed.Content{Title: "Generics", HTML: "<p>" + strings.Repeat("word ", 200) + "</p>", Tags: []feed.Tag{{Term: "Go"}}}}
	sponsored := long
	sponsored.Title = "Sponsored generics"
	if r := rules["go-blog"]; !r.Match(&long) || r.Match(&sponsored) {
		t.Errorf("go-blog wants %v, %v; want true, false", r.Match(&long), r.Match(&sponsored))
	}
	all, tagged := c.Selections()[0], c.Selections()[1]
	if all.ID != "all" || all.Match != nil || all.Digest != "" {
		t.Errorf("all = %+v, want every entry", all)
	}
	if tagged.ID != "go" || tagged.Digest == "" || !tagged.Match(&long) || tagged.Match(&feed.Entry{}) {
		t.Errorf("go = %+v", tagged)
	}
}

func TestDigest(t *testing.T) {
	base := parse(t, everything, noEnv, config.Overrides{}).Digest
	for _, tc := range []struct {
		old, new string
		same     bool
	}{
		{"every: 6h", "every: 5h", true},
		{"listen: :9000", "listen: :9001", true},
		{"  - https://blog.example/feed\n  - file:feeds/radio.xml", "  - file:feeds/radio.xml\n  - https://blog.example/feed", true},
		{"keep: {entries: 5000", "keep: {entries: 5001", true},
		{"keep: {entries: 300", "keep: {entries: 301", true},
		{"near: 0.85", "near: 0.9", true},
		{"burst: 200", "burst: 0", true},
		{"dir: copies", "dir: elsewhere", true},
		{"gone: drop", "gone: keep", true},
		{"title: Only Go", "title: Go only", false},
		{"limit: 20", "limit: 21", false},
		{`"go" in tags`, `"rust" in tags`, false},
		{"title: The Go Blog", "title: Go", false},
		{"since: 2026-11-24", "since: 2026-11-25", false},
	} {
		if !strings.Contains(everything, tc.old) {
			t.Fatalf("%q is not in the text", tc.old)
		}
		c := parse(t, strings.Replace(everything, tc.old, tc.new, 1), noEnv, config.Overrides{})
		if (c.Digest == base) != tc.same {
			t.Errorf("%q for %q: digest unchanged = %v, want %v", tc.new, tc.old, c.Digest == base, tc.same)
		}
	}
}

func TestDefault(t *testing.T) {
	c, err := config.Default("/srv", []string{"https://blog.example/feed?x=${y}", "file:a.xml"}, noEnv, config.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Feeds[0].URL.Reveal() != "https://blog.example/feed?x=${y}" || c.Feeds[1].URL.Reveal() != "/srv/a.xml" || c.Store != "/srv/weir.db" || c.Site.Since == "" || c.Output != "" {
		t.Errorf("Default = %+v", c)
	}
	if _, err := config.Default("/srv", []string{"blog.example"}, noEnv, config.Overrides{}); err == nil ||
		err.Error() != `arguments: feeds[0]: is not an absolute address, got "blog.example" (begin it with https://)` {
		t.Errorf("error = %v", err)
	}
}
