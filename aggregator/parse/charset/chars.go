package charset

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// fine reports whether a text is UTF-8 of which nothing has to be dropped or
// mended, as nearly all are, and whether it is ASCII. It looks at each byte
// once, and at 32 together.
func fine(text []byte) (ok, ascii bool) {
	const step = 32
	at := 0
	ascii = true
	for rest := text; len(rest) >= step; rest = text[at:] {
		a, b := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
		c, d := binary.LittleEndian.Uint64(rest[16:]), binary.LittleEndian.Uint64(rest[24:])
		beyond := uint32(0)
		if (a|b|c|d)&high != 0 {
			ascii = false
			beyond = tops(a) | tops(b)<<8 | tops(c)<<16 | tops(d)<<24
			a, b, c, d = veiled(a), veiled(b), veiled(c), veiled(d)
		}
		// Without line ends one sum tells as much as five.
		const visible = each * (0x80 - 32)
		if (a+visible)&(b+visible)&(c+visible)&(d+visible)&high != high && printable(a)&printable(b)&printable(c)&printable(d)&high != high {
			return false, false
		}
		next := at + step
		for beyond != 0 {
			i := at + bits.TrailingZeros32(beyond)
			n := fineCharacter(text[i:])
			if n == 0 {
				return false, false
			}
			next = max(next, i+n)
			beyond &= uint32(uint64(math.MaxUint32) << (i + n - at))
		}
		at = next
	}
	for at < len(text) {
		n := 1
		if c := text[at]; c >= utf8.RuneSelf {
			n, ascii = fineCharacter(text[at:]), false
		} else if control(c) {
			n = 0
		}
		if n == 0 {
			return false, false
		}
		at += n
	}
	return true, ascii
}

// fineCharacter returns the length of the character beyond ASCII that b begins
// with, 0 when there is none or it has to be dropped or mended.
func fineCharacter(b []byte) int {
	if b[0] > 0xC2 && b[0] < 0xE0 && len(b) > 1 && b[1]&0xC0 == 0x80 {
		return 2
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError && n == 1 || r < 0xA0 || r == 0xFFFE || r == 0xFFFF {
		return 0
	}
	return n
}

// each and high have a one, and the highest bit, in each of eight bytes.
const each, high = 0x0101010101010101, 0x8080808080808080

// printable sets the highest bit of those bytes of ASCII that are no controls,
// line ends and tabs being none. Each sum has that bit where a byte is at least
// so much, hence what is set is what lies in 9 to 10, at 13, or from 32 on.
func printable(w uint64) uint64 {
	return (w + each*(0x80-9)) ^ (w + each*(0x80-11)) ^ (w + each*(0x80-13)) ^ (w + each*(0x80-14)) ^ (w + each*(0x80-32))
}

// veiled puts printable ASCII in place of the bytes beyond ASCII.
func veiled(w uint64) uint64 { return (w | w&high>>1) &^ high }

// tops gathers the highest bits of a word's bytes.
func tops(w uint64) uint32 { return uint32((w >> 7 & each) * 0x0102040810204080 >> 56) }

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
// character whose end was cut off are no such strays but U+FFFD. Every stray
// takes three bytes at most, and nothing is made that is over the limit anyhow.
func mixed(body []byte, stray *charmap.Charmap, strays, limit int, isUTF8 bool) []byte {
	out := make([]byte, 0, min(len(body)+2*strays, limit+utf8.UTFMax))
	for len(body) > 0 && len(out) <= limit {
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
	for i, c := range text {
		if control(c) || c == 0xEF && nonCharacter(text, i) || c == 0xC2 && c1(text, i) {
			return i
		}
	}
	return -1
}

func control(c byte) bool { return c < 0x20 && c != '\t' && c != '\n' && c != '\r' }

// nonCharacter reports whether U+FFFE or U+FFFF stands at text[i].
func nonCharacter(text []byte, i int) bool {
	return text[i] == 0xEF && i+2 < len(text) && text[i+1] == 0xBF && text[i+2] >= 0xBE
}

// c1 reports whether one of U+0080 to U+009F stands at text[i].
func c1(text []byte, i int) bool {
	return text[i] == 0xC2 && i+1 < len(text) && text[i+1] < 0xA0
}
