package parse

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scanned returns the scan of a text.
func scanned(t *testing.T, text string) *document {
	t.Helper()
	root, f, err := sniff([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := new(scanner).scan([]byte(text), root, f, Limits{}.or())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Where items begin and end, to the byte.
func TestItemsAreBounded(t *testing.T) {
	rss := func(inside string) string { return `<rss version="2.0"><channel>` + inside + `</channel></rss>` }
	tests := []struct {
		name, text string
		items      []string
	}{
		{"control", rss("<title>t</title> <item>a</item>\n<item/>x<item a='1'>b</item>"), []string{"<item>a</item>", "<item/>", "<item a='1'>b</item>"}},
		// Names are folded, and an end tag closes by its local name.
		{"case", rss("<Item>a</ITEM><item>b</Item>"), []string{"<Item>a</ITEM>", "<item>b</Item>"}},
		{"another prefix closes", rss("<item><x:a><y>b</x:a>c</item>"), []string{"<item><x:a><y>b</x:a>c</item>"}},
		{"stray ends", rss("<item></b>a</c:d></item></item>"), []string{"<item></b>a</c:d></item>"}},
		// Items are children of the root or of a channel; deeper ones belong to
		// what holds them.
		{"deep", rss("<item><l><item>x</item></l></item>"), []string{"<item><l><item>x</item></l></item>"}},
		{"in the head", rss("<item>a</item><l><item>x</item></l>"), []string{"<item>a</item>"}},
		{"channel in an item", rss("<item><channel><item>x</item></channel></item>"), []string{"<item><channel><item>x</item></channel></item>"}},
		{"beside the channel", `<rss><item>a</item><channel><item>b</item></channel><item>c</item></rss>`, []string{"<item>a</item>", "<item>b</item>", "<item>c</item>"}},
		{"Atom", `<feed><entry>a</entry><x><entry>b</entry></x></feed>`, []string{"<entry>a</entry>"}},
		{"Atom has no channel", `<feed><entry>a</entry><channel><entry>b</entry></channel></feed>`, []string{"<entry>a</entry>"}},
		// Foreign items are none, and stay in the head.
		{"foreign", `<rss xmlns:x="urn:x"><channel><x:item>x</x:item><item>a</item></channel></rss>`, []string{"<item>a</item>"}},
		{"undeclared", rss("<media:item>x</media:item><item>a</item>"), []string{"<item>a</item>"}},
		{"foreign to a prefixed feed", `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns="http://www.w3.org/1999/xhtml"><entry>x</entry><a:entry>a</a:entry></a:feed>`, []string{"<a:entry>a</a:entry>"}},
		{"RSS by prefix", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:r="http://purl.org/rss/1.0/"><r:channel/><r:item>a</r:item></rdf:RDF>`, []string{"<r:item>a</r:item>"}},
		{"namespace with spaces", `<feed xmlns=" http://www.w3.org/2005/Atom "><entry>a</entry></feed>`, []string{"<entry>a</entry>"}},
		{"xmlns without value", `<rss xmlns><channel xmlns=""><item>a</item></channel></rss>`, []string{"<item>a</item>"}},
		{"several channels", `<rss><channel><item>a</item></channel><channel><item>b</item></channel></rss>`, []string{"<item>a</item>", "<item>b</item>"}},
		// Nothing after the root is read (XC20).
		{"second root", rss("<item>a</item>") + rss("<item>b</item>"), []string{"<item>a</item>"}},
		// What hides markup.
		{"comment", rss("<!-- <item>x</item> -- --><item>a<!-- </item> --></item>"), []string{"<item>a<!-- </item> --></item>"}},
		{"instruction", rss("<?x <item> ?><item>a</item>"), []string{"<item>a</item>"}},
		{"CDATA", rss("<item><![CDATA[</item>]]></item>"), []string{"<item><![CDATA[</item>]]></item>"}},
		{"CDATA of another spelling", rss("<item><![cdata[</item>]]></item>"), []string{"<item><![cdata[</item>]]></item>"}},
		{"declaration", `<!DOCTYPE rss [<!ENTITY a "<item>"> <!-- ' -->]>` + rss("<item>a</item>"), []string{"<item>a</item>"}},
		{"quotes", rss(`<item a="</item>" b='<item>'>a</item>`), []string{`<item a="</item>" b='<item>'>a</item>`}},
		// Ends that are missing.
		{"end of the channel", rss("<item>a<b>c"), []string{"<item>a<b>c"}},
		{"next item", rss("<item>a<item>b"), []string{"<item>a", "<item>b"}},
		{"next item and ends", rss("<item>a<item>b</item></item><item>c</item>"), []string{"<item>a", "<item>b</item>", "<item>c</item>"}},
		{"end of input", "<rss><channel><item>a</item><item>b", []string{"<item>a</item>"}},
		{"end inside a tag", "<rss><channel><item>a</item><item>b</it", []string{"<item>a</item>"}},
		{"end inside CDATA", "<rss><channel><item>a</item><item><![CDATA[</item>", []string{"<item>a</item>", "<item><![CDATA[</item>"}},
		{"torn quote", rss(`<item>a<b c="></item><item>b</item>`), []string{`<item>a<b c="></item>`, "<item>b</item>"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := scanned(t, tt.text)
			var items []string
			for i := range doc.items {
				if !doc.items[i].cut {
					items = append(items, tt.text[doc.items[i].lo:doc.items[i].hi])
				}
			}
			if diff := cmp.Diff(tt.items, items); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Each limit lets through what it names and refuses one more (P76, XC01, XC03,
// XC04, XC06, XC11, XC12).
func TestLimitsAreExact(t *testing.T) {
	small := Limits{Depth: 5, Attributes: 6, Namespaces: 4, Elements: 9, Work: 100, Items: 3, Fragments: 12}.or()
	tests := []struct {
		limit string
		make  func(n int) string
		max   int
	}{
		// The root and the channel count.
		{"element depth", func(n int) string { return strings.Repeat("<a>", n-2) }, 5},
		{"number of attributes of an element", func(n int) string { return "<a" + strings.Repeat(" b='1'", n) + "/>" }, 6},
		{"number of namespaces in scope", func(n int) string { return "<a xmlns:p='u'><b" + strings.Repeat(" xmlns:q='u'", n-1) + "/></a>" }, 4},
		{"number of elements", func(n int) string { return strings.Repeat("<a/>", n-2) }, 9},
		{"number of items", func(n int) string { return strings.Repeat("<item/>", n) }, 3},
		{"number of fragments in an item", func(n int) string { return "<item>" + strings.Repeat("<!---->", n-1) + "</item>" }, 12},
	}
	for _, tt := range tests {
		t.Run(tt.limit, func(t *testing.T) {
			for n := tt.max; n <= tt.max+1; n++ {
				text := []byte(channelOf(tt.make(n)))
				root, f, err := sniff(text)
				if err != nil {
					t.Fatal(err)
				}
				_, err = new(scanner).scan(text, root, f, small)
				var limit *LimitError
				switch {
				case n == tt.max && err != nil:
					t.Errorf("%d are refused: %v", n, err)
				case n > tt.max && (!errors.As(err, &limit) || limit.Limit != tt.limit || limit.Max != tt.max):
					t.Errorf("%d: %v", n, err)
				}
			}
		})
	}
}

// Tags cost what must be done for them: one, and one more for each namespace
// in scope, also those of the elements around them (XC04, XC05).
func TestWorkCountsNamespacesInScope(t *testing.T) {
	work := func(text string) int {
		root, f, err := sniff([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var s scanner
		if _, err := s.scan([]byte(text), root, f, Limits{}.or()); err != nil {
			t.Fatal(err)
		}
		return s.work
	}
	plain := work(channelOf(strings.Repeat("<a/>", 100)))
	scoped := work(strings.Replace(channelOf(strings.Repeat("<a/>", 100)), "<rss", "<rss xmlns:a='u' xmlns:b='v' xmlns:c='w'", 1))
	if plain != 102 || scoped != 4*102 {
		t.Errorf("work of %d and %d, want 102 and 408", plain, scoped)
	}
}
