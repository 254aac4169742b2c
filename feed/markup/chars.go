package markup

import (
	"strings"
	"unicode/utf8"
)

// Chars returns s as valid UTF-8 of XML 1.0 characters.
func Chars(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
		case r < 0x20 || r == 0xFFFE || r == 0xFFFF:
			return -1
		case r == utf8.RuneError:
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
