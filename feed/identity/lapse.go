package identity

import "time"

// Lapse is when a store last looked at its clock and how long before that it
// had looked. What goes by age must not believe a clock that jumped (XG12).
type Lapse struct {
	Last time.Time
	Gap  time.Duration
}

// How long a store is usually not asked, and how long at most it is believed to
// have slept because it slept nearly as long before.
const (
	usualLapse   = 2 * day
	longestLapse = 32 * day
)

// Look is a look at the clock. It tells whether the clock jumped since the last
// one: backwards, or forward by more than two days and more than twice the gap
// before, so that a store that is polled once a week is not always suspected.
// A clock that jumped is believed from the next look on.
func (l Lapse) Look(now time.Time) (next Lapse, jumped bool) {
	gap := now.Sub(l.Last)
	allowed := max(usualLapse, min(2*l.Gap, longestLapse))
	return Lapse{Last: now, Gap: max(gap, 0)}, gap < 0 || gap > allowed
}

// Believe tells whether a clock that says that something has been due since an
// instant is to be believed at first sight. Where it is not, because the instant
// is longer past than a store usually goes without a look, the second return
// value is when it is believed: after the time in which somebody may set it
// right (XG12).
func Believe(due, now time.Time) (bool, time.Time) {
	return now.Sub(due) <= usualLapse, now.Add(usualLapse)
}
