package identity_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// Texts for telling stories: each is unlike the others.
var (
	textA = prose(11, 200)
	textB = prose(12, 200)
)

// prose makes a text of n words, always the same for a seed.
func prose(seed uint64, n int) string {
	rng := newRand(seed)
	words := lexicon(rng, 800)
	list := make([]string, n)
	for i := range list {
		list[i] = words[rng.IntN(len(words))]
	}
	return strings.Join(list, " ")
}

// head is the first n words of a text.
func head(text string, n int) string { return strings.Join(strings.Fields(text)[:n], " ") }

// telling is one source telling a story.
type telling struct {
	source, title, link, html, id, lang string
	// site, where set, is the source's own; without it the source is at home
	// at <source>.example.
	site     string
	at       time.Time
	priority int
	dedupe   feed.Dedupe
}

func (t telling) newcomer() *identity.Newcomer {
	src := blog(t.source)
	src.Site = t.site
	it := feed.Item{RawID: t.id, Content: content(t.title, t.link, t.html), Published: t.at}
	it.Language = t.lang
	item := prepared(src, it)
	return &identity.Newcomer{
		Source: t.source, Rank: identity.Rank{Priority: t.priority, Home: item.Traits.Home},
		Item: item, Published: t.at, Dedupe: t.dedupe,
	}
}

func (t telling) holder() identity.Holder {
	n := t.newcomer()
	return identity.Holder{
		Slug: "held", Source: n.Source, Rank: n.Rank, Traits: n.Item.Traits,
		Link: n.Item.Link, Language: n.Item.Language, Published: n.Published,
	}
}

// guarded are the default rules.
var guarded = identity.Rules{By: feed.BySlug, Guard: true}

