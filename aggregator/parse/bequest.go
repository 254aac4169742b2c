package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// bequest is what a channel says for every item that says nothing itself: to
// whom listeners pay, who takes part, under which licence. An item leaves its
// channel when it is published again, so it takes this along (M4).
type bequest struct {
	value   []feed.Extension
	people  []feed.Person
	licence feed.Link
	// blocked says by what the feed forbids to publish any of its items.
	blocked string
	// raw is all of it as it was sent, for the items' hashes.
	raw []byte
}

// Bounds of a bequest: every item carries it.
const (
	maxBequest         = 8 << 10
	maxBequestElements = 128
)

// bequeath takes an element of the head.
func (x *xmlReader) bequeath(n *node) {
	d, b := x.doc, &x.bequest
	if n.vocab == vocabAccess {
		if by := d.blocks(n); by != "" && b.blocked == "" {
			b.blocked, b.raw = by, append(b.raw, by...) // however much else there is
		}
		return
	}
	raw := d.text[n.tag.lo:n.inner.hi]
	if len(b.raw)+len(raw) > maxBequest {
		return
	}
	switch {
	case n.word == "block" && (n.vocab == vocabITunes || n.vocab == vocabGoogle || n.vocab == vocabPodcast):
		if strings.EqualFold(d.textOf(*n, maxDate), "yes") {
			x.warn("the feed asks directories not to list it (block)")
		}
		return
	case n.vocab == vocabPodcast && n.word == "value":
		k := keeper{doc: d, elements: maxBequestElements}
		if ext, ok := k.tree(n, d.own.declare(d.text, n.tag), x.base, 0); ok {
			b.value = append(b.value, ext)
		}
	case n.vocab == vocabPodcast && n.word == "person":
		b.people = appendPerson(b.people, d.personOf(n, x.base))
	case n.vocab == vocabPodcast && n.word == "license":
		b.grant(d.attr(n.tag, "url"), d.textOf(*n, maxID), x.base)
	case (n.vocab == vocabCC || n.vocab == vocabLicence) && n.word == "license":
		b.grant(or(d.attr(n.tag, "resource"), d.addressText(n)), "", x.base)
	default:
		return
	}
	b.raw = append(b.raw, raw...)
}

func (b *bequest) grant(address, title string, base bases) {
	if href := markup.URL(address, base.forLink()); href != "" && b.licence.Href == "" {
		b.licence = feed.Link{Rel: "license", Href: href, Title: markup.Title(title)}
	}
}

// accept gives the item what it does not say itself.
func (d *draft) accept(b *bequest) {
	if len(b.raw) == 0 {
		return
	}
	if len(b.value) > 0 && !d.keeps("value") {
		d.Extensions = append(d.Extensions, b.value...)
	}
	if len(b.people) > 0 && !d.keeps("person") {
		for _, p := range b.people {
			d.credit(p)
		}
	}
	for i := range d.Links {
		if d.Links[i].Rel == b.licence.Rel {
			return
		}
	}
	if b.licence.Href != "" {
		d.Links = append(d.Links, b.licence)
	}
}

// keeps reports whether the item has an element of the podcast namespace.
func (d *draft) keeps(name string) bool {
	for i := range d.Extensions {
		if e := &d.Extensions[i]; e.Name == name && e.Space == customary(vocabPodcast) {
			return true
		}
	}
	return false
}
