package parse

import (
	"bytes"
	"encoding/base64"
	"html"
	"strings"
	"unicode/utf8"

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

// loose is a text whose type nobody states.
func loose(text string) construct { return construct{text, !looksHTML(text)} }

// or returns the construct, or another where it says nothing.
func (c construct) or(other construct) construct {
	if c.value != "" {
		return c
	}
	return other
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
	formOther // XML of some kind, or no text at all
)

// form reads a construct's type and, of Atom 0.3, its mode. Of a text in
// base64 it is the form after decoding.
func (d *document) form(n node) form {
	typ, inline := d.textType(n), false
	if !strings.EqualFold(d.attr(n.tag, "mode"), "escaped") {
		inline = d.hasElements(n.inner)
	}
	switch {
	case typ == "xhtml" || typ == "application/xhtml+xml":
		if inline {
			return formXHTML
		}
		return formHTML
	case typ == "html" || typ == "text/html":
		if inline && !d.escapes(n.inner) {
			return formXHTML
		}
		return formHTML
	case typ == "" && inline:
		return formXHTML
	case typ == "" && strings.EqualFold(d.attr(n.tag, "mode"), "escaped"):
		return formHTML
	case typ == "" || d.base64(n) && typ == "application/octet-stream":
		return formUnknown
	case typ == "text" || strings.HasPrefix(typ, "text/"):
		return formPlain
	}
	if !strings.Contains(typ, "/") {
		return formUnknown // no media type, so nobody knows
	}
	return formOther
}

// textType returns a construct's type without parameters, in lower case.
func (d *document) textType(n node) string {
	typ, _, _ := strings.Cut(strings.ToLower(d.attr(n.tag, "type")), ";")
	return strings.TrimSpace(typ)
}

// base64 reports whether a construct's text is in base64: in Atom 0.3 its mode
// says so, in Atom 1.0 every type does that is neither text nor XML (RFC 4287
// §4.1.3.3).
func (d *document) base64(n node) bool {
	if mode := d.attr(n.tag, "mode"); mode != "" {
		return strings.EqualFold(mode, "base64")
	}
	typ := d.textType(n)
	return strings.Contains(typ, "/") && !strings.HasPrefix(typ, "text/") &&
		!strings.HasSuffix(typ, "/xml") && !strings.HasSuffix(typ, "+xml")
}

// decode64 returns what a text in base64 says; nothing if it is none, or if
// what it holds is no text.
func (d *document) decode64(n node, limit int) string {
	raw := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, d.textOf(n, limit))
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(raw, "="))
	if err != nil || !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return ""
	}
	return strings.TrimSpace(markup.Chars(string(text)))
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

// escapes reports whether inline markup holds tags that are escaped: some
// programs put HTML as text into a div of XHTML.
func (d *document) escapes(in span) bool {
	raw := in.of(d.text)
	for {
		i := bytes.Index(raw, []byte("&lt;"))
		if i < 0 || i+5 > len(raw) {
			return false
		}
		if c := raw[i+4]; c == '/' || lower(c) >= 'a' && lower(c) <= 'z' {
			return true
		}
		raw = raw[i+4:]
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

// ours returns the text of a construct that no parser of XML reads as it is
// meant: inline XHTML as the HTML it means, and what is in base64.
func (d *document) ours(n node, limit int) (string, bool) {
	switch {
	case d.base64(n):
		return d.decode64(n, limit), true
	case d.form(n) == formXHTML:
		return d.xhtml(n.inner, limit), true
	}
	return "", false
}

// said reads a construct where nobody else does.
func (d *document) said(n node, limit int) construct {
	if d.form(n) == formOther {
		return construct{}
	}
	value, ok := d.ours(n, limit)
	if !ok {
		value = d.textOf(n, limit)
	}
	return construct{value, d.plain(n, value)}
}

// construct renders a text construct.
func (r *rendition) construct(n node, name string, limit int) {
	if r.doc.form(n) == formOther {
		return
	}
	text, ok := r.doc.ours(n, limit)
	if !ok {
		r.element(n, name, limit)
		return
	}
	r.open(name)
	r.buf = append(r.buf, "<![CDATA["...)
	r.buf = append(r.buf, strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>")...)
	r.buf = append(r.buf, "]]>"...)
	r.close(name)
}
