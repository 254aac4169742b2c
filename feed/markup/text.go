package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns the words of a piece of HTML on one line: a space where a block
// or a line began, white space collapsed, nothing of what [Clean] drops with
// its content.
func Text(html string) string {
	if len(html) <= maxInput && settled(html, false) {
		return html
	}
	w := textWriter{scan: scanner{src: Chars(cut(html, maxInput))}}
	w.out = make([]byte, 0, len(w.scan.src))
	for {
		switch w.scan.next() {
		case textToken:
			w.write(w.scan.text)
		case startToken:
			w.start(w.scan.tag)
		case endToken:
			w.separate(w.scan.tag)
		case endOfInput:
			return string(w.out)
		}
	}
}

// settled reports whether a text is already what Text, or Title, makes of it:
// most titles, names and categories are.
func settled(s string, title bool) bool {
	space := true
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == '<' || c == '&' || c == ' ' && space {
				return false
			}
			space = c == ' '
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || unicode.IsSpace(r) || !xmlChar(r) || title && turns(r) {
			return false
		}
		space = false
		i += size
	}
	return !space || s == ""
}

// textWriter collects the words of HTML.
type textWriter struct {
	scan scanner
	out  []byte
	// gap says that white space was met since the last character.
	gap bool
	// title leaves out characters that turn the direction of writing.
	title bool
	// broken counts the tags without end that a title seemed to hold.
	broken int
}

func (w *textWriter) start(t tag) {
	w.separate(t)
	if w.scan.empty {
		return
	}
	switch t {
	case tagTree:
		w.scan.skipTree()
	case tagLiteral:
		if s, ok := w.scan.skipRaw(); ok {
			w.literal(s)
		}
	case tagRaw, tagCode, tagFrame:
		if _, ok := w.scan.skipRaw(); !ok && t == tagCode {
			w.scan.pos = len(w.scan.src)
		}
	}
}

// separate keeps apart what two blocks say.
func (w *textWriter) separate(t tag) {
	if t == tagBlock || t == tagBr || t.is(block|flow|fence|part) {
		w.gap = true
	}
}

// write collects text with character references.
func (w *textWriter) write(s string) {
	for s != "" {
		n := strings.IndexByte(s, '&')
		if n < 0 {
			w.literal(s)
			return
		}
		w.literal(s[:n])
		first, rest, size := reference(s[n:], false)
		if size == 0 {
			first, size = '&', 1
		}
		w.rune(first)
		w.literal(rest)
		s = s[n+size:]
	}
}

// literal collects text as it is.
func (w *textWriter) literal(s string) {
	for i := 0; i < len(s); {
		begin := i
		for i < len(s) && s[i] > ' ' && s[i] < utf8.RuneSelf {
			i++
		}
		if i > begin {
			w.begin()
			w.out = append(w.out, s[begin:i]...)
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		w.rune(r)
		i += size
	}
}

func (w *textWriter) rune(r rune) {
	switch {
	case unicode.IsSpace(r):
		w.gap = true
	case xmlChar(r) && !(w.title && turns(r)):
		w.begin()
		w.out = utf8.AppendRune(w.out, r)
	}
}

// begin writes the space that is owed before the next character.
func (w *textWriter) begin() {
	if w.gap && len(w.out) > 0 {
		w.out = append(w.out, ' ')
	}
	w.gap = false
}
