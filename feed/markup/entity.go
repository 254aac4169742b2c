package markup

import (
	"html"
	"unicode/utf8"
)

// longestEntity is the length of the longest name of a character reference,
// with its semicolon.
const longestEntity = 33

// reference decodes the character reference that begins s, an ampersand. It
// returns the first character, any text after it, and how many bytes of s they
// stand for; 0 bytes mean that the ampersand is only an ampersand. In a value a
// name must end in a semicolon, because addresses are full of "&copy=2".
func reference(s string, value bool) (first rune, rest string, n int) {
	if len(s) > 2 && s[1] == '#' {
		r, n := number(s)
		return r, "", n
	}
	n = 1
	for n < len(s) && n < longestEntity && alphanumeric(s[n]) {
		n++
	}
	if n < len(s) && s[n] == ';' {
		n++
	} else if value {
		return 0, "", 0
	}
	if r := common(s[1:n]); r != 0 {
		return r, "", n
	}
	decoded := html.UnescapeString(s[:n])
	if decoded == s[:n] {
		return 0, "", 0
	}
	first, size := utf8.DecodeRuneInString(decoded)
	return first, decoded[size:], n
}

// common decodes the names that stories are full of, without allocation.
func common(name string) rune {
	switch name {
	case "amp;":
		return '&'
	case "lt;":
		return '<'
	case "gt;":
		return '>'
	case "quot;":
		return '"'
	case "apos;":
		return '\''
	case "nbsp;":
		return '\u00A0'
	case "lsquo;":
		return '‘'
	case "rsquo;":
		return '’'
	case "ldquo;":
		return '“'
	case "rdquo;":
		return '”'
	case "ndash;":
		return '–'
	case "mdash;":
		return '—'
	case "hellip;":
		return '…'
	}
	return 0
}

// number decodes a numeric reference as HTML does: what Windows-1252 put at 80
// to 9F is meant there, and what is no character is U+FFFD (XC18).
func number(s string) (rune, int) {
	i, base := 2, rune(10)
	if s[2] == 'x' || s[2] == 'X' {
		i, base = 3, 16
	}
	begin, r := i, rune(0)
	for ; i < len(s); i++ {
		d := digit(s[i])
		if d >= base {
			break
		}
		if r <= utf8.MaxRune {
			r = r*base + d
		}
	}
	if i == begin {
		return 0, 0
	}
	if i < len(s) && s[i] == ';' {
		i++
	}
	switch {
	case r >= 0x80 && r <= 0x9F:
		r = windows1252[r-0x80]
	case r == 0 || !utf8.ValidRune(r):
		r = utf8.RuneError
	}
	return r, i
}

// windows1252 is what numbers from 128 to 159 mean in HTML.
var windows1252 = [...]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
}

// digit returns the value of a hexadecimal digit, or 16.
func digit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return 16
}

func alphanumeric(c byte) bool { return letter(c) || c >= '0' && c <= '9' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// decode returns an attribute's value without character references, without
// characters that XML forbids.
func decode(s string) string {
	i := 0
	for i < len(s) && s[i] != '&' {
		i++
	}
	if i == len(s) {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for i < len(s) {
		if s[i] != '&' {
			b = append(b, s[i])
			i++
			continue
		}
		first, rest, n := reference(s[i:], true)
		if n == 0 {
			b = append(b, '&')
			i++
			continue
		}
		if xmlChar(first) {
			b = utf8.AppendRune(b, first)
		}
		b = append(b, rest...)
		i += n
	}
	return string(b)
}
