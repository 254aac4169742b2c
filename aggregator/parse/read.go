package parse

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"slices"

	"weir/aggregator/parse/charset"
	"weir/feed"
)

// Read reads one document. The error, if any, wraps [ErrNotFeed] or is a
// [*LimitError], a [*SyntaxError] or a [*PanicError]. The document shares no memory with body.
func Read(body []byte, opt Options) (*feed.Document, error) {
	var r Reader
	return r.Read(body, opt)
}

// Reader reads documents one after the other and uses its memory again. The
// zero value is ready; it must not be used by two goroutines at a time.
type Reader struct {
	scanner scanner
	xml     xmlReader
}

// Read does what [Read] does.
func (r *Reader) Read(body []byte, opt Options) (doc *feed.Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			doc, err = nil, Panicked(p)
		}
	}()
	limits := opt.Limits.or()
	text := charset.Decode(body, opt.ContentType, limits.Body)
	dates := newCalendar(opt.Learned)
	if doc, err = r.decoded(text, &opt, limits, dates); errors.Is(err, ErrNotFeed) {
		if what := fileKind(body); what != "" {
			err = notFeed(what)
		}
		return nil, err
	} else if err != nil || dates.settled() {
		return doc, err
	}
	return r.reordered(text, &opt, limits, dates, doc)
}

// reordered decides in which order of day and month a document is read that
// contradicts what was learned, or of which nothing was learned yet, and reads
// it so. The decision needs the dates of all items, also of those that are
// known; where it changes nothing, doc is right as it is.
func (r *Reader) reordered(text charset.Text, opt *Options, limits Limits, dates *calendar, doc *feed.Document) (*feed.Document, error) {
	if len(opt.Known) > 0 {
		whole := *opt
		whole.Known, dates = nil, &calendar{order: dates.order}
		if _, err := r.decoded(text, &whole, limits, dates); err != nil {
			return nil, err
		}
	}
	order := dates.decide(doc.Profile.Language)
	if order == dates.order {
		return doc, nil
	}
	return r.decoded(text, opt, limits, &calendar{order: order})
}

// decoded reads a document's text.
func (r *Reader) decoded(text charset.Text, opt *Options, limits Limits, dates *calendar) (*feed.Document, error) {
	if opt.Trace != nil {
		*opt.Trace = Trace{}
	}
	out := &feed.Document{
		Context: Context(opt.Source, opt.Location), Warnings: slices.Clone(text.Warnings), Partial: text.Cut,
	}
	if text.Cut {
		warn(out, fmt.Sprintf("only the first %d bytes were read", limits.Body))
	}
	var err error
	if first := bytes.TrimLeft(text.Bytes, " \t\r\n\uFEFF"); likeObject(first) {
		err = readJSON(first, opt, limits, dates, out)
	} else {
		err = r.readXML(text.Bytes, opt, limits, dates, out)
	}
	if err != nil {
		return nil, err
	}
	opt.Trace.decoded(&text)
	out.Learned = dates.learned(opt.Learned, out.Seen)
	if l := &out.Learned; l.Unread != "" {
		warn(out, fmt.Sprintf("a date cannot be read: %q", l.Unread))
	}
	return out, nil
}

// maxWarnings bounds what is told of a document.
const maxWarnings = 32

// warn tells of something that was mended or passed over, once.
func warn(out *feed.Document, text string) {
	if len(out.Warnings) < maxWarnings && !slices.Contains(out.Warnings, text) {
		out.Warnings = append(out.Warnings, text)
	}
}

func (r *Reader) readXML(text []byte, opt *Options, limits Limits, dates *calendar, out *feed.Document) error {
	root, format, err := sniff(text)
	if err != nil && bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("&lt;")) {
		text = []byte(html.UnescapeString(string(text)))
		root, format, err = sniff(text)
		warn(out, "the whole document was escaped as if it were text")
	}
	if err != nil {
		return err
	}
	if bytes.Contains(text[:root.lo], []byte("<!ENTITY")) {
		text = expand(text, root)
	}
	doc, err := r.scanner.scan(text, root, format, limits)
	if err != nil {
		return err
	}
	out.Format = doc.formatName()
	r.xml = xmlReader{
		doc: doc, opt: opt, out: out, dates: dates,
		render: r.xml.render, nodes: r.xml.nodes, bounds: r.xml.bounds, drafts: r.xml.drafts,
		from: inherited{cleaner: r.xml.from.cleaner},
	}
	defer r.xml.forget()
	if format == formatAtom {
		return r.xml.read(atomDialect{})
	}
	return r.xml.read(rssDialect{})
}
