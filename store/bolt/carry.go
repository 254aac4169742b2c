package bolt

import (
	"errors"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// unreadable adds to what a new index is to have the entries that the present
// one has and that cannot be read at the moment: they keep their rows, and are
// themselves again once they were told again (XK15).
func (b *build) unreadable() error {
	lost := func(tx *bbolt.Tx) *bbolt.Bucket { return quarantine(tx, bucketLost) }
	err := b.f.stroll(b.ctx, lost, func(_ *bbolt.Tx, k, _ []byte) error {
		b.unread.add(read(k))
		return nil
	})
	if err != nil {
		return err
	}
	b.unread = b.unread[:min(len(b.unread), len(b.had))]
	for i := range b.unread {
		b.unread[i] &= b.had[i]
	}
	b.wanted.join(b.unread)
	return nil
}

// carry copies their rows into the new index.
func (b *build) carry() error {
	if b.bare || b.unread.without(nil) == 0 {
		return nil
	}
	var rows []carried
	for _, part := range [][]byte{bucketPlaces, bucketShelf} {
		err := b.f.stroll(b.ctx, b.part(b.old(), part), func(tx *bbolt.Tx, k, v []byte) error {
			at, ok := readPlaced(v)
			if ok && b.unread.has(at.seq) {
				rows = append(rows, carried{part, string(k), at, b.f.tellersOf(tx, at.seq)})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return b.write(func(tx *bbolt.Tx) error {
		now, next := b.indexes(tx)
		for _, row := range rows {
			if b.watch.has(row.at.seq) {
				continue
			}
			at, ok := now.read(row.at.bytes())
			if !ok {
				continue
			}
			to := next.places
			if string(row.part) == string(bucketShelf) {
				to = next.shelf
			}
			for _, no := range row.tellers {
				b.told[no]++
			}
			err := errors.Join(to.Put([]byte(row.key), at.bytes()), next.arrivals.Put(number(at.arrival), number(at.seq)))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// carried is a row on its way into a new index.
type carried struct {
	part    []byte
	key     string
	at      placed
	tellers []uint32
}

// tellersOf returns the sources that are known to tell an entry.
func (f *file) tellersOf(tx *bbolt.Tx, seq uint64) []uint32 {
	s := story{}
	key := number(seq)
	if f.codec.decode(key, tx.Bucket(bucketEntries).Get(key), &s.head) == nil {
		return s.tellers()
	}
	if r, ok := f.lost(tx, seq); ok {
		return r.tellers()
	}
	return nil
}

// mendChannels writes the records of channels anew that are damaged, as long
// as there is but one index that they can have had in use: then everything in
// it keeps its number. The others are indexed from nothing. The caller holds
// f.write.
func (f *file) mendChannels(set *setup) error {
	var odd []feed.Channel
	err := f.view(func(tx *bbolt.Tx) error {
		for _, def := range set.channels {
			if _, err := f.channel(tx, def.ID); errors.Is(err, store.ErrCorrupt) {
				f.skip(keyChannel, err)
				odd = append(odd, def)
			}
		}
		return nil
	})
	if err != nil || len(odd) == 0 {
		return err
	}
	return f.update(func(tx *bbolt.Tx) error {
		for _, def := range odd {
			b := tx.Bucket(bucketChannels).Bucket([]byte(def.ID))
			if b == nil {
				continue
			}
			for i, name := range bucketIndexes {
				if b.Bucket(name) == nil || b.Bucket(bucketIndexes[1-i]) != nil {
					continue
				}
				c := &channel{bucket: b, index: indexOf(b.Bucket(name)), rec: channelRec{Index: i}}
				if !c.whole() {
					continue
				}
				c.salvage()
				if err := c.save(f); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// leap is how far a revision moves that is not known any more, so that it is
// none that readers had: it moves without a trace in the rows when a source is
// renamed.
const leap = 1 << 16

// salvage finds what a channel's record said in its rows.
func (c *channel) salvage() {
	c.rec.Revision = c.places.Sequence()
	if k, _ := c.arrivals.Cursor().Last(); len(k) == 8 {
		c.rec.Arrivals = read(k)
	}
	for _, rows := range []*bbolt.Bucket{c.places, c.shelf} {
		_ = rows.ForEach(func(_, v []byte) error {
			if at, ok := readPlaced(v); ok {
				c.rec.Revision = max(c.rec.Revision, at.revision)
			}
			return nil
		})
	}
	c.rec.Revision += leap
}
