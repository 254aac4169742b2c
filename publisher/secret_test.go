package publisher_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"weir/feed"
	"weir/publisher"
)

const canary = "c4n4ry"

// followed renders one source with one entry and returns its line of the list
// of sources, or "" where there is none.
func followed(t *testing.T, src feed.Source, p feed.Profile) (string, *publisher.Snapshot) {
	t.Helper()
	src.ID = "blog"
	s := &shelf{windows: make(map[string]feed.Window)}
	s.sources = []feed.Described{{Source: src, Profile: p}}
	e := entry("a-story", "blog", "https://blog.example/a", "2026-11-20T09:00:00Z")
	e.Content = feed.Content{Title: "A story", Link: "https://blog.example/a", HTML: "<p>It is told.</p>"}
	s.put("all", e)
	s.put("go", e)
	s.put(".articles")
	out := render(t, newPublisher(t, options(), s))
	for line := range strings.SplitSeq(body(t, out, "sources.opml"), "\n") {
		if _, rest, ok := strings.Cut(line, `xmlUrl="`); ok {
			address, _, _ := strings.Cut(rest, `"`)
			return address, out
		}
	}
	return "", out
}

// XJ09, P75: wherever in its address a source has a secret, and whatever its
// document repeats of it, no published document tells it; what stands in is
// the feed's own address if that tells nothing.
func TestCanaryInNoDocument(t *testing.T) {
	const own = "https://blog.example/feed.xml"
	for _, address := range []string{
		"https://blog.example/good?k=" + canary,
		"https://blog.example/good?" + canary,
		"https://blog.example/good#" + canary,
		"https://blog.example/n/" + canary + "/feed",
		"https://blog.example/n;s=" + canary,
		"https://" + canary + ".example/feed",
		"https://blog.example/%63%34n4ry",
		"https://ann:" + canary + "@blog.example/feed",
	} {
		src := feed.Source{URL: address, Secrets: []string{canary}}
		for _, said := range []string{"", own, address, strings.Replace(address, "https:", "http:", 1), strings.ToUpper(address[8:])} {
			if said != "" && !strings.Contains(said, "://") {
				said = "https://" + said
			}
			p := feed.Profile{Title: "Blog", Link: said, Self: said, Hub: said, FeedID: said, Icon: said, Logo: said}
			got, out := followed(t, src, p)
			if said == own && got != own {
				t.Errorf("%s: the list names %q, want what the feed says of itself", address, got)
			}
			for path, doc := range out.All() {
				if bytes.Contains(bytes.ToLower(doc.Body), []byte(canary)) || bytes.Contains(doc.Body, []byte("%63%34n4ry")) {
					t.Errorf("%s, which calls itself %s, is told in %s", address, said, path)
				}
			}
		}
	}
}

// Of addresses that nobody marked, those are published that no subscriber was
// given alone: the names that YouTube, Reddit and WordPress need stay.
func TestPublishedAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/feed#top":                                  "https://a.example/feed",
		"https://a.example/feed;JSESSIONID=1A2B?page=2#top":           "https://a.example/feed?page=2",
		"https://a.example/x;jsessionid=1A2B/feed;v=1;jsessionid=2":   "https://a.example/x/feed;v=1",
		"https://www.youtube.example/feeds?channel_id=UC_x5XG1OV2P6":  "https://www.youtube.example/feeds?channel_id=UC_x5XG1OV2P6",
		"https://a.example/?feed=rss2&cat=7&author=3&lang=de&tag=go":  "https://a.example/?feed=rss2&cat=7&author=3&lang=de&tag=go",
		"https://a.example/rss?user_id=7&id=8&q=keys&country_code=ch": "https://a.example/rss?user_id=7&id=8&q=keys&country_code=ch",
		"https://a.example/rss?format":                                "https://a.example/rss?format",
		"https://a.example/rss?0123456789abcdef0123456789abcdef":      "",
		"https://a.example/rss?page=2;token=x":                        "",
	} {
		if got, _ := followed(t, feed.Source{URL: address}, feed.Profile{Title: "A"}); strings.ReplaceAll(got, "&amp;", "&") != want {
			t.Errorf("%s is published as %q, want %q", address, got, want)
		}
	}
	for name := range strings.FieldsSeq("key feed_key passkey torrent_pass pass passwd password pwd jwt bearer auth authkey access_token " +
		"access session sid PHPSESSID jsessionid credential private_token api-key apikey rss.key sig signature secret code hash login Token") {
		address := fmt.Sprintf("https://a.example/rss?page=2&%s=%s", name, canary)
		_, out := followed(t, feed.Source{URL: address}, feed.Profile{Title: "A", Self: address, Link: address, FeedID: address})
		for path, doc := range out.All() {
			if bytes.Contains(doc.Body, []byte(canary)) {
				t.Errorf("the value of %s is told in %s", name, path)
			}
		}
	}
}