// The table of the same story: each row with what makes it hold and what does
// not.
func TestSameStory(t *testing.T) {
	const mirror = "https://www.a.example/"
	days := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	for _, tt := range []struct {
		name string
		a, b telling
		want bool
	}{
		// Canonical link, at home in both.
		{"mirror: http, www, AMP, tracking",
			telling{source: "a", title: "One", link: "https://a.example/x", html: textA, at: noon},
			telling{source: "b", site: mirror, title: "Two", link: "http://www.a.example/x/amp/?utm_source=b", html: textB, at: days(200)}, true},

		// A telling slug.
		{"telling link slug, other headline",
			telling{source: "a", title: "One", link: "https://a.example/the-great-story", html: textA, at: noon},
			telling{source: "b", title: "Two", link: "https://b.example/news/the-great-story.html", html: textA, at: days(3)}, true},
		{"telling slug, short texts",
			telling{source: "a", title: "One", link: "https://a.example/the-great-story", at: noon},
			telling{source: "b", title: "Two", link: "https://b.example/the-great-story", at: days(3)}, true},
		{"telling slug, a summary under its own headline",
			telling{source: "a", title: "One", link: "https://a.example/the-great-story", html: textA, at: noon},
			telling{source: "b", title: "Two", link: "https://b.example/the-great-story", html: head(textA, 60), at: noon}, true},
		{"telling slug, a rewritten summary under a like title",
			telling{source: "a", title: "The great story of the year", link: "https://a.example/the-great-story", html: textA, at: noon},
			telling{source: "b", title: "The great story of the year", link: "https://b.example/the-great-story", html: head(textB, 60), at: noon}, true},
		{"telling title slugs",
			telling{source: "a", title: "The great story of a year", html: textA, at: noon},
			telling{source: "b", title: "The great story of a year!", html: textA, at: noon}, true},
		{"the slug tells for one only",
			telling{source: "a", title: "One", link: "https://a.example/the-great-story", at: noon},
			telling{source: "b", title: "The great story", link: "https://b.example/1", at: noon}, false},

		// A generic slug.
		{"generic slug, equal titles, like texts",
			telling{source: "a", title: "Great story", link: "https://a.example/great-story", html: textA, at: noon},
			telling{source: "b", title: "Great Story!", link: "https://b.example/great-story", html: head(textA, 150), at: days(20)}, true},
		{"generic slug, equal titles, equal short texts",
			telling{source: "a", title: "Great story", link: "https://a.example/great-story", html: "Four words of it", at: noon},
			telling{source: "b", title: "Great story", link: "https://b.example/great-story", html: "<p>four words of it.", at: days(20)}, true},
		{"generic slug, equal titles, within 48 h",
			telling{source: "a", title: "Great story", link: "https://a.example/great-story", html: "short", at: noon},
			telling{source: "b", title: "Great story", link: "https://b.example/great-story", html: "other", at: days(2)}, true},
		{"generic slug, equal titles, over 48 h",
			telling{source: "a", title: "Great story", link: "https://a.example/great-story", html: "short", at: noon},
			telling{source: "b", title: "Great story", link: "https://b.example/great-story", html: "other", at: days(3)}, false},
		{"generic slug, other title",
			telling{source: "a", title: "Great story", link: "https://a.example/great-story", html: textA, at: noon},
			telling{source: "b", title: "Great stories", link: "https://b.example/great-story", html: textA, at: noon}, false},
		{"two blogs' hello-world",
			telling{source: "a", title: "Hello world!", link: "https://a.example/hello-world", html: "Welcome to your new site.", at: noon},
			telling{source: "b", title: "Hello world!", link: "https://b.example/hello-world", html: "Welcome to your new site.", at: noon}, false},
		{"two projects' v1.0.0",
			telling{source: "a", title: "v1.0.0", link: "https://a.example/releases/v1.0.0", html: "Bug fixes.", at: noon},
			telling{source: "b", title: "v1.0.0", link: "https://b.example/releases/v1.0.0", html: "Bug fixes.", at: noon}, false},
		{"two projects' v1.0.0b2",
			telling{source: "a", title: "v1.0.0b2", link: "https://forge.example/a/releases/tag/v1.0.0b2", html: "Bug fixes.", at: noon},
			telling{source: "b", title: "v1.0.0b2", link: "https://b.example/releases/tag/v1.0.0b2", html: "Bug fixes.", at: noon}, false},
		{"two projects' fixes",
			telling{source: "a", title: "Bug fixes and performance improvements", link: "https://a.example/1", html: "Thank you all.", at: noon},
			telling{source: "b", title: "Bug fixes and performance improvements", link: "https://b.example/2", html: "Enjoy.", at: noon}, false},
		{"two blogs' hello-world in French",
			telling{source: "a", title: "Bonjour tout le monde !", link: "https://a.example/bonjour-tout-le-monde", html: "Bienvenue dans WordPress.", at: noon},
			telling{source: "b", title: "Bonjour tout le monde !", link: "https://b.example/bonjour-tout-le-monde", html: "Bienvenue dans WordPress.", at: noon}, false},
		{"two podcasts' trailers",
			telling{source: "a", title: "Trailer", link: "https://a.example/trailer", html: "A new show.", at: noon},
			telling{source: "b", title: "Trailer", link: "https://b.example/trailer", html: "Listen to us.", at: noon}, false},
		{"two newsletters of a month",
			telling{source: "a", title: "May 2026", link: "https://a.example/may-2026", html: "What we did.", at: noon},
			telling{source: "b", title: "May 2026", link: "https://b.example/may-2026", html: "All that was.", at: noon}, false},
		{"two channels' videos of one name",
			telling{source: "a", title: "Live stream", link: "https://tube.example/watch?v=aaaaaaaaaaa", at: noon},
			telling{source: "b", title: "Live stream", link: "https://tube.example/watch?v=bbbbbbbbbbb", at: noon}, false},
		{"two people's posts under numbers",
			telling{source: "a", title: "Good morning", link: "https://social.example/@a/113456789012345678", html: "Good morning", at: noon},
			telling{source: "b", title: "Good morning", link: "https://social.example/@b/113456789012345679", html: "Good morning", at: noon}, false},
		{"one project's v1.0.0 on two sites",
			telling{source: "a", title: "v1.0.0", link: "https://a.example/releases/v1.0.0", html: textA, at: noon},
			telling{source: "b", title: "v1.0.0", link: "https://b.example/releases/v1.0.0", html: textA, at: noon}, true},

		// Canonical link or IRI, not at home.
		{"planet: link and like titles",
			telling{source: "a", title: "One and two", link: "https://a.example/x", html: textA, at: noon},
			telling{source: "planet", title: "One and Two", link: "https://a.example/x", html: head(textB, 40), at: noon}, true},
		{"planet: link and like texts",
			telling{source: "a", title: "One", link: "https://a.example/x", html: textA, at: noon},
			telling{source: "planet", title: "Alice: two", link: "https://a.example/x", html: textA, at: noon}, true},
		{"comment upon a link",
			telling{source: "a", title: "One", link: "https://a.example/x", html: textA, at: noon},
			telling{source: "links", title: "Worth reading", link: "https://a.example/x", html: head(textB, 40), at: noon}, false},
		{"comment upon a link whose address tells",
			telling{source: "a", title: "One", link: "https://a.example/what-compilers-really-do", html: head(textA, 30), at: noon},
			telling{source: "links", title: "Worth reading", link: "https://a.example/what-compilers-really-do", html: head(textB, 40), at: noon}, false},
		{"pointer without words",
			telling{source: "a", title: "One", link: "https://a.example/x", html: textA, at: noon},
			telling{source: "links", title: "Worth reading", link: "https://a.example/x", html: "Comments", at: days(200), lang: "en"}, true},
		{"the target of a pointer without words",
			telling{source: "links", title: "Worth reading", link: "https://a.example/x", html: "Comments", at: noon},
			telling{source: "a", title: "One", link: "https://a.example/x", html: textA, at: noon}, true},
		{"two pointers without words",
			telling{source: "links", title: "Worth reading", link: "https://a.example/x", html: "Comments", at: noon},
			telling{source: "more", title: "Look", link: "https://a.example/x", html: "Comments", at: noon}, true},
		{"pointer without words and a comment upon the link",
			telling{source: "more", title: "Worth reading", link: "https://a.example/x", html: textB, at: noon},
			telling{source: "links", title: "Look", link: "https://a.example/x", html: "Comments", at: noon}, false},
		{"IRI and like titles",
			telling{source: "a", id: "urn:x:1", title: "One and two", link: "https://a.example/x", html: "short", at: noon},
			telling{source: "b", id: "urn:x:1", title: "One and two", link: "https://b.example/1", html: "other", at: noon}, true},
		{"IRI and like texts",
			telling{source: "a", id: "urn:x:1", title: "One", link: "https://a.example/x", html: textA, at: noon},
			telling{source: "b", id: "urn:x:1", title: "Two", link: "https://b.example/1", html: textA, at: noon}, true},
		{"IRI alone", // XF02
			telling{source: "a", id: "urn:x:1", title: "One", link: "https://a.example/x", html: textA, at: noon},
			telling{source: "b", id: "urn:x:1", title: "Two", link: "https://b.example/1", html: "Buy!", at: noon}, false},
		{"an id that is no IRI", // I1
			telling{source: "a", id: "1", title: "One and two", html: textA, at: noon},
			telling{source: "b", id: "1", title: "One and two", html: textA, at: days(5)}, true},
		{"an id that is no IRI, other titles", // I1
			telling{source: "a", id: "1", title: "One and two", html: textA, at: noon},
			telling{source: "b", id: "1", title: "Three", html: textA, at: noon}, false},
	} {
		checkPair(t, tt.name, tt.a, tt.b, tt.want)
	}
}

