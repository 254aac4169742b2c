package parse

import (
	"bytes"
	"fmt"

	"weir/feed/markup"
)

// sniff finds the root element of a feed, or says what the text is instead.
// It looks at the text only: what HTTP calls it proves nothing (P93).
func sniff(text []byte) (root token, f format, err error) {
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) == 0 {
		return root, formatNone, notFeed("empty")
	}
	for pos := 0; ; {
		root, seen := firstTag(text, pos)
		if root.kind == kindCut {
			if seen {
				return root, formatNone, notFeed("XML without an element")
			}
			return root, formatNone, notFeed("plain text or binary data")
		}
		if f := rootFormat(text, root); f != formatNone {
			return root, f, nil
		}
		// What a broken program wrote before the feed ends where the feed's
		// declaration begins.
		const reach = 64 << 10
		rest := text[root.hi:min(len(text), root.hi+reach)]
		i := bytes.Index(rest, []byte("<?xml "))
		if i < 0 {
			return root, formatNone, notFeed(describe(text, root))
		}
		pos = root.hi + i
	}
}

// firstTag returns the first start tag; seen says that there was other markup.
func firstTag(text []byte, pos int) (t token, seen bool) {
	for {
		t = next(text, pos, len(text))
		switch t.kind {
		case kindCut, kindStart, kindEmpty:
			return t, seen || t.lo < len(text)
		case kindOther:
			seen = true
		}
		pos = t.hi
	}
}

// rootFormat tells the format by the root's name. Atom's, a common word, must
// not be in a namespace that has nothing to do with Atom.
func rootFormat(text []byte, root token) format {
	_, local := split(root.name.of(text))
	switch {
	case fold(local, "rss"):
		return formatRSS
	case fold(local, "rdf"):
		return formatRDF
	case fold(local, "feed"):
		prefix, _ := split(root.name.of(text))
		var room [8]declared
		ns := scope(room[:0]).declare(text, root).find(text, prefix)
		if ns == nil || ns.vocab == vocabAtom || ns.uri.lo == ns.uri.hi || bytes.Contains(bytes.ToLower(ns.uri.of(text)), []byte("atom")) {
			return formatAtom
		}
	}
	return formatNone
}

// describe says what a document with another root is.
func describe(text []byte, root token) string {
	_, local := split(root.name.of(text))
	switch {
	case fold(local, "html"), fold(local, "head"), fold(local, "body"), isHTML(text):
		return "an HTML page"
	case fold(local, "opml"):
		return "an OPML list of feeds"
	}
	return fmt.Sprintf("an XML document whose root is %q", clip(markup.Chars(string(local)), 40))
}

func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 1024)])
	return bytes.Contains(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html"))
}

// formatName names the format and its version for people.
func (d *document) formatName() string {
	version := clip(markup.Title(d.attr(d.root, "version")), 16)
	switch d.format {
	case formatRSS:
		if version == "" {
			version = "2.0"
		}
		return "RSS " + version
	case formatRDF:
		for _, ns := range d.own {
			if bytes.Contains(ns.uri.of(d.text), []byte("netscape")) {
				return "RSS 0.90"
			}
		}
		return "RSS 1.0"
	}
	for _, ns := range d.own {
		if bytes.Contains(ns.uri.of(d.text), []byte("purl.org/atom")) {
			return "Atom 0.3"
		}
	}
	if version == "0.3" {
		return "Atom 0.3"
	}
	return "Atom 1.0"
}
