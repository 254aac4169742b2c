package identity

import (
	"strings"
	"unicode/utf8"

	"weir/feed"
)

// absoluteIRI returns a raw id when it is an IRI that can name the story
// anywhere (RFC 3987): a URL with an authority, a urn: or a tag:. Other
// schemes, and file:, mean something only where they were written.
func absoluteIRI(id string) string {
	scheme, rest, found := strings.Cut(id, ":")
	if !found || len(id) > feed.MaxURL || rest == "" || !schemeName(scheme) || !iriChars(rest) {
		return ""
	}
	switch {
	case strings.EqualFold(scheme, "file"), strings.EqualFold(scheme, "data"):
		return ""
	case strings.EqualFold(scheme, "urn"):
		if nid, nss, _ := strings.Cut(rest, ":"); nid == "" || nss == "" { // RFC 8141 §2
			return ""
		}
	case strings.EqualFold(scheme, "tag"):
		if entity, specific, _ := strings.Cut(rest, ":"); !strings.Contains(entity, ",") || specific == "" { // RFC 4151 §2.1
			return ""
		}
	default:
		authority, ok := strings.CutPrefix(rest, "//")
		if !ok || authority == "" || strings.IndexByte("/?#:", authority[0]) >= 0 {
			return ""
		}
	}
	return id
}

func schemeName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

// iriChars reports whether s is free of what no IRI holds.
func iriChars(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return false
		}
	}
	return utf8.ValidString(s)
}
