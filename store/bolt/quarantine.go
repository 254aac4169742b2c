package bolt

import (
	"bytes"
	"errors"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// bucketQuarantine is made when the first record is damaged. In it lie, under
// the names of their buckets, the damaged records as they were; lost, with what
// the indexes still say of entries whose heads are damaged; and loose, the
// bodies that such heads named, which nobody can tell apart any more.
var (
	bucketQuarantine = []byte("quarantine")
	bucketLost       = []byte("lost")
	bucketLoose      = []byte("loose")
)

// lostRec is an entry whose head is damaged, as the indexes know it. With it
// and the next telling of its item the head is made again: the same slug, id
// and place, so that no subscriber sees it as new (XK15).
type lostRec struct {
	// Slug and Place are known of what has a place in a channel, and of
	// everything what its slug must hash to.
	Slug     string `cbor:"1,keyasint,omitempty"`
	SlugName name   `cbor:"6,keyasint"`
	Place    int64  `cbor:"2,keyasint,omitempty"`
	State    uint8  `cbor:"3,keyasint,omitempty"`
	// Names are the others that it is found under, Sightings lead to it.
	Names     []name         `cbor:"4,keyasint,omitempty"`
	Sightings []lostSighting `cbor:"5,keyasint,omitempty"`
}

type lostSighting struct {
	Source uint32   `cbor:"1,keyasint"`
	Key    feed.Key `cbor:"2,keyasint"`
}

// tellers are the sources that channels have counted for the entry.
func (r *lostRec) tellers() []uint32 {
	list := each(r.Sightings, func(s lostSighting) uint32 { return s.Source })
	slices.Sort(list)
	return slices.Compact(list)
}

// quarantine returns a bucket of the quarantine, nil when there is none.
func quarantine(tx *bbolt.Tx, name []byte) *bbolt.Bucket {
	if b := tx.Bucket(bucketQuarantine); b != nil {
		return b.Bucket(name)
	}
	return nil
}

// isolate puts a value into a bucket of the quarantine.
func isolate(tx *bbolt.Tx, name, key, value []byte) error {
	q, err := tx.CreateBucketIfNotExists(bucketQuarantine)
	if err != nil {
		return err
	}
	b, err := q.CreateBucketIfNotExists(name)
	if err != nil {
		return err
	}
	return b.Put(key, value)
}

// isolateBody moves a body into a bucket of the quarantine.
func isolateBody(tx *bbolt.Tx, name []byte, no uint64) error {
	bodies := tx.Bucket(bucketBodies)
	var whole []byte
	c := bodies.Cursor()
	for k, v := c.Seek(number(no)); bytes.HasPrefix(k, number(no)); k, v = c.Next() {
		whole = append(whole, v...)
	}
	return errors.Join(isolate(tx, name, number(no), whole), deleteBody(bodies, no))
}

// discharge drops a record from the quarantine: there is a good one again.
func discharge(tx *bbolt.Tx, bucket, key []byte) error {
	b := quarantine(tx, bucket)
	if b == nil {
		return nil
	}
	return b.Delete(key)
}

// lost reads what is known of an entry whose head is damaged.
func (f *file) lost(tx *bbolt.Tx, seq uint64) (*lostRec, bool) {
	b := quarantine(tx, bucketLost)
	if b == nil {
		return nil, false
	}
	key := number(seq)
	value := b.Get(key)
	r := new(lostRec)
	return r, value != nil && f.codec.decode(key, value, r) == nil
}

// quarantined counts the damaged records for which there is no good one yet.
func quarantined(tx *bbolt.Tx) int {
	n := 0
	for _, name := range [][]byte{bucketEntries, bucketBodies} {
		if b := quarantine(tx, name); b != nil {
			_ = b.ForEach(func(_, _ []byte) error { n++; return nil })
		}
	}
	return n
}
