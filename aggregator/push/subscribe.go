package push

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"weir/feed"
)

const (
	// lease is what a hub is asked for, in time (WebSub §5.1).
	lease = 10 * 24 * time.Hour
	// shortLease and longLease bound what a hub grants (XI09), someLease stands
	// for one that says nothing of it.
	shortLease = 10 * time.Minute
	longLease  = 30 * 24 * time.Hour
	someLease  = 24 * time.Hour
	// cloudLease is how long rssCloud remembers, cloudRenewal when it is asked
	// again (W14).
	cloudLease   = 25 * time.Hour
	cloudRenewal = 24 * time.Hour
	// verification is how long a hub may take to verify.
	verification = time.Hour
	// retry doubles with each failure up to retryMost.
	retry     = time.Hour
	retryMost = 7 * 24 * time.Hour
	// change is the least time between two requests of which the second is for
	// another hub or topic (XI13).
	change = 24 * time.Hour
)

// Offer is what a source says of being announced; the zero value is nothing.
type Offer struct {
	Protocol   feed.PushProtocol
	Hub, Topic string
}

// Offered returns what a source offers, WebSub before rssCloud. The topic is
// what the feed calls its own address, whatever was asked for it (W2); rssCloud
// knows no such thing and takes the address that is polled, which no stranger is
// told where it holds a secret.
func Offered(src *feed.Source, p *feed.Profile) Offer {
	if src.Kind != feed.Remote {
		return Offer{}
	}
	if p.Hub != "" && p.Self != "" {
		return Offer{feed.WebSub, p.Hub, p.Self}
	}
	if p.Cloud != "" && !src.Private() {
		return Offer{feed.RSSCloud, p.Cloud, src.URL}
	}
	return Offer{}
}

// Objection says why nothing is asked of what a source offers, empty if
// something is: a secret goes over https alone (W3, XI11).
func (o Offer) Objection() string {
	if o.Protocol == feed.WebSub && o.Hub != "" && !strings.HasPrefix(strings.ToLower(o.Hub), "https:") {
		return "the hub is not at an https address, so no secret can be agreed on with it"
	}
	return ""
}

// Due returns when a hub is to be asked for what a source offers, zero for
// never. A subscription that was never asked for is due now, and so is one of
// which the callbacks are no longer below base: the operator moved the site.
func Due(s *feed.Subscription, o Offer, base string, now time.Time) time.Time {
	switch {
	case s.Leaving:
		return s.Next
	case o == Offer{}, o.Objection() != "":
		return time.Time{}
	case s.Asked.IsZero():
		return now
	case o != Offer{s.Protocol, s.Hub, s.Topic}:
		return s.Asked.Add(change)
	case below(s.Current.Address) != base:
		return now
	}
	return s.Next
}

// below is what a callback's address is below.
func below(address string) string {
	return address[:strings.LastIndexByte(address, '/')+1]
}

// Forgettable reports whether a subscription may be forgotten of which nothing
// is offered any more: not while its lease holds, nor while its hub is to be left
// in peace, or a feed that names a hub in every other answer would have it asked
// as often (XI13).
func Forgettable(s *feed.Subscription, now time.Time) bool {
	return Over(s, now) && (s.Leaving || !s.Next.After(now) && !s.Asked.Add(change).After(now))
}

// Over reports whether nothing is left to remember of a subscription that
// nobody wants any more: of one that is not wanted is that its lease ended.
func Over(s *feed.Subscription, now time.Time) bool {
	if s.Leaving {
		return s.Next.IsZero() && !s.Pending.After(now)
	}
	return !s.Active(now) && !s.Pending.After(now)
}

