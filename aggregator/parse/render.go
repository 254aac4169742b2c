package parse

import (
	"bytes"
	"strconv"
)

// The rendition is what gofeed reads: the elements of the format itself, in
// no namespace, one level deep, their text and nothing else. Nested markup is
// text there, comments are gone, and nothing in it can be unbalanced; so none
// of the ways to exhaust or to crash a tree builder (XC01 to XC06) reaches
// one, and what gofeed reads does not depend on what else the feed holds.

// rendition is a document under construction.
type rendition struct {
	doc *document
	buf []byte
	// picks are the wanted elements of all items, items says which are whose.
	picks []pick
	items []picked
	// children are those of the element at hand.
	children []node
}

// begin starts a rendition in the memory of the last one.
func (r *rendition) begin(d *document, prologue string) {
	r.doc, r.buf = d, append(r.buf[:0], prologue...)
}

func (r *rendition) open(name string)  { r.buf = append(append(append(r.buf, '<'), name...), '>') }
func (r *rendition) close(name string) { r.buf = append(append(append(r.buf, "</"...), name...), '>') }

// element writes a node under the name that gofeed knows it by, with the
// attributes that matter.
func (r *rendition) element(n node, name string, limit int, attrs ...string) {
	r.buf = append(append(r.buf, '<'), name...)
	for _, a := range attrs {
		if v, ok := r.doc.rawAttr(n.tag, lowerWord(a)); ok {
			r.attribute(a, trim(r.doc.text, v).of(r.doc.text))
		}
	}
	r.buf = append(r.buf, '>')
	r.text(n.inner, limit)
	r.close(name)
}

// lowerWord is the form in which attribute names are compared.
func lowerWord(name string) string {
	if name == "isPermaLink" {
		return "ispermalink"
	}
	return name
}

func (r *rendition) attribute(name string, value []byte) {
	if len(value) > maxID {
		return
	}
	r.buf = append(append(append(r.buf, ' '), name...), `="`...)
	r.characters(value, '"')
	r.buf = append(r.buf, '"')
}

// text writes the content of an element.
func (r *rendition) text(in span, limit int) {
	text := r.doc.text
	in = trim(text, in)
	for pos := in.lo; pos < in.hi && limit > 0; {
		t := next(text, pos, in.hi)
		if t.kind == kindCut {
			t.lo, t.hi = in.hi, in.hi
		}
		limit -= r.piece(span{pos, t.lo}, limit)
		switch t.kind {
		case kindCDATA:
			r.buf = append(r.buf, "<![CDATA["...)
			limit -= r.verbatim(t.name, limit)
			r.buf = append(r.buf, "]]>"...)
		case kindStart, kindEmpty, kindEnd, kindStray, kindTorn:
			if t.kind != kindTorn || t.text() {
				limit -= r.piece(span{t.lo, t.hi}, limit)
			}
		}
		pos = t.hi
	}
}

// piece writes at most limit bytes of text and returns how many it took.
func (r *rendition) piece(s span, limit int) int {
	s.hi = min(s.hi, s.lo+limit)
	raw := runes(r.doc.text, s)
	if len(raw) > 0 && (raw[0] == ']' || raw[0] == '>') {
		r.part()
	}
	r.characters(raw, 0)
	return s.hi - s.lo
}

// part keeps a bracket and what is written next from being the end of a CDATA
// section, which text must not hold (XML 1.0 §2.4): what was dropped in between
// did so before.
func (r *rendition) part() {
	if n := len(r.buf) - 1; r.buf[n] == ']' {
		r.buf = append(r.buf[:n], "&#93;"...)
	}
}

func (r *rendition) verbatim(s span, limit int) int {
	s.hi = min(s.hi, s.lo+limit)
	r.buf = append(r.buf, runes(r.doc.text, s)...)
	return s.hi - s.lo
}

// runes shortens a range that was cut inside a character.
func runes(text []byte, s span) []byte {
	for s.hi > s.lo && s.hi < len(text) && text[s.hi]&0xC0 == 0x80 {
		s.hi--
	}
	return s.of(text)
}

// characters writes text so that a strict reader takes it: markup escaped,
// references to what XML forbids dropped (P84, XC18).
func (r *rendition) characters(raw []byte, quote byte) {
	if quote == 0 && bytes.IndexByte(raw, '<') < 0 && !bytes.Contains(raw, []byte("&#")) && !bytes.Contains(raw, []byte("]]>")) {
		r.buf = append(r.buf, raw...)
		return
	}
	for {
		i := bytes.IndexAny(raw, "<&\"]")
		if i < 0 {
			r.buf = append(r.buf, raw...)
			return
		}
		r.buf = append(r.buf, raw[:i]...)
		raw = raw[i:]
		n := 1
		switch raw[0] {
		case '<':
			r.buf = append(r.buf, "&lt;"...)
		case '"':
			if quote == '"' {
				r.buf = append(r.buf, "&quot;"...)
			} else {
				r.buf = append(r.buf, '"')
			}
		case ']':
			if bytes.HasPrefix(raw, []byte("]]>")) {
				r.buf = append(r.buf, "]]&gt;"...)
				n = 3
			} else {
				r.buf = append(r.buf, ']')
			}
		case '&':
			if bad := forbidden(raw); bad > 0 {
				n = bad
				r.part()
			} else {
				r.buf = append(r.buf, '&')
			}
		}
		raw = raw[n:]
	}
}

// forbidden returns the length of the numeric reference that raw begins with
// if it names no character of XML 1.0, else 0.
func forbidden(raw []byte) int {
	if len(raw) < 3 || raw[1] != '#' {
		return 0
	}
	base, i := 10, 2
	if raw[2]|0x20 == 'x' {
		base, i = 16, 3
	}
	j := i
	for j < len(raw) && j-i < 16 && digit(raw[j], base) {
		j++
	}
	if j == i {
		return 0
	}
	end := j
	if j < len(raw) && raw[j] == ';' {
		end++
	}
	v, err := strconv.ParseUint(string(raw[i:j]), base, 32)
	if err == nil && legal(rune(v)) && v <= 0x10FFFF {
		return 0
	}
	return end
}

func digit(c byte, base int) bool {
	return '0' <= c && c <= '9' || base == 16 && 'a' <= c|0x20 && c|0x20 <= 'f'
}

// legal reports whether r is a character of XML 1.0.
func legal(r rune) bool {
	return r >= 0x20 && r < 0xD800 || r >= 0xE000 && r < 0xFFFE || r > 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// wanted says which elements of the format are rendered: by what name they
// are met, by what name gofeed knows them, how many at most (the first ones
// that say anything), how much text of each, and with which attributes.
type wanted struct {
	word, name  string
	many, limit int
	attrs       []string
}

// elements renders those of the nodes that the table asks for.
func (r *rendition) elements(nodes []node, table []wanted) {
	for row, n := range r.doc.matches(nodes, table) {
		w := &table[row]
		r.element(*n, w.name, w.limit, w.attrs...)
	}
}

// nested renders an element with the children that the table asks for.
func (r *rendition) nested(n node, name string, in scope, table []wanted) {
	r.open(name)
	r.elements(r.inside(n, in), table)
	r.close(name)
}

// inside returns the children of an element, valid until the next call.
func (r *rendition) inside(n node, in scope) []node {
	const most = 128
	r.children = r.children[:0]
	o := r.doc.walk(n.inner, in)
	for c, ok := o.next(); ok && len(r.children) < most; c, ok = o.next() {
		r.children = append(r.children, c)
	}
	return r.children
}
