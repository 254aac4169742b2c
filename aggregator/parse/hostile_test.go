package parse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/aggregator/parse"
	"weir/feed"
)

// rss wraps the inside of a channel.
func channel(inside string) string {
	return `<rss version="2.0"><channel><title>t</title><link>https://example.org/</link>` + inside + `</channel></rss>`
}

func item(inside string) string { return "<item><title>a</title><guid>1</guid>" + inside + "</item>" }

func nested(open string, n int, closed bool) string {
	s := strings.Repeat(open, n)
	if closed {
		name := open[1:strings.IndexAny(open, " >")]
		s += strings.Repeat("</"+name+">", n)
	}
	return s
}

// declarations returns n namespace declarations.
func declarations(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " xmlns:n%d='u%d'", i, i)
	}
	return b.String()
}

const foreign = `<rss version="2.0" xmlns:x="https://example.org/x"><channel><title>t</title>`

// What attacks a parser is refused or survived quickly, whatever it is.
func TestHostile(t *testing.T) {
	const mega = 1 << 20
	tests := []struct {
		name string
		body string
		// limit is what must be exceeded; without one the document must be
		// read and hold this many items.
		limit string
		items int
	}{
		// The negative control: what is allowed is not refused.
		{"control: depth 60", channel(item(nested("<x>", 60, true))), "", 1},
		{"control: 60 attributes", channel(item("<x" + strings.Repeat(" a='1'", 60) + "/>")), "", 1},
		{"control: 60 namespaces", channel(item("<x" + declarations(60) + "/>")), "", 1},
		{"XC01 depth 65", channel(item(nested("<x:a>", 65, true))), "element depth", 0},
		{"XC01 depth 10 k unclosed", channel(item(nested("<x:a>", 10_000, false))), "element depth", 0},
		{"XC01 depth 1 M", channel(nested("<x:a>", mega, true)), "element depth", 0},
		{"XC01 depth 2 M", foreign + nested("<x:a>", 2*mega, false), "element depth", 0},
		{"XC02 default namespace", channel(`<a xmlns="u">` + nested("<a>", 2*mega, false)), "element depth", 0},
		{"XC03 nested declarations", channel(item(strings.Repeat("<a xmlns:a='1' xmlns:b='2' xmlns:c='3'>", 20_000))), "number of namespaces in scope", 0},
		{"XC04 flat declarations", `<rss` + declarations(2000) + `><channel>` + strings.Repeat("<item/>", 20_000), "number of attributes of an element", 0},
		{"XC04 within the limit", `<rss` + declarations(60) + `><channel>` + strings.Repeat(item(strings.Repeat("<a/>", 30)), 10_000) + "</channel></rss>", "work to resolve namespaces", 0},
		{"XC05 prefixes", `<rss` + declarations(63) + `><channel>` + strings.Repeat("<zz:a/>", 49_000) + "</channel></rss>", "", 0},
		{"XC06 fragments", channel(item("<x:a>" + strings.Repeat("t<b/>", 200_000) + "</x:a>")), "number of fragments in an item", 0},
		{"XC06 comments", channel(item("<x:a>" + strings.Repeat("t<!---->", 200_000) + "</x:a>")), "number of fragments in an item", 0},
		{"XC06 long fragments", channel(item("<x:a>" + strings.Repeat(strings.Repeat("t", 180)+"<!---->", 49_000) + "</x:a>")), "", 1},
		{"XC06 in the head", channel("<x:a>" + strings.Repeat("t<!---->", 200_000) + "</x:a>"), "number of fragments in an item", 0},
		{"XC09 laughs", `<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "` + strings.Repeat("&a;", 9000) + `">]>` + channel(item(strings.Repeat("&b;", 9000))), "", 1},
		{"XC10 attribute", channel(item(`<enclosure url="` + strings.Repeat("x", 8*mega) + `"/>`)), "", 1},
		{"XC10 text", channel(item("<description>" + strings.Repeat("x", 8*mega) + "</description>")), "", 1},
		{"XC10 name", channel(item("<" + strings.Repeat("x", 8*mega) + "/>")), "", 1},
		{"XC10 comment", "<!--" + strings.Repeat("x", 8*mega) + "-->" + channel(item("")), "", 1},
		{"XC10 doctype", "<!DOCTYPE rss [" + strings.Repeat("<!ELEMENT x ANY>", mega/2) + "]>" + channel(item("")), "", 1},
		{"XC11 attributes", channel(item("<x" + strings.Repeat(" a='1'", mega) + "/>")), "number of attributes of an element", 0},
		{"XC12 items", channel(strings.Repeat("<item/>", 100_000)), "number of items", 0},
		{"XC12 elements", channel(strings.Repeat("<item>"+strings.Repeat("<a/>", 40)+"</item>", 12_000)), "number of elements", 0},
		{"XC13 categories", channel(item(strings.Repeat("<category>c</category>", 24_000))), "", 1},
		{"XC13 enclosures", channel(item(strings.Repeat("<enclosure url='https://example.org/e'/>", 24_000))), "", 1},
		{"XC14 ampersands", channel(item("<description>" + strings.Repeat("&", 9*mega) + "</description>")), "", 1},
		{"XC14 CDATA", channel(item("<description>" + strings.Repeat("<![CDATA[x]]>", 49_000) + "</description>")), "", 1},
		{"XC15 dates", channel(strings.Repeat("<item><guid>1</guid><pubDate>"+strings.Repeat("9", 60)+"</pubDate></item>", 19_000)), "", 19_000},
		{"XC17 bases", channel(item(nested("<a xml:base='b/'>", 59, true))), "", 1},
		{"XC18 references", channel(item("<description>&#999999999999;&#xD800;&#0;&#x110000;&#;&#x;</description>")), "", 1},
		{"XC19 long prologue", "<!--" + strings.Repeat("p", 9000) + "--><?pi " + strings.Repeat("p", 9000) + "?>" + channel(item("")), "", 1},
		{"XC20 two roots", channel(item("")) + channel(item("")) + "junk <", "", 1},
		{"stray end tags", channel(nested("<x>", 55, false) + strings.Repeat("</y>", 2*mega)), "work to match end tags", 0},
		{"stray end tags in items", channel(strings.Repeat(item(nested("<x>", 55, false)+strings.Repeat("</y>", 40_000)), 50)), "work to match end tags", 0},
		{"stray less-than", channel(item(strings.Repeat("< ", 4*mega))), "number of fragments in an item", 0},
		{"unclosed children", channel(item(strings.Repeat("<description>x", 50))), "", 1},
		{"unclosed quotes", channel(item(strings.Repeat(`<a b="`, 20_000))), "", 1},
		{"unclosed CDATA", channel(item(strings.Repeat("<description><![CDATA[", 20_000))), "", 0},
		{"deep extension", channel(item(strings.Repeat(`<x xmlns="u">`+nested("<a>", 55, true)+"</x>", 400))), "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			doc, err := parse.Read([]byte(tt.body), parse.Options{})
			// Generous, because the machine may be busy; measured times are
			// a tenth of this.
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %v", took)
			} else if took > 250*time.Millisecond {
				t.Logf("slow: %v for %d bytes", took, len(tt.body))
			}
			var limit *parse.LimitError
			switch {
			case tt.limit != "":
				if !errors.As(err, &limit) || limit.Limit != tt.limit || limit.Value <= limit.Max {
					t.Fatalf("got %v, want the limit on %s", err, tt.limit)
				}
			case err != nil:
				t.Fatal(err)
			case len(doc.Items) != tt.items:
				t.Fatalf("%d items, want %d", len(doc.Items), tt.items)
			}
		})
	}
}

