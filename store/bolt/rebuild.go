package bolt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// member is an entry that belongs to a channel.
type member struct {
	seq uint64
	key []byte
	// published says that it may be in a channel at all, shelved that it has no
	// place there.
	published, shelved bool
	tellers            []uint32
	at                 placed
}

// rebuild indexes channels anew from all entries, each beside the index that
// is in use, which readers see until the new one is whole. What was in the
// channel keeps its arrival number; what is new gets one in the order of
// place. It tells whether a revision moved. The caller holds f.write.
func (f *file) rebuild(set *setup, channels []feed.Channel) (bool, error) {
	if len(channels) == 0 {
		return false, nil
	}
	members, err := f.members(set, channels)
	if err != nil {
		return false, err
	}
	moved := false
	for i := range channels {
		did, err := f.rebuildOne(&channels[i], members[i])
		if err != nil {
			return false, err
		}
		moved = moved || did
		members[i] = nil
	}
	return moved, nil
}

// members asks each channel about every entry, decoding each entry once and
// its body only when some channel has a question.
func (f *file) members(set *setup, channels []feed.Channel) ([][]member, error) {
	lists := make([][]member, len(channels))
	curious := slices.ContainsFunc(channels, func(c feed.Channel) bool { return c.Match != nil })
	err := f.view(func(tx *bbolt.Tx) error {
		r := &reader{f: f, tx: tx, set: set}
		return tx.Bucket(bucketEntries).ForEach(func(k, v []byte) error {
			m, e, err := r.member(k, v, curious)
			if err != nil {
				f.skip(k, err)
				return nil
			}
			if !m.published {
				return nil
			}
			for i := range channels {
				if channels[i].Match == nil || channels[i].Match(e) {
					lists[i] = append(lists[i], m)
				}
			}
			return nil
		})
	})
	for _, list := range lists {
		slices.SortFunc(list, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	}
	return lists, err
}

// member reads what a channel's index needs of an entry, and the whole entry
// when it is wanted.
func (r *reader) member(k, v []byte, whole bool) (member, *feed.Entry, error) {
	if whole {
		head, e, err := r.entry(k, v)
		if err != nil {
			return member{}, nil, err
		}
		s := story{head: *head}
		return memberOf(k, head.Place, head.Slug, head.state(), s.tellers()), &e, nil
	}
	s := story{}
	if err := r.f.codec.decode(k, v, &s.head); err != nil {
		return member{}, nil, err
	}
	return memberOf(k, s.head.Place, s.head.Slug, s.head.state(), s.tellers()), nil, nil
}

func memberOf(k []byte, place int64, slug string, state feed.EntryState, tellers []uint32) member {
	return member{
		seq: read(k), key: placeKey(place, slug), tellers: tellers,
		published: state.Published(), shelved: state == feed.StateShelved,
	}
}

// rebuildOne writes one channel's new index and changes over to it.
func (f *file) rebuildOne(def *feed.Channel, members []member) (bool, error) {
	rec, fresh, moved, err := f.number(def, members)
	if err != nil {
		return false, err
	}
	rec.Digest = def.Digest
	w := &indexWriter{f: f, id: []byte(def.ID), rec: rec}
	if !moved && !fresh {
		return false, f.update(w.save) // the same entries under another rule
	}
	w.rec.Index = 1 - rec.Index&1
	if moved {
		w.rec.Revision++
	}
	return moved, w.run(members)
}

// number compares the members, newest first, with the channel as it is: those
// that are in it keep their arrival and revision, the others get new ones in
// the order of place, oldest first. It returns the channel's record, whether
// there is no usable index yet, and whether anything is different.
func (f *file) number(def *feed.Channel, members []member) (rec channelRec, fresh, moved bool, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		c, err := f.channel(tx, def.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			fresh, moved = true, len(members) > 0
		case errors.Is(err, store.ErrCorrupt):
			f.skip(keyChannel, err)
			fresh, moved = true, true
			rec = salvage(tx, def.ID)
		case err != nil:
			return err
		default:
			rec = c.rec
			moved = c.keep(members)
		}
		return nil
	})
	for i := len(members) - 1; i >= 0; i-- {
		m := &members[i]
		m.at.seq = m.seq
		if m.at.arrival == 0 {
			rec.Arrivals++
			m.at.arrival, m.at.revision = rec.Arrivals, rec.Revision+1
		}
	}
	return rec, fresh, moved, err
}

// keep gives members that the channel has their arrival and revision, and
// tells whether there are others on either side.
func (c *channel) keep(members []member) bool {
	kept := 0
	for i := range members {
		b, key := c.places, members[i].key
		if members[i].shelved {
			b, key = c.shelf, number(members[i].seq)
		}
		if at, ok := readPlaced(b.Get(key)); ok {
			members[i].at = at
			kept++
		}
	}
	had := 0
	_ = c.arrivals.ForEach(func(_, _ []byte) error { had++; return nil })
	return kept != len(members) || kept != had
}

