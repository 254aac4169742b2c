package article

import (
	"fmt"
	"time"

	"weir/feed"
)

// Result is what one look at the folder gave.
type Result struct {
	// Document has an item for every published article, newest first, and
	// tells those that wait. It is Partial when a file could not be read, so that it proves no absence.
	Document *feed.Document
	// Problems are ordered by file and line.
	Problems []Problem
	// Drafts and Expired count the articles that are not, or no longer, to be
	// published.
	Drafts, Expired int
	// Next is when the folder reads differently although no file changed: the
	// next scheduled article is due or the next one expires. Zero means never.
	Next time.Time
}

// Problem is something wrong with one file. It is an error, so that it can be
// joined and logged like one.
type Problem struct {
	// File is slash-separated and relative to the folder.
	File string
	// Line counts from 1; 0 means the file as a whole.
	Line int
	// Text says what is wrong and the way out.
	Text string
	// Warning says that the article is published nevertheless.
	Warning bool
}

// Error returns "file:line: text".
func (p Problem) Error() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
	}
	return p.File + ": " + p.Text
}
