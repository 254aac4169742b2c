package parse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

// item reads the only item of a feed whose root declares the namespaces.
func itemWith(t *testing.T, spaces, inside string) feed.Item {
	t.Helper()
	doc := read(t, `<rss version="2.0" `+spaces+`><channel><title>Feed</title><link>https://example.org/</link><item><title>t</title>`+
		inside+`</item></channel></rss>`, parse.Options{Location: "https://example.org/feed"})
	if len(doc.Items) != 1 {
		t.Fatalf("%d items; rejected %v", len(doc.Items), doc.Rejected)
	}
	return doc.Items[0]
}

// A vocabulary is known by its namespace in any spelling and under any prefix,
// and by its customary prefix where nothing is declared (M6, G26).
func TestNamespaceSpellings(t *testing.T) {
	const podcast, media, itunes = "https://podcastindex.org/namespace/1.0", "http://search.yahoo.com/mrss/", "http://www.itunes.com/dtds/podcast-1.0.dtd"
	for _, tt := range []struct{ sent, want string }{
		{"https://podcastindex.org/namespace/1.0", podcast},
		{"http://www.podcastindex.org/namespace/1.0/", podcast},
		{"HTTPS://PodcastIndex.org/Namespace/1.0", podcast},
		{"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", podcast},
		{"https://github.com/podcastindex-org/podcast-namespace/blob/master/docs/1.0.md/", podcast},
		{"https://raw.githubusercontent.com/Podcastindex-org/podcast-namespace/main/docs/1.0.md", podcast},
		{"http://search.yahoo.com/mrss", media},
		{" https://search.yahoo.com/mrss/ ", media},
		{"http://video.search.yahoo.com/mrss", media},
		{"http://www.rssboard.org/media-rss", media},
		{"http://www.itunes.com/DTDs/Podcast-1.0.dtd", itunes},
		{"https://itunes.com/dtds/podcast-1.0.dtd", itunes},
		{"http://purl.org/syndication/thread/1.0/", "http://purl.org/syndication/thread/1.0"},
		{"https://www.w3.org/2003/01/geo/wgs84_pos", "http://www.w3.org/2003/01/geo/wgs84_pos#"},
		{"http://georss.org/georss", "http://www.georss.org/georss"},
		{"http://creativecommons.org/ns#", "http://web.resource.org/cc/"},
		{"http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html", "http://backend.userland.com/creativeCommonsRssModule"},
		{"urn:example:Own/", "urn:example:Own/"},
	} {
		for _, prefix := range []string{"zz", "dc", "media", "ns0"} {
			it := itemWith(t, fmt.Sprintf("xmlns:%s=%q", prefix, tt.sent), fmt.Sprintf("<%s:thing/>", prefix))
			if len(it.Extensions) != 1 || it.Extensions[0].Space != tt.want || it.Extensions[0].Name != "thing" {
				t.Errorf("%s as %s: %+v, want %s", tt.sent, prefix, it.Extensions, tt.want)
			}
		}
	}
	for prefix, want := range map[string]string{"podcast": podcast, "media": media, "itunes": itunes, "georss": "http://www.georss.org/georss"} {
		for _, spaces := range []string{"", fmt.Sprintf(`xmlns:%s=""`, prefix)} {
			it := itemWith(t, spaces, fmt.Sprintf("<%s:thing/>", prefix))
			if len(it.Extensions) != 1 || it.Extensions[0].Space != want {
				t.Errorf("%s undeclared: %+v", prefix, it.Extensions)
			}
		}
	}
}

// Every way to say how long a file plays.
func TestDurations(t *testing.T) {
	const hour, minute, second = time.Hour, time.Minute, time.Second
	for said, want := range map[string]time.Duration{
		"1:02:03": hour + 2*minute + 3*second, "62:03": hour + 2*minute + 3*second, "3723": hour + 2*minute + 3*second,
		" 0:05 ": 5 * second, "00:00:41.5": 41*second + 500*time.Millisecond, "90.25": 90*second + 250*time.Millisecond,
		"PT1H2M3S": hour + 2*minute + 3*second, "pt45m": 45 * minute, "P1DT1H": 25 * hour, "PT0.5S": 500 * time.Millisecond,
		"1h 2m 3s": hour + 2*minute + 3*second, "41 min": 41 * minute, "1 hour, 5 minutes": hour + 5*minute, "2 hrs. 10 mins": 2*hour + 10*minute,
		"": 0, "-5": 0, "abc": 0, "1:2:3:4": 0, "1:xx": 0, "PT": 0, "0x10": 0, "1e5": 0, "Inf": 0, "NaN": 0, "12 parsecs": 0, "99999999": 0, "::": 0, "h": 0,
	} {
		it := itemWith(t, "", `<enclosure url="/a.mp3" type="audio/mpeg"/><itunes:duration>`+said+`</itunes:duration>`)
		if got := it.Attachments[0].Duration; got != want {
			t.Errorf("%q: %v, want %v", said, got, want)
		}
	}
}

