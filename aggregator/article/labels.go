package article

import (
	"strings"
)

// The labels that are no fields of the front matter.
const (
	labelHeading    = "heading"
	labelSubheading = "subheading"
	labelBody       = "body"
)

// labelKeys are the labels of plain text, folded, and the keys they stand
// for. They are fewer than the keys of front matter, because a paragraph may
// well begin with "Video:".
var labelKeys = map[string]string{
	"title": "title", "headline": "title",
	"summary": "summary", "abstract": "summary", "standfirst": "summary", "dek": "summary",
	"description": "summary", "excerpt": "summary",
	"slug": "slug", "id": "id",
	"heading": labelHeading, "subheading": labelSubheading, "sectionheading": labelSubheading,
	"body": labelBody, "content": labelBody, "text": labelBody, "article": labelBody,
	"author": "author", "authors": "author", "byline": "author", "by": "author", "writtenby": "author",
	"bio": "bio", "biography": "bio", "authorbio": "bio", "abouttheauthor": "bio", "aboutauthor": "bio",
	"date": "date", "published": "date", "pubdate": "date", "publicationdate": "date",
	"updated": "updated", "expires": "expires", "draft": "draft",
	"tags": "tags", "tag": "tags", "categories": "tags", "category": "tags", "keywords": "tags", "topics": "tags",
	"image": "image", "language": "language", "lang": "language",
}

// cutLabel splits "Label: value" at a known label.
func cutLabel(line string) (key, rest string, ok bool) {
	name, rest, found := strings.Cut(line, ":")
	if !found || len(name) > 24 {
		return "", "", false
	}
	key, ok = labelKeys[foldKey(name)]
	return key, strings.TrimSpace(rest), ok
}

// takeLabels takes the labelled values off the text. Labels count everywhere
// in a file that they lead, and else only in the blocks that end it: a
// paragraph in between may begin with one of these words and a colon.
func (t *layout) takeLabels() []field {
	r := &labelReader{layout: t, open: map[string]int{}}
	if len(t.blocks) == 0 {
		return nil
	}
	r.bare = labelKeys[foldKey(t.blocks[0].lines[0])] == "title"
	t.labelled = r.leads()
	from := 0
	if !t.labelled {
		for from = len(t.blocks); from > 1 && r.tail(from-1); from-- {
		}
	}
	blocks := t.blocks
	t.blocks = nil
	for i := range blocks {
		if i < from {
			t.blocks = append(t.blocks, blocks[i])
		} else {
			r.block(&blocks[i])
		}
	}
	return r.fields
}

// labelReader goes through the blocks of a labelled text.
type labelReader struct {
	*layout
	fields []field
	// open has the line on which each label stood first.
	open map[string]int
	// bare says that labels stand on lines of their own, without colons.
	bare bool
	// waiting is the label whose value has not come yet.
	waiting     string
	waitingLine int
}

// label splits a line at a label, with a colon or on a line of its own.
func (r *labelReader) label(line string) (key, rest string, ok bool) {
	if key, rest, ok = cutLabel(line); !ok && r.bare {
		key, ok = labelKeys[foldKey(line)]
	}
	return key, rest, ok
}

// leads reports whether labels lead the file: on its first line, or right
// below a title that has none.
func (r *labelReader) leads() bool {
	first := r.blocks[0].lines
	if _, _, ok := r.label(first[0]); ok {
		return true
	}
	second := ""
	if len(first) > 1 {
		second = first[1]
	} else if len(r.blocks) > 1 {
		second = r.blocks[1].lines[0]
	}
	_, _, ok := r.label(second)
	return ok
}

// tail reports whether a block at the end is labelled, or is the value of a
// label that stands alone above it.
func (r *labelReader) tail(i int) bool {
	_, _, ok := r.label(r.blocks[i].lines[0])
	if !ok && i > 1 && len(r.blocks[i-1].lines) == 1 {
		_, rest, above := r.label(r.blocks[i-1].lines[0])
		ok = above && rest == ""
	}
	return ok
}

// block takes the labelled lines off a block and keeps the others.
func (r *labelReader) block(b *block) {
	// Prose that no label introduces keeps lines that look like labels, but
	// for the line below an unlabelled title.
	inLabels := r.waiting != "" || len(r.blocks) == 0
	rest := block{line: b.line}
	flush := func() {
		if len(rest.lines) > 0 {
			r.blocks = append(r.blocks, rest)
		}
	}
	for i, line := range b.lines {
		no := b.line + i
		key, value, ok := r.label(line)
		switch {
		case ok && (i == 0 || inLabels):
			flush()
			rest = block{line: no + 1}
			r.begin(key, value, no, &rest)
			inLabels = true
		case r.waiting != "":
			r.take(r.waiting, line, no)
		case inLabels && len(rest.lines) == 0 && len(r.fields) > 0 && i > 0 && r.continues():
			r.extend(line)
		default:
			if inLabels && i > 0 {
				r.warnNearMiss(line, no)
			}
			if len(rest.lines) == 0 {
				rest.line = no
			}
			rest.lines = append(rest.lines, line)
		}
	}
	flush()
}

// begin opens a label.
func (r *labelReader) begin(key, value string, line int, rest *block) {
	r.waiting = ""
	switch {
	case key == labelBody:
		rest.body = true
		if value != "" {
			rest.line, rest.lines = line, []string{value}
		}
	case value == "":
		r.waiting, r.waitingLine = key, line
	default:
		r.take(key, value, line)
	}
}

// take accepts the value of a label.
func (r *labelReader) take(key, value string, line int) {
	r.waiting = ""
	switch key {
	case labelHeading, labelSubheading:
		level := 2
		if key == labelSubheading {
			level = 3
		}
		r.blocks = append(r.blocks, block{lines: []string{value}, line: line, level: level})
		return
	}
	if before, ok := r.open[key]; ok && key != "author" && key != "tags" {
		r.m.fail(line, "%s is there twice, first on line %d", key, before)
		return
	}
	if _, ok := r.open[key]; !ok {
		r.open[key] = line
	}
	r.fields = append(r.fields, textField(key, line, value))
}

// continues reports whether the label taken last may run over several lines.
func (r *labelReader) continues() bool {
	key := r.fields[len(r.fields)-1].key
	return key == "summary" || key == "bio"
}

// extend adds a line to the value taken last.
func (r *labelReader) extend(line string) { r.fields[len(r.fields)-1].value.text += " " + line }

// warnNearMiss points out a line among labels that is probably one misspelt.
func (r *labelReader) warnNearMiss(line string, no int) {
	name, _, ok := strings.Cut(line, ":")
	if miss := nearMiss(foldKey(name)); ok && miss != "" && len(strings.Fields(name)) < 3 {
		r.m.warn(no, "unknown label %q: did you mean %q?", name, miss)
	}
}
