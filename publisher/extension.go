package publisher

import (
	"slices"
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// Limits on what one entry's extensions may add to a document.
const (
	maxExtensionDepth = 8
	maxExtensionBytes = 32 << 10
	maxExtensionName  = 64
	// maxForeignBytes is what all that is in namespaces outside the table, or
	// in members of JSON, may add: it takes nothing from the others' room.
	maxForeignBytes = 16 << 10
	// maxForeignSpaces is how many namespaces outside the table one entry may
	// name: a document declares those of all its entries.
	maxForeignSpaces = 64
)

// element is an element of a source that Weir does not model, as it may be
// passed on: made anew from names, attributes and text; nothing of the
// source's own markup is in it (M1, M7, XD14).
type element struct {
	// space is nil for a run of text between elements.
	space *namespace
	name  string
	attrs []attribute
	text  string
	inner []element
	// used are the namespaces of the element and of all that is in it; size is
	// about what it adds to a document.
	used spaces
	size int
}

// attribute has its name with the prefix, if it is in a namespace.
type attribute struct{ name, value string }

// screen decides what of an entry's extensions may be passed on.
type screen struct {
	// all lets namespaces pass that are not in the table.
	all     bool
	foreign map[string]*namespace
}

// screened returns the extensions of an entry that may be passed on. An
// element that is too large or not allowed is left out whole.
func screened(list []feed.Extension, all bool) (out []element) {
	s := screen{all: all}
	room, spare := maxExtensionBytes, maxForeignBytes
	for i := range list {
		e, ok := s.element(&list[i], 0)
		left := &room
		if ok && e.space.bit == 0 {
			left = &spare
		}
		switch {
		case !ok || e.size > *left:
			continue
		case e.lone():
			out = append(out, e.elements()...)
		default:
			out = append(out, e)
		}
		*left -= e.size
	}
	return out
}

// lone reports whether an element is a group of media of one file at most: a
// group is for alternatives, so the file stands without it (R8).
func (e *element) lone() bool {
	if e.name != "group" || e.space.bit != spaceMedia {
		return false
	}
	files := 0
	for i := range e.inner {
		if e.inner[i].name == "content" {
			files++
		}
	}
	return files < 2
}

// elements returns the elements in an element, without text between them.
func (e *element) elements() []element {
	return slices.DeleteFunc(slices.Clone(e.inner), func(c element) bool { return c.space == nil })
}

// space returns the namespace of an address, nil where it may not pass.
func (s *screen) space(uri string) *namespace {
	if row := knownSpace(uri); row != nil {
		if row.modelled {
			return nil
		}
		return row
	}
	if !s.all {
		return nil
	}
	row, ok := s.foreign[uri]
	if !ok && len(s.foreign) < maxForeignSpaces {
		if row = foreignSpace(uri); row != nil && s.taken(row.prefix) {
			row = nil
		}
		if s.foreign == nil {
			s.foreign = make(map[string]*namespace)
		}
		s.foreign[uri] = row
	}
	return row
}

// taken reports whether another namespace of the entry has a prefix: the entry
// could not be told from one that has it for everything.
func (s *screen) taken(prefix string) bool {
	for _, row := range s.foreign {
		if row != nil && row.prefix == prefix {
			return true
		}
	}
	return false
}

// element returns what may be passed on of an element, and whether any of it
// may.
func (s *screen) element(from *feed.Extension, depth int) (e element, ok bool) {
	row := s.space(from.Space)
	if row == nil || depth > maxExtensionDepth || !isName(from.Name) || slices.Contains(row.drop, from.Name) {
		return element{}, false
	}
	e = element{space: row, name: from.Name, used: spaces{}.add(row)}
	if e.text, ok = safeText(from); !ok {
		return element{}, false
	}
	e.size = 2*len(row.prefix+from.Name) + len("<:></:>") + escaped(e.text)
	if !s.attributes(&e, from.Attrs) {
		return element{}, false
	}
	for i := range from.Children {
		var c element
		if from.Children[i].Name == "" {
			c, ok = run(&from.Children[i])
		} else {
			c, ok = s.element(&from.Children[i], depth+1)
		}
		if ok && e.size+c.size <= maxExtensionBytes {
			e.inner = append(e.inner, c)
			e.used = e.used.and(c.used)
			e.size += c.size
		}
	}
	if !e.tidy(s.all) {
		return element{}, false
	}
	return e, e.size <= maxExtensionBytes
}

// run returns text that stands between elements. White space at its ends parts
// words.
func run(from *feed.Extension) (element, bool) {
	text, ok := safeText(from)
	if !ok || text == "" {
		return element{}, false
	}
	if strings.HasPrefix(from.Text, " ") {
		text = " " + text
	}
	if strings.HasSuffix(from.Text, " ") {
		text += " "
	}
	return element{text: text, size: escaped(text)}, true
}

// attributes adds what may be passed on of the attributes; it reports false
// where one of them is an address that must not be.
func (s *screen) attributes(e *element, attrs []feed.Attr) bool {
	for _, a := range attrs {
		if !isName(a.Name) || a.Name == "xmlns" {
			continue
		}
		name := a.Name
		switch {
		case a.Space == "":
		case a.Space == "xml" || sameSpace(a.Space, xmlURI):
			if a.Name != "lang" {
				continue
			}
			name = "xml:lang"
		default:
			row := s.space(a.Space)
			if row == nil {
				continue
			}
			e.used = e.used.add(row)
			name = row.prefix + ":" + a.Name
		}
		if !safeAddress(a.Name, a.Value) {
			return false
		}
		if slices.ContainsFunc(e.attrs, func(have attribute) bool { return have.name == name }) {
			continue
		}
		e.attrs = append(e.attrs, attribute{name, a.Value})
		e.size += len(name) + len(` =""`) + escaped(a.Value)
	}
	return true
}

// escaped is about how long a text is in XML.
func escaped(s string) int {
	n := len(s)
	for i := range len(s) {
		switch s[i] {
		case '<', '>', '&', '"', '\'', '\n', '\t', '\r':
			n += 4
		}
	}
	return n
}

// attr returns the value of an attribute in no namespace, or nothing.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// mentions reports whether an element of the table's row and the name, at any
// depth, is the given one; a nil test takes every element.
func mentions(list []element, row known, name string, is func(*element) bool) bool {
	for i := range list {
		e := &list[i]
		if e.space != nil && e.space.bit == row && e.name == name && (is == nil || is(e)) || mentions(e.inner, row, name, is) {
			return true
		}
	}
	return false
}

// safeText returns the text of an element without live markup: readers differ
// in what they take for HTML.
func safeText(e *feed.Extension) (string, bool) {
	text := strings.TrimSpace(e.Text)
	if !strings.ContainsAny(text, " \t\n") && !safeScheme(text) {
		return "", false
	}
	if strings.IndexByte(text, '<') < 0 {
		return text, true
	}
	for _, a := range e.Attrs {
		if a.Name == "type" && a.Value == "html" {
			return printable(markup.Clean(text, nil)), true
		}
	}
	return printable(markup.Text(text)), true
}

// safeAddress reports whether an attribute may carry the value: where it is an
// address by its name, only http and https (XE02).
func safeAddress(name, value string) bool {
	switch strings.ToLower(name) {
	case "url", "href", "src", "img", "uri", "image", "feedurl", "link":
		return value == "" || markup.URL(value, nil) != ""
	}
	return safeScheme(value)
}

// safeScheme refuses the schemes that run or reveal something.
func safeScheme(value string) bool {
	scheme, _, ok := strings.Cut(strings.TrimSpace(value), ":")
	if !ok {
		return true
	}
	switch strings.ToLower(scheme) {
	case "javascript", "vbscript", "data", "file", "blob", "intent":
		return false
	}
	return true
}

// isName reports whether s is a local name that can be written as it is; the
// few names beyond ASCII that XML would allow are not worth their risk.
func isName(s string) bool {
	if s == "" || len(s) > maxExtensionName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '.')) {
			return false
		}
	}
	return true
}
