package parse

import (
	"bytes"
	"fmt"

	"github.com/mmcdole/gofeed/atom"
)

func (atomDialect) items(x *xmlReader, want []int) ([]draft, error) {
	r := &x.render
	r.begin(x.doc, atomPrologue)
	asked := r.ask(want, "entry", func(k int) {
		r.pickEntry(x.children(k), x.scope(want[k]))
	})
	answers, err := r.askAtom(asked)
	if err != nil {
		return nil, err
	}
	drafts := x.blank(len(want))
	var w atomWire
	for k, i := range want {
		picks, asked := r.of(k)
		answer := &atom.Entry{}
		if asked {
			answer, answers = answers[0], answers[1:]
		}
		if err := w.fill(picks, answer); err != nil {
			return nil, err
		}
		a := atomAdapter{d: x.doc, draft: x.start(i), in: x.scope(i), nodes: x.children(k), wire: &w.Entry}
		drafts[k] = a.adapt()
	}
	return drafts, nil
}

// askAtom lets gofeed read the rendition of so many entries.
func (r *rendition) askAtom(asked int) ([]*atom.Entry, error) {
	if asked == 0 {
		return nil, nil
	}
	r.buf = append(r.buf, atomEpilogue...)
	f, err := (&atom.Parser{}).Parse(bytes.NewReader(r.buf))
	if err != nil {
		return nil, err
	}
	if len(f.Entries) != asked {
		return nil, fmt.Errorf("%d entries were written and %d read", asked, len(f.Entries))
	}
	return f.Entries, nil
}

// pickEntry picks what is wanted of an entry.
func (r *rendition) pickEntry(nodes []node, in scope) {
	for n, part := range r.doc.parts(nodes) {
		switch {
		case part.limit > 0:
			r.pickText(n, part.name, part.limit)
		case part.name == "source":
			r.picks = append(r.picks, pick{name: part.name, asked: true})
			r.nested(*n, part.name, in, atomSource)
		default:
			r.pickPerson(n, part.name, in)
		}
	}
	r.pick(nodes, atomPointers)
}

// atomPointers are the elements of an entry that say all in attributes.
var atomPointers = []wanted{atomCategory, atomLink}

// pickText picks a text construct, of which inline XHTML and base64 are ours to
// read.
func (r *rendition) pickText(n *node, name string, limit int) {
	if r.doc.form(*n) == formOther {
		return
	}
	p := pick{name: name}
	var ok bool
	if p.text, ok = r.doc.ours(*n, limit); !ok {
		if p.text, ok = r.doc.statedText(n, limit); !ok {
			p.asked = true
			r.element(*n, name, limit)
		}
	}
	r.picks = append(r.picks, p)
}

func (r *rendition) pickPerson(n *node, name string, in scope) {
	p := pick{name: name}
	if p.asked = !r.statedPerson(&p, n, in); p.asked {
		r.nested(*n, name, in, atomPerson)
	}
	r.picks = append(r.picks, p)
}

// statedPerson reads name, mail and address where they stand.
func (r *rendition) statedPerson(p *pick, n *node, in scope) bool {
	for row, c := range r.doc.matches(r.inside(*n, in), atomPerson) {
		w := &atomPerson[row]
		text, ok := r.doc.statedText(c, w.limit)
		if !ok {
			return false
		}
		switch w.name {
		case "name":
			p.attrs[0] = text
		case "email":
			p.attrs[1] = text
		case "uri":
			p.attrs[2] = text
		}
	}
	return true
}

// atomWire is an entry as gofeed would give it, and the memory behind it, which
// is used again for the next.
type atomWire struct {
	atom.Entry
	content               atom.Content
	authors, contributors []atom.Person
	categories            []atom.Category
	links                 []atom.Link
}

// fill makes the entry of what was picked and of what gofeed answered.
func (w *atomWire) fill(picks []pick, said *atom.Entry) error {
	*w = atomWire{
		Entry: atom.Entry{
			Authors: w.Authors[:0], Contributors: w.Contributors[:0], Categories: w.Categories[:0], Links: w.Links[:0],
		},
		authors: w.authors[:0], contributors: w.contributors[:0], categories: w.categories[:0], links: w.links[:0],
	}
	for i := range picks {
		if err := w.take(&picks[i], said); err != nil {
			return fmt.Errorf("%s: %w", picks[i].name, err)
		}
	}
	w.Authors = point(w.Authors, w.authors)
	w.Contributors = point(w.Contributors, w.contributors)
	w.Categories = point(w.Categories, w.categories)
	w.Links = point(w.Links, w.links)
	return nil
}

func (w *atomWire) take(p *pick, said *atom.Entry) error {
	switch p.name {
	case "title":
		w.Title = p.or(said.Title)
	case "summary":
		w.Summary = p.or(said.Summary)
	case "rights":
		w.Rights = p.or(said.Rights)
	case "subtitle": // has no meaning in an entry
	case "content":
		w.content.Value, w.Content = p.text, &w.content
		if p.asked {
			return answer(&w.content, said.Content)
		}
	case "author":
		return collect(&w.authors, p, atom.Person{Name: p.attrs[0], Email: p.attrs[1], URI: p.attrs[2]}, &said.Authors)
	case "contributor":
		return collect(&w.contributors, p, atom.Person{Name: p.attrs[0], Email: p.attrs[1], URI: p.attrs[2]}, &said.Contributors)
	case "category":
		return collect(&w.categories, p, atom.Category{Term: p.attrs[0], Scheme: p.attrs[1], Label: p.attrs[2]}, &said.Categories)
	case "link":
		return collect(&w.links, p, atom.Link{
			Href: p.attrs[0], Rel: p.attrs[1], Type: p.attrs[2], Title: p.attrs[3], Hreflang: p.attrs[4], Length: p.attrs[5],
		}, &said.Links)
	case "source":
		w.Source = said.Source
	default:
		return errUnread
	}
	return nil
}
