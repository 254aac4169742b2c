package parse_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

func read(t *testing.T, body string, opt parse.Options) *feed.Document {
	t.Helper()
	doc, err := parse.Read([]byte(body), opt)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// one reads the only item of a channel with this inside.
func one(t *testing.T, inside string) feed.Item {
	t.Helper()
	const spaces = `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
		xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"
		xmlns:itunes="http://www.itunes.com/DTDs/Podcast-1.0.dtd"><channel><title>Feed</title><link>https://example.org/</link>`
	doc := read(t, spaces+"<item>"+inside+"</item></channel></rss>", parse.Options{Location: "https://example.org/feed"})
	if len(doc.Items) != 1 {
		t.Fatalf("%d items; rejected %v", len(doc.Items), doc.Rejected)
	}
	return doc.Items[0]
}

// What is no feed is named (P50, XG01).
func TestNotFeed(t *testing.T) {
	tests := []struct{ body, want string }{
		{"", "not a feed but empty"},
		{"\uFEFF \n", "not a feed but empty"},
		{"hello", "not a feed but plain text"},
		{"{% extends page %}<p>", "not a feed but an HTML page"},
		{"see <book> below", "not a feed but text with something like tags in it"},
		{"1 < 2", "not a feed but plain text"},
		{"write to <ada@s.example> soon", "not a feed but text with something like tags in it"},
		{"\x1f\x8b\x08\x00\x00\x00", "not a feed but compressed data (gzip)"},
		{"\x89PNG\r\n\x1a\n\x00\x00<\xb0eXIf\x00>", "not a feed but a PNG picture"},
		{"\xff\xd8\xff\xe0\x00\x10JFIF", "not a feed but a JPEG picture"},
		{"ID3\x04\x00\x00\x00<q>", "not a feed but an MP3 file"},
		{"\x00\x00\x00\x18ftypmp42", "not a feed but an MP4 file"},
		{"%PDF-1.7 <</Type/Catalog>>", "not a feed but a PDF file"},
		{"\x7fELF\x02\x01\x01\x00\x00<a\x01>", "not a feed but binary data"},
		{"<!-- nothing -->", "not a feed but XML without an element"},
		{"<!DOCTYPE html><html><head><link rel=alternate></head></html>", "not a feed but an HTML page"},
		{"<div>part of a page</div>", "not a feed but an HTML page"},
		{"<br />\n<b>Fatal error</b>: out of memory", "not a feed but an HTML page"},
		{"<html><body><feed xmlns='http://www.w3.org/2005/Atom'></feed></body></html>", "not a feed but an HTML page"},
		{"<opml version='2.0'><body/></opml>", "not a feed but an OPML list of feeds"},
		{"<feed xmlns='https://example.org/fodder'><cow/></feed>", `not a feed but an XML document whose root is "feed"`},
		{"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://xmlns.com/foaf/0.1/'><Person/></rdf:RDF>", "not a feed but an RDF document about something else"},
		{"[1,2]", "not a feed but a JSON array"},
		{"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url/></urlset>", "not a feed but a sitemap"},
		{"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a feed but an SVG picture"},
		{"<Error><Code>AccessDenied</Code></Error>", `not a feed but an XML document whose root is "Error"`},
		{"<CHANNEL HREF='https://s.example/'><ITEM HREF='https://s.example/1'/></CHANNEL>", "not a feed but a channel in CDF or the like, which is not read"},
		{`{"error":"rate limited"}`, "not a feed but a JSON object"},
	}
	for _, tt := range tests {
		_, err := parse.Read([]byte(tt.body), parse.Options{})
		if !errors.Is(err, parse.ErrNotFeed) || err.Error() != tt.want {
			t.Errorf("%q: %v, want %s", tt.body, err, tt.want)
		}
	}
}

// Links, in I8's order.
func TestItemLink(t *testing.T) {
	const atom, guid, enclosure = `<atom:link href="/atom"/>`, `<guid>https://example.org/guid</guid>`, `<enclosure url="/e.mp3" type="audio/mpeg"/>`
	tests := []struct{ name, inside, want string }{
		{"origLink first", `<link>/link</link><fb:origLink>https://example.org/orig</fb:origLink>` + atom + guid, "https://example.org/orig"},
		{"link", "<link>\n /link\n</link>" + atom + guid, "https://example.org/link"},
		{"second link", `<link>javascript:alert(1)</link><link>/two</link>`, "https://example.org/two"},
		{"link with href", `<link href="/href"/>` + guid, "https://example.org/href"},
		{"atom:link", atom + guid, "https://example.org/atom"},
		{"guid", guid + enclosure, "https://example.org/guid"},
		{"guid that is none", `<guid isPermaLink="False">https://example.org/guid</guid>` + enclosure, "https://example.org/e.mp3"},
		{"guid that is no address", `<guid>12</guid>`, ""},
		{"enclosure", enclosure, "https://example.org/e.mp3"},
		{"userinfo", `<link>https://u:p@example.org/x</link>`, "https://example.org/x"},
	}
	for _, tt := range tests {
		if got := one(t, tt.inside+"<title>t</title>").Link; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Who wrote it (I24, G21).
func TestAuthors(t *testing.T) {
	tests := []struct {
		name, inside string
		want         []feed.Person
	}{
		{"name", "<author>Ann Reed</author>", []feed.Person{{Name: "Ann Reed"}}},
		{"mail and name", "<author>ann@example.org (Ann Reed)</author>", []feed.Person{{Name: "Ann Reed", Email: "ann@example.org"}}},
		{"name and mail", "<author>Ann Reed (ann@example.org)</author>", []feed.Person{{Name: "Ann Reed", Email: "ann@example.org"}}},
		{"angle brackets", "<author>\"Ann Reed\" &lt;ann@example.org&gt;</author>", []feed.Person{{Name: "Ann Reed", Email: "ann@example.org"}}},
		{"mail", "<author>ann@example.org</author>", []feed.Person{{Name: "ann", Email: "ann@example.org"}}},
		{"mails", "<author>ann@example.org, bo@example.org</author>", []feed.Person{{Name: "ann", Email: "ann@example.org"}, {Name: "bo", Email: "bo@example.org"}}},
		{"comma in a name", "<author>Reed, Ann</author>", []feed.Person{{Name: "Reed, Ann"}}},
		{"remark", "<author>Ann (editor)</author>", []feed.Person{{Name: "Ann (editor)"}}},
		{"every creator, and no author beside", "<dc:creator>Ann</dc:creator><author>x@example.org</author><dc:creator>Bo</dc:creator><dc:creator>Ann</dc:creator>", []feed.Person{{Name: "Ann"}, {Name: "Bo"}}},
		{"itunes last", "<itunes:author>Ann</itunes:author><author>admin</author>", []feed.Person{{Name: "Ann"}}},
		{"nobody", "<author>noreply@blogger.com (Unknown)</author>", []feed.Person{{Name: "Feed"}}},
		{"noreply", "<author>noreply@example.org</author>", []feed.Person{{Name: "Feed"}}},
		{"missing", "", []feed.Person{{Name: "Feed"}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, one(t, "<title>t</title>"+tt.inside).Authors); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

// The configuration stands in for whoever is missing.
func TestByline(t *testing.T) {
	body := channel("<item><title>a</title><author>root</author></item>")
	for _, tt := range []struct {
		src  feed.Source
		want string
	}{{feed.Source{}, "t"}, {feed.Source{Title: "Mine"}, "Mine"}, {feed.Source{Title: "Mine", Author: "Me"}, "Me"}} {
		if got := read(t, body, parse.Options{Source: tt.src}).Items[0].Authors; len(got) != 1 || got[0].Name != tt.want {
			t.Errorf("%+v: %v", tt.src, got)
		}
	}
}

// What is the text and what the summary (I26).
func TestContent(t *testing.T) {
	atom := func(inside string) feed.Item {
		return read(t, `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>`+inside+`</entry></feed>`, parse.Options{}).Items[0]
	}
	tests := []struct {
		name          string
		item          feed.Item
		html, summary string
		excerpt       bool
	}{
		{"RSS description", one(t, "<description>&lt;p&gt;x&lt;/p&gt;</description>"), "<p>x</p>", "", false},
		{"RSS both", one(t, "<description>&lt;p&gt;x&lt;/p&gt;</description><content:encoded>&lt;p&gt;y&lt;/p&gt;</content:encoded>"), "<p>y</p>", "x", false},
		{"RSS the same twice", one(t, "<description>&lt;p&gt;x&lt;/p&gt;</description><content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded>"), "<p>x</p>", "", false},
		{"RSS the same in other markup", one(t, "<description>x y</description><content:encoded>&lt;p&gt;x y&lt;/p&gt;</content:encoded>"), "<p>x y</p>", "", false},
		{"RSS empty content", one(t, "<description>x</description><content:encoded> </content:encoded>"), "x", "", false},
		{"RSS undeclared prefix", read(t, "<rss><channel><item><content:encoded>x</content:encoded></item></channel></rss>", parse.Options{}).Items[0], "x", "", false},
		{"Atom plain summary", atom("<summary>a &lt; b</summary>"), "", "a < b", false},
		{"Atom HTML summary", atom("<summary type='html'>&lt;p&gt;x&lt;/p&gt;</summary>"), "<p>x</p>", "", true},
		{"Atom undeclared HTML", atom("<summary>&lt;p&gt;x&lt;/p&gt;</summary>"), "<p>x</p>", "", true},
		{"Atom both", atom("<summary>s</summary><content type='html'>&lt;p&gt;x&lt;/p&gt;</content>"), "<p>x</p>", "s", false},
		{"Atom text content", atom("<content type='text'>a &lt;b&gt;\n\nc</content>"), "<p>a &lt;b&gt;</p>\n<p>c</p>", "", false},
		{"Atom XHTML", atom("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p/><p>a &lt; b &amp; <b>c</b></p></div></content>"), "<p></p><p>a &lt; b &amp; <b>c</b></p>", "", false},
		{"Atom base64", atom("<content mode='base64' type='text/html'>PHA+</content><summary>s</summary>"), "", "s", false},
	}
	for _, tt := range tests {
		got := strings.TrimPrefix(tt.item.HTML, "<p></p>")
		if want := strings.TrimPrefix(tt.html, "<p></p>"); got != want || tt.item.Summary != tt.summary || tt.item.Excerpt != tt.excerpt {
			t.Errorf("%s: HTML %q, summary %q, excerpt %v", tt.name, tt.item.HTML, tt.item.Summary, tt.item.Excerpt)
		}
	}
}

// A title's type survives (G13, I25); an item without one gets a sentence.
func TestTitles(t *testing.T) {
	atom := func(attrs, title string) string {
		return read(t, `<feed><entry><id>1</id><title`+attrs+`>`+title+`</title></entry></feed>`, parse.Options{}).Items[0].Title
	}
	for _, tt := range []struct{ got, want string }{
		{one(t, "<title>AT&amp;amp;T &lt;b&gt;up&lt;/b&gt;</title>").Title, "AT&T up"},
		{one(t, "<title><![CDATA[a <i>b</i> &amp; c]]></title>").Title, "a b & c"},
		{one(t, "<title>1 < 2</title>").Title, "1 < 2"},
		{atom("", "AT&amp;T <![CDATA[& co]]>"), "AT&T & co"},
		{atom(" type='text'", "the &lt;b&gt; tag &amp;amp;"), "the <b> tag &amp;"},
		{atom(" type='html'", "the &lt;b&gt;b&lt;/b&gt; tag"), "the b tag"},
		{atom(" type='xhtml'", "<div>the &lt;b&gt; <b>tag</b></div>"), "the <b> tag"},
		{one(t, "<description>First words here. And then more.</description>").Title, "First words here."},
		{one(t, "<title> </title><title>second</title>").Title, "second"},
		{one(t, "<guid>only-an-id</guid>").Title, "only-an-id"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	body := channel("<item><guid>1</guid><description>Words.</description></item>")
	if got := read(t, body, parse.Options{Source: feed.Source{KeepUntitled: true}}).Items[0].Title; got != "" {
		t.Errorf("title %q of an item that shall stay untitled", got)
	}
}

// An id is exactly what was sent (I2, G9), whatever the base.
func TestRawID(t *testing.T) {
	for _, id := range []string{"HTTP://Example.ORG/%7ea/", "42", "café post", "a&b", "urn:x:<1>"} {
		body := `<feed xml:base="https://example.org/b/"><entry><title>t</title><id> ` + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(id) + "\n</id></entry></feed>"
		if got := read(t, body, parse.Options{}).Items[0].RawID; got != id {
			t.Errorf("%q became %q", id, got)
		}
	}
	if got := one(t, "<dc:identifier>doi:1</dc:identifier>").RawID; got != "doi:1" {
		t.Errorf("dc:identifier gave %q", got)
	}
}

// Bases of addresses in texts (P94, P95).
func TestBases(t *testing.T) {
	const a = "<description>&lt;a href='x'&gt;a&lt;/a&gt;</description>"
	tests := []struct{ name, root, link, want string }{
		{"xml:base", " xml:base='https://b.example.org/dir/feed.xml'", "https://i.example.org/1/", "https://b.example.org/dir/x"},
		{"relative xml:base", " xml:base='sub/'", "", "https://l.example.org/sub/x"},
		{"item link", "", "https://i.example.org/1/", "https://i.example.org/1/x"},
		{"channel link", "", "", "https://c.example.org/x"},
	}
	for _, tt := range tests {
		body := `<rss` + tt.root + `><channel><link>https://c.example.org/</link><item><link>` + tt.link + `</link>` + a + `</item></channel></rss>`
		got := read(t, body, parse.Options{Location: "https://l.example.org/feed"}).Items[0].HTML
		if !strings.Contains(got, `"`+tt.want+`"`) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The publisher's wishes (P28 to P30, P32).
func TestHints(t *testing.T) {
	const sy = ` xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"`
	all := ""
	for h := range 24 {
		all += fmt.Sprintf("<hour>%d</hour>", h)
	}
	tests := []struct {
		name, inside string
		want         feed.Hints
	}{
		{"ttl", "<ttl> 90 </ttl>", feed.Hints{TTL: 90 * time.Minute}},
		{
			"a podcast that has ended", // P31
			`<podcast:updateFrequency xmlns:podcast="https://podcastindex.org/namespace/1.0" complete="true">Done</podcast:updateFrequency>`,
			feed.Hints{TTL: 7 * 24 * time.Hour},
		},
		{
			"a podcast that goes on",
			`<podcast:updateFrequency xmlns:podcast="https://podcastindex.org/namespace/1.0" complete="false">Weekly</podcast:updateFrequency>`,
			feed.Hints{},
		},
		{"bad ttl", "<ttl>-5</ttl>", feed.Hints{}},
		{"absurd ttl", "<ttl>99999999</ttl>", feed.Hints{}},
		{"hours", "<skipHours><hour>0</hour><hour>24</hour><hour>23</hour><hour>x</hour></skipHours>", feed.Hints{SkipHours: 1<<0 | 1<<23}},
		{"all hours", "<skipHours>" + all + "</skipHours>", feed.Hints{}},
		{"days", "<skipDays><day>MONDAY</day><day>Blursday</day></skipDays>", feed.Hints{SkipDays: 1 << 1}},
		{"period", "<sy:updatePeriod>weekly</sy:updatePeriod>", feed.Hints{TTL: 7 * 24 * time.Hour}},
		{"frequency", "<sy:updateFrequency>12</sy:updateFrequency>", feed.Hints{TTL: 2 * time.Hour}},
		{"both", "<ttl>60</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", feed.Hints{TTL: time.Hour}},
	}
	for _, tt := range tests {
		doc := read(t, `<rss`+sy+`><channel><title>t</title>`+tt.inside+`</channel></rss>`, parse.Options{})
		if diff := cmp.Diff(tt.want, doc.Hints); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
	doc := read(t, `{"version":"https://jsonfeed.org/version/1.1","expired":true,"items":[]}`, parse.Options{})
	if doc.Hints.TTL < 24*time.Hour {
		t.Errorf("expired feed asks to be polled every %v", doc.Hints.TTL)
	}
}

// Cut anywhere, a document gives its whole items and says that it was cut
// (XC21).
func TestTruncated(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "rss20.xml"))
	if err != nil {
		t.Fatal(err)
	}
	whole := read(t, string(body), parse.Options{})
	for at := range body {
		doc, err := parse.Read(body[:at], parse.Options{})
		if err != nil {
			if !errors.Is(err, parse.ErrNotFeed) {
				t.Fatalf("cut at %d: %v", at, err)
			}
			continue
		}
		ended := strings.Contains(string(body[:at]), "</rss>")
		if doc.Partial == ended {
			t.Fatalf("cut at %d: partial %v", at, doc.Partial)
		}
		if want := strings.Count(string(body[:at]), "</item>"); len(doc.Seen) != want {
			t.Fatalf("cut at %d: %d items seen, want %d", at, len(doc.Seen), want)
		}
		for i := range doc.Items {
			if doc.Items[i].RawID != whole.Items[i].RawID || doc.Items[i].HTML != whole.Items[i].HTML {
				t.Fatalf("cut at %d: item %d differs", at, i)
			}
		}
	}
}

// However the markup is broken, a document is read or refused, never half
// believed: no rendition is refused, and every item is accounted for.
func TestMutants(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	pieces := []string{"<item>", "</item>", "<entry>", "</entry>", "</title>", "<x:item>", "<ITEM>", "<![CDATA[", "]]>", "<!--", "-->",
		"\"", "'", "<", ">", "&", "&#1;", "</", "/>", "<a b='", "</channel>", "</rss>", "<channel>", "<?", "<!", " xmlns='u'", " xmlns", "\\", "{", "]", "}"}
	for _, path := range fixtures(t) {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 400 {
			mutant := string(body)
			for range 1 + rng.IntN(3) {
				at := rng.IntN(len(mutant))
				if i := strings.IndexAny(mutant[at:], "<>\""); i >= 0 {
					at += i + rng.IntN(2)
				}
				to := min(len(mutant), at+rng.IntN(2)*rng.IntN(30))
				mutant = mutant[:at] + pieces[rng.IntN(len(pieces))] + mutant[to:]
			}
			doc, err := parse.Read([]byte(mutant), parse.Options{})
			if err != nil {
				if !errors.Is(err, parse.ErrNotFeed) {
					t.Fatalf("%v of\n%s", err, mutant)
				}
				continue
			}
			if len(doc.Seen) > len(doc.Items)+len(doc.Rejected) {
				t.Fatalf("%d items seen, %d parsed, %d rejected of\n%s", len(doc.Seen), len(doc.Items), len(doc.Rejected), mutant)
			}
			for _, w := range doc.Warnings {
				if strings.Contains(w, "one at a time") {
					t.Fatalf("%s: of\n%s", w, mutant)
				}
			}
		}
	}
}

// A format is named by its own namespace, not by one that only looks like it.
func TestFormatName(t *testing.T) {
	for in, want := range map[string]string{
		`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:re="http://purl.org/atompub/rank/1.0"><title>t</title></feed>`:                                                                      "Atom 1.0",
		`<feed xmlns="http://purl.org/atom/ns#" version="0.3"><title>t</title></feed>`:                                                                                                       "Atom 0.3",
		`<rss version="0.92"><channel><title>t</title></channel></rss>`:                                                                                                                      "RSS 0.92",
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:n="http://netscape.example/"><channel><title>t</title></channel></rdf:RDF>`: "RSS 1.0",
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>t</title></channel></rdf:RDF>`:                      "RSS 0.90",
	} {
		doc, err := parse.Read([]byte(in), parse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if doc.Format != want {
			t.Errorf("%s is called %s, want %s", in, doc.Format, want)
		}
	}
}
