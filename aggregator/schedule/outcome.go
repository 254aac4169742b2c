package schedule

import (
	"time"

	"weir/feed"
)

// Answer is what a source that could be read told of itself: the facts of a
// response, and of the document in it when there was one.
type Answer struct {
	// Status is 200, or 304 when NotModified; 0 for files and folders.
	Status      int
	NotModified bool
	// Validators are the pair to ask with next time. Their URL is the address
	// that was asked.
	Validators feed.Validators
	// Permanent is where an unbroken chain of permanent redirects led.
	Permanent string
	// Fresh is the freshness lifetime left, and FreshStated whether the
	// response spoke of it at all.
	Fresh       time.Duration
	FreshStated bool
	// Document holds the wishes found in the document (ttl, skipped hours and
	// days); it is ignored when NotModified.
	Document feed.Hints
	// News says that the document held an item that was not known, or not as
	// it is now.
	News bool
	// Dates are when the items were published that were not known in any form,
	// zero where they do not say.
	Dates []time.Time
}

// Succeeded returns the state after an attempt, begun at began, that gave a
// document or a 304. It must be called for a 200 only once its body was read
// as a feed: validators of anything else would hide the next good answer (P13).
func Succeeded(s feed.PollState, a Answer, began time.Time) feed.PollState {
	began = feed.Micro(began)
	if a.Status != 0 {
		s.Rhythm = learn(s.Rhythm, s.Succeeded, began, a.Dates)
	}
	s.Tried, s.Succeeded = began, began
	if a.News {
		s.Fresh = began
	}
	s.Status = a.Status
	s.Failures, s.Since, s.Problem = 0, time.Time{}, feed.Problem{}
	// The pair is replaced as a unit (P4), also when the body was the old one
	// (P5, P6); a 304 brings the pair already completed (P7).
	s.Validators = a.Validators
	s.Hints = hints(s.Hints, a)
	s.Moved, s.MovedSince, s.MovedSeen = moved(&s, a, began)
	return s
}

// Delivered returns the state after a document that came by itself brought
// news: nothing was asked, so nothing of when and how to ask changes.
func Delivered(s feed.PollState, at time.Time) feed.PollState {
	s.Fresh = feed.Micro(at)
	return s
}

// hints merges what the answer says of polling into what was known: a 304 has
// no document, and one that is silent about freshness renews the old lifetime
// (P7, P8; RFC 9111 §4.3.4).
func hints(old feed.Hints, a Answer) feed.Hints {
	h := a.Document
	if a.NotModified {
		h = old
	}
	if a.FreshStated || !a.NotModified {
		h.Fresh = a.Fresh
	}
	h.RetryAfter = time.Time{}
	return h
}

// Failed returns the state after an attempt, begun at began, that gave
// nothing: no answer, a refusal, or a body that is no feed. Status is 0 when
// no response was received. Validators and wishes stay as they were (P13, P50,
// P63).
func Failed(s feed.PollState, p feed.Problem, status int, retryAfter, began time.Time) feed.PollState {
	began = feed.Micro(began)
	s.Tried = began
	s.Status = status
	s.Problem = p
	if s.Failures == 0 {
		s.Since = began
	}
	s.Failures++
	s.Hints.RetryAfter = feed.Micro(retryAfter)
	return s
}

// CutOff returns the state after an attempt, begun at began, that this program
// did not wait to see the end of: it proves nothing about the source, but its
// server was asked (P21, P22).
func CutOff(s feed.PollState, began time.Time, o Options) feed.PollState {
	s.Tried = feed.Micro(began)
	if due := feed.Micro(s.Hints.Awake(s.Tried.Add(o.Least()))); s.Due.Before(due) {
		s.Due = due
		s.Interval = due.Sub(s.Tried)
	}
	return s
}

// Unheard returns the state after an attempt, begun at began, that failed
// because this machine's own network is down, and has been for a while: nothing
// of it counts against the source (P62). The next attempt comes soon, and the
// later the longer it lasts; a source that failed before keeps its gap.
func Unheard(now time.Time, s feed.PollState, began time.Time, lasted time.Duration, o Options) feed.PollState {
	s.Tried = feed.Micro(began)
	if s.Failing() {
		return Next(now, s, o)
	}
	gap := max(positive(o.Floor, defaultFloor), min(lasted, firstRetry))
	if o.Jitter {
		gap += part(o.Seed, began, gap/5)
	}
	due := s.Hints.Awake(now.Add(max(gap, shortest)))
	s.Due = feed.Micro(due)
	s.Interval = s.Due.Sub(s.Tried)
	return s
}