// What speaks against one story, beside a telling slug that speaks for it.
func TestEvidenceAgainst(t *testing.T) {
	a := telling{source: "a", title: "The great story of it", link: "https://a.example/the-great-story", html: textA, at: noon}
	with := func(change func(*telling)) telling {
		b := telling{source: "b", title: "Another headline", link: "https://b.example/the-great-story", html: textA, at: noon}
		change(&b)
		return b
	}
	withA := func(change func(*telling)) telling {
		c := a
		change(&c)
		return c
	}
	for _, tt := range []struct {
		name string
		a, b telling
		want bool
	}{
		{"nothing", a, with(func(*telling) {}), true},
		{"other text", a, with(func(b *telling) { b.html = textB }), false},
		{"other text, too few words", a, with(func(b *telling) { b.html = head(textB, 47) }), true},
		{"other text, enough words", a, with(func(b *telling) { b.html = head(textB, 70) }), false},
		{"other text under the same title, a third as long", a, with(func(b *telling) { b.html = head(textB, 60); b.title = a.title }), true},
		{"other text under the same title, half as long", a, with(func(b *telling) { b.html = head(textB, 100); b.title = a.title }), false},
		{"a third of the text is new", a, with(func(b *telling) { b.html = head(textA, 130) + " " + head(textB, 70) }), true},
		{"other language", withA(func(a *telling) { a.lang = "en-GB" }), with(func(b *telling) { b.lang = "de" }), false},
		{"same language elsewhere", withA(func(a *telling) { a.lang = "en-GB" }), with(func(b *telling) { b.lang = "EN_us" }), true},
		{"one language stated", withA(func(a *telling) { a.lang = "en" }), with(func(*telling) {}), true},
		{"Norwegian by either name", withA(func(a *telling) { a.lang = "nb-NO" }), with(func(b *telling) { b.lang = "no" }), true},
		{"a language's old code", withA(func(a *telling) { a.lang = "iw" }), with(func(b *telling) { b.lang = "he" }), true},
		{"a language that is none", withA(func(a *telling) { a.lang = "English" }), with(func(b *telling) { b.lang = "en" }), true},
		{"language undetermined", withA(func(a *telling) { a.lang = "en" }), with(func(b *telling) { b.lang = "und" }), true},
		{"91 days, like texts", a, with(func(b *telling) { b.at = noon.AddDate(0, 0, 91) }), true},
		{"91 days, short texts", withA(func(a *telling) { a.html = "x" }), with(func(b *telling) { b.html = "y"; b.at = noon.AddDate(0, 0, 91) }), false},
		{"90 days, short texts", withA(func(a *telling) { a.html = "x" }), with(func(b *telling) { b.html = "y"; b.at = noon.AddDate(0, 0, 90) }), true},
		{"no date", withA(func(a *telling) { a.html = "x" }), with(func(b *telling) { b.html = "y"; b.at = time.Time{} }), true},
		{"another page of the same host", a, with(func(b *telling) { b.link = "http://www.a.example/2/the-great-story" }), false},
		{"the same page of the same host", a, with(func(b *telling) { b.link = "http://www.a.example/the-great-story/" }), true},
		{"another port of the host", withA(func(a *telling) { a.link = "http://localhost:1/the-great-story" }),
			with(func(b *telling) { b.link = "http://localhost:2/the-great-story" }), true},
	} {
		checkPair(t, tt.name, tt.a, tt.b, tt.want)
	}
}

