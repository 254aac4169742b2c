package bolt

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// ReleaseHeld implements store.Store.
func (s *Store) ReleaseHeld(source string) (int, error) {
	if err := s.open(); err != nil {
		return 0, err
	}
	src := s.setup.Load().byID[source]
	if src == nil {
		return 0, fmt.Errorf("source %s: %w", source, store.ErrNotFound)
	}
	var count feed.Tended
	now := s.clock()
	for done := map[appointment]bool{}; len(done) == 0; {
		if err := s.tend(appointment{micros(now), dutyRelease, uint64(src.no)}, now, done, &count); err != nil {
			return count.Released, err
		}
	}
	return count.Released, nil
}

// release lets a stint of what is held of a source into its channels, at the
// time of the release and in the order of publication, so that subscribers see
// it as new and as it was written.
func (t *tending) release(subject uint64) (more bool, again time.Time, err error) {
	keys := prefixed(t.tx.Bucket(bucketHeld), short(uint32(subject)), stint)
	stories := make([]*story, 0, len(keys))
	for _, k := range keys {
		if err := t.tx.Bucket(bucketHeld).Delete(k); err != nil {
			return false, time.Time{}, err
		}
		seq := read(k[4:])
		s, err := t.story(seq)
		if err != nil {
			t.f.skip(number(seq), err)
			continue
		}
		if s.head.state() == feed.StateHeld {
			stories = append(stories, s)
		}
	}
	slices.SortFunc(stories, func(a, b *story) int {
		return cmp.Or(cmp.Compare(a.head.Published, b.head.Published), cmp.Compare(b.head.Slug, a.head.Slug))
	})
	for i, s := range stories {
		s.head.Place = micros(t.now) - int64(len(stories)-1-i)
		t.become(s, feed.StatePlaced)
	}
	t.count.Released += len(stories)
	return len(keys) == stint, time.Time{}, nil
}

// prefixed copies the first keys of a bucket that begin with a prefix.
func prefixed(b *bbolt.Bucket, prefix []byte, most int) [][]byte {
	var keys [][]byte
	c := b.Cursor()
	for k, _ := c.Seek(prefix); len(k) >= len(prefix) && string(k[:len(prefix)]) == string(prefix) && len(keys) < most; k, _ = c.Next() {
		keys = append(keys, slices.Clone(k))
	}
	return keys
}
