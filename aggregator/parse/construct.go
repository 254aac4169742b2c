package parse

import (
	"html"
	"strings"

	"weir/feed/markup"
)

// paragraphs turns plain text into HTML: blank lines part paragraphs, other
// line ends are kept.
func paragraphs(text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" {
		return ""
	}
	var b strings.Builder
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>")
			b.WriteString(strings.ReplaceAll(html.EscapeString(p), "\n", "<br>\n"))
			b.WriteString("</p>\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// construct is a text with the type that says how to read it (RFC 4287 §3.1).
type construct struct {
	value string
	plain bool
}

// html returns the construct as HTML that was not cleaned yet.
func (c construct) html() string {
	if c.plain {
		return paragraphs(c.value)
	}
	return c.value
}

// line returns the construct as one line of text. What is plain keeps the
// characters that would be markup elsewhere (G13, I25).
func (c construct) line() string {
	if c.plain && strings.ContainsAny(c.value, "<&") {
		return markup.Title(html.EscapeString(c.value))
	}
	return markup.Title(c.value)
}

// text returns the construct as plain text.
func (c construct) text() string {
	if c.plain {
		return markup.Chars(strings.TrimSpace(c.value))
	}
	return markup.Text(c.value)
}

// looksHTML reports whether a text that is called plain, or nothing, is HTML
// all the same: it closes a tag, breaks a line or spells an entity.
func looksHTML(s string) bool {
	for _, mark := range [...]string{"</", "/>", "<br", "<p>", "<img "} {
		if strings.Contains(s, mark) {
			return true
		}
	}
	i := strings.IndexByte(s, '&')
	return i >= 0 && html.UnescapeString(s[i:]) != s[i:]
}

// form says how the text of a construct is written.
type form uint8

const (
	formUnknown form = iota // no type: plain, unless it looks otherwise
	formPlain
	formHTML
	formXHTML
	formOther // XML of some kind, or base64: no text for people
)

// form reads a construct's type and, of Atom 0.3, its mode.
func (d *document) form(n node) form {
	typ, mode := strings.ToLower(d.attr(n.tag, "type")), strings.ToLower(d.attr(n.tag, "mode"))
	typ, _, _ = strings.Cut(typ, ";")
	inline := mode != "escaped" && d.hasElements(n.inner)
	switch {
	case mode == "base64":
		return formOther
	case typ == "xhtml" || typ == "application/xhtml+xml" || inline && (typ == "html" || typ == "text/html" || typ == ""):
		if !inline {
			return formHTML
		}
		return formXHTML
	case typ == "html" || typ == "text/html":
		return formHTML
	case typ == "" && mode == "escaped":
		return formHTML
	case typ == "":
		return formUnknown
	case typ == "text" || strings.HasPrefix(typ, "text/"):
		return formPlain
	}
	return formOther
}

func (d *document) hasElements(in span) bool {
	for pos := in.lo; ; {
		t := next(d.text, pos, in.hi)
		switch t.kind {
		case kindCut:
			return false
		case kindStart, kindEmpty:
			return true
		}
		pos = t.hi
	}
}

// plain reports whether a construct's text is plain.
func (d *document) plain(n node, value string) bool {
	switch d.form(n) {
	case formPlain:
		return true
	case formUnknown:
		return !looksHTML(value)
	}
	return false
}

// construct renders a text construct: inline XHTML as the HTML it means, all
// else as it is.
func (r *rendition) construct(n node, name string, limit int) {
	switch r.doc.form(n) {
	case formOther:
	case formXHTML:
		r.open(name)
		r.buf = append(r.buf, "<![CDATA["...)
		r.buf = append(r.buf, strings.ReplaceAll(r.doc.xhtml(n.inner, limit), "]]>", "]]&gt;")...)
		r.buf = append(r.buf, "]]>"...)
		r.close(name)
	default:
		r.element(n, name, limit)
	}
}