// checkPair decides a pair both ways: which of them is told first must not
// matter.
func checkPair(t *testing.T, name string, a, b telling, want bool) {
	t.Helper()
	for _, order := range [][2]telling{{a, b}, {b, a}} {
		v := identity.Decide(order[1].newcomer(), []identity.Holder{order[0].holder()}, guarded)
		if (v.Holder == 0) != want {
			t.Errorf("%s, %s first: holder %d, %s", name, order[0].source, v.Holder, v.Why)
		}
		if v.Why == "" || v.Holder < 0 && v.TakesOver {
			t.Errorf("%s: verdict %+v", name, v)
		}
	}
}

// Whoever an item names as author or source, and whatever its document says of
// itself, makes it nobody's but its own source's: it takes nothing over and is
// at home nowhere else (XF03, XF06, XF07, XF14).
func TestClaimsGiveNoRank(t *testing.T) {
	a := telling{source: "a", title: "The great story of it", link: "https://a.example/the-great-story", html: textA, at: noon}
	it := feed.Item{Content: content("The great story of it", "https://a.example/the-great-story", textA), Published: noon.AddDate(0, 0, -1)}
	it.Authors = []feed.Person{{Name: "Alice (A)", Email: "alice@a.example", URI: "https://a.example/"}}
	it.Origin = &feed.Origin{ID: "https://a.example/feed.xml", Title: "A", Link: "https://a.example/", Self: "https://a.example/feed.xml"}
	doc := document(it)
	doc.Profile = feed.Profile{Title: "A", Link: "https://a.example/", Self: "https://a.example/feed.xml"}
	identity.Prepare(blog("b"), doc, nil)
	if doc.Items[0].Traits.Home {
		t.Error("an item is at home where its document claims to be")
	}
	n := &identity.Newcomer{Source: "b", Item: &doc.Items[0], Published: it.Published, Rank: identity.Rank{Home: doc.Items[0].Traits.Home}}
	if v := identity.Decide(n, []identity.Holder{a.holder()}, guarded); v.Holder != 0 || v.TakesOver {
		t.Errorf("%+v: want a sighting", v)
	}
}

