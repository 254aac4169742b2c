package publisher

import "weir/feed"

// keeping has of a channel what its last rendering read and made, by slug: of
// hundreds of entries a story leaves all others as they are, and they are neither
// read again nor digested.
type keeping map[string]*kept

// kept is an entry as it was read, cleaned, and what it was rendered as. from are
// its sources, one for each sighting.
type kept struct {
	entry    feed.Placed
	from     []*outlet
	fragment *fragment
}

// keep notes what an entry was rendered as. One whose sources are not configured
// any more is not kept: the window alone tells of them.
func (k keeping) keep(e *feed.Placed, f *fragment, sources *outlets) {
	before := &kept{entry: *e, from: make([]*outlet, len(e.Sightings)), fragment: f}
	for i := range e.Sightings {
		if before.from[i] = sources.byID[e.Sightings[i].Source]; before.from[i] == nil {
			return
		}
	}
	k[e.Slug] = before
}

// known are the revisions of what need not be read again, for the store: where
// the sources are as they were, too.
func (k keeping) known(sources *outlets) map[string]uint64 {
	known := make(map[string]uint64, len(k))
	for slug, before := range k {
		if before.stands(sources) {
			known[slug] = before.entry.Revision
		}
	}
	return known
}

func (k *kept) stands(sources *outlets) bool {
	for i := range k.from {
		if sources.byID[k.entry.Sightings[i].Source] != k.from[i] {
			return false
		}
	}
	return true
}

// fill puts into a window what the store did not read again, and cleans the rest.
func (k keeping) fill(w *feed.Window) {
	scrub(w)
	for i := range w.Entries {
		if e := &w.Entries[i]; e.Known {
			*e = k[e.Slug].entry
			e.Known = true
		}
	}
}
