package feed

import (
	"cmp"
	"time"
)

// Entry is one published story.
type Entry struct {
	// Slug is the entry's key in the store; unique, assigned once.
	Slug string
	// Named is how the slug came about.
	Named Naming
	// ID is the published id, the same in every format for ever: the upstream
	// id when it is an absolute IRI, else a minted tag: URI (U7).
	ID string
	// Published is the first value seen and never moves. Inferred says that
	// the source stated none that could be believed.
	Published time.Time
	Inferred  bool
	// Updated moves only when the content changed materially; never before
	// Published.
	Updated time.Time
	// FirstSeen is when the first source told the story.
	FirstSeen time.Time
	// Place orders the entry in channels, fixed when it enters them; zero of one
	// that was removed before.
	Place time.Time
	// State says whether it is published; StateSince is when that began, zero
	// for an entry that was placed from the start.
	State      EntryState
	StateSince time.Time
	// Block is the element by which the item of a blocked entry forbids that it is
	// published, empty where its feed as a whole does.
	Block string
	// Into is the slug of the entry that a joined one leads to.
	Into string
	// Sightings are the sources that tell the story; the owner is first. An
	// entry always has an owner.
	Sightings []Sighting
	// Content and Traits are the owner's.
	Content
	Traits Traits
}

// Sighting is one source telling the story of an entry.
type Sighting struct {
	Source string
	Key    Key
	// Link and Title are this source's own.
	Link, Title string
	Tags        []Tag
	// Seen is when this source first told the story.
	Seen time.Time
	// Why is the verdict that made it a sighting of this entry, or that parted
	// it from the entries found under its names; empty when there were none.
	Why string
}

// Owner returns the sighting whose source owns the entry.
func (e *Entry) Owner() Sighting {
	if len(e.Sightings) == 0 {
		return Sighting{}
	}
	return e.Sightings[0]
}

// Source returns the id of the source that owns the entry.
func (e *Entry) Source() string { return e.Owner().Source }

// AllTags returns the union of the tags of all sources telling the story,
// the owner's first, without repeating a folded term.
func (e *Entry) AllTags() []Tag {
	if len(e.Sightings) < 2 {
		return e.Tags
	}
	seen := make(map[string]bool, len(e.Tags))
	tags := make([]Tag, 0, len(e.Tags))
	add := func(list []Tag) {
		for _, t := range list {
			if f := Fold(t.Term); !seen[f] {
				seen[f] = true
				tags = append(tags, t)
			}
		}
	}
	add(e.Tags)
	for _, s := range e.Sightings[1:] {
		add(s.Tags)
	}
	return tags
}

// Newer orders entries for channels: newest place first, then by slug (U5).
func Newer(a, b *Entry) int {
	if c := b.Place.Compare(a.Place); c != 0 {
		return c
	}
	return cmp.Compare(a.Slug, b.Slug)
}
