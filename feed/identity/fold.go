package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What foldRune answers for characters that are not part of a word.
const (
	gap  rune = -1 // ends a word
	none rune = -2 // is as good as absent: marks, joiners, apostrophes
)

// foldRune returns the form of r in which words are compared: lower case and
// without accents, so that composed and decomposed text agree (XF04).
func foldRune(r rune) rune {
	switch {
	case r < 0x80:
		return foldASCII(byte(r))
	case r >= 0x4e00 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3:
		return r // Han and Hangul have no case
	case r >= 0x400 && r <= 0x52f:
		return foldCyrillic(r)
	case r >= 0xc0 && r <= 0x24f, r >= 0x370 && r <= 0x3ff, r >= 0x1e00 && r <= 0x1fff:
		return foldAccented(r)
	case r == 0x2019, r == 0x2018, r == 0x2bc, r == 0xad, r >= 0x200b && r <= 0x200d, r == 0x2060, r == 0xfeff:
		return none
	case unicode.Is(unicode.Mn, r):
		return none
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Mc, r):
		return unicode.ToLower(r)
	}
	return gap
}

func foldASCII(c byte) rune {
	switch {
	case c >= 'a' && c <= 'z', isDigit(c):
		return rune(c)
	case c >= 'A' && c <= 'Z':
		return rune(c | 0x20)
	case c == '\'':
		return none
	}
	return gap
}

// foldCyrillic does without tables what foldAccented does with them: whole
// texts consist of these letters.
func foldCyrillic(r rune) rune {
	switch {
	case r >= 0x410 && r <= 0x42f:
		r += 0x20
	case r <= 0x40f:
		r += 0x50
	case r >= 0x482 && r <= 0x489:
		return none
	case r >= 0x460:
		r = unicode.ToLower(r)
	}
	switch r {
	case 'й':
		return 'и'
	case 'ё', 'ѐ':
		return 'е'
	case 'ї':
		return 'і'
	case 'ў':
		return 'у'
	}
	return r
}

// foldAccented lower-cases a Latin or Greek letter and drops its accents.
func foldAccented(r rune) rune {
	var b [utf8.UTFMax]byte
	if d := norm.NFKD.Properties(b[:utf8.EncodeRune(b[:], r)]).Decomposition(); len(d) > 0 {
		r, _ = utf8.DecodeRune(d)
	}
	if r = unicode.ToLower(r); !unicode.IsLetter(r) {
		return gap
	}
	return r
}

// spaceless reports whether r is of a script that puts no spaces between
// words: Han, Kana, Thai, Lao, Myanmar, Khmer.
func spaceless(r rune) bool {
	switch {
	case r < 0xe00:
		return false
	case r <= 0xeff, r >= 0x1000 && r <= 0x109f, r >= 0x1780 && r <= 0x17ff:
		return true
	case r < 0x3040:
		return false
	case r <= 0x30ff, r >= 0x31f0 && r <= 0x31ff, r >= 0x3400 && r <= 0x4dbf, r >= 0x4e00 && r <= 0x9fff:
		return true
	}
	return r >= 0xf900 && r <= 0xfaff || r >= 0xff66 && r <= 0xff9f || r >= 0x20000 && r <= 0x3ffff
}

// FoldTitle returns the words of a title as sketches have them.
func FoldTitle(title string) string { return foldTitle(title, maxFoldedTitle) }

// foldTitle returns the words of a title as they are compared, single spaces
// between them, cut to limit bytes on a rune boundary.
func foldTitle(title string, limit int) string {
	var b strings.Builder
	b.Grow(min(len(title), limit))
	open := false
	for _, r := range title {
		f := foldRune(r)
		if f == none {
			continue
		}
		if f == gap {
			open = b.Len() > 0
			continue
		}
		need := utf8.RuneLen(f)
		if open {
			need++
		}
		if b.Len()+need > limit {
			break
		}
		if open {
			b.WriteByte(' ')
			open = false
		}
		b.WriteRune(f)
	}
	return b.String()
}
