package parse_test

import (
	"strings"
	"testing"

	"weir/aggregator/parse"
)

const rss11 = `<?xml version="1.0"?>
<Channel xmlns="http://purl.org/net/rss1.1#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	rdf:about="https://eels.example/rss" xml:lang="en">
	<title>Eel notes</title>
	<link>https://eels.example/</link>
	<description>Counts and weirs</description>
	<image rdf:parseType="Resource"><title>Eel</title><url>https://eels.example/eel.png</url></image>
	<items rdf:parseType="Collection">
		<item rdf:about="https://eels.example/1"><title>One</title><link>https://eels.example/1</link><description>First run</description></item>
		<item rdf:about="https://eels.example/2"><title>Two</title><link>https://eels.example/2</link></item>
	</items>
</Channel>`

// RSS 1.1 has its items in a list of their own and a channel for its root.
func TestRSS11(t *testing.T) {
	prefixed := strings.NewReplacer("<rdf:", "<rdf:", "</", "</r:", "<?", "<?", "<", "<r:").Replace(rss11)
	prefixed = strings.Replace(prefixed, "xmlns=", "xmlns:r=", 1)
	for name, body := range map[string]string{"default": rss11, "prefixed": prefixed} {
		t.Run(name, func(t *testing.T) {
			doc := readFeed(t, body)
			p := doc.Profile
			if doc.Format != "RSS 1.1" || p.Title != "Eel notes" || p.Link != "https://eels.example/" ||
				p.Subtitle != "Counts and weirs" || p.Language != "en" || p.Logo != "https://eels.example/eel.png" {
				t.Errorf("%s %+v", doc.Format, p)
			}
			if len(doc.Items) != 2 || doc.Items[0].RawID != "https://eels.example/1" || doc.Items[0].HTML != "First run" ||
				doc.Items[1].Title != "Two" || len(doc.Warnings) != 0 {
				t.Errorf("%+v, warnings %q", doc.Items, doc.Warnings)
			}
			cut, err := parse.Read([]byte(body[:strings.LastIndex(body, "Two")]), parse.Options{})
			if err != nil || !cut.Partial || len(cut.Items) != 1 {
				t.Errorf("cut: %v, %v", cut, err)
			}
		})
	}
}

// A root that lost its name, or its namespace, is known by what is in it.
func TestStrayRoots(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		items int
	}{
		"channel alone":         {`<?xml version="1.0"?><channel><title>c</title><link>https://s.example/</link><item><title>a</title></item><item><title>b</title></item></channel>`, 2},
		"channel of RDF":        {`<channel rdf:about="https://s.example/"><title>c</title><link>https://s.example/</link><items><rdf:Seq/></items></channel><item rdf:about="https://s.example/1"><title>a</title></item>`, -1},
		"rss behind warnings":   {"<br />\n<b>Warning</b>: no such file<br />\n<rss>\n<channel><title>c</title><item><title>a</title></item></channel></rss>", 1},
		"shout behind warnings": {"<br />\n<b>Warning</b>: no such file<br />\n<RSS VERSION=\"2.0\"><CHANNEL><TITLE>c</TITLE><ITEM><TITLE>a</TITLE></ITEM></CHANNEL></RSS>", 1},
		"other channel":         {`<CHANNEL HREF="https://s.example/"><TITLE>c</TITLE><ITEM HREF="https://s.example/1"><TITLE>a</TITLE></ITEM></CHANNEL>`, -1},
		"empty channel":         {`<channel><title>c</title><link>https://s.example/</link></channel>`, -1},
		"odd namespace":         {`<feed xmlns="https://s.example/ns"><title>f</title><link href="/"/><id>urn:f</id><entry><title>a</title><id>urn:a</id><updated>2026-01-02T03:04:05Z</updated></entry></feed>`, 1},
		"other feed":            {`<feed xmlns="https://s.example/fodder"><entry>oats</entry></feed>`, -1},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := parse.Read([]byte(c.body), parse.Options{})
			if c.items < 0 {
				if err == nil {
					t.Errorf("read as %s", doc.Format)
				}
				return
			}
			if err != nil || len(doc.Items) != c.items {
				t.Errorf("%+v, %v", doc, err)
			}
		})
	}
}

// Where a quote was lost, what follows is not swallowed with the value.
func TestLostQuotes(t *testing.T) {
	for name, c := range map[string]struct{ body, ids string }{
		"end of a value":  {`<rss><channel><item><guid isPermaLink="false>1</guid><title>a</title></item><item><guid isPermaLink="false">2</guid><title>b</title></item></channel></rss>`, " 2"},
		"of an item":      {`<rss><channel><item about="1><title>a</title></item><item about="2"><title>b</title></item><item about="3"><title>c</title></item></channel></rss>`, "2 3"},
		"in HTML":         {`<rss><channel><item><guid>1</guid><description><a href="x>y</a></description></item><item><guid isPermaLink="false">2</guid></item></channel></rss>`, "1 2"},
		"markup in value": {`<rss><channel><item><guid>1</guid><description><a title="<b>y</b>">z</a></description></item></channel></rss>`, "1"},
		"bare addresses":  {`<rss version=2.0 xmlns:x=https://s.example/x/><channel><item x=https://s.example/><guid>1</guid></item></channel></rss>`, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			var ids []string
			doc := readFeed(t, c.body)
			for _, it := range doc.Items {
				ids = append(ids, it.RawID)
			}
			if got := strings.Join(ids, " "); got != c.ids {
				t.Errorf("got %q, want %q; rejected %v", got, c.ids, doc.Rejected)
			}
		})
	}
}
