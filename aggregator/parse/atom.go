package parse

import (
	"iter"

	"weir/feed"
)

// atomDialect reads Atom 1.0 and 0.3.
type atomDialect struct{}

const (
	// What has no namespace is Atom to gofeed; a declaration would cost it a
	// map for each element under it.
	atomPrologue = `<feed>`
	atomEpilogue = `</feed>`
)

// What gofeed reads of a feed and of an entry. Ids and dates are not among
// it: it rewrites the first and tries a hundred layouts on the second (G9,
// G22). Types of text are hidden from it, because we heed them ourselves, and
// so is xml:base, with which it invents slashes (G10).
var (
	atomPerson = []wanted{
		{"name", "name", 1, maxID, nil}, {"email", "email", 1, maxDate * 4, nil}, {"uri", "uri", 1, maxID, nil},
		{"url", "uri", 1, maxID, nil}, {"homepage", "uri", 1, maxID, nil},
	}
	atomCategory = wanted{"category", "category", feed.MaxTags, 0, []string{"term", "scheme", "label"}}
	atomLink     = wanted{"link", "link", maxLinks, 0, []string{"href", "rel", "type", "title", "hreflang", "length"}}
	atomLeaves   = []wanted{
		atomCategory, atomLink,
		{"icon", "icon", 1, maxID + 1, nil}, {"logo", "logo", 1, maxID + 1, nil},
	}
	atomSource = []wanted{atomLink}
)

// entry renders what of a feed's head has the shape of an entry.
func (r *rendition) entry(nodes []node, in scope) {
	for n, part := range r.doc.parts(nodes) {
		switch {
		case part.limit > 0:
			r.construct(*n, part.name, part.limit)
		case part.name == "source":
			r.nested(*n, part.name, in, atomSource)
		default:
			r.nested(*n, part.name, in, atomPerson)
		}
	}
	r.elements(nodes, atomLeaves)
}

// part is a text, a person or a source of an entry under the name that gofeed
// knows it by; limit is a text's.
type part struct {
	name  string
	limit int
}

// parts yields the texts, people and sources that are wanted of an entry or a
// head: of each kind of text the first that says anything.
func (d *document) parts(nodes []node) iter.Seq2[*node, part] {
	return func(yield func(*node, part) bool) {
		var done [4]bool
		people := 0
		for i := range nodes {
			n := &nodes[i]
			p := part{name: n.native()}
			switch p.name {
			case "title", "summary", "rights", "copyright", "subtitle", "tagline", "content":
				var slot int
				slot, p.name, p.limit = textSlot(p.name)
				if in := trim(d.text, n.inner); done[slot] || in.lo == in.hi {
					continue
				}
				done[slot] = true
			case "author", "contributor":
				if people++; people > 2*feed.MaxPersons {
					continue
				}
			case "source":
			default:
				continue
			}
			if !yield(n, p) {
				return
			}
		}
	}
}

// textSlot says which text of an entry or feed an element is.
func textSlot(name string) (slot int, canonical string, limit int) {
	switch name {
	case "title":
		return 0, "title", maxID
	case "summary":
		return 1, "summary", maxContent
	case "subtitle", "tagline":
		return 1, "subtitle", maxID
	case "content":
		return 2, "content", maxContent
	}
	return 3, "rights", maxID
}