// What an item may hold of anything is bounded (XC13, XC22).
func TestItemCaps(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	doc, err := parse.Read([]byte(channel(
		"<item><title>"+long+"</title><guid>"+long+"</guid><link>https://example.org/"+long+"</link>"+
			"<pubDate>"+long+"</pubDate><author>"+long+"</author>"+
			manyOf("<category>c%d</category>")+manyOf("<enclosure url='https://example.org/%d'/>")+
			"<description>"+long+"</description></item><item><guid>"+long+"y</guid></item>")), parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	it := doc.Items[0]
	for name, got := range map[string][2]int{
		"title": {len(it.Title), feed.MaxTitle}, "tags": {len(it.Tags), feed.MaxTags},
		"attachments": {len(it.Attachments), feed.MaxAttachments}, "HTML": {len(it.HTML), feed.MaxHTML},
		"id": {len(it.RawID), feed.MaxURL}, "author": {len(it.Authors[0].Name), feed.MaxTitle},
	} {
		if got[0] == 0 || got[0] > got[1] {
			t.Errorf("%s has %d, at most %d wanted", name, got[0], got[1])
		}
	}
	if it.Link == "" || len(it.Link) > feed.MaxURL {
		t.Errorf("link of %d bytes", len(it.Link))
	}
	if !it.Published.IsZero() {
		t.Errorf("published %v", it.Published)
	}
	if doc.Items[1].RawID == it.RawID {
		t.Error("two long ids that differ at the end became one")
	}
}

func manyOf(format string) string {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// Hostile JSON (XC07, XC08, XG01).
func TestHostileJSON(t *testing.T) {
	const version = `"version":"https://jsonfeed.org/version/1.1"`
	tests := []struct {
		name, body string
		items      int
		err        string
	}{
		{"control", `{` + version + `,"items":[{"id":"1"}]}`, 1, ""},
		{"XC07 null item", `{` + version + `,"items":[null]}`, 0, ""},
		{"XC07 null author", `{` + version + `,"authors":[null],"items":[{"id":"1"}]}`, 1, ""},
		{"XC07 null author of an item", `{` + version + `,"items":[{"id":"1","authors":[null],"attachments":null,"tags":[null]}]}`, 1, ""},
		{"XC08 wrong types", `{` + version + `,"title":[],"authors":3,"items":[{"id":{},"title":["x"],"url":1,"tags":{"a":1},"content_text":"t"}]}`, 1, ""},
		{"XC08 depth", `{` + version + `,"items":` + strings.Repeat("[", 100_000), 0, "JSON depth of 65 is above the limit of 64"},
		{"XC08 duplicate keys", `{` + version + `,"items":[{"id":"1"` + strings.Repeat(`,"a":1`, 1<<20) + `}]}`, 1, ""},
		{"XC12 items", `{` + version + `,"items":[` + strings.Repeat("1,", 30_000) + `1]}`, 0, "number of items of 20001 is above the limit of 20000"},
		{"XG01 error object", `{"error":"login required"}`, 0, "not a feed but a JSON object"},
		{"XG01 empty object", `{}`, 0, "not a feed but a JSON object"},
		{"items of something else", `{"items":[{"kind":"row"}],"title":"t"}`, 0, "not a feed but a JSON object"},
		{"RSS in JSON", `{"rss":{"channel":{"item":[]}}}`, 0, "not a feed but a feed of another kind in JSON"},
		{"cut without a version", `{"title":"t","feed_url":"https://example.org/","items":[{"id":"1"},{"i`, 1, ""},
		{"cut without anything", `{"title":"t","items":[{"id":"1"},{"i`, 0, "not a feed but a JSON object that ends early"},
		{"cut but named", `{` + version + `,"items":[{"id":"1"},{"i`, 1, ""},
		{"open string", `{` + version + `,"items":[{"id":"1`, 0, ""},
		{"nonsense", `{` + version + `,,,:"items":[{"id"`, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := parse.Read([]byte(tt.body), parse.Options{})
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Fatalf("got %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(doc.Items) != tt.items {
				t.Errorf("%d items, want %d; rejected %v", len(doc.Items), tt.items, doc.Rejected)
			}
		})
	}
}
