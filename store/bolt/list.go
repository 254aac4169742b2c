package bolt

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// maxListed bounds how many entries one call of List looks at: a transaction
// that reads for long keeps pages from being used again (XK20).
const maxListed = 4096

// List implements store.Store.
func (s *Store) List(q feed.Selection) (feed.Listing, error) {
	if err := s.open(); err != nil {
		return feed.Listing{}, err
	}
	before := uint64(math.MaxUint64)
	if q.After != "" {
		after, err := base64.RawURLEncoding.DecodeString(string(q.After))
		if err != nil || len(after) != 8 {
			return feed.Listing{}, fmt.Errorf("list entries: no cursor of this store: %q", q.After)
		}
		before = read(after)
	}
	set := s.setup.Load()
	var list feed.Listing
	err := s.view(func(tx *bbolt.Tx) error {
		seqs, err := older(tx, set, &q, before)
		if err != nil {
			return err
		}
		r := &reader{f: s.file, tx: tx, set: set}
		for i, seq := range seqs {
			e, err := r.listed(seq, &q)
			switch {
			case errors.Is(err, store.ErrCorrupt):
				s.skip(number(seq), err)
			case err != nil:
				return err
			case e != nil:
				list.Entries = append(list.Entries, *e)
			}
			if len(list.Entries) >= max(q.Limit, 1) && i+1 < len(seqs) || i+1 == maxListed {
				list.Next = feed.Cursor(base64.RawURLEncoding.EncodeToString(number(seq)))
				break
			}
		}
		return nil
	})
	return list, err
}

// older returns the entries that came before one, newest first: one more than
// a call looks at, where there are so many.
func older(tx *bbolt.Tx, set *setup, q *feed.Selection, before uint64) ([]uint64, error) {
	if source := q.Source; source != "" {
		src := set.byID[source]
		if src == nil {
			return nil, fmt.Errorf("source %s: %w", source, store.ErrNotFound)
		}
		return toldBy(tx, src.no, before), nil
	}
	var seqs []uint64
	if tx.Bucket(bucketMeta).Get(keyFounding) != nil {
		return nil, nil // they are items yet
	}
	c := tx.Bucket(listing(q)).Cursor()
	k, _ := c.Seek(number(before))
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	for ; len(k) == 8 && len(seqs) <= maxListed; k, _ = c.Prev() {
		seqs = append(seqs, read(k))
	}
	return seqs, nil
}

// toldBy returns what a source tells, before an entry and newest first. Its
// sightings lie in the order of their keys, so that all are looked at.
func toldBy(tx *bbolt.Tx, no uint32, before uint64) []uint64 {
	var seqs []uint64
	prefix := string(short(no))
	c := tx.Bucket(bucketSightings).Cursor()
	for k, v := c.Seek([]byte(prefix)); len(k) > len(prefix) && string(k[:len(prefix)]) == prefix; k, v = c.Next() {
		if len(v) == 8 && read(v) < before {
			seqs = append(seqs, read(v))
		}
	}
	slices.SortFunc(seqs, func(a, b uint64) int { return cmp.Compare(b, a) })
	seqs = slices.Compact(seqs)
	return seqs[:min(len(seqs), maxListed+1)]
}

// listed reads an entry, nil when it is not wanted.
func (r *reader) listed(seq uint64, q *feed.Selection) (*feed.Entry, error) {
	key := number(seq)
	head := new(headRec)
	if err := r.f.codec.decodeAt(bucketEntries, key, r.tx.Bucket(bucketEntries).Get(key), head); err != nil {
		return nil, fmt.Errorf("entry: %w", err)
	}
	if len(q.States) > 0 && !slices.Contains(q.States, head.state()) {
		return nil, nil
	}
	if q.Content {
		_, e, err := r.bySeq(seq)
		return &e, err
	}
	head.Traits.Sketch = nil
	e, err := head.entry(&feed.Content{Title: head.Title, Link: head.Link, Language: head.Language}, r.set)
	return &e, err
}
