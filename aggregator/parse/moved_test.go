package parse_test

import (
	"slices"
	"strings"
	"testing"

	"weir/aggregator/parse"
	"weir/feed"
)

// P66: another address that a podcast names for itself is told, and only where it
// is another one; a secret is not told with it.
func TestMovedPodcast(t *testing.T) {
	src := feed.Source{URL: "https://pod.example/feed"}
	private := feed.Source{URL: "https://pod.example/feed?key=sesame", Secrets: []string{"sesame"}}
	for _, c := range []struct {
		src      feed.Source
		to, want string
	}{
		{src, "https://new.example/feed", "moved to https://new.example/feed;"},
		{src, "https://pod.example/feed", ""},
		{src, "https://pod.example/feed/", ""},
		{src, "", ""},
		{src, "javascript:x", ""},
		{private, "https://new.example/feed?key=sesame", "moved to an address that holds its secret too;"},
	} {
		doc := read(t, `<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>t</title><link>https://pod.example/</link>`+
			`<description>d</description><itunes:new-feed-url>`+c.to+`</itunes:new-feed-url><item><title>i</title><guid>1</guid></item></channel></rss>`,
			parse.Options{Source: c.src, Location: "https://pod.example/feed"})
		at := slices.IndexFunc(doc.Warnings, func(w string) bool { return strings.Contains(w, "moved to") })
		if (at >= 0) != (c.want != "") || at >= 0 && !strings.Contains(doc.Warnings[at], c.want) {
			t.Errorf("%q: warnings %q, want %q", c.to, doc.Warnings, c.want)
		}
	}
}
