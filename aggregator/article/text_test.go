package article_test

import (
	"strings"
	"testing"

	"weir/aggregator/article"
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
		{name: "rules", text: "T\n\nsome-slug\n\nHeading\n=======\n\n" + p1 + "\n\n---\n\n" + p2,
			title: "T", slug: "some-slug", html: "<h2>Heading</h2>\n<p>" + p1 + "</p>\n<hr>\n<p>" + p2 + "</p>"},
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
		{"two titles", "Title: A\nSlug: a\nTitle: B\n\nText.", "a.txt:3: title is there twice, first on line 1"},
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

// A file may hold several articles: an edit of one leaves the others as they
// are, and a rule or a word within an article divides nothing.
func TestTextPieces(t *testing.T) {
	const layout1, layout2 = "First Title\n\nIts summary.\nfirst-title-slug\n\nText one is here.\n", "Second Title\n\nIts summary.\nsecond-title-slug\n\nText two is here.\n"
	for _, c := range []struct{ name, text, slugs string }{
		{"repeated titles", "Title: A One\n\nText.\n\nTitle: B Two\nTags: x\n\nText.", "a-one b-two"},
		{"labels before the title", "Date: 2026-11-02\nTitle: A One\n\nText.\n\nDate: 2026-11-01\nTitle: B Two\n\nText.", "a-one b-two"},
		{"a rule above a label", "Title: A One\n\nText.\n\n---\nTitle: B Two\n\nText.\n===\n\nHeadline: C Three\n\nText.", "a-one b-two c-three"},
		{"a rule above a layout", layout1 + "\n===\n\n" + layout2, "first-title-slug second-title-slug"},
		{"a form feed", layout1 + "\f" + "Just A Title\n\nText.", "first-title-slug just-a-title"},
		{"form feeds only", "\f\n\f\nOne Title\n\nText.\n\f", "a"},
		{"a rule in the text", layout1 + "\n---\n\nMore of it.\n\nAnd more.", "first-title-slug"},
		{"an underlined heading", "Title: A One\n\nText.\n\nHeading\n=======\n\nText.", "a"},
		{"prose with the word", "T\n\nsome-slug\n\nTitle: the first word.\n\nTitle: the second.\n\nIt ends.", "some-slug"},
		{"front matter", "---\ntitle: A\n---\nTitle: B\n\nText.", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, map[string]string{"a.txt": c.text})
			if got := slugs(res); got != c.slugs || len(res.Problems) > 0 {
				t.Errorf("articles %q, problems %v; want %q", got, res.Problems, c.slugs)
			}
			for _, it := range res.Document.Items {
				if strings.Contains(it.HTML, "===") || strings.HasSuffix(it.HTML, "---</p>") {
					t.Errorf("a mark is left in %s", it.HTML)
				}
			}
		})
	}

	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": layout1 + "\f" + layout2})
	f := open(t, article.Options{Dir: dir})
	before := look(t, f, now)
	write(t, dir, map[string]string{"a.txt": layout1 + "\f" + layout2 + "\nAnd a line."})
	after := look(t, f, now)
	for _, slug := range []string{"first-title-slug", "second-title-slug"} {
		same := byFile(before, slug).Hash == byFile(after, slug).Hash
		if same != (slug == "first-title-slug") {
			t.Errorf("%s: same hash is %t after an edit of the second", slug, same)
		}
	}

	res := read(t, map[string]string{"a.txt": "Title: A\nSlug: same\n\nText.\n\nTitle: B\nSlug: same\nDate: soon\n\nText.\n\nTitle: C\nSlug: same\n\nText."})
	diff(t, "problems", lines(res.Problems), []string{
		`a.txt:2: slug "same" is also that of a.txt:13: neither is published as it is now`,
		"a.txt:8: date: this is no date that can be read: write 2026-11-24 or 2026-11-24T08:00:00+01:00",
		`a.txt:13: slug "same" is also that of a.txt:2: neither is published as it is now`,
	})
}

// XJ05: the layout is the same in every encoding and with any line ends.
func TestTextLayoutEncodings(t *testing.T) {
	want := one(t, "a.txt", layout)
	utf16 := []byte{0xff, 0xfe}
	for _, r := range layout {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, text := range map[string]string{
		"CRLF": strings.ReplaceAll(layout, "\n", "\r\n"), "CR": strings.ReplaceAll(layout, "\n", "\r"),
		"a mark": "\ufeff" + layout, "UTF-16": string(utf16), "spaces at line ends": strings.ReplaceAll(layout, "\n", " \t\n"),
		"no-break spaces": strings.ReplaceAll(layout, "bio →", "bio\u00a0→"), "blank lines above": "\n\n" + layout,
		"windows-1252": strings.ReplaceAll(strings.ReplaceAll(layout, " →", ""), "Quiet", "Quiet\x92s"),
	} {
		t.Run(name, func(t *testing.T) {
			got := one(t, "a.txt", text)
			if name == "windows-1252" {
				got.HTML = strings.Replace(got.HTML, "Quiet’s", "Quiet", 1)
			}
			got.Hash = want.Hash
			diff(t, "item", got, want)
		})
	}
}

// A line may be as long as the file, and a file as short as a line.
func TestTextExtremes(t *testing.T) {
	if it := one(t, "a.txt", "Just one line"); it.Title != "Just one line" || it.HTML != "" || it.Slug != "a" {
		t.Errorf("one line is %+v", it.Content)
	}
	long := strings.TrimSpace(strings.Repeat("word ", 40_000))
	if it := one(t, "a.txt", "T\n\nsome-slug\n\n"+long); it.HTML != "<p>"+long+"</p>" {
		t.Errorf("the text has %d bytes", len(it.HTML))
	}
	if it := one(t, "a.txt", long); len(it.Title) > feed.MaxTitle || it.Title == "" {
		t.Errorf("the title has %d bytes", len(it.Title))
	}
}
