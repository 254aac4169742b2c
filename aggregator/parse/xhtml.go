package parse

import (
	"bytes"
	"html"
)

// xhtml writes inline XHTML as HTML: prefixes and declarations go, elements
// that close themselves are closed as HTML closes them. An HTML parser that
// read it as it stands would take <textarea/> or <script/> for an open element
// that swallows what follows (G14).
func (d *document) xhtml(in span, limit int) string {
	in = trim(d.text, in)
	in.hi = min(in.hi, in.lo+limit)
	var b []byte
	for pos := in.lo; pos < in.hi; {
		t := next(d.text, pos, in.hi)
		b = append(b, d.text[pos:t.lo]...)
		switch t.kind {
		case kindCut, kindTorn:
			return string(b)
		case kindCDATA:
			b = append(b, html.EscapeString(string(t.name.of(d.text)))...)
		case kindStray:
			b = append(b, "&lt;"...)
		case kindStart, kindEmpty:
			b = d.htmlTag(b, t)
		case kindEnd:
			if _, local := split(t.name.of(d.text)); !voidHTML(local) {
				b = append(append(append(b, "</"...), local...), '>')
			}
		}
		pos = t.hi
	}
	return string(b)
}

func (d *document) htmlTag(b []byte, t token) []byte {
	_, local := split(t.name.of(d.text))
	b = append(append(b, '<'), local...)
	for pos := t.attrs.lo; ; {
		name, value, end, ok := nextAttr(d.text, pos, t.attrs.hi)
		if !ok {
			break
		}
		pos = end
		n := name.of(d.text)
		if bytes.IndexByte(n, ':') >= 0 || string(n) == "xmlns" {
			continue
		}
		b = append(append(append(b, ' '), n...), `="`...)
		b = append(b, bytes.ReplaceAll(value.of(d.text), []byte{'"'}, []byte("&quot;"))...)
		b = append(b, '"')
	}
	b = append(b, '>')
	if t.kind == kindEmpty && !voidHTML(local) {
		b = append(append(append(b, "</"...), local...), '>')
	}
	return b
}

// voidHTML reports whether HTML knows no end tag for an element.
func voidHTML(local []byte) bool {
	for _, name := range [...]string{
		"br", "hr", "img", "wbr", "input", "source", "track", "col", "area", "embed", "param", "link", "meta", "base",
	} {
		if fold(local, name) {
			return true
		}
	}
	return false
}
