package feed

import "time"

// ArchivePage is how many arrival numbers an archive page of a channel covers:
// page n those from ArchivePage(n-1)+1 to ArchivePage n.
const ArchivePage = 50

// ChannelAll is the channel that always exists and is published at the root.
const ChannelAll = "all"

// Channel is a named selection of entries, published in all formats.
type Channel struct {
	// ID is [a-z0-9-]{1,40}.
	ID string
	// Digest changes whenever Match may answer differently; a changed one
	// makes the store index the channel anew.
	Digest string
	// Match reports whether the entry belongs to the channel. It is pure, and
	// nil means every entry.
	Match func(*Entry) bool
}

// ChannelStatus is what an operator asks of a channel.
type ChannelStatus struct {
	ID       string
	Revision uint64
	// Entries counts what is placed in it, Shelved what is in its archives
	// alone; Arrivals is how many ever came.
	Entries, Shelved int
	Arrivals         uint64
	// Newest is the place of its newest entry, zero when it has none.
	Newest time.Time
}

// Query asks for a window of a channel.
type Query struct {
	Channel string
	// After continues behind a window's Next; empty begins at the newest.
	After Cursor
	// Limit is how many entries at least, where there are so many.
	Limit int
	// Hold widens the window to everything placed within this time before the
	// channel's newest entry, up to Max entries, so that a burst stays long
	// enough for every subscriber to see it. It is measured from the newest
	// place, not from a clock: same store, same bytes.
	Hold time.Duration
	// Max bounds the window when Hold widens it; 0 means Limit.
	Max int
	// Known has entries that the asker has, by slug, at the [Placed.Revision] they
	// had: where that has not moved, the entry did not change, and nothing of it
	// is read but where it stands ([Placed.Known]).
	Known map[string]uint64
}

// Cursor is a position in a channel. It is opaque: only the store that gave it
// understands it.
type Cursor string

// Window is a copy of a run of a channel, newest place first.
type Window struct {
	Channel string
	// Revision is the channel's when the window was read.
	Revision uint64
	// Arrivals is the channel's last arrival number.
	Arrivals uint64
	Entries  []Placed
	// Sources has the profile of every source named in Entries' sightings.
	Sources map[string]Profile
	// Next continues the walk; empty at the end.
	Next Cursor
}

// Placed is an entry inside a channel.
type Placed struct {
	Entry
	// Revision is the channel's when the entry last changed there.
	Revision uint64
	// Arrival is the entry's gapless number within the channel, from 1.
	Arrival uint64
	// Known says that the entry is as [Query.Known] has it. Of Entry there is
	// only Slug then, and its sources are not in [Window.Sources].
	Known bool
}

// Page is what is known of an archive page without reading its entries.
type Page struct {
	// Number counts from 1.
	Number int
	// Entries is how many there are, and Revision when one of them changed last:
	// together they stand for what the page holds.
	Entries  int
	Revision uint64
}
