package bolt

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// bound is how many records one transaction of a long work writes (XK27).
const bound = 1 << 12

// What meta/founding says: items are being staged, or what became of them is
// decided and is being written.
const (
	foundingStaging byte = 1
	foundingDecided byte = 2
)

// Settle implements store.Store. It works in bounded transactions and may be
// killed between any two of them. What became of the staged entries is written
// beside them first, so that until all is decided the next Settle begins
// anew, to the same end; from then on it goes on where the last one was.
func (s *Store) Settle() (feed.Outcome, error) {
	if err := s.open(); err != nil {
		return feed.Outcome{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	if !s.founding.Load() {
		return feed.Outcome{}, s.sweep()
	}
	outcome, err := s.settle()
	if err != nil {
		return feed.Outcome{}, err
	}
	s.hints.tell()
	return outcome, s.sweep()
}

// settle decides what was staged. The caller holds f.write.
func (f *file) settle() (feed.Outcome, error) {
	set := f.setup.Load()
	var outcome feed.Outcome
	if !f.decided.Load() {
		var err error
		if outcome, err = f.decide(set); err != nil {
			return feed.Outcome{}, err
		}
		f.decided.Store(true)
	}
	if err := f.apply(); err != nil {
		return feed.Outcome{}, err
	}
	latest, err := f.catalogue()
	if err != nil {
		return feed.Outcome{}, err
	}
	if err := f.account(latest); err != nil {
		return feed.Outcome{}, err
	}
	f.indexing.replace(nil)
	if err := f.clear(bucketChannels); err != nil {
		return feed.Outcome{}, err
	}
	x := &indexer{f: f, ctx: context.Background(), set: set, settling: true}
	if err := x.run(set.channels); err != nil {
		return feed.Outcome{}, err
	}
	err = f.update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Delete(keyFounding) })
	if err == nil {
		f.founding.Store(false)
		f.decided.Store(false)
	}
	return outcome, err
}

// founded reads whether there is a first cycle to be settled.
func (f *file) founded(tx *bbolt.Tx) {
	v := tx.Bucket(bucketMeta).Get(keyFounding)
	f.founding.Store(v != nil)
	f.decided.Store(len(v) == 1 && v[0] == foundingDecided)
}

