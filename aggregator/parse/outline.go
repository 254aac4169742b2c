package parse

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"
)

// node is one element of an item or the head: what it is called, where its
// start tag is, and what it holds.
type node struct {
	vocab vocab
	// word is the local name in lower case.
	word string
	// tag is the start tag, local its name without prefix, inner what lies
	// between the tags.
	tag          token
	local, inner span
}

// outline walks over elements that lie beside each other. It agrees with the
// scan on where they end.
type outline struct {
	doc *document
	// in are the declarations in force; those of the element itself are added
	// and taken away again.
	in  scope
	pos int
	hi  int
	// own is where the declarations of the current element begin in in.
	own   int
	stack []span
	// unclosed counts elements that did not end.
	unclosed int
}

// maxUnclosed bounds how often a range is searched in vain for an end.
const maxUnclosed = 8

// walk begins an outline of a range in which the given declarations hold.
func (d *document) walk(r span, in scope) outline {
	// The capacity is clipped, so that outlines never write over each other.
	return outline{doc: d, in: in[:len(in):len(in)], own: len(in), pos: r.lo, hi: r.hi}
}

// next returns the next element of the range.
func (o *outline) next() (node, bool) {
	o.in = o.in[:o.own]
	for {
		t := next(o.doc.text, o.pos, o.hi)
		if t.kind == kindCut {
			return node{}, false
		}
		o.pos = t.hi
		if t.kind != kindStart && t.kind != kindEmpty {
			continue
		}
		o.in = o.in.declare(o.doc.text, t)
		_, local := split(t.name.of(o.doc.text))
		n := node{tag: t, vocab: o.doc.resolve(t, o.in, o.own), word: lowered(local), local: span{t.name.hi - len(local), t.name.hi}}
		n.inner = span{t.hi, t.hi}
		if t.kind == kindStart && !void(local) {
			n.inner.hi, o.pos = o.close(n.local)
		}
		return n, true
	}
}

// close finds the end of the element just opened: where its content ends and
// what comes after. One that does not end holds the text up to the next
// markup, so that it does not swallow its siblings.
func (o *outline) close(name span) (inner, after int) {
	text := o.doc.text
	o.stack = append(o.stack[:0], name)
	for pos := o.pos; ; {
		t := next(text, pos, o.hi)
		pos = t.hi
		switch t.kind {
		case kindCut:
			if o.unclosed++; o.unclosed > maxUnclosed {
				return o.hi, o.hi
			}
			rest := next(text, o.pos, o.hi)
			for rest.kind == kindCDATA || rest.kind == kindStray || rest.kind == kindTorn {
				rest = next(text, rest.hi, o.hi)
			}
			return rest.lo, rest.lo
		case kindStart:
			_, local := split(t.name.of(text))
			if !void(local) {
				o.stack = append(o.stack, span{t.name.hi - len(local), t.name.hi})
			}
		case kindEnd:
			_, local := split(t.name.of(text))
			at := len(o.stack) - 1
			for at >= 0 && !sameName(o.stack[at].of(text), local) {
				at--
			}
			if at == 0 {
				return t.lo, t.hi
			}
			if at > 0 {
				o.stack = o.stack[:at]
			}
		}
	}
}

// native returns the name of an element that belongs to the format itself,
// nothing for others.
func (n *node) native() string {
	if n.vocab != vocabNative {
		return ""
	}
	return n.word
}

// lowered returns a name in lower case: the shared copy of a common one.
func lowered(name []byte) string {
	if s, ok := commonNames[string(name)]; ok {
		return s
	}
	return strings.ToLower(string(name))
}

// commonNames spares allocations: most elements are called one of these.
var commonNames = map[string]string{
	"title": "title", "link": "link", "description": "description", "guid": "guid", "author": "author",
	"category": "category", "comments": "comments", "enclosure": "enclosure", "source": "source",
	"encoded": "encoded", "creator": "creator", "date": "date", "subject": "subject", "summary": "summary",
	"content": "content", "id": "id", "updated": "updated", "published": "published", "name": "name",
	"email": "email", "uri": "uri", "contributor": "contributor", "rights": "rights", "image": "image",
	"duration": "duration", "explicit": "explicit", "episode": "episode", "season": "season",
	"subtitle": "subtitle", "keywords": "keywords", "thumbnail": "thumbnail", "group": "group",
	"player": "player", "rating": "rating", "comment": "comment", "commentRss": "commentrss", "url": "url",
	"entry": "entry", "item": "item", "channel": "channel", "pubDate": "pubdate",
}

// attr returns the value of an attribute by its local name; a name without a
// prefix wins over one with a prefix.
func (d *document) attr(t token, word string) string {
	raw, ok := d.rawAttr(t, word)
	if !ok {
		return ""
	}
	return strings.TrimSpace(d.unescape(raw))
}

func (d *document) rawAttr(t token, word string) (found span, ok bool) {
	for pos := t.attrs.lo; t.nattr > 0; {
		name, value, end, more := nextAttr(d.text, pos, t.attrs.hi)
		if !more {
			break
		}
		pos = end
		prefix, local := split(name.of(d.text))
		if !fold(local, word) {
			continue
		}
		if prefix == nil {
			return value, true
		}
		if !ok && string(prefix) != "xmlns" && string(prefix) != "xml" {
			found, ok = value, true
		}
	}
	return found, ok
}

// xmlAttr returns the value of xml:lang or xml:base.
func (d *document) xmlAttr(t token, name string) (string, bool) {
	if !t.special {
		return "", false
	}
	for pos := t.attrs.lo; ; {
		n, value, end, ok := nextAttr(d.text, pos, t.attrs.hi)
		if !ok {
			return "", false
		}
		pos = end
		if string(n.of(d.text)) == name {
			return strings.TrimSpace(d.unescape(value)), true
		}
	}
}

// text returns what an element says as text: entities decoded, CDATA taken
// as it is, nested markup dropped, white space trimmed.
func (d *document) textOf(n node, limit int) string {
	in := trim(d.text, n.inner)
	raw := in.of(d.text)
	if bytes.IndexByte(raw, '<') < 0 {
		in.hi = in.lo + min(len(raw), 2*limit+64)
		return clip(d.unescape(in), limit)
	}
	if s, ok := d.stated(in, len(raw)); ok {
		return clip(strings.Trim(s, " \t\r\n"), limit)
	}
	var b strings.Builder
	for pos := in.lo; pos < in.hi && b.Len() < limit; {
		t := next(d.text, pos, in.hi)
		b.WriteString(unescape(d.text[pos:t.lo]))
		switch t.kind {
		case kindCDATA:
			b.Write(t.name.of(d.text))
		case kindStray, kindTorn:
			if t.text() {
				b.WriteByte('<')
			}
		case kindCut:
			t.hi = in.hi
		}
		pos = t.hi
	}
	return clip(strings.Trim(b.String(), " \t\r\n"), limit)
}

// unescape decodes the references of HTML and XML in a range without markup.
func (d *document) unescape(in span) string {
	if s, ok := d.decoded(in, false); ok {
		return s
	}
	return unescape(in.of(d.text))
}

// unescape decodes the references of HTML and XML in a text.
func unescape(raw []byte) string {
	if bytes.IndexByte(raw, '&') < 0 {
		return string(raw)
	}
	return html.UnescapeString(string(raw))
}

// clip cuts s to at most limit bytes, between characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
