package config_test

import (
	"fmt"
	"testing"

	"weir/config"
)

// XA26: what the configuration publishes is refused as a source, however it is
// written.
func TestOwnFeeds(t *testing.T) {
	const text = "site: {url: \"https://stream.example.org/news/\", since: 2026-11-01}\nchannels: [{id: all}, {id: radio}]\nfeeds: [%q]\n"
	for address, own := range map[string]bool{
		"https://stream.example.org/news/rss.xml":           true,
		"https://stream.example.org/news/radio/feed.json":   true,
		"http://www.stream.example.org/news/atom.xml":       true,
		"https://stream.example.org/news/other/rss.xml":     false,
		"https://stream.example.org/rss.xml":                false,
		"https://stream.example.org/news/feed.xml":          false,
		"https://other.example.org/news/rss.xml":            false,
		"https://stream.example.org/news/radio/x/feed.json": false,
	} {
		text := fmt.Sprintf(text, address)
		if !own {
			parse(t, text, noEnv, config.Overrides{})
			continue
		}
		if ps := problems(t, text, noEnv, config.Overrides{}); len(ps) != 1 || ps[0].Message != "is what this configuration publishes itself" {
			t.Errorf("%s: %v", address, ps)
		}
	}
}
