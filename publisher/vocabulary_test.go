package publisher_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/feed"
)

// What sources say in well-known vocabularies is brought to what those allow, or
// left out, whatever a channel asks for; elements that validators do not know
// stand where it asks for all (M1, M3, R8, R18, U3, T5).
func TestVocabularies(t *testing.T) {
	const itunes, slash, wfw = "http://www.itunes.com/dtds/podcast-1.0.dtd", "http://purl.org/rss/1.0/modules/slash/", "http://wellformedweb.org/CommentAPI/"
	attr := func(list ...string) (attrs []feed.Attr) {
		for i := 0; i < len(list); i += 2 {
			attrs = append(attrs, feed.Attr{Name: list[i], Value: list[i+1]})
		}
		return attrs
	}
	for _, test := range []struct {
		space, name, text string
		attrs             []feed.Attr
		want              string
	}{
		{itunes, "explicit", "No", nil, "<itunes:explicit>false</itunes:explicit>"},
		{itunes, "explicit", "yes", nil, "<itunes:explicit>true</itunes:explicit>"},
		{itunes, "explicit", "perhaps", nil, ""},
		{itunes, "duration", "43:12", nil, "<itunes:duration>43:12</itunes:duration>"},
		{itunes, "duration", "45 min", nil, ""},
		{itunes, "duration", "1:2:3:4", nil, ""},
		{itunes, "keywords", "river weir mill", nil, "<itunes:keywords>river, weir, mill</itunes:keywords>"},
		{itunes, "order", "3", nil, ""},
		{slash, "comments", "many", nil, ""},
		{slash, "comments", "12", nil, "<slash:comments>12</slash:comments>"},
		{slash, "hitparade", "1,2", nil, ""},
		{wfw, "commentRSS", "https://go.example.com/c", nil, "<wfw:commentRss>https://go.example.com/c</wfw:commentRss>"},
		{wfw, "commentRss", "this is the new value", nil, ""},
		{mediaSpace, "credit", "Reuters", attr("role", "provider"), "<media:credit>Reuters</media:credit>"},
		{mediaSpace, "credit", "Ann", attr("role", "author"), `<media:credit role="author">Ann</media:credit>`},
		{mediaSpace, "credit", "Ann", attr("role", "owner", "scheme", "urn:yvs"), `<media:credit role="owner" scheme="urn:yvs">Ann</media:credit>`},
		{mediaSpace, "content", "", attr("url", "https://go.example.com/a.png", "length", "12"), `<media:content url="https://go.example.com/a.png"/>`},
	} {
		e := linkPost()
		e.Extensions = []feed.Extension{{Space: test.space, Name: test.name, Text: test.text, Attrs: test.attrs}}
		shelf := library()
		shelf.put("all", e)
		prefix := map[string]string{itunes: "itunes", slash: "slash", wfw: "wfw", mediaSpace: "media"}[test.space]
		for _, path := range []string{"rss.xml", "atom.xml"} {
			doc := body(t, render(t, newPublisher(t, options(), shelf)), path)
			_, items, _ := strings.Cut(doc, map[bool]string{true: "<item>", false: "<entry"}[path == "rss.xml"])
			if has := strings.Contains(items, "<"+prefix+":"); has != (test.want != "") || !strings.Contains(items, test.want) {
				t.Errorf("%s: %s %q: not %q", path, test.name, test.text, test.want)
			}
		}
		o := options()
		o.Channels[0].AllExtensions = true
		want := test.want
		if test.name == "order" || test.name == "hitparade" {
			want = "<" + prefix + ":" + test.name + ">" + test.text + "<"
		}
		_, items, _ := strings.Cut(body(t, render(t, newPublisher(t, o, shelf)), "rss.xml"), "<item>")
		if has := strings.Contains(items, "<"+prefix+":"); has != (want != "") || !strings.Contains(items, want) {
			t.Errorf("with all: %s %q: not %q", test.name, test.text, want)
		}
	}
}

