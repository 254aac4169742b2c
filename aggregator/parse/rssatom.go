package parse

import (
	"weir/feed"
	"weir/feed/markup"
)

// spare is what the elements of Atom in an item of RSS say: some feeds use
// them in place of RSS's own, for which they stand in (I24, I26).
type spare struct {
	title, full, short construct
	authors            []feed.Person
}

// atom returns the name of an element of Atom's, also where that is not the
// feed's own format, and nothing for others.
func (n *node) atom() string {
	if n.vocab != vocabNative && n.vocab != vocabAtom {
		return ""
	}
	return n.word
}

// atom takes an element of Atom's.
func (a *rssAdapter) atom(n *node) {
	d := a.d
	switch n.word {
	case "link":
		a.atomPointer(n)
	case "updated", "modified":
		a.modified = d.textOf(*n, maxDate+1)
	case "published", "issued":
		a.created = d.textOf(*n, maxDate+1)
	case "id":
		a.RawID = or(a.RawID, d.id(*n))
	case "title":
		a.spare.title = a.spare.title.or(d.said(*n, maxID))
	case "summary":
		a.spareText(&a.spare.short, n)
	case "content":
		a.spareText(&a.spare.full, n)
	case "author":
		a.spare.authors = appendPerson(a.spare.authors, d.atomPerson(*n, a.in, a.base))
	case "contributor":
		a.Contributors = appendPerson(a.Contributors, d.atomPerson(*n, a.in, a.base))
	case "category":
		a.tag(or(d.attr(n.tag, "term"), d.textOf(*n, maxID)), d.attr(n.tag, "scheme"), d.attr(n.tag, "label"))
	case "rights":
		a.Rights = or(a.Rights, d.said(*n, maxID).line())
	}
}

// atomPointer takes a link of Atom's.
func (a *rssAdapter) atomPointer(n *node) {
	d := a.d
	l := feed.Link{
		Rel: relation(d.attr(n.tag, "rel")), Href: d.attr(n.tag, "href"), Type: d.attr(n.tag, "type"),
		Title: d.attr(n.tag, "title"), Language: d.attr(n.tag, "hreflang"),
	}
	switch l.Rel {
	case "alternate":
		a.atomLink = or(a.atomLink, l.Href)
	case "self", "edit":
	case "enclosure":
		a.media.attach(feed.Attachment{
			URL: l.Href, Type: l.Type, Title: markup.Title(l.Title), Length: parseLength(d.attr(n.tag, "length")),
		})
	default:
		a.relate(l)
	}
}

// spareText keeps the first text of its kind.
func (a *rssAdapter) spareText(text *construct, n *node) {
	if text.value != "" {
		return
	}
	if *text = a.d.said(*n, maxContent); text.value != "" && a.text == nil {
		a.stated(n)
	}
}

// fallBack puts Atom's texts where RSS's own are missing (I26).
func (a *rssAdapter) fallBack() {
	a.title = a.title.or(a.spare.title)
	a.full = a.full.or(a.spare.full)
	a.short = a.short.or(a.spare.short)
}
