package parse

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// plain reports whether a text is nothing but printable ASCII and white
// space, as most feeds nearly are and many wholly.
func plain(text []byte) bool {
	const step = 32
	rest := text
	for ; len(rest) >= step; rest = rest[step:] {
		a, b := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
		c, d := binary.LittleEndian.Uint64(rest[16:]), binary.LittleEndian.Uint64(rest[24:])
		if (a|b|c|d)&high != 0 {
			return false
		}
	}
	for _, c := range rest {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return firstControl(text) < 0
}

// evidence weighs whether a body is UTF-8: it counts the characters beyond
// ASCII that are, and the places at which something else stands.
func evidence(body []byte) (chars, strays int) {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := character(body[i:])
		if r == utf8.RuneError && n == 1 {
			strays++
			n = beginning(body[i:])
		} else {
			chars++
		}
		i += n
	}
	return chars, strays
}

// character decodes the first character of b. Unlike the standard library it
// also reads the two halves of a character beyond the basic plane that were
// encoded one by one (CESU-8), as databases and Java do.
func character(b []byte) (rune, int) {
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError && n == 1 && len(b) >= 6 && b[0] == 0xED && b[3] == 0xED &&
		b[1] >= 0xA0 && b[1] < 0xB0 && b[4] >= 0xB0 && b[4] < 0xC0 && b[2]&0xC0 == 0x80 && b[5]&0xC0 == 0x80 {
		high := 0xD000 | rune(b[1]&0x3F)<<6 | rune(b[2]&0x3F)
		low := 0xD000 | rune(b[4]&0x3F)<<6 | rune(b[5]&0x3F)
		return utf16.DecodeRune(high, low), 6
	}
	return r, n
}

// mixed keeps what is UTF-8 and reads every other byte as the stray one of
// another encoding. In a text that is UTF-8, several bytes that begin a
// character whose end was cut off are no such strays but U+FFFD.
func mixed(body []byte, stray *charmap.Charmap, isUTF8 bool) []byte {
	out := make([]byte, 0, len(body)+len(body)/8)
	for len(body) > 0 {
		r, n := character(body)
		if r == utf8.RuneError && n == 1 {
			if begun := beginning(body); isUTF8 && begun > 1 {
				n = begun
			} else {
				r = stray.DecodeByte(body[0])
			}
		}
		out = utf8.AppendRune(out, r)
		body = body[n:]
	}
	return out
}

// beginning returns how many bytes at the start of b, at least one, could be
// those of a character that goes on.
func beginning(b []byte) int {
	n := 1
	for n < len(b) && n < utf8.UTFMax && b[n]&0xC0 == 0x80 && !utf8.FullRune(b[:n+1]) {
		n++
	}
	return n
}

// clean drops the characters that XML forbids (P84) and reads the control
// characters U+0080 to U+009F, which nobody means, as what windows-1252 has
// at their place. It returns the text itself when there are none, and finding
// that out is nearly free.
func clean(text []byte) (out []byte, dropped, mended int) {
	i := firstOdd(text)
	if i < 0 {
		return text, 0, 0
	}
	out = append(make([]byte, 0, len(text)), text[:i]...)
	for i < len(text) {
		switch c := text[i]; {
		case control(c):
			dropped++
			i++
		case nonCharacter(text, i):
			dropped++
			i += 3
		case c1(text, i):
			r := charmap.Windows1252.DecodeByte(text[i+1])
			if out = utf8.AppendRune(out, r); r >= 0xA0 {
				mended++
			}
			i += 2
		default:
			out = append(out, c)
			i++
		}
	}
	return out, dropped, mended
}

// firstOdd finds the first character of a text in UTF-8 that clean does not
// leave alone, or returns -1.
func firstOdd(text []byte) int {
	found := firstControl(text)
	rest := text
	if found >= 0 {
		rest = text[:found]
	}
	for _, kind := range [...]struct {
		lead []byte
		is   func([]byte, int) bool
	}{{[]byte("\xEF\xBF"), nonCharacter}, {[]byte("\xC2"), c1}} {
		for pos := 0; ; {
			j := bytes.Index(rest[pos:], kind.lead)
			if j < 0 {
				break
			}
			if pos += j; kind.is(rest, pos) {
				found, rest = pos, rest[:pos]
				break
			}
			pos++
		}
	}
	return found
}

func control(c byte) bool { return c < 0x20 && !space(c) }

// nonCharacter reports whether U+FFFE or U+FFFF stands at text[i].
func nonCharacter(text []byte, i int) bool {
	return text[i] == 0xEF && i+2 < len(text) && text[i+1] == 0xBF && text[i+2] >= 0xBE
}

// c1 reports whether one of U+0080 to U+009F stands at text[i].
func c1(text []byte, i int) bool {
	return text[i] == 0xC2 && i+1 < len(text) && text[i+1] < 0xA0
}

// firstControl looks at 32 bytes at a time.
func firstControl(text []byte) int {
	const step = 32
	rest := text
	for len(rest) >= step {
		a, b := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
		c, d := binary.LittleEndian.Uint64(rest[16:]), binary.LittleEndian.Uint64(rest[24:])
		// A byte under 0x20 borrows into its high bit. Most texts have lines,
		// so line ends must not be slow.
		if (below(a)|below(b)|below(c)|below(d))&high != 0 && controls(a)|controls(b)|controls(c)|controls(d) != 0 {
			break
		}
		rest = rest[step:]
	}
	for i, c := range rest {
		if control(c) {
			return len(text) - len(rest) + i
		}
	}
	return -1
}

func below(w uint64) uint64 { return (w - each*0x20) &^ w }

// each and high have a one, and the highest bit, in each of eight bytes.
const each, high = 0x0101010101010101, 0x8080808080808080

// controls marks the bytes of a word that are controls.
func controls(w uint64) uint64 {
	return zeros(w&(each*0xE0)) &^ (zeros(w^each*'\t') | zeros(w^each*'\n') | zeros(w^each*'\r'))
}

// zeros marks the bytes of a word that are 0, and no others.
func zeros(w uint64) uint64 { return ^((w&^high + (each * 0x7F)) | w | each*0x7F) }
