package publisher_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"weir/feed"
)

// node is an element as a strict reader sees it.
type node struct {
	name  xml.Name
	attrs map[string]string
	text  string
	kids  []*node
}

const (
	atomSpace  = "http://www.w3.org/2005/Atom"
	dcSpace    = "http://purl.org/dc/elements/1.1/"
	slashSpace = "http://purl.org/rss/1.0/modules/slash/"
	wfwSpace   = "http://wellformedweb.org/CommentAPI/"
)

// tree reads a document strictly.
func tree(t *testing.T, doc string) *node {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(doc))
	dec.Strict = true
	root := &node{}
	open := []*node{root}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return root.kids[0]
		}
		if err != nil {
			t.Fatalf("strict reading: %v", err)
		}
		top := open[len(open)-1]
		switch x := token.(type) {
		case xml.StartElement:
			n := &node{name: x.Name, attrs: map[string]string{}}
			for _, a := range x.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			top.kids, open = append(top.kids, n), append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.text += string(x)
		}
	}
}

// all returns the children of a name.
func (n *node) all(space, name string) (list []*node) {
	for _, k := range n.kids {
		if k.name.Local == name && k.name.Space == space {
			list = append(list, k)
		}
	}
	return list
}

// one returns the text of the only child of a name; there must be one.
func (n *node) one(t *testing.T, space, name string) string {
	t.Helper()
	list := n.all(space, name)
	if len(list) != 1 {
		t.Errorf("%d elements %s in %s; want 1", len(list), name, n.name.Local)
		return ""
	}
	return list[0].text
}

// each visits the element and all below.
func (n *node) each(visit func(*node)) {
	visit(n)
	for _, k := range n.kids {
		k.each(visit)
	}
}

// breaking is an entry in which every field tries to break out.
func breaking() feed.Placed {
	const breaks = "\x02\u0000\uFFFE\xff]]></title><script>&#1; \u202e"
	e := entry("breaking", "go-notes", "https://go.example.com/hostile", "2026-11-20T08:30:00Z")
	e.Content = feed.Content{
		Title: "Fish & <b>chips</b> " + breaks, Summary: "sum " + breaks, Link: "https://go.example.com/hostile?a=1&b=ü",
		HTML: "<p>]]&gt; \x01 &amp; body</p>", External: "javascript:alert(1)", Image: "data:image/png;base64,AAAA",
		Comments: "javascript:alert(2)", Rights: breaks, Language: "en",
		Authors:     []feed.Person{{Name: "Ann " + breaks, Email: "Ann <ann@example.com>", URI: "javascript:alert(3)"}, {Email: "bo@example.com"}},
		Tags:        []feed.Tag{{Term: "a&b " + breaks, Scheme: "no iri"}, {Term: ""}},
		Attachments: []feed.Attachment{{URL: "file:///etc/passwd", Type: "audio/mpeg"}, {URL: "https://go.example.com/x.mp3?a=1&b=2", Type: "audio/mpeg"}},
		Links:       []feed.Link{{Rel: "related", Href: "vbscript:x"}, {Rel: "self", Href: "https://evil.example/self"}},
	}
	return e
}

// unruly is a library with such an entry in it.
func unruly() *shelf {
	s := library()
	s.put("all", append([]feed.Placed{breaking()}, s.windows["all"].Entries...)...)
	return s
}

// Every XML document begins with its declaration and nothing else before the
// root, is UTF-8 without a mark, and holds only characters of XML (U2, S3, S4).
func TestCharacters(t *testing.T) {
	s := render(t, newPublisher(t, options(), unruly()))
	seen := 0
	for path, doc := range s.All() {
		if strings.HasSuffix(path, ".svg") || strings.HasSuffix(path, ".html") {
			continue
		}
		text := string(doc.Body)
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
			return r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF || r == 0xFEFF
		}) {
			t.Errorf("%s holds what XML forbids", path)
		}
		if strings.HasSuffix(path, ".json") {
			continue
		}
		rest, ok := strings.CutPrefix(text, `<?xml version="1.0" encoding="utf-8"?>`+"\n<")
		if !ok || rest[0] == '?' || rest[0] == '!' || strings.Contains(text, "xml-stylesheet") {
			t.Errorf("%s begins with %.80q", path, text)
		}
		tree(t, text)
		seen++
	}
	if seen < 6 {
		t.Errorf("%d XML documents; want two channels' three", seen)
	}
}

