package publisher_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/feed"
	"weir/publisher"
)

// What Atom wants of a document, all of it on one with a hostile entry: dates
// without white space and in UTC (T8), a type on every text (T9), content that
// is escaped HTML or text and never markup (T10), persons with a name, a bare
// address and an absolute URI (T11), links whose meaning is known (T13), and no
// xml:base (T15).
func TestAtomConstructs(t *testing.T) {
	s := render(t, newPublisher(t, options(), unruly()))
	root := tree(t, body(t, s, "atom.xml"))
	known := []string{"self", "alternate", "enclosure", "related", "replies", "via", "license", "payment", "hub", "next-archive", "prev-archive", "current"}
	found := map[string]int{}
	root.each(func(n *node) {
		if n.name.Space != atomSpace {
			return
		}
		found[n.name.Local]++
		if n.attrs["base"] != "" {
			t.Errorf("%s has a base", n.name.Local)
		}
		switch n.name.Local {
		case "updated", "published":
			if at, err := time.Parse(time.RFC3339Nano, n.text); err != nil || !strings.HasSuffix(n.text, "Z") || at.IsZero() {
				t.Errorf("%s = %q", n.name.Local, n.text)
			}
		case "title", "subtitle", "summary", "rights", "content":
			if kind := n.attrs["type"]; kind != "text" && kind != "html" || len(n.kids) > 0 {
				t.Errorf("%s has the type %q and %d elements", n.name.Local, kind, len(n.kids))
			}
		case "author", "contributor":
			person(t, n)
		case "link":
			if !slices.Contains(known, n.attrs["rel"]) {
				t.Errorf("link with the relation %q", n.attrs["rel"])
			}
		case "id":
			if strings.TrimSpace(n.text) != n.text || !strings.Contains(n.text, ":") {
				t.Errorf("id = %q", n.text)
			}
		}
	})
	for _, name := range []string{"updated", "content", "author", "contributor", "link", "id", "source"} {
		if found[name] == 0 {
			t.Errorf("no %s was looked at", name)
		}
	}
	if root.one(t, atomSpace, "icon") == "" || root.one(t, atomSpace, "logo") == "" || root.one(t, atomSpace, "subtitle") == "" ||
		root.all(atomSpace, "generator")[0].attrs["version"] != "1.2.3" {
		t.Error("the feed lacks what it may say of itself (T16)")
	}
}

func person(t *testing.T, n *node) {
	t.Helper()
	name := n.one(t, atomSpace, "name")
	if name == "" {
		t.Error("a person without a name")
	}
	for _, e := range n.all(atomSpace, "email") {
		if strings.ContainsAny(e.text, " <>") || strings.Count(e.text, "@") != 1 {
			t.Errorf("%s: email %q", name, e.text)
		}
	}
	for _, e := range n.all(atomSpace, "uri") {
		if u, err := url.Parse(e.text); err != nil || !u.IsAbs() || u.Scheme == "javascript" {
			t.Errorf("%s: uri %q", name, e.text)
		}
	}
}

// Of an entry: no two alternates of one type (T3), the source it is from by its
// own id or its address in canonical form (T5), its authors or its feed's but
// never the site's (T6), the language where it is known (T15), and the number of
// replies (T17).
func TestAtomEntries(t *testing.T) {
	shelf := library()
	counted := linkPost()
	counted.Authors = nil
	counted.Extensions = []feed.Extension{{Space: "http://purl.org/syndication/thread/1.0", Name: "total", Text: "7"}}
	shelf.put("all", counted, untitled(), blogPost(), localArticle())
	s := render(t, newPublisher(t, options(), shelf))
	entries := tree(t, body(t, s, "atom.xml")).all(atomSpace, "entry")
	for _, e := range entries {
		id, seen := e.one(t, atomSpace, "id"), map[string]bool{}
		for _, l := range e.all(atomSpace, "link") {
			if key := l.attrs["type"] + l.attrs["hreflang"]; l.attrs["rel"] == "alternate" {
				if seen[key] {
					t.Errorf("%s has two alternates", id)
				}
				seen[key] = true
			}
		}
		if len(e.all(atomSpace, "author")) == 0 || e.all(atomSpace, "author")[0].one(t, atomSpace, "name") == "The Riverbank editors" {
			t.Errorf("%s is credited to nobody, or to the site", id)
		}
		source := e.all(atomSpace, "source")
		if len(source) != 1 {
			t.Fatalf("%s has %d sources", id, len(source))
		}
		if u, err := url.Parse(source[0].one(t, atomSpace, "id")); err != nil || !u.IsAbs() || u.Host != "" && u.Path == "" {
			t.Errorf("%s: source id %q, %v", id, source[0].one(t, atomSpace, "id"), err)
		}
	}
	if name := entries[0].all(atomSpace, "author")[0].one(t, atomSpace, "name"); name != "Ann Gopher" {
		t.Errorf("an entry without authors is credited to %q; want its feed's", name)
	}
	if got := entries[0].one(t, "http://purl.org/syndication/thread/1.0", "total"); got != "7" {
		t.Errorf("thr:total = %q", got)
	}
	if entries[1].attrs["lang"] != "fr" || entries[2].all(atomSpace, "source")[0].attrs["lang"] != "en" {
		t.Error("languages are not told")
	}
}

