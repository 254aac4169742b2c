package parse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
	"weir/feed/identity"
)

// What a publisher forbids to publish again is rejected, with the word by which
// it was forbidden; its neighbour is read (M5, XG11).
func TestBlockedItems(t *testing.T) {
	const head = `<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"
 xmlns:googleplay="http://www.google.com/schemas/play-podcasts/1.0" xmlns:access="http://www.bloglines.com/about/specs/fac-1.0"><channel><title>T</title>`
	for _, test := range []struct{ head, item, by string }{
		{"", `<itunes:block>yes</itunes:block>`, "itunes:block"},
		{"", `<itunes:block> Yes </itunes:block>`, "itunes:block"},
		{"", `<googleplay:block>yes</googleplay:block>`, "googleplay:block"},
		{"", `<podcast:block>yes</podcast:block>`, "podcast:block"},
		{"", `<podcast:block id="google">yes</podcast:block>`, ""},
		{"", `<itunes:block>no</itunes:block>`, ""},
		{"", `<block>yes</block>`, ""},
		{"", `<access:restriction relationship="deny"/>`, "access:restriction"},
		{"", `<access:restriction relationship="allow"/>`, ""},
		{`<access:restriction relationship="deny"/>`, ``, "access:restriction"},
		{`<itunes:block>yes</itunes:block>`, ``, ""},
	} {
		doc := read(t, head+test.head+`<item><guid isPermaLink="false">1</guid><title>One</title>`+test.item+`</item>`+
			`<item><guid isPermaLink="false">2</guid><title>Two</title></item></channel></rss>`, parse.Options{})
		var by string
		for _, r := range doc.Rejected {
			if _, after, ok := strings.Cut(r.Reason, "published elsewhere ("); ok && r.RawID == "1" {
				by = strings.TrimSuffix(after, ")")
			}
		}
		if by != test.by || len(doc.Items)+len(doc.Rejected) != 2 || test.head == "" && doc.Items[len(doc.Items)-1].RawID != "2" {
			t.Errorf("%s%s: by %q, %d items; want %q", test.head, test.item, by, len(doc.Items), test.by)
		}
		// What it was published as before is found by the same key.
		denied := ""
		if test.head != "" {
			denied = test.by
		}
		free := read(t, head+`<item><guid isPermaLink="false">1</guid><title>One</title></item></channel></rss>`, parse.Options{})
		for _, d := range []*feed.Document{doc, free} {
			identity.Prepare(feed.Source{ID: "a"}, d, nil)
		}
		switch {
		case doc.Denied != denied || (len(doc.Forbidden) > 0) != (test.by != ""):
			t.Errorf("%s%s: denied by %q, %d forbidden", test.head, test.item, doc.Denied, len(doc.Forbidden))
		case test.by != "" && (doc.Forbidden[0].Key != free.Items[0].Key || doc.Seen[0].Key != free.Items[0].Key):
			t.Errorf("%s%s: it has another key", test.head, test.item)
		case test.by != "" && denied == "" && doc.Forbidden[0].Block != test.by:
			t.Errorf("%s: blocked by %q", test.item, doc.Forbidden[0].Block)
		}
	}
	atom := read(t, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:a="http://www.bloglines.com/about/specs/fac-1.0"><title>T</title>`+
		`<entry><id>1</id><title>One</title><a:restriction relationship="deny"/></entry></feed>`, parse.Options{})
	if len(atom.Items) != 0 || len(atom.Rejected) != 1 {
		t.Errorf("an entry of Atom that is denied is read")
	}
}

// All that an aggregated entry says of its own feed is kept, and nothing of it
// twice (T4, I23).
func TestOriginWhole(t *testing.T) {
	doc := read(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Planet</title><entry><id>1</id><title>One</title><source xml:base="https://far.example/blog/">
<id>urn:far</id><title>Far</title><subtitle type="html">Words &lt;b&gt;from&lt;/b&gt; afar</subtitle><rights>CC BY</rights><icon>icon.png</icon><logo>/logo.png</logo>
<author><name>Ann</name></author><contributor><name>Bo</name><uri>bo</uri></contributor><category term="go" scheme="https://far.example/tags" label="Go"/>
<link rel="self" href="feed.xml"/><link href="./"/><updated>2026-11-01T00:00:00Z</updated></source></entry></feed>`, parse.Options{})
	want := &feed.Origin{
		ID: "urn:far", Title: "Far", Link: "https://far.example/blog/", Self: "https://far.example/blog/feed.xml", Subtitle: "Words from afar",
		Rights: "CC BY", Icon: "https://far.example/blog/icon.png", Logo: "https://far.example/logo.png",
		Authors: []feed.Person{{Name: "Ann"}}, Contributors: []feed.Person{{Name: "Bo", URI: "https://far.example/blog/bo"}},
		Tags: []feed.Tag{{Term: "go", Scheme: "https://far.example/tags", Label: "Go"}},
	}
	it := doc.Items[0]
	want.Updated = it.Origin.Updated
	if diff := cmp.Diff(want, it.Origin); diff != "" || want.Updated.IsZero() || len(it.Extensions) != 0 {
		t.Errorf("origin (-want +got):\n%s, %d extensions", diff, len(it.Extensions))
	}
}

// What a feed says of itself as a whole is kept, so that entries can take it
// along (T4).
func TestProfileWhole(t *testing.T) {
	want := []feed.Tag{{Term: "news", Scheme: "urn:s"}, {Term: "Arts", Scheme: "http://www.itunes.com/"}, {Term: "dams"}}
	rss := read(t, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>T</title>
<category domain="urn:s">news</category><category domain="urn:s">news</category><itunes:category text="Arts"/><dc:subject>dams</dc:subject><dc:contributor>Bo</dc:contributor></channel></rss>`, parse.Options{})
	if diff := cmp.Diff(want, rss.Profile.Tags); diff != "" || len(rss.Profile.Contributors) != 1 {
		t.Errorf("RSS (-want +got):\n%s, %d contributors", diff, len(rss.Profile.Contributors))
	}
	atom := read(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><category term="news" scheme="urn:s" label="News"/><contributor><name>Bo</name></contributor></feed>`, parse.Options{})
	if diff := cmp.Diff([]feed.Tag{{Term: "news", Scheme: "urn:s", Label: "News"}}, atom.Profile.Tags); diff != "" || len(atom.Profile.Contributors) != 1 {
		t.Errorf("Atom (-want +got):\n%s, %d contributors", diff, len(atom.Profile.Contributors))
	}
}

// However much a feed says for all of its items, that it forbids to publish them
// is heard (M5).
func TestBlockedAfterALongHead(t *testing.T) {
	const person = `<podcast:person href="https://people.example/">Somebody with a name of some length</podcast:person>`
	doc := read(t, `<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:access="http://www.bloglines.com/about/specs/fac-1.0"><channel><title>T</title>`+
		strings.Repeat(person, 200)+`<access:restriction relationship="deny"/><item><guid>1</guid><title>One</title></item></channel></rss>`, parse.Options{})
	if doc.Denied != "access:restriction" || len(doc.Items) != 0 {
		t.Errorf("denied by %q, %d items", doc.Denied, len(doc.Items))
	}
}
