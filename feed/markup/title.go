package markup

import (
	"strings"

	"weir/feed"
)

// Title returns one plain line of at most [feed.MaxTitle] bytes from s, which
// may hold HTML or may not: character references are decoded once, and what
// looks like a tag is left out only when HTML knows its name, so that "a < b",
// "AT&T" and "std::vector<int>" stay readable (XE03). Characters that turn the
// direction of what stands beside a title are left out (XD11).
func Title(s string) string {
	w := textWriter{scan: scanner{src: Chars(cut(s, maxInput))}, title: true}
	src := w.scan.src
	for w.scan.pos < len(src) {
		begin := w.scan.pos
		n := strings.IndexByte(src[begin:], '<')
		if n < 0 {
			w.write(src[begin:])
			break
		}
		w.write(src[begin : begin+n])
		w.scan.pos += n
		if !w.titleTag() {
			w.begin()
			w.out = append(w.out, '<')
			w.scan.pos = begin + n + 1
		}
	}
	return strings.TrimRight(cut(string(w.out), feed.MaxTitle), " ")
}

// titleTag moves behind a tag of a known element or a comment. It reports false
// when what stands there is only a less-than sign.
func (w *textWriter) titleTag() bool {
	rest := w.scan.src[w.scan.pos:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		w.scan.skipComment()
		return true
	case len(rest) > 1 && letter(rest[1]):
		if !w.scan.readTag(w.scan.pos+1) || w.scan.tag == tagUnknown {
			return false
		}
		w.start(w.scan.tag)
		return true
	case len(rest) > 2 && rest[1] == '/' && letter(rest[2]):
		if !w.scan.readTag(w.scan.pos+2) || w.scan.tag == tagUnknown {
			return false
		}
		w.separate(w.scan.tag)
		return true
	}
	return false
}

// turns reports whether r embeds, overrides or isolates a direction.
func turns(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }
