// Package markup turns HTML from outside into HTML that may be published, or
// into plain text.
package markup

import (
	"html"
	"net/url"
	"strings"

	nethtml "golang.org/x/net/html"

	"weir/feed"
)

// Policy is the version of the cleaning policy. Stored entries carry it.
const Policy = 1

// Clean returns the allowed part of an HTML fragment.
func Clean(source string, base *url.URL) string {
	return html.EscapeString(Text(source))
}

// Text returns the plain text of an HTML fragment.
func Text(source string) string {
	var b strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(source))
	for z.Next() != nethtml.ErrorToken {
		if t := z.Token(); t.Type == nethtml.TextToken {
			b.WriteString(t.Data)
		}
	}
	return Chars(strings.Join(strings.Fields(b.String()), " "))
}

// Title returns s as one plain line of at most feed.MaxTitle bytes.
func Title(s string) string {
	s = Text(s)
	return strings.ToValidUTF8(s[:min(len(s), feed.MaxTitle)], "")
}

// FirstSentence returns the first sentence of a text.
func FirstSentence(text string, max int) string {
	r := []rune(text)
	return string(r[:min(len(r), max)])
}

// URL returns the absolute http or https address that raw means.
func URL(raw string, base *url.URL) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.User = nil
	s := u.String()
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || len(s) > feed.MaxURL {
		return ""
	}
	return s
}
