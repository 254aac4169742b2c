package identity

import (
	"html"
	"strings"
	"unicode/utf8"
)

// visitor receives the parts of a body in order.
type visitor interface {
	// text is a run of text without references.
	text(s string)
	// tag is a start or end tag.
	tag(t tag)
}

// tag is a tag as it stands in a body.
type tag struct {
	name  string
	end   bool
	attrs string
}

// walk shows v the parts of an HTML body in one pass. Bodies are clean when
// they come here; whatever else comes is walked without error and in linear
// time. Comments and the content of script and style are left out.
func walk(s string, v visitor) {
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			walkText(s, v)
			return
		}
		if i > 0 {
			walkText(s[:i], v)
			s = s[i:]
		}
		s = walkTag(s, v)
	}
}

// walkTag reads what begins with the < that s begins with, and returns the
// rest.
func walkTag(s string, v visitor) string {
	if strings.HasPrefix(s, "<!--") {
		_, rest, _ := strings.Cut(s[4:], "-->")
		return rest
	}
	t := tag{}
	at := 1
	if at < len(s) && s[at] == '/' {
		t.end = true
		at++
	}
	if at == len(s) || s[at]|0x20 < 'a' || s[at]|0x20 > 'z' {
		if at < len(s) && (t.end || s[at] == '!' || s[at] == '?') {
			_, rest, _ := strings.Cut(s, ">")
			return rest
		}
		v.text(s[:1])
		return s[1:]
	}
	start := at
	for at < len(s) && s[at] > ' ' && s[at] != '>' && s[at] != '/' {
		at++
	}
	t.name = strings.ToLower(s[start:at])
	end := tagEnd(s, at)
	if end < 0 {
		return ""
	}
	t.attrs = s[at:end]
	v.tag(t)
	s = s[end+1:]
	if !t.end && (t.name == "script" || t.name == "style") {
		if i := strings.Index(s, "</"+t.name); i >= 0 {
			return s[i:]
		}
		return ""
	}
	return s
}

// tagEnd returns the index of the > that ends the tag, minding quotes; -1 when
// there is none.
func tagEnd(s string, at int) int {
	end := -1
	for at < len(s) {
		if end < at {
			i := strings.IndexByte(s[at:], '>')
			if i < 0 {
				return -1
			}
			end = at + i
		}
		before := s[at:end]
		if i := strings.IndexByte(before, '"'); i >= 0 {
			before = before[:i+1]
		}
		if i := strings.IndexByte(before, '\''); i >= 0 {
			before = before[:i+1]
		}
		if len(before) == end-at && (before == "" || before[len(before)-1] != '"' && before[len(before)-1] != '\'') {
			return end
		}
		open := at + len(before) - 1
		i := strings.IndexByte(s[open+1:], s[open])
		if i < 0 {
			return -1
		}
		at = open + i + 2
	}
	return -1
}

// walkText shows v a run of text with its references decoded.
func walkText(s string, v visitor) {
	for s != "" {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			v.text(s)
			return
		}
		if i > 0 {
			v.text(s[:i])
		}
		decoded, n := reference(s[i:])
		v.text(decoded)
		s = s[i+n:]
	}
}

// reference decodes the reference that s begins with and returns how long it
// is; an ampersand that begins none stands for itself.
func reference(s string) (decoded string, n int) {
	const longest = 32 // the longest name that HTML knows
	end := strings.IndexByte(s[:min(len(s), longest+2)], ';')
	if end < 2 {
		return "&", 1
	}
	switch s[1:end] {
	case "amp", "#38":
		return "&", end + 1
	case "lt":
		return "<", end + 1
	case "gt":
		return ">", end + 1
	case "quot", "#34":
		return `"`, end + 1
	case "apos", "#39", "rsquo", "#8217", "lsquo", "#8216":
		return "'", end + 1
	case "nbsp", "#160":
		return " ", end + 1
	}
	if decoded = html.UnescapeString(s[:end+1]); decoded == s[:end+1] || !utf8.ValidString(decoded) {
		return "&", 1
	}
	return decoded, end + 1
}

// inline reports whether a tag stands inside words and lines, so that text
// before and after it may be one word.
func inline(name string) bool {
	switch name {
	case "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
		"mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	}
	return false
}

// attribute returns the raw value of a quoted attribute of a tag.
func (t tag) attribute(name string) string {
	for s := t.attrs; ; {
		i := strings.Index(s, name+`="`)
		if i < 0 {
			return ""
		}
		value := s[i+len(name)+2:]
		if i > 0 && (s[i-1] == ' ' || s[i-1] == '\n' || s[i-1] == '\t') {
			value, _, _ = strings.Cut(value, `"`)
			return value
		}
		s = value
	}
}
