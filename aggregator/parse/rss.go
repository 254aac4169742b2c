package parse

import (
	"bytes"
	"strings"

	"github.com/mmcdole/gofeed/rss"

	"weir/feed"
	"weir/feed/markup"
)

// rssDialect reads RSS 0.9x, 1.0 and 2.0.
type rssDialect struct{}

// What gofeed reads of a channel and of an item. Dates are not among it: it
// would try a hundred layouts on each (G22, G23).
var (
	rssHead = []wanted{
		{"title", "title", 1, maxID, nil},
		{"description", "description", 1, maxID, nil},
		{"link", "link", 1, maxID + 1, []string{"href"}},
		{"language", "language", 1, maxDate, nil},
		{"copyright", "copyright", 1, maxID, nil},
		{"managingeditor", "managingEditor", 1, maxID, nil},
		{"ttl", "ttl", 1, maxDate, nil},
	}
	rssImage = []wanted{{"url", "url", 1, maxID + 1, nil}}
	rssHours = []wanted{{"hour", "hour", 24, maxDate, nil}}
	rssDays  = []wanted{{"day", "day", 7, maxDate, nil}}
	rssItem  = []wanted{
		{"title", "title", 1, maxID, nil},
		{"description", "description", 1, maxContent, nil},
		{"content:encoded", "content:encoded", 1, maxContent, nil},
		{"link", "link", 8, maxID + 1, []string{"href"}},
		{"guid", "guid", 1, maxID + 1, []string{"isPermaLink"}},
		{"author", "author", 8, maxID, nil},
		{"comments", "comments", 1, maxID + 1, nil},
		{"source", "source", 1, maxID, []string{"url"}},
		{"enclosure", "enclosure", feed.MaxAttachments, 0, []string{"url", "length", "type"}},
		{"category", "category", feed.MaxTags, maxID, []string{"domain"}},
	}
)

const (
	rssPrologue = `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>`
	// A declaration costs gofeed a map for each element under it.
	rssHeadPrologue = `<rss version="2.0"><channel>`
	rssEpilogue     = `</channel></rss>`
)

func (rssDialect) head(x *xmlReader) error {
	d := x.doc
	r, nodes := &x.render, x.nodes[:0]
	r.begin(d, rssHeadPrologue)
	h := rssHeadReader{x: x}
	for _, s := range d.head {
		o := d.walk(s, d.own)
		for n, ok := o.next(); ok; n, ok = o.next() {
			switch n.native() {
			case "":
				h.foreign(n)
				x.bequeath(&n)
			case "author":
				h.authors = append(h.authors, parsePersons(d.textOf(n, maxID))...)
			case "cloud":
				h.cloud(n)
			case "category":
				h.tag(tagOf(d.textOf(n, maxID), d.attr(n.tag, "domain"), ""))
			case "image":
				r.nested(n, "image", o.in, rssImage)
			case "skiphours":
				r.nested(n, "skipHours", o.in, rssHours)
			case "skipdays":
				r.nested(n, "skipDays", o.in, rssDays)
			default:
				nodes = append(nodes, n)
			}
		}
	}
	if len(d.items) == 0 && d.channel.hi == 0 {
		if d.format == formatRDF && !d.declares(vocabRSS) {
			return notFeed("an RDF document about something else")
		}
		x.warn("there is neither a channel nor an item in it")
	}
	x.nodes = nodes
	r.elements(nodes, rssHead)
	r.buf = append(r.buf, rssEpilogue...)
	f, err := (&rss.Parser{}).Parse(bytes.NewReader(r.buf))
	if err != nil {
		return err
	}
	h.native(f)
	return nil
}

