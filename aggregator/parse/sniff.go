package parse

import (
	"bytes"
	"fmt"

	"weir/feed/markup"
)

// sniff finds the root element of a feed, or says what the text is instead.
// It looks at the text only: what HTTP calls it proves nothing (P93).
//
// A feed need not be the first thing in a text: programs print warnings before
// it, servers their headers. So what comes soon after the first element is
// looked at too; but it must begin with an XML declaration, or prove to be a
// feed. In a page only the former counts: a page may hold a feed or be about
// one, and is none.
func sniff(text []byte) (root token, f format, err error) {
	// Each proof that is tried looks through the whole text (XC24).
	const reach, most = 64 << 10, 8
	if len(bytes.TrimSpace(text)) == 0 {
		return root, formatNone, notFeed("empty")
	}
	var first token
	seen, declared, end, torn, tried := false, false, len(text), 0, 0
	for pos := 0; pos < end && torn <= maxTorn && tried < most; {
		t := next(text, pos, len(text))
		if pos = t.hi; t.lo >= end {
			break
		}
		switch t.kind {
		case kindStart, kindEmpty:
			f := rootFormat(text, t)
			if f != formatNone && (first.hi == 0 || declared || !isHTML(text[:t.lo]) && proven(text, t, f)) {
				return t, f, nil
			}
			if f != formatNone {
				tried++
			}
			if first.hi == 0 {
				first, end = t, min(len(text), t.hi+reach)
			}
			declared = false
		case kindOther:
			seen = true
			declared = declared || hasFold(string(text[t.lo:min(t.hi, t.lo+6)]), "<?xml ")
		case kindTorn:
			torn++
		case kindCut:
			pos = end
		}
	}
	switch {
	case first.hi > 0:
		return root, formatNone, notFeed(describe(text, first))
	case seen:
		return root, formatNone, notFeed("XML without an element")
	}
	return root, formatNone, notFeed("plain text or binary data")
}

// proven reports whether a tag that is called like the root of a feed also
// says what only such roots say, the version of RSS or a feed's namespace, and
// has items behind it.
func proven(text []byte, t token, f format) bool {
	rest := text[t.hi:]
	if !bytes.Contains(rest, []byte("<item")) && !bytes.Contains(rest, []byte("<entry")) && !bytes.Contains(rest, []byte(":entry")) {
		return false
	}
	if f == formatRSS {
		d := document{text: text}
		_, ok := d.rawAttr(t, "version")
		return ok
	}
	want := vocabAtom
	if f == formatRDF {
		want = vocabRSS
	}
	var room [8]declared
	for _, ns := range scope(room[:0]).declare(text, t) {
		if ns.vocab == want {
			return true
		}
	}
	return false
}

// junk reports whether something stands before a root that is no prologue.
func junk(text []byte) bool {
	for pos := 0; ; {
		t := next(text, pos, len(text))
		if len(bytes.TrimSpace(text[pos:t.lo])) > 0 {
			return true
		}
		switch t.kind {
		case kindCut:
			return false
		case kindOther:
			pos = t.hi
		default:
			return true
		}
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
