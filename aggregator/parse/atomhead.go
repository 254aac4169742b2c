package parse

import (
	"bytes"
	"strings"

	"github.com/mmcdole/gofeed/atom"

	"weir/feed"
	"weir/feed/markup"
)

func (atomDialect) head(x *xmlReader) error {
	d := x.doc
	r, nodes := &x.render, x.nodes[:0]
	for _, s := range d.head {
		o := d.walk(s, d.own)
		for n, ok := o.next(); ok; n, ok = o.next() {
			nodes = append(nodes, n)
		}
	}
	x.nodes = nodes
	r.begin(d, atomPrologue)
	r.entry(nodes, d.own)
	r.buf = append(r.buf, atomEpilogue...)
	f, err := (&atom.Parser{}).Parse(bytes.NewReader(r.buf))
	if err != nil {
		return err
	}
	atomProfile(x, f, nodes)
	return nil
}

// atomProfile makes the profile of a feed.
func atomProfile(x *xmlReader, f *atom.Feed, nodes []node) {
	d, p, base := x.doc, &x.out.Profile, x.base.forLink()
	p.Icon, p.Logo = markup.URL(f.Icon, base), markup.URL(f.Logo, base)
	title, subtitle, rights := construct{value: f.Title}, construct{value: f.Subtitle}, construct{value: f.Rights}
	var creators []feed.Person
	var home string
	for _, n := range nodes {
		switch n.native() {
		case "id":
			p.FeedID = or(p.FeedID, d.id(n))
		case "title":
			title.plain = d.plain(n, f.Title)
		case "subtitle", "tagline":
			subtitle.plain = d.plain(n, f.Subtitle)
		case "rights", "copyright":
			rights.plain = d.plain(n, f.Rights)
		case "contributor":
			p.Contributors = appendPerson(p.Contributors, d.atomPerson(n, d.own, x.base))
		case "category":
			p.Tags = appendTag(p.Tags, d.atomTag(&n))
		case "link":
			home = or(home, d.worded(&n))
		case "":
			x.bequeath(&n)
			if n.vocab != vocabDC {
				continue
			}
			switch text := d.textOf(n, maxID); n.word {
			case "creator":
				creators = append(creators, parsePersons(text)...)
			case "title":
				title = title.or(loose(text))
			case "description":
				subtitle = subtitle.or(loose(text))
			case "rights":
				rights = rights.or(loose(text))
			case "language":
				p.Language = or(p.Language, language(text))
			}
		}
	}
	p.Title, p.Subtitle, p.Rights = title.line(), subtitle.line(), rights.line()
	atomAddresses(x, f.Links)
	p.Link = or(p.Link, markup.URL(home, base))
	for _, a := range f.Authors {
		p.Authors = appendPerson(p.Authors, person(a.Name, a.Email, markup.URL(a.URI, base)))
	}
	for _, a := range creators {
		p.Authors = appendPerson(p.Authors, a)
	}
}

// atomAddresses takes where the feed is, and its page and its hub.
func atomAddresses(x *xmlReader, links []*atom.Link) {
	p, base := &x.out.Profile, x.base.forLink()
	for _, l := range links {
		target := &p.Link
		switch relation(l.Rel) {
		case "self":
			target = &p.Self
		case "hub":
			target = &p.Hub
		case "alternate":
			if t := mediaType(l.Type); t != "" && !strings.Contains(t, "html") {
				continue
			}
		default:
			continue
		}
		if l.Href == "" && x.base.declared != nil {
			l.Href = x.base.declared.String() // the document itself (RFC 3986 §4.4)
		}
		*target = or(*target, markup.URL(l.Href, base))
	}
}
