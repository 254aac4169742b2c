package parse_test

import (
	"strings"
	"testing"

	"weir/aggregator/parse"
	"weir/feed"
)

// The home page of a feed is the base of texts whose items have no link.
func TestRelativeLinksInTexts(t *testing.T) {
	opt := parse.Options{Location: "https://a.example/feed", Source: feed.Source{ID: "s", Secrets: []string{"c4n4ry"}}}
	const body = `<rss version="2.0"><channel><title>T</title><link>https://a.example/home?k=c4n4ry</link>` +
		`<item><title>One</title><description>&lt;p&gt;See &lt;a href="#two"&gt;two&lt;/a&gt;&lt;/p&gt;</description></item></channel></rss>`
	doc, err := parse.Read([]byte(body), opt)
	if err != nil || len(doc.Items) != 1 {
		t.Fatal(err)
	}
	if got := doc.Items[0].HTML; strings.Contains(got, "c4n4ry") || !strings.Contains(got, "https://a.example/home") {
		t.Errorf("HTML = %s", got)
	}
}

// XJ09: relative links that are resolved against the address of the document
// do not carry its secret into what is published.
func TestRelativeLinksTellNoSecret(t *testing.T) {
	for _, tc := range []struct{ location, reference, want string }{
		{"https://a.example/n/c4n4ry/feed.xml", "one", "https://a.example/n/one"},
		{"https://a.example/n/c4n4ry/feed.xml", "/n/one", "https://a.example/n/one"},
		{"https://a.example/c4n4ry", "one", "https://a.example/one"},
		{"https://a.example/n/%63%34n4ry/feed.xml", "one", "https://a.example/n/one"},
		{"https://a.example/d%20ir/feed?k=c4n4ry", "one", "https://a.example/d%20ir/one"},
		{"https://a.example/dir/feed?k=c4n4ry", "?p=1", "https://a.example/dir/feed?p=1"},
		{"https://a.example/dir/feed?k=c4n4ry", "#one", "https://a.example/dir/feed#one"},
	} {
		opt := parse.Options{Location: tc.location, Source: feed.Source{ID: "s", URL: tc.location, Secrets: []string{"c4n4ry"}}}
		for format, body := range map[string]string{
			"RSS":  `<rss version="2.0"><channel><title>T</title><item><title>One</title><link>` + tc.reference + `</link></item></channel></rss>`,
			"JSON": `{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "title": "One", "url": "` + tc.reference + `"}]}`,
		} {
			doc, err := parse.Read([]byte(body), opt)
			if err != nil || len(doc.Items) != 1 {
				t.Fatalf("%s: %v", format, err)
			}
			if got := doc.Items[0].Link; got != tc.want {
				t.Errorf("%s at %s: %q is %q, want %q", format, tc.location, tc.reference, got, tc.want)
			}
		}
	}
}
