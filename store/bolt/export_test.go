package bolt

import (
	"errors"
	"time"
	"unsafe"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// Doors for tests that look at what lies in the file.

// BoltOptions are the options that bbolt is opened with.
var BoltOptions = boltOptions

// Schema is the number of the present schema.
const Schema = int(schema)

// Raw gives a test the open file.
func (s *Store) Raw() *bbolt.DB { return s.db.DB }

// Recode writes a value as a record of its kind and reads it back.
func Recode[T any](v T) (T, error) {
	var out T
	c, err := newCodec()
	if err != nil {
		return out, err
	}
	var in, back any
	switch v := any(v).(type) {
	case feed.Source:
		r := sourceRecord(7, v)
		in, back = r, new(sourceRec)
	case feed.PollState:
		in, back = pollRecord(&v), new(pollRec)
	case feed.DocState:
		in, back = docRecord(&v), new(docRec)
	case feed.Content:
		in, back = bodyRecord(&v), new(bodyRec)
	case feed.Traits:
		in, back = traitsRecord(&v), new(traitsRec)
	case feed.Rejection:
		in, back = rejectionRecord(v), new(rejectionRec)
	}
	key := []byte("key")
	record, err := c.encodePacked(in)
	if err != nil {
		return out, err
	}
	if err := c.decode(key, c.seal(key, record), back); err != nil {
		return out, err
	}
	var got any
	switch r := back.(type) {
	case *sourceRec:
		got = r.source(any(v).(feed.Source).ID)
	case *pollRec:
		got = r.state()
	case *docRec:
		got, err = r.state()
	case *bodyRec:
		content := feed.Content{Title: any(v).(feed.Content).Title, Link: any(v).(feed.Content).Link, Language: any(v).(feed.Content).Language}
		r.content(&content)
		got = content
	case *traitsRec:
		got, err = r.traits()
	case *rejectionRec:
		got = r.rejection()
	}
	return got.(T), err
}

// RecodeHead writes the head with the fields that fill sets, as it lies in the
// file, and tells whether it came back as it was.
func RecodeHead(fill func(any)) (before, after any, size int, err error) {
	c, err := newCodec()
	if err != nil {
		return nil, nil, 0, err
	}
	var in, out headRec
	fill(&in)
	record, err := c.encodeHead(&in)
	if err != nil {
		return nil, nil, 0, err
	}
	key := number(1)
	value := c.seal(key, record)
	err = c.decode(key, value, &out)
	return in, out, len(value), err
}

// DecodeHead reads bytes that nobody wrote as a head.
func DecodeHead(raw []byte) error {
	c, err := newCodec()
	if err != nil {
		return err
	}
	return c.decodeHead(raw, new(headRec))
}

// Flip tells whether a record is refused once a bit of it was flipped, or once
// it is read under another key.
func Flip(at int) (flipped, misplaced error) {
	c, err := newCodec()
	if err != nil {
		return nil, nil
	}
	record, err := c.encode(rejectionRec{Title: "a title", Reason: "a reason"})
	if err != nil {
		return nil, nil
	}
	value := c.seal([]byte("key"), record)
	misplaced = c.decode([]byte("kez"), value, new(rejectionRec))
	value[at%len(value)] ^= 1 << (at % 8)
	return c.decode([]byte("key"), value, new(rejectionRec)), misplaced
}

// PlaceKey is the key that orders channels.
var PlaceKey = placeKey

// At returns where in the file the first value of a bucket lies.
func At(s *Store, bucket string) (offset int, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		_, v := tx.Bucket([]byte(bucket)).Cursor().First()
		offset = int(uintptr(unsafe.Pointer(&v[0])) - s.db.Info().Data)
		return nil
	})
	return offset, err
}

// Quarantined counts the records that wait to be told again.
func Quarantined(s *Store) (n int) {
	_ = s.db.View(func(tx *bbolt.Tx) error { n = quarantined(tx); return nil })
	return n
}

// NearHolders looks up whose text is nearly the same, as a commit does.
func (s *Store) NearHolders(sketch *feed.Sketch) (seqs []uint64, err error) {
	traits := traitsRec{Sketch: packSketch(sketch)}
	err = s.view(func(tx *bbolt.Tx) error {
		n := near{bucket: tx.Bucket(bucketNear), state: nearWhole}
		seqs = n.holders(&traits)
		return nil
	})
	return seqs, err
}

// NearKey is a row of the index of near texts.
var NearKey = nearKey

// MigrateFurther migrates a store to a schema that there is not yet.
func MigrateFurther(path string, step func(*bbolt.Tx) error) error {
	db, err := openNamed(path, boltOptions(Options{}))
	if err != nil {
		return err
	}
	f, err := fileOf(path, db, Options{})
	if err != nil {
		return err
	}
	return errors.Join(f.migrate(append(migrations[:], step)), db.Close())
}

// Bound is how many records one transaction of a long work writes.
const Bound = bound

// View runs something inside a reading transaction.
func View(s *Store, run func()) error {
	return s.view(func(*bbolt.Tx) error { run(); return nil })
}

// Uncopied returns memory of the store.
func Uncopied(s *Store) (v []byte) {
	_ = s.view(func(tx *bbolt.Tx) error { _, v = tx.Bucket(bucketEntries).Cursor().First(); return nil })
	return v
}

// Transactions counts the writing transactions there ever were.
func Transactions(s *Store) (n int) {
	_ = s.view(func(tx *bbolt.Tx) error { n = tx.ID(); return nil })
	return n
}

// WhileWriting keeps everybody from writing while something begins so many
// commits, and until all of them wait.
func WhileWriting(s *Store, commits int, begin func()) {
	s.write.Lock()
	defer s.write.Unlock()
	begin()
	for waits := 0; waits < commits; time.Sleep(time.Millisecond) {
		s.waiting.mu.Lock()
		waits = len(s.waiting.calls)
		s.waiting.mu.Unlock()
	}
}
