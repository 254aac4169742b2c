package parse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

// read reads one document that must be a feed.
func readFeed(t *testing.T, body string) *feed.Document {
	t.Helper()
	doc, err := parse.Read([]byte(body), parse.Options{
		Source: feed.Source{KeepUntitled: true}, Location: "https://feeds.example/rss",
	})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// only returns the item of a document that has one.
func onlyItem(t *testing.T, body string) feed.Item {
	t.Helper()
	doc := readFeed(t, body)
	if len(doc.Items) != 1 {
		t.Fatalf("%d items, rejected %v", len(doc.Items), doc.Rejected)
	}
	return doc.Items[0]
}

func rssOf(item string) string {
	return `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
		xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>c</title><item>` + item + `</item></channel></rss>`
}

func atomOf(entry string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
		xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><title>f</title><entry>` + entry + `</entry></feed>`
}

// Words that are at home in another format say what a feed's own words do not
// (I24, I26), and nothing where they do.
func TestStandIns(t *testing.T) {
	person := func(it feed.Item) string {
		if len(it.Authors) == 0 {
			return ""
		}
		return it.Authors[0].Name + " " + it.Authors[0].Email + " " + it.Authors[0].URI
	}
	tag := func(it feed.Item) string {
		if len(it.Tags) == 0 {
			return ""
		}
		return it.Tags[0].Term
	}
	helper := func(it feed.Item) string {
		if len(it.Contributors) == 0 {
			return ""
		}
		return it.Contributors[0].Name
	}
	html := func(it feed.Item) string { return it.HTML }
	title := func(it feed.Item) string { return it.Title }
	link := func(it feed.Item) string { return it.Link }
	for name, c := range map[string]struct {
		body string
		get  func(feed.Item) string
		want string
	}{
		"title in RSS":      {rssOf(`<atom:title type="html">&lt;i&gt;Tide&lt;/i&gt; tables</atom:title>`), title, "Tide tables"},
		"own title in RSS":  {rssOf(`<atom:title>Other</atom:title><title>Own</title>`), title, "Own"},
		"content in RSS":    {rssOf(`<atom:content type="html">&lt;p&gt;Long&lt;/p&gt;</atom:content>`), html, "<p>Long</p>"},
		"xhtml in RSS":      {rssOf(`<atom:content type="xhtml"><div><p>Long</p></div></atom:content>`), html, "<p>Long</p>"},
		"summary in RSS":    {rssOf(`<title>t</title><atom:summary>Short</atom:summary>`), html, "<p>Short</p>"},
		"bare content":      {rssOf(`<title>t</title><description>d</description><content type="html">&lt;p&gt;b&lt;/p&gt;</content>`), html, "<p>b</p>"},
		"author in RSS":     {rssOf(`<title>t</title><atom:author><atom:name>Ada</atom:name><atom:email>ada@s.example</atom:email><atom:uri>/ada</atom:uri></atom:author>`), person, "Ada ada@s.example https://feeds.example/ada"},
		"own author in RSS": {rssOf(`<title>t</title><atom:author><atom:name>Ada</atom:name></atom:author><dc:creator>Bo</dc:creator>`), person, "Bo  "},
		"helper in RSS":     {rssOf(`<title>t</title><atom:contributor><atom:name>Cy</atom:name></atom:contributor>`), helper, "Cy"},
		"tag in RSS":        {rssOf(`<title>t</title><atom:category term="Eels"/>`), tag, "Eels"},

		"title in Atom":     {atomOf(`<dc:title>Salt &amp; smoke</dc:title>`), title, "Salt & smoke"},
		"own title in Atom": {atomOf(`<dc:title>Other</dc:title><title>Own</title>`), title, "Own"},
		"text in Atom":      {atomOf(`<title>t</title><dc:description>Short</dc:description>`), func(it feed.Item) string { return it.Summary }, "Short"},
		"rights in Atom":    {atomOf(`<title>t</title><dc:rights>CC0</dc:rights>`), func(it feed.Item) string { return it.Rights }, "CC0"},
		"language in Atom":  {atomOf(`<title>t</title><dc:language>nb</dc:language>`), func(it feed.Item) string { return it.Language }, "nb"},
		"id in Atom":        {atomOf(`<title>t</title><dc:identifier>x-1</dc:identifier>`), func(it feed.Item) string { return it.RawID }, "x-1"},
		"own id in Atom":    {atomOf(`<title>t</title><dc:identifier>x-1</dc:identifier><id>urn:x:2</id>`), func(it feed.Item) string { return it.RawID }, "urn:x:2"},
		"helper in Atom":    {atomOf(`<title>t</title><dc:contributor>Cy</dc:contributor>`), helper, "Cy"},
		"tag as text":       {atomOf(`<title>t</title><category>Eels</category>`), tag, "Eels"},
		"link as text":      {atomOf(`<title>t</title><link>https://s.example/1</link>`), link, "https://s.example/1"},
		"words as link":     {atomOf(`<title>t</title><link>read on</link>`), link, ""},
		"type is no type":   {atomOf(`<title>t</title><content type="plain">Text</content>`), html, "<p>Text</p>"},
		"type is a film":    {atomOf(`<title>t</title><content type="video/mp4">AAAA</content>`), html, ""},

		"shouted prefix": {strings.ToUpper(`<rss version="2.0"><channel><item><dc:title>Tide</dc:title></item></channel></rss>`), title, "TIDE"},

		"burned":          {rssOf(`<link>https://p.example/1</link><feedburner:origLink>https://s.example/1</feedburner:origLink>`), link, "https://s.example/1"},
		"burned to a key": {rssOf(`<link>https://p.example/1</link><feedburner:origLink>0a1b-2c3d</feedburner:origLink>`), link, "https://p.example/1"},
		"key in Atom":     {atomOf(`<link href="https://p.example/1"/><feedburner:origLink>0a1b-2c3d</feedburner:origLink>`), link, "https://p.example/1"},
	} {
		t.Run(name, func(t *testing.T) {
			it := onlyItem(t, c.body)
			if diff := cmp.Diff(c.want, c.get(it)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The same of a feed as a whole.
func TestStandInsOfFeed(t *testing.T) {
	const want = "Title / Subtitle / CC0 / nb / https://s.example/ / Ada"
	for name, body := range map[string]string{
		"RSS": `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
			<atom:title>Title</atom:title><dc:description>Subtitle</dc:description><atom:rights>CC0</atom:rights>
			<dc:language>nb</dc:language><atom:link href=" https://s.example/ "/><atom:author><atom:name>Ada</atom:name></atom:author>
			<item><title>t</title></item></channel></rss>`,
		"Atom": `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
			<dc:title>Title</dc:title><dc:description>Subtitle</dc:description><dc:rights>CC0</dc:rights>
			<dc:language>nb</dc:language><link>https://s.example/</link><dc:creator>Ada</dc:creator>
			<entry><title>t</title></entry></feed>`,
		"space in an address": `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nb"><title>Title</title><subtitle>Subtitle</subtitle>
			<rights>CC0</rights><link href="  https://s.example/  "/><author><name>Ada</name></author><entry><title>t</title></entry></feed>`,
	} {
		t.Run(name, func(t *testing.T) {
			p := readFeed(t, body).Profile
			got := p.Title + " / " + p.Subtitle + " / " + p.Rights + " / " + p.Language + " / " + p.Link
			for _, a := range p.Authors {
				got += " / " + a.Name
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