// Links that several items of one page share are told apart by fragments.
func TestFragmentsOfOnePage(t *testing.T) {
	doc := document(
		feed.Item{RawID: "1", Content: content("The great story of a year", "https://a.example/all#1", "x"), Published: noon},
		feed.Item{RawID: "2", Content: content("The great story of a year", "https://a.example/all#2", "x"), Published: noon},
	)
	identity.Prepare(blog("a"), doc, nil)
	h := identity.Holder{Slug: "h", Source: "b", Traits: doc.Items[0].Traits, Link: doc.Items[0].Link, Published: noon}
	n := &identity.Newcomer{Source: "a", Item: &doc.Items[1], Published: noon}
	if v := identity.Decide(n, []identity.Holder{h}, guarded); v.Holder >= 0 {
		t.Errorf("joined: %s", v.Why)
	}
}

// One source's own two items are one story by the same rules, but it takes
// more than a slug: the source itself gave them two ids.
func TestOwnItems(t *testing.T) {
	daily := telling{source: "a", title: "The daily news of our town", html: "Listen to it", at: noon}
	tomorrow := daily
	tomorrow.html, tomorrow.at = "Listen again", noon.AddDate(0, 0, 3)
	checkPair(t, "a podcast's daily title", daily, tomorrow, false)

	moved := telling{source: "a", title: "One", link: "https://a.example/x", html: textA, at: noon}
	again := moved
	again.title, again.link = "Two", "http://a.example/x?utm_source=rss"
	checkPair(t, "a new guid for the same link", moved, again, true)

	page := telling{source: "a", title: "Word of the day", link: "https://a.example/word", html: "Serendipity", at: noon}
	nextDay := page
	nextDay.html, nextDay.at = "Petrichor", noon.AddDate(0, 0, 1)
	checkPair(t, "a page with another text every day", page, nextDay, false)
	sameDay := page
	sameDay.html = "Petrichor"
	checkPair(t, "a new guid for the same link, title and date", page, sameDay, true)
	section, other := page, page
	section.link, other.link = "https://a.example/changes#v1", "https://a.example/changes#v2"
	checkPair(t, "two sections of one page, one at a time", section, other, false)

	twice := telling{source: "a", title: "Update", link: "https://elsewhere.example/1", html: "We mended the first thing", at: noon}
	second := twice
	second.link, second.html = "", "And now the second one too"
	checkPair(t, "two short notes of one day under one title", twice, second, false)

	weekly := telling{source: "a", title: "What we read in town", link: "https://a.example/1/what-we-read", html: textA, at: noon}
	next := weekly
	next.link, next.at = "https://a.example/2/what-we-read", noon.AddDate(0, 0, 7)
	checkPair(t, "the same slug on another page", weekly, next, false)
}

// The modes of dedupe; the stricter of the source's and the operator's holds.
func TestDedupeModes(t *testing.T) {
	a := telling{source: "a", title: "The great story of it", link: "https://a.example/the-great-story", html: textA, at: noon}
	slugOnly := telling{source: "b", title: "The great story of it", link: "https://b.example/the-great-story", html: textA, at: noon}
	link := telling{source: "b", title: "The great story of it", link: "https://a.example/the-great-story", html: textA, at: noon}
	own := a
	for _, tt := range []struct {
		name         string
		b            telling
		source, rule feed.Dedupe
		want         bool
	}{
		{"by slug", slugOnly, feed.BySlug, feed.BySlug, true},
		{"by link, only the slug is the same", slugOnly, feed.ByLink, feed.BySlug, false},
		{"operator by link", slugOnly, feed.BySlug, feed.ByLink, false},
		{"by link", link, feed.ByLink, feed.BySlug, true},
		{"by none", link, feed.ByNone, feed.BySlug, false},
		{"operator by none", link, feed.BySlug, feed.ByNone, false},
		{"by none, the source's own", own, feed.ByNone, feed.ByNone, true},
	} {
		tt.b.dedupe = tt.source
		v := identity.Decide(tt.b.newcomer(), []identity.Holder{a.holder()}, identity.Rules{By: tt.rule, Guard: true})
		if (v.Holder == 0) != tt.want {
			t.Errorf("%s: %+v", tt.name, v)
		}
	}
}

