package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// keep collects the elements that no field of the item says whole, as trees
// with namespace URIs, which gofeed loses (G25, G26). They are taken in
// document order while they fit into what an item may carry (M7); one that
// does not fit is left out whole.
func (a *draft) keep(d *document, nodes []node, in scope) {
	k := keeper{doc: d, room: maxExtension, elements: maxExtensionElements}
	said := d.claim(nodes)
	// A date that cannot be read is said by no field.
	said.met[slotPublished], said.met[slotUpdated] = a.Published.IsZero(), a.Updated.IsZero()
	for i := range nodes {
		n := &nodes[i]
		if said.whole(n) {
			continue
		}
		size, left := n.inner.hi-n.tag.lo, k.elements
		if size > k.room {
			continue
		}
		if ext, ok := k.tree(n, in.declare(d.text, n.tag), a.media.base, 0); ok {
			k.room -= size
			if a.Extensions == nil {
				a.Extensions = make([]feed.Extension, 0, foreign(nodes[i:]))
			}
			a.Extensions = append(a.Extensions, ext)
		} else {
			k.elements = left
		}
	}
}

// foreign counts the elements that do not belong to the format.
func foreign(nodes []node) (count int) {
	for i := range nodes {
		if nodes[i].vocab != vocabNative {
			count++
		}
	}
	return max(count, 1)
}

// keeper makes trees of elements within what an item may carry: room in bytes
// of the document, and a number of elements, because a small element costs
// many times its bytes.
type keeper struct {
	doc            *document
	room, elements int
}

// tree reads an element with all that is in it. In scope its own declarations
// are in force already.
func (k *keeper) tree(n *node, in scope, base bases, depth int) (feed.Extension, bool) {
	if k.elements--; k.elements < 0 {
		return feed.Extension{}, false
	}
	d := k.doc
	base = base.under(d, n.tag)
	ext := feed.Extension{}
	if ext.Space, ext.Name = d.qualified(n.tag.name, n.word, in); ext.Name == "" {
		return feed.Extension{}, false
	}
	ext.Attrs = k.attrs(n, in, base)
	// What nests deeper stays as the text that it holds.
	if depth == maxTree || !d.hasElements(n.inner) {
		ext.Text = d.extensionText(n, base)
		return ext, true
	}
	o := d.walk(n.inner, in)
	done := n.inner.lo
	for c, ok := o.next(); ok; c, ok = o.next() {
		ext.Children = d.appendRun(ext.Children, span{done, c.tag.lo})
		child, ok := k.tree(&c, o.in, base, depth+1)
		if !ok && k.elements < 0 {
			return feed.Extension{}, false
		}
		if ok {
			ext.Children = append(ext.Children, child)
		}
		done = o.pos
	}
	ext.Children = d.appendRun(ext.Children, span{done, max(done, n.inner.hi)})
	return ext, true
}

// appendRun adds the text between two children, if it says anything. White
// space at its ends parts words from the elements beside it and is one space.
func (d *document) appendRun(children []feed.Extension, s span) []feed.Extension {
	text := markup.Chars(d.textOf(node{inner: s}, maxExtension))
	if text == "" {
		return children
	}
	if space(d.text[s.lo]) {
		text = " " + text
	}
	if space(d.text[s.hi-1]) {
		text += " "
	}
	return append(children, feed.Extension{Text: text})
}

// extensionText returns what an element without children says: an address
// made absolute where the vocabulary means one, clean HTML where it says so.
func (d *document) extensionText(n *node, base bases) string {
	text := markup.Chars(d.textOf(*n, maxExtension))
	switch {
	case text == "":
	case n.textAddress():
		text, _ = settle(text, true, base)
	case n.vocab == vocabMedia && strings.IndexByte(text, '<') >= 0 && d.attr(n.tag, "type") == "html":
		text = markup.Clean(text, base.forHTML())
	}
	return text
}

