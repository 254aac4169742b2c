package bolt

import (
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// bucketPush is made when the first hub is asked, as bucketLists is for lists.
var bucketPush = []byte("push")

// pushRec is what is remembered of a subscription at a hub, under the id of its
// source.
type pushRec struct {
	Protocol uint8       `cbor:"1,keyasint,omitempty"`
	Hub      string      `cbor:"2,keyasint"`
	Topic    string      `cbor:"3,keyasint"`
	Current  callbackRec `cbor:"4,keyasint"`
	Earlier  callbackRec `cbor:"5,keyasint,omitempty"`
	Asked    int64       `cbor:"6,keyasint,omitempty"`
	Next     int64       `cbor:"7,keyasint,omitempty"`
	Pending  int64       `cbor:"8,keyasint,omitempty"`
	Leaving  bool        `cbor:"9,keyasint,omitempty"`
	Heard    int64       `cbor:"10,keyasint,omitempty"`
	Proven   int64       `cbor:"11,keyasint,omitempty"`
	Heeded   int         `cbor:"12,keyasint,omitempty"`
	Ignored  int         `cbor:"13,keyasint,omitempty"`
	Doubt    string      `cbor:"14,keyasint,omitempty"`
	Failures int         `cbor:"15,keyasint,omitempty"`
	Problem  string      `cbor:"16,keyasint,omitempty"`
}

type callbackRec struct {
	Address string `cbor:"1,keyasint,omitempty"`
	Secret  string `cbor:"2,keyasint,omitempty"`
	Until   int64  `cbor:"3,keyasint,omitempty"`
}

func callbackRecord(c feed.Callback) callbackRec {
	return callbackRec{c.Address, c.Secret, micros(c.Until)}
}

func (r callbackRec) callback() feed.Callback {
	return feed.Callback{Address: r.Address, Secret: r.Secret, Until: instant(r.Until)}
}

func pushRecord(s *feed.Subscription) pushRec {
	return pushRec{
		Protocol: uint8(s.Protocol), Hub: s.Hub, Topic: s.Topic,
		Current: callbackRecord(s.Current), Earlier: callbackRecord(s.Earlier),
		Asked: micros(s.Asked), Next: micros(s.Next), Pending: micros(s.Pending), Leaving: s.Leaving,
		Heard: micros(s.Heard), Proven: micros(s.Proven), Heeded: s.Heeded, Ignored: s.Ignored, Doubt: s.Doubt,
		Failures: s.Failures, Problem: s.Problem,
	}
}

func (r *pushRec) subscription() feed.Subscription {
	return feed.Subscription{
		Protocol: feed.PushProtocol(r.Protocol), Hub: r.Hub, Topic: r.Topic,
		Current: r.Current.callback(), Earlier: r.Earlier.callback(),
		Asked: instant(r.Asked), Next: instant(r.Next), Pending: instant(r.Pending), Leaving: r.Leaving,
		Heard: instant(r.Heard), Proven: instant(r.Proven), Heeded: r.Heeded, Ignored: r.Ignored, Doubt: r.Doubt,
		Failures: r.Failures, Problem: r.Problem,
	}
}

// Subscriptions implements store.Store. A source of which the record is damaged
// is subscribed anew.
func (s *Store) Subscriptions() (map[string]feed.Subscription, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	subs := make(map[string]feed.Subscription)
	err := s.view(func(tx *bbolt.Tx) error {
		return keptRecords(s.file, tx, bucketPush, func(id string, r *pushRec) { subs[id] = r.subscription() })
	})
	return subs, err
}

// KeepSubscription implements store.Store.
func (s *Store) KeepSubscription(source string, sub *feed.Subscription) error {
	if sub == nil {
		return keepRecord[pushRec](s, bucketPush, source, nil)
	}
	r := pushRecord(sub)
	return keepRecord(s, bucketPush, source, &r)
}

// pushed is what an operator may know of a source's subscription.
func (s *Store) pushed(tx *bbolt.Tx, source string) *feed.PushStatus {
	var r pushRec
	if tx.Bucket(bucketPush) == nil || !s.lookup(tx, bucketPush, []byte(source), &r) {
		return nil
	}
	sub := r.subscription()
	status := sub.Status(s.clock())
	return &status
}

// Hasten implements store.Store.
func (s *Store) Hasten(source string, at time.Time, gap time.Duration) error {
	if err := s.open(); err != nil {
		return err
	}
	s.desk.hasten(source, at, gap)
	return nil
}

// hasten makes a source due sooner. For one that is being polled that is
// remembered until the poll is over: it may have begun too early to see what
// there is.
func (d *desk) hasten(source string, at time.Time, gap time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.seats[source]
	if s == nil {
		return
	}
	s.hurry, s.rest = at, gap
	if s.claimed {
		return
	}
	d.dequeue(s)
	s.hurried()
	d.enqueue(s)
}

// hurried puts what hasten wanted to use. A source that fails is left alone for
// as long as it was to be.
func (s *seat) hurried() {
	if s.hurry.IsZero() {
		return
	}
	due := s.hurry
	if !s.poll.Tried.IsZero() {
		due = later(due, s.poll.Tried.Add(s.rest))
	}
	s.hurry = time.Time{}
	if !s.poll.Failing() && due.Before(s.poll.Due) {
		s.poll.Due = feed.Micro(due)
	}
}
