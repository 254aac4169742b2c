package parse_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
)

// story is an item of which nothing but its title matters.
func story(title string) string { return "<item><title>" + title + "</title></item>" }

const (
	before   = "what stands before the feed was skipped"
	inferred = "the ends of some items were missing and were inferred"
	around   = "elements around items were not closed, or should not be there, and were ended before them"
	broken   = "some markup is broken and was read as what it most likely means"
	early    = "the document ends early; its whole items were read"
)

// What is broken is read as what it most likely means, and Read says what it
// did; what is whole is not mended.
func TestRepairs(t *testing.T) {
	two := story("a") + story("b")
	torn := func(text string) string {
		return channel(story("a") + "<item><title>b</title><description>" + text + "</description></item>" + story("c"))
	}
	const declared = `<?xml version="1.0"?>`
	tests := []struct {
		name, body string
		titles     []string
		warnings   []string
	}{
		{"control", declared + channel(two), []string{"a", "b"}, nil},
		// Before the root (XC19).
		{"PHP warning", "<br />\n<b>Warning</b>: x in <b>/f.php</b> on line <b>3</b><br />\n" + declared + channel(two), []string{"a", "b"}, []string{before}},
		{"PHP warning, no declaration", "<br />\n<b>Warning</b>: x in <b>/f.php</b><br />\n" + channel(two), []string{"a", "b"}, []string{before}},
		{"notice with less-than", "Notice: 1 < 2\n" + channel(two), []string{"a", "b"}, []string{before}},
		{"HTTP header", "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + declared + channel(two), []string{"a", "b"}, []string{before}},
		{"feed in a page, declared", "<html><body><pre>" + declared + channel(two) + "</pre></body></html>", []string{"a", "b"}, []string{before}},
		{"in another element", "<div>" + channel(two) + "</div>", []string{"a", "b"}, []string{before}},
		{"escaped", strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(declared + channel(two)), []string{"a", "b"},
			[]string{"the whole document was escaped as if it were text"}},
		{"blank lines", "\n\n  " + declared + channel(two), []string{"a", "b"}, nil},
		{"long comment", declared + "<!-- " + strings.Repeat("x", 9000) + " -->" + channel(two), []string{"a", "b"}, nil},
		{"hyphens in a comment", declared + "<!-- a -- b -->" + channel(two), []string{"a", "b"}, nil},
		{"XML 1.1", `<?xml version="1.1"?>` + channel(two), []string{"a", "b"}, nil},
		{"declaration not closed", `<?xml version="1.0">` + channel(two), []string{"a", "b"}, nil},
		{"instruction not closed", declared + `<?xml-stylesheet href="x">` + "<?php x>" + channel(two), []string{"a", "b"}, nil},
		{"apostrophe in a subset", `<!DOCTYPE rss [<!-- don't --> <!ELEMENT x ANY>]>` + channel(two), []string{"a", "b"}, nil},
		// Namespaces (M6).
		{"Atom by https", `<feed xmlns="https://www.w3.org/2005/Atom"><entry><title>a</title></entry></feed>`, []string{"a"},
			[]string{`the namespace "https://www.w3.org/2005/Atom" was taken for the format's own`}},
		{"Atom without namespace", `<feed><entry><title>a</title></entry></feed>`, []string{"a"}, nil},
		{"RSS in Atom's namespace", `<rss version="2.0" xmlns="http://www.w3.org/2005/Atom"><channel>` + two + `</channel></rss>`, []string{"a", "b"},
			[]string{`the namespace "http://www.w3.org/2005/Atom" was taken for the format's own`}},
		{"RSS 1.0 without slash", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0"><channel/>` + two + `</rdf:RDF>`, []string{"a", "b"},
			[]string{`the namespace "http://purl.org/rss/1.0" was taken for the format's own`}},
		{"RSS 2.0 in a namespace", `<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel>` + two + `</channel></rss>`, []string{"a", "b"}, nil},
		{"prefixed RSS", `<rss version="2.0"><rss:channel><rss:item><rss:title>a</rss:title></rss:item></rss:channel></rss>`, []string{"a"}, nil},
		{"prefix without a meaning", `<rss version="2.0"><f:channel><f:item><f:title>a</f:title></f:item></f:channel></rss>`, []string{"a"},
			[]string{`the prefix "f" was taken for the format's own`}},
		{"prefix with another meaning", `<rss version="2.0" xmlns:f="urn:x"><f:channel><f:item><f:title>a</f:title></f:item></f:channel></rss>`, []string{"a"},
			[]string{`the prefix "f" was taken for the format's own`}},
		// Markup.
		{"less-than as text", torn("a < b and x<y"), []string{"a", "b", "c"}, []string{broken}},
		{"words behind a less-than", torn("a <b " + strings.Repeat("word ", 300) + "> c"), []string{"a", "b", "c"}, []string{broken}},
		{"unquoted attribute", channel("<item><title>a</title><enclosure url=https://example.org/a.mp3 type=audio/mpeg /></item>"), []string{"a"}, []string{broken}},
		{"duplicated attribute", channel(`<item><title>a</title><enclosure url="https://example.org/a" url="https://example.org/b"/></item>`), []string{"a"}, nil},
		{"ampersand", channel(story("a & b &copy c")), []string{"a & b © c"}, nil},
		{"mixed case", `<RSS><Channel><Item><title>a</Title></ITEM><item><TITLE>b</title></Item></channel></rss>`, []string{"a", "b"}, nil},
		{"stray end tags", channel("</p>" + story("a") + "</item></x:y>" + story("b")), []string{"a", "b"}, []string{broken}},
		{"comment not closed", torn("x <!-- y "), []string{"a", "b", "c"}, []string{broken}},
		{"CDATA not closed", torn("<![CDATA[x "), []string{"a", "b", "c"}, []string{broken}},
		{"quote not closed", torn(`<a href="x>y</a>`), []string{"a", "b", "c"}, []string{broken}},
		{"instruction in text", torn("x <?php echo 1; "), []string{"a", "b", "c"}, []string{broken}},
		{"mark in two pieces", torn("x ]]<!-- y -->> z ]<!-- -->]<!-- -->> "), []string{"a", "b", "c"}, nil},
		// Structure.
		{"no end of the root", strings.TrimSuffix(channel(two), "</rss>"), []string{"a", "b"}, []string{early}},
		{"no end of the items", channel("<item><title>a</title><item><title>b</title>"), []string{"a", "b"}, []string{inferred, broken}},
		{"no end, own declarations", channel("<item xmlns:q='u'><q:x/><title>a</title><item xmlns:q='v'><title>b</title>"), []string{"a", "b"}, []string{inferred, broken}},
		{"nested items", channel("<item><title>a</title>" + story("b") + "</item>" + story("c")), []string{"a", "b", "c"}, []string{inferred, broken}},
		{"outside the channel", `<rss version="2.0"><channel/>` + two + `</rss>`, []string{"a", "b"}, nil},
		{"no channel", `<rss version="2.0">` + two + `</rss>`, []string{"a", "b"}, nil},
		{"two channels", `<rss version="2.0"><channel>` + story("a") + `</channel><channel>` + story("b") + `</channel></rss>`, []string{"a", "b"}, nil},
		{"head not closed", channel(`<itunes:category text="x">` + two), []string{"a", "b"}, []string{around}},
		{"title not closed", `<rss version="2.0"><channel><title>t<link>https://example.org/</link>` + two + `</channel></rss>`, []string{"a", "b"}, []string{around}},
		{"not closed between items", channel(story("a") + `<itunes:category text="x">` + story("b") + story("c")), []string{"a", "b", "c"}, []string{around}},
		{"not closed in an item", channel("<item><title>a</title><description>x" + story("b") + story("c") + story("d")), []string{"a", "b", "c", "d"}, []string{inferred, around}},
		{"list around items", channel("<items>" + two + "</items>"), []string{"a", "b"}, []string{around, broken}},
		{"foreign item beside items", channel(story("a") + "<x:wrap xmlns:x='u'><item><title>no</title></item></x:wrap>"), []string{"a"}, nil},
		{"item of its own in an item", channel("<item><title>a</title><x:list xmlns:x='u'><item><title>no</title></item></x:list></item>"), []string{"a"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := parse.Read([]byte(tt.body), parse.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for i := range doc.Items {
				titles = append(titles, doc.Items[i].Title)
			}
			if diff := cmp.Diff(tt.titles, titles); diff != "" {
				t.Errorf("titles -want +got\n%s", diff)
			}
			if !slices.Equal(doc.Warnings, tt.warnings) {
				t.Errorf("warnings %q, want %q", doc.Warnings, tt.warnings)
			}
			if doc.Partial != slices.Contains(tt.warnings, early) {
				t.Errorf("partial: %v", doc.Partial)
			}
		})
	}
}

// A page that holds a feed, or is about one, is no feed; and repair does not
// make one of what never was.
func TestNoFeedIsMadeUp(t *testing.T) {
	for name, body := range map[string]string{
		"page":      "<html><body>" + channel(story("a")) + "</body></html>",
		"article":   "<p>Write</p><pre>&lt;rss version='2.0'&gt;&lt;channel&gt;&lt;item/&gt;</pre>",
		"tag":       "<p>The <rss> element</p>",
		"no items":  "<div>" + channel("") + "</div>",
		"late":      "<div>" + strings.Repeat("x", 70<<10) + channel(story("a")) + "</div>",
		"RDF":       "<x/><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><item/></rdf:RDF>",
		"other":     "<x/><feed xmlns='urn:cattle'><entry/></feed>",
		"torn":      strings.Repeat("<a b='", 20),
		"torn more": strings.Repeat("<![CDATA[", 5000) + channel(story("a")),
	} {
		if doc, err := parse.Read([]byte(body), parse.Options{}); !errors.Is(err, parse.ErrNotFeed) {
			t.Errorf("%s: %v, %v", name, doc, err)
		}
	}
}

// The entities that a document declares itself are put in, within bounds
// (XML 1.0 §4.4.2, XC09).
func TestEntities(t *testing.T) {
	tests := []struct{ name, subset, text, want string }{
		{"plain", `<!ENTITY co "Company">`, "The &co;!", "The Company!"},
		{"single quotes", `<!ENTITY co 'Company'>`, "&co;", "Company"},
		{"escaped", `<!ENTITY co "Foo &amp; Co">`, "&co;", "Foo & Co"},
		{"character", `<!ENTITY stern "&#9733;">`, "&stern;", "★"},
		{"of another", `<!ENTITY co "Co"><!ENTITY firm "The &co;">`, "&firm;", "The Co"},
		{"of itself", `<!ENTITY co "x &co;">`, "&co;", "x &co;"},
		{"first counts", `<!ENTITY co "one"><!ENTITY co "two">`, "&co;", "one"},
		{"HTML knows it", `<!ENTITY eacute "no">`, "caf&eacute;", "café"},
		{"like one of HTML's", `<!ENTITY notary "yes">`, "&notary;", "yes"},
		{"in CDATA", `<!ENTITY co "no">`, "<![CDATA[&co;]]>", "&co;"},
		{"external", `<!ENTITY co SYSTEM "file:///etc/passwd">`, "&co;", "&co;"},
		{"parameter", `<!ENTITY % co "no">`, "&co;", "&co;"},
		{"not declared", `<!ENTITY co "no">`, "&firm;", "&firm;"},
		{"too long", `<!ENTITY co "` + strings.Repeat("x", 2000) + `">`, "&co;", "&co;"},
		{"unfinished", `<!ENTITY co`, "&co;", "&co;"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := "<!DOCTYPE rss [" + tt.subset + "]>" + channel(story(tt.text))
			doc, err := parse.Read([]byte(body), parse.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(doc.Items) != 1 || doc.Items[0].Title != tt.want {
				t.Errorf("got %+v, want the title %q", doc.Items, tt.want)
			}
		})
	}
}

// A bomb of entities grows a document by no more than a fixed amount.
func TestEntityBomb(t *testing.T) {
	subset := `<!DOCTYPE rss [<!ENTITY a0 "` + strings.Repeat("ha", 60) + `">`
	for i := range 9 {
		was, is := string(rune('0'+i)), string(rune('1'+i))
		subset += "<!ENTITY a" + is + ` "` + strings.Repeat("&a"+was+";", 8) + `">`
	}
	body := subset + "]>" + channel(strings.Repeat("<item><title>"+strings.Repeat("&a1;&a9;", 400)+"</title></item>", 200))
	doc, err := parse.Read([]byte(body), parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for i := range doc.Items {
		size += len(doc.Items[i].Title)
	}
	if len(doc.Items) != 200 || size == 0 || size > 1<<20+len(body) {
		t.Errorf("%d items, %d bytes of titles", len(doc.Items), size)
	}
}
