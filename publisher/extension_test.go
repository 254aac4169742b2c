package publisher_test

import (
	"strings"
	"testing"

	"weir/feed"
	"weir/publisher"
)

// only returns the documents of one entry with the given extensions.
func only(t *testing.T, list ...feed.Extension) (rss, atom string) {
	t.Helper()
	e := entry("story", "go-notes", "urn:x:1", "2026-11-20T09:00:00Z")
	e.Title, e.Extensions = "Title", list
	shelf := library()
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	wellFormed(t, "rss.xml", body(t, s, "rss.xml"))
	return body(t, s, "rss.xml"), body(t, s, "atom.xml")
}

const itunes = "http://www.itunes.com/dtds/podcast-1.0.dtd"

func attr(pairs ...string) (list []feed.Attr) {
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, feed.Attr{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

// Every namespace of the list passes, under its customary prefix, declared
// once on the root (M1, R20).
func TestExtensionsPass(t *testing.T) {
	names := publisher.ExtensionSpaces()
	if len(names) < 12 {
		t.Fatalf("%d namespaces; want all of the list", len(names))
	}
	for _, ns := range names {
		prefix := strings.TrimPrefix(ns.Name.Local, "xmlns:")
		rss, atom := only(t, feed.Extension{Space: ns.Value, Name: "thing", Text: "a & b", Attrs: attr("n", `1"2`), Children: []feed.Extension{
			{Space: ns.Value, Name: "part", Text: "c"},
		}})
		want := "<" + prefix + `:thing n="1&#34;2">a &amp; b<` + prefix + ":part>c</" + prefix + ":part></" + prefix + ":thing>"
		for name, doc := range map[string]string{"rss": rss, "atom": atom} {
			if !strings.Contains(doc, want) || strings.Count(doc, "xmlns:"+prefix+"=") != 1 {
				t.Errorf("%s: %s is not passed on, or not declared once", name, want)
			}
		}
	}
}

func TestExtensionsStop(t *testing.T) {
	deep := feed.Extension{Space: itunes, Name: "level"}
	for range 20 {
		deep = feed.Extension{Space: itunes, Name: "level", Children: []feed.Extension{deep}}
	}
	for name, test := range map[string]struct {
		extension feed.Extension
		gone      string
	}{
		"unknown namespace (M7)":       {feed.Extension{Space: "urn:evil", Name: "thing"}, "thing"},
		"no namespace":                 {feed.Extension{Name: "thing"}, "thing"},
		"a prefix for a namespace":     {feed.Extension{Space: "itunes", Name: "thing"}, "thing"},
		"what the documents write":     {feed.Extension{Space: "http://www.w3.org/2005/Atom", Name: "link", Attrs: attr("href", "https://evil.example/")}, "evil.example"},
		"what moves the feed (M2)":     {feed.Extension{Space: itunes, Name: "new-feed-url", Text: "https://evil.example/"}, "evil.example"},
		"what locks the feed":          {feed.Extension{Space: "https://podcastindex.org/namespace/1.0", Name: "locked", Text: "yes"}, "locked"},
		"markup in a name (XD14)":      {feed.Extension{Space: itunes, Name: `x><script`}, "<script"},
		"a prefix in a name":           {feed.Extension{Space: itunes, Name: "a:thing"}, "thing"},
		"a declaration as attribute":   {feed.Extension{Space: itunes, Name: "ok", Attrs: attr("xmlns", "urn:evil")}, "urn:evil"},
		"markup in an attribute":       {feed.Extension{Space: itunes, Name: "ok", Attrs: attr(`a="1" b`, "marked")}, "marked"},
		"an unknown attribute":         {feed.Extension{Space: itunes, Name: "ok", Attrs: []feed.Attr{{Space: "urn:x", Name: "a", Value: "marked"}}}, "marked"},
		"a base":                       {feed.Extension{Space: itunes, Name: "ok", Attrs: []feed.Attr{{Space: "http://www.w3.org/XML/1998/namespace", Name: "base", Value: "marked"}}}, "marked"},
		"script as address (XE02)":     {feed.Extension{Space: mediaSpace, Name: "player", Attrs: attr("url", "javascript:alert(1)")}, "alert"},
		"script as text":               {feed.Extension{Space: itunes, Name: "ok", Text: " JavaScript:alert(1)"}, "alert"},
		"markup as text":               {feed.Extension{Space: itunes, Name: "summary", Text: "a<script>alert(1)</script>"}, "script&gt;"},
		"too deep":                     {deep, strings.Repeat("<itunes:level>", 10)},
		"too large":                    {feed.Extension{Space: itunes, Name: "thing", Text: strings.Repeat("x", 40<<10)}, "xxxx"},
		"a child of unknown namespace": {feed.Extension{Space: itunes, Name: "ok", Children: []feed.Extension{{Space: "urn:x", Name: "thing"}}}, "thing"},
	} {
		t.Run(name, func(t *testing.T) {
			rss, atom := only(t, test.extension, feed.Extension{Space: itunes, Name: "duration", Text: "1:00"})
			for _, doc := range []string{rss, atom} {
				if strings.Contains(doc, test.gone) {
					t.Errorf("%q got through", test.gone)
				}
				if !strings.Contains(doc, "<itunes:duration>1:00</itunes:duration>") {
					t.Error("its neighbour did not get through")
				}
			}
		})
	}
}

// The same attribute twice would not be well-formed; the first one counts.
func TestExtensionAttributeTwice(t *testing.T) {
	rss, _ := only(t, feed.Extension{Space: itunes, Name: "ok", Attrs: attr("a", "1", "a", "2")})
	if !strings.Contains(rss, `<itunes:ok a="1"/>`) {
		t.Error("the first attribute did not stand alone")
	}
}

// A source's own media elements and ours do not say the same thing twice.
func TestMediaOnce(t *testing.T) {
	e := podcast()
	e.Image = "https://radio.example/cover.jpg"
	e.Extensions = []feed.Extension{
		{Space: mediaSpace, Name: "group", Children: []feed.Extension{
			{Space: mediaSpace, Name: "content", Attrs: attr("url", "https://cdn.radio.example/42.opus")},
			{Space: mediaSpace, Name: "content", Attrs: attr("url", "https://cdn.radio.example/42.flac")},
		}},
		{Space: mediaSpace, Name: "thumbnail", Attrs: attr("url", "https://radio.example/small.jpg")},
	}
	shelf := library()
	shelf.put("all", e)
	rss := body(t, render(t, newPublisher(t, options(), shelf)), "rss.xml")
	if strings.Count(rss, "42.opus") != 1 || strings.Count(rss, "42.mp3") != 2 || strings.Count(rss, "<media:thumbnail") != 1 || !strings.Contains(rss, "42-notes.pdf") {
		t.Errorf("media elements are doubled or missing:\n%s", rss)
	}
}

// Text between elements stays where it was (M7).
func TestExtensionMixed(t *testing.T) {
	rss, atom := only(t, feed.Extension{Space: itunes, Name: "note", Children: []feed.Extension{
		{Text: "one "}, {Space: itunes, Name: "b", Text: "two"}, {Text: " <i>three</i> "}, {Space: "urn:x", Name: "gone", Text: "lost"}, {Text: "javascript:four"},
	}})
	for name, doc := range map[string]string{"rss": rss, "atom": atom} {
		if !strings.Contains(doc, "<itunes:note>one <itunes:b>two</itunes:b> three </itunes:note>") {
			t.Errorf("%s: text between elements is lost or moved:\n%s", name, doc)
		}
	}
}

// A group of one file is no group (R8).
func TestMediaGroupOfOne(t *testing.T) {
	file := func(name string) feed.Extension {
		return feed.Extension{Space: mediaSpace, Name: "content", Attrs: attr("url", "https://cdn.example/"+name)}
	}
	title := feed.Extension{Space: mediaSpace, Name: "title", Text: "Clip"}
	rss, _ := only(t, feed.Extension{Space: mediaSpace, Name: "group", Children: []feed.Extension{title, file("a.mp4")}})
	if strings.Contains(rss, "media:group") || !strings.Contains(rss, "a.mp4") || !strings.Contains(rss, "<media:title>Clip") {
		t.Errorf("a lone file stays in its group, or is gone:\n%s", rss)
	}
	rss, _ = only(t, feed.Extension{Space: mediaSpace, Name: "group", Children: []feed.Extension{title, file("a.mp4"), file("b.mp4")}})
	if strings.Count(rss, "<media:group>") != 1 || !strings.Contains(rss, "b.mp4") {
		t.Errorf("a group of two is gone:\n%s", rss)
	}
}
