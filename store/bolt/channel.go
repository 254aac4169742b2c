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
	// Spare is the first of Spares arrival numbers that are set aside for an
	// index that is being built.
	Spare  uint64 `cbor:"5,keyasint,omitempty"`
	Spares uint64 `cbor:"6,keyasint,omitempty"`
}

// release gives back the arrival numbers that are set aside and not needed, as
// long as none was given out behind them.
func (r *channelRec) release() {
	if r.Spares > 0 && r.Spare+r.Spares-1 == r.Arrivals {
		r.Arrivals = r.Spare - 1
	}
	r.Spare, r.Spares = 0, 0
}

// placed is what a channel's index says of an entry: three varints.
type placed struct{ seq, arrival, revision uint64 }

func (p placed) bytes() []byte {
	b := make([]byte, 0, 3*binary.MaxVarintLen64)
	b = binary.AppendUvarint(b, p.seq)
	b = binary.AppendUvarint(b, p.arrival)
	return binary.AppendUvarint(b, p.revision)
}

func readPlaced(v []byte) (placed, bool) {
	r := headReader{b: v}
	p := placed{r.number(), r.number(), r.number()}
	return p, !r.bad && r.at == len(v)
}

// channel is a channel inside a transaction: its record and its index.
type channel struct {
	bucket *bbolt.Bucket
	rec    channelRec
	index
}

// index is one index of a channel. Rows whose revision is 0 came with it: they
// have the revision at which it came into use, which is not known while it is
// built.
type index struct{ places, shelf, arrivals, tellers *bbolt.Bucket }

// indexParts are the buckets of an index.
var indexParts = [...][]byte{bucketPlaces, bucketShelf, bucketArrival, bucketTellers}

func indexOf(b *bbolt.Bucket) index {
	return index{b.Bucket(bucketPlaces), b.Bucket(bucketShelf), b.Bucket(bucketArrival), b.Bucket(bucketTellers)}
}

// bear notes at which revision the index comes into use.
func (x *index) bear(revision uint64) error {
	return errors.Join(x.places.SetSequence(revision), x.shelf.SetSequence(revision))
}

// read reads a row.
func (x *index) read(v []byte) (placed, bool) {
	at, ok := readPlaced(v)
	if ok && at.revision == 0 {
		at.revision = x.places.Sequence()
	}
	return at, ok
}

// where returns what the index says of an entry, if it is in the channel.
func (x *index) where(seq uint64, head *headRec) (placed, bool) {
	return x.find(seq, head.Place, head.Slug)
}

// find returns what the index says of an entry with this place: there or on the
// shelf.
func (x *index) find(seq uint64, place int64, slug string) (placed, bool) {
	if x.places == nil {
		return placed{}, false
	}
	if at, ok := x.read(x.places.Get(placeKey(place, slug))); ok && at.seq == seq {
		return at, true
	}
	return x.read(x.shelf.Get(number(seq)))
}

// row returns the bucket and the key where an entry lies.
func (x *index) row(seq uint64, place int64, slug string, shelved bool) (*bbolt.Bucket, []byte) {
	if shelved {
		return x.shelf, number(seq)
	}
	return x.places, placeKey(place, slug)
}

// put writes the rows of an entry that is not in the index.
func (x *index) put(at placed, place int64, slug string, shelved bool) error {
	b, key := x.row(at.seq, place, slug, shelved)
	return errors.Join(b.Put(key, at.bytes()), x.arrivals.Put(number(at.arrival), number(at.seq)))
}

// renew writes the row of an entry that is in the index.
func (x *index) renew(at placed, s *story) error {
	b, key := x.row(at.seq, s.head.Place, s.head.Slug, s.shelved())
	if _, there := readPlaced(b.Get(key)); there {
		return b.Put(key, at.bytes())
	}
	// It went from the shelf to a place, or the other way.
	if err := x.clear(at, s.place, s.head.Slug); err != nil {
		return err
	}
	return x.put(at, s.head.Place, s.head.Slug, s.shelved())
}

