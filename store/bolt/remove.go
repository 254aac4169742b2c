package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// Remove implements store.Store.
func (s *Store) Remove(slug string) error {
	if err := s.open(); err != nil {
		return err
	}
	return s.intervene(func(t *tending) error {
		seq, ok := t.ledger.slug(slug)
		if !ok {
			return fmt.Errorf("entry %s: %w", slug, store.ErrNotFound)
		}
		st, err := t.story(seq)
		if err == nil {
			st, err = t.lead(st) // the story is told as that one's
		}
		if err != nil {
			return err
		}
		if st.head.state() == feed.StateRemoved {
			return errNothing
		}
		if st.never() {
			st.head.Place = 0
		}
		return t.bury(st, feed.StateRemoved)
	})
}

// never tells whether an entry was held since it was first told, so that no
// channel ever had it.
func (s *story) never() bool {
	st := s.head.state()
	if away(st) {
		st = feed.EntryState(s.head.Was)
	}
	return st == feed.StateHeld
}

// intervene runs what the operator asked for in one transaction, and brings
// the channels up to date with it.
func (f *file) intervene(do func(*tending) error) error {
	f.write.Lock()
	defer f.write.Unlock()
	moved := false
	var after []func()
	err := f.update(func(tx *bbolt.Tx) error {
		t := f.tending(tx, f.clock(), new(feed.Tended))
		if err := do(t); err != nil {
			return err
		}
		var err error
		moved, err = t.finish()
		after = t.after
		return err
	})
	if err == nil {
		f.learn(after, moved)
	}
	return err
}
