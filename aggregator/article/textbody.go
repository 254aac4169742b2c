package article

import (
	"fmt"
	"html"
	"strings"

	"weir/feed"
)

// body writes the text as HTML.
func (t *layout) body() string {
	var w strings.Builder
	if t.heading != "" {
		t.writeHeading(&w, 2, t.heading)
	}
	for i := range t.blocks {
		b := &t.blocks[i]
		switch {
		case len(b.lines) == 1 && isRule(b.lines[0]):
			w.WriteString("<hr>\n")
		case b.level > 0:
			t.writeHeading(&w, b.level, b.text())
		case t.sectionAt(i):
			t.writeHeading(&w, 3, b.text())
		case isList(b):
			writeList(&w, b)
		default:
			fmt.Fprintf(&w, "<p>%s</p>\n", inline(b.text()))
		}
	}
	return strings.TrimSpace(w.String())
}

// writeHeading writes a heading, unless it says again at the top what the
// title says.
func (t *layout) writeHeading(w *strings.Builder, level int, text string) {
	if w.Len() == 0 && feed.Fold(text) == feed.Fold(t.m.Title) {
		return
	}
	fmt.Fprintf(w, "<h%d>%s</h%[1]d>\n", level, inline(text))
}

// sectionAt reports whether a block is a section heading: one line of at most
// 12 words that does not end like a sentence, before a longer block.
func (t *layout) sectionAt(i int) bool {
	return i+1 < len(t.blocks) && t.blocks[i+1].level == 0 && isHeading(&t.blocks[i], 12) &&
		len(t.blocks[i+1].text()) > len(t.blocks[i].text())
}

// inline escapes text and links the addresses in it.
func inline(s string) string {
	if !strings.Contains(s, "://") {
		return html.EscapeString(s)
	}
	words := strings.Split(s, " ")
	for i, w := range words {
		words[i] = linked(w)
	}
	return strings.Join(words, " ")
}

// linked makes a link of a word that is an address; brackets and full stops
// around it are not part of it.
func linked(word string) string {
	start := max(strings.Index(word, "https://"), strings.Index(word, "http://"))
	if start < 0 || strings.Trim(word[:start], "([<\"'“‘") != "" {
		return html.EscapeString(word)
	}
	address := strings.TrimRight(word[start:], ".,;:!?)]>\"'”’")
	after := word[start+len(address):]
	escaped := html.EscapeString(address)
	return html.EscapeString(word[:start]) + `<a href="` + escaped + `">` + escaped + "</a>" + html.EscapeString(after)
}

// itemOf is the length of the mark that makes a line an item of a list, or 0.
func itemOf(line string) int {
	for _, mark := range [...]string{"- ", "* ", "• "} {
		if strings.HasPrefix(line, mark) {
			return len(mark)
		}
	}
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	if rest := line[digits:]; digits > 0 && digits < 4 && (strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") ")) {
		return digits + 2
	}
	return 0
}

// isList reports whether a block is a list: its first line is an item. A
// single numbered line is a sentence that begins with a number.
func isList(b *block) bool {
	if itemOf(b.lines[0]) == 0 {
		return false
	}
	return len(b.lines) > 1 || b.lines[0][0] < '0' || b.lines[0][0] > '9'
}

// writeList writes a list; lines that are no items continue the one above.
func writeList(w *strings.Builder, b *block) {
	tag := "ul"
	if c := b.lines[0][0]; c >= '0' && c <= '9' {
		tag = "ol"
	}
	var items []string
	for _, line := range b.lines {
		if n := itemOf(line); n > 0 {
			items = append(items, line[n:])
		} else {
			items[len(items)-1] += " " + line
		}
	}
	fmt.Fprintf(w, "<%s>\n", tag)
	for _, item := range items {
		fmt.Fprintf(w, "<li>%s</li>\n", inline(item))
	}
	fmt.Fprintf(w, "</%s>\n", tag)
}
