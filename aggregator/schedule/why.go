package schedule

import (
	"fmt"
	"strings"
	"time"

	"weir/feed"
)

// Why says in a few words what makes a source's next attempt due when it is,
// as [Next] decided with the same options; it follows "next in 40 min:".
func Why(s feed.PollState, o Options) string {
	switch {
	case s.Tried.IsZero():
		return "it was never read"
	case o.File:
		return "it lies on this machine"
	case !s.Failing():
		return o.whyPlain(&s)
	case s.Status == statusGone:
		return "the server said that it is gone for good (410)"
	case !s.Hints.RetryAfter.IsZero() && !s.Hints.RetryAfter.After(s.Due) && s.Hints.RetryAfter.After(s.Tried):
		return "the server asked to wait (Retry-After)"
	case Dormant(&s):
		return "it was missing for a month, so it is asked once a month"
	case s.Problem.Kind == "parked":
		return "its domain seems to be for sale, so a day passes"
	case s.Problem.Kind == "challenge":
		return "the server wants a person to prove itself, so a day passes"
	}
	plain, _, _ := o.gap(s.Tried, &feed.PollState{Tried: s.Tried, Succeeded: s.Succeeded, Validators: s.Validators, Hints: s.Hints, Rhythm: s.Rhythm})
	if gap, _, _ := o.gap(s.Tried, &s); gap > plain {
		return fmt.Sprintf("it failed%s, and each time it is left alone for longer", inARow(s.Failures))
	}
	return o.whyPlain(&s)
}

// whyPlain explains the gap of a source that works.
func (o *Options) whyPlain(s *feed.PollState) string {
	gap, wish := max(o.every(), positive(o.Floor, defaultFloor)), o.wish(s)
	blindly := o.Every <= 0 && !s.Succeeded.IsZero() && s.Validators.IsZero()
	reason := o.whyRhythm(s)
	switch {
	case o.Announced:
		reason = "its hub announces what is new, so it is asked only in case that misses something"
	case blindly && blind > max(gap, wish):
		reason = "it cannot say \"nothing new\" (no ETag, no Last-Modified), so " + hours(blind) + " pass"
	case wish > gap && s.Hints.Fresh >= s.Hints.TTL:
		reason = "the server calls its answer fresh for " + hours(wish)
	case wish > gap:
		reason = "the feed asks for " + hours(wish) + " between two visits"
	case positive(o.Floor, defaultFloor) > o.every():
		reason = "no source is read more often than every " + hours(gap) + " (poll.floor)"
	case o.Every > 0:
		reason = "its own interval is " + hours(gap)
	}
	if s.Hints.SkipHours != 0 || s.Hints.SkipDays != 0 {
		reason += "; the feed names hours or days to stay away"
	}
	return reason
}

// whyRhythm explains the gap of a source that neither the configuration nor its
// publisher says anything about.
func (o *Options) whyRhythm(s *feed.PollState) string {
	r, known := unpackRhythm(s.Rhythm)
	if !known {
		return "that is the default interval"
	}
	often := time.Duration(float64(time.Second) / r.rate(s.Tried, o.every()))
	if _, aimed := o.aim(s.Tried, s, positive(o.Floor, defaultFloor)); aimed {
		return "it tells something about every " + roughly(often) + ", and likely before that"
	}
	return "it tells something only about every " + roughly(often)
}

// roughly spells a long time without more digits than it has.
func roughly(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", (d+day/2)/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", (d+time.Hour/2)/time.Hour)
	}
	return hours(max(d.Round(time.Minute), time.Minute))
}

func inARow(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" %d times in a row", n)
}

// hours spells a gap: 6h, 90m or 1h30m.
func hours(d time.Duration) string {
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
