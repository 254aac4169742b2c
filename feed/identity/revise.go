package identity

import (
	"time"

	"weir/feed"
)

// freeChanges is how many times a day an entry's updated moves freely; after
// that it moves once a day, so that a feed that changes at every poll does not
// stay on top (XF13).
const freeChanges = 3

// Past is what an entry remembers of its edits.
type Past struct {
	// Material is the hash of the content that the entry has.
	Material uint64
	// Stated is when the source says that content was updated, zero when it
	// does not.
	Stated time.Time
	// Published and Updated are the entry's.
	Published, Updated time.Time
	// Changes counts how often Updated moved since Since, to freeChanges.
	Changes uint8
	Since   time.Time
}

// Edit is what an item that tells its entry again changes.
type Edit struct {
	// Replace says that the item's content replaces the entry's. Where it does
	// not, nothing is to be stored.
	Replace bool
	// Past is the entry's new one; Past.Updated its new updated.
	Past Past
}

// Begin returns the past of a new entry, published at the instant that [Dates]
// gave. Its Updated is what the source states, if that can be true.
func Begin(it *feed.Item, published, now time.Time) Past {
	p := Past{Material: Material(&it.Content), Stated: feed.Micro(it.Updated), Published: published, Updated: published}
	if t, ok := believable(it.Updated, feed.Micro(now)); ok && t.After(published) {
		p.Updated = t
	}
	return p
}

// Revise tells what changes when the owner of an entry tells it again. An
// older version never replaces a newer one, as caches hand them out (I18); one
// that says nothing new changes nothing; else the content is replaced, and
// updated moves to what the source states, or to now (I17), three times a day
// and then once a day.
//
// When another source takes the entry over, its clock is another one: call
// Revise with p.Stated zero, and replace the content in any case.
func Revise(p Past, it *feed.Item, now time.Time) Edit {
	now = feed.Micro(now)
	stated := feed.Micro(it.Updated)
	if !stated.IsZero() && stated.Before(p.Stated) {
		return Edit{Past: p}
	}
	material := Material(&it.Content)
	if material == p.Material {
		if p.Stated.IsZero() {
			p.Stated = stated // a new owner says the same (I18)
		}
		return Edit{Past: p}
	}
	p.Material = material
	if !stated.IsZero() {
		p.Stated = stated
	}
	if p.mayMove(now) {
		p.Updated = p.moved(stated, now)
	}
	return Edit{Replace: true, Past: p}
}

// mayMove reports whether updated may move now, and counts it.
func (p *Past) mayMove(now time.Time) bool {
	quiet := now.Sub(p.Since)
	switch {
	case p.Changes < freeChanges && quiet < day && !p.Since.IsZero():
		if p.Changes++; p.Changes == freeChanges {
			p.Since = now // from here on the time of the last move
		}
	case p.Changes < freeChanges, quiet >= 2*day:
		p.Changes, p.Since = 1, now
	case quiet >= day:
		p.Since = now
	default:
		return false
	}
	return true
}

// moved is the new updated: the source's own where it is newer and not in the
// future, else the time at which the change was seen.
func (p *Past) moved(stated, now time.Time) time.Time {
	if t, ok := believable(stated, now); ok && t.After(p.Updated) {
		return t
	}
	if now.After(p.Updated) {
		return now
	}
	return p.Updated
}
