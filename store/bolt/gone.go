package bolt

import (
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// goneStates are those of entries that left because somebody said so. They are
// few among many, and whoever announces or remembers them asks for them at every
// publishing, so that they have a list of their own.
var goneStates = [...]feed.EntryState{feed.StateRemoved, feed.StateJoined}

func gone(state feed.EntryState) bool { return slices.Contains(goneStates[:], state) }

// listGone keeps the list true of an entry that is written.
func (t *teller) listGone(s *story) error {
	key := number(s.seq)
	switch is, was := !s.erased && gone(s.head.state()), t.leavers.Get(key) != nil; {
	case is && !was:
		return t.leavers.Put(key, []byte{})
	case was && !is:
		return t.leavers.Delete(key)
	}
	return nil
}

// listing is the bucket that has all entries of the states that are wanted, and
// as few others as there is one for.
func listing(q *feed.Selection) []byte {
	if len(q.States) == 0 || slices.ContainsFunc(q.States, func(st feed.EntryState) bool { return !gone(st) }) {
		return bucketEntries
	}
	return bucketGone
}

// migrateGone lists what was removed or joined.
func migrateGone(tx *bbolt.Tx) error {
	b, err := tx.CreateBucket(bucketGone)
	if err != nil {
		return err
	}
	c, err := newCodec()
	if err != nil {
		return err
	}
	var run []indexed
	err = tx.Bucket(bucketEntries).ForEach(func(k, v []byte) error {
		var head headRec
		// A damaged one is reported whenever it is met.
		if c.decode(k, v, &head) == nil && gone(head.state()) {
			run = append(run, indexed{slices.Clone(k), []byte{}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return fill(b, run)
}

// gone checks that the list of what was removed has exactly that; the check of
// entries has looked for each of them.
func (c *checker) gone() {
	c.each(bucketGone, func(k, _ []byte) {
		if c.tx.Bucket(bucketEntries).Get(k) == nil {
			c.missing(bucketEntries, k, "entry %x is listed as removed and does not exist", k)
		}
	})
}
