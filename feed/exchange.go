package feed

import "time"

// Claim is the right to poll one source, for a while.
type Claim struct {
	// Token fences the claim: the store refuses a report whose token is not
	// the newest one given out for the source.
	Token  uint64
	Source Source
	State  SourceState
}

// Report is what polling one claimed source came to. The store commits it
// whole or not at all.
type Report struct {
	Source string
	Token  uint64
	// Poll replaces the source's poll state.
	Poll PollState
	// Document is nil when there was none: not modified, or a failure.
	Document *Document
}

// OutcomeStatus says what became of a [Report].
type OutcomeStatus uint8

// What can become of a report.
const (
	// Committed reports are durable.
	Committed OutcomeStatus = iota
	// Stale reports carried a token that is no longer the newest.
	Stale
	// Refused reports could not be stored; Reason says why.
	Refused
)

// Outcome is the store's verdict on one [Report].
type Outcome struct {
	Source string
	Status OutcomeStatus
	Reason string
	// Added counts new entries, Joined items that told an entry known from
	// another source, Changed entries whose content was replaced, Same items
	// that said nothing new, Rejected items that ended as nothing. In a
	// store's first cycle they are all 0 until it is settled.
	Added, Joined, Changed, Same, Rejected int
}

// SourceStatus is what an operator asks of a source.
type SourceStatus struct {
	Source Source
	State  SourceState
	// Rejections are the last ones, newest first, at most 200.
	Rejections []Rejection
}

// Micro returns t in UTC, cut to the microseconds that the store keeps. It
// also drops the monotonic reading.
func Micro(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
