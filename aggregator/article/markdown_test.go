package article_test

import (
	"strings"
	"testing"
	"time"

	"weir/feed"
)

func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ name, text, title, html string }{
		{"its first heading is the title", "# A *good* title\n\nText.", "A good title", "<p>Text.</p>"},
		{"underlined", "A title\n=======\n\nText.", "A title", "<p>Text.</p>"},
		{"a heading that repeats the title", "---\ntitle: A title\n---\n# A  Title\n\nText.", "A title", "<p>Text.</p>"},
		{"a heading that does not", "---\ntitle: A title\n---\n# Another\n\nText.", "A title", "<h2>Another</h2>\n<p>Text.</p>"},
		{"no title at all", "Just a note. And more of it.", "Just a note.", "<p>Just a note. And more of it.</p>"},
		{"strikethrough", "# T\n\n~~no~~", "T", "<p><del>no</del></p>"},
		{"autolinks", "# T\n\nhttps://example.net/", "T", `<p><a href="https://example.net/">https://example.net/</a></p>`},
		{"code", "# T\n\n```go\na < b\n```", "T", "<pre><code>a &lt; b\n</code></pre>"},
		{"raw HTML is cleaned", "# T\n\n<p onclick=\"x()\">Hi<script>x()</script></p>", "T", "<p>Hi</p>"},
		{"a hidden scheme", "# T\n\n[a](javascript&colon;x) b", "T", "<p>a b</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := one(t, "a.md", c.text)
			if it.Title != c.title || strings.TrimSpace(it.HTML) != c.html {
				t.Errorf("title %q, text\n%s\nwant %q\n%s", it.Title, it.HTML, c.title, c.html)
			}
		})
	}
}

func TestMarkdownExtensions(t *testing.T) {
	it := one(t, "a.md", "# T\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nA claim.[^1]\n\n[^1]: Its source.\n")
	for _, want := range []string{"<td>1</td>", "Its source."} {
		if !strings.Contains(it.HTML, want) {
			t.Errorf("text lacks %s:\n%s", want, it.HTML)
		}
	}
	// Ids do not survive cleaning, so a jump to one would lead nowhere.
	if strings.Contains(it.HTML, "#fn") || strings.Contains(it.HTML, "↩") {
		t.Errorf("footnotes still jump:\n%s", it.HTML)
	}
}

func TestMore(t *testing.T) {
	it := one(t, "a.md", "# T\n\nThe *short* of it.\n\n<!-- more -->\n\nThe long.")
	if it.Summary != "The short of it." || it.HTML != "<p>The short of it.</p>\n<p>The long.</p>" &&
		!strings.Contains(it.HTML, "The long.") {
		t.Errorf("summary %q, text %q", it.Summary, it.HTML)
	}
	if it := one(t, "a.md", "---\nsummary: Mine.\n---\n# T\n\nx\n\n<!--more-->\n\ny"); it.Summary != "Mine." {
		t.Errorf("summary is %q; want the one of the front matter", it.Summary)
	}
}

func TestPage(t *testing.T) {
	it := one(t, "a.html", `<!DOCTYPE html>
<html lang="fr">
<head>
<title>Le titre – Le site</title>
<meta name="viewport" content="width=device-width">
<meta name="description" content="Le r&eacute;sum&eacute;.">
<meta name="author" content="Ana Lima">
<meta name="author" content="Bo Ek">
<meta property="article:published_time" content="2026-11-02T10:00:00+01:00">
<meta property="article:modified_time" content="2026-11-03">
<meta property="article:author" content="https://social.example.net/ana">
<meta property="article:tag" content="eau">
<meta property="article:tag" content="ville">
<meta property="og:image" content="https://cdn.example.net/i.png">
<meta property="og:type" content="article">
<meta property="og:url" content="https://elsewhere.example.net/x">
<link rel="canonical" href="https://elsewhere.example.net/x">
<style>p { color: red }</style>
</head>
<body>
<nav>Menu</nav>
<main><article><header><h1>Le titre</h1></header><p>Le texte.</p></article></main>
<footer>Fin</footer>
</body></html>`)
	want := feed.Content{
		Title: "Le titre", Link: site + "e/a/", Summary: "Le résumé.", HTML: "<p>Le texte.</p>", Language: "fr",
		Authors: []feed.Person{{Name: "Ana Lima"}, {Name: "Bo Ek"}},
		Tags:    []feed.Tag{{Term: "eau"}, {Term: "ville"}},
		Image:   "https://cdn.example.net/i.png",
		Links:   []feed.Link{{Rel: "canonical", Href: "https://elsewhere.example.net/x"}},
	}
	it.HTML = strings.TrimSpace(it.HTML)
	diff(t, "content", it.Content, want)
	if it.Published.Hour() != 9 || it.Updated.Day() != 3 {
		t.Errorf("published %v, updated %v", it.Published, it.Updated)
	}
}