// The same file named twice is one attachment with the best of both.
func TestAttachmentsMerge(t *testing.T) {
	it := itemWith(t, `xmlns:atom="http://www.w3.org/2005/Atom"`, `
		<enclosure url="http://example.org/a.mp3" length="0" type=""/>
		<atom:link rel="enclosure" href="https://example.org/a.mp3" type="audio/mpeg" length="10" title="A"/>
		<media:content url="//example.org/a.mp3" duration="60" fileSize="9"/>
		<enclosure url="/b" type="Audio/X-M4A; codecs=x" length="many"/>
		<enclosure url="/c.PDF?x=.mp3"/>
		<enclosure url="javascript:x"/>`)
	want := []feed.Attachment{
		{URL: "https://example.org/a.mp3", Type: "audio/mpeg", Length: 10, Title: "A", Duration: time.Minute},
		{URL: "https://example.org/b", Type: "audio/x-m4a"},
		{URL: "https://example.org/c.PDF?x=.mp3", Type: "application/pdf"},
	}
	if diff := cmp.Diff(want, it.Attachments); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What a channel says for all its items goes with those that say nothing
// themselves (M4), and its change makes them new.
func TestBequest(t *testing.T) {
	body := func(address string) string {
		return `<rss><channel><title>t</title><podcast:value type="lightning"><podcast:valueRecipient address="` + address + `"/></podcast:value>` +
			`<item><guid>1</guid></item><item><guid>2</guid><podcast:value type="own"/></item></channel></rss>`
	}
	doc := read(t, body("aa"), parse.Options{})
	for i, want := range []string{"lightning", "own"} {
		if e := doc.Items[i].Extensions; len(e) != 1 || e[0].Attrs[0].Value != want {
			t.Errorf("item %d: %+v, want %s", i, e, want)
		}
	}
	for address, want := range map[string]int{"aa": 0, "bb": 2} {
		again := read(t, body(address), parse.Options{Known: doc.Seen, Context: doc.Context})
		if len(again.Items) != want {
			t.Errorf("%s: %d items are new, want %d", address, len(again.Items), want)
		}
	}
}

// Trees are bounded in depth, size and number (M7): what nests too deep stays
// as text, what is too large is left out whole, and the rest stays.
func TestTreeBounds(t *testing.T) {
	nested := strings.Repeat("<x:a>", 50) + "deep" + strings.Repeat("</x:a>", 50)
	large := "<x:large>" + strings.Repeat("word ", 20<<10) + "</x:large>"
	many := "<x:many>" + strings.Repeat("<x:b/>", 9<<10) + "</x:many>"
	it := itemWith(t, `xmlns:x="urn:x"`, nested+large+many+"<x:last>1</x:last>")
	if len(it.Extensions) != 2 || it.Extensions[1].Name != "last" {
		t.Fatalf("%d trees: %.300v", len(it.Extensions), it.Extensions)
	}
	depth, e := 0, it.Extensions[0]
	for ; len(e.Children) == 1; e = e.Children[0] {
		depth++
	}
	if depth != 16 || e.Text != "deep" {
		t.Errorf("%d levels, then %q", depth, e.Text)
	}
}

// Whatever a tree holds can be written: no character that XML forbids, and no
// address that runs something (XD01, XE02).
func FuzzExtension(f *testing.F) {
	f.Add(`<x:a href="javascript:x" y="&#0;">&#x1F;<b xmlns="u">t</b> u<!-- v --></x:a>`)
	f.Add("<media:content url='\tJAVA\nSCRIPT:x'><media:title>&lt;b</media:content>")
	f.Add("<podcast:value><podcast:valueRecipient/>\xff</podcast:value><wfw:commentRss>data:text/html,x</wfw:commentRss>")
	f.Fuzz(func(t *testing.T, inside string) {
		doc, err := parse.Read([]byte(`<rss xmlns:x="urn:x"><channel><item><title>t</title>`+inside+`</item></channel></rss>`), parse.Options{Location: "https://example.org/"})
		if err != nil {
			return
		}
		for i := range doc.Items {
			for j := range doc.Items[i].Extensions {
				checkTree(t, &doc.Items[i].Extensions[j], 0)
			}
		}
	})
}

func checkTree(t *testing.T, e *feed.Extension, depth int) {
	t.Helper()
	if depth > 17 || e.Name == "" && (e.Text == "" || len(e.Children) > 0 || depth == 0) {
		t.Fatalf("at depth %d: %+v", depth, e)
	}
	clean := func(s string) {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE }) {
			t.Fatalf("%q holds what XML forbids", s)
		}
	}
	clean(e.Space)
	clean(e.Name)
	clean(e.Text)
	for _, a := range e.Attrs {
		clean(a.Name)
		clean(a.Value)
		bare := strings.Map(func(r rune) rune {
			if r <= ' ' {
				return -1
			}
			return r
		}, strings.ToLower(a.Value))
		if (a.Name == "href" || a.Name == "url") && (strings.HasPrefix(bare, "javascript:") || strings.HasPrefix(bare, "data:")) {
			t.Fatalf("%s=%q would run", a.Name, a.Value)
		}
	}
	for i := range e.Children {
		checkTree(t, &e.Children[i], depth+1)
	}
}