// Without the guard an equal slug is enough, whatever speaks against it; but
// never between two items of one source.
func TestWithoutGuard(t *testing.T) {
	a := telling{source: "a", title: "Hello world", link: "https://a.example/hello-world", html: textA, at: noon, lang: "en"}
	b := telling{source: "b", title: "Other", link: "https://b.example/hello-world", html: textB, at: noon.AddDate(1, 0, 0), lang: "de"}
	open := identity.Rules{}
	if v := identity.Decide(b.newcomer(), []identity.Holder{a.holder()}, open); v.Holder != 0 {
		t.Errorf("equal slug: %+v", v)
	}
	b.link = "https://b.example/other"
	if v := identity.Decide(b.newcomer(), []identity.Holder{a.holder()}, open); v.Holder != -1 {
		t.Errorf("other slug: %+v", v)
	}
	own := a
	own.link, own.html = "https://a.example/2/hello-world", textB
	if v := identity.Decide(own.newcomer(), []identity.Holder{a.holder()}, open); v.Holder != -1 {
		t.Errorf("own items: %+v", v)
	}
}

// Of several holders the one with the strongest reason is meant, of equal ones
// the oldest.
func TestStrongestHolder(t *testing.T) {
	n := telling{source: "n", site: "https://a.example", title: "The great story of it", link: "https://a.example/the-great-story", html: textA, at: noon}
	bySlug := telling{source: "b", title: "x", link: "https://b.example/the-great-story", html: textA, at: noon}.holder()
	byLink := telling{source: "a", title: "x", link: "https://a.example/the-great-story", html: textA, at: noon}.holder()
	none := telling{source: "c", title: "x", link: "https://c.example/the-great-story", html: textB, at: noon}.holder()
	for _, tt := range []struct {
		holders []identity.Holder
		want    int
	}{
		{nil, -1},
		{[]identity.Holder{none}, -1},
		{[]identity.Holder{none, bySlug, bySlug}, 1},
		{[]identity.Holder{none, bySlug, byLink, byLink}, 2},
	} {
		if v := identity.Decide(n.newcomer(), tt.holders, guarded); v.Holder != tt.want {
			t.Errorf("%d holders: %+v, want %d", len(tt.holders), v, tt.want)
		}
	}
}

// An item takes over what it outranks, by priority and then by home, and
// nothing of equal rank.
func TestTakesOver(t *testing.T) {
	home := telling{source: "a", title: "The great story", link: "https://a.example/x", html: textA, at: noon}
	planet := telling{source: "planet", title: "The great story", link: "https://a.example/x", html: textA, at: noon}
	mirror := telling{source: "b", site: "https://a.example", title: "The great story", link: "https://a.example/x", html: textA, at: noon}
	local := telling{source: "local", site: "https://a.example", title: "The great story", link: "https://a.example/x", html: textA, at: noon, priority: 100}
	for _, tt := range []struct {
		name string
		n, h telling
		want bool
	}{
		{"home over planet", home, planet, true},
		{"planet over home", planet, home, false},
		{"mirror over home", mirror, home, false},
		{"local over home", local, home, true},
		{"home over local", home, local, false},
	} {
		v := identity.Decide(tt.n.newcomer(), []identity.Holder{tt.h.holder()}, guarded)
		if v.Holder != 0 || v.TakesOver != tt.want {
			t.Errorf("%s: %+v", tt.name, v)
		}
	}
}

