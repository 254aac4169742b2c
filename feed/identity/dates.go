package identity

import (
	"time"

	"weir/feed"
)

const (
	day = 24 * time.Hour
	// clockSkew is how far ahead a publisher's clock may be and still be
	// believed; such a date is taken for now.
	clockSkew = 10 * time.Minute
	// mostDays bounds how far positions push undated items back; further ones
	// follow by the second.
	mostDays = 3650
)

// Dates returns what an item's first published date is, for ever, and whether
// it had to be inferred. A stated date that is not in the future is believed
// (XF13); without one a stated update stands in (I15). Else, on a source's first
// fetch the document's date, or now, counts for the first item and each
// further one is a day older; later it is now, to the microsecond in document
// order (I11, I12).
func Dates(it *feed.Item, first bool, modified, now time.Time) (published time.Time, inferred bool) {
	now = feed.Micro(now)
	if t, ok := believable(it.Published, now); ok {
		return t, false
	}
	if t, ok := believable(it.Updated, now); ok && it.Published.IsZero() {
		return t, true
	}
	position := max(it.Position, 0)
	if !first {
		return now.Add(-time.Duration(position) * time.Microsecond), true
	}
	base := now
	if t, ok := believable(modified, now); ok {
		base = t
	}
	days := min(position, mostDays)
	return base.Add(-time.Duration(days)*day - time.Duration(position-days)*time.Second), true
}

// believable returns a stated date as it is stored, if it can be true.
func believable(t, now time.Time) (time.Time, bool) {
	if t.IsZero() || t.After(now.Add(clockSkew)) {
		return time.Time{}, false
	}
	if t = feed.Micro(t); t.After(now) {
		t = now
	}
	return t, true
}

// Place returns the instant that orders an entry in channels, fixed when it
// enters them: on a source's first fetch its date, later no more than a day
// before now, so that what arrives late still reaches subscribers.
func Place(published, now time.Time, first bool) time.Time {
	published = feed.Micro(published)
	if first {
		return published
	}
	if earliest := feed.Micro(now).Add(-day); published.Before(earliest) {
		return earliest
	}
	return published
}