// rssAdapter turns one item of gofeed's, and the outline of the same item,
// into a draft.
type rssAdapter struct {
	d     *document
	in    scope
	nodes []node
	wire  *rss.Item
	draft
	// The candidates below are settled in order when all elements were seen.
	origLink, atomLink, about string
	creators, itunes          []feed.Person
	dcDate, created, modified string
	itunesTitle, itunesText   string
	// body is the text in elements that RSS does not define.
	body string
	// brief is a summary in an element that RSS does not define.
	brief string
	// text is the base of the text, if it states one of its own.
	text *bases
	// spare is what Atom's elements say, for want of RSS's own.
	spare spare
}

func (a *rssAdapter) adapt(tag token) draft {
	a.about = a.d.attr(tag, "about")
	for _, e := range a.wire.Enclosures {
		a.media.attach(feed.Attachment{URL: e.URL, Type: e.Type, Length: parseLength(e.Length)})
	}
	for i := range a.nodes {
		a.element(&a.nodes[i])
	}
	w := a.wire
	a.title.value = or(w.Title, a.title.value)
	a.full.value = or(w.Content, a.body)
	a.short.value = or(w.Description, a.short.value)
	a.fallBack()
	a.title.value = or(a.title.value, a.itunesTitle)
	a.short.value = or(a.short.value, a.itunesText)
	if a.brief != "" && a.full.value == "" {
		a.full.value, a.short.value = a.short.value, a.brief
	}
	a.RawID = or(a.RawID, boundID(a.about))
	a.link()
	a.dates()
	a.authors()
	for _, c := range w.Categories {
		a.tag(c.Value, c.Domain, "")
	}
	if a.Comments == "" || w.Comments != "" {
		a.Comments = markup.URL(w.Comments, a.base.forLink())
	}
	if s := w.Source; s != nil {
		a.origin(s)
	}
	a.keep(a.d, a.nodes, a.in)
	if a.text != nil {
		a.base.declared = a.text.declared
	}
	return a.draft
}

func (a *rssAdapter) origin(s *rss.Source) {
	o := feed.Origin{Title: markup.Title(s.Title), Self: markup.URL(s.URL, a.base.forLink())}
	if o.Title != "" || o.Self != "" {
		a.Origin = &o
	}
}

// link settles what the item links to, in I8's order.
func (a *rssAdapter) link() {
	base := a.base.forLink()
	try := func(raw string) {
		if a.Link == "" && raw != "" {
			a.Link = markup.URL(raw, base)
		}
	}
	try(originalLink(a.origLink))
	for _, raw := range a.wire.Links {
		try(raw)
	}
	try(a.atomLink)
	if g := a.wire.GUID; g != nil && isWeb(g.Value) && !strings.EqualFold(g.IsPermalink, "false") {
		try(g.Value)
	}
	if isWeb(a.about) {
		try(a.about)
	}
}

func (a *rssAdapter) dates() {
	for _, raw := range [...]string{a.dcDate, a.created} {
		if a.Published.IsZero() && raw != "" {
			a.publish(raw)
		}
	}
	if a.modified != "" {
		a.update(a.modified)
	}
}

// authors prefers the more careful element: dc:creator, of which there may be
// several, then author, then Atom's, then itunes:author (I24).
func (a *rssAdapter) authors() {
	for _, p := range a.creators {
		a.Authors = appendPerson(a.Authors, p)
	}
	if len(a.Authors) == 0 {
		a.Authors = appendPersons(a.Authors, parsePersons(a.wire.Author))
	}
	if len(a.Authors) == 0 {
		a.Authors = a.spare.authors
	}
	if len(a.Authors) == 0 {
		a.Authors = a.itunes
	}
}

