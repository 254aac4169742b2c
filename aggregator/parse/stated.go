package parse

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"
)

// What a feed says in XML's own terms (text, one CDATA section, the references
// that XML 1.0 §4.1 and §4.6 define) means the same to every reader and is
// read where it stands, and so are HTML's entities in text and ampersands that
// begin none. Whatever else takes lenience to read (markup inside text, several
// CDATA sections, references that do not end) is gofeed's to answer: each
// element that it is asked about costs a dozen allocations, and three more for
// each reference in it.

// stated returns at most limit bytes of what a range says, white space around
// it cut already, or reports false when it is not said in XML's own terms.
func (d *document) stated(in span, limit int) (string, bool) {
	switch lt := bytes.IndexByte(in.of(d.text), '<'); {
	case lt == 0:
		t := next(d.text, in.lo, in.hi)
		if t.kind != kindCDATA || t.hi != in.hi {
			return "", false
		}
		return d.string(d.shorten(t.name, limit)), true
	case lt > 0:
		return "", false
	case in.hi-in.lo <= limit:
		return d.decoded(in, true)
	}
	in = d.shorten(in, limit)
	raw := in.of(d.text)
	if amp := bytes.LastIndexByte(raw, '&'); amp >= 0 && bytes.IndexByte(raw[amp:], ';') < 0 {
		in.hi = in.lo + amp // a reference that was cut
	}
	return d.decoded(in, true)
}

// shorten cuts a range to at most limit bytes, between characters.
func (d *document) shorten(in span, limit int) span {
	if in.hi-in.lo > limit {
		in.hi = in.lo + len(runes(d.text, span{in.lo, in.lo + limit}))
	}
	return in
}

// decoded returns text without markup, its references decoded: those that XML
// defines, and with names also those of HTML.
func (d *document) decoded(in span, names bool) (string, bool) {
	raw := in.of(d.text)
	amp := bytes.IndexByte(raw, '&')
	if amp < 0 {
		return d.string(in), true
	}
	out := d.scratch[:0]
	for amp >= 0 {
		out = append(out, raw[:amp]...)
		raw = raw[amp:]
		r, n := predefined(raw)
		if n > 0 {
			out = utf8.AppendRune(out, r)
		} else if names {
			out, n = appendNamed(out, raw)
		}
		if n == 0 {
			return "", false
		}
		raw = raw[n:]
		amp = bytes.IndexByte(raw, '&')
	}
	out = append(out, raw...)
	d.scratch = out
	return string(out), true
}

// statedAttr returns the value of an attribute, empty when there is none, or
// reports false when it is not said in XML's own terms: a line end in it would
// be normalised (XML 1.0 §3.3.3).
func (d *document) statedAttr(t token, word string) (string, bool) {
	value, ok := d.rawAttr(t, word)
	if !ok || value.hi-value.lo > maxID {
		return "", true
	}
	if bytes.IndexByte(value.of(d.text), '\r') >= 0 {
		return "", false
	}
	return d.decoded(value, false)
}

// predefined decodes the reference that raw begins with if XML defines it and
// HTML means the same by it: not the numbers to which HTML gives the
// characters of windows-1252. n is its length, 0 for all others.
func predefined(raw []byte) (r rune, n int) {
	if len(raw) < 4 {
		return 0, 0
	}
	switch raw[1] {
	case '#':
		return numeric(raw)
	case 'l':
		r, n = '<', len("&lt;")
	case 'g':
		r, n = '>', len("&gt;")
	case 'q':
		r, n = '"', len("&quot;")
	case 'a':
		if r, n = '&', len("&amp;"); raw[2] == 'p' {
			r, n = '\'', len("&apos;")
		}
	}
	if n == 0 || len(raw) < n || string(raw[:n]) != nameOf(r) {
		return 0, 0
	}
	return r, n
}

func nameOf(r rune) string {
	switch r {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\'':
		return "&apos;"
	}
	return "&amp;"
}

// references counts the references by name that XML does not define.
func references(text []byte) (n int) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 || i+1 == len(text) {
			return n
		}
		text = text[i:]
		if c := text[1] | 0x20; c >= 'a' && c <= 'z' {
			if _, known := predefined(text); known == 0 {
				n++
			}
		}
		text = text[1:]
	}
}

// appendNamed decodes the reference by name that raw begins with, or takes an
// ampersand that begins none for itself. n is what it took, 0 when that needs
// more of a look.
func appendNamed(out, raw []byte) (with []byte, n int) {
	const longest = 33
	i := 1
	for i < min(len(raw), longest) && (raw[i]|0x20 >= 'a' && raw[i]|0x20 <= 'z' || digit(raw[i], 10)) {
		i++
	}
	switch {
	case i == len(raw) || i == longest:
		return out, 0
	case space(raw[i]):
		return append(out, '&'), 1
	case raw[i] != ';' || i == 1:
		return out, 0
	}
	name := string(raw[:i+1])
	said := html.UnescapeString(name)
	if strings.HasSuffix(said, ";") && said == html.UnescapeString(name[:i])+";" {
		return append(out, '&'), 1
	}
	return append(out, said...), i + 1
}

// numeric decodes a numeric reference.
func numeric(raw []byte) (r rune, n int) {
	const longest = 12
	base, i := rune(10), 2
	if raw[2]|0x20 == 'x' {
		base, i = 16, 3
	}
	begin := i
	for ; i < len(raw) && i < longest && digit(raw[i], int(base)); i++ {
		c := rune(raw[i]|0x20) - '0'
		if c > 9 {
			c = rune(raw[i]|0x20) - 'a' + 10
		}
		if r = r*base + c; r > utf8.MaxRune {
			return 0, 0
		}
	}
	if i == begin || i == len(raw) || raw[i] != ';' || !legal(r) || r >= 0x80 && r < 0xA0 {
		return 0, 0
	}
	return r, i + 1
}

// page is a part of the text that was copied whole, so that what is read in it
// need not be copied value by value.
type page struct {
	lo   int
	text string
}

// turn opens a range as the page that is read.
func (d *document) turn(s span) { d.page = page{s.lo, string(s.of(d.text))} }

// string returns a range of the text as a string.
func (d *document) string(s span) string {
	if lo, hi := s.lo-d.page.lo, s.hi-d.page.lo; lo >= 0 && hi <= len(d.page.text) && lo <= hi {
		return d.page.text[lo:hi]
	}
	return string(s.of(d.text))
}
