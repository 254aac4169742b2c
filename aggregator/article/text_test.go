package article_test

import (
	"strings"
	"testing"

	"weir/feed"
)

// The whole layout: title, summary and slug, heading, sections, author twice,
// biography, and a link that leads nowhere.
const layout = `Harbour Town Rebuilds Its Ferry Fleet Around Batteries

Four electric ferries replace the diesel boats by spring, and the quay gets a charger that
the trams share.
harbour-town-electric-ferry-fleet

Quiet Boats for a Loud Harbour

The council voted on Tuesday for four electric ferries. The first is to cross in March.

Who Pays

The region carries two thirds of the cost; the port the rest, out of its dredging fund.

Night crossings stay as they are until the charger is finished.

Nora Falk
Nora Falk

Nora Falk covers ports and shipping from Harbour Town.

Read full bio →
`

func TestTextLayout(t *testing.T) {
	it := one(t, "0001.txt", layout)
	diff(t, "content", it.Content, feed.Content{
		Title:   "Harbour Town Rebuilds Its Ferry Fleet Around Batteries",
		Link:    site + "e/harbour-town-electric-ferry-fleet/",
		Summary: "Four electric ferries replace the diesel boats by spring, and the quay gets a charger that the trams share.",
		HTML: `<h2>Quiet Boats for a Loud Harbour</h2>
<p>The council voted on Tuesday for four electric ferries. The first is to cross in March.</p>
<h3>Who Pays</h3>
<p>The region carries two thirds of the cost; the port the rest, out of its dredging fund.</p>
<p>Night crossings stay as they are until the charger is finished.</p>`,
		Authors: []feed.Person{{Name: "Nora Falk", Bio: "Nora Falk covers ports and shipping from Harbour Town."}},
	})
	if it.Slug != "harbour-town-electric-ferry-fleet" {
		t.Errorf("slug is %q", it.Slug)
	}
}

