package markup

import (
	"unicode/utf8"

	"weir/feed"
)

// void writes an element without end inside a line.
func (c *Cleaner) void(t tag) {
	c.line()
	c.write("<" + elements[t].name + ">")
}

// rule writes a thematic break, which ends a paragraph.
func (c *Cleaner) rule() {
	if c.inTable() {
		c.openCell()
	}
	c.endParagraph(true)
	c.pending = false
	c.write("<hr>")
}

// fits reports whether n more bytes leave room for all end tags.
func (c *Cleaner) fits(n int) bool { return len(c.out)+n+c.tail <= feed.MaxHTML }

// write writes s whole, or nothing more.
func (c *Cleaner) write(s string) {
	if c.full || !c.fits(len(s)) {
		c.full = true
		return
	}
	c.out = append(c.out, s...)
}

// writeTag writes a tag whole, or nothing more.
func (c *Cleaner) writeTag(tag []byte) {
	if c.full || !c.fits(len(tag)) {
		c.full = true
		return
	}
	c.out = append(c.out, tag...)
}

// special are the bytes that may not be copied into text as they are. It is
// never written to.
var special = [256]bool{'<': true, '>': true, '&': true, '\r': true}

// writeText writes text that may hold character references.
func (c *Cleaner) writeText(s string) {
	for s != "" && !c.full {
		n := 0
		for n < len(s) && !special[s[n]] {
			n++
		}
		if n > 0 {
			c.writeRun(s[:n])
			s = s[n:]
			continue
		}
		if s[0] != '&' {
			if s[0] == '\r' && len(s) > 1 && s[1] == '\n' {
				s = s[1:]
			}
			c.writeRune(rune(s[0]))
			s = s[1:]
			continue
		}
		first, rest, n := reference(s, false)
		if n == 0 {
			first, n = '&', 1
		}
		c.writeRune(first)
		for _, r := range rest {
			c.writeRune(r)
		}
		s = s[n:]
	}
}

// writeRun writes text without markup. Where it does not fit it is cut between
// two words, or at least between two characters.
func (c *Cleaner) writeRun(s string) {
	if c.fits(len(s)) {
		c.out = append(c.out, s...)
		return
	}
	c.full = true
	s = cut(s, feed.MaxHTML-c.tail-len(c.out))
	for i := len(s) - 1; i >= 0 && i > len(s)-64; i-- {
		if space(s[i]) {
			s = s[:i]
			break
		}
	}
	c.out = append(c.out, s...)
}

// writeRune writes one character of text. It is the last to look at characters
// that references named, so what XML forbids ends here (XD02).
func (c *Cleaner) writeRune(r rune) {
	if c.full || !c.fits(len("&amp;")) {
		c.full = true
		return
	}
	switch r {
	case '<':
		c.out = append(c.out, "&lt;"...)
	case '>':
		c.out = append(c.out, "&gt;"...)
	case '&':
		c.out = append(c.out, "&amp;"...)
	case '\r':
		c.out = append(c.out, '\n')
	default:
		if xmlChar(r) {
			c.out = utf8.AppendRune(c.out, r)
		}
	}
}

// appendAttr appends an attribute. The value is filtered already.
func appendAttr(dst []byte, name, value string) []byte {
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, `="`...)
	dst = appendEscaped(dst, value)
	return append(dst, '"')
}

// appendEscaped appends the text of an attribute's value.
func appendEscaped(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&quot;"...)
		case '\'':
			dst = append(dst, "&#39;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
