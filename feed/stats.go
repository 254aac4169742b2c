package feed

import "time"

// Stats say what a store holds and how much room it takes.
type Stats struct {
	// Size is the store's length in bytes, Free how many of them hold nothing
	// and are used before it grows.
	Size, Free int64
	// Kinds are what it holds, in order of name.
	Kinds []KindStats
	// States counts the entries in each state that one is in.
	States map[EntryState]int
	// Oldest and Newest are the first and the last place of published entries.
	Oldest, Newest time.Time
	// Staged items wait for the end of the first cycle; Duties is what the
	// store has to do later; Damaged records are left out.
	Staged, Duties, Damaged int
}

// KindStats is one kind of record.
type KindStats struct {
	Name string
	// Records counts them, Bytes is the length of their keys and values: less
	// than the room they take.
	Records int
	Bytes   int64
}
