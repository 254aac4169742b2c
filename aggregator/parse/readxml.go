package parse

import (
	"errors"
	"fmt"
	"slices"

	"weir/feed"
	"weir/feed/markup"
)

// dialect is a family of XML feeds: how its elements are rendered for gofeed
// and what becomes of gofeed's answer.
type dialect interface {
	// head reads the profile.
	head(x *xmlReader) error
	// items reads the given items, one answer each. An error says that gofeed
	// refused the rendition or counted differently.
	items(x *xmlReader, wanted []int) ([]draft, error)
}

// xmlReader holds what is known of a document while it is read.
type xmlReader struct {
	doc  *document
	opt  *Options
	out  *feed.Document
	base bases
	from inherited
	// bequest is gathered while the head is read.
	bequest bequest
	dates   *calendar
	// render is the rendition, whose memory is used again.
	render rendition
	// nodes are the children of the items at hand; bounds says where each
	// item's begin.
	nodes  []node
	bounds []int
	// drafts are the items in the making.
	drafts []draft
}

// forget lets go of a document that was read.
func (x *xmlReader) forget() {
	clear(x.drafts)
	x.render.forget()
	x.doc.text, x.doc.page = nil, page{}
	x.opt, x.out, x.dates = nil, nil, nil
	x.base, x.bequest, x.from = bases{}, bequest{}, inherited{cleaner: x.from.cleaner}
}

// blank returns so many empty drafts, valid until the next call.
func (x *xmlReader) blank(n int) []draft {
	clear(x.drafts)
	x.drafts = slices.Grow(x.drafts[:0], n)[:n]
	return x.drafts
}

// read fills out.
func (x *xmlReader) read(format dialect) error {
	x.base = bases{location: x.opt.base(x.opt.Location)}.under(x.doc, x.doc.root).under(x.doc, x.doc.channel)
	for _, t := range []token{x.doc.root, x.doc.channel} {
		if lang, ok := x.doc.xmlAttr(t, "xml:lang"); ok {
			x.out.Profile.Language = language(lang)
		}
	}
	if err := format.head(x); errors.Is(err, ErrNotFeed) {
		return err
	} else if err != nil {
		return &SyntaxError{Format: x.out.Format, Offset: x.doc.root.lo, Err: err}
	}
	x.inherit()
	x.out.Head, x.out.Denied = x.headHash(), x.bequest.blocked
	x.out.Partial = x.out.Partial || x.doc.partial
	if x.doc.partial {
		x.warn("the document ends early; its whole items were read")
	}
	x.oddities()
	wanted := x.changed()
	if err := x.affordable(wanted); err != nil {
		return err
	}
	x.parse(format, wanted)
	return nil
}

// affordable refuses a document whose items name too much that would have to
// be looked up. What is known already, or cannot be that much, is not looked at.
func (x *xmlReader) affordable(wanted []int) error {
	const shortest = len("&a")
	most, size := x.opt.Limits.or().References, 0
	for _, i := range wanted {
		size += x.doc.items[i].hi - x.doc.items[i].lo
	}
	if size <= shortest*most {
		return nil
	}
	n := 0
	for _, i := range wanted {
		n += references(x.doc.items[i].of(x.doc.text))
	}
	if n > most {
		return &LimitError{Limit: "number of references by name", Value: n, Max: most}
	}
	return nil
}

func (x *xmlReader) warn(text string) { warn(x.out, text) }

// oddities says what was repaired.
func (x *xmlReader) oddities() {
	d := x.doc
	if junk(d.text[:d.root.lo]) {
		x.warn("what stands before the feed was skipped")
	}
	if d.mended {
		x.warn("the ends of some items were missing and were inferred")
	}
	if d.adopted {
		x.warn("elements around items were not closed, or should not be there, and were ended before them")
	}
	if d.alias.hi > 0 {
		x.warn(fmt.Sprintf("the prefix %q was taken for the format's own", clip(markup.Chars(string(d.alias.of(d.text))), maxDate)))
	}
	if d.broken {
		x.warn("some markup is broken and was read as what it most likely means")
	}
	for i := range d.own {
		if ns := &d.own[i]; d.misspelt(ns) {
			x.warn(fmt.Sprintf("the namespace %q was taken for the format's own", clip(markup.Chars(string(ns.uri.of(d.text))), maxDate)))
		}
	}
}

// inherit settles what items take from the head.
func (x *xmlReader) inherit() {
	p := &x.out.Profile
	src := &x.opt.Source
	x.base.channel = x.opt.base(p.Link)
	x.from = inherited{
		dates: x.dates, trace: x.opt.Trace, authors: p.Authors, language: p.Language, byline: or(src.Title, p.Title),
		keepUntitled: src.KeepUntitled, bequest: x.bequest, cleaner: x.from.cleaner,
	}
	if src.Author != "" {
		x.from.byline = src.Author
	}
}

