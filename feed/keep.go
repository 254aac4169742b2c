package feed

// DefaultPerChannel is what [Retention.PerChannel] means where it is 0: far more
// than any document shows.
const DefaultPerChannel = 1000

// Keep bounds what is kept of a source's entries; the zero value keeps
// everything.
type Keep struct {
	// Entries is how many at most, the newest by place; 0 means any number.
	Entries int
	// Days is how old the place of the oldest may be; 0 means any age.
	Days int
}

// Retention bounds what is kept of all entries together. What is dropped leaves
// a tombstone as long as some source may still show it.
type Retention struct {
	// Keep holds for every entry; the Days of a source stand in place of these.
	Keep
	// PerChannel is how many of the newest of every channel are never dropped,
	// whatever any Keep says; 0 means DefaultPerChannel.
	PerChannel int
}

// Bounded reports whether anything is ever dropped.
func (k Keep) Bounded() bool { return k.Entries > 0 || k.Days > 0 }

// Pruned is what retention came to.
type Pruned struct {
	// Entries became tombstones, Forgotten tombstones were dropped for good.
	Entries, Forgotten int
	// Skipped is a sentence that says why nothing was done this time; empty
	// when it was.
	Skipped string
}
