package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/config"
	"weir/feed"
)

const followed = `
site: {since: 2026-11-24}
feeds:
  - {url: "https://own.example/feed", id: own, tags: [mine]}
opml:
  - url: https://ann.example/blogroll.opml
    id: ann
    tags: [friends]
    every: 6h
  - file:ours.opml
`

func listed(addresses ...string) (all []feed.Listed) {
	for _, a := range addresses {
		all = append(all, feed.Listed{URL: a, Tags: []string{"tech"}})
	}
	return all
}

// What the file names itself wins, then the first list; a list's options are
// those of its feeds; only the list's own host is as trusted as the list (XA22).
func TestFollow(t *testing.T) {
	c := parse(t, followed, noEnv, config.Overrides{})
	if c.Lists[0].Refresh != 6*time.Hour || c.Lists[1].ID != "ours" || c.Lists[1].Kind != feed.File {
		t.Errorf("lists = %+v", c.Lists)
	}
	got, left := c.Follow(map[string][]feed.Listed{
		"ann":  listed("http://www.own.example/feed/", "https://a.example/x", "https://ann.example/feed", "file:///etc/passwd", "relative"),
		"ours": listed("https://a.example/x/", "https://b.example/"),
		"gone": listed("https://c.example/"),
	})
	if left != 0 || len(c.Feeds) != 1 {
		t.Errorf("%d left out, the configuration itself has %d feeds", left, len(c.Feeds))
	}
	var lines []string
	for _, f := range got.Feeds {
		lines = append(lines, fmt.Sprint(f.URL, " ", f.List, " ", f.Stranger, " ", f.Tags, " ", f.Every))
	}
	want := []string{
		"https://own.example/feed  false [mine] 0s",
		"https://a.example/x ann true [friends tech] 6h0m0s",
		"https://ann.example/feed ann false [friends tech] 6h0m0s",
		"https://b.example/ ours false [tech] 0s",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("feeds (-want +got):\n%s", diff)
	}
	if got.Digest == c.Digest {
		t.Error("the digest does not know the listed feeds")
	}
	if same, _ := parse(t, "site: {since: 2026-11-24}\nfeeds: [https://own.example/]", noEnv, config.Overrides{}).Follow(nil); len(same.Feeds) != 1 {
		t.Errorf("without lists: %d feeds", len(same.Feeds))
	}
}

// The same address has the same id, whatever stands beside it and in whatever
// order; and no source of the file loses its own.
func TestListedIDs(t *testing.T) {
	ids := func(file string, addresses ...string) map[string]string {
		c, _ := parse(t, file, noEnv, config.Overrides{}).Follow(map[string][]feed.Listed{"ann": listed(addresses...)})
		ids := make(map[string]string)
		for _, f := range c.Feeds {
			if !feed.ValidID(f.ID) {
				t.Errorf("%s is no id", f.ID)
			}
			ids[f.URL.Reveal()] = f.ID
		}
		if len(ids) != len(c.Feeds) {
			t.Errorf("%d addresses, %d feeds", len(ids), len(c.Feeds))
		}
		return ids
	}
	a, b := "https://blog.example/a.xml", "https://blog.example/b.xml"
	one, two := ids(followed, a), ids(followed, b, "https://x.example/", a)
	if one[a] != two[a] || two[a] == two[b] || !strings.HasPrefix(one[a], "blog-example-") {
		t.Errorf("ids %v, then %v", one, two)
	}
	same := ids(followed+"  - https://blog.example/c.xml\n", a)
	if same[a] != one[a] {
		t.Errorf("beside another list it is called %s", same[a])
	}
	taken := strings.Replace(followed, "id: own", "id: "+one[a], 1)
	if got := ids(taken, a); got["https://own.example/feed"] != one[a] || got[a] == one[a] {
		t.Errorf("where its id is another's: %v", got)
	}
}

// XC25: lists come to no more sources than a file may have.
func TestFollowIsBounded(t *testing.T) {
	c := parse(t, followed, noEnv, config.Overrides{})
	many := func(n int, host string) (all []feed.Listed) {
		for i := range n {
			all = append(all, feed.Listed{URL: fmt.Sprintf("https://%s.example/%d", host, i)})
		}
		return all
	}
	got, left := c.Follow(map[string][]feed.Listed{"ann": many(10_000, "a"), "ours": many(10_000, "b")})
	if len(got.Feeds) != 20_000 || left != 1 {
		t.Errorf("%d feeds, %d left out", len(got.Feeds), left)
	}
}

func TestWrongLists(t *testing.T) {
	for text, want := range map[string]string{
		"opml: https://a.example/":                            "must be a list",
		"opml: [ours.opml]":                                   "is not an absolute address",
		"opml: [{id: a}]":                                     "is missing",
		"opml: [{url: 'https://a.example/', titel: x}]":       "unknown key",
		"opml: [https://a.example/, https://a.example/]":      "stands here twice",
		"opml: [{url: 'https://a.example/', refresh: never}]": "refresh",
		"opml: [{url: 'https://a.example/', where: 'x +'}]":   "not a valid expression",
	} {
		_, err := config.Parse([]byte(text), "config.yaml", noEnv, config.Overrides{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
