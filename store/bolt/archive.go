package bolt

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// Archive implements store.Store. A page holds the entries with the arrival
// numbers 50(n-1)+1 to 50n, less what has left the channel since. Its Next is
// always empty.
func (s *Store) Archive(channelID string, n int) (feed.Window, error) {
	return s.readChannel(channelID, func(r *reader, c *channel, w *feed.Window) error {
		err := c.eachArrival(channelID, n, func(_, seq []byte) { r.addArrival(c, w, seq) })
		slices.SortFunc(w.Entries, func(a, b feed.Placed) int { return feed.Newer(&a.Entry, &b.Entry) })
		return err
	})
}

// Arrivals implements store.Store.
func (s *Store) Arrivals(channelID string, n int) (numbers []uint64, err error) {
	_, err = s.readChannel(channelID, func(_ *reader, c *channel, _ *feed.Window) error {
		return c.eachArrival(channelID, n, func(arrival, _ []byte) { numbers = append(numbers, read(arrival)) })
	})
	return numbers, err
}

// eachArrival goes over the rows of an archive page: arrival number and entry.
func (c *channel) eachArrival(id string, page int, do func(arrival, seq []byte)) error {
	if page < 1 || uint64(page-1) >= (c.arrived()+feed.ArchivePage-1)/feed.ArchivePage {
		return fmt.Errorf("channel %s, archive page %d: %w", id, page, store.ErrNotFound)
	}
	first := uint64(page-1)*feed.ArchivePage + 1
	last := min(first+feed.ArchivePage-1, c.arrived())
	cur := c.arrivals.Cursor()
	for k, v := cur.Seek(number(first)); k != nil && read(k) <= last; k, v = cur.Next() {
		do(k, v)
	}
	return nil
}

// Pages implements store.Store. It goes over the rows of the index, which know
// arrival and revision, and reads no entry.
func (s *Store) Pages(channelID string, from int) (pages []feed.Page, err error) {
	_, err = s.readChannel(channelID, func(_ *reader, c *channel, _ *feed.Window) error {
		from = max(from, 1)
		full := int(c.arrived() / feed.ArchivePage)
		for n := from; n <= full; n++ {
			pages = append(pages, feed.Page{Number: n})
		}
		if len(pages) == 0 || c.places == nil {
			return nil
		}
		for _, b := range [...]*bbolt.Bucket{c.places, c.shelf} {
			err := b.ForEach(func(_, v []byte) error {
				at, ok := c.read(v)
				if !ok || at.arrival == 0 {
					return nil // [Store.Check] tells of it, and windows leave it out.
				}
				if i := int((at.arrival-1)/feed.ArchivePage) + 1 - from; i >= 0 && i < len(pages) {
					pages[i].Entries++
					pages[i].Revision = max(pages[i].Revision, at.revision)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return pages, err
}

// arrived is the last arrival number up to which pages do not change: numbers
// that are set aside for an index that is being built come behind.
func (c *channel) arrived() uint64 {
	if c.rec.Spares > 0 {
		return c.rec.Spare - 1
	}
	return c.rec.Arrivals
}

// addArrival appends the entry that an arrival number stands for.
func (r *reader) addArrival(c *channel, w *feed.Window, value []byte) {
	head, e, err := r.bySeq(read(value))
	if err != nil {
		r.f.skip(value, err)
		return
	}
	at, ok := c.where(read(value), head)
	if !ok {
		r.f.skip(value, fmt.Errorf("entry %s: %w: it has an arrival number and no place", head.Slug, store.ErrCorrupt))
		return
	}
	w.Entries = append(w.Entries, feed.Placed{Entry: e, Revision: at.revision, Arrival: at.arrival})
}
