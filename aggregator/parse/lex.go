package parse

import "bytes"

// The lexer reads XML as it is met in the wild. It is the only code that
// looks at markup: the scan, the outline and the rendition all stand on it,
// so that they agree on what a tag is. It never fails: what is no markup is
// text, and what does not end is reported as torn.

// kind says what a token is.
type kind uint8

const (
	// kindCut is the end of input.
	kindCut kind = iota
	// kindTorn opens markup that does not end before the input does. Its
	// token holds no more than the mark that opens it, or a '<' that is text,
	// so that whoever knows that the document goes on can go on behind it.
	kindTorn
	kindStart
	kindEmpty // a start tag that closes itself
	kindEnd
	kindCDATA
	kindOther // comment, instruction, declaration
	kindStray // a '<' that begins nothing
)

// token is one piece of markup, as offsets into the text.
type token struct {
	kind   kind
	lo, hi int
	// name bounds a tag's name with its prefix, or the text of a CDATA
	// section; attrs bounds what lies between a tag's name and its end.
	name, attrs span
	// nattr counts attributes; special says that one of them begins with
	// "xml": a namespace, base or language; loose that a value has no quotes.
	nattr          int
	special, loose bool
}

// text reports whether what the token bounds is text.
func (t token) text() bool {
	return t.kind == kindStray || t.kind == kindTorn && t.hi == t.lo+1
}

// span is a half-open range of the text.
type span struct{ lo, hi int }

func (s span) of(text []byte) []byte { return text[s.lo:s.hi] }

// next returns the first markup of text[pos:hi].
func next(text []byte, pos, hi int) token {
	i := bytes.IndexByte(text[pos:hi], '<')
	if i < 0 {
		return token{lo: hi, hi: hi}
	}
	lo := pos + i
	if lo+1 >= hi {
		return token{lo: lo, hi: hi}
	}
	switch c := text[lo+1]; {
	case c == '/':
		return endTag(text, lo, hi)
	case c == '!':
		return declaration(text, lo, hi)
	case c == '?':
		return instruction(text, lo, hi)
	case nameStart(c):
		return startTag(text, lo, hi)
	default:
		return token{kind: kindStray, lo: lo, hi: lo + 1}
	}
}

// until returns a token of kindOther that ends with the given mark.
func until(text []byte, lo, from, hi int, mark string) token {
	i := bytes.Index(text[from:hi], []byte(mark))
	if i < 0 {
		return token{kind: kindTorn, lo: lo, hi: from}
	}
	return token{kind: kindOther, lo: lo, hi: from + i + len(mark), name: span{from, from + i}}
}

// instruction skips a processing instruction. One that was not closed as XML
// closes them ends at its first '>', as in SGML; an XML declaration holds no
// other. The right end is looked for no further than to the next instruction,
// so that many that have none are not searched again and again (XC24).
func instruction(text []byte, lo, hi int) token {
	const reach = 4 << 10
	first := bytes.IndexByte(text[lo:hi], '>')
	if first < 0 {
		return token{kind: kindTorn, lo: lo, hi: lo + 1}
	}
	end := lo + first + 1
	if !bytes.HasPrefix(text[lo:hi], []byte("<?xml")) {
		rest := text[lo+2 : min(hi, lo+reach)]
		if i := bytes.Index(rest, []byte("<?")); i >= 0 {
			rest = rest[:i]
		}
		if i := bytes.Index(rest, []byte("?>")); i >= 0 {
			end = lo + i + 4
		}
	}
	return token{kind: kindOther, lo: lo, hi: end}
}

func declaration(text []byte, lo, hi int) token {
	rest := text[lo:hi]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return until(text, lo, lo+4, hi, "-->")
	case len(rest) >= 9 && rest[2] == '[' && fold(rest[3:8], "cdata") && rest[8] == '[':
		t := until(text, lo, lo+9, hi, "]]>")
		if t.kind == kindOther {
			t.kind = kindCDATA
		}
		return t
	}
	return doctype(text, lo, hi)
}

// doctype skips a declaration with its internal subset.
func doctype(text []byte, lo, hi int) token {
	depth := 0
	for i := lo + 1; i < hi; i++ {
		switch c := text[i]; c {
		case '<':
			if depth == 0 && i > lo+1 && i+1 < hi && nameStart(text[i+1]) {
				// A declaration that was never closed: the markup goes on.
				return token{kind: kindOther, lo: lo, hi: i}
			}
			if bytes.HasPrefix(text[i:hi], []byte("<!--")) {
				// Quotes in a comment are apostrophes.
				i += max(comment(text[i:hi])-1, 0)
			}
		case '[':
			depth++
		case ']':
			depth = max(depth-1, 0)
		case '>':
			if depth == 0 {
				return token{kind: kindOther, lo: lo, hi: i + 1}
			}
		case '"', '\'':
			if j := bytes.IndexByte(text[i+1:hi], c); j >= 0 {
				i += j + 1
			}
		}
	}
	return token{kind: kindTorn, lo: lo, hi: lo + 1}
}

// comment returns the length of the comment that text begins with, 0 if it does
// not end before the next one begins: so many that have no end are not searched
// again and again (XC24).
func comment(text []byte) int {
	const open, end = "<!--", "-->"
	body := text[len(open):]
	if i := bytes.Index(body, []byte(open)); i >= 0 {
		body = body[:i]
	}
	i := bytes.Index(body, []byte(end))
	if i < 0 {
		return 0
	}
	return len(open) + i + len(end)
}

