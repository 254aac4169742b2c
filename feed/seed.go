package feed

import "time"

// Seed is what published documents remember of an entry: enough for a store
// that lost everything to publish it again as it was. What it says came from
// files that anybody may have written to.
type Seed struct {
	Slug, ID string
	// Published, Updated, FirstSeen and Place are the entry's own.
	Published, Updated, FirstSeen, Place time.Time
	// Tellings are the items that told the story, the owner's first.
	Tellings []Telling
	// Removed is when the operator removed the entry, zero of one that was
	// published. Of a removed one nothing else is said but its tellings, and
	// whether it ever had a place.
	Removed time.Time
}

// Telling names an item by its source and its key there.
type Telling struct {
	Source string
	Key    Key
}

// Limits on what seeds may say.
const (
	MaxSeeds    = 1 << 20
	MaxTellings = 64
)

// Valid reports whether an entry could have been as the seed says.
func (s *Seed) Valid() bool {
	if len(s.Tellings) == 0 || len(s.Tellings) > MaxTellings {
		return false
	}
	times := []time.Time{s.Published, s.Updated, s.FirstSeen, s.Place}
	if !s.Removed.IsZero() {
		times = []time.Time{s.Removed}
	} else if !ValidSlug(s.Slug) || s.ID == "" || len(s.ID) > MaxURL {
		return false
	}
	for _, t := range times {
		if y := t.Year(); y < 1900 || y > 9999 {
			return false
		}
	}
	for _, t := range s.Tellings {
		if !ValidID(t.Source) || t.Key.IsZero() {
			return false
		}
	}
	return true
}