// Every address in XML is absolute, http or https, with escapes for what is not
// ASCII (U3), and the names of persons and texts arrive as they were (R16).
func TestAddresses(t *testing.T) {
	s := render(t, newPublisher(t, options(), unruly()))
	for _, path := range []string{"rss.xml", "atom.xml"} {
		found := 0
		tree(t, body(t, s, path)).each(func(n *node) {
			var list []string
			for _, name := range []string{"href", "url"} {
				if v, ok := n.attrs[name]; ok {
					list = append(list, v)
				}
			}
			switch n.name.Local {
			case "link", "url", "uri", "comments", "icon", "logo":
				if n.name.Space != slashSpace && len(n.attrs) == 0 {
					list = append(list, n.text)
				}
			}
			for _, v := range list {
				found++
				if !strings.HasPrefix(v, "https://") || strings.ContainsFunc(v, func(r rune) bool { return r > '~' || r <= ' ' }) {
					t.Errorf("%s: %s has the address %q", path, n.name.Local, v)
				}
			}
		})
		if found < 20 {
			t.Errorf("%s: %d addresses were looked at", path, found)
		}
	}
	title := tree(t, body(t, s, "rss.xml")).kids[0].all("", "item")[0].one(t, "", "title")
	if !strings.HasPrefix(title, "Fish & <b>chips</b>") {
		t.Errorf("title = %q; want it escaped once", title)
	}
}

// A document holds as many entries as its channel says, however many there
// are: the rest is in archives (U4), newest first (U5), under the same ids in
// all formats, each an address and never a bare number (U8).
func TestDocumentsAreBounded(t *testing.T) {
	var entries []feed.Placed
	for i := range 700 {
		e := blogPost()
		e.Slug, e.ID = "story-"+string(rune('a'+i%26))+time.Duration(i).String(), "https://go.example.com/"+time.Duration(i).String()
		e.Place = e.Place.Add(-time.Duration(i) * 24 * time.Hour)
		entries = append(entries, e)
	}
	shelf := library()
	shelf.put("all", entries...)
	s := render(t, newPublisher(t, options(), shelf))
	items := tree(t, body(t, s, "rss.xml")).kids[0].all("", "item")
	atoms := tree(t, body(t, s, "atom.xml")).all(atomSpace, "entry")
	if len(items) != 50 || len(atoms) != 50 {
		t.Fatalf("%d items, %d entries; want 50", len(items), len(atoms))
	}
	for i := range items {
		id := items[i].one(t, "", "guid")
		if id != entries[i].ID || atoms[i].one(t, atomSpace, "id") != id || !strings.Contains(id, ":") {
			t.Errorf("entry %d has the id %q; want %q", i, id, entries[i].ID)
		}
	}
}

