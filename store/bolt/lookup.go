package bolt

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// Entry implements store.Store.
func (s *Store) Entry(slug string) (feed.Entry, error) {
	if err := s.open(); err != nil {
		return feed.Entry{}, err
	}
	var e feed.Entry
	err := s.view(func(tx *bbolt.Tx) error {
		l := ledger{tx: tx}
		seq, ok := l.slug(slug)
		if !ok {
			return fmt.Errorf("entry %s: %w", slug, store.ErrNotFound)
		}
		r := &reader{f: s.file, tx: tx, set: s.setup.Load()}
		head, found, err := r.bySeq(seq)
		if err == nil && head.Slug != slug {
			return fmt.Errorf("entry %s: %w: its name leads to %s", slug, store.ErrCorrupt, head.Slug)
		}
		e = found
		return err
	})
	return e, err
}

// Find implements store.Store.
func (s *Store) Find(text string) ([]feed.Entry, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	var found []feed.Entry
	err := s.view(func(tx *bbolt.Tx) error {
		l := ledger{tx: tx}
		var seqs []uint64
		if seq, ok := l.slug(text); ok {
			seqs = append(seqs, seq)
		}
		for _, n := range spellings(text) {
			seqs = l.holders(n, seqs)
		}
		r := &reader{f: s.file, tx: tx, set: s.setup.Load()}
		for i := range seqs {
			seqs[i] = r.lead(seqs[i])
		}
		slices.Sort(seqs)
		seqs = slices.Compact(seqs)
		for _, seq := range seqs[:min(len(seqs), maxHolders)] {
			_, e, err := r.bySeq(seq)
			if errors.Is(err, store.ErrCorrupt) {
				s.skip(number(seq), err)
				continue
			}
			if err != nil {
				return err
			}
			found = append(found, e)
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("entry %s: %w", text, store.ErrNotFound)
	}
	return found, err
}

// spellings are the names under which an entry could be known by a text: as a
// link, as an id, as a slug.
func spellings(text string) []name {
	text = strings.TrimSpace(text)
	names := []name{idName(text)}
	for _, n := range identity.Lookup(text) {
		names = append(names, nameOf(n))
	}
	return names
}
