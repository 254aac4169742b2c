package article

import "strings"

// maxPieces is how many articles one text file holds (XJ03).
const maxPieces = 1000

// piece is one article's part of a text file, and its first line in it.
type piece struct {
	text string
	line int
}

// splitPieces cuts a text file that holds several articles: at form feeds, at
// a second label for a title, and at a line of --- or === below which another
// article begins. A rule within an article is none of these.
func splitPieces(source string) []piece {
	if first, _, _ := strings.Cut(source, "\n"); isRule(strings.TrimSpace(first)) || strings.HasPrefix(first, "+++") {
		// Front matter is of one article.
		return []piece{{source, 1}}
	}
	lines := strings.SplitAfter(source, "\n")
	var pieces []piece
	start, titles := 0, 0
	cut := func(end, next int) {
		if text := strings.Join(lines[start:end], ""); strings.TrimSpace(text) != "" {
			pieces = append(pieces, piece{text, start + 1})
		}
		start, titles = next, 0
	}
	labelled := leadsWithLabel(source)
	for i, line := range lines {
		switch bare := strings.TrimSpace(line); {
		case strings.HasPrefix(line, "\f"):
			cut(i, i)
		case isRule(bare) && i > start && beginsArticle(lines[i+1:]):
			cut(i, i+1)
		case labelled && titleLine(bare):
			if titles++; titles > 1 {
				if first := labelsAbove(lines[start:i]); first > 0 {
					cut(start+first, start+first)
					titles = 1
				}
			}
		}
	}
	cut(len(lines), len(lines))
	if len(pieces) == 0 {
		return []piece{{source, 1}}
	}
	return pieces
}

// isRule reports whether a line divides what is above from what is below.
func isRule(line string) bool {
	return len(line) >= 3 && (strings.Trim(line, "-") == "" || strings.Trim(line, "=") == "")
}

func titleLine(line string) bool {
	key, _, ok := cutLabel(line)
	return ok && key == "title"
}

// leadsWithLabel reports whether the first line of a text is labelled.
func leadsWithLabel(source string) bool {
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line != "" {
			_, _, ok := cutLabel(line)
			return ok
		}
	}
	return false
}

// labelsAbove is where the block of labels begins that the next line goes on;
// 0 when prose stands right above it.
func labelsAbove(lines []string) int {
	for i := len(lines) - 1; i >= max(0, len(lines)-len(labelKeys)); i-- {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			return i + 1
		}
		if _, _, ok := cutLabel(line); !ok {
			return 0
		}
	}
	return 0
}

// beginsArticle reports whether an article with a title of its own follows: a
// label says so, or a slug within the next three blocks.
func beginsArticle(lines []string) bool {
	blocks, blank := 0, true
	for _, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			blank = true
			continue
		case blank:
			blocks++
		}
		blank = false
		if isRule(line) || blocks > 3 {
			return false
		}
		if titleLine(line) || bareSlug(line) && blocks > 1 {
			return true
		}
	}
	return false
}
