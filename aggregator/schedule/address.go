package schedule

import (
	"net/url"
	"time"

	"weir/feed"
)

// settled is how long permanent redirects must have named one address, at
// every successful poll, before that address is asked directly: servers are
// misconfigured for days (P51).
const settled = 14 * 24 * time.Hour

// Address returns what to ask for a source: its configured address, or the one
// it has moved to for good. The configuration is never changed. A moved source
// that keeps failing is asked at both addresses in turn, so that a move which
// turns out wrong heals itself.
func Address(src feed.Source, s feed.PollState, now time.Time) string {
	if src.Kind != feed.Remote || s.Moved == "" || now.Sub(s.MovedSince) < settled {
		return src.URL
	}
	if s.Failures >= 3 && s.Failures%2 == 1 {
		return src.URL
	}
	return withUser(s.Moved, src.URL)
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
// answer, and since when (P51). Only an unbroken run of answers counts: one
// poll that was not redirected there ends it.
func moved(s *feed.PollState, a Answer, began time.Time) (string, time.Time) {
	direct := s.Moved != "" && a.Permanent == "" && a.Validators.URL == s.Moved
	switch {
	case direct, s.Moved != "" && a.Permanent == s.Moved:
		return s.Moved, s.MovedSince
	case a.Permanent == "", a.NotModified:
		// A 304 proves no feed at the new address.
		return "", time.Time{}
	default:
		return a.Permanent, began
	}
}
