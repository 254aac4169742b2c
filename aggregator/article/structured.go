package article

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"weir/feed/markup"
)

// structured lists what a page says about its article in JSON-LD. Publishing
// systems write that, not people: what is wrong with it is passed over.
func (m *manuscript) structured(doc *html.Node) []field {
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Script || !strings.EqualFold(attr(n.Attr, "type"), "application/ld+json") ||
			n.FirstChild == nil || len(n.FirstChild.Data) > maxFrontMatter {
			continue
		}
		r := &jsonReader{text: n.FirstChild.Data, line: 1, dec: json.NewDecoder(strings.NewReader(n.FirstChild.Data))}
		r.dec.UseNumber()
		top, err := r.value(0)
		if err != nil {
			continue
		}
		nodes := graph(top)
		for i := range nodes {
			if isArticle(nodes[i].get("@type")) {
				return m.articleFields(&nodes[i], nodes)
			}
		}
	}
	return nil
}

// graph lists the things that JSON-LD describes.
func graph(top value) []value {
	nodes := []value{top}
	if top.kind == kindList {
		nodes = top.items
	}
	for _, n := range nodes {
		nodes = append(nodes[:len(nodes):len(nodes)], n.get("@graph").items...)
	}
	return nodes
}

// get is the value of a key, or nothing.
func (v *value) get(key string) *value {
	for i := range v.fields {
		if v.fields[i].key == key {
			return &v.fields[i].value
		}
	}
	return &value{}
}

// isArticle reports whether a type of schema.org, or one of several, is an
// article: NewsArticle, BlogPosting and their like.
func isArticle(v *value) bool {
	for _, t := range append([]value{*v}, v.items...) {
		if strings.HasSuffix(t.text, "Article") || strings.HasSuffix(t.text, "Posting") {
			return true
		}
	}
	return false
}

// articleFields are those of an article's description that mean something
// here and can be read.
func (m *manuscript) articleFields(n *value, nodes []value) []field {
	var fields []field
	for _, f := range n.fields {
		f.line, f.value.line = 0, 0
		switch f.key {
		case "headline", "description":
			if f.value.kind != kindText {
				continue
			}
		case "datePublished", "dateModified":
			if _, err := parseTime(f.value.text, m.zone); err != nil {
				continue
			}
		case "inLanguage":
			if f.key = "lang"; !validLanguage(f.value.text) {
				continue
			}
		case "keywords":
			if f.value.kind != kindText && f.value.kind != kindList {
				continue
			}
		case "image", "thumbnailUrl":
			if f.key = "image"; f.value.kind < kindText || f.value.kind == kindBool || f.value.kind == kindNumber {
				continue
			}
		case "author":
			f.value = named(f.value, nodes)
		default:
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// named lists people by name; one may be described elsewhere in the graph.
func named(v value, nodes []value) value {
	people := value{kind: kindList}
	for _, p := range append([]value{v}, v.items...) {
		if id := p.get("@id").text; p.get("name").kind != kindText && id != "" {
			for i := range nodes {
				if nodes[i].get("@id").text == id && nodes[i].get("name").kind == kindText {
					p = nodes[i]
				}
			}
		}
		name := p.get("name")
		if p.kind == kindText {
			name = &p
		}
		if name.kind == kindText && !strings.Contains(name.text, "://") {
			people.items = append(people.items, value{kind: kindText, text: name.text})
		}
	}
	return people
}

// visible lists what the page shows of its date and author, for pages that
// state them nowhere else: a <time> that is marked as the date or stands above
// the first paragraph, and a link to the author.
func (m *manuscript) visible(main *html.Node) []field {
	var fields []field
	above := true
	for n := range main.Descendants() {
		role := " " + attr(n.Attr, "itemprop") + " " + attr(n.Attr, "class") + " " + attr(n.Attr, "rel") + " "
		is := func(words ...string) bool {
			for _, w := range words {
				if strings.Contains(role, " "+w+" ") {
					return true
				}
			}
			return false
		}
		switch {
		case n.DataAtom == atom.P:
			above = false
		case n.DataAtom == atom.Time:
			at := attr(n.Attr, "datetime")
			if _, err := parseTime(at, m.zone); err != nil {
				continue
			}
			if is("dateModified", "dt-updated", "updated") {
				fields = append(fields, textField("updated", 0, at))
			} else if above || is("datePublished", "dt-published", "published", "entry-date") || has(n.Attr, "pubdate") {
				fields = append(fields, textField("date", 0, at))
			}
		case is("author", "p-author"):
			name := personOf(markup.Title(render(n))).Name
			if isName(name) {
				fields = append(fields, textField("author", 0, name))
			}
		}
	}
	return fields
}

func has(attrs []html.Attribute, key string) bool {
	for _, a := range attrs {
		if a.Key == key {
			return true
		}
	}
	return false
}
