package bolt

import (
	"errors"

	"go.etcd.io/bbolt"

	"weir/store"
)

// renew brings the new index up to date with an entry that was touched.
func (b *build) renew(t *teller, c *channel, e touched) error {
	now, next := b.indexes(t.ledger.tx)
	at, had := next.find(e.seq, e.was.place, e.was.slug)
	if had {
		err := errors.Join(next.clear(at, e.was.place, e.was.slug), next.count(e.was.counted, nil))
		if err != nil {
			return err
		}
	}
	s, in, err := b.asks(t, e.seq)
	if err != nil || !in {
		return err
	}
	if known, ok := now.find(s.seq, s.head.Place, s.head.Slug); ok {
		at = known
	} else if !had {
		at = placed{seq: s.seq, arrival: b.arrival(&c.rec)}
	}
	err = next.put(at, s.head.Place, s.head.Slug, s.shelved())
	return errors.Join(err, next.count(nil, s.tellers()))
}

// changeOver makes the new index the one in use.
func (b *build) changeOver(tx *bbolt.Tx, c *channel) error {
	c.rec.Spare, c.rec.Spares = b.next, b.end-b.next
	c.rec.release()
	if b.moved || b.bare && c.rec.Arrivals > 0 {
		b.moved = true
		c.rec.Revision++
	}
	c.rec.Index = 1 - b.old()
	_, next := b.indexes(tx)
	return next.bear(c.rec.Revision)
}

// adopt lets a channel keep the index that it has: another rule wants the same
// entries, but for what was touched since they were asked.
func (b *build) adopt() error {
	return b.catchUp(func(t *teller, c *channel, e touched) error {
		s, in, err := b.asks(t, e.seq)
		if s == nil || err != nil {
			return err
		}
		if _, had := c.find(s.seq, s.head.Place, s.head.Slug); had == in {
			return nil
		}
		c.rec.Revision++
		b.moved = true
		_, err = c.place(s, in)
		return err
	}, func(_ *bbolt.Tx, c *channel) error {
		c.rec.release()
		return nil
	})
}

// asks tells whether the new rule wants an entry now; there is none where it
// was dropped or is damaged.
func (b *build) asks(t *teller, seq uint64) (*story, bool, error) {
	s, err := t.story(seq)
	if errors.Is(err, store.ErrCorrupt) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	in, err := t.matches(s, b.def.Match)
	return s, in, err
}

// catchUp takes a step for each entry that was touched, in short transactions,
// and with the last of them the channel is what it is to be.
func (b *build) catchUp(step func(*teller, *channel, touched) error, finish func(*bbolt.Tx, *channel) error) error {
	for done := false; !done; {
		err := b.write(func(tx *bbolt.Tx) error {
			c, err := b.current(tx)
			if err != nil {
				return err
			}
			t := &teller{f: b.f, set: b.set, ledger: newLedger(tx), now: b.f.clock()}
			t.on(tx)
			for _, e := range b.watch.some(stint / 2) {
				if err := step(t, c, e); err != nil {
					return err
				}
			}
			if done = len(b.watch.touched) == 0; done {
				c.rec.Digest = b.def.Digest
				if err := finish(tx, c); err != nil {
					return err
				}
			}
			return b.save(c, done)
		}, func() {
			if done {
				b.f.unwatch(b.watch)
				b.f.ruled[b.def.ID] = *b.def
			}
		})
		if err != nil {
			return err
		}
	}
	if b.moved {
		b.f.hints.tell()
	}
	return nil
}
