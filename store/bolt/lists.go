package bolt

import (
	"go.etcd.io/bbolt"

	"weir/feed"
)

// bucketLists is made when the first list is followed: a store without it
// follows none, and an older program does not look at it.
var bucketLists = []byte("lists")

// listRec is what is remembered of a reading list, under its id.
type listRec struct {
	Poll      pollRec     `cbor:"1,keyasint"`
	Title     string      `cbor:"2,keyasint,omitempty"`
	Feeds     []listedRec `cbor:"3,keyasint,omitempty"`
	Left      []string    `cbor:"4,keyasint,omitempty"`
	More      int         `cbor:"5,keyasint,omitempty"`
	Since     int64       `cbor:"6,keyasint,omitempty"`
	Seen      int         `cbor:"7,keyasint,omitempty"`
	Gone      int         `cbor:"8,keyasint,omitempty"`
	Held      int         `cbor:"9,keyasint,omitempty"`
	Confirmed bool        `cbor:"10,keyasint,omitempty"`
}

type listedRec struct {
	URL  string   `cbor:"1,keyasint"`
	Tags []string `cbor:"2,keyasint,omitempty"`
}

func (r *listRec) state() feed.ListState {
	return feed.ListState{
		Poll: r.Poll.state(), Title: r.Title, Left: r.Left, More: r.More, Confirmed: r.Confirmed,
		Feeds: each(r.Feeds, func(l listedRec) feed.Listed { return feed.Listed(l) }),
		Held:  feed.ListHold{Since: instant(r.Since), Seen: r.Seen, Gone: r.Gone, Feeds: r.Held},
	}
}

func listRecord(s *feed.ListState) listRec {
	return listRec{
		Poll: pollRecord(&s.Poll), Title: s.Title, Left: s.Left, More: s.More, Confirmed: s.Confirmed,
		Feeds: each(s.Feeds, func(l feed.Listed) listedRec { return listedRec(l) }),
		Since: micros(s.Held.Since), Seen: s.Held.Seen, Gone: s.Held.Gone, Held: s.Held.Feeds,
	}
}

// Lists implements store.Store. A list of which the record is damaged is asked
// again.
func (s *Store) Lists() (map[string]feed.ListState, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	lists := make(map[string]feed.ListState)
	err := s.view(func(tx *bbolt.Tx) error {
		return keptRecords(s.file, tx, bucketLists, func(id string, r *listRec) { lists[id] = r.state() })
	})
	return lists, err
}

// KeepList implements store.Store.
func (s *Store) KeepList(id string, state *feed.ListState) error {
	if state == nil {
		return keepRecord[listRec](s, bucketLists, id, nil)
	}
	r := listRecord(state)
	return keepRecord(s, bucketLists, id, &r)
}

// keepRecord writes a record into a bucket that is made for the first one; nil
// deletes it.
func keepRecord[R any](s *Store, bucket []byte, id string, r *R) error {
	if err := s.open(); err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	return s.update(func(tx *bbolt.Tx) error {
		if r == nil {
			if b := tx.Bucket(bucket); b != nil {
				return b.Delete([]byte(id))
			}
			return errNothing
		}
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		record, err := s.codec.encodePacked(r)
		if err != nil {
			return err
		}
		return s.codec.put(b, []byte(id), record)
	})
}

// keptRecords reads all records of such a bucket. A damaged one is reported and
// counts as none.
func keptRecords[R any](f *file, tx *bbolt.Tx, bucket []byte, take func(id string, r *R)) error {
	b := tx.Bucket(bucket)
	if b == nil {
		return nil
	}
	return b.ForEach(func(k, _ []byte) error {
		r := new(R)
		if f.lookup(tx, bucket, k, r) {
			take(string(k), r)
		}
		return nil
	})
}
