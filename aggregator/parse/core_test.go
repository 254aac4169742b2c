package parse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/aggregator/parse"
	"weir/feed"
)

// tell writes what a person, link, tag or file of an item says in one line.
func tell[T any](list []T, one func(T) string) string {
	lines := make([]string, len(list))
	for i, v := range list {
		lines[i] = one(v)
	}
	return strings.Join(lines, "; ")
}

func tellPerson(p feed.Person) string {
	return strings.TrimRight(fmt.Sprintf("%s <%s> %s %s", p.Name, p.Email, p.URI, p.Role), " ")
}

func tellLink(l feed.Link) string {
	return strings.TrimRight(fmt.Sprintf("%s %s %s %s %s", l.Rel, l.Href, l.Type, l.Title, l.Language), " ")
}

func tellTag(t feed.Tag) string {
	return strings.TrimRight(fmt.Sprintf("%s [%s] %s", t.Term, t.Scheme, t.Label), " ")
}

func tellFile(a feed.Attachment) string {
	return fmt.Sprintf("%s %s %d %s %v", a.URL, a.Type, a.Length, a.Title, a.Duration)
}

// The fields that every reader shows, one row for each rule: what is in the
// only item of the document, and what Weir makes of it.
func TestCoreFields(t *testing.T) {
	const (
		rssSpaces  = ` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:h="http://www.w3.org/1999/xhtml"`
		rssHead    = `<rss version="2.0"` + rssSpaces + `><channel><title>Feed</title><link>https://site.example/</link>`
		atomSpaces = ` xmlns="http://www.w3.org/2005/Atom"`
	)
	rss := func(inside string) string { return rssHead + `<item>` + inside + `</item></channel></rss>` }
	atom := func(inside string) string {
		return `<feed` + atomSpaces + `><title>Feed</title><entry>` + inside + `</entry></feed>`
	}
	atom03 := func(inside string) string {
		return `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>1</id>` + inside + `</entry></feed>`
	}
	title := func(it *feed.Item) string { return it.Title }
	link := func(it *feed.Item) string { return it.Link }
	id := func(it *feed.Item) string { return it.RawID }
	text := func(it *feed.Item) string { return it.HTML }
	both := func(it *feed.Item) string { return it.HTML + " | " + it.Summary }
	authors := func(it *feed.Item) string { return tell(it.Authors, tellPerson) }
	links := func(it *feed.Item) string { return tell(it.Links, tellLink) }
	tags := func(it *feed.Item) string { return tell(it.Tags, tellTag) }
	files := func(it *feed.Item) string { return tell(it.Attachments, tellFile) }
	lang := func(it *feed.Item) string { return it.Language }
	rights := func(it *feed.Item) string { return it.Rights }
	dates := func(it *feed.Item) string { return stamp(it.Published) + " " + stamp(it.Updated) }
	origin := func(it *feed.Item) string {
		if it.Origin == nil {
			return ""
		}
		o := it.Origin
		return strings.Join([]string{o.ID, o.Title, o.Link, o.Self, tell(o.Authors, tellPerson), stamp(o.Updated)}, " ")
	}
	tests := []struct {
		name, body string
		got        func(*feed.Item) string
		want       string
	}{
		{"I3, G28: rdf:about where nothing else is an id", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/><item rdf:about="https://e.example/about"><title>t</title></item></rdf:RDF>`, id, "https://e.example/about"},
		{"I3: dc:identifier before rdf:about", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item rdf:about="https://e.example/about"><dc:identifier>doi:1</dc:identifier></item></rdf:RDF>`, id, "doi:1"},
		{"I3: guid before dc:identifier", rss(`<dc:identifier>doi:1</dc:identifier><guid isPermaLink="false">g</guid>`), id, "g"},
		{"I3: guid before atom:id", rss(`<atom:id>urn:a</atom:id><guid isPermaLink="false">g</guid>`), id, "g"},
		{"I2, G9: no base touches an id", `<feed` + atomSpaces + ` xml:base="https://b.example/a/"><entry><id> Caf%C3%A9/../x y </id></entry></feed>`, id, "Caf%C3%A9/../x y"},
		{"I8: the page among alternates", atom(`<link rel="alternate" type="application/pdf" href="https://e.example/p.pdf"/><link rel="alternate" type="text/html" href="https://e.example/p"/>`), link, "https://e.example/p"},
		{"I8: a relation may be spelt as an address", atom(`<link rel="http://www.iana.org/assignments/relation/alternate" href="https://e.example/p"/>`), link, "https://e.example/p"},
		{"I8: content elsewhere, where there is no page", atom(`<content src="https://e.example/movie.mp4" type="video/mp4"/><id>1</id>`), link, "https://e.example/movie.mp4"},
		{"I8: a page before content elsewhere", atom(`<link href="https://e.example/p"/><content src="https://e.example/m.mp4" type="video/mp4"/>`), link, "https://e.example/p"},
		{"I8: an id that is an address, where nothing else is", atom(`<id>https://e.example/1</id>`), link, "https://e.example/1"},
		{"P97: white space inside a link", rss("<link>\n\thttps://e.example/a%7Eb/C\n</link>"), link, "https://e.example/a%7Eb/C"},
		{"G30: a name before an equals sign is no entity", rss(`<link>https://e.example/?a=1&amp;copy=2&amp;b=3</link>`), link, "https://e.example/?a=1&copy=2&b=3"},
		{"G29: the first title that says anything", rss(`<title> </title><title>one</title><title>two</title>`), title, "one"},
		{"G29: the first description", rss(`<description>one</description><description>two</description>`), text, "one"},
		{"I25: an RSS title that is escaped twice", rss(`<title>Q&amp;amp;A &amp;lt;now&amp;gt;</title>`), title, "Q&A <now>"},
		{"I25: a title that media:title gives", rss(`<media:title>Film</media:title><link>https://e.example/1</link>`), title, "Film"},
		{"I25: an HTML title spelt in base64 (RFC 4287 §4.1.3.3)", atom03(`<title mode="base64" type="text/html">USZhbXA7QSA8Yj5ib2xkPC9iPg==</title>`), title, "Q&A bold"},
		{"I25: a plain title spelt in base64", atom03(`<title mode="base64" type="text/plain">PGI+</title>`), title, "<b>"},
		{"RFC 4287 §4.1.3.3: content in base64", atom(`<id>1</id><content type="application/octet-stream">PHA+YSA8Yj5iPC9iPjwvcD4=</content>`), text, "<p>a <b>b</b></p>"},
		{"RFC 4287 §4.1.3.3: base64 that is no text", atom(`<id>1</id><summary>s</summary><content type="image/png">iVBORw0KGgoAAA==</content>`), both, " | s"},
		{"RFC 4287 §4.1.3.3: text of any type is no base64", atom(`<id>1</id><content type="text/markdown">QUJD</content>`), text, "<p>QUJD</p>"},
		{"Atom 0.3: mode xml", atom03(`<content type="text/html" mode="xml"><p xmlns="http://www.w3.org/1999/xhtml">a &lt; <i>b</i></p></content>`), text, "<p>a &lt; <i>b</i></p>"},
		{"Atom 0.3: mode escaped", atom03(`<content type="text/html" mode="escaped">&lt;p>a&lt;/p></content>`), text, "<p>a</p>"},
		{"G14: prefixed XHTML", atom(`<id>1</id><content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p/>a<h:textarea/> <h:em>b</h:em> &lt;c&gt;</h:div></content>`), text, "a <em>b</em> &lt;c&gt;"},
		{"G14: escaped HTML inside inline XHTML", atom(`<id>1</id><content type="html"><div xmlns="http://www.w3.org/1999/xhtml">&lt;b&gt;a&lt;/b&gt;</div></content>`), text, "<p><b>a</b></p>"},
		{"I26: content beside a summary", rss(`<description>short</description><content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded>`), both, "<p>long</p> | short"},
		{"I26: RSS with a summary of its own", rss(`<summary>short</summary><description>&lt;p&gt;long&lt;/p&gt;</description>`), both, "<p>long</p> | short"},
		{"I26: fullitem is a text", rss(`<fullitem>&lt;p&gt;long&lt;/p&gt;</fullitem>`), text, "<p>long</p>"},
		{"I26: xhtml:body is a text", rss(`<description>short</description><h:body><h:p>long</h:p></h:body>`), both, "<p>long</p> | short"},
		{"I26, G31: media:description where there is no text", rss(`<title>t</title><media:group><media:description>seen</media:description></media:group>`), text, "<p>seen</p>"},
		{"I26, G31: not where there is one", rss(`<description>text</description><media:description>seen</media:description>`), text, "text"},
		{"I24: every creator, in order", rss(`<title>t</title><dc:creator>Ann</dc:creator><itunes:author>Show</itunes:author><dc:creator>Bo</dc:creator><author>c@e.example (Cy)</author>`), authors, "Ann <>; Bo <>"},
		{"I24: dc:author", rss(`<title>t</title><dc:author>Ann</dc:author>`), authors, "Ann <>"},
		{"I24, G16: Atom persons with mail and page", atom(`<id>1</id><author><name>Ann</name><email>a@e.example</email><uri>https://e.example/ann</uri></author><author><name>Bo</name></author>`), authors, "Ann <a@e.example> https://e.example/ann; Bo <>"},
		{"I24: a person with a page and no name", atom(`<id>1</id><author><uri>https://www.ann.example/</uri></author>`), authors, "ann.example <> https://www.ann.example/"},
		{"I24: the feed's author", `<feed` + atomSpaces + `><author><name>Feed's</name></author><entry><id>1</id></entry></feed>`, authors, "Feed's <>"},
		{"I24: the source's author before the feed's (RFC 4287 §4.2.1)", `<feed` + atomSpaces + `><author><name>Feed's</name></author><entry><id>1</id><source><author><name>Source's</name></author></source></entry></feed>`, authors, "Source's <>"},
		{"I24: managingEditor where an item has nobody", `<rss><channel><managingEditor>ed@e.example (Ed)</managingEditor><item><title>t</title></item></channel></rss>`, authors, "Ed <ed@e.example>"},
		{"I24: a channel's author", `<rss><channel><author>Ed</author><item><title>t</title></item></channel></rss>`, authors, "Ed <>"},
		{"G16: contributors", atom(`<id>1</id><contributor><name>Cy</name><uri>https://e.example/cy</uri></contributor>`), func(it *feed.Item) string { return tell(it.Contributors, tellPerson) }, "Cy <> https://e.example/cy"},
		{"G16: categories with scheme and label", atom(`<id>1</id><category term="go" scheme="https://e.example/s" label="Go language"/><category term="x"/>`), tags, "go [https://e.example/s] Go language; x []"},
		{"G17: categories with a domain, and dc:subject", rss(`<title>t</title><category domain="https://e.example/s">a</category><category>b</category><dc:subject>c</dc:subject>`), tags, "c []; a [https://e.example/s]; b []"},
		{"itunes:category, one in another", rss(`<title>t</title><itunes:category text="Society"><itunes:category text="History"/></itunes:category>`), tags, "Society [http://www.itunes.com/]; History [http://www.itunes.com/]"},
		{"G16: links of all relations", atom(`<id>1</id><link rel="via" href="https://v.example/" type="text/html" title="V" hreflang="de"/><link rel="related" href="https://r.example/"/>`), links, "via https://v.example/ text/html V de; related https://r.example/"},
		{"G29, G11: every enclosure, its address resolved", rss(`<title>t</title><enclosure url="/a.mp3" length="12" type="audio/mpeg"/><enclosure url="https://e.example/b.ogg" type="audio/ogg"/>`), files, "https://f.example/a.mp3 audio/mpeg 12  0s; https://e.example/b.ogg audio/ogg 0  0s"},
		{"an Atom enclosure with its title", atom(`<id>1</id><link rel="enclosure" href="https://e.example/a.mp3" type="audio/mpeg" length="9" title="Sound"/>`), files, "https://e.example/a.mp3 audio/mpeg 9 Sound 0s"},
		{"G17: comments", rss(`<title>t</title><comments>/c</comments>`), func(it *feed.Item) string { return it.Comments }, "https://f.example/c"},
		{"G15: xml:lang of the entry", `<feed` + atomSpaces + ` xml:lang="en"><entry xml:lang="de"><id>1</id></entry></feed>`, lang, "de"},
		{"G15: xml:lang of the text", `<feed` + atomSpaces + ` xml:lang="en"><entry xml:lang="de"><id>1</id><title xml:lang="it">t</title><content xml:lang="fr">x</content></entry></feed>`, lang, "fr"},
		{"G15: xml:lang of the title, where there is no text", `<feed` + atomSpaces + ` xml:lang="en"><entry><id>1</id><title xml:lang="it">t</title></entry></feed>`, lang, "it"},
		{"G15: an empty xml:lang inherits nothing (XML 1.0 §2.12)", `<feed` + atomSpaces + ` xml:lang="en"><entry xml:lang=""><id>1</id></entry></feed>`, lang, ""},
		{"G15: RSS, dc:language before the channel's", `<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><language>en-us</language><item><title>t</title><dc:language>pt_BR</dc:language></item></channel></rss>`, lang, "pt-BR"},
		{"G15: RSS, the channel's language", `<rss><channel><language>en-us</language><item><title>t</title></item></channel></rss>`, lang, "en-us"},
		{"G15: RSS, xml:lang of the text", rss(`<description xml:lang="el">x</description>`), lang, "el"},
		{"G16: rights", atom(`<id>1</id><rights type="html">&amp;copy; &lt;b&gt;Ann&lt;/b&gt;</rights>`), rights, "© Ann"},
		{"dc:rights", rss(`<title>t</title><dc:rights>© Bo</dc:rights>`), rights, "© Bo"},
		{"a licence as a link", atom(`<id>1</id><link rel="license" href="https://l.example/"/>`), links, "license https://l.example/"},
		{"I15, G27: what was only updated was not published", atom(`<id>1</id><updated>2024-01-02T03:04:05Z</updated>`), dates, " 2024-01-02T03:04:05Z"},
		{"I15: the most telling of Atom's dates", atom03(`<published>2024-01-03T00:00:00Z</published><issued>2024-01-02T00:00:00Z</issued><created>2024-01-01T00:00:00Z</created>`), dates, "2024-01-03T00:00:00Z "},
		{"G27: pubDate before dc:date", rss(`<title>t</title><dc:date>2024-01-01T00:00:00Z</dc:date><pubDate>Tue, 02 Jan 2024 00:00:00 GMT</pubDate>`), dates, "2024-01-02T00:00:00Z "},
		{"I23: the source of an entry that came another way", `<feed` + atomSpaces + `><entry><id>1</id><source xml:base="https://o.example/b/"><id>urn:o</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A &lt;b&gt; <b>feed</b></div></title><link href="."/><link rel="self" href="feed"/><updated>2024-01-01T00:00:00Z</updated><author><name>Ann</name><uri>ann</uri></author></source></entry></feed>`, origin, "urn:o A <b> feed https://o.example/b/ https://o.example/b/feed Ann <> https://o.example/b/ann 2024-01-01T00:00:00Z"},
		{"I23, G17: RSS source", rss(`<title>t</title><source url="https://o.example/rss">Other</source>`), origin, " Other  https://o.example/rss  "},
		{"P94, G10: xml:base of entry and text, no slash invented", `<feed` + atomSpaces + ` xml:base="https://b.example/x/feed.xml"><entry xml:base="e/"><id>1</id><content type="html" xml:base="c/">&lt;a href="p"&gt;a&lt;/a&gt;</content></entry></feed>`, text, `<a href="https://b.example/x/e/c/p">a</a>`},
		{"P94, G12: RSS text, by the item's link", rss(`<link>https://e.example/d/1</link><description>&lt;img src="p.png"&gt;</description>`), text, `<img src="https://e.example/d/p.png">`},
		{"P95: srcset", rss(`<link>https://e.example/d/</link><description>&lt;img src="a.png" srcset="b.png 1x, /c.png 2x"&gt;</description>`), text, `<img src="https://e.example/d/a.png" srcset="https://e.example/d/b.png 1x, https://e.example/c.png 2x">`},
		{"P95, G12: a fragment belongs to the item's link", rss(`<link>https://e.example/d/1</link><description>&lt;a href="#n"&gt;n&lt;/a&gt;</description>`), text, `<a href="https://e.example/d/1#n">n</a>`},
		{"P94: RSS text with xml:base", rss(`<link>https://e.example/1</link><description xml:base="https://x.example/y/">&lt;a href="z"&gt;z&lt;/a&gt;</description>`), text, `<a href="https://x.example/y/z">z</a>`},
		{"early Atom namespaces", `<feed version="0.2" xmlns="http://purl.org/atom/ns#"><entry><title>t</title></entry></feed>`, title, "t"},
		{"Atom before its name was settled", `<feed version="0.1" xmlns="http://purl.org/echo/"><entry><title>t</title></entry></feed>`, title, "t"},
		{"an Atom feed that calls its entries items", `<feed` + atomSpaces + `><item><title>t</title></item></feed>`, title, "t"},
	}
	for _, tt := range tests {
		doc := read(t, tt.body, parse.Options{Location: "https://f.example/feed"})
		if len(doc.Items) != 1 {
			t.Errorf("%s: %d items, rejected %v", tt.name, len(doc.Items), doc.Rejected)
			continue
		}
		if got := tt.got(&doc.Items[0]); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

// What a head says of its feed (G16, G17, G32).
func TestHeadFields(t *testing.T) {
	atom := read(t, `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://b.example/x/">
		<id>urn:f</id><title type="html">A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title><subtitle mode="base64">U3Vi</subtitle><rights>R</rights>
		<icon>i.ico</icon><logo>/l.png</logo><link href="."/><link rel="self" href="feed"/><link rel="hub" href="https://hub.example/"/>
		<author><name>Ann</name><url>ann</url></author><updated>2024-01-01T00:00:00Z</updated></feed>`, parse.Options{})
	rss := read(t, `<rss xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
		<title>A &amp;amp; B</title><description>Sub</description><copyright>R</copyright><language>de</language><link>https://b.example/x/</link>
		<atom:link rel="self" href="https://b.example/x/feed"/><atom:link rel="hub" href="https://hub.example/"/><ttl>60</ttl>
		<image><title>not the feed's</title><url>/l.png</url><link>https://not.example/</link></image><itunes:image href="/i.ico"/><author>Ann</author>
		</channel></rss>`, parse.Options{Location: "https://b.example/x/feed"})
	for name, doc := range map[string]*feed.Document{"Atom": atom, "RSS": rss} {
		p := doc.Profile
		if p.Subtitle != "Sub" || p.Rights != "R" || p.Language != "de" || p.Link != "https://b.example/x/" ||
			p.Self != "https://b.example/x/feed" || p.Hub != "https://hub.example/" || p.Logo != "https://b.example/l.png" {
			t.Errorf("%s: %+v", name, p)
		}
		if len(p.Authors) != 1 || p.Authors[0].Name != "Ann" {
			t.Errorf("%s: authors %v", name, p.Authors)
		}
	}
	if p := atom.Profile; p.Title != "A & B" || p.FeedID != "urn:f" || p.Icon != "https://b.example/x/i.ico" || p.Authors[0].URI != "https://b.example/x/ann" {
		t.Errorf("Atom: %+v", p)
	}
	if p := rss.Profile; p.Title != "A & B" || p.Icon != "https://b.example/i.ico" || rss.Hints.TTL != time.Hour {
		t.Errorf("RSS: %+v", p)
	}
}
