package bolt

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// Window implements store.Store.
func (s *Store) Window(q feed.Query) (feed.Window, error) {
	after, err := base64.RawURLEncoding.DecodeString(string(q.After))
	if err != nil || len(q.After) > 0 && len(after) < 8 {
		return feed.Window{}, fmt.Errorf("channel %s: no cursor of this store: %q", q.Channel, q.After)
	}
	return s.readChannel(q.Channel, func(r *reader, c *channel, w *feed.Window) error {
		return r.window(c, q, after, w)
	})
}

// readChannel reads a channel in one transaction, as settled stores have it.
func (s *Store) readChannel(id string, run func(*reader, *channel, *feed.Window) error) (feed.Window, error) {
	if err := s.open(); err != nil {
		return feed.Window{}, err
	}
	w := feed.Window{Channel: id}
	err := s.view(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketMeta).Get(keyFounding) != nil {
			return store.ErrFounding
		}
		r := &reader{f: s.file, tx: tx, set: s.setup.Load()}
		if !r.set.publishes(id) {
			return fmt.Errorf("channel %s: %w", id, store.ErrNotFound)
		}
		c, err := s.channel(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			c, err = new(channel), nil // it is being indexed for the first time
		}
		if err != nil {
			return err
		}
		w.Revision, w.Arrivals = c.rec.Revision, c.arrived()
		if err := run(r, c, &w); err != nil {
			return err
		}
		w.Sources = r.profiles(w.Entries)
		return nil
	})
	if err != nil {
		return feed.Window{}, err
	}
	return w, nil
}

// window copies entries from behind a place on, as many as q asks for.
func (r *reader) window(c *channel, q feed.Query, after []byte, w *feed.Window) error {
	if c.places == nil {
		return nil
	}
	cur := c.places.Cursor()
	newest, _ := cur.First()
	if newest == nil {
		return nil
	}
	held := placeOf(newest) - q.Hold.Microseconds()
	k, v := cur.Seek(after)
	if len(after) == 0 {
		k, v = cur.First()
	} else if bytes.Equal(k, after) {
		k, v = cur.Next()
	}
	var last []byte
	for ; k != nil; k, v = cur.Next() {
		n := len(w.Entries)
		if n >= q.Limit && (q.Hold <= 0 || n >= q.Max || placeOf(k) < held) {
			w.Next = feed.Cursor(base64.RawURLEncoding.EncodeToString(last))
			return nil
		}
		last = k
		r.add(c, q.Known, w, k, v)
	}
	return nil
}

// add appends the entry that a place stands for; a damaged one is left out and
// reported.
func (r *reader) add(c *channel, known map[string]uint64, w *feed.Window, key, value []byte) {
	e, err := r.placed(c, known, key, value)
	if err != nil {
		r.f.skip(key, err)
		return
	}
	w.Entries = append(w.Entries, e)
}

// placed reads the entry that a place stands for. Index entries have no
// checksum of their own: they must agree with the entry they name, and what is
// known came so from here.
func (r *reader) placed(c *channel, known map[string]uint64, key, value []byte) (feed.Placed, error) {
	at, ok := c.read(value)
	if !ok {
		return feed.Placed{}, fmt.Errorf("place %x: %w: odd length", key, store.ErrCorrupt)
	}
	if slug := slugOf(key); known[slug] == at.revision && at.revision != 0 {
		return feed.Placed{Entry: feed.Entry{Slug: slug}, Revision: at.revision, Arrival: at.arrival, Known: true}, nil
	}
	head, e, err := r.bySeq(at.seq)
	if err != nil {
		return feed.Placed{}, err
	}
	if !bytes.Equal(placeKey(head.Place, head.Slug), key) {
		return feed.Placed{}, fmt.Errorf("place %x: %w: it names another entry, %s", key, store.ErrCorrupt, head.Slug)
	}
	return feed.Placed{Entry: e, Revision: at.revision, Arrival: at.arrival}, nil
}
