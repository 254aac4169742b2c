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
	if len(s) <= feed.MaxTitle && settled(s, true) {
		return s
	}
	w := textWriter{scan: scanner{src: Chars(cut(s, maxInput))}, title: true}
	src := w.scan.src
	w.out = make([]byte, 0, min(len(src), feed.MaxTitle))
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

// maxBroken bounds how many tags without end a title is searched for, so that
// the time stays linear.
const maxBroken = 8

// titleTag moves behind a tag of a known element or a comment. It reports false
// when what stands there is only a less-than sign.
func (w *textWriter) titleTag() bool {
	rest := w.scan.src[w.scan.pos+1:]
	if strings.HasPrefix(rest, "!--") {
		w.scan.skipComment()
		return true
	}
	name := strings.TrimPrefix(rest, "/")
	end := len(name) < len(rest)
	if w.broken == maxBroken || tagOf(name[:nameEnd(name)]) == tagUnknown {
		return false
	}
	if !w.scan.readTag(len(w.scan.src) - len(name)) {
		w.broken++
		return false
	}
	if end {
		w.separate(w.scan.tag)
	} else {
		w.start(w.scan.tag)
	}
	return true
}

// turns reports whether r embeds, overrides or isolates a direction.
func turns(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }
