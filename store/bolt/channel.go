package bolt

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// channelRec is a channel's record. Revision and Arrivals outlive every index:
// they only ever grow.
type channelRec struct {
	Digest   string `cbor:"1,keyasint,omitempty"`
	Revision uint64 `cbor:"2,keyasint,omitempty"`
	// Arrivals is the last arrival number given out.
	Arrivals uint64 `cbor:"3,keyasint,omitempty"`
	// Index is which of the two indexes is in use.
	Index int `cbor:"4,keyasint,omitempty"`
}

// placed is what a channel's index says of an entry, in 24 bytes.
type placed struct{ seq, arrival, revision uint64 }

func (p placed) bytes() []byte {
	b := make([]byte, 0, 24)
	b = binary.BigEndian.AppendUint64(b, p.seq)
	b = binary.BigEndian.AppendUint64(b, p.arrival)
	return binary.BigEndian.AppendUint64(b, p.revision)
}

func readPlaced(v []byte) (placed, bool) {
	if len(v) != 24 {
		return placed{}, false
	}
	return placed{read(v), read(v[8:]), read(v[16:])}, true
}

// channel is a channel inside a transaction: its record and its index.
type channel struct {
	bucket *bbolt.Bucket
	rec    channelRec
	index
}

// index is one index of a channel.
type index struct{ places, shelf, arrivals, tellers *bbolt.Bucket }

func indexOf(b *bbolt.Bucket) index {
	return index{b.Bucket(bucketPlaces), b.Bucket(bucketShelf), b.Bucket(bucketArrival), b.Bucket(bucketTellers)}
}

// where returns what the index says of an entry, if it is in the channel: by
// its place, or on the shelf.
func (x *index) where(seq uint64, head *headRec) (placed, bool) {
	if at, ok := readPlaced(x.places.Get(placeKey(head.Place, head.Slug))); ok && at.seq == seq {
		return at, true
	}
	return readPlaced(x.shelf.Get(number(seq)))
}

// row returns the bucket and the key where an entry of this state lies.
func (x *index) row(seq uint64, head *headRec) (*bbolt.Bucket, []byte) {
	if head.state() == feed.StateShelved {
		return x.shelf, number(seq)
	}
	return x.places, placeKey(head.Place, head.Slug)
}

// clear takes an entry's rows out of the index.
func (x *index) clear(at placed, head *headRec) error {
	return errors.Join(
		x.places.Delete(placeKey(head.Place, head.Slug)),
		x.shelf.Delete(number(at.seq)),
		x.arrivals.Delete(number(at.arrival)),
	)
}

// channel opens a channel that was indexed at least once.
func (f *file) channel(tx *bbolt.Tx, id string) (*channel, error) {
	b := tx.Bucket(bucketChannels).Bucket([]byte(id))
	if b == nil {
		return nil, fmt.Errorf("channel %s: %w", id, store.ErrNotFound)
	}
	c := &channel{bucket: b}
	if err := f.codec.decode(keyChannel, b.Get(keyChannel), &c.rec); err != nil {
		return nil, fmt.Errorf("channel %s: %w", id, err)
	}
	at := b.Bucket(bucketIndexes[c.rec.Index&1])
	if at == nil {
		return nil, fmt.Errorf("channel %s: %w", id, store.ErrNotFound)
	}
	c.index = indexOf(at)
	if c.places == nil || c.shelf == nil || c.arrivals == nil || c.tellers == nil {
		return nil, fmt.Errorf("channel %s: %w: its index is not whole", id, store.ErrCorrupt)
	}
	return c, nil
}

// save writes the channel's record.
func (c *channel) save(f *file) error {
	record, err := f.codec.encode(&c.rec)
	if err != nil {
		return err
	}
	return f.codec.put(c.bucket, keyChannel, record)
}

