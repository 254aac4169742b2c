package parse

import (
	"bytes"
	"slices"

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
	return root, formatNone, notFeed(describeText(text))
}

// proven reports whether a tag that is called like the root of a feed also
// says what only such roots say, the version of RSS or a feed's namespace, or has
// a channel for its first child, and items behind it.
func proven(text []byte, t token, f format) bool {
	rest := text[t.hi:]
	if !slices.ContainsFunc(itemMarks, func(mark string) bool { return bytes.Contains(rest, []byte(mark)) }) {
		return false
	}
	if f == formatRSS {
		d := document{text: text}
		_, ok := d.rawAttr(t, "version")
		return ok || holds(rest, "<item", "<channel>")
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

// itemMarks are how items begin.
var itemMarks = []string{"<item", "<entry", ":entry", "<ITEM", "<ENTRY"}

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
// not be in a namespace that has nothing to do with Atom, unless what is in it
// is Atom all the same.
func rootFormat(text []byte, root token) format {
	prefix, local := split(root.name.of(text))
	switch {
	case fold(local, "rss"):
		return formatRSS
	case fold(local, "rdf"):
		return formatRDF
	case fold(local, "feed"):
		ns, ok := rootSpace(text, root, prefix)
		if !ok || ns.vocab == vocabAtom || ns.uri.lo == ns.uri.hi || bytes.Contains(bytes.ToLower(ns.uri.of(text)), []byte("atom")) {
			return formatAtom
		}
		if prefix == nil && holds(text[root.hi:], "</feed>", "<entry", "<id>", "<title", "<link") {
			return formatAtom
		}
	case fold(local, "channel"):
		return channelFormat(text, root, prefix)
	}
	return formatNone
}

// channelFormat tells the format of a document whose root is a channel: RSS
// 1.1, or RSS that lost its root. Other formats have such roots too.
func channelFormat(text []byte, root token, prefix []byte) format {
	switch ns, ok := rootSpace(text, root, prefix); {
	case ok && ns.vocab == vocabRSS:
		return formatRDF
	case prefix != nil:
	case holds(text[root.hi:], "</channel>", "<title>", "<link>", "<item>"), holds(text[root.hi:], "</channel>", "<title>", "<link>", "<item "):
		return formatRSS
	}
	return formatNone
}

// rootSpace is the declaration of a root's own namespace, if there is one. It
// is a copy, so that nothing is allocated for ordinary roots.
func rootSpace(text []byte, root token, prefix []byte) (declared, bool) {
	var room [16]declared
	if ns := scope(room[:0]).declare(text, root).find(text, prefix); ns != nil {
		return *ns, true
	}
	return declared{}, false
}

// holds reports whether all marks are near, in any case, in front of the end.
func holds(text []byte, end string, marks ...string) bool {
	const reach = 16 << 10
	text, _, _ = bytes.Cut(bytes.ToLower(text[:min(len(text), reach)]), []byte(end))
	for _, m := range marks {
		if !bytes.Contains(text, []byte(m)) {
			return false
		}
	}
	return true
}

// rooted reports whether the root is called so, which is in lower case.
func (d *document) rooted(word string) bool {
	_, local := split(d.root.name.of(d.text))
	return fold(local, word)
}

// lists reports whether an element right inside the root of RSS holds items: a
// channel or, where that is the root, RSS 1.1's list.
func (d *document) lists(local []byte) bool {
	return fold(local, "channel") || fold(local, "items") && d.rooted("channel")
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
			if bytes.Contains(ns.uri.of(d.text), []byte("netscape.com/rdf/")) {
				return "RSS 0.90"
			}
		}
		if d.rooted("channel") {
			return "RSS 1.1"
		}
		return "RSS 1.0"
	}
	for _, ns := range d.own {
		if bytes.Contains(ns.uri.of(d.text), []byte("purl.org/atom/ns")) {
			return "Atom 0.3"
		}
	}
	if version == "0.3" {
		return "Atom 0.3"
	}
	return "Atom 1.0"
}
