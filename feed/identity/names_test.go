package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
)

// free knows of no slug; first counts none.
func free(string) (string, bool) { return "", false }
func first(string) int           { return 2 }

// An item is looked for under its link, its id and its slugs, the surest
// first.
func TestNames(t *testing.T) {
	got := identity.Names(&feed.Traits{Canon: "a.example/x", IRI: "urn:x:1", Slugs: []feed.SlugCandidate{{Text: "x"}, {Text: "y"}, {Text: "x"}}})
	if diff := cmp.Diff([]string{"l:a.example/x", "i:urn:x:1", "s:x", "s:y"}, got); diff != "" {
		t.Error(diff)
	}
	if got := identity.Names(&feed.Traits{}); len(got) != 0 {
		t.Errorf("names of nothing: %v", got)
	}
	many := feed.Traits{Canon: "c"}
	for i := range 20 {
		many.Slugs = append(many.Slugs, feed.SlugCandidate{Text: fmt.Sprint("s", i)})
	}
	if got := identity.Names(&many); len(got) != 8 {
		t.Errorf("%d names, want 8", len(got))
	}
}

// Long names stay different when they are shortened.
func TestLongNames(t *testing.T) {
	long := "a.example/" + strings.Repeat("x", 4000)
	a := identity.Names(&feed.Traits{Canon: long + "1"})[0]
	b := identity.Names(&feed.Traits{Canon: long + "2"})[0]
	if a == b || len(a) > 160 || !strings.HasPrefix(a, "l:a.example/xxx") {
		t.Errorf("%q and %q", a, b)
	}
}

// An operator may ask by any of the names.
func TestLookup(t *testing.T) {
	it := prepared(blog("a"), feed.Item{RawID: "https://a.example/?p=1", Content: content("T", "https://www.a.example/two-words/", "")})
	names := strings.Join(identity.Names(&it.Traits), "\n") + "\n"
	for _, ask := range []string{"http://a.example/two-words", "https://a.example/?p=1", "two-words"} {
		found := false
		for _, name := range identity.Lookup(ask) {
			found = found || strings.Contains(names, name+"\n")
		}
		if !found {
			t.Errorf("%q asks for %v, the item has\n%s", ask, identity.Lookup(ask), names)
		}
	}
}

func TestSlug(t *testing.T) {
	key := feed.Key{0xab, 0xcd, 0xef, 1, 2, 3, 4}
	named := func(slug string) *feed.Item {
		return &feed.Item{Key: key, Traits: feed.Traits{Slugs: []feed.SlugCandidate{{Text: slug}, {Text: "second"}}}}
	}
	long := strings.Repeat("word-", 15) + "words" // 80 bytes
	for _, tt := range []struct {
		name  string
		it    *feed.Item
		taken map[string]string
		count int
		want  string
	}{
		{"free", named("story"), nil, 2, "story"},
		{"taken by another source", named("story"), map[string]string{"story": "b"}, 2, "story-a"},
		{"taken by another source twice", named("story"), map[string]string{"story": "b", "story-a": "a"}, 2, "story-a-2"},
		{"taken by the same source", named("story"), map[string]string{"story": "a"}, 2, "story-2"},
		{"taken by the same source often", named("story"), map[string]string{"story": "a"}, 7, "story-7"},
		{"the counter's number is taken", named("story"), map[string]string{"story": "a", "story-7": "b"}, 7, "story-8"},
		{"a counter that begins at 0", named("story"), map[string]string{"story": "a"}, 0, "story-2"},
		{"no candidate", &feed.Item{Key: key}, nil, 2, "entry-abcdef010203"},
		{"long, by another source", named(long), map[string]string{long: "b"}, 2, strings.TrimSuffix(long, "-words") + "-a"},
		{"long, by the same source", named(long), map[string]string{long: "a"}, 10, strings.TrimSuffix(long, "-words") + "-10"},
	} {
		got := identity.Slug(tt.it, "a", func(s string) (string, bool) { o, ok := tt.taken[s]; return o, ok }, func(string) int { return tt.count })
		if got != tt.want || !feed.ValidSlug(got) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	// Even a store that refuses everything gets an answer.
	got := identity.Slug(named("story"), "a", func(string) (string, bool) { return "b", true }, first)
	if want := "entry-" + key.String(); got != want {
		t.Errorf("nothing free: %q, want %q", got, want)
	}
}

// A source id of full length leaves room for something of the slug.
func TestSlugWithLongSource(t *testing.T) {
	source := strings.Repeat("s", feed.MaxSourceID)
	it := &feed.Item{Traits: feed.Traits{Slugs: []feed.SlugCandidate{{Text: strings.Repeat("x", feed.MaxSlug)}}}}
	got := identity.Slug(it, source, func(s string) (string, bool) {
		return "b", len(s) == feed.MaxSlug && s[0] == 'x' && s[feed.MaxSlug-1] == 'x'
	}, first)
	if !feed.ValidSlug(got) || !strings.HasSuffix(got, "-"+source) || len(got) != feed.MaxSlug {
		t.Errorf("%q", got)
	}
}

func TestPublishedID(t *testing.T) {
	site := identity.Site{Host: "Planet.example:8080", Since: "2026-11-20"}
	it := &feed.Item{Key: feed.Key{1, 2, 3, 4, 5, 6, 7, 8, 9}, Traits: feed.Traits{IRI: "urn:x:1"}}
	used := map[string]bool{}
	next := func() string {
		id := identity.PublishedID(site, "src", it, func(id string) bool { return used[id] })
		used[id] = true
		return id
	}
	for _, want := range []string{
		"urn:x:1", // an absolute IRI stays as it is
		"tag:planet.example,2026-11-20:src/0102030405060708",                 // another entry uses it
		"tag:planet.example,2026-11-20:src/01020304050607080900000000000000", // the short digits are used (XF10)
		"tag:planet.example,2026-11-20:src/01020304050607080900000000000000-2",
	} {
		got := next()
		if got != want {
			t.Errorf("id = %q, want %q", got, want)
		}
		if minted := strings.HasPrefix(want, "tag:"); site.Minted(got) != minted {
			t.Errorf("Minted(%q) = %v", got, !minted)
		}
	}
}

// The operator is told where a slug came from.
func TestBase(t *testing.T) {
	for _, tt := range []struct {
		slug, link, title string
		want              string
		origin            feed.SlugOrigin
	}{
		{"our-own-words", "https://a.example/our-own-words", "Our own words", "our-own-words", feed.SlugExplicit},
		{"", "https://a.example/p/a-river", "Rivers", "a-river", feed.SlugLink},
		{"", "https://a.example/rivers", "Rivers", "rivers", feed.SlugLink},
		{"", "https://a.example/?p=7", "Rivers", "rivers", feed.SlugTitle},
		{"", "https://a.example/?p=7", "", "entry-ab0000000000", feed.SlugKey},
	} {
		doc := &feed.Document{Profile: feed.Profile{Link: "https://a.example/"}, Items: []feed.Item{{Slug: tt.slug, Content: feed.Content{Link: tt.link, Title: tt.title}}}}
		identity.Prepare(feed.Source{ID: "a"}, doc, nil)
		it := &doc.Items[0]
		it.Key = feed.Key{0xab}
		if base, origin := identity.Base(it); base != tt.want || origin != tt.origin {
			t.Errorf("%s %s: %s of %s, want %s of %s", tt.link, tt.title, base, origin, tt.want, tt.origin)
		}
	}
}
