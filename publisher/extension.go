package publisher

import (
	"bytes"
	"encoding/xml"
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
)

// extensions writes the elements of an entry that Weir does not model. Only
// namespaces of the table are passed on, under the table's prefixes, as
// elements built anew from names, attributes and text: nothing of the source's
// own markup gets through (M1, M7, XD14).
type extensions struct {
	buf    bytes.Buffer
	used   spaces
	indent string
}

// extensionXML returns the extensions of an entry and the namespaces that they
// use. An element that is too large or not allowed is left out whole.
func extensionXML(list []feed.Extension, indent string) ([]byte, spaces) {
	w := extensions{indent: indent}
	for i := range list {
		top := list[i : i+1]
		if loneFile(&list[i]) {
			top = list[i].Children
		}
		for j := range top {
			start, used := w.buf.Len(), w.used
			if !w.element(&top[j], 0) || w.buf.Len() > maxExtensionBytes {
				w.buf.Truncate(start)
				w.used = used
			}
		}
	}
	return w.buf.Bytes(), w.used
}

// loneFile reports whether an element is a group of media that holds one file
// only: a group is for alternatives, so the file stands without it (R8).
func loneFile(e *feed.Extension) bool {
	if e.Name != "group" || !sameSpace(e.Space, mediaURI) {
		return false
	}
	files := 0
	for i := range e.Children {
		if e.Children[i].Name == "content" {
			files++
		}
	}
	return files == 1
}

// element writes one element and reports whether it may be passed on.
func (w *extensions) element(e *feed.Extension, depth int) bool {
	bit, row, ok := extensionSpace(e.Space)
	if !ok || depth > maxExtensionDepth || !isName(e.Name) || slices.Contains(row.drop, e.Name) {
		return false
	}
	text, ok := safeText(e)
	if !ok {
		return false
	}
	w.used |= bit
	name := row.prefix + ":" + e.Name
	if depth == 0 {
		w.buf.WriteString(w.indent)
	}
	w.buf.WriteString("<" + name)
	if !w.attributes(e.Attrs) {
		return false
	}
	if text == "" && len(e.Children) == 0 {
		w.buf.WriteString("/>")
		return true
	}
	w.buf.WriteByte('>')
	w.escape(text)
	for i := range e.Children {
		start, used := w.buf.Len(), w.used
		if c := &e.Children[i]; c.Name == "" {
			w.run(c)
		} else if !w.element(c, depth+1) {
			w.buf.Truncate(start)
			w.used = used
		}
	}
	w.buf.WriteString("</" + name + ">")
	return w.buf.Len() <= maxExtensionBytes
}

// run writes text that stands between elements. White space at its ends parts
// words.
func (w *extensions) run(e *feed.Extension) {
	text, ok := safeText(e)
	if !ok || text == "" {
		return
	}
	if strings.HasPrefix(e.Text, " ") {
		text = " " + text
	}
	if strings.HasSuffix(e.Text, " ") {
		text += " "
	}
	w.escape(text)
}

// attributes writes what may be passed on of the attributes; it reports false
// where one of them is an address that must not be.
func (w *extensions) attributes(attrs []feed.Attr) bool {
	var written []string
	for _, a := range attrs {
		if !isName(a.Name) || a.Name == "xmlns" {
			continue
		}
		name := a.Name
		switch {
		case a.Space == "":
		case a.Space == "xml" || sameSpace(a.Space, "http://www.w3.org/XML/1998/namespace"):
			if a.Name != "lang" {
				continue
			}
			name = "xml:lang"
		default:
			bit, row, ok := extensionSpace(a.Space)
			if !ok {
				continue
			}
			w.used |= bit
			name = row.prefix + ":" + a.Name
		}
		if !safeAddress(a.Name, a.Value) {
			return false
		}
		if slices.Contains(written, name) {
			continue
		}
		written = append(written, name)
		w.buf.WriteString(" " + name + `="`)
		w.escape(a.Value)
		w.buf.WriteByte('"')
	}
	return true
}

func (w *extensions) escape(s string) {
	// A bytes.Buffer never fails to be written to.
	_ = xml.EscapeText(&w.buf, []byte(s))
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

// mentions reports whether an element of the namespace and name, at any
// depth, has the value in an url attribute; with an empty value, whether there
// is such an element at all.
func mentions(list []feed.Extension, uri, name, value string) bool {
	for i := range list {
		e := &list[i]
		if e.Name == name && sameSpace(e.Space, uri) {
			if value == "" {
				return true
			}
			for _, a := range e.Attrs {
				if a.Name == "url" && a.Value == value {
					return true
				}
			}
		}
		if mentions(e.Children, uri, name, value) {
			return true
		}
	}
	return false
}
