package schedule

import (
	"net/url"
	"time"

	"weir/feed"
)

// settled is how long permanent redirects must have named one address, at
// every successful poll and in so many answers, before that address is asked
// directly: servers are misconfigured for days (P51). The same address with
// https in place of http is what everybody switches to for good, and each
// request that still goes the old way is in the clear.
const (
	settled   = 14 * 24 * time.Hour
	upgraded  = 24 * time.Hour
	seenOften = 4
)

// Address returns what to ask for a source: its configured address, or the one
// it has moved to for good. The configuration is never changed. A moved source
// that keeps failing is asked at both addresses in turn, so that a move which
// turns out wrong heals itself.
func Address(src feed.Source, s feed.PollState, now time.Time) string {
	if src.Kind != feed.Remote || !adopted(src.URL, &s, now) {
		return src.URL
	}
	if s.Failures >= 3 && s.Failures%2 == 1 {
		return src.URL
	}
	return withUser(s.Moved, src.URL)
}

// adopted reports whether a move has held for long enough.
func adopted(configured string, s *feed.PollState, now time.Time) bool {
	if s.Moved == "" || s.MovedSeen < seenOften {
		return false
	}
	wait := settled
	if upgrades(configured, s.Moved) {
		wait = upgraded
	}
	return now.Sub(s.MovedSince) >= wait
}

// upgrades reports whether two addresses differ in that the second is https.
func upgrades(from, to string) bool {
	f, err := url.Parse(from)
	if err != nil {
		return false
	}
	t, err := url.Parse(to)
	return err == nil && f.Scheme == "http" && t.Scheme == "https" &&
		f.Hostname() == t.Hostname() && f.EscapedPath() == t.EscapedPath() && f.RawQuery == t.RawQuery
}

// withUser gives target the credentials of origin when both are one origin:
// moved addresses are kept without any (XJ09, XJ11).
func withUser(target, origin string) string {
	to, err := url.Parse(target)
	if err != nil {
		return target
	}
	from, err := url.Parse(origin)
	if err != nil || from.User == nil || from.Scheme != to.Scheme || from.Host != to.Host {
		return target
	}
	to.User = from.User
	return to.String()
}

// moved returns the address that permanent redirects name after a successful
// answer, since when, and in how many answers (P51). Only an unbroken run of
// them counts: one poll that was not redirected there ends it.
func moved(s *feed.PollState, a Answer, began time.Time) (string, time.Time, int) {
	direct := s.Moved != "" && a.Permanent == "" && a.Validators.URL == s.Moved
	switch {
	case direct, s.Moved != "" && a.Permanent == s.Moved:
		return s.Moved, s.MovedSince, min(s.MovedSeen+1, seenOften)
	case a.Permanent == "", a.NotModified:
		// A 304 proves no feed at the new address.
		return "", time.Time{}, 0
	default:
		return a.Permanent, began, 1
	}
}
