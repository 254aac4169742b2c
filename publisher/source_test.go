package publisher_test

import (
	"strings"
	"testing"
	"time"

	"weir/feed"
)

// The source that an entry named when it came stands in Atom and in JSON with
// all that was said of it (T4, J10, RFC 4287 §4.2.11).
func TestOriginIsWhole(t *testing.T) {
	e := blogPost()
	e.Origin = &feed.Origin{
		ID: "urn:far", Title: "Far", Link: "https://far.example/", Self: "https://far.example/feed.xml", Subtitle: "From afar", Rights: "CC BY",
		Icon: "https://far.example/icon.png", Logo: "https://far.example/logo.png", Authors: []feed.Person{{Name: "Ann"}},
		Contributors: []feed.Person{{Name: "Bo", Role: "editor"}}, Tags: []feed.Tag{{Term: "go", Scheme: "urn:s", Label: "Go"}},
		Updated: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}
	shelf := library()
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	atom := strings.Join(strings.Fields(body(t, s, "atom.xml")), " ")
	if _, after, ok := strings.Cut(atom, "<source>"); ok {
		atom, _, _ = strings.Cut(after, "</source>")
	}
	for _, want := range []string{
		"<author> <name>Ann</name> </author>", `<category term="go" scheme="urn:s" label="Go"></category>`, "<contributor> <name>Bo</name> </contributor>",
		"<icon>https://far.example/icon.png</icon>", "<id>urn:far</id>", `<link href="https://far.example/feed.xml" rel="self"></link>`,
		`<link href="https://far.example/" rel="alternate" type="text/html"></link>`, "<logo>https://far.example/logo.png</logo>",
		`<rights type="text">CC BY</rights>`, `<subtitle type="text">From afar</subtitle>`, `<title type="text">Far</title>`, "<updated>2026-11-01T00:00:00Z</updated>",
	} {
		if !strings.Contains(atom, want) {
			t.Errorf("%s is not in the source: %s", want, atom)
		}
	}
	want := `"origin":{"id":"urn:far","title":"Far","url":"https://far.example/feed.xml","home":"https://far.example/","subtitle":"From afar","rights":"CC BY",` +
		`"icon":"https://far.example/icon.png","logo":"https://far.example/logo.png","updated":"2026-11-01T00:00:00Z","authors":[{"name":"Ann"}],` +
		`"contributors":[{"name":"Bo","role":"editor"}],"categories":[{"term":"go","scheme":"urn:s","label":"Go"}]}`
	if doc := body(t, s, "feed.json"); !strings.Contains(doc, want) || !strings.Contains(doc, `"contributors":[{"name":"Cy Reviewer"}]`) {
		t.Errorf("JSON does not tell the origin and who helped: %s", doc)
	}
}

// Categories and contributors of the feed stand for entries that have none, and
// for no others (T4).
func TestSourceStandsIn(t *testing.T) {
	for _, bare := range []bool{true, false} {
		e := blogPost()
		if bare {
			e.Tags, e.Contributors, e.Sightings = nil, nil, e.Sightings[:1]
		}
		shelf := library()
		shelf.put("all", e)
		for i := range shelf.sources {
			p := &shelf.sources[i].Profile
			p.Tags, p.Contributors = []feed.Tag{{Term: "whole-feed"}}, []feed.Person{{Name: "Helper"}}
		}
		atom := body(t, render(t, newPublisher(t, options(), shelf)), "atom.xml")
		wellFormed(t, "atom.xml", atom)
		if strings.Contains(atom, "whole-feed") != bare || strings.Contains(atom, "<name>Helper</name>") != bare {
			t.Errorf("entry without its own %v:\n%s", bare, atom)
		}
	}
}

// A source that RSS names by title and address alone is the same one in Atom
// (I23, T5).
func TestOriginWithoutID(t *testing.T) {
	e := blogPost()
	e.Origin = &feed.Origin{Title: "Far", Self: "https://far.example"}
	shelf := library()
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	if atom := body(t, s, "atom.xml"); !strings.Contains(atom, "<id>https://far.example/</id>") || !strings.Contains(atom, `<title type="text">Far</title>`) {
		t.Errorf("Atom names another source:\n%s", atom)
	}
	if rss := body(t, s, "rss.xml"); !strings.Contains(rss, `<source url="https://far.example">Far</source>`) {
		t.Errorf("RSS names another source:\n%s", rss)
	}
}