// What RSS wants of a channel: each of title, link and description once and in
// plain text (R1), one self link with the address it is served under (R2),
// dates (R11, R13), a picture with its own title and link (R15), and who made it when to come back, as the headers say (R14).
// Nothing asks readers to call us or to fill in a form (R19).
func TestRSSChannel(t *testing.T) {
	h, s := handler(t)
	for _, path := range []string{"rss.xml", "go/rss.xml"} {
		c := tree(t, body(t, s, path)).kids[0]
		for _, name := range []string{"title", "link", "description", "language", "generator", "pubDate", "lastBuildDate"} {
			if text := c.one(t, "", name); text == "" || strings.ContainsAny(text, "<>") {
				t.Errorf("%s: %s = %q", path, name, text)
			}
		}
		selves := 0
		for _, l := range c.all(atomSpace, "link") {
			if l.attrs["rel"] == "self" {
				selves++
				if l.attrs["href"] != "https://planet.example.org/"+path || l.attrs["type"] != "application/rss+xml" {
					t.Errorf("%s: self = %v", path, l.attrs)
				}
			}
		}
		if selves != 1 {
			t.Errorf("%s: %d self links", path, selves)
		}
		if c.one(t, "", "docs") != "https://www.rssboard.org/rss-specification" || !strings.HasPrefix(c.one(t, "", "generator"), "Weir ") {
			t.Errorf("%s: docs or generator", path)
		}
		if ttl := c.one(t, "", "ttl"); ttl != "15" || !strings.Contains(ask(h, "GET", "/"+path).Header.Get("Cache-Control"), "max-age=900,") {
			t.Errorf("%s: ttl %s does not agree with max-age", path, ttl)
		}
		if image := c.all("", "image"); len(image) != 1 || image[0].one(t, "", "title") != c.one(t, "", "title") ||
			image[0].one(t, "", "link") != c.one(t, "", "link") || !strings.HasSuffix(image[0].one(t, "", "url"), ".png") {
			t.Errorf("%s: image %v", path, image)
		}
		if len(c.all("", "cloud"))+len(c.all("", "textInput")) > 0 {
			t.Errorf("%s has a cloud or a form", path)
		}
		newest := parseTime(t, time.RFC1123Z, c.all("", "item")[0].one(t, "", "pubDate"))
		if got := parseTime(t, time.RFC1123Z, c.one(t, "", "pubDate")); !got.Equal(newest) || parseTime(t, time.RFC1123Z, c.one(t, "", "lastBuildDate")).Before(got) {
			t.Errorf("%s: pubDate %v, newest item %v", path, got, newest)
		}
	}
}

// What RSS wants of an item: something to show and no empty element (R3), a
// guid that says whether it is a link (R4), categories one by one and in one
// vocabulary (R10), one publication date with changes told after it (R12), no
// element of Atom that means something else here (R17), and comments where
// readers look for them (R18).
func TestRSSItem(t *testing.T) {
	s := render(t, newPublisher(t, options(), unruly()))
	items := tree(t, body(t, s, "rss.xml")).kids[0].all("", "item")
	for _, i := range items {
		id := i.one(t, "", "guid")
		if len(i.all("", "title"))+len(i.all("", "description")) == 0 {
			t.Errorf("%s shows nothing", id)
		}
		i.each(func(n *node) {
			if n.text == "" && len(n.kids) == 0 && len(n.attrs) == 0 {
				t.Errorf("%s: %s is empty", id, n.name.Local)
			}
		})
		link := ""
		if l := i.all("", "link"); len(l) == 1 {
			link = l[0].text
		}
		if permanent := i.all("", "guid")[0].attrs["isPermaLink"]; permanent != map[bool]string{true: "true", false: "false"}[id == link] {
			t.Errorf("%s: isPermaLink = %q, link %s", id, permanent, link)
		}
		if n := len(i.all(dcSpace, "subject")) + len(i.all(dcSpace, "date")) + len(i.all("", "author")); n > 0 {
			t.Errorf("%s says things twice", id)
		}
		for _, name := range []string{"source", "content", "rights", "category", "published", "author"} {
			if len(i.all(atomSpace, name)) > 0 {
				t.Errorf("%s has an atom:%s", id, name)
			}
		}
		date := slices.IndexFunc(i.kids, func(n *node) bool { return n.name.Local == "pubDate" })
		changed := slices.IndexFunc(i.kids, func(n *node) bool { return n.name.Local == "updated" && n.name.Space == atomSpace })
		if date < 0 || changed >= 0 && changed < date {
			t.Errorf("%s: pubDate at %d, atom:updated at %d", id, date, changed)
		}
	}
	blog := items[2]
	if len(blog.all("", "category")) != 3 || blog.all("", "category")[1].attrs["domain"] != "https://go.example.com/tags" {
		t.Errorf("categories: %v", blog.all("", "category"))
	}
	if blog.one(t, "", "comments") != "https://go.example.com/2026/generics#comments" || blog.one(t, slashSpace, "comments") != "12" ||
		blog.one(t, wfwSpace, "commentRss") != "https://go.example.com/2026/generics/comments.xml" {
		t.Error("comments are not where readers look for them")
	}
}
