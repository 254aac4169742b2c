package parse

import (
	"errors"
	"fmt"
)

// ErrNotFeed is wrapped by the error for bytes that are no feed: its text
// says what they are instead. A source's items are never touched because of
// one (P50, XG01).
var ErrNotFeed = errors.New("not a feed")

// notFeed says what a document is instead of a feed.
func notFeed(what string) error { return fmt.Errorf("%w but %s", ErrNotFeed, what) }

// LimitError is returned for a document that asks for more than any honest
// one does (XC01 to XC25).
type LimitError struct {
	// Limit names what was exceeded, for people: "element depth".
	Limit string
	// Value is what the document asked for, or the first value above Max.
	Value, Max int
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s of %d is above the limit of %d", e.Limit, e.Value, e.Max)
}

// SyntaxError is returned for a document that claims to be a feed but from
// which nothing could be read.
type SyntaxError struct {
	// Format is what the document claims to be.
	Format string
	// Offset is the byte at which reading failed, after decoding; -1 when it
	// is not known.
	Offset int
	Err    error
}

// Error implements error.
func (e *SyntaxError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("malformed %s: %v", e.Format, e.Err)
	}
	return fmt.Sprintf("malformed %s at byte %d: %v", e.Format, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }
