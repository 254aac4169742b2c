package identity

import (
	"time"

	"weir/feed"
)

// Absence is how long the documents of a source lack an item that they held.
type Absence struct {
	// Since is when the first complete document lacked it, Readings counts
	// those that did, that one included. Partial and empty documents prove no
	// absence and count for nothing (I19, I20).
	Since    time.Time
	Readings int
	// Older says that the document still holds items published before it: it
	// did not slide out of the window.
	Older bool
	// Local marks an article, Emptied what [Emptied] said of its folder when
	// it vanished.
	Local, Emptied bool
}

// Fate is what an absence comes to.
type Fate uint8

// The fates of an absent item.
const (
	// FateKept items slid out of the window, or vanished with so many others
	// that it proves nothing: they stay and need no further look.
	FateKept Fate = iota
	// FateWatched items may be missing by accident: look again.
	FateWatched
	// FateListed items are withdrawn: they stay, and the operator is told.
	FateListed
	// FateDropped items are withdrawn: they leave all documents.
	FateDropped
)

// How often and how long an item is missing before it is withdrawn. Whoever
// deletes an article deletes it here, so that a second look is enough to know
// that no editor was just saving it.
const (
	missedReadings = 3
	missedFor      = day
	missedLooks    = 2
)

// Fate says what becomes of the item now, by its source's policy.
func (a Absence) Fate(policy feed.Gone, now time.Time) Fate {
	if a.Local {
		switch {
		case a.Emptied:
			return FateKept
		case a.Readings < missedLooks:
			return FateWatched
		}
		return FateDropped
	}
	switch {
	case !a.Older:
		return FateKept
	case a.Readings < missedReadings || now.Sub(a.Since) < missedFor:
		return FateWatched
	case policy == feed.GoneDrop:
		return FateDropped
	}
	return FateListed
}

// Emptied reports whether a folder of articles, which knew so many and of
// which so many vanished at once, is taken for misplaced rather than cleared:
// nothing is left, or less than half.
func Emptied(left, known, vanished int) bool { return left == 0 || 2*vanished > known }
