package parse

import (
	"bytes"
	"fmt"

	"weir/feed"
)

// Read reads one document. The error, if any, wraps [ErrNotFeed] or is a
// [*LimitError] or a [*SyntaxError]. The document shares no memory with body.
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
			doc, err = nil, &SyntaxError{Format: "feed", Offset: -1, Err: fmt.Errorf("reading failed: %v", p)}
		}
	}()
	limits := opt.Limits.or()
	text := decode(body, opt.ContentType, limits.Body)
	out := &feed.Document{
		Context: Context(opt.Source, opt.Location), Warnings: text.warnings, Partial: text.cut,
	}
	if text.cut {
		out.Warnings = append(out.Warnings, fmt.Sprintf("only the first %d bytes were read", limits.Body))
	}
	if first := bytes.TrimLeft(text.text, " \t\r\n"); len(first) > 0 && first[0] == '{' {
		err = readJSON(first, &opt, limits, out)
	} else {
		err = r.readXML(text.text, &opt, limits, out)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (r *Reader) readXML(text []byte, opt *Options, limits Limits, out *feed.Document) error {
	root, format, err := sniff(text)
	if err != nil {
		return err
	}
	doc, err := r.scanner.scan(text, root, format, limits)
	if err != nil {
		return err
	}
	out.Format = doc.formatName()
	r.xml = xmlReader{
		doc: doc, opt: opt, out: out,
		render: r.xml.render, nodes: r.xml.nodes, bounds: r.xml.bounds, drafts: r.xml.drafts,
	}
	defer r.xml.forget()
	if format == formatAtom {
		return r.xml.read(atomDialect{})
	}
	return r.xml.read(rssDialect{})
}