// element takes what gofeed loses or is not shown.
func (a *rssAdapter) element(n *node) {
	d := a.d
	switch n.vocab {
	case vocabNative:
		a.native(n)
	case vocabContent:
		if n.word == "encoded" {
			a.stated(n)
		}
	case vocabDC:
		a.dublin(n)
	case vocabDCTerms:
		switch n.word {
		case "created", "issued":
			a.created = d.textOf(*n, maxDate+1)
		case "modified":
			a.modified = d.textOf(*n, maxDate+1)
		}
	case vocabAtom:
		a.atom(n)
	case vocabFeedBurner:
		if n.word == "origlink" {
			a.origLink = d.textOf(*n, maxID+1)
		}
	case vocabXHTML:
		if a.body == "" {
			a.body = d.xhtml(n.inner, maxContent)
			a.stated(n)
		}
	case vocabITunes:
		a.podcast(n)
	}
	a.enrich(d, n, a.in)
}

// native takes what is RSS, or has no namespace as if it were.
func (a *rssAdapter) native(n *node) {
	d := a.d
	switch n.word {
	case "guid":
		a.RawID = or(d.id(*n), a.RawID)
	case "pubdate":
		a.publish(d.textOf(*n, maxDate+1))
	case "description":
		if a.text == nil {
			a.stated(n)
		}
	case "summary":
		a.brief = or(a.brief, d.textOf(*n, maxContent))
	case "tags", "keywords":
		a.keywords(d.textOf(*n, maxID))
	case "content":
		a.spareText(&a.spare.full, n)
	case "fullitem", "body":
		if a.body != "" {
			return
		}
		if a.body = d.textOf(*n, maxContent); d.hasElements(n.inner) {
			a.body = d.xhtml(n.inner, maxContent)
		}
		a.stated(n)
	}
}

// stated notes the language and base that the text itself states.
func (a *rssAdapter) stated(n *node) {
	if !n.tag.special {
		return
	}
	text := a.base.under(a.d, n.tag)
	a.text = &text
	if lang, ok := a.d.xmlAttr(n.tag, "xml:lang"); ok {
		a.speak(lang)
	}
}

func (a *rssAdapter) dublin(n *node) {
	text := a.d.textOf(*n, maxID)
	switch n.word {
	case "creator", "author":
		a.creators = appendPersons(a.creators, parsePersons(text))
	case "contributor":
		a.Contributors = appendPersons(a.Contributors, parsePersons(text))
	case "date":
		a.dcDate = text
	case "subject":
		a.tag(text, "", "")
	case "identifier":
		a.RawID = or(a.RawID, a.d.id(*n))
	case "title":
		a.title.value = or(a.title.value, text)
	case "description":
		a.short.value = or(a.short.value, a.d.textOf(*n, maxContent))
	case "rights":
		a.Rights = markup.Title(text)
	case "language":
		a.Language = or(a.Language, text)
	}
}

func (a *rssAdapter) podcast(n *node) {
	switch n.word {
	case "author":
		a.itunes = appendPersons(a.itunes, parsePersons(a.d.textOf(*n, maxID)))
	case "title":
		a.itunesTitle = a.d.textOf(*n, maxID)
	case "summary":
		a.itunesText = a.d.textOf(*n, maxContent)
	case "subtitle":
		a.itunesText = or(a.itunesText, a.d.textOf(*n, maxContent))
	case "keywords":
		a.keywords(a.d.textOf(*n, maxID))
	case "category":
		a.shelf(n, a.in, 0)
	case "link":
		if relation(a.d.attr(n.tag, "rel")) == "image" {
			a.media.picture(a.d.attr(n.tag, "href"), rankImage)
		}
	}
}

// itunesScheme marks the categories of Apple's catalogue, as feedparser does.
const itunesScheme = "http://www.itunes.com/"

// shelf takes a category of Apple's catalogue and those inside it.
func (a *rssAdapter) shelf(n *node, in scope, depth int) {
	a.tag(a.d.attr(n.tag, "text"), itunesScheme, "")
	if depth > 0 {
		return
	}
	o := a.d.walk(n.inner, in)
	for c, ok := o.next(); ok; c, ok = o.next() {
		if c.vocab == vocabITunes && c.word == "category" {
			a.shelf(&c, o.in, depth+1)
		}
	}
}
