package discover_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/discover"
)

// addresses are the candidates of a page at https://site.example/blog/post.
func addresses(body string, links ...string) []string {
	var all []string
	for _, c := range discover.Feeds(discover.Page{Location: "https://site.example/blog/post", Body: []byte(body), Links: links}) {
		all = append(all, c.URL)
	}
	return all
}

// P90: what is announced, and what only looks like it.
func TestAnnouncements(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"in the head", `<head><link rel="alternate" type="application/atom+xml" href="/feed">`, "https://site.example/feed"},
		{"in the body", `<body><p>x<link rel=alternate type=application/rss+xml href=rss.xml>`, "https://site.example/blog/rss.xml"},
		{"among other words", `<link rel="ALTERNATE home" type="Application/RSS+XML; charset=utf-8" href="//cdn.example/f">`, "https://cdn.example/f"},
		{"RDF", `<link rel=alternate type=application/rdf+xml href=/index.rdf>`, "https://site.example/index.rdf"},
		{"JSON Feed", `<link rel=alternate type=application/feed+json href=/feed.json>`, "https://site.example/feed.json"},
		{"JSON", `<link rel=alternate type=application/json href=/feed.json>`, "https://site.example/feed.json"},
		{"WordPress's interface", `<link rel=alternate type=application/json href=/wp-json/wp/v2/posts/1>`, ""},
		{"oEmbed", `<link rel=alternate type=application/json+oembed href=/oembed>`, ""},
		{"another language", `<link rel=alternate hreflang=de href=/de>`, ""},
		{"a style", `<link rel="alternate stylesheet" type="application/rss+xml" href=/a>`, ""},
		{"not alternate", `<link rel=canonical type=application/rss+xml href=/a>`, ""},
		{"no address", `<link rel=alternate type=application/rss+xml>`, ""},
		{"an empty address is the page itself", `<link rel=alternate type=application/rss+xml href="">`, ""},
		{"in a comment", `<!-- <link rel=alternate type=application/rss+xml href=/a> -->`, ""},
		{"in a script", `<script>'<link rel=alternate type=application/rss+xml href=/a>'</script>`, ""},
		{"a file of this machine", `<link rel=alternate type=application/rss+xml href=file:///etc/passwd>`, ""},
		{"a script's address", `<link rel=alternate type=application/rss+xml href="javascript:alert(1)">`, ""},
		{"feed: before it", `<link rel=alternate type=application/rss+xml href="feed:https://a.example/f">`, "https://a.example/f"},
		{"entities and blanks", "<link rel=alternate type=application/rss+xml href=' /f?a=1&amp;b=2\n'>", "https://site.example/f?a=1&b=2"},
		{"credentials of a stranger", `<link rel=alternate type=application/rss+xml href=https://u:p@a.example/f>`, "https://a.example/f"},
		{"the first attribute counts", `<link rel=alternate rel=icon type=application/rss+xml href=/a href=/b>`, "https://site.example/a"},
		{"once each", strings.Repeat(`<link rel=alternate type=application/rss+xml href=/a#x>`, 3), "https://site.example/a"},
	} {
		if got := strings.Join(addresses(c.body), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// P90: addresses begin at the first base, wherever it stands; those of headers
// at the address that answered.
func TestBase(t *testing.T) {
	const feed = `<link rel=alternate type=application/rss+xml href=feed.xml>`
	for body, want := range map[string]string{
		feed + `<base target=_top><base href="/other/"><base href="/third/">`: "https://site.example/other/feed.xml",
		`<base href="https://else.example/x/y">` + feed:                       "https://else.example/x/feed.xml",
		`<base href="javascript:x">` + feed:                                   "https://site.example/blog/feed.xml",
	} {
		if got := addresses(body); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, want %s", body, got, want)
		}
	}
	if got := addresses(`<base href="/other/">`, `<feed.xml>; rel=alternate; type=application/rss+xml`); len(got) != 1 || got[0] != "https://site.example/blog/feed.xml" {
		t.Errorf("a header's address begins at %v", got)
	}
}

// RFC 8288 §3: Link headers as they are sent.
func TestHeaders(t *testing.T) {
	for header, want := range map[string]string{
		`<https://a.example/f>; rel="alternate"; type="application/atom+xml"`:                  "https://a.example/f",
		`</a>;rel=next, </b>; type=application/rss+xml ; REL=Alternate`:                        "https://site.example/b",
		`</a,b;c>; title="one, \"two\"; three"; rel="alternate x"; type="application/rss+xml"`: "https://site.example/a,b;c",
		`</a>; rel=alternate; type="application/rss+xml"; anchor="/other"`:                     "",
		`</a>; rel=alternate; rel=next; type=application/rss+xml`:                              "https://site.example/a",
		`</a>; rel=alternate; type="application/rss+xml`:                                       "https://site.example/a",
		`</a; rel=alternate; type=application/rss+xml`:                                         "",
		`junk`: "",
		`</a>;;; rel=alternate; type=application/rss+xml,</b>;=,<`:                                               "https://site.example/a",
		`</a>; rel=alternate; type=application/rss+xml, </b>; rel=alternate; type=application/atom+xml; title=B`: "https://site.example/b https://site.example/a",
	} {
		if got := strings.Join(addresses("", header), " "); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
}

// P91: Atom, RSS, JSON Feed, each in the order of the page; comments last.
func TestOrder(t *testing.T) {
	page := discover.Page{Location: "https://site.example/", Body: []byte(`<html><head>
<link rel="alternate" type="application/feed+json" href="/feed.json" title="JSON">
<link rel="alternate" type="application/atom+xml" href="/comments/atom" title="Talk">
<link rel="alternate" type="application/rss+xml" href="/rss" title="News &amp; more">
<link rel="alternate" type="application/rss+xml" href="/all/rss" title="Comments on everything">
<link rel="alternate" type="application/atom+xml" href="/b" title="B">
<link rel="alternate" type="application/atom+xml" href="/a" title="A">`)}
	want := []discover.Candidate{
		{URL: "https://site.example/b", Format: discover.Atom, Title: "B"},
		{URL: "https://site.example/a", Format: discover.Atom, Title: "A"},
		{URL: "https://site.example/rss", Format: discover.RSS, Title: "News & more"},
		{URL: "https://site.example/feed.json", Format: discover.JSON, Title: "JSON"},
		{URL: "https://site.example/comments/atom", Format: discover.Atom, Title: "Talk", Comments: true},
		{URL: "https://site.example/all/rss", Format: discover.RSS, Title: "Comments on everything", Comments: true},
	}
	if diff := cmp.Diff(want, discover.Feeds(page)); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
}

// A page in another encoding has its titles in that.
func TestEncoding(t *testing.T) {
	body := []byte("<meta charset=windows-1252><link rel=alternate type=application/rss+xml href=/f title='Caf\xe9'>")
	for _, kind := range []string{"", "text/html; charset=iso-8859-1"} {
		got := discover.Feeds(discover.Page{Location: "https://a.example/", ContentType: kind, Body: body})
		if len(got) != 1 || got[0].Title != "Café" {
			t.Errorf("%q: %+v", kind, got)
		}
	}
}

// P92: guesses lie beside the page and at the root, on its own site.
func TestWellKnown(t *testing.T) {
	for location, want := range map[string]string{
		"https://a.example":                "https://a.example/atom.xml https://a.example/feed.atom",
		"https://a.example/blog":           "https://a.example/blog/atom.xml https://a.example/blog/feed.atom",
		"https://a.example/blog/":          "https://a.example/blog/atom.xml https://a.example/blog/feed.atom",
		"https://a.example/b/index.html?x": "https://a.example/b/atom.xml https://a.example/b/feed.atom",
	} {
		got := discover.WellKnown(location)
		if len(got) != 9 && len(got) != 18 || strings.Join(got[:2], " ") != want {
			t.Errorf("%s: %v", location, got)
		}
		for _, g := range got {
			if !strings.HasPrefix(g, "https://a.example/") {
				t.Errorf("%s: guess %s is elsewhere", location, g)
			}
		}
	}
	if got := discover.WellKnown("file:///etc/passwd"); got != nil {
		t.Errorf("guesses on this machine: %v", got)
	}
}

// XC24: what a stranger sends costs no more than its size.
func TestHostilePages(t *testing.T) {
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "<link rel=alternate type=application/rss+xml href=/%d>", i)
	}
	if got := addresses(many.String()); len(got) != 50 {
		t.Errorf("%d candidates of 100,000", len(got))
	}
	for _, body := range []string{
		strings.Repeat("<", 4<<20), strings.Repeat("<link", 1<<20), "<link " + strings.Repeat("a=b ", 1<<20),
		"<link rel=alternate type=application/rss+xml href=" + strings.Repeat("a", 4<<20) + ">",
		strings.Repeat("<!--", 1<<20), strings.Repeat("&amp;", 1<<20), "<title>" + strings.Repeat("</titl", 1<<19),
	} {
		if got := addresses(body); len(got) != 0 {
			t.Errorf("%.40s…: %v", body, got)
		}
	}
	if got := addresses("", strings.Repeat(`</a>; rel="alternate"; type="application/rss+xml", `, 1<<16)); len(got) != 0 {
		t.Errorf("a header of megabytes gave %v", got)
	}
}

// Whatever a page holds, what comes back is absolute, http(s), without
// credentials, each once, and at most fifty.
func FuzzFeeds(f *testing.F) {
	f.Add("https://a.example/x/", `<base href="//b/"><link rel=alternate type=application/rss+xml href="f">`, `</f>; rel=alternate; type=application/json`)
	f.Add("http://a/", `<link rel=alternate type=application/rss+xml href="feed:http://u:p@h/%zz">`, `<a>;"=\`)
	f.Fuzz(func(t *testing.T, location, body, link string) {
		got := discover.Feeds(discover.Page{Location: location, Body: []byte(body), Links: []string{link}})
		seen := map[string]bool{}
		for _, c := range got {
			u, err := url.Parse(c.URL)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || seen[c.URL] || c.Format == discover.Unnamed {
				t.Fatalf("candidate %+v", c)
			}
			seen[c.URL] = true
		}
		if len(got) > 50 {
			t.Fatalf("%d candidates", len(got))
		}
	})
}
