package feed

import "time"

// ClaimQuery asks for sources to poll.
type ClaimQuery struct {
	// N is how many at most.
	N int
	// Lease is how long the claims hold.
	Lease time.Duration
	// PerGroup is how many sources of one Source.Group may be claimed at a
	// time (P40, P41); 0 means no limit. Gap is the time between the end of
	// one poll of a group and the start of the next.
	PerGroup int
	Gap      time.Duration
	// Paces are the groups for which other numbers hold (P45).
	Paces map[string]Pace
	// Grace takes sources that are due within a tenth of their interval, at
	// least 2 and at most 10 minutes, so that an hourly cron polls hourly.
	Grace bool
	// Since, when set, ignores due times and takes every source that was not
	// tried since; Retry-After still holds (P36), and what is gone for good
	// (410) is taken when it is named in Sources alone (P56).
	Since time.Time
	// Untried, when set, leaves out every source that was tried since, so that
	// one cycle takes none twice however soon it is due again.
	Untried time.Time
	// Sources, when set, are the only ones wanted.
	Sources []string
}

// Pace is what one group bears: how many polls at a time, and how much time
// between two.
type Pace struct {
	PerGroup int
	Gap      time.Duration
}

// Pace returns what holds for a group.
func (q *ClaimQuery) Pace(group string) Pace {
	if p, ok := q.Paces[group]; ok {
		return p
	}
	return Pace{q.PerGroup, q.Gap}
}

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
	// Held counts the new entries that are in no channel yet. Hold says why,
	// in the outcome with which that began.
	Held int
	Hold Hold
}

// Hold is why new entries of a source wait outside of channels.
type Hold struct {
	// Why is a sentence for the operator, empty when nothing waits.
	Why string
	// Since is when it began; Until is when the last of what waits lets itself
	// in, zero when only the operator does.
	Since, Until time.Time
	// Entries counts what waits.
	Entries int
}

// Tended counts the entries that a store dealt with by itself.
type Tended struct {
	// Released entries were held and came into channels.
	Released int
	// Withdrawn entries left the channels because their source no longer shows
	// them, Retired ones because their source left the configuration.
	Withdrawn, Retired int
	// Pruned entries were dropped by retention and left tombstones, Forgotten
	// ones were dropped for good.
	Pruned, Forgotten int
}

// SourceStatus is what an operator asks of a source.
type SourceStatus struct {
	Source Source
	State  SourceState
	// Hold is zero when nothing of the source is held.
	Hold Hold
	// Withdrawn counts the entries that the source no longer shows although it
	// shows older ones; Gone are the last of them, newest first, at most 10.
	Withdrawn int
	Gone      []Withdrawn
	// Rejections are the last ones, newest first, at most 200.
	Rejections []Rejection
	// Push is the subscription at the source's hub, nil if there is none.
	Push *PushStatus
}

// Withdrawn is an entry that its source no longer shows.
type Withdrawn struct {
	Slug, ID, Title string
	// At is when it was taken for withdrawn.
	At time.Time
	// State says whether it left the documents for that.
	State EntryState
}

// Micro returns t in UTC, cut to the microseconds that the store keeps. It
// also drops the monotonic reading.
func Micro(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
