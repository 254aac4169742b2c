package schedule

import (
	"time"

	"weir/feed"
)

const (
	// despair is how long a source must have been missing before it is taken
	// for dead, and rare how often a dead one is still asked: sites come back
	// from a lost domain, a bankrupt host or a long illness (P55).
	despair = 30 * 24 * time.Hour
	rare    = 30 * 24 * time.Hour
)

// Dormant reports whether a source has been missing, or asked for a login, for
// so long that it is asked once a month alone (P55, P57). A server in trouble
// or a network that is away is no sign of death.
func Dormant(s *feed.PollState) bool {
	if !s.Failing() || s.Since.IsZero() || s.Tried.Sub(s.Since) < despair {
		return false
	}
	switch s.Status {
	case 401, 404, 451:
		return true
	}
	return s.Problem.Kind == "parked"
}
