package markup

import (
	"strings"
	"unicode/utf8"
)

// Chars returns s as valid UTF-8 of XML 1.0 characters: what is not UTF-8
// becomes U+FFFD, what XML forbids is left out (XD01). A clean s is returned as
// it is, without allocation.
func Chars(s string) string {
	if utf8.ValidString(s) && forbidden(s) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if xmlChar(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// forbidden returns the index of the first character of the valid UTF-8 s that
// XML forbids, or -1. Valid UTF-8 holds no surrogates, so what is left are the
// controls and U+FFFE and U+FFFF, the only ones that begin with EF BF and end
// in BE or BF.
func forbidden(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x20 && c != 0xEF:
		case c == '\n', c == '\t', c == '\r':
		case c < 0x20:
			return i
		case s[i+1] == 0xBF && s[i+2] >= 0xBE:
			return i
		}
	}
	return -1
}

// xmlChar reports whether XML 1.0 allows r (XML 1.0 §2.2, production Char).
func xmlChar(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r <= 0xD7FF:
		return true
	default:
		return r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
	}
}

// cut returns the longest prefix of s of at most limit bytes that ends between
// two characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// space reports whether c is white space in HTML. Form feeds are none here,
// because XML forbids them and [Chars] removed them.
func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// blank reports whether s is nothing but white space.
func blank(s string) bool {
	for i := range len(s) {
		if !space(s[i]) {
			return false
		}
	}
	return true
}
