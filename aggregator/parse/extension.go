package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// extensions collects the elements in namespaces that Weir does not model as
// trees with namespace URIs, which gofeed loses (G25, G26). They are taken in
// document order while they fit into what an item may carry (M7); one that
// does not fit is left out whole.
func (d *document) extensions(nodes []node, in scope) []feed.Extension {
	var list []feed.Extension
	room := maxExtension
	for _, n := range nodes {
		size := n.inner.hi - n.tag.lo
		if n.vocab == vocabNative || modelled(n.vocab, n.word) || size > room {
			continue
		}
		o := d.walk(span{n.tag.lo, n.inner.hi}, in)
		if ext, ok := d.extension(&o, 0); ok {
			room -= size
			list = append(list, ext)
		}
	}
	return list
}

// modelled reports whether an element is kept as a field of the item, so that
// it is no extension.
func modelled(v vocab, name string) bool {
	switch v {
	case vocabAtom, vocabXHTML, vocabRSS, vocabRDF:
		return true
	case vocabContent:
		return name == "encoded"
	case vocabFeedBurner:
		return name == "origlink"
	case vocabDC:
		switch name {
		case "creator", "date", "subject", "title", "description", "identifier", "rights", "language", "contributor":
			return true
		}
	case vocabDCTerms:
		switch name {
		case "created", "issued", "modified":
			return true
		}
	}
	return false
}

// extension reads the next element of an outline with all that is in it.
func (d *document) extension(o *outline, depth int) (feed.Extension, bool) {
	n, ok := o.next()
	if !ok || depth > maxTree {
		return feed.Extension{}, false
	}
	ext := feed.Extension{Space: d.spaceOf(n.tag.name, o.in), Name: markup.Chars(string(n.local.of(d.text)))}
	if ext.Space == "" && depth == 0 || ext.Name == "" {
		return feed.Extension{}, false
	}
	ext.Attrs = d.extensionAttrs(n.tag, o.in)
	inner := d.walk(n.inner, o.in)
	for {
		rest := inner.pos
		child, ok := d.extension(&inner, depth+1)
		if ok {
			ext.Children = append(ext.Children, child)
		} else if inner.pos == rest {
			break
		}
	}
	if len(ext.Children) == 0 {
		ext.Text = markup.Chars(d.textOf(n, maxExtension))
	}
	return ext, true
}

// spaceOf returns the URI of a name's namespace, in Weir's spelling where it
// knows the namespace; empty for a prefix that nobody declared or knows.
func (d *document) spaceOf(name span, in scope) string {
	prefix, _ := split(name.of(d.text))
	ns := in.find(d.text, prefix)
	switch {
	case ns == nil && prefix == nil:
		return ""
	case ns == nil:
		return customary(undeclared(prefix))
	case ns.vocab != vocabOther:
		return customary(ns.vocab)
	default:
		return markup.Chars(strings.TrimSpace(unescape(ns.uri.of(d.text))))
	}
}

func (d *document) extensionAttrs(t token, in scope) []feed.Attr {
	var attrs []feed.Attr
	for pos := t.attrs.lo; ; {
		name, value, end, ok := nextAttr(d.text, pos, t.attrs.hi)
		if !ok {
			return attrs
		}
		pos = end
		prefix, local := split(name.of(d.text))
		a := feed.Attr{Name: markup.Chars(string(local)), Value: markup.Chars(unescape(value.of(d.text)))}
		switch string(prefix) {
		case "xmlns":
			continue
		case "xml":
			a.Space = xmlSpace
		case "":
			if string(local) == "xmlns" {
				continue
			}
		default:
			if a.Space = d.spaceOf(name, in); a.Space == "" {
				continue
			}
		}
		if a.Name != "" {
			attrs = append(attrs, a)
		}
	}
}
