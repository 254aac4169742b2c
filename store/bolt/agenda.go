package bolt

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// duty is something that the store does by itself when its time has come. Its
// values are stored: append only.
type duty byte

const (
	// dutyRelease lets what is held of a source into its channels.
	dutyRelease duty = 1
	// dutyMuster looks at what a source tells that left the configuration or
	// came back.
	dutyMuster duty = 2
	// dutyForget drops a source that was away for too long.
	dutyForget duty = 3
	// dutyWithdraw looks at what a source's documents lack.
	dutyWithdraw duty = 4
	// dutyPrune looks after retention.
	dutyPrune duty = 5
	// dutyDeny looks at all entries of a source whose feed began to forbid that
	// they are published, or ended to.
	dutyDeny duty = 6
)

// stint is how many entries one transaction of a duty deals with, so that no
// Commit waits long for it.
const stint = 1 << 8

// appointment is a duty towards a subject, which is a source's number or an
// entry's, at an instant.
type appointment struct {
	at      int64
	duty    duty
	subject uint64
}

const appointmentSize = 8 + 1 + 8

func (a appointment) key() []byte {
	k := make([]byte, 0, appointmentSize)
	k = binary.BigEndian.AppendUint64(k, uint64(a.at))
	k = append(k, byte(a.duty))
	return binary.BigEndian.AppendUint64(k, a.subject)
}

func readAppointment(k []byte) (appointment, bool) {
	if len(k) != appointmentSize {
		return appointment{}, false
	}
	return appointment{int64(read(k)), duty(k[8]), read(after(k, 9))}, true
}

// duties says how each is done: one stint of it, told whether there is more to
// do at once, and when to look again, never where that is zero.
func duties(d duty) func(*tending, uint64) (more bool, again time.Time, err error) {
	switch d {
	case dutyRelease:
		return (*tending).release
	case dutyMuster:
		return (*tending).muster
	case dutyForget:
		return (*tending).forgetSource
	case dutyWithdraw:
		return (*tending).withdraw
	case dutyDeny:
		return (*tending).deny
	}
	return nil
}

// tending is one transaction of what the store does by itself.
type tending struct {
	*teller
	tx    *bbolt.Tx
	count *feed.Tended
	// position is how far earlier stints of the duty came, and what the next
	// one finds there.
	position []byte
	// remember is what the next appointment finds as its position, where the
	// duty asks for one.
	remember []byte
	// reread are the sources to be read anew; after is what the desk and the
	// setup learn once the transaction is written.
	reread map[uint32]bool
	after  []func()
}

func (f *file) tending(tx *bbolt.Tx, now time.Time, count *feed.Tended) *tending {
	t := &tending{
		teller: &teller{f: f, set: f.setup.Load(), ledger: newLedger(tx), now: now, told: make(map[uint32]int)},
		tx:     tx, count: count, reread: make(map[uint32]bool),
	}
	t.on(tx)
	return t
}

// Tend implements store.Store.
func (s *Store) Tend() (feed.Tended, error) {
	var count feed.Tended
	if err := s.open(); err != nil {
		return count, err
	}
	if err := s.heal(&count); err != nil {
		return count, err
	}
	now, done := s.clock(), make(map[appointment]bool)
	for {
		next, ok, err := s.nextDuty(now, done)
		if err != nil || !ok {
			return count, err
		}
		tend := s.tend
		if next.duty == dutyPrune { // it looks at everything, between transactions
			tend = s.tendPruning
		}
		if err := tend(next, now, done, &count); err != nil {
			return count, err
		}
	}
}

// nextDuty finds the first appointment that is due and was not kept already by
// this call.
func (f *file) nextDuty(now time.Time, done map[appointment]bool) (next appointment, ok bool, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketAgenda).Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			a, valid := readAppointment(k)
			if valid && a.at > micros(now) {
				return nil
			}
			if valid && !done[a] {
				next, ok = a, true
				return nil
			}
		}
		return nil
	})
	return next, ok, err
}

// tend does one stint of a duty in a transaction of its own.
func (f *file) tend(a appointment, now time.Time, done map[appointment]bool, count *feed.Tended) error {
	f.write.Lock()
	defer f.write.Unlock()
	var moved bool
	var after []func()
	err := f.update(func(tx *bbolt.Tx) error {
		t := f.tending(tx, now, count)
		t.position = slices.Clone(tx.Bucket(bucketAgenda).Get(a.key()))
		do := duties(a.duty)
		if do == nil {
			return tx.Bucket(bucketAgenda).Delete(a.key())
		}
		more, again, err := do(t, a.subject)
		if err != nil {
			return err
		}
		if more {
			err = tx.Bucket(bucketAgenda).Put(a.key(), t.position)
		} else {
			done[a] = true
			if err := tx.Bucket(bucketAgenda).Delete(a.key()); err != nil {
				return err
			}
			if !again.IsZero() {
				next := appointment{micros(again), a.duty, a.subject}
				done[next] = true
				if err := tx.Bucket(bucketAgenda).Put(next.key(), t.remember); err != nil {
					return err
				}
			}
		}
		if err != nil {
			return err
		}
		moved, err = t.finish()
		after = t.after
		return err
	})
	if err == nil {
		f.learn(after, moved)
	}
	return err
}

// learn does what follows from a transaction that was written.
func (f *file) learn(after []func(), moved bool) {
	for _, do := range after {
		do()
	}
	if moved {
		f.hints.tell()
	}
}

// finish writes what a stint changed and tells whether a revision moved.
func (t *tending) finish() (bool, error) {
	if err := t.rereadAll(); err != nil {
		return false, err
	}
	if err := errors.Join(t.write(), t.ledger.write(t.tx)); err != nil {
		return false, err
	}
	return t.f.index(t.tx, t.set, t.teller, nil)
}
