package identity

import (
	"time"

	"weir/feed"
)

// Recollection is how far the seeds of a lost store remember: the oldest place
// among them, and when the last of them was first seen.
type Recollection struct{ Oldest, Last time.Time }

// lateBy is how long after the last entry was seen an item of an older date is
// believed to be late rather than left out on purpose.
const lateBy = day

// State says what becomes of an item that no seed speaks of, though they speak
// of its source. What is as old as they are was published once or kept from
// it, by a flood, a removal or a filter: the archive is where no subscriber
// sees it as new. What is older than all of them slid out of the documents.
func (r Recollection) State(published time.Time) feed.EntryState {
	if published.Before(r.Oldest) || published.After(r.Last.Add(-lateBy)) {
		return feed.StatePlaced
	}
	return feed.StateShelved
}
