package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gosimple/unidecode"

	"weir/feed"
)

// slugText is a text turned into a slug, with what was learned on the way.
type slugText struct {
	// text is [a-z0-9-], at most feed.MaxSlug bytes, or empty.
	text string
	// words counts words that are not numbers; two characters of a script
	// without spaces make one.
	words int
	// lossy says that over a third of the letters have no transliteration.
	lossy bool
	// cut says that the end is missing.
	cut bool
}

// slugger writes a slug rune by rune.
type slugger struct {
	buf []byte
	// pending says that a hyphen is due before the next character; letter
	// that the word being written is no number; packed that it is of a script
	// without spaces and counted by its characters.
	pending, letter, packed bool
	words, chars            int
	letters, lost           int
}

// slugify transliterates s. The result is a function of s alone, whatever its
// language and its composition (XF04, XF15).
func slugify(s string) slugText {
	w := slugger{buf: make([]byte, 0, min(len(s), feed.MaxTitle)+16)}
	for i, r := range s {
		if i >= feed.MaxTitle {
			break
		}
		w.rune(r)
	}
	w.endWord()
	return slugText{
		text:  cutSlug(string(w.buf), feed.MaxSlug),
		cut:   len(w.buf) > feed.MaxSlug,
		words: w.words + w.chars/2,
		lossy: w.lost*3 > w.letters,
	}
}

func (w *slugger) rune(r rune) {
	switch {
	case r < utf8.RuneSelf:
		c := byte(r)
		switch {
		case isDigit(c):
			w.put(c)
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			w.letters++
			w.letter = true
			w.put(c | 0x20)
		case c != '\'':
			w.endWord()
		}
	case foldRune(r) == none:
	case unicode.IsLetter(r), unicode.IsNumber(r):
		w.foreign(r)
	default:
		w.endWord()
	}
}

// foreign writes a letter or number outside ASCII as the table spells it. The
// spaces of the table end words: it has them around Han characters.
func (w *slugger) foreign(r rune) {
	isLetter := unicode.IsLetter(r)
	if isLetter {
		w.letters++
	}
	if spaceless(r) {
		w.chars++
		w.packed = true
	}
	written := false
	for _, c := range []byte(unidecode.Unidecode(string(r))) {
		switch {
		case isDigit(c):
			w.put(c)
			written = true
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			w.letter = true
			w.put(c | 0x20)
			written = true
		case c == ' ':
			w.endWord()
		}
	}
	if isLetter && !written {
		w.lost++
	}
}

func (w *slugger) put(c byte) {
	if w.pending {
		w.buf = append(w.buf, '-')
		w.pending = false
	}
	w.buf = append(w.buf, c)
}

func (w *slugger) endWord() {
	if w.letter && !w.packed {
		w.words++
	}
	w.letter, w.packed = false, false
	w.pending = len(w.buf) > 0
}

// cutSlug shortens a slug to limit bytes, at a hyphen where there is one.
func cutSlug(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if i := strings.LastIndexByte(s[:limit+1], '-'); i > 0 {
		return strings.TrimRight(s[:i], "-")
	}
	return s[:limit]
}
