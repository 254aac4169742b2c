package publisher_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"weir/feed"
)

// attributes returns the values of an attribute in a page, in order.
func attributes(page, tag, name string) (values []string) {
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		if t := z.Token(); t.Data == tag && t.Type != html.EndTagToken {
			for _, a := range t.Attr {
				if a.Key == name {
					values = append(values, a.Val)
				}
			}
		}
	}
	return values
}

var pagePaths = []string{"index.html", "go/index.html", "e/how-weirs-work/index.html", "embed/index.html", "subscribe/index.html"}

// No page runs or fetches anything: no script, no handler, no style but the
// one whose hash its policy allows (XE14, S24).
func TestPagesAreInert(t *testing.T) {
	h, s := handler(t)
	for _, path := range pagePaths {
		page := body(t, s, path)
		if strings.Contains(page, "<script") || regexp.MustCompile(`<[^>]+\s(on\w+|style)=`).MatchString(page) {
			t.Errorf("%s holds script or inline style", path)
		}
		style := page[strings.Index(page, "<style>")+len("<style>") : strings.Index(page, "</style>")]
		if len(style) > 8<<10 {
			t.Errorf("%s: %d bytes of style; want at most 8 KiB", path, len(style))
		}
		sum := sha256.Sum256([]byte(style))
		allowed := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		served := ask(h, "GET", "/"+strings.TrimSuffix(path, "index.html")).Header.Get("Content-Security-Policy")
		if inPage := strings.Join(attributes(page, "meta", "content"), "\n"); !strings.Contains(served, allowed) || !strings.Contains(inPage, allowed) {
			t.Errorf("%s: the policy does not allow the page's style: %s", path, served)
		}
		if strings.Contains(page, "Today") || strings.Contains(page, "Yesterday") {
			t.Errorf("%s names a day by what it is now", path)
		}
	}
}

// Readers and people find the formats, in the order that discovery prefers,
// by relative addresses that lead to what is there.
func TestPagesLeadToFeeds(t *testing.T) {
	_, s := handler(t)
	for path, want := range map[string][]string{
		"index.html": {"rss.xml", "atom.xml", "feed.json"}, "go/index.html": {"rss.xml", "atom.xml", "feed.json"},
		"e/how-weirs-work/index.html": {"../../rss.xml", "../../atom.xml", "../../feed.json"},
	} {
		page := body(t, s, path)
		var feeds []string
		for i, href := range attributes(page, "link", "href") {
			if attributes(page, "link", "rel")[i] == "alternate" {
				feeds = append(feeds, href)
			}
		}
		if !slices.Equal(feeds, want) {
			t.Errorf("%s: feeds %v; want %v", path, feeds, want)
		}
		for _, href := range attributes(page, "a", "href") {
			if strings.HasPrefix(href, "https://planet.example.org/") || strings.HasPrefix(href, "/") {
				t.Errorf("%s: link %s to this site is not relative", path, href)
			}
		}
	}
	if types := attributes(body(t, s, "index.html"), "link", "title"); len(types) != 3 {
		t.Errorf("%d titled links; want 3", len(types))
	}
}

func TestRiver(t *testing.T) {
	_, s := handler(t)
	page := body(t, s, "index.html")
	for _, want := range []string{
		`<time datetime="2026-11-20">20 November 2026</time>`,
		`<article class="h-entry" lang="he" dir="rtl">`,
		`<a class="u-url" href="e/how-weirs-work/" rel="noopener">How weirs work</a>`,
		`Generics in anger: when &lt;T&gt; &amp; &#34;any&#34; earn their keep`,
		`Also covered by <a href="https://xn--caf-dma.example/lu-cette-semaine" rel="noopener">Café Société</a>`,
		`<audio class="u-audio" controls preload="none" src="https://cdn.radio.example/42.mp3">`,
		`43 min, 49.9 MB, audio/mpeg`,
		`loading="lazy" decoding="async" referrerpolicy="no-referrer"`,
		`<li class="p-category">Generics</li>`,
		`<a href="./" aria-current="page">All</a>`,
		`<a href="go/">Only Go</a>`,
		`href="sources.opml"`,
		`<a class="skip" href="#stories">`,
		// Headings of a body rank below the story's.
		`<h4>Why build one</h4>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := strings.Count(page, "<audio"); n != 1 {
		t.Errorf("%d players; want one per story", n)
	}
	if strings.Contains(page, "Permanent") || strings.Count(page, "<details>") != 2 {
		t.Error("a body that says no more than its summary is offered as full text")
	}
	if inner := body(t, s, "go/index.html"); !strings.Contains(inner, `<a href="../">All</a>`) || !strings.Contains(inner, `<a href="../go/" aria-current="page">`) {
		t.Error("the channel's page does not lead back")
	}
}

func TestArticlePage(t *testing.T) {
	_, s := handler(t)
	page := body(t, s, "e/how-weirs-work/index.html")
	for _, want := range []string{
		`<h1 class="p-name" dir="auto">How weirs work</h1>`,
		`<h2>Why build one</h2>`,
		`<link rel="canonical" href="https://planet.example.org/e/how-weirs-work/">`,
		`<meta property="og:type" content="article">`,
		`<meta property="og:title" content="How weirs work">`,
		`<meta property="article:published_time" content="2026-11-20T09:00:00Z">`,
		`Oliver Smith has measured small rivers`,
		`<img src="../../e/how-weirs-work/diagram.svg" alt="A weir from the side"`,
		`<a href="../../">the other stories</a>`,
		`<a href="https://en.wikipedia.org/wiki/Weir">an encyclopaedia</a>`,
		`<li class="p-category">Engineering</li>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "ugc") {
		t.Error("the site's own links are marked as a stranger's")
	}
	if !strings.Contains(body(t, s, "index.html"), `<img src="https://go.example.com/chart.png" alt="Chart of build times" loading="lazy"`) {
		t.Error("pictures in bodies are not loaded late")
	}
}

