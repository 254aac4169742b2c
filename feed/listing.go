package feed

// Selection asks for entries of a store, whatever channels they are in.
type Selection struct {
	// Source, when set, wants only what it owns or tells.
	Source string
	// States, when set, are the only ones wanted.
	States []EntryState
	// After continues behind a listing's Next; empty begins at the newest.
	After Cursor
	// Limit is how many entries at most.
	Limit int
	// Content asks for whole entries. Without it they come without what only
	// documents need: of the content title, link and language, of the traits
	// all but the sketch.
	Content bool
}

// Listing is a run of entries, those that came last to the store first.
type Listing struct {
	Entries []Entry
	// Next continues the walk; empty at the end. It may be set although there
	// are fewer entries than asked for, even none: a call looks at a bounded
	// number of them.
	Next Cursor
}
