// Package schedule says when a source is asked again, and what one attempt
// makes of the state that is remembered of it.
//
// The poller calls [Address] to learn what to ask, then [Succeeded] or
// [Failed] with what came of it, then [Next], and stores the result:
//
//	s = schedule.Succeeded(s, answer, began)
//	s = schedule.Next(time.Now(), s, options)
//
// What is promised: every function is pure, without clock and randomness;
// Due lies after now; what a publisher asked for (freshness, ttl, Retry-After,
// skipped hours) is never undercut, and never delays a source for longer than
// a bounded time; more failures never mean an earlier attempt.
package schedule

import (
	"time"

	"weir/feed"
)

// The gaps that the rules name.
const (
	defaultEvery = time.Hour
	defaultFloor = 15 * time.Minute
	defaultCap   = 24 * time.Hour

	// blind is the least gap for a feed that gives no validator: each poll
	// of it is a whole download (P20).
	blind = 6 * time.Hour
	// denied is the least gap after 401, 403, a login page and an unexplained
	// 429 (P57, P60).
	denied = 4 * time.Hour
	// challenged is the least gap after a bot challenge (P58), as asking again
	// soon only confirms the suspicion, and at a domain that is for sale.
	challenged = 24 * time.Hour
	// firstRetry doubles with each failure up to longest (P55).
	firstRetry = time.Hour
	longest    = 7 * 24 * time.Hour
	// gone keeps a source that answered 410 from being asked (P56).
	gone = 365 * 24 * time.Hour
	// shortest keeps Due after now whatever the options say.
	shortest = time.Second
)

// Options is what the configuration says about polling one source. The zero
// value means the defaults.
type Options struct {
	// Every is the source's own wished gap; 0 means that it has none, and
	// its rhythm decides. Only an Every of its own may ask a feed without
	// validators more often than every 6 hours.
	Every time.Duration
	// Default is the gap of sources of which nothing is known yet, and for
	// the others the least on average over a week; 0 means 1 h.
	Default time.Duration
	// Floor is the least gap between two requests of one source, whatever the
	// reason (P22); 0 means 15 min. Files have none.
	Floor time.Duration
	// Cap bounds what a publisher's wishes and a source's silence may delay
	// (P27, P33); 0 means 24 h.
	Cap time.Duration
	// File marks sources read from this machine: there is nobody to be
	// polite to, so only Every or Default counts.
	File bool
	// Announced says that a hub announces what is new, so that asking is only
	// for what that misses: once in Cap (P35).
	Announced bool
	// Seed is a hash of the source's id: it gives every source its own phase.
	Seed uint64
	// Jitter spreads attempts (P34). It is for a long-running server; a run
	// started by cron wants the plain gap.
	Jitter bool
}

// Next returns s with Due and Interval filled from what the last attempt left
// in it. Interval counts from the start of that attempt (P21).
func Next(now time.Time, s feed.PollState, o Options) feed.PollState {
	base := now
	if age := now.Sub(s.Tried); !s.Tried.IsZero() && age > 0 && age < shortTrip {
		base = s.Tried
	}
	gap, least, aimed := o.gap(base, &s)
	switch {
	case !o.Jitter, s.Status == statusGone:
	case aimed:
		gap = max(gap, least) + part(o.Seed, base, min(gap/10, quarter))
	default:
		gap = o.spread(base, gap, least, s.Interval == 0)
	}
	due := base.Add(gap)
	if earliest := now.Add(shortest); due.Before(earliest) {
		due = earliest
	}
	if wait := retryAfter(now, &s); wait.After(due) {
		due = wait
		if o.Jitter {
			due = due.Add(part(o.Seed, due, gap/10))
		}
	}
	if !o.File {
		if o.Jitter {
			due = offHour(due, due.Sub(base), o.Seed)
		}
		due = s.Hints.Awake(due)
	}
	s.Due = feed.Micro(due)
	s.Interval = s.Due.Sub(feed.Micro(base))
	return s
}

// shortTrip is the longest that an attempt and its commit can reasonably
// take; an older start is a clock that moved, and is not counted from.
const shortTrip = 10 * time.Minute

// gap returns the plain gap after base, the part of it that must not be
// undercut, and whether it aims at a certain hour.
func (o *Options) gap(base time.Time, s *feed.PollState) (gap, least time.Duration, aimed bool) {
	if o.File {
		return max(o.every(), shortest), shortest, false
	}
	least = max(positive(o.Floor, defaultFloor), o.wish(s))
	if o.Every <= 0 && !s.Succeeded.IsZero() && s.Validators.IsZero() {
		least = max(least, blind)
	}
	gap = max(o.Every, least)
	switch {
	case o.Announced && !s.Failing():
		gap = max(gap, positive(o.Cap, defaultCap))
	case o.Every <= 0:
		gap, aimed = o.aim(base, s, least)
	}
	if !s.Failing() {
		return gap, least, aimed
	}
	gap, least = o.setback(s, gap, least)
	return gap, least, false
}

// setback lengthens the gap of a source whose last attempt failed.
func (o *Options) setback(s *feed.PollState, gap, least time.Duration) (time.Duration, time.Duration) {
	switch {
	case s.Status == statusGone:
		return gone, gone
	case Dormant(s):
		least = max(least, rare)
	case s.Problem.Kind == "challenge", s.Problem.Kind == "parked":
		least = max(least, challenged)
	case s.Status == 401, s.Status == 403, s.Problem.Kind == "login":
		least = max(least, denied)
	case (s.Status == 429 || s.Status == 503) && !s.Hints.RetryAfter.IsZero():
		// The server said when: that and the normal gap hold, no more (P59).
		return gap, least
	case s.Status == 429:
		least = max(least, denied, min(2*gap, longest))
	case s.Status == 503:
		least = max(least, min(2*gap, longest))
	}
	return max(gap, least, backoff(s.Failures)), least
}

// Least is the least gap between two requests of one source, whatever the reason
// (P22).
func (o *Options) Least() time.Duration { return positive(o.Floor, defaultFloor) }

const statusGone = 410

// backoff is 1 h, 2 h, 4 h … 7 d for the 1st, 2nd, 3rd … failure in a row.
func backoff(failures int) time.Duration {
	d := firstRetry
	for range min(failures-1, 8) {
		d *= 2
	}
	return min(d, longest)
}

// wish is how long the publisher asks to be left alone: a minimum, never a
// reason to come sooner, and capped (P23, P27, P28).
func (o *Options) wish(s *feed.PollState) time.Duration {
	return min(max(s.Hints.Fresh, s.Hints.TTL), positive(o.Cap, defaultCap))
}

func (o *Options) every() time.Duration {
	if o.Every > 0 {
		return o.Every
	}
	return positive(o.Default, defaultEvery)
}

func positive(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// retryAfter is the instant that the server named when it refused, bounded
// even if the state was written by a version that did not bound it (XB18).
func retryAfter(now time.Time, s *feed.PollState) time.Time {
	if !s.Failing() || s.Status == statusGone {
		return time.Time{}
	}
	if latest := now.Add(longest); s.Hints.RetryAfter.After(latest) {
		return latest
	}
	return s.Hints.RetryAfter
}
