package parse

import (
	"bytes"
	"strings"
)

// vocab is a vocabulary of elements that Weir knows; other namespaces are
// vocabOther, and what belongs to the feed's own format is vocabNative.
type vocab uint8

const (
	vocabOther vocab = iota
	vocabNative
	vocabAtom
	vocabRSS
	vocabRDF
	vocabContent
	vocabDC
	vocabDCTerms
	vocabMedia
	vocabITunes
	vocabPodcast
	vocabThreading
	vocabSyndication
	vocabFeedBurner
	vocabXHTML
	vocabSlash
	vocabWFW
	vocabGeoRSS
	vocabCC
)

// vocabulary is one namespace: its URI as Weir writes it, the prefix that
// stands for it where a feed forgot to declare it, and what it is known as.
type vocabulary struct {
	id          vocab
	uri, prefix string
}

// vocabularies lists the known namespaces, the customary spelling of each
// first. Spellings are compared by nearly, so that a missing slash, https or
// another case is no other namespace (M6).
var vocabularies = [...]vocabulary{
	{vocabAtom, "http://www.w3.org/2005/Atom", "atom"},
	{vocabAtom, "http://purl.org/atom/ns#", ""},
	{vocabAtom, "http://purl.org/atom/ns", ""},
	{vocabRSS, "http://purl.org/rss/1.0/", "rss"},
	{vocabRSS, "http://channel.netscape.com/rdf/simple/0.9/", ""},
	{vocabRSS, "http://my.netscape.com/rdf/simple/0.9/", ""},
	{vocabRSS, "http://my.netscape.com/publish/formats/rss-0.91.dtd", ""},
	{vocabRSS, "http://backend.userland.com/rss2", ""},
	{vocabRSS, "http://blogs.law.harvard.edu/tech/rss", ""},
	{vocabRSS, "http://cyber.law.harvard.edu/rss/rss.html", ""},
	{vocabRDF, "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"},
	{vocabContent, "http://purl.org/rss/1.0/modules/content/", "content"},
	{vocabDC, "http://purl.org/dc/elements/1.1/", "dc"},
	{vocabDC, "http://purl.org/dc/elements/1.0/", ""},
	{vocabDCTerms, "http://purl.org/dc/terms/", "dcterms"},
	{vocabMedia, "http://search.yahoo.com/mrss/", "media"},
	{vocabITunes, "http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"},
	{vocabITunes, "http://example.com/DTDs/PodCast-1.0.dtd", ""},
	{vocabPodcast, "https://podcastindex.org/namespace/1.0", "podcast"},
	{vocabPodcast, "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", ""},
	{vocabThreading, "http://purl.org/syndication/thread/1.0", "thr"},
	{vocabSyndication, "http://purl.org/rss/1.0/modules/syndication/", "sy"},
	{vocabFeedBurner, "http://rssnamespace.org/feedburner/ext/1.0", "feedburner"},
	{vocabXHTML, "http://www.w3.org/1999/xhtml", "xhtml"},
	{vocabSlash, "http://purl.org/rss/1.0/modules/slash/", "slash"},
	{vocabWFW, "http://wellformedweb.org/CommentAPI/", "wfw"},
	{vocabGeoRSS, "http://www.georss.org/georss", "georss"},
	{vocabCC, "http://backend.userland.com/creativeCommonsRssModule", "creativeCommons"},
	{vocabCC, "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html", ""},
}

// xmlSpace is the namespace of the prefix xml, which is never declared.
const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// identify finds a namespace URI among the known ones.
func identify(uri []byte) vocab {
	for i := range vocabularies {
		if nearly(uri, vocabularies[i].uri) {
			return vocabularies[i].id
		}
	}
	return vocabOther
}

// undeclared finds a namespace by a prefix that the feed did not declare.
func undeclared(prefix []byte) vocab {
	for i := range vocabularies {
		if p := vocabularies[i].prefix; p != "" && string(prefix) == p {
			return vocabularies[i].id
		}
	}
	return vocabOther
}

// customary returns the URI that Weir writes for a known namespace.
func customary(id vocab) string {
	for i := range vocabularies {
		if vocabularies[i].id == id {
			return vocabularies[i].uri
		}
	}
	return ""
}

// nearly compares namespace URIs without scheme, case and closing slash.
func nearly(uri []byte, known string) bool {
	if i := bytes.Index(uri, []byte("://")); i >= 0 {
		uri = uri[i+3:]
	}
	if i := strings.Index(known, "://"); i >= 0 {
		known = known[i+3:]
	}
	uri, known = bytes.TrimSuffix(uri, []byte("/")), strings.TrimSuffix(known, "/")
	if len(uri) != len(known) {
		return false
	}
	for i := range len(known) {
		if lower(uri[i]) != lower(known[i]) {
			return false
		}
	}
	return true
}

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
