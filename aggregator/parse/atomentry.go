package parse

import (
	"reflect"

	"github.com/mmcdole/gofeed/atom"

	"weir/feed"
	"weir/feed/markup"
)

// atomAdapter turns one entry of gofeed's, and the outline of the same entry,
// into a draft.
type atomAdapter struct {
	d     *document
	in    scope
	nodes []node
	wire  *atom.Entry
	draft
	rights construct
	// dated is the rank of the element that Published came from.
	dated int
	// worded is a link that was written as text, as in RSS; identifier is Dublin
	// Core's. Both stand in for Atom's own.
	worded, identifier string
	// spoken is the language of the title, for entries that have no text.
	spoken *string
}

func (a *atomAdapter) adapt() draft {
	a.excerpt = true
	w := a.wire
	a.title.value, a.short.value, a.rights.value = w.Title, w.Summary, w.Rights
	if w.Content != nil {
		a.full.value = w.Content.Value
	}
	text := a.base
	for i := range a.nodes {
		a.element(&a.nodes[i], &text)
	}
	a.RawID = or(a.RawID, a.identifier)
	a.links()
	a.base.declared = text.declared
	if a.spoken != nil && a.full.value == "" && a.short.value == "" {
		a.speak(*a.spoken)
	}
	a.Rights = a.rights.line()
	for _, p := range w.Authors {
		a.Authors = appendPerson(a.Authors, person(p.Name, p.Email, markup.URL(p.URI, a.base.forLink())))
	}
	for _, p := range w.Contributors {
		a.Contributors = appendPerson(a.Contributors, person(p.Name, p.Email, markup.URL(p.URI, a.base.forLink())))
	}
	for _, c := range w.Categories {
		a.tag(c.Term, c.Scheme, c.Label)
	}
	if w.Source != nil {
		a.origin(w.Source)
	}
	a.keep(a.d, a.nodes, a.in)
	return a.draft
}

// element takes what gofeed loses or is not shown: ids, dates, types, bases.
func (a *atomAdapter) element(n *node, text *bases) {
	d := a.d
	if n.vocab != vocabNative {
		a.foreign(n)
		return
	}
	switch n.word {
	case "id":
		a.RawID = or(a.RawID, d.id(*n))
	case "published", "issued", "created":
		a.issue(n)
	case "updated", "modified":
		a.update(d.textOf(*n, maxDate+1))
	case "title":
		a.title.plain = d.plain(*n, a.title.value)
		if lang, ok := d.xmlAttr(n.tag, "xml:lang"); ok {
			a.spoken = &lang
		}
	case "rights", "copyright":
		a.rights.plain = d.plain(*n, a.rights.value)
	case "link":
		a.worded = or(a.worded, d.worded(n))
	case "category":
		if d.attr(n.tag, "term") == "" {
			a.tag(d.textOf(*n, maxID), d.attr(n.tag, "scheme"), d.attr(n.tag, "label"))
		}
	case "summary":
		a.short.plain = d.plain(*n, a.short.value)
		if a.full.value == "" {
			a.stated(n, text)
		}
	case "content":
		if a.full.value != "" {
			a.full.plain = d.plain(*n, a.full.value)
			a.stated(n, text)
		}
		if src := d.attr(n.tag, "src"); src != "" {
			a.Link = or(a.Link, markup.URL(src, a.base.forLink()))
		}
	}
}

// issue takes the date of publication where an entry has the word for it, else
// of issue, else of creation (Atom 0.3).
func (a *atomAdapter) issue(n *node) {
	rank := 1
	switch n.word {
	case "published":
		rank = 3
	case "issued":
		rank = 2
	}
	if rank >= a.dated || a.Published.IsZero() {
		a.publish(a.d.textOf(*n, maxDate+1))
		a.dated = rank
	}
}

// stated notes the base and language that the text itself states.
func (a *atomAdapter) stated(n *node, text *bases) {
	*text = a.base.under(a.d, n.tag)
	if lang, ok := a.d.xmlAttr(n.tag, "xml:lang"); ok {
		a.speak(lang)
	}
}

func (a *atomAdapter) foreign(n *node) {
	d := a.d
	switch n.vocab {
	case vocabDC:
		a.dublin(n)
	case vocabFeedBurner:
		if n.word == "origlink" {
			a.Link = or(originalLink(d.textOf(*n, maxID+1)), a.Link)
		}
	}
	a.enrich(d, n, a.in)
}

// dublin takes Dublin Core's elements where Atom's own are missing.
func (a *atomAdapter) dublin(n *node) {
	text := a.d.textOf(*n, maxID)
	switch n.word {
	case "creator":
		a.Authors = appendPersons(a.Authors, parsePersons(text))
	case "contributor":
		a.Contributors = appendPersons(a.Contributors, parsePersons(text))
	case "subject":
		a.tag(text, "", "")
	case "date":
		if a.Published.IsZero() {
			a.publish(text)
		}
	case "title":
		a.title = a.title.or(loose(text))
	case "description":
		a.short = a.short.or(loose(a.d.textOf(*n, maxContent)))
	case "rights":
		a.rights = a.rights.or(loose(text))
	case "language":
		a.Language = or(a.Language, text)
	case "identifier":
		a.identifier = or(a.identifier, a.d.id(*n))
	}
}