// Begin returns the subscription as it is when a hub is about to be asked for
// it: with a callback of its own, which nobody knows yet (W4, XI02). It is to be
// remembered before the hub is asked, which may verify before it answers.
func Begin(s feed.Subscription, o Offer, fresh feed.Callback, now time.Time) feed.Subscription {
	now = feed.Micro(now)
	if o != (Offer{s.Protocol, s.Hub, s.Topic}) {
		// Proven stays until it is seen that nothing holds what it was proved of.
		s = feed.Subscription{Heard: s.Heard, Proven: s.Proven, Heeded: s.Heeded, Ignored: s.Ignored}
	}
	moved := below(s.Current.Address) != below(fresh.Address)
	if moved {
		s.Current.Until, s.Earlier = time.Time{}, feed.Callback{} // hubs reach it there no more
		s.Failures, s.Problem = 0, ""
	} else if s.Current.Until.After(now) {
		s.Earlier = s.Current
	}
	unanswered := !s.Asked.IsZero() && s.Current.Until.IsZero() && s.Problem == "" && !moved
	if unanswered {
		s.Failures, s.Problem = s.Failures+1, "the hub took the request and did not verify it"
	}
	s.Protocol, s.Hub, s.Topic = o.Protocol, o.Hub, o.Topic
	s.Current, s.Asked, s.Pending = fresh, now, now.Add(verification)
	s.Next = now.Add(max(verification, wait(s.Failures)))
	return s
}

// Leave returns the subscription as it is when the hub is about to be asked to
// end it.
func Leave(s feed.Subscription, now time.Time) feed.Subscription {
	now = feed.Micro(now)
	s.Leaving, s.Asked, s.Pending, s.Next = true, now, now.Add(verification), time.Time{}
	return s
}

// wait is how long a hub is left alone after so many failures in a row.
func wait(failures int) time.Duration {
	d := retry
	for range min(failures, 10) - 1 {
		d *= 2
	}
	return min(d, retryMost)
}

// Accepted returns the subscription after a hub took the request. WebSub hubs
// verify it (W5); rssCloud has done so by then. One that denied it meanwhile
// has said all that it has to say (W8).
func Accepted(s feed.Subscription, now time.Time) feed.Subscription {
	if s.Pending.IsZero() {
		return s // it was denied before this answer was read
	}
	s.Problem = ""
	if s.Protocol == feed.RSSCloud && !s.Leaving {
		now = feed.Micro(now)
		s.Current.Until, s.Next, s.Pending = now.Add(cloudLease), now.Add(cloudRenewal), time.Time{}
		s.Failures = 0
	}
	return s
}

// Refused returns the subscription after a hub did not take the request, or
// could not be asked. A lease that holds goes on.
func Refused(s feed.Subscription, problem string, retryAfter, now time.Time) feed.Subscription {
	now = feed.Micro(now)
	if s.Leaving {
		s.Next, s.Pending = time.Time{}, time.Time{}
		return s
	}
	if s.Current.Until.After(now) || s.Pending.IsZero() {
		return s // it verified or denied, whatever it answered then
	}
	s.Failures, s.Problem, s.Pending = s.Failures+1, problem, time.Time{}
	s.Next = now.Add(wait(s.Failures))
	if latest := now.Add(retryMost); retryAfter.After(s.Next) {
		s.Next = feed.Micro(earliest(retryAfter, latest))
	}
	return s
}

