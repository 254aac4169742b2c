// Package identity holds the decisions about what is the same: pure functions
// over values, without I/O and without a clock, called while a document is
// read and inside the store's commit.
//
// Call [Prepare] on a document: it gives every item its key inside the source
// and the traits by which other sources' tellings are recognised. In the
// store, sort newcomers by [Order], ask [Decide] whether one of the entries
// found under the item's [Names], and under its [Bands] where [Rules.Near] is
// set, tells the same story, and assign with [Slug], [PublishedID], [Dates]
// and [Place] what a new entry keeps for ever. [Begin] and [Revise] say what an
// edited item changes, [Moves] which items of a source came back under new
// keys, [Lookup] what an operator means by a link, an id or a slug.
//
// What is done about whole documents follows from [Flood.Admit] (too much at
// once), [Turnover.Moved] (everything under new keys), [Hijacked] (somebody
// else's) and [Absence.Fate] (what is missing).
//
// What is promised: no item of equal or lower rank changes an entry that
// another source owns; the verdicts on a set of items do not depend on the
// order in which they came; slugs, published ids and published dates are
// assigned once.
package identity

import (
	"time"

	"weir/feed"
)

// Site is what minted ids are made of: tag:<Host>,<Since>:… (RFC 4151).
type Site struct {
	// Host is the host of the public address.
	Host string
	// Since is the date YYYY-MM-DD from the configuration.
	Since string
}

// Rules are the operator's settings.
type Rules struct {
	// By is the widest comparison that any source may use.
	By feed.Dedupe
	// Guard asks for evidence beyond an equal slug; true by default.
	Guard bool
	// Near is the part of two texts' word groups, 0.5 to 1, that makes them one
	// story although they have no name in common; 0 leaves such apart.
	Near float64
	// Flood bounds how much one source may bring at once.
	Flood Flood
}

// Rank orders the tellers of one story: the highest owns the entry.
type Rank struct {
	Priority int
	Home     bool
}

// Above reports whether r outranks s: higher priority, then at home. Equal
// ranks leave the story with whom told it first.
func (r Rank) Above(s Rank) bool {
	if r.Priority != s.Priority {
		return r.Priority > s.Priority
	}
	return r.Home && !s.Home
}

// Newcomer is an item whose key is unknown to the store.
type Newcomer struct {
	Source string
	Rank   Rank
	Item   *feed.Item
	// Published is what [Dates] gave; Undated says that the source stated no
	// date, so that this one speaks neither for nor against anything.
	Published time.Time
	Undated   bool
	// Dedupe is the source's own mode; the stricter of it and Rules.By holds.
	Dedupe feed.Dedupe
}

// Holder is an entry found under one of a newcomer's names, or bands.
type Holder struct {
	Slug   string
	Source string
	Rank   Rank
	Traits feed.Traits
	// Link and Language are the entry's content's.
	Link, Language string
	Published      time.Time
	Undated        bool
}

// Verdict is what became of a newcomer.
type Verdict struct {
	// Holder is the index of the entry that tells the same story; -1 means
	// that the item is a story of its own.
	Holder int
	// TakesOver says that content, link and attribution become the item's own:
	// it outranks the holder's owner, or is the owner's under a new key.
	TakesOver bool
	// Why is a sentence for the operator.
	Why string
}
