package rule

import (
	"html"
	"strings"

	"weir/feed"
)

// plainText returns the words of an entry's body on one line, or its summary
// when it has no body. Bodies are clean: no less-than or greater-than sign is
// in them but those of tags.
func plainText(e *feed.Entry) string {
	if e.HTML == "" {
		return e.Summary
	}
	var b strings.Builder
	b.Grow(len(e.HTML))
	for s := e.HTML; s != ""; {
		before, rest, _ := strings.Cut(s, "<")
		b.WriteString(before)
		tag, after, _ := strings.Cut(rest, ">")
		if !phrase(tag) {
			b.WriteByte(' ')
		}
		s = after
	}
	return strings.Join(strings.Fields(html.UnescapeString(b.String())), " ")
}

// phrase reports whether a tag stands inside words, so that the text before and
// after it may be one.
func phrase(tag string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(tag, "/"), " ")
	switch name {
	case "a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "strong",
		"sub", "sup", "time", "u", "var", "wbr":
		return true
	}
	return false
}