// Objected reads the answer of a hub that took a request. rssCloud servers say
// no in the body of one that says 200.
func Objected(p feed.PushProtocol, body []byte) error {
	text := strings.ToLower(string(body))
	if p != feed.RSSCloud || !strings.Contains(text, `success="false"`) && !strings.Contains(text, `"success":false`) {
		return nil
	}
	return errors.New("its answer says that it failed")
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// verified returns the subscription after a hub verified it and granted a lease
// (W7). A verification that is repeated changes nothing: no lease is extended
// that was not asked for (XI09).
func verified(s feed.Subscription, granted time.Duration, now time.Time) feed.Subscription {
	if !s.Current.Until.IsZero() {
		return s
	}
	now = feed.Micro(now)
	s.Current.Until = now.Add(granted)
	s.Failures, s.Problem = 0, ""
	// At two thirds, and a little earlier for some, so that what was agreed on in
	// one minute is not renewed in one.
	early := granted / 20 * time.Duration(spread(s.Current.Address)) / 256
	s.Next = now.Add(max(granted/3*2-early, shortLease))
	return s
}

// spread is a number below 256 that an address always has.
func spread(address string) (n uint8) {
	for i := range len(address) {
		n = n*31 + address[i]
	}
	return n
}

// denied returns the subscription after a hub ended or refused it: polling is
// as if there were none, and the hub is asked again in a week (W8, XI10).
func denied(s feed.Subscription, reason string, now time.Time) feed.Subscription {
	s.Problem = "the hub denied it" + Covered(&s, reason)
	s.Current.Until, s.Earlier, s.Pending = time.Time{}, feed.Callback{}, time.Time{}
	s.Failures++
	s.Next = feed.Micro(now).Add(retryMost)
	return s
}

// Covered is what a hub says without what only it may know, which it may repeat
// (XI16).
func Covered(s *feed.Subscription, text string) string {
	for _, c := range [...]feed.Callback{s.Current, s.Earlier} {
		for _, secret := range [...]string{c.Secret, c.Address, tokenOf(c.Address)} {
			if secret != "" {
				text = strings.ReplaceAll(text, secret, "•••")
			}
		}
	}
	return text
}

// granted reads a lease as a hub writes it, bounded (XI09).
func granted(text string) time.Duration {
	if text == "" {
		return someLease
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil && strings.Trim(text, "0123456789") == "":
		return longLease
	case err != nil:
		return someLease
	}
	most := int64(longLease / time.Second)
	return max(time.Duration(min(max(seconds, 0), most))*time.Second, shortLease)
}

// Fresh returns a callback below base with a token of 128 bits and a secret of
// 256 (XI02, XI16). With rssCloud there is no secret.
func Fresh(base string, protocol feed.PushProtocol) feed.Callback {
	c := feed.Callback{Address: base + random(tokenSize)}
	if protocol == feed.WebSub {
		c.Secret = random(32)
	}
	return c
}

const tokenSize = 16

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // It never fails (crypto/rand).
	return hex.EncodeToString(b)
}

// Modest makes a form wish for a lease of a day only, and reports whether it
// wished for more. None at all would do by the specification, but not for all
// hubs.
func Modest(form url.Values) bool {
	const field, modest = "hub.lease_seconds", "86400"
	if !form.Has(field) || form.Get(field) == modest {
		return false
	}
	form.Set(field, modest)
	return true
}

// Form is what is posted to the hub of a subscription that began, or that is
// about to end.
func Form(s *feed.Subscription) url.Values {
	if s.Protocol == feed.RSSCloud {
		return cloudForm(s)
	}
	v := url.Values{
		"hub.callback": {s.Current.Address}, "hub.mode": {"subscribe"}, "hub.topic": {s.Topic},
	}
	if s.Leaving {
		v.Set("hub.mode", "unsubscribe")
		return v
	}
	v.Set("hub.lease_seconds", strconv.FormatInt(int64(lease/time.Second), 10))
	v.Set("hub.secret", s.Current.Secret)
	return v
}

// cloudForm names the callback in the pieces that rssCloud wants (W14). With a
// domain the server asks back whether it may.
func cloudForm(s *feed.Subscription) url.Values {
	u, err := url.Parse(s.Current.Address)
	if err != nil {
		return nil
	}
	standard := map[string]string{"http": "80", "https": "443"}
	port := cmp.Or(u.Port(), standard[u.Scheme])
	return url.Values{
		"notifyProcedure": {""}, "protocol": {u.Scheme + "-post"}, "domain": {u.Hostname()}, "port": {port}, "path": {u.Path},
		"url1": {s.Topic},
	}
}