// index brings every channel up to date with the stories that changed and the
// sources whose profile did, and tells whether a revision moved. A revision
// moves once per transaction.
func (f *file) index(tx *bbolt.Tx, set *setup, t *teller, restyled []uint32) (bool, error) {
	var changed []*story
	for _, s := range t.stories {
		if s.changed {
			changed = append(changed, s)
		}
	}
	if len(changed) == 0 && len(restyled) == 0 {
		return false, nil
	}
	// Arrival numbers follow place, oldest first: the reverse of feed.Newer.
	slices.SortFunc(changed, func(a, b *story) int {
		return cmp.Or(cmp.Compare(a.head.Place, b.head.Place), cmp.Compare(b.head.Slug, a.head.Slug))
	})
	moved := false
	for i := range set.channels {
		c, err := f.channel(tx, set.channels[i].ID)
		if errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrNotFound) {
			f.skip(keyChannel, err)
			continue // the next Configure indexes it anew
		}
		if err != nil {
			return false, err
		}
		did, err := t.indexIn(c, set.channels[i].Match, changed, restyled)
		if err != nil {
			return false, fmt.Errorf("channel %s: %w", set.channels[i].ID, err)
		}
		if !did {
			continue
		}
		moved = true
		if err := c.save(f); err != nil {
			return false, err
		}
	}
	return moved, nil
}

// indexIn brings one channel up to date and tells whether its revision moved.
func (t *teller) indexIn(c *channel, match func(*feed.Entry) bool, changed []*story, restyled []uint32) (bool, error) {
	c.rec.Revision++
	moved := false
	for _, s := range changed {
		in, err := t.matches(s, match)
		if err != nil {
			return false, err
		}
		did, err := c.place(s, in)
		if err != nil {
			return false, err
		}
		moved = moved || did
	}
	for _, no := range restyled {
		moved = moved || c.shows(no, match)
	}
	return moved, nil
}

// shows tells whether a channel's documents name a source: one without a rule
// lists them all, also those that tell nothing.
func (c *channel) shows(no uint32, match func(*feed.Entry) bool) bool {
	return match == nil || c.tellers.Get(short(no)) != nil
}

// matches tells whether an entry belongs to a channel now. An entry whose body
// is damaged is published nowhere.
func (t *teller) matches(s *story, match func(*feed.Entry) bool) (bool, error) {
	if !s.head.state().Published() {
		return false, nil
	}
	if match == nil {
		return true, nil
	}
	e, err := t.entry(s)
	if err != nil {
		t.f.skip(number(s.seq), err)
		return false, nil
	}
	return match(&e), nil
}

// entry assembles the whole entry as readers see it.
func (t *teller) entry(s *story) (feed.Entry, error) {
	content, err := t.whole(s)
	if err != nil {
		return feed.Entry{}, err
	}
	return s.head.entry(content, t.set)
}

// place puts an entry into the channel, renews it there or takes it out, and
// tells whether it was or is in it.
func (c *channel) place(s *story, in bool) (bool, error) {
	at, had := c.where(s.seq, &s.head)
	switch {
	case !had && !in:
		return false, nil
	case had && !in:
		if err := c.clear(at, &s.head); err != nil {
			return false, err
		}
		return true, c.count(s.counted, nil)
	}
	before := s.counted
	if !had {
		c.rec.Arrivals++
		at, before = placed{seq: s.seq, arrival: c.rec.Arrivals}, nil
		if err := c.arrivals.Put(number(at.arrival), number(at.seq)); err != nil {
			return false, err
		}
	}
	at.revision = c.rec.Revision
	b, key := c.row(s.seq, &s.head)
	if had && b.Get(key) == nil {
		// It left the shelf for a place.
		if err := c.shelf.Delete(number(s.seq)); err != nil {
			return false, err
		}
	}
	if err := b.Put(key, at.bytes()); err != nil {
		return false, err
	}
	return true, c.count(before, s.tellers())
}

// count keeps how many entries of the channel each source tells, so that a
// source's new profile moves the revisions it must and no others.
func (c *channel) count(before, after []uint32) error {
	for _, no := range before {
		if !slices.Contains(after, no) {
			if err := c.add(no, -1); err != nil {
				return err
			}
		}
	}
	for _, no := range after {
		if !slices.Contains(before, no) {
			if err := c.add(no, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *channel) add(no uint32, d int) error {
	key := short(no)
	var n int
	if v := c.tellers.Get(key); len(v) == 4 {
		n = int(binary.BigEndian.Uint32(v))
	}
	if n += d; n <= 0 {
		return c.tellers.Delete(key)
	}
	return c.tellers.Put(key, short(uint32(n)))
}
