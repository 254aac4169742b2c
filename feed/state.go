package feed

// EntryState says where an entry is. Its values are stored: append only.
type EntryState uint8

// The states of an entry.
const (
	// StatePlaced entries are in the channels that want them.
	StatePlaced EntryState = iota
	// StateShelved entries are in archive pages alone: they have arrival numbers and
	// no place.
	StateShelved
	// StateHeld entries are in no channel until they are released.
	StateHeld
	// StateWithdrawn entries are shown by their source no longer, and come back when
	// they are.
	StateWithdrawn
	// StateRetired entries are of a source that left the configuration, and come
	// back with it.
	StateRetired
	// StateRemoved entries were taken out by the operator: a tombstone without
	// content, so that the story does not come back.
	StateRemoved
	// StatePruned entries were dropped by retention: a tombstone likewise.
	StatePruned
	// StateJoined entries were found by the operator to tell another entry's
	// story: a tombstone that leads to that one.
	StateJoined
	// StateBlocked entries are ones whose publisher forbids that they are published
	// elsewhere, and come back when that is no longer said.
	StateBlocked
)

// Published reports whether entries of this state are in documents: in
// channels or in archives.
func (s EntryState) Published() bool { return s == StatePlaced || s == StateShelved }

// Tombstone reports whether all that is left of an entry is that it must not
// come back.
func (s EntryState) Tombstone() bool {
	return s == StateRemoved || s == StatePruned || s == StateJoined
}

// String returns the word for people.
func (s EntryState) String() string {
	names := [...]string{"placed", "shelved", "held", "withdrawn", "retired", "removed", "pruned", "joined", "blocked"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}