// clear takes an entry's rows out of the index.
func (x *index) clear(at placed, place int64, slug string) error {
	return errors.Join(
		x.places.Delete(placeKey(place, slug)),
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
	record := b.Get(keyChannel)
	if record == nil { // its first index is being built, or it is being removed
		return nil, fmt.Errorf("channel %s: %w", id, store.ErrNotFound)
	}
	if err := f.codec.decode(keyChannel, record, &c.rec); err != nil {
		return nil, fmt.Errorf("channel %s: %w", id, &recordError{damaged{string(bucketChannels), id}, err})
	}
	at := b.Bucket(bucketIndexes[c.rec.Index&1])
	if at == nil {
		return nil, fmt.Errorf("channel %s: %w", id, store.ErrNotFound)
	}
	c.index = indexOf(at)
	if c.arrivals != nil {
		c.arrivals.FillPercent = 1 // it grows at its end
	}
	if !c.whole() {
		return nil, fmt.Errorf("channel %s: %w: its index is not whole", id, store.ErrCorrupt)
	}
	return c, nil
}

// whole tells whether all parts of the index are there.
func (x *index) whole() bool {
	return x.places != nil && x.shelf != nil && x.arrivals != nil && x.tellers != nil
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
		id := set.channels[i].ID
		c, err := f.channel(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue // it is being indexed for the first time
		}
		if errors.Is(err, store.ErrCorrupt) {
			f.skip(keyChannel, err)
			continue // the next Configure indexes it anew
		}
		if err != nil {
			return false, err
		}
		did, err := t.indexIn(c, f.rule(id), changed, restyled)
		if err != nil {
			return false, fmt.Errorf("channel %s: %w", id, err)
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

// rule is what a channel's index in use was made by, nil where nobody in this
// process knows that any more. While the channel is indexed anew it is not what
// the configuration says. The caller holds f.write.
func (f *file) rule(id string) *feed.Channel {
	if def, ok := f.ruled[id]; ok {
		return &def
	}
	return nil
}

// indexIn brings one channel up to date and tells whether its revision moved.
// Under a rule that nobody knows, entries leave it, and none comes in.
func (t *teller) indexIn(c *channel, def *feed.Channel, changed []*story, restyled []uint32) (bool, error) {
	c.rec.Revision++
	moved := false
	for _, s := range changed {
		in, err := t.belongs(s, c, def)
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
		moved = moved || c.shows(no, def)
	}
	return moved, nil
}

// belongs tells whether an entry is to be in a channel.
func (t *teller) belongs(s *story, c *channel, def *feed.Channel) (bool, error) {
	if def != nil {
		return t.matches(s, def.Match)
	}
	_, had := c.find(s.seq, s.place, s.head.Slug)
	return had && s.head.state().Published(), nil
}

// shows tells whether a channel's documents name a source: one without a rule
// lists them all, also those that tell nothing.
func (c *channel) shows(no uint32, def *feed.Channel) bool {
	return def != nil && def.Match == nil || c.tellers.Get(short(no)) != nil
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
	at, had := c.find(s.seq, s.place, s.head.Slug)
	switch {
	case !had && !in:
		return false, nil
	case had && !in:
		if err := c.clear(at, s.place, s.head.Slug); err != nil {
			return false, err
		}
		return true, c.count(s.counted, nil)
	}
	at.revision = c.rec.Revision
	if had {
		return true, errors.Join(c.renew(at, s), c.count(s.counted, s.tellers()))
	}
	c.rec.Arrivals++
	at.seq, at.arrival = s.seq, c.rec.Arrivals
	return true, errors.Join(c.put(at, s.head.Place, s.head.Slug, s.shelved()), c.count(nil, s.tellers()))
}

// count keeps how many entries of the channel each source tells, so that a
// source's new profile moves the revisions it must and no others.
func (x *index) count(before, after []uint32) error {
	for _, no := range before {
		if !slices.Contains(after, no) {
			if err := x.add(no, -1); err != nil {
				return err
			}
		}
	}
	for _, no := range after {
		if !slices.Contains(before, no) {
			if err := x.add(no, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *index) add(no uint32, d int) error {
	key := short(no)
	var n int
	if v := x.tellers.Get(key); len(v) == 4 {
		n = int(binary.BigEndian.Uint32(v))
	}
	if n += d; n <= 0 {
		return x.tellers.Delete(key)
	}
	return x.tellers.Put(key, short(uint32(n)))
}