func endTag(text []byte, lo, hi int) token {
	t := token{kind: kindEnd, lo: lo}
	i := lo + 2
	for i < hi && text[i] != '>' && text[i] != '<' && !space(text[i]) {
		i++
	}
	t.name = span{lo + 2, i}
	for i < hi && text[i] != '>' && text[i] != '<' {
		i++
	}
	switch {
	case i >= hi:
		return token{kind: kindTorn, lo: lo, hi: lo + 1}
	case text[i] == '>':
		i++
	}
	t.hi = i
	return t
}

// Of a tag so many attributes are looked at: otherwise tags that hold each
// other in their attributes could each be read to the end of the document
// (XC11). One with more is returned as if it ended there, and refused by
// whoever counts. What has many without a value is no tag but words behind a
// '<'.
const (
	maxLexed = 256
	maxBare  = 32
)

func startTag(text []byte, lo, hi int) token {
	i := lo + 1
	for i < hi && !nameEnd[text[i]] {
		i++
	}
	t := token{kind: kindStart, lo: lo, name: span{lo + 1, i}}
	t.attrs.lo = i
	bare := 0
	for i < hi {
		switch c := text[i]; {
		case c == '>':
			t.attrs.hi, t.hi = i, i+1
			if text[i-1] == '/' && i-1 >= t.attrs.lo {
				t.kind, t.attrs.hi = kindEmpty, i-1
			}
			return t
		case c == '<':
			return token{kind: kindStray, lo: lo, hi: lo + 1}
		case c == '/' || space(c):
			i++
		default:
			if t.nattr++; t.nattr > maxLexed {
				t.attrs.hi, t.hi = i, i
				return t
			}
			if c == 'x' && i+3 <= hi && text[i+1] == 'm' && text[i+2] == 'l' {
				t.special = true
			}
			var name, value span
			name, value, i = attribute(text, i, hi)
			if value.lo == name.hi {
				if bare++; bare > maxBare {
					return token{kind: kindStray, lo: lo, hi: lo + 1}
				}
			}
			t.loose = t.loose || value.lo < value.hi && text[value.lo-1] != '"' && text[value.lo-1] != '\''
		}
	}
	return token{kind: kindTorn, lo: lo, hi: lo + 1}
}

// attribute reads the attribute at i: quoted, unquoted or without a value.
// Its value is bounded with what markup it holds; end is behind it.
func attribute(text []byte, i, hi int) (name, value span, end int) {
	name.lo = i
	for i < hi && !nameEnd[text[i]] && text[i] != '=' {
		i++
	}
	if i == name.lo { // '=' without a name
		i++
	}
	name.hi = i
	j := i
	for j < hi && space(text[j]) {
		j++
	}
	if j >= hi || text[j] != '=' {
		return name, span{i, i}, i
	}
	for j++; j < hi && space(text[j]); j++ {
	}
	if j < hi && (text[j] == '"' || text[j] == '\'') {
		k := bytes.IndexByte(text[j+1:hi], text[j])
		if k < 0 {
			return name, span{hi, hi}, hi
		}
		if k = k - overrun(text[j+1:j+1+k]); text[j+1+k] == '<' {
			return name, span{j + 1, j + 1 + k}, j + 1 + k
		}
		return name, span{j + 1, j + 1 + k}, j + k + 2
	}
	value.lo = j
	for j < hi && text[j] != '>' && text[j] != '<' && !space(text[j]) {
		j++
	}
	if j < hi && text[j] == '>' && j > value.lo && text[j-1] == '/' {
		j--
	}
	value.hi = j
	return name, value, j
}

// overrun returns how much of a quoted value is none: where its end was lost,
// the next quote opens another value, and between them an item ends. Longer
// values are believed, so that each byte is looked at a bounded number of times
// (XC24).
func overrun(value []byte) int {
	const longest = 2 << 10
	n := len(value)
	if n == 0 || n > longest || value[n-1] != '=' {
		return 0
	}
	lt := bytes.IndexByte(value, '<')
	if lt < 0 || !bytes.Contains(value[lt:], []byte("</item>")) && !bytes.Contains(value[lt:], []byte("</entry>")) {
		return 0
	}
	return n - lt
}

// nextAttr returns the first attribute in text[pos:hi], the inside of a tag.
func nextAttr(text []byte, pos, hi int) (name, value span, end int, ok bool) {
	for pos < hi && (space(text[pos]) || text[pos] == '/') {
		pos++
	}
	if pos >= hi {
		return name, value, hi, false
	}
	name, value, end = attribute(text, pos, hi)
	return name, value, end, true
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func nameStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' || c >= 0x80
}

// nameEnd holds the bytes that end the name of a start tag or an attribute.
var nameEnd = [256]bool{' ': true, '\n': true, '\t': true, '\r': true, '>': true, '/': true, '<': true}

// split cuts a qualified name at its prefix.
func split(name []byte) (prefix, local []byte) {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return nil, name
}

// fold reports whether name is the given lower-case ASCII word, in any case.
func fold(name []byte, word string) bool {
	if len(name) != len(word) {
		return false
	}
	for i := range len(word) {
		if lower(name[i]) != word[i] {
			return false
		}
	}
	return true
}

// trim cuts XML white space from both ends of a range.
func trim(text []byte, s span) span {
	for s.lo < s.hi && space(text[s.lo]) {
		s.lo++
	}
	for s.hi > s.lo && space(text[s.hi-1]) {
		s.hi--
	}
	return s
}