// The parts of the layout may each be missing.
func TestTextParts(t *testing.T) {
	const p1, p2 = "The first paragraph has a few words.", "The second paragraph has some more words than the first."
	for _, c := range []struct {
		name, text                 string
		title, summary, slug, html string
		author                     feed.Person
	}{
		{name: "title and paragraphs", text: "T\n\n" + p1 + "\n\n" + p2,
			title: "T", summary: p1, slug: "a", html: "<p>" + p1 + "</p>\n<p>" + p2 + "</p>"},
		{name: "no summary", text: "T\n\nsome-slug\n\nA heading\n\n" + p1,
			title: "T", slug: "some-slug", html: "<h2>A heading</h2>\n<p>" + p1 + "</p>"},
		{name: "no slug", text: "T\n\n" + p1 + "\n\nA heading\n\n" + p2,
			title: "T", summary: p1, slug: "a", html: "<h2>A heading</h2>\n<p>" + p2 + "</p>"},
		{name: "no heading", text: "T\n\n" + p1 + "\nsome-slug\n\n" + p2,
			title: "T", summary: p1, slug: "some-slug", html: "<p>" + p2 + "</p>"},
		{name: "slug before the summary", text: "T\n\nsome-slug\n" + p1 + "\n\n" + p2,
			title: "T", summary: p1, slug: "some-slug", html: "<p>" + p2 + "</p>"},
		{name: "slug in a block of its own", text: "T\n\n" + p1 + "\n\nsome-slug\n\nA heading\n\n" + p2,
			title: "T", summary: p1, slug: "some-slug", html: "<h2>A heading</h2>\n<p>" + p2 + "</p>"},
		{name: "no blank line below the title", text: "T\n" + p1 + "\nsome-slug\n\n" + p2,
			title: "T", summary: p1, slug: "some-slug", html: "<p>" + p2 + "</p>"},
		{name: "a heading that repeats the title", text: "T\n\n" + p1 + "\nsome-slug\n\nt\n\n" + p2,
			title: "T", summary: p1, slug: "some-slug", html: "<p>" + p2 + "</p>"},
		{name: "a long line is no heading", text: "T\n\nsome-slug\n\n" + strings.Repeat("word ", 15) + "\n\n" + p1,
			title: "T", slug: "some-slug", html: "<p>" + strings.TrimSpace(strings.Repeat("word ", 15)) + "</p>\n<p>" + p1 + "</p>"},
		{name: "a sentence is no heading", text: "T\n\nsome-slug\n\nIt rains:\n\n" + p1,
			title: "T", slug: "some-slug", html: "<p>It rains:</p>\n<p>" + p1 + "</p>"},
		{name: "a short line at the end is no section", text: "T\n\nsome-slug\n\n" + p1 + "\n\nThe end",
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>\n<p>The end</p>"},
		{name: "wrapped lines", text: "T\n\nsome-slug\n\nOne\ntwo\n  three.",
			title: "T", slug: "some-slug", html: "<p>One two three.</p>"},
		{name: "lists and links", text: "T\n\nsome-slug\n\nSee (https://example.net/a?b=1&c=2).\n\n- one\n- two\n  wrapped\n\n1. first\n2. second",
			title: "T", slug: "some-slug",
			html: "<p>See (<a href=\"https://example.net/a?b=1&amp;c=2\">https://example.net/a?b=1&amp;c=2</a>).</p>\n<ul>\n<li>one</li>\n<li>two wrapped</li>\n</ul>\n<ol>\n<li>first</li>\n<li>second</li>\n</ol>"},
		{name: "markup is text", text: "A <b> & c\n\nsome-slug\n\n<script>x</script> & y.",
			title: "A <b> & c", slug: "some-slug", html: "<p>&lt;script&gt;x&lt;/script&gt; &amp; y.</p>"},
		{name: "author without biography, twice", text: "T\n\nsome-slug\n\n" + p1 + "\n\nNora Falk\nNora Falk",
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>", author: feed.Person{Name: "Nora Falk"}},
		{name: "author named in the biography", text: "T\n\nsome-slug\n\n" + p1 + "\n\nNora Falk\n\nBased here, Nora Falk writes.",
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>", author: feed.Person{Name: "Nora Falk", Bio: "Based here, Nora Falk writes."}},
		{name: "author before a profile link", text: "T\n\nsome-slug\n\n" + p1 + "\n\nBy Nora Falk\n\nShe writes.\n\nView profile",
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>", author: feed.Person{Name: "Nora Falk", Bio: "She writes."}},
		{name: "author twice with a blank line between", text: "T\n\nsome-slug\n\n" + p1 + "\n\nNora Falk\n\nNora Falk\n\nShe writes.",
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>", author: feed.Person{Name: "Nora Falk", Bio: "She writes."}},
		{name: "author and biography in one block", text: "T\n\nsome-slug\n\n" + p1 + "\n\nNora Falk\nNora Falk\nShe writes.\nRead full bio",
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>", author: feed.Person{Name: "Nora Falk", Bio: "She writes."}},
		{name: "a section heading is no author", text: "T\n\nsome-slug\n\n" + p1 + "\n\nThe Long View\n\n" + p2,
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>\n<h3>The Long View</h3>\n<p>" + p2 + "</p>"},
		{name: "a name with digits is none", text: "T\n\nsome-slug\n\n" + p1 + "\n\nAgent 47\nAgent 47\n\nShe writes.",
			title: "T", slug: "some-slug", html: "<p>" + p1 + "</p>\n<p>Agent 47 Agent 47</p>\n<p>She writes.</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := one(t, "a.txt", c.text)
			want := feed.Content{Title: c.title, Summary: c.summary, Link: site + "e/" + c.slug + "/", HTML: c.html}
			if c.author.Name != "" {
				want.Authors = []feed.Person{c.author}
			}
			diff(t, "content", it.Content, want)
		})
	}
}

// The same fields may be labelled, in any order and case, also with the label
// alone on a line.
func TestTextLabels(t *testing.T) {
	want := feed.Content{
		Title: "Ferries Go Electric", Summary: "Four boats by spring.", Link: site + "e/ferries-go-electric/",
		HTML:     "<h2>Quiet boats</h2>\n<p>The council voted.</p>\n<h3>Who pays</h3>\n<p>The region and the port, in unequal parts.</p>",
		Language: "en",
		Authors:  []feed.Person{{Name: "Nora Falk", Bio: "Nora covers ports."}},
		Tags:     []feed.Tag{{Term: "ferries"}, {Term: "ports"}},
	}
	for name, text := range map[string]string{
		"above the text": "Title: Ferries Go Electric\nSlug: ferries-go-electric\nsummary: Four boats\nby spring.\nTAGS: ferries, ports\n" +
			"Language: en\nDate: 2026-11-02\nAuthor: Nora Falk\nBio: Nora covers ports.\nHeading: Quiet boats\n\n" +
			"The council voted.\n\nWho pays\n\nThe region and the port, in unequal parts.\n",
		"in any order": "DATE: 2 November 2026\nabout the author: Nora covers ports.\nByline: Nora Falk\nKeywords: ferries, ports\nlang: en\n\n" +
			"Headline: Ferries Go Electric\n\nStandfirst: Four boats by spring.\n\nslug: ferries-go-electric\n\nHEADING: Quiet boats\n\n" +
			"The council voted.\n\nSubheading: Who pays\n\nThe region and the port, in unequal parts.\n",
		"alone on lines": "Title:\nFerries Go Electric\n\nSlug:\n\nferries-go-electric\n\nSummary:\nFour boats by spring.\n\n" +
			"Date:\n2026-11-02\n\nTags:\nferries, ports\n\nLanguage:\nen\n\nHeading:\nQuiet boats\n\nBody:\nThe council voted.\n\n" +
			"Who pays\n\nThe region and the port, in unequal parts.\n\nAuthor:\nNora Falk\n\nBio:\nNora covers ports.\n",
		"without colons": "Title\nFerries Go Electric\n\nSlug\nferries-go-electric\n\nSummary\nFour boats by spring.\n\n" +
			"Date\n2026-11-02\n\nTags\nferries, ports\n\nLanguage\nen\n\nHeading\nQuiet boats\n\nText\nThe council voted.\n\n" +
			"Who pays\n\nThe region and the port, in unequal parts.\n\nAuthor\nNora Falk\n\nBio\nNora covers ports.\n",
		"below a bare title": "Ferries Go Electric\nSlug: ferries-go-electric\nSummary: Four boats by spring.\nDate: 2026-11-02\nTags: ferries, ports\nlang: en\n\n" +
			"Quiet boats\n\nThe council voted.\n\nWho pays\n\nThe region and the port, in unequal parts.\n\nNora Falk\nNora Falk\n\nNora covers ports.\n",
		"below the text": "Ferries Go Electric\n\nFour boats by spring.\nferries-go-electric\n\nQuiet boats\n\nThe council voted.\n\nWho pays\n\n" +
			"The region and the port, in unequal parts.\n\nAuthor: Nora Falk\nBio: Nora covers ports.\n\nTags: ferries, ports\n\nDate:\n\n2026-11-02\n\nLanguage: en\n",
	} {
		t.Run(name, func(t *testing.T) {
			it := one(t, "a.txt", text)
			diff(t, "content", it.Content, want)
			if it.Slug != "ferries-go-electric" || it.Published.Format("2006-01-02") != "2026-11-02" {
				t.Errorf("slug %q, published %v", it.Slug, it.Published)
			}
		})
	}
}

// A paragraph of an unlabelled text may begin with a word that could be a
// label.
func TestTextIsNotLabelled(t *testing.T) {
	it := one(t, "a.txt", "T\n\nsome-slug\n\nText: the oldest medium of all.\n\nDate: a fruit.\n\nIt ends here.")
	if want := "<p>Text: the oldest medium of all.</p>\n<p>Date: a fruit.</p>\n<p>It ends here.</p>"; it.HTML != want {
		t.Errorf("text is\n%s\nwant\n%s", it.HTML, want)
	}
}

func TestTextProblems(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"two articles", "Title: A\nSlug: a\n\nText.\n\nTitle: B\n\nText.", "a.txt:6: title is there twice, first on line 1: a file holds one article"},
		{"a bad date", "Title: A\nDate: soon\n\nText.", "a.txt:2: date: this is no date that can be read: write 2026-11-24 or 2026-11-24T08:00:00+01:00"},
		{"a misspelt label", "Title: A\nSumary: B\n\nText.", `a.txt:2: unknown label "Sumary": did you mean "summary"?`},
		{"nothing", " \n\n", "a.txt: there is nothing in it"},
		{"an endless slug", "T\n\n" + strings.Repeat("a-", 60) + "a\n\nText.", `a.txt:3: slug`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := lines(read(t, map[string]string{"a.txt": c.text}).Problems)
			if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("problems are %q; want %q", got, c.want)
			}
		})
	}
}
