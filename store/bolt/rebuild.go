package bolt

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// slice is how many rows of a new index are prepared at a time, and at most
// written in one transaction (XK27).
const slice = 1 << 10

// build makes one channel's new index beside the one in use, which readers see
// and commits maintain until it is whole. What is in the channel already keeps
// its arrival number; what is new gets one in the order of place. What commits
// touch meanwhile is left out at first and caught up with at the end.
type build struct {
	*indexer
	def    *feed.Channel
	watch  *watch
	rows   []row
	wanted seqSet
	// unread are entries that are damaged at the moment.
	unread seqSet
	// had is what the index in use has; bare says that there is none.
	had  seqSet
	bare bool
	// rec is the channel's record where there is no index in use: then it is
	// written with the change-over.
	rec  channelRec
	into []byte
	// told counts how many of the rows each source tells.
	told map[uint32]uint32
	// next to end are arrival numbers set aside for what is new.
	next, end uint64
	moved     bool
}

// run brings the channel over to its definition.
func (b *build) run() error {
	if err := errors.Join(b.begin(), b.unreadable()); err != nil {
		return err
	}
	fresh, left := b.wanted.without(b.had), b.had.without(b.wanted)
	if fresh == 0 && left == 0 && !b.bare {
		return b.adopt()
	}
	b.moved = b.moved || fresh > 0 || left > 0
	if err := b.prepare(uint64(fresh)); err != nil {
		return err
	}
	for rest := b.rows; len(rest) > 0; {
		n := together(rest)
		if err := b.fill(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if err := b.carry(); err != nil {
		return err
	}
	if err := b.write(b.putTellers); err != nil {
		return err
	}
	if err := b.catchUp(b.renew, b.changeOver); err != nil {
		return err
	}
	return b.wipe([]byte(b.def.ID), bucketIndexes[b.old()])
}

// begin reads what the channel has now.
func (b *build) begin() error {
	damaged := false
	err := b.f.view(func(tx *bbolt.Tx) error {
		c, err := b.f.channel(tx, b.def.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			b.bare = true
		case errors.Is(err, store.ErrCorrupt):
			b.f.skip(keyChannel, err)
			b.bare, damaged = true, true
		case err != nil:
			return err
		default:
			b.rec = c.rec
		}
		return nil
	})
	if err != nil || damaged {
		return errors.Join(err, b.salvage())
	}
	if b.settling { // nothing was published: arrivals begin anew
		b.bare, b.rec.Arrivals = true, 0
	}
	if b.bare {
		return nil
	}
	return b.f.stroll(b.ctx, b.part(b.old(), bucketArrival), func(_ *bbolt.Tx, _, v []byte) error {
		if len(v) == 8 {
			b.had.add(read(v))
		}
		return nil
	})
}

// part finds a part of one of the channel's indexes.
func (b *build) part(n int, name []byte) func(*bbolt.Tx) *bbolt.Bucket {
	return partOf([]byte(b.def.ID), n, name)
}

// salvage finds numbers that are not below any that a damaged channel gave out.
func (b *build) salvage() error {
	for n := range bucketIndexes {
		for _, name := range [][]byte{bucketPlaces, bucketShelf} {
			find := b.part(n, name)
			err := b.f.stroll(b.ctx, find, func(tx *bbolt.Tx, _, v []byte) error {
				if p, ok := readPlaced(v); ok {
					b.rec.Revision = max(b.rec.Revision, p.revision, find(tx).Sequence())
					b.rec.Arrivals = max(b.rec.Arrivals, p.arrival)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	b.moved = true
	return nil
}

// old is the number of the index in use, or of one that may have been.
func (b *build) old() int { return b.rec.Index & 1 }

// prepare makes room for the new index, and sets arrival numbers aside where
// commits give out others meanwhile. A build that begins again after one that
// was killed takes the numbers that were set aside for that one.
func (b *build) prepare(fresh uint64) error {
	b.into, b.told = bucketIndexes[1-b.old()], make(map[uint32]uint32)
	if err := b.wipe([]byte(b.def.ID), b.into); err != nil {
		return err
	}
	return b.write(func(tx *bbolt.Tx) error {
		id, err := tx.Bucket(bucketChannels).CreateBucketIfNotExists([]byte(b.def.ID))
		if err != nil {
			return err
		}
		at, err := id.CreateBucket(b.into)
		if err != nil {
			return err
		}
		for _, part := range indexParts {
			if _, err := at.CreateBucket(part); err != nil {
				return err
			}
		}
		if b.bare {
			return nil
		}
		c, err := b.f.channel(tx, b.def.ID)
		if err != nil {
			return err
		}
		if c.rec.Spares < fresh {
			c.rec.Spare, c.rec.Spares = c.rec.Arrivals+1, fresh
			c.rec.Arrivals += fresh
		}
		b.next, b.end = c.rec.Spare, c.rec.Spare+c.rec.Spares
		return c.save(b.f)
	})
}

// together says how many rows are written next: about a slice, whose last place
// is not shared with the row behind, because slugs order what has one place.
func together(rows []row) int {
	if len(rows) <= slice {
		return len(rows)
	}
	for n := slice; n > 0; n-- {
		if rows[n-1].place != rows[n].place {
			return n
		}
	}
	return slice
}

// drawn is a row with what is to be written of it.
type drawn struct {
	seq     uint64
	place   int64
	slug    string
	shelved bool
	tellers []uint32
}

// fill writes the rows that are wanted and that nobody touched.
func (b *build) fill(rows []row) error {
	list := make([]drawn, 0, len(rows))
	err := b.f.view(func(tx *bbolt.Tx) error {
		r := &reader{f: b.f, tx: tx, set: b.set}
		entries := tx.Bucket(bucketEntries)
		for _, row := range rows {
			if !b.wanted.has(row.seq) {
				continue
			}
			key := number(row.seq)
			head, _, err := r.outline(key, entries.Get(key), false)
			if err != nil {
				b.f.skip(key, err)
				continue
			}
			s := story{head: *head}
			list = append(list, drawn{row.seq, head.Place, head.Slug, s.shelved(), s.tellers()})
		}
		return nil
	})
	slices.SortStableFunc(list, func(x, y drawn) int {
		return cmp.Or(cmp.Compare(x.place, y.place), cmp.Compare(y.slug, x.slug))
	})
	for err == nil && len(list) > 0 {
		var n int
		err = b.write(func(tx *bbolt.Tx) error {
			var err error
			n, err = b.put(tx, list)
			return err
		})
		list = list[n:]
	}
	return err
}

// put writes as many rows as a moment lets it, and says how many.
func (b *build) put(tx *bbolt.Tx, list []drawn) (int, error) {
	began := time.Now()
	c, err := b.current(tx)
	if err != nil {
		return 0, err
	}
	now, next := b.indexes(tx)
	next.places.FillPercent, next.arrivals.FillPercent = 1, 1 // rows come in order
	for i := range list {
		if i%few == few-1 && !b.settling && time.Since(began) > moment {
			return i, b.save(c, false)
		}
		d := &list[i]
		if b.watch.has(d.seq) {
			continue
		}
		at, known := now.find(d.seq, d.place, d.slug)
		if !known {
			at = placed{seq: d.seq, arrival: b.arrival(&c.rec)}
		}
		if err := next.put(at, d.place, d.slug, d.shelved); err != nil {
			return 0, err
		}
		for _, no := range d.tellers {
			b.told[no]++
		}
	}
	return len(list), b.save(c, false)
}

// current is the channel as it is; where there is no index in use it has its
// record in memory alone.
func (b *build) current(tx *bbolt.Tx) (*channel, error) {
	if b.bare {
		return &channel{bucket: tx.Bucket(bucketChannels).Bucket([]byte(b.def.ID)), rec: b.rec}, nil
	}
	return b.f.channel(tx, b.def.ID)
}

// save keeps the channel's record, in the file where that shows nobody an index
// that is not whole.
func (b *build) save(c *channel, whole bool) error {
	if b.bare && !whole {
		b.rec = c.rec
		return nil
	}
	return c.save(b.f)
}

// indexes returns the index in use, empty where there is none, and the one that
// is built.
func (b *build) indexes(tx *bbolt.Tx) (now, next index) {
	id := tx.Bucket(bucketChannels).Bucket([]byte(b.def.ID))
	if !b.bare {
		now = indexOf(id.Bucket(bucketIndexes[b.old()]))
	}
	return now, indexOf(id.Bucket(b.into))
}

// arrival returns the number of something new.
func (b *build) arrival(rec *channelRec) uint64 {
	if b.next < b.end {
		b.next++
		return b.next - 1
	}
	rec.Arrivals++
	return rec.Arrivals
}

// putTellers writes how often each source was counted.
func (b *build) putTellers(tx *bbolt.Tx) error {
	_, next := b.indexes(tx)
	run := sortedRun(b.told, func(no uint32) []byte { return binary.BigEndian.AppendUint32(nil, no) }, short)
	return fill(next.tellers, run)
}