// decide decides about everything staged in one order, and writes what differs
// from how it was staged to bucketStaged.
func (f *file) decide(set *setup) (feed.Outcome, error) {
	m, err := f.musterStaged(set)
	if err != nil {
		return feed.Outcome{}, err
	}
	if err := f.clear(bucketStaged, bucketCounters, bucketOrphans, bucketNear); err != nil {
		return feed.Outcome{}, err
	}
	outcome := feed.Outcome{Rejected: len(m.lost)}
	t := &teller{f: f, set: set, ledger: newLedger(nil), now: f.clock(), told: make(map[uint32]int), mustered: m}
	t.ledger.crowd, t.ledger.repeats, t.ledger.rank = m.crowd, m.repeats, m.rank
	for _, seq := range m.lost {
		t.merged = append(t.merged, merge{seq, 0})
	}
	n := newcomer{Newcomer: identity.Newcomer{Item: new(feed.Item)}}
	for chunk := range slices.Chunk(m.order, bound) {
		err := f.update(func(tx *bbolt.Tx) error {
			t.on(tx)
			t.decided = tx.Bucket(bucketStaged)
			for i := range chunk {
				if err := t.turn(chunk[i], &n, &outcome); err != nil {
					return err
				}
			}
			return t.write()
		})
		if err != nil {
			return feed.Outcome{}, err
		}
	}
	if len(m.lost) > 0 {
		loose, err := f.looseBodies()
		if err != nil {
			return feed.Outcome{}, err
		}
		t.orphans = append(t.orphans, loose...)
	}
	var after []func()
	err = f.update(func(tx *bbolt.Tx) error {
		for _, e := range t.ledger.counterRun() {
			if err := tx.Bucket(bucketCounters).Put(e.key, e.value); err != nil {
				return err
			}
		}
		t.on(tx)
		t.decided = tx.Bucket(bucketStaged)
		if err := t.write(); err != nil {
			return err
		}
		if len(m.lost) > 0 {
			// Whose they were nobody knows: everybody is asked again (XK15).
			after, err = f.rereadListed(tx, set)
			if err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(keyFounding, []byte{foundingDecided})
	})
	if err == nil {
		f.learn(after, false)
	}
	return outcome, err
}

// turn decides about one staged item.
func (t *teller) turn(seq uint64, n *newcomer, outcome *feed.Outcome) error {
	var head headRec
	key := number(seq)
	err := t.f.codec.decodeAt(bucketEntries, key, t.entries.Get(key), &head)
	if err == nil && !t.set.source(head.Sightings[0].Source).listed {
		// It left before anything of it was published, and was never there.
		t.orphans = append(t.orphans, head.Body)
		t.merged = append(t.merged, merge{seq, 0})
		return nil
	}
	if err == nil {
		n.restage(&head, seq, t.set, outcome)
		n.seed, n.state = t.mustered.seeds[seq], t.mustered.states[seq]
		err = t.tell(n)
	}
	if errors.Is(err, store.ErrCorrupt) {
		t.f.skip(key, err)
		outcome.Rejected++
		t.discard(n)
		t.merged = append(t.merged, merge{seq, 0})
		return nil
	}
	return err
}

// merge says that a staged entry is none: its item is a sighting of another
// entry, or nothing where that is 0.
type merge struct{ seq, into uint64 }

// writeMerged writes what is no entry.
func (t *teller) writeMerged() error {
	for _, m := range t.merged {
		record := append([]byte{formMerge}, number(m.into)...)
		if err := t.f.codec.put(t.decided, number(m.seq), record); err != nil {
			return err
		}
	}
	t.merged = t.merged[:0]
	return nil
}

// mergedInto reads what writeMerged wrote.
func (c *codec) mergedInto(key, value []byte) (into uint64, is bool, err error) {
	record, err := c.verify(key, value)
	if err != nil || record[0] != formMerge {
		return 0, false, err
	}
	if len(record) != 9 {
		return 0, false, fmt.Errorf("staged %x: %w: odd length", key, store.ErrCorrupt)
	}
	return read(after(record, 1)), true, nil
}

// clear empties the buckets that a settling that was interrupted had begun to
// fill.
func (f *file) clear(buckets ...[]byte) error {
	return f.update(func(tx *bbolt.Tx) error {
		clean := true
		for _, name := range buckets {
			if k, _ := tx.Bucket(name).Cursor().First(); k == nil {
				continue
			}
			clean = false
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		if clean {
			return errNothing
		}
		return nil
	})
}

// apply makes the staged entries what was decided.
func (f *file) apply() error {
	for left := true; left; {
		err := f.update(func(tx *bbolt.Tx) error {
			staged := tx.Bucket(bucketStaged)
			keys := firstKeys(staged, bound)
			if left = len(keys) > 0; !left {
				return errNothing
			}
			for _, k := range keys {
				if err := f.applyOne(tx, k, slices.Clone(staged.Get(k))); err != nil {
					return err
				}
				if err := staged.Delete(k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// applyOne replaces a staged entry, or removes it and keeps its sighting.
func (f *file) applyOne(tx *bbolt.Tx, k, v []byte) error {
	entries := tx.Bucket(bucketEntries)
	into, merged, err := f.codec.mergedInto(k, v)
	if err != nil {
		f.skip(k, err)
		return nil
	}
	if !merged {
		return entries.Put(k, v)
	}
	var head headRec
	if err := f.codec.decode(k, entries.Get(k), &head); err == nil && into != 0 {
		key := sightOf(head.Sightings[0].Source, head.Sightings[0].Key)
		if err := tx.Bucket(bucketSightings).Put(key[:], number(into)); err != nil {
			return err
		}
	}
	return entries.Delete(k)
}

// account writes into the document states what became of the documents.
func (f *file) account(latest map[uint32]int64) error {
	told := make(map[uint32]int)
	err := f.stroll(context.Background(), top(bucketSightings), func(_ *bbolt.Tx, k, _ []byte) error {
		told[shortOf(k)]++
		return nil
	})
	if err != nil {
		return err
	}
	nos := make([]uint32, 0, len(told))
	for no := range told {
		nos = append(nos, no)
	}
	slices.Sort(nos)
	for chunk := range slices.Chunk(nos, bound) {
		err := f.update(func(tx *bbolt.Tx) error {
			for _, no := range chunk {
				d, _ := f.doc(tx, no)
				d.Entries, d.Profile.Updated = told[no], instant(latest[no])
				if err := f.putDoc(tx, no, &d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fill puts entries that sort behind everything there.
func fill(b *bbolt.Bucket, run []indexed) error {
	b.FillPercent = 1
	for _, e := range run {
		if err := b.Put(e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the bodies of items that became no entry's.
func (f *file) sweep() (err error) {
	for left := true; left && err == nil; {
		left = false
		err = f.update(func(tx *bbolt.Tx) error {
			orphans, bodies := tx.Bucket(bucketOrphans), tx.Bucket(bucketBodies)
			keys := firstKeys(orphans, bound)
			if len(keys) == 0 {
				return errNothing
			}
			left = true
			for _, k := range keys {
				if err := errors.Join(deleteBody(bodies, read(k)), orphans.Delete(k)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// firstKeys copies the first keys of a bucket: keys must not be deleted under
// a cursor (XK23).
func firstKeys(b *bbolt.Bucket, most int) [][]byte {
	var keys [][]byte
	c := b.Cursor()
	for k, _ := c.First(); k != nil && len(keys) < most; k, _ = c.Next() {
		keys = append(keys, slices.Clone(k))
	}
	return keys
}