// The list for frames holds ten headlines in under 15 KB, and every link
// leaves the frame without a way back (XE15).
func TestEmbed(t *testing.T) {
	var entries []feed.Placed
	for i := range 30 {
		e := blogPost()
		e.Slug, e.ID = fmt.Sprintf("post-%d", i), fmt.Sprintf("urn:x:%d", i)
		e.Title = strings.Repeat("A very long headline ", 50)
		entries = append(entries, e)
	}
	shelf := library()
	shelf.put("all", entries...)
	page := body(t, render(t, newPublisher(t, options(), shelf)), "embed/index.html")
	if len(page) > 15_000 || strings.Count(page, "<li ") != 10 {
		t.Errorf("%d bytes, %d headlines; want under 15,000 and 10", len(page), strings.Count(page, "<li "))
	}
	links, targets, rels := attributes(page, "a", "href"), attributes(page, "a", "target"), attributes(page, "a", "rel")
	if len(links) != 11 || len(targets) != 11 || len(rels) != 11 || slices.ContainsFunc(targets, func(s string) bool { return s != "_blank" }) ||
		slices.ContainsFunc(rels, func(s string) bool { return s != "noopener" }) {
		t.Errorf("links %d, targets %v, rels %v", len(links), targets, rels)
	}
}

// A page stays small whatever the bodies weigh: full text has a budget.
func TestPageBudget(t *testing.T) {
	var entries []feed.Placed
	for i := range 50 {
		e := blogPost()
		e.Slug, e.ID = fmt.Sprintf("post-%d", i), fmt.Sprintf("urn:x:%d", i)
		e.HTML = "<p>" + strings.Repeat("words and more words ", 500) + "</p>"
		entries = append(entries, e)
	}
	shelf := library()
	shelf.put("all", entries...)
	page := body(t, render(t, newPublisher(t, options(), shelf)), "index.html")
	if full := strings.Count(page, "<details>"); full != 9 || strings.Count(page, "<article") != 50 {
		t.Errorf("%d stories of %d in full; want 9 of 50", full, strings.Count(page, "<article"))
	}
}

// Hostile text stays text in every context of every page (XE03, XE18).
func TestPagesEscape(t *testing.T) {
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	e := localArticle()
	e.Title, e.Summary, e.Language, e.Rights = evil, evil, evil, evil
	e.Authors = []feed.Person{{Name: evil, Bio: evil, URI: "javascript:alert(1)", Avatar: evil}}
	e.Tags = []feed.Tag{{Term: evil, Label: evil}}
	e.Image = "javascript:alert(1)"
	e.Attachments = []feed.Attachment{{URL: "javascript:alert(1)", Title: evil, Type: evil}, {URL: "https://a.example/" + evil, Title: evil, Type: evil}}
	e.Sightings = append(e.Sightings, feed.Sighting{Source: evil, Link: "javascript:alert(1)", Title: evil})
	shelf := library()
	shelf.put("all", e)
	shelf.put(".articles", e)
	shelf.windows["all"] = withProfile(shelf.windows["all"], evil, feed.Profile{Title: evil, Link: "javascript:alert(1)"})
	s := render(t, newPublisher(t, options(), shelf))
	for _, path := range pagePaths {
		z := html.NewTokenizer(strings.NewReader(body(t, s, path)))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			if token.Type == html.TextToken {
				continue
			}
			for _, a := range token.Attr {
				if token.Data == "script" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
					t.Errorf("%s: live markup <%s %s=%q>", path, token.Data, a.Key, a.Val)
				}
			}
		}
		if z.Err() != io.EOF {
			t.Error(z.Err())
		}
	}
}

func withProfile(w feed.Window, id string, p feed.Profile) feed.Window {
	w.Sources = map[string]feed.Profile{id: p}
	return w
}

// A site without a description of its own, which RSS gets its title for, does
// not say its title twice on the page; a channel below it says its own.
func TestPageSaysTitleOnce(t *testing.T) {
	opt := options()
	lead := `<p class="lead">`
	if page := body(t, render(t, newPublisher(t, opt, library())), "index.html"); !strings.Contains(page, lead) {
		t.Errorf("the page lacks the site's description %q", opt.Site.Description)
	}
	opt.Site.Description = ""
	for i := range opt.Channels {
		opt.Channels[i].Description = ""
	}
	s := render(t, newPublisher(t, opt, library()))
	if strings.Contains(body(t, s, "index.html"), lead) {
		t.Error("the page repeats the site's title as its description")
	}
	if !strings.Contains(body(t, s, "go/index.html"), lead) {
		t.Error("the page of a channel lacks what the channel is called")
	}
}