// JSON Feed: version first, feed_url the address it is served under (J1, J2),
// every item with an id in text form and a content (J3), next_url another
// document than this one (J9), nothing escaped as if for script (J11).
func TestJSONFeedRules(t *testing.T) {
	s := render(t, newPublisher(t, options(), unruly()))
	text := body(t, s, "feed.json")
	if !strings.HasPrefix(text, `{"version":"https://jsonfeed.org/version/1.1","title":"`) {
		t.Errorf("feed.json begins with %.60q", text)
	}
	if strings.Contains(text, `\u003c`) || strings.Contains(text, `\u0026`) || !strings.Contains(text, "<p>") {
		t.Error("HTML is escaped as for script")
	}
	var doc struct {
		HomePage string `json:"home_page_url"`
		Feed     string `json:"feed_url"`
		Next     string `json:"next_url"`
		Items    []struct {
			ID, URL, Title, Summary string
			External                string `json:"external_url"`
			Image                   string
			HTML                    string `json:"content_html"`
			Text                    string `json:"content_text"`
			Attachments             []struct{ URL string }
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.HomePage != "https://planet.example.org/" || doc.Feed != "https://planet.example.org/feed.json" || doc.Next == doc.Feed {
		t.Errorf("addresses: %s, %s, %s", doc.HomePage, doc.Feed, doc.Next)
	}
	if len(doc.Items) != 7 {
		t.Fatalf("%d items", len(doc.Items))
	}
	for _, i := range doc.Items {
		if i.ID == "" || i.HTML == "" && i.Text == "" {
			t.Errorf("%q has no id or no content", i.Title)
		}
		addresses := []string{i.URL, i.External, i.Image}
		for _, a := range i.Attachments {
			addresses = append(addresses, a.URL)
		}
		for _, a := range addresses {
			if a != "" && !strings.HasPrefix(a, "https://") {
				t.Errorf("%s holds the address %q (U3)", i.ID, a)
			}
		}
	}
}

// OPML: a head of what the format knows (O1), outlines of type rss with text,
// title and an address that everybody may follow, and no version (O2), sent as
// what it is (O3).
func TestOPMLRules(t *testing.T) {
	h, s := handler(t)
	root := tree(t, body(t, s, "sources.opml"))
	if root.attrs["version"] != "2.0" {
		t.Errorf("version %q", root.attrs["version"])
	}
	head := root.all("", "head")[0]
	if head.one(t, "", "title") == "" || head.one(t, "", "ownerName") == "" || parseTime(t, time.RFC1123Z, head.one(t, "", "dateModified")).IsZero() {
		t.Error("the head lacks something")
	}
	for _, k := range head.kids {
		if !slices.Contains([]string{"title", "dateCreated", "dateModified", "ownerName", "ownerEmail", "ownerId"}, k.name.Local) {
			t.Errorf("head has a %s", k.name.Local)
		}
	}
	outlines := root.all("", "body")[0].all("", "outline")
	if len(outlines) < 3 {
		t.Fatalf("%d outlines", len(outlines))
	}
	for _, o := range outlines {
		if o.attrs["type"] != "rss" || o.attrs["text"] == "" || o.attrs["title"] == "" || !strings.HasPrefix(o.attrs["xmlUrl"], "https://") ||
			strings.Contains(o.attrs["xmlUrl"], "@") || o.attrs["version"] != "" {
			t.Errorf("outline %v", o.attrs)
		}
	}
	// A list of nothing has an outline, too, and it is none of a feed.
	o := options()
	o.Channels = append(o.Channels, publisher.Channel{ID: "empty", Title: "Nothing yet"})
	books := library()
	books.put("empty")
	books.sources[1].Profile.Subtitle = "Coffee & cake <3"
	s = render(t, newPublisher(t, o, books))
	// A description is HTML there.
	if doc := body(t, s, "sources.opml"); !strings.Contains(doc, `description="Coffee &amp;amp; cake &amp;lt;3"`) {
		t.Errorf("no description as HTML in\n%s", doc)
	}
	root = tree(t, body(t, s, "empty/sources.opml"))
	outlines = root.all("", "body")[0].all("", "outline")
	if len(outlines) != 1 || len(outlines[0].attrs) != 1 || outlines[0].attrs["text"] != "Nothing yet" {
		t.Errorf("outlines of nothing: %v", outlines)
	}
	if got := ask(h, "GET", "/sources.opml").Header.Get("Content-Type"); got != "text/x-opml; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
}