func TestOrder(t *testing.T) {
	sorted := []*identity.Newcomer{
		{Source: "z", Rank: identity.Rank{Priority: 100}, Published: noon, Item: &feed.Item{}},
		{Source: "z", Rank: identity.Rank{Home: true}, Published: noon, Item: &feed.Item{}},
		{Source: "c", Published: noon.Add(-time.Second), Item: &feed.Item{Key: feed.Key{9}}},
		{Source: "a", Published: noon, Item: &feed.Item{Key: feed.Key{9}}},
		{Source: "b", Published: noon, Item: &feed.Item{Key: feed.Key{1}}},
		{Source: "b", Published: noon, Item: &feed.Item{Key: feed.Key{2}}},
		{Source: "b", Published: noon, Item: &feed.Item{Key: feed.Key{2}, Position: 1}},
	}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := identity.Order(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("Order(%d, %d) = %d", i, j, got)
			}
		}
	}
}

// The estimate of shared text is good enough for its thresholds: the same
// shares come out of sketches as out of the texts.
func TestSharesOfLongTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		a, b := prose(rng.Uint64(), 3000), prose(rng.Uint64(), 3000)
		for _, tt := range []struct {
			part float64
			same bool
		}{{0, false}, {0.1, false}, {0.85, true}, {1, true}} {
			mixed := head(a, int(3000*tt.part)) + " " + head(b, 3000-int(3000*tt.part))
			first := telling{source: "a", title: "One", link: "https://a.example/the-great-story", html: a, at: noon}
			second := telling{source: "b", title: "Two", link: "https://b.example/the-great-story", html: mixed, at: noon}
			if v := identity.Decide(second.newcomer(), []identity.Holder{first.holder()}, guarded); (v.Holder == 0) != tt.same {
				t.Errorf("%.0f %% shared: %s", 100*tt.part, v.Why)
			}
		}
	}
}

// Mark-up, entities, case, accents and punctuation do not make another text.
func TestSketchSeesWords(t *testing.T) {
	plain := "Don't call it a day the café is 2 open for all & the rest of us here"
	want := prepared(blog("a"), feed.Item{Content: feed.Content{Title: "T", Summary: plain}}).Traits.Sketch
	for _, html := range []string{
		"<p>Don&rsquo;t <b>call</b> it a day.</p><!-- no --><P>The caf&eacute; is&nbsp;2 open: for all &amp; the rest of us here</p>",
		"DON’T call it a day <img alt=\"a > b\" src='x'>the cafe\u0301 is 2 op<i>en</i> for all <br/> the rest of us here<script>no</script>",
		"Don&#39;t call it a day the caf&#233; is 2 open for all < the rest of us he\u00adre <style>p{}</style><style>",
	} {
		got := prepared(blog("a"), feed.Item{Content: content("T", "", html)}).Traits.Sketch
		if got.Words != want.Words || len(got.Shingles) != len(want.Shingles) || got.Shingles[0] != want.Shingles[0] {
			t.Errorf("%s: %+v, want %+v", html, got, want)
		}
	}
}

// Scripts without spaces are compared by runs of characters.
func TestSpacelessTexts(t *testing.T) {
	text := strings.Repeat("我们今天讨论的是关于人工智能在未来社会中的作用以及它对教育医疗交通等领域的影响", 1)
	other := "昨日の夜東京では大雨が降り電車が止まったため多くの人々が駅で夜を過ごしたと報じられている"
	s := prepared(blog("a"), feed.Item{Content: content("T", "", text)}).Traits.Sketch
	if runes := len([]rune(text)); s.Words != (runes+1)/2 || len(s.Shingles) != runes-4 || !s.Full {
		t.Errorf("%d characters: %d words, %d shingles", runes, s.Words, len(s.Shingles))
	}
	a := telling{source: "a", title: "大新闻", link: "https://a.example/1", html: text, at: noon}
	b := telling{source: "planet", title: "别的标题", link: "https://a.example/1", html: "<p>转载：" + text + "</p>", at: noon}
	checkPair(t, "quoted text", a, b, true)
	b.html = other + other
	checkPair(t, "other text", a, b, false)
	b.title = "大新闻啊"
	checkPair(t, "like title", a, b, true)
}
