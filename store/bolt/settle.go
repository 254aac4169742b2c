package bolt

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// bound is how many records one transaction of a long work writes (XK27).
const bound = 1 << 12

// Settle implements store.Store. It works in bounded transactions and may be
// killed between any two of them: what was staged stays until everything is
// decided, so that the next Settle decides it from the beginning, to the same
// end.
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
	turns, err := f.turns(set)
	if err != nil {
		return feed.Outcome{}, err
	}
	if err := f.clear(); err != nil {
		return feed.Outcome{}, err
	}
	var outcome feed.Outcome
	t := &teller{f: f, set: set, ledger: newLedger(nil), now: f.clock(), told: make(map[uint32]int)}
	latest := make(map[uint32]int64)
	n := newcomer{Newcomer: identity.Newcomer{Item: new(feed.Item)}}
	for chunk := range slices.Chunk(turns, bound) {
		err := f.update(func(tx *bbolt.Tx) error {
			t.on(tx)
			for i := range chunk {
				if err := t.turn(tx, &chunk[i], &n, &outcome); err != nil {
					return err
				}
			}
			for _, s := range t.stories {
				latest[s.owner().Source] = max(latest[s.owner().Source], s.head.Updated)
			}
			return t.write()
		})
		if err != nil {
			return feed.Outcome{}, err
		}
	}
	for bucket, run := range t.ledger.runs() {
		if err := f.bulk(run, func(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket(bucket) }); err != nil {
			return feed.Outcome{}, err
		}
	}
	if err := f.account(t.told, latest); err != nil {
		return feed.Outcome{}, err
	}
	f.indexing.replace(nil)
	x := &indexer{f: f, ctx: context.Background(), set: set, settling: true}
	if err := x.run(set.channels); err != nil {
		return feed.Outcome{}, err
	}
	err = f.update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Delete(keyFounding) })
	if err == nil {
		f.founding.Store(false)
	}
	return outcome, err
}

// turn is a staged item's place in the order of decisions.
type turn struct {
	at        uint64
	src       *source
	home      bool
	published int64
	key       feed.Key
	// seed and state are those of the newcomer.
	seed  *seedRec
	state feed.EntryState
}

// turns returns the staged items in the order of identity. An item that was
// staged twice, because the first cycle was interrupted and repeated, is
// decided where its first telling is and revised right after it.
func (f *file) turns(set *setup) ([]turn, error) {
	var turns []turn
	first := make(map[sightKey]turn)
	err := f.view(func(tx *bbolt.Tx) error {
		err := tx.Bucket(bucketStaged).ForEach(func(k, v []byte) error {
			var r struct {
				Source    uint32   `cbor:"1,keyasint"`
				Key       feed.Key `cbor:"2,keyasint"`
				Published int64    `cbor:"4,keyasint"`
				Traits    struct {
					Home bool `cbor:"5,keyasint"`
				} `cbor:"16,keyasint"`
			}
			if err := f.codec.decodeAt(bucketStaged, k, v, &r); err != nil {
				f.skip(k, err)
				return nil
			}
			as, again := first[sightOf(r.Source, r.Key)]
			if !again {
				as = turn{src: set.source(r.Source), home: r.Traits.Home, published: r.Published, key: r.Key}
				first[sightOf(r.Source, r.Key)] = as
			}
			as.at = read(k)
			turns = append(turns, as)
			return nil
		})
		f.recallTurns(tx, set, turns)
		return err
	})
	x, y := identity.Newcomer{Item: new(feed.Item)}, identity.Newcomer{Item: new(feed.Item)}
	slices.SortFunc(turns, func(a, b turn) int {
		a.describe(&x)
		b.describe(&y)
		return cmp.Or(cmp.Compare(a.seed.order(), b.seed.order()), identity.Order(&x, &y), cmp.Compare(a.at, b.at))
	})
	return turns, err
}

// describe fills in what identity.Order looks at.
func (t *turn) describe(n *identity.Newcomer) {
	n.Source, n.Rank, n.Published = t.src.ID, t.src.rank(t.home), instant(t.published)
	n.Item.Key = t.key
}

// turn decides about one staged item.
func (t *teller) turn(tx *bbolt.Tx, at *turn, n *newcomer, outcome *feed.Outcome) error {
	var r stagedRec
	key := number(at.at)
	err := t.f.codec.decodeAt(bucketStaged, key, tx.Bucket(bucketStaged).Get(key), &r)
	if err == nil && !at.src.listed {
		// It left before anything of it was published, and was never there.
		t.orphans = append(t.orphans, r.Body)
		return nil
	}
	if err == nil {
		r.newcomer(n, t.set, outcome)
		n.seed, n.state = at.seed, at.state
		err = t.tell(n)
	}
	if errors.Is(err, store.ErrCorrupt) {
		t.f.skip(key, err)
		outcome.Rejected++
		return nil
	}
	return err
}

// clear undoes what a settling that was interrupted had done.
func (f *file) clear() error {
	return f.update(func(tx *bbolt.Tx) error {
		clean := true
		for _, name := range [][]byte{bucketEntries, bucketNames, bucketSightings, bucketCounters, bucketOrphans, bucketNear} {
			if k, _ := tx.Bucket(name).Cursor().First(); k == nil && tx.Bucket(name).Sequence() == 0 {
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
		if err := tx.DeleteBucket(bucketChannels); err != nil {
			return err
		}
		_, err := tx.CreateBucket(bucketChannels)
		return err
	})
}

// account writes into the document states what became of the documents.
func (f *file) account(told map[uint32]int, latest map[uint32]int64) error {
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

// bulk puts a sorted run into a bucket in bounded transactions.
func (f *file) bulk(run []indexed, bucket func(*bbolt.Tx) *bbolt.Bucket) error {
	for chunk := range slices.Chunk(run, 4*bound) {
		err := f.update(func(tx *bbolt.Tx) error { return fill(bucket(tx), chunk) })
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

// sweep removes what was staged, once all of it is decided, and the bodies of
// items that became no entry's.
func (f *file) sweep() error {
	err := f.update(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketStaged).Sequence() == 0 {
			return errNothing
		}
		if err := tx.DeleteBucket(bucketStaged); err != nil {
			return err
		}
		_, err := tx.CreateBucket(bucketStaged)
		return err
	})
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
