package parse

import (
	"html"
	"net/url"
	"strings"

	"weir/feed/markup"
)

// bases are the addresses against which an item's relative ones are resolved
// (P94): declared is the chain of xml:base, which wins wherever there is one;
// location is where the document came from.
type bases struct {
	declared, link, channel, location *url.URL
}

// forLink is the base of an address of the item itself.
func (b bases) forLink() *url.URL { return first(b.declared, b.location, b.channel) }

// forHTML is the base of addresses inside the item's text (P95).
func (b bases) forHTML() *url.URL { return first(b.declared, b.link, b.channel, b.location) }

// under adds the xml:base of a start tag to the chain. It is itself relative
// to what is around it (RFC 3986 §5), with no slash invented (G10).
func (b bases) under(d *document, t token) bases {
	raw, ok := d.xmlAttr(t, "xml:base")
	if !ok || raw == "" || len(raw) > maxID {
		return b
	}
	u, err := url.Parse(raw)
	if err != nil {
		return b
	}
	if outer := first(b.declared, b.location); outer != nil {
		u = outer.ResolveReference(u)
	}
	if u.Host != "" {
		b.declared = u
	}
	return b
}

func first(urls ...*url.URL) *url.URL {
	for _, u := range urls {
		if u != nil {
			return u
		}
	}
	return nil
}

// absolute parses an address that was already made absolute; nil for none.
func absolute(s string) *url.URL {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// isWeb reports whether s is by itself an http or https address.
func isWeb(s string) bool {
	return hasFold(s, "http://") || hasFold(s, "https://")
}

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
