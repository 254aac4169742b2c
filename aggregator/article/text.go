package article

import (
	"strings"

	"weir/feed"
)

// readText reads plain text as newsrooms export it. Labels are taken off
// first; what is left is told by its place: the title, the summary with the
// slug, the heading, the text with its section headings, the author with the
// biography.
func (m *manuscript) readText(source string, line int) {
	front, problem := splitMatter(source)
	if problem != nil {
		m.fail(line-1+problem.line, "%s", problem.text)
		return
	}
	front.line += line - 1
	m.apply(front.fields, true)
	t := &layout{m: m, blocks: splitBlocks(front.body, front.line)}
	m.apply(t.takeLabels(), false)
	t.takeTitle()
	t.takeAuthor()
	t.takeSummary()
	m.HTML = t.body()
}

// layout is a plain text that is being taken apart.
type layout struct {
	m      *manuscript
	blocks []block
	// labelled says that labels lead the file: no block is a summary by its
	// place then.
	labelled bool
	// heading stands above the text.
	heading string
}

// block is a run of lines without a blank one.
type block struct {
	lines []string
	// line is the first one's number.
	line int
	// level is 2 or 3 where a label calls the block a heading.
	level int
	// body says that a label calls the block the beginning of the text.
	body bool
}

// text is the block on one line.
func (b *block) text() string { return strings.Join(b.lines, " ") }

// plain reports whether a block is told by its place, not by a label.
func (b *block) plain() bool { return b.level == 0 && !b.body }

// splitBlocks cuts a text at blank lines and makes white space single.
func splitBlocks(text string, line int) []block {
	var blocks []block
	open := false
	for l := range strings.Lines(text) {
		l = strings.Join(strings.Fields(l), " ")
		switch {
		case l == "", open && isRule(l):
			// A rule below a line makes a heading of it.
			open = false
		case open:
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, l)
		default:
			blocks = append(blocks, block{lines: []string{l}, line: line})
			open = true
		}
		line++
	}
	return blocks
}

// drop removes a block.
func (t *layout) drop(i int) { t.blocks = append(t.blocks[:i:i], t.blocks[i+1:]...) }

// takeTitle takes the first line of the file, unless the title is known.
func (t *layout) takeTitle() {
	if t.m.Title != "" || len(t.blocks) == 0 || !t.blocks[0].plain() {
		return
	}
	first := &t.blocks[0]
	t.m.Title = plain(first.lines[0], feed.MaxTitle)
	first.line++
	if first.lines = first.lines[1:]; len(first.lines) == 0 {
		t.drop(0)
	}
}

// takeSummary takes slug and summary out of the block below the title, and
// then the heading.
func (t *layout) takeSummary() {
	if len(t.blocks) == 0 || !t.blocks[0].plain() {
		return
	}
	first := &t.blocks[0]
	marked := t.takeSlug(first)
	if !marked && len(t.blocks) > 1 && len(t.blocks[1].lines) == 1 && t.takeSlug(&t.blocks[1]) {
		marked = true
		t.drop(1)
	}
	switch {
	case len(first.lines) == 0:
		t.drop(0)
	case t.labelled || t.m.Summary != "":
	case marked || t.headingAt(1):
		t.m.Summary = plain(first.text(), maxSummary)
		t.drop(0)
	default:
		// Nothing tells a summary from a first paragraph here. It is both,
		// so that no reader misses it.
		t.m.Summary = plain(first.text(), maxSummary)
		return
	}
	if t.headingAt(0) {
		t.heading = t.blocks[0].text()
		t.drop(0)
	}
}

// takeSlug takes the line that is a slug out of a block.
func (t *layout) takeSlug(b *block) bool {
	for i, line := range b.lines {
		word := line
		if key, rest, ok := cutLabel(line); ok && key == "slug" {
			word = rest
		} else if !bareSlug(line) {
			continue
		}
		if t.m.slug == "" {
			t.m.setSlug(textField("slug", b.line+i, word))
		}
		b.lines = append(b.lines[:i:i], b.lines[i+1:]...)
		return true
	}
	return false
}

// bareSlug reports whether a line is words of a-z and 0-9 joined by hyphens.
func bareSlug(s string) bool {
	parts := strings.Split(s, "-")
	for _, p := range parts {
		if p == "" || strings.Trim(p, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return len(parts) > 1
}

// headingAt reports whether a block is the heading above the text: one line
// of at most 14 words that does not end like a sentence, with text below.
func (t *layout) headingAt(i int) bool {
	return i+1 < len(t.blocks) && t.blocks[i].plain() && isHeading(&t.blocks[i], 14)
}

// isHeading reports whether a block is one line of at most so many words that
// does not end like a sentence or a part of one.
func isHeading(b *block, words int) bool {
	if len(b.lines) != 1 || isRule(b.lines[0]) || itemOf(b.lines[0]) != 0 || strings.Contains(b.lines[0], "://") {
		return false
	}
	line := b.lines[0]
	for _, end := range [...]string{".", ",", ";", ":", "。", "，", "、", "；", "："} {
		if strings.HasSuffix(line, end) {
			return false
		}
	}
	return countWords(line) <= words
}

// countWords counts words; in scripts without spaces two characters are one.
func countWords(s string) int {
	dense := 0
	for _, r := range s {
		if r >= 0x2E80 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF {
			dense++
		}
	}
	return len(strings.Fields(s)) + dense/2
}