// salvage finds numbers that are not below any that a damaged channel gave out.
func salvage(tx *bbolt.Tx, id string) channelRec {
	var rec channelRec
	b := tx.Bucket(bucketChannels).Bucket([]byte(id))
	for _, name := range bucketIndexes {
		at := b.Bucket(name)
		for _, name := range [][]byte{bucketPlaces, bucketShelf} {
			if at == nil || at.Bucket(name) == nil {
				continue
			}
			_ = at.Bucket(name).ForEach(func(_, v []byte) error {
				if p, ok := readPlaced(v); ok {
					rec.Revision, rec.Arrivals = max(rec.Revision, p.revision), max(rec.Arrivals, p.arrival)
				}
				return nil
			})
		}
	}
	rec.Revision++
	return rec
}

// indexWriter writes a new index in bounded transactions; the last of them
// changes over to it.
type indexWriter struct {
	f   *file
	id  []byte
	rec channelRec
}

func (w *indexWriter) run(members []member) error {
	steps := []struct {
		bucket []byte
		run    []indexed
	}{
		{bucketPlaces, placeRun(members)},
		{bucketShelf, shelfRun(members)},
		{bucketArrival, arrivalRun(members)},
		{bucketTellers, tellerRun(members)},
	}
	begun := false
	for {
		done := false
		err := w.f.update(func(tx *bbolt.Tx) error {
			at, err := w.open(tx, !begun)
			if err != nil {
				return err
			}
			room := bound
			for i := range steps {
				n := min(room, len(steps[i].run))
				if err := fill(at.Bucket(steps[i].bucket), steps[i].run[:n]); err != nil {
					return err
				}
				steps[i].run, room = steps[i].run[n:], room-n
			}
			if room == 0 {
				return nil
			}
			done = true
			return w.changeOver(tx)
		})
		if err != nil || done {
			return err
		}
		begun = true
	}
}

// open returns the bucket of the index that is not in use, empty at first.
func (w *indexWriter) open(tx *bbolt.Tx, empty bool) (*bbolt.Bucket, error) {
	b, err := tx.Bucket(bucketChannels).CreateBucketIfNotExists(w.id)
	if err != nil {
		return nil, err
	}
	name := bucketIndexes[w.rec.Index]
	if !empty {
		return b.Bucket(name), nil
	}
	if b.Bucket(name) != nil {
		if err := b.DeleteBucket(name); err != nil {
			return nil, err
		}
	}
	at, err := b.CreateBucket(name)
	if err != nil {
		return nil, err
	}
	for _, name := range [][]byte{bucketPlaces, bucketShelf, bucketArrival, bucketTellers} {
		if _, err := at.CreateBucket(name); err != nil {
			return nil, err
		}
	}
	return at, nil
}

// changeOver makes the new index the one in use and removes the old one.
func (w *indexWriter) changeOver(tx *bbolt.Tx) error {
	b := tx.Bucket(bucketChannels).Bucket(w.id)
	if old := bucketIndexes[1-w.rec.Index]; b.Bucket(old) != nil {
		if err := b.DeleteBucket(old); err != nil {
			return err
		}
	}
	return w.save(tx)
}

func (w *indexWriter) save(tx *bbolt.Tx) error {
	c := channel{bucket: tx.Bucket(bucketChannels).Bucket(w.id), rec: w.rec}
	return c.save(w.f)
}

func placeRun(members []member) []indexed {
	run := make([]indexed, 0, len(members))
	for i := range members {
		if !members[i].shelved {
			run = append(run, indexed{members[i].key, members[i].at.bytes()})
		}
	}
	return run
}

func shelfRun(members []member) []indexed {
	var run []indexed
	for i := range members {
		if members[i].shelved {
			run = append(run, indexed{number(members[i].seq), members[i].at.bytes()})
		}
	}
	slices.SortFunc(run, func(a, b indexed) int { return bytes.Compare(a.key, b.key) })
	return run
}

func arrivalRun(members []member) []indexed {
	order := make([]placed, len(members))
	for i := range members {
		order[i] = members[i].at
	}
	slices.SortFunc(order, func(a, b placed) int { return cmp.Compare(a.arrival, b.arrival) })
	run := make([]indexed, len(order))
	for i, p := range order {
		run[i] = indexed{number(p.arrival), number(p.seq)}
	}
	return run
}

func tellerRun(members []member) []indexed {
	counts := make(map[uint32]uint32)
	for i := range members {
		for _, no := range members[i].tellers {
			counts[no]++
		}
	}
	return sortedRun(counts, func(no uint32) []byte { return binary.BigEndian.AppendUint32(nil, no) }, short)
}
