package publisher_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// shown returns the documents of one entry with the given extensions, of a
// channel that passes on all of them or only the usual ones.
func shown(t *testing.T, all bool, list ...feed.Extension) (rss, atom, jsonFeed string) {
	t.Helper()
	e := entry("story", "go-notes", "urn:x:1", "2026-11-20T09:00:00Z")
	e.Title, e.Extensions = "Title", list
	shelf := library()
	shelf.put("all", e)
	opt := options()
	opt.Channels[0].AllExtensions = all
	s := render(t, newPublisher(t, opt, shelf))
	wellFormed(t, "rss.xml", body(t, s, "rss.xml"))
	wellFormed(t, "atom.xml", body(t, s, "atom.xml"))
	return body(t, s, "rss.xml"), body(t, s, "atom.xml"), body(t, s, "feed.json")
}

// members are the members of the only item of a JSON Feed.
func members(t *testing.T, doc string) map[string]json.RawMessage {
	t.Helper()
	var feed struct{ Items []map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(doc), &feed); err != nil || len(feed.Items) != 1 {
		t.Fatalf("%v, %d items", err, len(feed.Items))
	}
	return feed.Items[0]
}

// What RSS and Atom pass on stands in JSON under the prefix, with the same
// names, attributes, order and text, and says what it is (J10).
func TestExtensionsInJSON(t *testing.T) {
	_, _, doc := shown(t, false,
		feed.Extension{Space: itunes, Name: "duration", Text: "43:12"},
		feed.Extension{Space: itunes, Name: "note", Attrs: attr("b", "2", "a", "1"), Children: []feed.Extension{
			{Text: "one "}, {Space: mediaSpace, Name: "title", Text: "two"}, {Space: itunes, Name: "part"},
		}},
		feed.Extension{Space: "http://purl.org/rss/1.0/modules/slash/", Name: "comments", Text: "7"},
		feed.Extension{Space: itunes, Name: "new-feed-url", Text: "https://evil.example/"},
		feed.Extension{Space: "urn:far", Name: "thing"},
		feed.Extension{Space: feed.SpaceJSON, Name: "_mine", Text: `{"a":1}`},
	)
	got := members(t, doc)
	want := map[string]string{
		"_itunes": `{"about":"` + itunes + `","elements":[{"name":"duration","text":"43:12"},` +
			`{"name":"note","attributes":{"a":"1","b":"2"},"elements":[{"text":"one "},{"space":"` + mediaSpace + `","name":"title","text":"two"},{"name":"part"}]}]}`,
		"_slash": `{"about":"http://purl.org/rss/1.0/modules/slash/","elements":[{"name":"comments","text":"7"}]}`,
	}
	for name, value := range want {
		if diff := cmp.Diff(value, string(got[name])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for name := range got {
		if strings.HasPrefix(name, "_") && name != "_weir" && want[name] == "" {
			t.Errorf("%s got through (M7)", name)
		}
	}
}

// Members of an item of JSON pass as they came, only where that is asked for,
// and never under a name of Weir's own (J10, M7).
func TestMembersPass(t *testing.T) {
	member := func(name, value string) feed.Extension {
		return feed.Extension{Space: feed.SpaceJSON, Name: name, Text: value}
	}
	list := []feed.Extension{
		member("_mine", `{ "a" : [1, "<b>\u00e9"], "b": 1.50 }`),
		member("_mine", `"again"`),
		member("_weir", `{"slug":"evil"}`), member("_Weir", `1`), member("_itunes", `1`), member("_Media", `1`),
		member("title", `"evil"`), member("items", `[]`), member("_", `1`), member("_1", `1`), member("__x", `1`), member("_a.b", `1`),
		member(`_a","id":"evil`, `1`), member("_broken", `{"a":`), member("_two", `1,"id":"evil"`), member("_empty", ``),
		member("_large", `"`+strings.Repeat("x", 20<<10)+`"`), member("_deep", strings.Repeat("[", 40)+strings.Repeat("]", 40)),
		member("_double", `{"a":1,"b":[{"c":1,"\u0063":2}]}`), member("_half", `["\ud800"]`), member("_swapped", `"\udc00\ud800"`),
		member("_zero", `"\\\u0000"`), member("_bell", `"\b"`), member("_none", `"\uFFFE"`), member("_vast", `[1e999]`),
		member("_last", `true`), member("_pair", `{"a":"\ud83e\uddab \\u0000 \\b","b":{"a":-1e300}}`),
	}
	for _, all := range []bool{true, false} {
		rss, atom, doc := shown(t, all, list...)
		got := members(t, doc)
		if all && (string(got["_mine"]) != `{"a":[1,"<b>\u00e9"],"b":1.50}` || string(got["_last"]) != "true" || got["_pair"] == nil) {
			t.Errorf("_mine = %s, _last = %s; want them as they came", got["_mine"], got["_last"])
		}
		want := 1 // _weir
		if all {
			want = 4
		}
		extensions := 0
		for name := range got {
			if strings.HasPrefix(name, "_") {
				extensions++
			}
		}
		if extensions != want || string(got["id"]) != `"urn:x:1"` || string(got["title"]) != `"Title"` {
			t.Errorf("all %v: %d extensions, want %d: %s", all, extensions, want, doc)
		}
		if strings.Contains(rss+atom, "mine") {
			t.Error("a member of JSON stands in XML")
		}
	}
}

// A namespace that is not in the table passes where that is asked for, cleaned
// and bounded like the others, under a prefix that is its own for ever (M7,
// R20, XD14).
func TestAllNamespacesPass(t *testing.T) {
	const space, want = "https://example.net/ns/torrent#", "torrent-209aa0ae53"
	thing := feed.Extension{Space: space, Name: "magnet", Text: "a & b", Attrs: []feed.Attr{
		{Name: "n", Value: `1"2`}, {Space: "urn:other", Name: "m", Value: "3"},
	}, Children: []feed.Extension{
		{Space: itunes, Name: "part", Text: "<b>c</b>"}, {Space: "urn:other", Name: "d"}, {Space: itunes, Name: "owner", Text: "evil"},
	}}
	rss, atom, doc := shown(t, true, thing, thing)
	for name, text := range map[string]string{"rss": rss, "atom": atom} {
		begin := strings.Index(text, ":magnet ")
		if begin < 0 {
			t.Fatalf("%s: not passed on:\n%s", name, text)
		}
		prefix := text[strings.LastIndexByte(text[:begin], '<')+1 : begin]
		if prefix != want {
			t.Errorf("%s: prefix %s; want %s, as ever", name, prefix, want)
		}
		if strings.Count(text, `xmlns:`+prefix+`="`+space+`"`) != 1 || strings.Count(text, `="urn:other"`) != 1 || strings.Count(text, "xmlns:itunes=") != 1 {
			t.Errorf("%s: a namespace is not declared once, on the root:\n%s", name, text)
		}
		if !strings.Contains(text, `<itunes:part>c</itunes:part>`) || strings.Contains(text, "evil") {
			t.Errorf("%s: what is inside is not cleaned as elsewhere:\n%s", name, text)
		}
	}
	if got := members(t, doc); got["_"+want] == nil {
		t.Errorf("JSON does not have it: %s", doc)
	}
}

// What a feed's own vocabulary says, and what runs in a browser, never passes,
// nor what would fill the document (XD14, XE02, M7).
func TestAllStops(t *testing.T) {
	for name, e := range map[string]feed.Extension{
		"RSS":            {Name: "item"},
		"RSS 1.0":        {Space: "http://purl.org/rss/1.0/", Name: "item"},
		"Atom":           {Space: "http://www.w3.org/2005/Atom", Name: "entry"},
		"Atom 0.3":       {Space: "http://purl.org/atom/ns#", Name: "entry"},
		"XHTML":          {Space: "http://www.w3.org/1999/xhtml", Name: "script", Text: "alert(1)"},
		"SVG":            {Space: "HTTP://WWW.W3.ORG/2000/svg", Name: "script", Text: "alert(1)"},
		"XInclude":       {Space: "http://www.w3.org/2001/XInclude", Name: "include", Attrs: attr("href", "https://evil.example/")},
		"the prefix":     {Space: "xmlns", Name: "atom"},
		"script":         {Space: "javascript:alert(1)", Name: "ok"},
		"markup":         {Space: `urn:x"><evil`, Name: "ok"},
		"blank":          {Space: "urn:x y", Name: "ok"},
		"no URI":         {Space: "urn:é", Name: "ok"},
		"no escape":      {Space: "https://a.example/torr%nt", Name: "ok"},
		"two fragments":  {Space: "https://a.example/#a#b", Name: "ok"},
		"no port":        {Space: "https://a.example:b/", Name: "ok"},
		"long":           {Space: "urn:" + strings.Repeat("x", 300), Name: "ok"},
		"large":          {Space: "urn:x", Name: "ok", Text: strings.Repeat("x", 20<<10)},
		"a JSON member":  {Space: feed.SpaceJSON, Name: "title", Text: `"evil"`},
		"script in text": {Space: "urn:x", Name: "ok", Text: "javascript:alert(1)"},
	} {
		t.Run(name, func(t *testing.T) {
			rss, atom, doc := shown(t, true, e, feed.Extension{Space: "urn:fine", Name: "thing"})
			plain, _, _ := shown(t, true, feed.Extension{Space: "urn:fine", Name: "thing"})
			if rss != plain {
				t.Errorf("it got through:\n%s", rss)
			}
			if !strings.Contains(atom, ":thing/>") || strings.Count(doc, `"about"`) != 3 {
				t.Errorf("its neighbour did not get through, or it did itself:\n%s", doc)
			}
		})
	}
}

// However many namespaces entries name, each is declared once and the
// documents are the same every time (U1, R20).
func TestAllIsDeterministic(t *testing.T) {
	var list []feed.Extension
	for i := range 40 {
		list = append(list, feed.Extension{Space: fmt.Sprintf("urn:ns:%d", i*7%40), Name: "thing"})
	}
	one, _, first := shown(t, true, list...)
	two, _, second := shown(t, true, list...)
	if one != two || first != second {
		t.Error("two renderings differ")
	}
	if n := strings.Count(one, "xmlns:urn-"); n != 40 {
		t.Errorf("%d namespaces are declared; want 40", n)
	}
}

// Licences and feeds of comments are told in RSS's own way, once (R18, M1).
func TestLinksInRSS(t *testing.T) {
	e := blogPost()
	e.Extensions = nil
	e.Links = append(e.Links,
		feed.Link{Rel: "replies", Href: "https://go.example.com/replies.html", Type: "text/html"},
		feed.Link{Rel: "replies", Href: "https://go.example.com/replies.xml", Type: "application/atom+xml"})
	shelf := library()
	shelf.put("all", e)
	rss := body(t, render(t, newPublisher(t, options(), shelf)), "rss.xml")
	wellFormed(t, "rss.xml", rss)
	for _, want := range []string{
		"<creativeCommons:license>https://creativecommons.org/licenses/by/4.0/</creativeCommons:license>",
		"<wfw:commentRss>https://go.example.com/replies.xml</wfw:commentRss>",
	} {
		if strings.Count(rss, want) != 1 {
			t.Errorf("%s does not stand there once:\n%s", want, rss)
		}
	}
	if strings.Contains(rss, "replies.html</wfw") {
		t.Error("a page is told to be a feed of comments")
	}
}

// How many replies there are stays with the link to them (RFC 4685 §4, T17).
func TestRepliesAreCounted(t *testing.T) {
	e := blogPost()
	const thr = "http://purl.org/syndication/thread/1.0"
	e.Links = []feed.Link{{Rel: "replies", Href: "https://go.example.com/replies.xml", Type: "application/atom+xml"}}
	link := func(href, count string) feed.Extension {
		return feed.Extension{Space: "http://www.w3.org/2005/Atom", Name: "link", Attrs: []feed.Attr{
			{Name: "rel", Value: "replies"}, {Name: "href", Value: href}, {Space: thr, Name: "count", Value: count},
			{Space: thr, Name: "updated", Value: "2026-11-20T10:00:00Z"},
		}}
	}
	e.Extensions = []feed.Extension{link("https://go.example.com/replies.xml", "12"), link("https://elsewhere.example/", "99")}
	shelf := library()
	shelf.put("all", e)
	atom := body(t, render(t, newPublisher(t, options(), shelf)), "atom.xml")
	wellFormed(t, "atom.xml", atom)
	if strings.Count(atom, `thr:count="12" thr:updated="2026-11-20T10:00:00Z"`) != 1 || strings.Contains(atom, "99") {
		t.Errorf("the number of replies is lost, or stands elsewhere:\n%s", atom)
	}
}
