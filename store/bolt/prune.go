package bolt

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// Retention is looked after once a day, and soon again where it could not be.
const (
	pruneEvery = 24 * time.Hour
	pruneSoon  = time.Hour
)

// pruneStint is how many entries one transaction of pruning drops: each costs
// pages of its own, and no Commit is to wait for more than 50 ms.
const pruneStint = 1 << 6

// Prune implements store.Store.
func (s *Store) Prune() (feed.Pruned, error) {
	if err := s.open(); err != nil {
		return feed.Pruned{}, err
	}
	return s.prune(context.Background(), s.clock())
}

// bounded tells whether anything is ever dropped.
func (s *setup) bounded() bool {
	return s.keep.Bounded() || slices.ContainsFunc(s.listed, func(src *source) bool { return src.Keep.Bounded() })
}

// appointPruning sees to it that retention is looked after, once for every
// store that has one. The caller holds f.write.
func (f *file) appointPruning(set *setup) error {
	if !set.bounded() {
		return nil // the appointment that there may be is not renewed
	}
	return f.update(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketMeta).Get(keyClock) != nil {
			return errNothing
		}
		now := f.clock()
		if err := putLapse(tx, identity.Lapse{Last: now}); err != nil {
			return err
		}
		return appoint(tx, now.Add(pruneEvery), dutyPrune, 0)
	})
}

func putLapse(tx *bbolt.Tx, l identity.Lapse) error {
	v := binary.BigEndian.AppendUint64(nil, uint64(micros(l.Last)))
	return tx.Bucket(bucketMeta).Put(keyClock, binary.BigEndian.AppendUint64(v, uint64(l.Gap)))
}

func readLapse(tx *bbolt.Tx) identity.Lapse {
	v := tx.Bucket(bucketMeta).Get(keyClock)
	if len(v) != 16 {
		return identity.Lapse{}
	}
	return identity.Lapse{Last: instant(int64(read(v))), Gap: time.Duration(read(after(v, 8)))}
}

// tendPruning keeps the appointment of retention and makes the next one.
func (f *file) tendPruning(a appointment, now time.Time, done map[appointment]bool, count *feed.Tended) error {
	did, err := f.prune(context.Background(), now)
	count.Pruned += did.Entries
	count.Forgotten += did.Forgotten
	if err != nil {
		return err
	}
	again := pruneEvery
	if did.Skipped != "" {
		again = pruneSoon
		f.log.Warn("nothing was pruned", "store", f.path, "reason", did.Skipped)
	}
	next := appointment{micros(now.Add(again)), dutyPrune, 0}
	done[a], done[next] = true, true
	f.write.Lock()
	defer f.write.Unlock()
	return f.update(func(tx *bbolt.Tx) error {
		if err := tx.Bucket(bucketAgenda).Delete(a.key()); err != nil {
			return err
		}
		if !f.setup.Load().bounded() {
			return tx.Bucket(bucketMeta).Delete(keyClock)
		}
		return tx.Bucket(bucketAgenda).Put(next.key(), nil)
	})
}

// prune drops what is beyond retention, and tombstones that nothing can bring
// back.
func (f *file) prune(ctx context.Context, now time.Time) (did feed.Pruned, err error) {
	set := f.setup.Load()
	if !set.bounded() {
		return did, nil
	}
	if did.Skipped, err = f.unfit(now); err != nil || did.Skipped != "" {
		return did, err
	}
	w := f.watchingNow()
	defer f.unwatchNow(w)
	stock, err := f.takeStock(ctx)
	if err != nil {
		return did, err
	}
	kept, err := f.newest(ctx, set)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrCorrupt) {
		did.Skipped = err.Error() // it is about to be indexed
		return did, nil
	}
	if err != nil {
		return did, err
	}
	for chunk := range slices.Chunk(stock.beyond(set, now, kept), pruneStint) {
		n, err := f.buryAll(chunk, now)
		if did.Entries += n; err != nil {
			return did, err
		}
	}
	did.Forgotten, err = f.forgetTombstones(ctx, set, stock, w, now)
	return did, err
}

// unfit says why nothing is to be dropped now, if that is so (XG12).
func (f *file) unfit(now time.Time) (why string, err error) {
	f.write.Lock()
	defer f.write.Unlock()
	err = f.update(func(tx *bbolt.Tx) error {
		lapse := readLapse(tx)
		next, jumped := lapse.Look(now)
		if jumped {
			why = fmt.Sprintf("the clock went from %s to %s", lapse.Last.Format(time.RFC3339), now.Format(time.RFC3339))
		}
		if next == lapse {
			return errNothing
		}
		return putLapse(tx, next)
	})
	switch {
	case err != nil || why != "":
	case f.troubled.Swap(false):
		why = "the store could not be written to in between"
	case f.founding.Load():
		why = "the first cycle is not finished"
	case f.indexing.busy():
		why = "channels are being indexed"
	}
	return why, err
}

