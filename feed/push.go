package feed

import "time"

// PushMode says what becomes of news that a hub announces.
type PushMode uint8

// The modes of push.
const (
	// PushOn takes an announcement as a reason to read the source.
	PushOn PushMode = iota
	// PushOff subscribes to nothing.
	PushOff
	// PushTrust takes what a signed announcement holds for the source's own.
	PushTrust
)

// PushProtocol is what a hub speaks. Its values are stored: append only.
type PushProtocol uint8

// The protocols of hubs.
const (
	// WebSub is W3C WebSub, and PubSubHubbub before it.
	WebSub PushProtocol = iota
	// RSSCloud is the cloud element of RSS 2.0 over http-post.
	RSSCloud
)

// String returns the name for people.
func (p PushProtocol) String() string {
	if p == RSSCloud {
		return "rssCloud"
	}
	return "WebSub"
}

// Callback is an address at which a hub reaches one subscription.
type Callback struct {
	// Address ends in a token that nobody can guess; empty means none.
	Address string
	// Secret signs what is delivered there, empty with rssCloud.
	Secret string
	// Until is the end of its lease, zero while it is not verified.
	Until time.Time
}

// Subscription is what is remembered of asking a hub to announce the news of
// one source.
type Subscription struct {
	Protocol PushProtocol
	// Hub is where the subscription was asked for, Topic what of.
	Hub, Topic string
	// Current is the callback of the last request, Earlier the one before, which
	// the hub uses until its lease is over (W4).
	Current, Earlier Callback
	// Asked is when the hub was asked last, Next when it will be again.
	Asked, Next time.Time
	// Pending is until when the hub may verify what was asked, zero when nothing
	// was (XI01).
	Pending time.Time
	// Leaving says that the subscription is to end.
	Leaving bool
	// Heard is when the last genuine announcement came, Proven since when they
	// have been seen to bring news, zero while they have not (P35).
	Heard, Proven time.Time
	// Heeded counts genuine announcements, Ignored all others; Doubt says what
	// was wrong with the last of those.
	Heeded, Ignored int
	Doubt           string
	// Failures counts requests in a row that came to nothing; Problem says why
	// the last one did.
	Failures int
	Problem  string
}

// Active reports whether the hub has promised to announce news now.
func (s *Subscription) Active(now time.Time) bool {
	return !s.Leaving && (s.Current.Until.After(now) || s.Earlier.Until.After(now))
}

// Reliable reports whether the hub has promised to announce news, and was seen
// to keep such a promise.
func (s *Subscription) Reliable(now time.Time) bool {
	return s.Active(now) && !s.Proven.IsZero()
}

// Lease is when the promise of the hub ends, zero if it gave none.
func (s *Subscription) Lease() time.Time {
	if s.Earlier.Until.After(s.Current.Until) {
		return s.Earlier.Until
	}
	return s.Current.Until
}

// PushStatus is what an operator may know of a subscription: nothing of what
// would let anybody else announce news.
type PushStatus struct {
	Protocol   PushProtocol
	Hub, Topic string
	// State is a word: asked, active, failing, leaving.
	State string
	// Until, Next, Heard, Proven, Heeded, Ignored, Doubt and Problem are those of
	// the subscription.
	Until, Next, Heard, Proven time.Time
	Heeded, Ignored            int
	Doubt, Problem             string
}

// Status tells of a subscription what may be told.
func (s *Subscription) Status(now time.Time) PushStatus {
	state := "asked"
	switch {
	case s.Leaving:
		state = "leaving"
	case s.Active(now):
		state = "active"
	case s.Failures > 0:
		state = "failing"
	}
	return PushStatus{
		Protocol: s.Protocol, Hub: s.Hub, Topic: s.Topic, State: state,
		Until: s.Lease(), Next: s.Next, Heard: s.Heard, Proven: s.Proven,
		Heeded: s.Heeded, Ignored: s.Ignored, Doubt: s.Doubt, Problem: s.Problem,
	}
}