// links settles the entry's page, its files and what else it points at.
func (a *atomAdapter) links() {
	own := a.Link // feedburner:origLink or content src
	page, plain := "", ""
	for _, l := range a.wire.Links {
		rel := relation(l.Rel)
		switch rel {
		case "alternate":
			typ := mediaType(l.Type)
			if plain == "" {
				plain = l.Href
			}
			if page == "" && (typ == "" || typ == "text/html" || typ == "application/xhtml+xml") {
				page = l.Href
			}
		case "self", "edit", "edit-media":
		case "enclosure":
			a.media.attach(feed.Attachment{URL: l.Href, Type: l.Type, Title: markup.Title(l.Title), Length: parseLength(l.Length)})
		default:
			a.relate(feed.Link{Rel: rel, Href: l.Href, Type: l.Type, Title: l.Title, Language: l.Hreflang})
		}
	}
	if link := markup.URL(or(page, plain), a.base.forLink()); own == "" || link != "" && own != link && !a.burned() {
		a.Link = link
	}
	if a.Link == "" {
		a.Link = markup.URL(a.worded, nil)
	}
	if a.Link == "" && isWeb(a.RawID) {
		a.Link = markup.URL(a.RawID, nil)
	}
}

// worded returns the address that a link without one has as its text.
func (d *document) worded(n *node) string {
	if text := d.addressText(n); isWeb(text) && d.attr(n.tag, "href") == "" {
		return text
	}
	return ""
}

// originalLink is the address that FeedBurner replaced; what is none by itself
// replaced nothing.
func originalLink(text string) string {
	if !isWeb(text) {
		return ""
	}
	return markup.URL(text, nil)
}

// burned reports whether the entry names its link before FeedBurner.
func (a *atomAdapter) burned() bool {
	for i := range a.nodes {
		if a.nodes[i].vocab == vocabFeedBurner && a.nodes[i].word == "origlink" {
			return true
		}
	}
	return false
}

// origin keeps what an aggregated entry says of its own feed (I23).
func (a *atomAdapter) origin(s *atom.Source) {
	var o feed.Origin
	base := a.base
	for i := range a.nodes {
		if n := &a.nodes[i]; n.native() == "source" {
			base = base.under(a.d, n.tag)
			a.originNodes(&o, n, base)
			break
		}
	}
	for _, l := range s.Links {
		switch relation(l.Rel) {
		case "alternate":
			o.Link = or(o.Link, markup.URL(l.Href, base.forLink()))
		case "self":
			o.Self = or(o.Self, markup.URL(l.Href, base.forLink()))
		}
	}
	if !reflect.ValueOf(o).IsZero() {
		a.Origin = &o
	}
}

func (a *atomAdapter) originNodes(o *feed.Origin, source *node, base bases) {
	d := a.d
	w := d.walk(source.inner, a.in.declare(d.text, source.tag))
	for n, ok := w.next(); ok; n, ok = w.next() {
		switch n.native() {
		case "id":
			o.ID = or(o.ID, d.id(n))
		case "title":
			o.Title = or(o.Title, d.said(n, maxID).line())
		case "updated", "modified":
			o.Updated = a.dates.read(d.textOf(n, maxDate+1))
		case "author":
			o.Authors = appendPerson(o.Authors, d.atomPerson(n, w.in, base))
		case "contributor":
			o.Contributors = appendPerson(o.Contributors, d.atomPerson(n, w.in, base))
		case "category":
			o.Tags = appendTag(o.Tags, d.atomTag(&n))
		case "subtitle", "tagline":
			o.Subtitle = or(o.Subtitle, d.said(n, maxID).line())
		case "rights", "copyright":
			o.Rights = or(o.Rights, d.said(n, maxID).line())
		case "icon":
			o.Icon = or(o.Icon, markup.URL(d.textOf(n, maxID+1), base.forLink()))
		case "logo":
			o.Logo = or(o.Logo, markup.URL(d.textOf(n, maxID+1), base.forLink()))
		}
	}
}

// atomTag reads a category; some write its term as text.
func (d *document) atomTag(n *node) feed.Tag {
	return tagOf(or(d.attr(n.tag, "term"), d.textOf(*n, maxID)), d.attr(n.tag, "scheme"), d.attr(n.tag, "label"))
}

// atomPerson reads a person construct where nobody else does.
func (d *document) atomPerson(n node, in scope, base bases) feed.Person {
	var name, mail, uri string
	c := d.walk(n.inner, in)
	for m, ok := c.next(); ok; m, ok = c.next() {
		switch m.atom() {
		case "name":
			name = d.textOf(m, maxID)
		case "email":
			mail = d.textOf(m, maxID)
		case "uri", "url", "homepage":
			uri = markup.URL(d.textOf(m, maxID), base.forLink())
		}
	}
	return person(name, mail, uri)
}
