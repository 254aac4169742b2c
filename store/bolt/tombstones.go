package bolt

import (
	"context"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// forgetTombstones drops the tombstones of pruned entries that nothing can
// bring back: every source that told the story was read since without showing
// it. Then slug, names and sightings are gone too. Entries that were touched
// since the look at them are left for the next time. Those that the operator
// removed stay for ever.
func (f *file) forgetTombstones(ctx context.Context, set *setup, s *stock, w *watch, now time.Time) (int, error) {
	tombs := s.tombs
	if len(tombs) == 0 {
		return 0, nil
	}
	tellings, err := f.tellingsOf(ctx, s)
	if err != nil {
		return 0, err
	}
	if err := f.spare(ctx, set, tellings, tombs); err != nil {
		return 0, err
	}
	rows := make(map[uint64][][]byte, len(tombs))
	for no, list := range tellings {
		for _, tl := range list {
			if _, goes := tombs[tl.seq]; goes {
				key := sightOf(no, tl.key)
				rows[tl.seq] = append(rows[tl.seq], key[:])
			}
		}
	}
	forgotten, told := 0, make(map[uint32]int)
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(tombs)), pruneStint) {
		n, err := f.eraseAll(chunk, rows, w, told, now)
		if forgotten += n; err != nil {
			return forgotten, err
		}
	}
	return forgotten, f.recount(told)
}

// shown is a telling of a tombstone's story.
type shown struct {
	key feed.Key
	seq uint64
}

// tellingsOf finds the sightings that lead to tombstones, by source.
func (f *file) tellingsOf(ctx context.Context, s *stock) (map[uint32][]shown, error) {
	found := make(map[uint32][]shown)
	err := f.stroll(ctx, top(bucketSightings), func(_ *bbolt.Tx, k, v []byte) error {
		if len(k) != sightKeySize || len(v) != 8 {
			return nil
		}
		seq := read(v)
		if whole, ok := s.parts[seq]; ok {
			seq = whole
		}
		if _, ok := s.tombs[seq]; ok {
			found[shortOf(k)] = append(found[shortOf(k)], shown{feed.Key(k[4:]), seq})
		}
		return nil
	})
	return found, err
}

// spare takes out the tombstones that a source may still show: it does, it was
// not read since, or it is not read at all at present.
func (f *file) spare(ctx context.Context, set *setup, tellings map[uint32][]shown, tombs map[uint64]int64) error {
	for _, no := range slices.Sorted(maps.Keys(tellings)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		src := set.source(no)
		var poll feed.PollState
		var doc feed.DocState
		known := false
		err := f.view(func(tx *bbolt.Tx) error {
			poll = f.poll(tx, src)
			doc, known = f.doc(tx, no)
			return nil
		})
		if err != nil {
			return err
		}
		shows := make(map[feed.Key]bool, len(doc.Known))
		for _, k := range doc.Known {
			shows[k.Key] = true
		}
		for _, tl := range tellings[no] {
			since, ok := tombs[tl.seq]
			if ok && (!src.listed || !known || shows[tl.key] || micros(poll.Succeeded) <= since) {
				delete(tombs, tl.seq)
			}
		}
	}
	return nil
}

// eraseAll drops tombstones and the sightings that lead to them, in one
// transaction, and counts per source what it told.
func (f *file) eraseAll(seqs []uint64, rows map[uint64][][]byte, w *watch, told map[uint32]int, now time.Time) (n int, err error) {
	gone := make(map[uint32]int)
	err = f.stint(now, func(t *tending) error {
		for _, seq := range seqs {
			if w.has(seq) {
				continue
			}
			s, err := t.story(seq)
			if err != nil {
				t.f.skip(number(seq), err)
				continue
			}
			if s.head.state() != feed.StatePruned {
				continue
			}
			if err := t.erase(s); err != nil {
				return err
			}
			if err := deleteAll(t.tx.Bucket(bucketSightings), rows[seq]); err != nil {
				return err
			}
			for _, sg := range s.head.Sightings {
				gone[sg.Source]++
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for no, count := range gone {
		told[no] += count
	}
	return n, nil
}

// recount takes what was forgotten off what sources are said to tell.
func (f *file) recount(told map[uint32]int) error {
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(told)), pruneStint) {
		f.write.Lock()
		err := f.update(func(tx *bbolt.Tx) error {
			for _, no := range chunk {
				d, ok := f.doc(tx, no)
				if !ok {
					continue
				}
				d.Entries = max(0, d.Entries-told[no])
				if err := f.putDoc(tx, no, &d); err != nil {
					return err
				}
			}
			return nil
		})
		f.write.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}