// holding is an entry as retention looks at it.
type holding struct {
	place  int64
	seq    uint64
	source uint32
}

// stock is what there is: entries with content that may be dropped, and the
// tombstones of those that were, with since when they are that. Entries that
// became a part of a tombstone go with it.
type stock struct {
	entries []holding
	tombs   map[uint64]int64
	parts   map[uint64]uint64
}

// takeStock looks at every entry. What is held is looked after by those who
// release it.
func (f *file) takeStock(ctx context.Context) (*stock, error) {
	s := &stock{tombs: make(map[uint64]int64), parts: make(map[uint64]uint64)}
	if f.founding.Load() {
		return s, nil // they are items yet
	}
	err := f.stroll(ctx, top(bucketEntries), func(_ *bbolt.Tx, k, v []byte) error {
		var head headRec
		if err := f.codec.decode(k, v, &head); err != nil || len(head.Sightings) == 0 {
			return nil // told when it is read
		}
		switch state := head.state(); {
		case state == feed.StatePruned:
			s.tombs[read(k)] = head.Since
			for _, part := range head.Joined {
				s.parts[part] = read(k)
			}
		case !state.Tombstone() && state != feed.StateHeld:
			s.entries = append(s.entries, holding{head.Place, read(k), head.Sightings[0].Source})
		}
		return nil
	})
	slices.SortFunc(s.entries, func(a, b holding) int {
		return cmp.Or(cmp.Compare(b.place, a.place), cmp.Compare(b.seq, a.seq))
	})
	return s, err
}

// newest are the entries that no bound concerns: the first of every channel.
func (f *file) newest(ctx context.Context, set *setup) (seqSet, error) {
	var kept seqSet
	for _, def := range set.channels {
		most := cmp.Or(set.keep.PerChannel, feed.DefaultPerChannel)
		err := f.view(func(tx *bbolt.Tx) error {
			c, err := f.channel(tx, def.ID)
			if err != nil {
				return err
			}
			cur := c.places.Cursor()
			for k, v := cur.First(); k != nil && most > 0; k, v = cur.Next() {
				if at, ok := c.read(v); ok {
					kept.add(at.seq)
					most--
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// beyond returns what is to be dropped, oldest first. Local articles never are:
// their author deletes the file.
func (s *stock) beyond(set *setup, now time.Time, kept seqSet) []uint64 {
	var seqs []uint64
	total, own := 0, make(map[uint32]int)
	for _, h := range s.entries {
		src := set.source(h.source)
		days := cmp.Or(src.Keep.Days, set.keep.Days)
		old := days > 0 && h.place < micros(now.AddDate(0, 0, -days))
		many := over(total, set.keep.Entries) || over(own[h.source], src.Keep.Entries)
		if (old || many) && !kept.has(h.seq) && src.Kind != feed.Articles {
			seqs = append(seqs, h.seq)
			continue
		}
		total++
		own[h.source]++
	}
	slices.Reverse(seqs)
	return seqs
}

func over(n, most int) bool { return most > 0 && n >= most }

// buryAll makes entries tombstones, in one transaction, and says how many.
func (f *file) buryAll(seqs []uint64, now time.Time) (n int, err error) {
	err = f.stint(now, func(t *tending) error {
		n = 0
		for _, seq := range seqs {
			s, err := t.story(seq)
			if err != nil {
				t.f.skip(number(seq), err)
				continue
			}
			if state := s.head.state(); state.Tombstone() || state == feed.StateHeld {
				continue
			}
			if err := t.bury(s, feed.StatePruned); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		n = 0
	}
	return n, err
}

// stint runs one transaction of what the store does by itself.
func (f *file) stint(now time.Time, do func(*tending) error) error {
	defer time.Sleep(pause)
	f.write.Lock()
	defer f.write.Unlock()
	moved := false
	err := f.update(func(tx *bbolt.Tx) error {
		t := f.tending(tx, now, new(feed.Tended))
		if err := do(t); err != nil {
			return err
		}
		var err error
		moved, err = t.finish()
		return err
	})
	if err == nil && moved {
		f.hints.tell()
	}
	return err
}
