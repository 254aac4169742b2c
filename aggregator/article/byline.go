package article

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"weir/feed"
)

// takeAuthor takes the author and the biography off the end of a text: a line
// that is a name, and at most one block below it. A name alone proves nothing;
// it counts when it stands there twice, when the biography holds it, or when
// the link to the full biography follows.
func (t *layout) takeAuthor() {
	dropped := t.dropBioLink()
	if len(t.m.Authors) > 0 {
		return
	}
	t.splitDoubled()
	last := len(t.blocks) - 1
	if name, doubled := t.nameAt(last - 1); name != "" {
		bio := t.blocks[last].text()
		if _, twice := t.nameAt(last); !twice && t.blocks[last].plain() && (doubled || dropped || holdsName(bio, name)) {
			t.setAuthor(name, bio, last-1)
			return
		}
	}
	if name, doubled := t.nameAt(last); name != "" && (doubled || dropped) {
		t.setAuthor(name, "", last)
	}
}

// dropBioLink drops the link to the full biography, which leads nowhere in a
// text export.
func (t *layout) dropBioLink() bool {
	last := len(t.blocks) - 1
	if last < 1 {
		return false
	}
	b := &t.blocks[last]
	for i, line := range b.lines {
		lower := strings.ToLower(line)
		if (i == 0 || i == len(b.lines)-1) && (strings.HasPrefix(lower, "read full bio") || strings.HasPrefix(lower, "view profile")) {
			if b.lines = b.lines[:i]; i == 0 {
				t.drop(last)
			}
			return true
		}
	}
	return false
}

// splitDoubled separates a doubled name from a biography that follows it
// without a blank line.
func (t *layout) splitDoubled() {
	last := len(t.blocks) - 1
	if last < 0 {
		return
	}
	if b := t.blocks[last]; len(b.lines) > 2 && b.lines[0] == b.lines[1] {
		t.blocks[last].lines = b.lines[:2]
		t.blocks = append(t.blocks, block{lines: b.lines[2:], line: b.line + 2})
	}
}

// nameAt is the name that a block is, and whether it stands there twice. The
// first block of a text is never one: something must have been written.
func (t *layout) nameAt(i int) (name string, doubled bool) {
	if i < 1 || !t.blocks[i].plain() {
		return "", false
	}
	lines := t.blocks[i].lines
	if len(lines) > 2 || len(lines) == 2 && lines[0] != lines[1] {
		return "", false
	}
	name = personOf(lines[0]).Name
	if !isName(name) {
		return "", false
	}
	above := t.blocks[i-1].lines
	return name, len(lines) == 2 || len(above) == 1 && above[0] == lines[0]
}

// isName reports whether a line can be a person's name: at most five words
// without digits.
func isName(s string) bool {
	words := strings.Fields(s)
	return len(words) > 0 && len(words) <= 5 && strings.ContainsFunc(s, unicode.IsLetter) &&
		!strings.ContainsFunc(s, unicode.IsDigit) && !strings.ContainsAny(s, `?!:;"“”`)
}

// holdsName reports whether a biography holds the name as words of its own.
func holdsName(bio, name string) bool {
	for {
		before, after, ok := strings.Cut(bio, name)
		if !ok {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if !unicode.IsLetter(last) && !unicode.IsLetter(next) {
			return true
		}
		bio = after
	}
}

// setAuthor takes over the author whose name is in block i and ends the text
// above it.
func (t *layout) setAuthor(name, bio string, i int) {
	if above := t.blocks[i-1].lines; i > 1 && len(above) == 1 && personOf(above[0]).Name == name {
		i--
	}
	t.m.Authors = append(t.m.Authors, feed.Person{Name: clip(name, maxTerm), Bio: plain(bio, maxSummary)})
	t.blocks = t.blocks[:i]
}
