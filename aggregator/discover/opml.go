package discover

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"

	"weir/feed"
	"weir/feed/markup"
)

// Listed is a feed that a list names.
type Listed struct {
	URL string
	// Title is what the list calls it, may be empty.
	Title string
	// Tags are the folders it lies in, outermost first, and its categories.
	Tags []string
}

// List is what was read of a list of feeds.
type List struct {
	Title string
	Feeds []Listed
	// Skipped says of what was left out why, a line each, at most 100.
	Skipped []string
	// More counts what was left out without a line.
	More int
}

// AcceptList is what a list is asked for with (O3).
const AcceptList = "text/x-opml, application/xml;q=0.9, text/xml;q=0.9, text/plain;q=0.5, */*;q=0.1"

// Limits on lists (XC25).
const (
	MaxListBytes = 8 << 20
	MaxListed    = 10_000
	maxOutlines  = 100_000
	maxNested    = 32
	maxSkipped   = 100
	maxTag       = 200
)

// ErrNotList is wrapped by the error for bytes that are no list of feeds.
var ErrNotList = errors.New("not a list of feeds")

// OPML reads a list in OPML 1.0, 1.1 or 2.0 (O1). An outline with an xmlUrl is
// a feed whatever its type; one without is a folder, and its text a tag of all
// that lies in it. Lists within the list are named and not followed, so that no
// circle of them can be (XC25). The error wraps [ErrNotList], or says which
// limit the list is above: half a list is worse than none.
func OPML(data []byte) (*List, error) {
	if len(data) > MaxListBytes {
		return nil, fmt.Errorf("the list is larger than %d MiB", MaxListBytes>>20)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = charset.NewReaderLabel
	r := opmlReader{d: d, list: &List{}}
	if err := r.root(); err != nil {
		return nil, err
	}
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(r.open) == 0 {
			return r.list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: the OPML is broken near byte %d", ErrNotList, d.InputOffset())
		}
		if err := r.take(t); err != nil {
			return nil, err
		}
	}
}

// opmlReader walks through a list. open are the elements that are open, nested
// the folders among them.
type opmlReader struct {
	d        *xml.Decoder
	list     *List
	open     []element
	nested   []string
	outlines int
	title    strings.Builder
}

// element is an open element; folder says that it put a name onto nested.
type element struct {
	name   string
	folder bool
}

// root reads up to the root, which must be opml.
func (r *opmlReader) root() error {
	for {
		t, err := r.d.RawToken()
		if err != nil {
			return fmt.Errorf("%w: no OPML in it", ErrNotList)
		}
		if start, ok := t.(xml.StartElement); ok {
			if !strings.EqualFold(start.Name.Local, "opml") {
				return fmt.Errorf("%w: its root is %q and not opml", ErrNotList, markup.Title(start.Name.Local))
			}
			r.open = append(r.open, element{name: "opml"})
			return nil
		}
	}
}

func (r *opmlReader) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		return r.end(strings.ToLower(t.Name.Local))
	case xml.CharData:
		if n := len(r.open); n > 1 && r.open[n-1].name == "title" && r.open[n-2].name == "head" && r.title.Len() < feed.MaxTitle {
			r.title.Write(t)
		}
	}
	return nil
}

func (r *opmlReader) start(t xml.StartElement) error {
	if len(r.open) >= maxNested {
		return fmt.Errorf("the list is nested deeper than %d levels", maxNested)
	}
	e := element{name: strings.ToLower(t.Name.Local)}
	if e.name == "outline" {
		if r.outlines++; r.outlines > maxOutlines {
			return fmt.Errorf("the list has more than %d outlines", maxOutlines)
		}
		name, err := r.outline(t.Attr)
		if err != nil {
			return err
		}
		if name != "" {
			e.folder = true
			r.nested = append(r.nested, name)
		}
	}
	r.open = append(r.open, e)
	return nil
}

func (r *opmlReader) end(name string) error {
	n := len(r.open) - 1
	if n < 0 || r.open[n].name != name {
		return fmt.Errorf("%w: the OPML is broken near byte %d", ErrNotList, r.d.InputOffset())
	}
	if r.open[n].folder {
		r.nested = r.nested[:len(r.nested)-1]
	}
	if name == "title" {
		r.list.Title = markup.Title(r.title.String())
	}
	r.open = r.open[:n]
	return nil
}

// outline takes an outline and returns the name of the folder if it is one.
func (r *opmlReader) outline(attrs []xml.Attr) (folder string, err error) {
	a := make(map[string]string, len(attrs))
	for _, at := range attrs {
		key := strings.ToLower(at.Name.Local)
		if _, again := a[key]; !again {
			a[key] = at.Value
		}
	}
	title := markup.Title(a["title"])
	if text := markup.Title(a["text"]); text != "" {
		title = text
	}
	kind := strings.ToLower(strings.TrimSpace(a["type"]))
	address := strings.TrimSpace(a["xmlurl"])
	switch {
	case address != "" && kind == "include":
		r.skip("%s: a list within the list is not followed", named(title, address))
		return "", nil
	case address != "":
		return "", r.feed(title, address, a["category"])
	case kind == "include" || kind == "link":
		r.skip("%s: is no feed", named(title, a["url"]))
		return "", nil
	}
	return title, nil
}

// feed takes a feed. Its address keeps credentials, as whoever keeps a list of
// private feeds has them there; only http and https count.
func (r *opmlReader) feed(title, address, category string) error {
	if len(r.list.Feeds) >= MaxListed {
		return fmt.Errorf("the list has more than %d feeds", MaxListed)
	}
	l := Listed{URL: address, Title: title}
	if !Fetchable(address) {
		r.skip("%s: only http and https addresses are taken from lists", named(title, address))
		return nil
	}
	for _, tag := range r.nested {
		l.tag(tag)
	}
	for tag := range strings.SplitSeq(category, ",") {
		// A category is a tag, or a path of tags that begins with a slash.
		for part := range strings.SplitSeq(tag, "/") {
			l.tag(part)
		}
	}
	r.list.Feeds = append(r.list.Feeds, l)
	return nil
}

// tag adds a tag that is not there yet.
func (l *Listed) tag(s string) {
	s = strings.ToLower(markup.Title(s))
	if s == "" || len(s) > maxTag || len(l.Tags) >= feed.MaxTags {
		return
	}
	for _, t := range l.Tags {
		if t == s {
			return
		}
	}
	l.Tags = append(l.Tags, s)
}

func (r *opmlReader) skip(format string, args ...any) {
	r.list.skip(fmt.Sprintf(format, args...))
}

// skip notes what is left out.
func (l *List) skip(line string) {
	if len(l.Skipped) >= maxSkipped {
		l.More++
		return
	}
	l.Skipped = append(l.Skipped, line)
}

// named is what to call an outline in a message: never by an address, which
// may hold a secret, beyond its scheme.
func named(title, address string) string {
	if title != "" {
		return fmt.Sprintf("%q", title)
	}
	scheme, _, ok := strings.Cut(address, ":")
	if !ok || len(scheme) > 10 {
		return "an outline without a title"
	}
	return fmt.Sprintf("an outline with a %q address", markup.Title(scheme))
}

// Fetchable reports whether an address has a scheme that a stranger may name:
// http or https, and no local file (XA18).
func Fetchable(address string) bool {
	scheme, rest, ok := strings.Cut(address, "://")
	return ok && rest != "" && len(address) <= feed.MaxURL && !strings.ContainsAny(address, " \t\r\n<>\"") &&
		(strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}
