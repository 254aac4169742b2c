package identity_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
)

// slugsOf lists an item's candidates, telling ones marked with a !.
func slugsOf(it feed.Item) []string {
	var list []string
	for _, c := range prepared(blog("a"), it).Traits.Slugs {
		if c.Telling {
			c.Text += "!"
		}
		list = append(list, c.Text)
	}
	return list
}

// What the last segment of a link says of a story.
func TestLinkSlug(t *testing.T) {
	for path, want := range map[string]string{
		"/2026/11/an-article-of-words/":       "an-article-of-words!",
		"/an-article-of-words.html":           "an-article-of-words!",
		"/an-article-of-words/amp/":           "an-article-of-words!",
		"/an-article-of-words?utm_source=rss": "an-article-of-words!",
		"/12345-an-article-of-words":          "an-article-of-words!",
		// A date tells the days of a daily apart.
		"/20261120-an-article-of-words":        "20261120-an-article-of-words!",
		"/an-article-of-words-20261120":        "an-article-of-words-20261120!",
		"/an-article-of-words-99991120":        "an-article-of-words!",
		"/a_tale_in_parts_2":                   "a-tale-in-parts-2!",
		"/a-tale-in-parts_2.html":              "a-tale-in-parts!",
		"/an-article-of-words-1a2b3c4d5e6f":    "an-article-of-words!",
		"/2026/11/an-article-of-words_12.html": "an-article-of-words!",
		"/An_Article_of_Words":                 "an-article-of-words!",
		"/don%27t-panic-about-it":              "dont-panic-about-it!",
		"/caf%C3%A9-au-lait":                   "cafe-au-lait!",
		"/cafe%CC%81-au-lait":                  "cafe-au-lait!",
		"/2024-in-review":                      "2024-in-review",
		"/10-ways-to-begin":                    "10-ways-to-begin!",
		"/two-words":                           "two-words",
		"/hello-world":                         "hello-world",
		"/links-of-the-week-12":                "links-of-the-week-12",
		"/one-2-3-4":                           "one-2-3-4",
		"/introducing-node.js":                 "introducing-node-js!",
		"/%E4%BD%A0%E5%A5%BD%E4%B8%96%E7%95%8C%E4%BA%BA%E7%B1%BB": "ni-hao-shi-jie-ren-lei!",
		"/%E4%BD%A0%E5%A5%BD%E4%B8%96%E7%95%8C":                   "ni-hao-shi-jie",
		// None: numbers, dates, versions, tokens, routes, queries.
		"/12345": "", "/2026-11-20": "", "/20261120": "", "/v1.2.3": "", "/1.2.3-rc1": "", "/episode-12": "", "/part-2": "",
		"/v2": "", "/release-2024.1": "",
		"/v1.0.0b2": "", "/2.1.0rc1": "", "/1.0-beta3": "", "/nightly-2026-11-20": "", "/v1.0.0-final": "v1-0-0-final",
		"/an-article-of-words-123e4567-e89b-12d3-a456-426614174000": "an-article-of-words!",
		"/dQw4w9WgXcQ": "", "/3f2a9c": "", "/deadbeef01": "", "/123e4567-e89b-12d3-a456-426614174000": "", "/a1b2c3d4": "",
		"/aGVsbG8gd29ybGQ5": "", "/abcdefghijklmnopqrstuvwxyzabc": "",
		"/watch": "", "/item": "", "/view": "", "/node": "", "/story": "", "/status": "", "/post": "", "/article.php": "",
		"/archives/": "", "/episodes": "", "/releases": "", "/index.html": "", "/feed": "", "/default.aspx": "",
		"/an-article-of-words?id=3": "", "/": "", "": "", "/%ff%fe": "", "/%zz": "zz", "/%F0%9F%8E%89%F0%9F%8E%89": "",
	} {
		got := slugsOf(feed.Item{Content: content("", "https://a.example"+path, "x")})
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestTitleSlug(t *testing.T) {
	for title, want := range map[string]string{
		"The five words of it":           "the-five-words-of-it!",
		"The four words here":            "the-four-words-here",
		"The 4 words 2 3 here":           "the-4-words-2-3-here",
		"Hello, World!":                  "hello-world",
		"Don’t stop the R&D, he said":    "dont-stop-the-r-d-he-said!",
		"b–c’d":                          "b-cd",
		"C#":                             "c",
		"v1.0.0":                         "v1-0-0",
		"你好，世界":                          "ni-hao-shi-jie",
		"你好世界你好世界你好":                     "ni-hao-shi-jie-ni-hao-shi-jie-ni-hao!",
		"Ελληνικός τίτλος":               "ellenikos-titlos",
		"Русский заголовок":              "russkii-zagolovok",
		"🎉🎉":                             "",
		"":                               "",
		"a\u200bb\u00adc":                "abc",
		"ＦＵＬＬ　ｗｉｄｔｈ":                     "full-width",
		"\U000105d0\U000105d1\U000105d2": "", // no transliteration
		"../../etc/passwd":               "etc-passwd",
		"CON":                            "con",
		"a\x00b":                         "a-b",
	} {
		got := slugsOf(feed.Item{Content: content(title, "", "x")})
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// What many publishers call many posts tells nothing, however many words it
// has, whatever the date beside it, and in other languages too.
func TestCommonplace(t *testing.T) {
	for slug, telling := range map[string]bool{
		"bonjour-tout-le-monde": false, "hallo-welt": false, "hola-mundo-2": false, "this-is-my-first-post": false,
		"welcome-to-my-new-blog": false, "what-we-read-this-week": false, "bug-fixes-and-performance-improvements": false,
		"links-of-the-week-12-may-2026": false, "friday-november-20th-2026": false, "advent-of-code-2026-day-5": false,
		"season-2-trailer": false, "newsletter-november-2026": false, "what-i-read-this-week-in-november": true,
		"the-first-post-office-of-the-town": true, "may-the-fourth-be-with-you": true,
	} {
		it := prepared(blog("a"), feed.Item{Content: content("", "https://a.example/"+slug, "x")})
		if got := it.Traits.Slugs[0]; got.Text != slug || got.Telling != telling {
			t.Errorf("%+v, want %s, telling: %v", got, slug, telling)
		}
	}
}

// The parts of a series whose long names differ at the end are not told by
// what is left of them.
func TestCutSlugsDoNotTell(t *testing.T) {
	long := strings.Repeat("a-very-long-name-of-a-series-", 3)
	one := prepared(blog("a"), feed.Item{Content: content("", "https://a.example/"+long+"part-1", "x")}).Traits.Slugs[0]
	two := prepared(blog("b"), feed.Item{Content: content("", "https://b.example/"+long+"part-2", "x")}).Traits.Slugs[0]
	if one != two || one.Telling || len(one.Text) > feed.MaxSlug {
		t.Errorf("%+v, %+v", one, two)
	}
}

// Composition, case and language do not matter (XF04, XF15).
func TestTitleSlugIgnoresComposition(t *testing.T) {
	a := slugsOf(feed.Item{Content: content("Crème Brûlée für Alle", "", "")})
	b := slugsOf(feed.Item{Content: content("CRE\u0300ME BRU\u0302LE\u0301E FU\u0308R ALLE", "", "")})
	if diff := cmp.Diff(a, b); diff != "" || a[0] != "creme-brulee-fur-alle" {
		t.Errorf("%v, %s", a, diff)
	}
}

// The explicit slug stands before the link's, that before the title's, and
// equal ones are one, telling if either is.
func TestCandidateOrder(t *testing.T) {
	got := slugsOf(feed.Item{Slug: "my-own", Content: content("An article with other words", "https://a.example/of-the-link", "")})
	if diff := cmp.Diff([]string{"my-own", "of-the-link!", "an-article-with-other-words!"}, got); diff != "" {
		t.Error(diff)
	}
	got = slugsOf(feed.Item{Content: content("Of the link", "https://a.example/of-the-link", "")})
	if diff := cmp.Diff([]string{"of-the-link!"}, got); diff != "" {
		t.Error(diff)
	}
	// An explicit slug obeys the same rule (XJ04).
	got = slugsOf(feed.Item{Slug: "../X y", Content: content("", "", "")})
	if diff := cmp.Diff([]string{"x-y"}, got); diff != "" {
		t.Error(diff)
	}
}

// Every candidate is a valid slug, whatever it was made of (XF04).
func FuzzCandidates(f *testing.F) {
	for _, s := range []string{
		"A title", "../..", "\x00", ".", "CON", strings.Repeat("long-", 60), strings.Repeat("x", 300), "", "🎉", "é", "e\u0301",
		"-a-", "你好", "١٢٣", "½ ⅷ ②", "a_b", "ß", "'", "--",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, title, segment string) {
		it := prepared(blog("a"), feed.Item{Slug: segment, Content: content(title, "https://a.example/"+segment, title)})
		for _, c := range it.Traits.Slugs {
			if !feed.ValidSlug(c.Text) {
				t.Errorf("%q, %q: slug %q", title, segment, c.Text)
			}
		}
		if slug := identity.Slug(it, "src", free, first); !feed.ValidSlug(slug) {
			t.Errorf("slug %q", slug)
		}
		for _, name := range identity.Names(&it.Traits) {
			if len(name) > 160 {
				t.Errorf("name of %d bytes", len(name))
			}
		}
	})
}