// M3: a channel of podcasts has an owner and says whether anything is explicit.
func TestPodcastChannel(t *testing.T) {
	e := podcast()
	e.Extensions = append(e.Extensions, feed.Extension{Space: "http://www.itunes.com/dtds/podcast-1.0.dtd", Name: "explicit", Text: "yes"})
	shelf := library()
	shelf.put("all", e)
	doc := body(t, render(t, newPublisher(t, options(), shelf)), "rss.xml")
	head, _, _ := strings.Cut(doc, "<item>")
	if !strings.Contains(head, "<itunes:explicit>true<") || !strings.Contains(head, "<itunes:email>editors@example.org<") {
		t.Errorf("head:\n%s", head)
	}
	o := options()
	o.Channels[0].AllExtensions = true
	if doc = body(t, render(t, newPublisher(t, o, shelf)), "rss.xml"); !strings.Contains(doc, "<itunes:explicit>true</itunes:explicit>\n    <itunes:owner>") {
		t.Error("with all, a channel of which a part is explicit says that nothing is")
	}
	shelf.put("all", linkPost())
	if doc = body(t, render(t, newPublisher(t, options(), shelf)), "rss.xml"); strings.Contains(doc, "itunes:") {
		t.Error("a channel without podcasts says that it is one")
	}
}

// R16, T9: what looks like HTML in a plain text is taken for none; U3: addresses
// have no characters that they cannot have.
func TestTextsThatLookLikeHTML(t *testing.T) {
	e := linkPost()
	e.Title, e.Rights, e.Summary = "Using &amp; and </b>", "Copyright &copy; us", "A &group_id; of <b>tags</b>"
	e.Authors, e.Contributors = []feed.Person{{Name: "Ann &eacute;"}}, []feed.Person{{Name: "Bo &#233;"}}
	e.Tags = []feed.Tag{{Term: "C &lt; D"}, {Term: "R&D"}}
	e.Link, e.External = "https://go.example.com/a[b]/{c}?q=[1]", ""
	e.ID = "https://go.example.com/a[b]/{c}?q=[1]"
	e.Attachments = []feed.Attachment{{URL: "https://go.example.com/Film [HD].mp4", Type: "video/mp4"}}
	shelf := library()
	shelf.put("all", e)
	o := options()
	o.Channels[0].Title, o.Channels[0].Image, o.Site.Author.Name = "Planet &copy;", "https://planet.example.org/a.png", "Ed &copy;"
	for i := range shelf.sources {
		shelf.sources[i].Source.Title = "Notes &reg;"
	}
	s := render(t, newPublisher(t, o, shelf))
	rss, atom := body(t, s, "rss.xml"), body(t, s, "atom.xml")
	for _, want := range []string{
		"<title>Using &#x26;amp; and &#x3C;/b&#x3E;</title>", "<link>https://go.example.com/a%5Bb%5D/%7Bc%7D?q=%5B1%5D</link>",
		`<guid isPermaLink="false">https://go.example.com/a[b]/{c}?q=[1]</guid>`, `url="https://go.example.com/Film%20%5BHD%5D.mp4"`,
		"<dc:rights>Copyright &#x26;copy; us<", "<dc:creator>Ann &#x26;eacute;<", "<dc:contributor>Bo &#x26;#233;<",
		"<category>C &#x26;lt; D<", "<category>R&amp;D<", ">Notes &#x26;reg;</source>", "<title>Planet &#x26;copy;</title>\n      <link>",
		"(Ed &#x26;copy;)</managingEditor>",
	} {
		if !strings.Contains(rss, want) {
			t.Errorf("rss.xml lacks %s", want)
		}
	}
	for _, want := range []string{`<rights type="html">Copyright &#x26;amp;copy; us</rights>`, `<title type="text">Using &#x26;amp; and &#x3C;/b&#x3E;</title>`} {
		if !strings.Contains(atom, want) {
			t.Errorf("atom.xml lacks %s", want)
		}
	}
	for text, html := range map[string]bool{"AT&T and R & D": false, "1 < 2 > 0": false, "a &1; b": true, "x &lt; y": true, "</p>": true} {
		e.Rights = text
		shelf.put("all", e)
		doc := body(t, render(t, newPublisher(t, options(), shelf)), "atom.xml")
		if got := strings.Contains(doc, `<rights type="html">`); got != html {
			t.Errorf("rights %q declared as HTML: %v", text, got)
		}
	}
}

// Control characters of Latin-1 are read as what was meant by them (U2).
func TestControlCharacters(t *testing.T) {
	e := linkPost()
	e.Title = "It\u0092s 5 \u0080\u0081"
	shelf := library()
	shelf.put("all", e)
	if doc := body(t, render(t, newPublisher(t, options(), shelf)), "atom.xml"); !strings.Contains(doc, "It’s 5 €") || strings.ContainsAny(doc, "\u0080\u0081\u0092") {
		t.Error(fmt.Sprint("the title came out otherwise: ", doc[strings.Index(doc, "It"):][:20]))
	}
}