// A batch is what is read, and what gofeed is given, at a time: so many items,
// or fewer that are so long together. What becomes of it on the way is gone
// before the next one comes, so that memory follows what is kept and not what
// was looked at (XC12).
const (
	batchItems = 256
	batchBytes = 1 << 20
)

// parse reads the wanted items.
func (x *xmlReader) parse(format dialect, wanted []int) {
	x.out.Items = slices.Grow(x.out.Items, len(wanted))
	for len(wanted) > 0 {
		n, size := 0, 0
		for n < min(len(wanted), batchItems) && size < batchBytes {
			it := &x.doc.items[wanted[n]]
			size += it.hi - it.lo
			n++
		}
		x.parseBatch(format, wanted[:n])
		wanted = wanted[n:]
	}
}

// parseBatch reads some of the wanted items, all at once; if gofeed refuses
// that or counts differently, one at a time, so that a bad one costs only
// itself.
func (x *xmlReader) parseBatch(format dialect, wanted []int) {
	drafts, err := x.attempt(format, wanted)
	if err == nil {
		for k, i := range wanted {
			x.add(i, &drafts[k])
		}
		return
	}
	x.warn("items were read one at a time: " + err.Error())
	for _, i := range wanted {
		drafts, err := x.attempt(format, []int{i})
		if crash := (*PanicError)(nil); errors.As(err, &crash) {
			fault(x.out, crash)
		}
		if err != nil {
			x.reject(x.shallow(i), "it cannot be read: "+err.Error())
			continue
		}
		x.add(i, &drafts[0])
	}
}

// attempt asks gofeed, which is not trusted not to panic (XC23).
func (x *xmlReader) attempt(format dialect, wanted []int) (drafts []draft, err error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	defer func() {
		if p := recover(); p != nil {
			drafts, err = nil, Panicked(p)
		}
	}()
	x.gather(wanted)
	return format.items(x, wanted)
}

// gather outlines the wanted items.
func (x *xmlReader) gather(wanted []int) {
	x.nodes, x.bounds = x.nodes[:0], append(x.bounds[:0], 0)
	for _, i := range wanted {
		o := x.doc.walk(x.inside(i), x.scope(i))
		for n, ok := o.next(); ok; n, ok = o.next() {
			x.nodes = append(x.nodes, n)
		}
		x.bounds = append(x.bounds, len(x.nodes))
	}
}

// children returns the outline of the k-th wanted item.
func (x *xmlReader) children(k int) []node { return x.nodes[x.bounds[k]:x.bounds[k+1]] }

// inside is the range of an item behind its start tag.
func (x *xmlReader) inside(i int) span {
	it := x.doc.items[i]
	return span{it.tag.hi, it.hi}
}

// scope holds the declarations in force inside an item.
func (x *xmlReader) scope(i int) scope {
	own := x.doc.own
	return own[:len(own):len(own)].declare(x.doc.text, x.doc.items[i].tag)
}

// start begins the draft of an item.
func (x *xmlReader) start(i int) draft {
	it := x.doc.items[i]
	d := draft{base: x.base.under(x.doc, it.tag), dates: x.dates}
	d.media.base = d.base
	if lang, ok := x.doc.xmlAttr(it.tag, "xml:lang"); ok {
		d.speak(lang)
	}
	return d
}

// add finishes a draft as an item or a rejection.
func (x *xmlReader) add(i int, d *draft) {
	defer rescue(x.out, d)
	d.Hash, d.Position = x.doc.items[i].hash, i
	it, reason := d.finish(&x.from)
	if reason != "" {
		x.reject(feed.Rejection{RawID: it.RawID, Title: it.Title, Link: it.Link}, reason)
		return
	}
	if by := or(d.blocked, x.bequest.blocked); by != "" {
		it.Block = d.blocked
		x.out.Forbidden = append(x.out.Forbidden, it)
		x.reject(feed.Rejection{RawID: it.RawID, Title: it.Title, Link: it.Link}, "its publisher asks that it is not published elsewhere ("+by+")")
		return
	}
	x.out.Items = append(x.out.Items, it)
}

func (x *xmlReader) reject(r feed.Rejection, reason string) {
	r.Reason = reason
	x.out.Rejected = append(x.out.Rejected, r)
}

// shallow says what can be told of an item without reading it. It looks at its
// beginning only: in an item that was cut, markup that does not end is searched
// for its end again and again (XC24).
func (x *xmlReader) shallow(i int) feed.Rejection {
	const reach = 8 << 10
	var r feed.Rejection
	in := x.inside(i)
	in.hi = min(in.hi, in.lo+reach)
	o := x.doc.walk(in, x.scope(i))
	for n, ok := o.next(); ok; n, ok = o.next() {
		switch n.native() {
		case "title":
			r.Title = markup.Title(x.doc.textOf(n, maxID))
		case "link":
			r.Link = markup.URL(or(x.doc.textOf(n, maxID+1), x.doc.attr(n.tag, "href")), x.base.forLink())
		case "guid", "id":
			r.RawID = x.doc.id(n)
		}
	}
	return r
}
