package bolt

import (
	"cmp"
	"errors"
	"io"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// Revisions implements store.Store.
func (s *Store) Revisions() (map[string]uint64, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	revisions := make(map[string]uint64)
	err := s.view(func(tx *bbolt.Tx) error {
		for _, def := range s.setup.Load().channels {
			c, err := s.channel(tx, def.ID)
			switch {
			case errors.Is(err, store.ErrCorrupt):
				continue // told where it is read
			case errors.Is(err, store.ErrNotFound):
				c = new(channel) // it is being indexed for the first time
			case err != nil:
				return err
			}
			revisions[def.ID] = c.rec.Revision
		}
		return nil
	})
	return revisions, err
}

// Sources implements store.Store.
func (s *Store) Sources() ([]feed.SourceStatus, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	listed := s.setup.Load().listed
	list := make([]feed.SourceStatus, 0, len(listed))
	err := s.view(func(tx *bbolt.Tx) error {
		for _, src := range listed {
			st := feed.SourceStatus{Source: copySource(src.Source)}
			st.State.Poll = s.poll(tx, src)
			st.State.Doc, _ = s.doc(tx, src.no)
			if h := s.holdOf(tx, src.no); h != nil {
				st.Hold = h.hold(heldOf(tx.Bucket(bucketHeld), src.no))
			}
			st.Withdrawn, st.Gone = s.withdrawn(tx, src.no, st.State.Doc.Missing)
			st.Push = s.pushed(tx, src.ID)
			st.Rejections = each(s.rejections(tx, src.no), rejectionRec.rejection)
			list = append(list, st)
		}
		return nil
	})
	return list, err
}

// Backup implements store.Store: the only long read there is. While it runs,
// pages that are freed cannot be used again and the file grows instead (XK20).
// What was written is whole once the caller has synced it (XK17).
func (s *Store) Backup(w io.Writer) error {
	if err := s.open(); err != nil {
		return err
	}
	s.long.RLock()
	defer s.long.RUnlock()
	return s.longView(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

// Channels implements store.Store. One that is not indexed yet has nothing.
func (s *Store) Channels() ([]feed.ChannelStatus, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	var list []feed.ChannelStatus
	err := s.view(func(tx *bbolt.Tx) error {
		for _, known := range s.setup.Load().channels {
			st := feed.ChannelStatus{ID: known.ID}
			c, err := s.channel(tx, known.ID)
			switch {
			case errors.Is(err, store.ErrNotFound):
			case errors.Is(err, store.ErrCorrupt):
				s.skip(keyChannel, err)
			case err != nil:
				return err
			default:
				st.Revision, st.Arrivals = c.rec.Revision, c.rec.Arrivals
				st.Entries, st.Shelved = countKeys(c.places), countKeys(c.shelf)
				if k, _ := c.places.Cursor().First(); len(k) >= 8 {
					st.Newest = instant(placeOf(k))
				}
			}
			list = append(list, st)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b feed.ChannelStatus) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

func countKeys(b *bbolt.Bucket) int {
	n := 0
	c := b.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	return n
}
