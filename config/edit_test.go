package config_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/config"
)

const editSite = "site: {since: 2026-11-01}\n"

// sited is a text with what every configuration needs, behind its mark.
func sited(text string) string {
	if rest, ok := strings.CutPrefix(text, "\ufeff"); ok {
		return "\ufeff" + sited(rest)
	}
	if strings.Contains(text, "\r\n") {
		return strings.TrimSuffix(editSite, "\n") + "\r\n" + text
	}
	return editSite + text
}

func extend(t *testing.T, text string, feeds ...config.NewFeed) string {
	t.Helper()
	got, _, err := config.Extend([]byte(text), "/srv/config.yaml", noEnv, config.Overrides{}, feeds)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return string(got)
}

// Feeds go to the end of the list, and every other byte stays.
func TestExtend(t *testing.T) {
	n := config.NewFeed{URL: "https://n.example/feed"}
	whole := config.NewFeed{URL: "https://n.example/f?a=1&b", ID: "n", Title: "N: it's", Tags: []string{"a", "b c", "2026"}}
	for _, c := range []struct {
		name, before, after string
		feed                config.NewFeed
	}{
		{"no list", "store: x.db", "store: x.db\n\nfeeds:\n  - https://n.example/feed\n", n},
		{"an empty list", "feeds: # ours\n  # - https://x.example/\nlisten: :0\n",
			"feeds: # ours\n  - https://n.example/feed\n  # - https://x.example/\nlisten: :0\n", n},
		{"the end of the file", "feeds:\n- https://a.example/", "feeds:\n- https://a.example/\n- https://n.example/feed\n", n},
		{"before comments", "feeds:\n    - https://a.example/   # first\n\n    # - url: https://b.example/\n    #   id: b\nlisten: :0\n",
			"feeds:\n    - https://a.example/   # first\n    - https://n.example/feed\n\n    # - url: https://b.example/\n    #   id: b\nlisten: :0\n", n},
		{"options", "feeds:\n  -\n    url: https://a.example/\n  # here\n    tags: [x,\n      y]\n\n# end\n",
			"feeds:\n  -\n    url: https://a.example/\n  # here\n    tags: [x,\n      y]\n" +
				"  - url: 'https://n.example/f?a=1&b'\n    id: n\n    title: 'N: it''s'\n    tags: [a, b c, '2026']\n\n# end\n", whole},
		{"a text that ends like a comment", "feeds:\n  - url: https://a.example/\n    title: >\n      one\n      # two\nlisten: :0\n",
			"feeds:\n  - url: https://a.example/\n    title: >\n      one\n      # two\n  - https://n.example/feed\nlisten: :0\n", n},
		{"line ends of Windows", "feeds:\r\n  - https://a.example/\r\nlisten: :0\r\n", "feeds:\r\n  - https://a.example/\r\n  - https://n.example/feed\r\nlisten: :0\r\n", n},
		{"a byte order mark", "\ufefflisten: :0\nfeeds:\n  - https://a.example/\n", "\ufefflisten: :0\nfeeds:\n  - https://a.example/\n  - https://n.example/feed\n", n},
		{"brackets", "feeds: [https://a.example/, # a\n  \"https://b.example/],\" ] # end\n",
			"feeds: [https://a.example/, # a\n  \"https://b.example/],\", https://n.example/feed ] # end\n", n},
		{"empty brackets", "x: 1\nfeeds: []\n"[5:], "feeds: [{url: 'https://n.example/f?a=1&b', id: n, title: 'N: it''s', tags: [a, b c, '2026']}]\n", whole},
		{"a comma at the end", "feeds: [{url: https://a.example/, tags: [é, 'it''s']},]\n", "feeds: [{url: https://a.example/, tags: [é, 'it''s']}, https://n.example/feed,]\n", n},
		{"a file in brackets", "{site: {since: 2026-11-01}, feeds: [https://a.example/]}\n", "{site: {since: 2026-11-01}, feeds: [https://a.example/, https://n.example/feed]}\n", n},
	} {
		if !strings.Contains(c.before, "site:") {
			c.before, c.after = sited(c.before), sited(c.after)
		}
		if diff := cmp.Diff(c.after, extend(t, c.before, c.feed)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What cannot be edited is left alone, and what to write by hand is said.
func TestExtendByHand(t *testing.T) {
	for name, text := range map[string]string{
		"a null that is spelt": sited("feeds: null\n"),
		"a document's end":     sited("...\n"),
		"no place for a key":   "{site: {since: 2026-11-01}}\n",
		"an alias":             sited("flood: &e\nfeeds: *e\n"),
	} {
		_, _, err := config.Extend([]byte(text), "/srv/config.yaml", noEnv, config.Overrides{}, []config.NewFeed{{URL: "https://n.example/", Tags: []string{"t"}}})
		var byHand *config.EditError
		if !errors.As(err, &byHand) || byHand.ByHand != "add below feeds:\n  - url: https://n.example/\n    tags: [t]" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A feed that is there, or that would not be valid, is refused as it is when a
// person writes it (XF12).
func TestExtendRefuses(t *testing.T) {
	for _, url := range []string{"https://A.example", "gopher://b.example/", "https://b.example/ x"} {
		_, _, err := config.Extend([]byte(sited("feeds: [https://a.example/]\n")), "/srv/config.yaml", noEnv, config.Overrides{}, []config.NewFeed{{URL: url}})
		var problems config.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A new neighbour takes nobody's id: it is the one to get a longer one.
func TestExtendKeepsNames(t *testing.T) {
	text := extend(t, sited("feeds:\n  - https://blog.example/feed\n"), config.NewFeed{URL: "https://blog.example/news.xml"}, config.NewFeed{URL: "https://other.example/"})
	want := sited("feeds:\n  - https://blog.example/feed\n  - url: https://blog.example/news.xml\n    id: blog-example-news\n  - https://other.example/\n")
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c := parse(t, text, noEnv, config.Overrides{}); c.Feeds[0].ID != "blog-example" {
		t.Errorf("the neighbour is called %s now", c.Feeds[0].ID)
	}
}

// An id that another source has is refused, even if that one did not choose it.
func TestExtendTakesNoName(t *testing.T) {
	for _, before := range []string{"feeds: [https://blog.example/feed]\n", "feeds: [{url: https://other.example/, id: blog-example}]\n"} {
		_, _, err := config.Extend([]byte(sited(before)), "/srv/config.yaml", noEnv, config.Overrides{}, []config.NewFeed{{URL: "https://n.example/", ID: "blog-example"}})
		var problems config.Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), "is the id of another source") {
			t.Errorf("%s: %v", before, err)
		}
	}
}

func TestWithout(t *testing.T) {
	for _, c := range []struct{ name, before, after, id string }{
		{"the first", "feeds:\n  # friends\n  - https://a.example/ # a\n\n  # others\n  - https://b.example/\n", "feeds:\n  # friends\n\n  # others\n  - https://b.example/\n", "a-example"},
		{"with options", "feeds:\n- https://a.example/\n-\n  # that one\n  url: https://b.example/\n  # t\n  tags: [x]\n# end\nlisten: :0\n", "feeds:\n- https://a.example/\n# end\nlisten: :0\n", "b-example"},
		{"the only one", "feeds:\n  - https://a.example/\nlisten: :0", "feeds:\nlisten: :0", "a-example"},
		{"a folder", "articles:\n  - {dir: x, id: news}\n  - y\n", "articles:\n  - y\n", "news"},
		{"brackets, first", "feeds: [https://a.example/, https://b.example/]\n", "feeds: [https://b.example/]\n", "a-example"},
		{"brackets, last", "feeds: [ https://a.example/, {url: https://b.example/, tags: [a, b]} ] # x\n", "feeds: [ https://a.example/ ] # x\n", "b-example"},
		{"brackets, only", "feeds: [https://a.example/,]\n", "feeds: []\n", "a-example"},
	} {
		c.before, c.after = sited(c.before), sited(c.after)
		cfg := parse(t, c.before, noEnv, config.Overrides{})
		got, err := cfg.Without([]byte(c.before), c.id)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if diff := cmp.Diff(c.after, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	shared := sited("feeds:\n  - url: https://a.example/\n    tags: &t [x]\n  - url: https://b.example/\n    tags: *t\n")
	_, err := parse(t, shared, noEnv, config.Overrides{}).Without([]byte(shared), "a-example")
	var byHand *config.EditError
	if !errors.As(err, &byHand) || byHand.ByHand != "take the source a-example out of feeds: it begins on line 3" {
		t.Errorf("a source whose tags another one uses: %v", err)
	}
}

// The repository's own file and the sample take a feed and give it back, to the
// byte.
func TestEditRoundTrip(t *testing.T) {
	own, err := os.ReadFile("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{string(own), string(config.Sample(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), "", "", config.NewFeed{URL: "https://a.example/"}))} {
		more := extend(t, text, config.NewFeed{URL: "https://n.example/x", Tags: []string{"t"}})
		if len(more) <= len(text) {
			t.Fatalf("file %d did not grow", i)
		}
		less, err := parse(t, more, noEnv, config.Overrides{}).Without([]byte(more), "n-example")
		if diff := cmp.Diff(text, string(less)); diff != "" || err != nil {
			t.Errorf("file %d (-was +is): %v\n%s", i, err, diff)
		}
	}
}

// Whatever a usable file looks like, a feed that is added is there, all others
// are what they were, and taking it out again leaves what was meant before; or
// nothing is touched.
func FuzzEdit(f *testing.F) {
	f.Add("feeds:\n  - https://a.example/\n", "t")
	f.Add("feeds: [{url: 'https://a.example/,]', tags: [\"]\"]}, # x\n]\n", "a: #b")
	f.Add("feeds:\n-\n  url: https://a.example/\n  where: |+\n   true\n   # x\n\n\nlisten: :0", "[")
	f.Add("\r\r\r\r\r", "x")
	f.Add("feeds:\r- https://a.example/\r", "x")
	f.Add("# \u2028\nfeeds: [https://a.example/]\n", "x")
	f.Fuzz(func(t *testing.T, text, tag string) {
		if !strings.Contains(text, "since:") {
			text = sited(text)
		}
		old, err := config.Parse([]byte(text), "/srv/config.yaml", noEnv, config.Overrides{})
		if err != nil {
			return
		}
		got, c, err := config.Extend([]byte(text), "/srv/config.yaml", noEnv, config.Overrides{}, []config.NewFeed{{URL: "https://new.example/f", ID: "new-one", Tags: []string{tag}}})
		if err != nil {
			return
		}
		if len(c.Feeds) != len(old.Feeds)+1 || c.Feeds[len(old.Feeds)].ID != "new-one" {
			t.Fatalf("%q became %q", text, got)
		}
		without, err := c.Without(got, "new-one")
		if err != nil {
			t.Fatalf("%v in %q", err, got)
		}
		again, err := config.Parse(without, "/srv/config.yaml", noEnv, config.Overrides{})
		if err != nil || fmt.Sprint(again.Sources()) != fmt.Sprint(old.Sources()) || again.Digest != old.Digest {
			t.Fatalf("%q became %q and then %q: %v", text, got, without, err)
		}
		if strings.Count(string(without), "#") != strings.Count(text, "#") {
			t.Fatalf("a comment is gone: %q became %q", text, without)
		}
	})
}
