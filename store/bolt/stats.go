package bolt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// Stats implements store.Store.
func (s *Store) Stats() (feed.Stats, error) {
	if err := s.open(); err != nil {
		return feed.Stats{}, err
	}
	st := feed.Stats{States: make(map[feed.EntryState]int)}
	if err := s.measure(&st); err != nil {
		return feed.Stats{}, fmt.Errorf("measure store %s: %w", s.path, err)
	}
	for _, name := range append(buckets[:], bucketLists, bucketPush) {
		var err error
		kind := feed.KindStats{Name: string(name)}
		if string(name) == string(bucketChannels) {
			err = s.weighChannels(&kind)
		} else {
			err = s.weigh(&kind, top(name), nil)
		}
		if err != nil {
			return feed.Stats{}, err
		}
		st.Kinds = append(st.Kinds, kind)
		switch kind.Name {
		case string(bucketEntries):
			if s.founding.Load() {
				st.Staged = kind.Records
			}
		case string(bucketAgenda):
			st.Duties = kind.Records
		}
	}
	slices.SortFunc(st.Kinds, func(a, b feed.KindStats) int { return strings.Compare(a.Name, b.Name) })
	return st, s.countStates(&st)
}

// measure reads how long the file is, while nobody makes it longer.
func (f *file) measure(st *feed.Stats) (err error) {
	f.write.Lock()
	defer f.write.Unlock()
	f.gate.RLock()
	defer f.gate.RUnlock()
	if f.db == nil {
		return f.broken
	}
	st.Size, st.Free, err = space(f.db.opened)
	return err
}

// weigh adds what is in a bucket.
func (f *file) weigh(to *feed.KindStats, bucket func(*bbolt.Tx) *bbolt.Bucket, visit func(k []byte)) error {
	return f.stroll(context.Background(), bucket, func(_ *bbolt.Tx, k, v []byte) error {
		to.Records++
		to.Bytes += int64(len(k) + len(v))
		if visit != nil {
			visit(slices.Clone(k))
		}
		return nil
	})
}

// weighChannels adds the indexes of all channels.
func (f *file) weighChannels(to *feed.KindStats) error {
	var ids [][]byte
	var names feed.KindStats
	if err := f.weigh(&names, top(bucketChannels), func(k []byte) { ids = append(ids, k) }); err != nil {
		return err
	}
	for _, id := range ids {
		for n := range bucketIndexes {
			for _, part := range indexParts {
				if err := f.weigh(to, partOf(id, n, part), nil); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// countStates looks at every entry; in a first cycle there are only items.
func (f *file) countStates(st *feed.Stats) error {
	if f.founding.Load() {
		return nil
	}
	err := f.stroll(context.Background(), top(bucketEntries), func(_ *bbolt.Tx, k, v []byte) error {
		var head headRec
		if err := f.codec.decodeAt(bucketEntries, k, v, &head); err != nil {
			f.skip(k, err)
			st.Damaged++
			return nil
		}
		st.States[head.state()]++
		if place := instant(head.Place); head.state().Published() {
			st.Oldest, st.Newest = earlier(st.Oldest, place), later(st.Newest, place)
		}
		return nil
	})
	return errors.Join(err, f.view(func(tx *bbolt.Tx) error {
		st.Damaged += quarantined(tx)
		return nil
	}))
}

// earlier returns the earlier of two instants of which the zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
