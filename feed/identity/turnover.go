package identity

import "time"

// Turnover is how much of a source's complete document is another one than at
// the last reading.
type Turnover struct {
	// Size counts the document's items, Known those of the last complete one,
	// Vanished those of Known that this one lacks under any key.
	Size, Known, Vanished int
	// Strangers are the dates, as stated and zero for none, of the items whose
	// keys are unknown and that [Moves] took for nothing known.
	Strangers []time.Time
	// Read is when the last complete document was read.
	Read time.Time
}

// fewestStrangers make a site that may have moved.
const fewestStrangers = 4

// Moved reports whether the source's old items seem to have come back under
// keys, links and titles by which none is recognised: then all its new items
// are held (I9). Only strangers that claim to be older than the last reading,
// or state no date, count, at least half of the document and four; and half of
// what was known must have vanished. A busy feed whose whole window slid on
// between two readings brings items that are younger.
func (t *Turnover) Moved() bool {
	rekeyed := 0
	for _, published := range t.Strangers {
		if claimsOlder(published, t.Read) {
			rekeyed++
		}
	}
	return rekeyed >= fewestStrangers && 2*rekeyed >= t.Size && t.Known > 0 && 2*t.Vanished >= t.Known
}

// claimsOlder reports whether an item says that it was there at the last
// reading. A date without a time of day is a whole day's.
func claimsOlder(published, read time.Time) bool {
	if published.Equal(published.Truncate(day)) && !published.IsZero() {
		published = published.Add(day)
	}
	return published.Before(read)
}