// qualified returns the URI of a name's namespace, in Weir's spelling where it
// knows the namespace, and the name without its prefix. Where nobody declared
// or knows the prefix there is no namespace, and the prefix stays. A word that
// is the same name spares a copy of it.
func (d *document) qualified(name span, word string, in scope) (uri, local string) {
	prefix, rest := split(name.of(d.text))
	ns := in.find(d.text, prefix)
	switch {
	case prefix == nil && ns == nil:
	case ns == nil || ns.uri.lo == ns.uri.hi && prefix != nil:
		if uri = customary(undeclared(prefix)); uri == "" {
			rest = name.of(d.text)
		}
	case ns.vocab != vocabOther:
		uri = customary(ns.vocab)
	default:
		uri = markup.Chars(strings.TrimSpace(unescape(ns.uri.of(d.text))))
	}
	if string(rest) == word {
		return uri, markup.Chars(word)
	}
	return uri, markup.Chars(string(rest))
}

func (k *keeper) attrs(n *node, in scope, base bases) []feed.Attr {
	if n.tag.nattr == 0 {
		return nil
	}
	d := k.doc
	attrs := make([]feed.Attr, 0, n.tag.nattr)
	for pos := n.tag.attrs.lo; ; {
		name, value, end, ok := nextAttr(d.text, pos, n.tag.attrs.hi)
		if !ok {
			break
		}
		pos = end
		prefix, local := split(name.of(d.text))
		a := feed.Attr{Value: markup.Chars(unescape(value.of(d.text)))}
		switch string(prefix) {
		case "xmlns":
			continue
		case "xml":
			a.Space, a.Name = xmlSpace, markup.Chars(string(local))
		case "":
			if a.Name = markup.Chars(string(local)); a.Name == "xmlns" {
				continue
			}
		default:
			a.Space, a.Name = d.qualified(name, "", in)
		}
		if a.Space != xmlSpace && addressAttr(a.Name) {
			if a.Value, ok = settle(a.Value, n.vocab != vocabOther || a.Name == "href", base); !ok {
				continue
			}
		}
		if a.Name != "" {
			attrs = append(attrs, a)
		}
	}
	if len(attrs) == 0 {
		return nil
	}
	return attrs
}

// addressAttr reports whether an attribute holds an address by its name.
func addressAttr(name string) bool {
	switch name {
	case "url", "href", "src", "img", "uri", "image", "link", "resource", "feedUrl", "feedurl", "URL", "HREF", "SRC":
		return true
	}
	return false
}

// textAddress reports whether the text of an element is an address.
func (n *node) textAddress() bool {
	switch n.vocab {
	case vocabWFW:
		return n.word == "comment" || n.word == "commentrss"
	case vocabCC, vocabLicence:
		return n.word == "license"
	case vocabFeedBurner:
		return n.word == "origenclosurelink"
	case vocabTrackback:
		return n.word == "ping" || n.word == "about"
	case vocabITunes, vocabGoogle:
		return n.word == "image"
	}
	return false
}

// settle makes an address in an extension absolute (P94), so that it means
// the same outside its feed. A bare word is an address only where that is
// known; schemes that Weir does not know, such as magnet or ipfs, stay as
// they are, and those that run or reveal something go (XE02).
func settle(value string, known bool, base bases) (string, bool) {
	switch scheme := schemeOf(value); scheme {
	case "javascript", "vbscript", "data", "file", "blob", "intent", "jar", "view-source":
		return "", false
	case "http", "https":
	case "":
		if strings.ContainsAny(value, " \t\n") {
			return value, true
		}
		if !known && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "./") && !strings.HasPrefix(value, "../") {
			return value, true
		}
	default:
		return value, true
	}
	if u := markup.URL(value, base.forLink()); u != "" {
		return u, true
	}
	return value, true
}

// schemeOf returns the scheme of an address in lower case, read as a browser
// reads it, which passes over controls and white space; "" if it has none.
func schemeOf(s string) string {
	var b [16]byte
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ':
		case c == ':':
			return string(b[:n])
		case n < len(b) && (lower(c) >= 'a' && lower(c) <= 'z' || n > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.')):
			b[n] = lower(c)
			n++
		default:
			return ""
		}
	}
	return ""
}
