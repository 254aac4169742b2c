package parse

import (
	"bytes"
	"html"
	"strings"
)

// Caps on the entities of a document's own: far above what feeds use them
// for, which is a name or two, and far below what a bomb needs (XC09).
const (
	maxEntities = 64
	maxEntity   = 1 << 10
	maxExpanded = 1 << 20
)

// entities are the general entities that a document type declares, by name.
type entities map[string][]byte

// expand puts the values of the document's own entities in the place of
// references behind the root's start tag (XML 1.0 §4.4.2). External and
// parameter entities are none; the names that HTML knows are left to it.
// It returns text itself when there is nothing to do.
func expand(text []byte, root token) []byte {
	declared := subset(text[:root.lo])
	if len(declared) == 0 {
		return text
	}
	out := append(make([]byte, 0, len(text)+maxExpanded), text[:root.hi]...)
	torn := 0
	for pos := root.hi; ; {
		t := next(text, pos, len(text))
		if t.kind == kindTorn {
			torn++
		}
		if t.kind == kindCut || torn > maxTorn {
			return declared.write(out, text[pos:], len(text), false)
		}
		out = declared.write(out, text[pos:t.lo], len(text), false)
		if t.kind == kindStart || t.kind == kindEmpty {
			out = declared.write(out, text[t.lo:t.hi], len(text), true)
		} else {
			out = append(out, text[t.lo:t.hi]...)
		}
		pos = t.hi
	}
}

// subset reads the declarations before the root.
func subset(prologue []byte) entities {
	const mark = "<!ENTITY"
	var e entities
	for len(e) < maxEntities {
		i := bytes.Index(prologue, []byte(mark))
		if i < 0 {
			break
		}
		prologue = bytes.TrimLeft(prologue[i+len(mark):], " \t\r\n")
		n := bytes.IndexAny(prologue, " \t\r\n<>'\"")
		if n <= 0 || n > maxDate {
			continue
		}
		name := string(prologue[:n])
		rest := bytes.TrimLeft(prologue[n:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			continue
		}
		end := bytes.IndexByte(rest[1:min(len(rest), maxEntity+2)], rest[0])
		if end < 0 || !strings.HasSuffix(html.UnescapeString("&"+name+";"), ";") {
			continue
		}
		// A value may name entities that were declared before it.
		value := e.write(nil, rest[1:1+end], end, false)
		if _, again := e[name]; again || len(value) > maxEntity {
			continue
		}
		if e == nil {
			e = entities{}
		}
		e[name] = value
	}
	return e
}

// write appends raw with its references replaced, while what was written is
// less than maxExpanded above size. Inside a tag a value with markup or
// quotes would be something else, and is left out.
func (e entities) write(out, raw []byte, size int, tag bool) []byte {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(out, raw...)
		}
		out = append(out, raw[:i]...)
		raw = raw[i:]
		n := bytes.IndexByte(raw[:min(len(raw), maxDate+2)], ';')
		if n > 0 {
			value, ok := e[string(raw[1:n])]
			if ok && len(out)+len(value) < size+maxExpanded && !(tag && bytes.ContainsAny(value, "<>\"'")) {
				out, raw = append(out, value...), raw[n+1:]
				continue
			}
		}
		out, raw = append(out, '&'), raw[1:]
	}
}