func TestPageForms(t *testing.T) {
	for _, c := range []struct{ name, text, title, html string }{
		{"a fragment", "<h1>T</h1><p>x</p>", "T", "<p>x</p>"},
		{"a body", "<title>T</title><body><p>x</p></body>", "T", "<p>x</p>"},
		{"a main part", "<title>T</title><body><nav>n</nav><main><p>x</p></main>", "T", "<p>x</p>"},
		{"front matter", "---\ntitle: T\n---\n<p>x</p>", "T", "<p>x</p>"},
		{"another heading", "<title>T</title><h1>Other</h1><p>x</p>", "T", "<h2>Other</h2><p>x</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := one(t, "a.html", c.text)
			if it.Title != c.title || strings.TrimSpace(it.HTML) != c.html {
				t.Errorf("title %q, text %q; want %q, %q", it.Title, it.HTML, c.title, c.html)
			}
		})
	}
	res := read(t, map[string]string{"a.htm": "<p>x\n<meta name=date\ncontent=soon>"})
	if got := lines(res.Problems); len(got) != 1 || !strings.HasPrefix(got[0], "a.htm:2: date: ") {
		t.Errorf("problems are %q; want one on line 2", got)
	}
}

// What a page says of itself in JSON-LD or shows counts where its head says
// nothing, and is no error when it cannot be read.
func TestPageDescribesItself(t *testing.T) {
	for _, c := range []struct{ name, text, title, date, updated, author, summary string }{
		{name: "JSON-LD", text: `<script type="application/ld+json">{"@type": "NewsArticle", "headline": "T", "datePublished": "2026-04-02",
			"dateModified": "2026-04-03T10:00:00Z", "author": {"@type": "Person", "name": "Ana Lima", "image": {"url": "x"}}, "description": "D",
			"image": {"@id": "#i"}, "inLanguage": ["en"], "keywords": {"a": 1}}</script><p>x`,
			title: "T", date: "2026-04-02", updated: "2026-04-03", author: "Ana Lima", summary: "D"},
		{name: "a graph", text: `<title>T</title><script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "S"},
			{"@type": ["Thing", "BlogPosting"], "headline": "Other", "datePublished": "2026-04-02", "author": {"@id": "#a"}},
			{"@id": "#a", "@type": "Person", "name": "Ana Lima"}]}</script><p>x`, title: "T", date: "2026-04-02", author: "Ana Lima"},
		{name: "of no article", text: `<title>T</title><script type="application/ld+json">[{"@type": "Event", "datePublished": "2026-04-02"}]</script><p>x`, title: "T"},
		{name: "broken", text: `<title>T</title><script type="application/ld+json">{"@type": "Article", "datePublished": </script><p>x`, title: "T"},
		{name: "unreadable values", text: `<title>T</title><script type="application/ld+json">{"@type": "Article", "headline": ["a"], "datePublished": "soon",
			"author": [{"name": 7}, {"@type": "Person"}], "image": true}</script><p>x`, title: "T"},
		{name: "below the head", text: `<title>T</title><meta name="date" content="2026-01-01"><meta name="author" content="Bo">
			<script type="application/ld+json">{"@type": "Article", "datePublished": "2026-04-02", "author": "Ana Lima"}</script><p>x`,
			title: "T", date: "2026-01-01", author: "Bo"},
		{name: "a time above the text", text: `<article><h1>T</h1><time datetime="2026-04-03">April</time> <a rel="author" href="/a">By Ana Lima</a><p>x</p></article>`,
			title: "T", date: "2026-04-03", author: "Ana Lima"},
		{name: "a marked time", text: `<h1>T</h1><p>x <time class="entry-date dt-published" datetime="2026-04-03">x</time>
			<time itemprop="dateModified" datetime="2026-04-04"></time></p>`, title: "T", date: "2026-04-03", updated: "2026-04-04"},
		{name: "a time in the text", text: `<h1>T</h1><p>On <time datetime="2026-04-03">Friday</time>.</p>`, title: "T"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := one(t, "a.html", c.text)
			want := feed.Item{Content: feed.Content{Title: c.title, Summary: c.summary}}
			if c.author != "" {
				want.Authors = []feed.Person{{Name: c.author}}
			}
			got := feed.Item{Content: feed.Content{Title: it.Title, Summary: it.Summary, Authors: it.Authors}}
			diff(t, "item", got, want)
			if date := it.Published.Format(time.DateOnly); c.date != "" && date != c.date || c.date == "" && !it.Published.Equal(edited) {
				t.Errorf("published on %s; want %q", date, c.date)
			}
			if updated := it.Updated.Format(time.DateOnly); c.updated != "" && updated != c.updated || c.updated == "" && !it.Updated.IsZero() {
				t.Errorf("updated on %s; want %q", updated, c.updated)
			}
		})
	}
}
