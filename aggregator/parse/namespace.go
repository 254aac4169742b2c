package parse

import "bytes"

// xmlSpace is the namespace of the prefix xml, which is never declared.
const xmlSpace = "http://www.w3.org/XML/1998/namespace"

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	return c
}

// declared is one namespace declaration in scope.
type declared struct {
	prefix span
	vocab  vocab
	// uri bounds the value as sent.
	uri span
}

// scope holds the declarations in force, innermost last.
type scope []declared

// declare appends the declarations of a start tag.
func (s scope) declare(text []byte, t token) scope {
	if !t.special {
		return s
	}
	for pos := t.attrs.lo; ; {
		name, value, end, ok := nextAttr(text, pos, t.attrs.hi)
		if !ok {
			return s
		}
		pos = end
		n := name.of(text)
		if !bytes.HasPrefix(n, []byte("xmlns")) {
			continue
		}
		d := declared{uri: trim(text, value)}
		switch {
		case len(n) == 5:
		case n[5] == ':':
			d.prefix = span{name.lo + 6, name.hi}
		default:
			continue
		}
		d.vocab = identify(d.uri.of(text))
		s = append(s, d)
	}
}

// find returns the declaration of a prefix, nil when there is none.
func (s scope) find(text, prefix []byte) *declared {
	for i := len(s) - 1; i >= 0; i-- {
		if bytes.Equal(s[i].prefix.of(text), prefix) {
			return &s[i]
		}
	}
	return nil
}

// resolve names the vocabulary of an element of a feed. In scope its own
// declarations begin at own.
//
// What has no prefix belongs to the format, whatever the default namespace is
// called, unless the element itself declares a foreign one: feeds stamp odd
// namespaces on their roots and mean nothing by it.
func (d *document) resolve(t token, in scope, own int) vocab {
	prefix, _ := split(t.name.of(d.text))
	if prefix != nil && d.alias.hi > 0 && bytes.Equal(prefix, d.alias.of(d.text)) {
		return vocabNative
	}
	ns := in.find(d.text, prefix)
	switch {
	case prefix == nil && (ns == nil || ns.uri.lo == ns.uri.hi):
		return vocabNative
	case prefix == nil && !d.strictDefault() && in[own:].find(d.text, nil) == nil:
		return vocabNative
	case ns != nil:
		return d.home(ns)
	}
	id := undeclared(prefix)
	if d.native(id) {
		return vocabNative
	}
	return id
}

// structural reports whether an element called channel, item or entry is one:
// a foreign default namespace on it is not believed.
func (d *document) structural(t token, in scope) bool {
	prefix, _ := split(t.name.of(d.text))
	return prefix == nil && !d.strictDefault() || d.resolve(t, in, len(in)) == vocabNative
}

// strictDefault reports whether the default namespace decides: in an Atom
// feed whose own elements have a prefix, the others are something else.
func (d *document) strictDefault() bool { return d.prefixed && d.format == formatAtom }

// declares reports whether root or channel declare a namespace.
func (d *document) declares(id vocab) bool {
	for i := range d.own {
		if d.own[i].vocab == id {
			return true
		}
	}
	return false
}

// home turns the vocabulary of a declaration into vocabNative when it is the
// format's own.
func (d *document) home(ns *declared) vocab {
	if d.native(ns.vocab) {
		return vocabNative
	}
	if root := d.own.find(d.text, nil); root != nil && ns.vocab == vocabOther &&
		bytes.Equal(root.uri.of(d.text), ns.uri.of(d.text)) {
		return vocabNative
	}
	return ns.vocab
}

func (d *document) native(id vocab) bool {
	if d.format == formatAtom {
		return id == vocabAtom
	}
	return id == vocabRSS || id == vocabRDF
}

// misspelt reports whether a declaration of the root or the channel had to be
// read kindly: one that no element of the format is in, were it taken at its
// word.
func (d *document) misspelt(ns *declared) bool {
	uri := string(ns.uri.of(d.text))
	switch {
	case uri == "":
		return false
	case !d.native(ns.vocab):
		return ns.prefix.lo == ns.prefix.hi && !d.strictDefault() && (d.format == formatAtom || ns.vocab != vocabOther)
	case ns.vocab == vocabAtom:
		return uri != customary(vocabAtom) && uri != "http://purl.org/atom/ns#"
	case ns.vocab == vocabRDF:
		return uri != customary(vocabRDF)
	}
	var room [maxSpelling]byte
	return string(bareSpace(room[:0], []byte(uri))) == "purl.org/rss/1.0" && uri != customary(vocabRSS)
}
