package bolt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// heldFor is how long entries wait that nobody looks at.
const heldFor = 24 * time.Hour

// holdRec says why something is held of a source. It lies before the rows of
// what is held, as long as there are any.
type holdRec struct {
	Why   string `cbor:"1,keyasint"`
	Since int64  `cbor:"2,keyasint"`
	// Until is when the last of it lets itself in; 0 means never, because the
	// document is taken for somebody else's (XG05).
	Until int64 `cbor:"3,keyasint,omitempty"`
	// Gone are entries that vanished when a site seemed to have moved: what is
	// held may be them (I9).
	Gone []uint64 `cbor:"4,keyasint,omitempty"`
}

// quarantined says that only the operator lets in what is held.
func (h *holdRec) quarantined() bool { return h != nil && h.Until == 0 }

// heldKey is the key of an entry among what is held of a source. Its value is
// since when.
func heldKey(no uint32, seq uint64) []byte { return append(short(no), number(seq)...) }

// heldKeySize is the length of a heldKey; the record of the hold itself has
// the source alone for its key.
const heldKeySize = 4 + 8

// holdOf reads why something is held of a source, nil when nothing is. A
// damaged record is one without a time limit: better late than flooded.
func (f *file) holdOf(tx *bbolt.Tx, no uint32) *holdRec {
	b := tx.Bucket(bucketHeld)
	if b.Get(short(no)) == nil {
		return nil
	}
	h := new(holdRec)
	if !f.lookup(tx, bucketHeld, short(no), h) {
		return &holdRec{Why: "the record of why is damaged"}
	}
	return h
}

// hold returns the hold as an operator sees it; n is how many entries wait.
func (h *holdRec) hold(n int) feed.Hold {
	if h == nil {
		return feed.Hold{}
	}
	return feed.Hold{Why: h.Why, Since: instant(h.Since), Until: instant(h.Until), Entries: n}
}

// putHold writes why something is held, and has it let in when its time comes.
func (t *teller) putHold(no uint32, h *holdRec) error {
	record, err := t.f.codec.encodePacked(h)
	if err != nil {
		return err
	}
	if err := t.f.codec.put(t.held, short(no), record); err != nil || h.Until == 0 {
		return err
	}
	return appoint(t.ledger.tx, instant(h.Until), dutyRelease, uint64(no))
}

// hold lets an entry that came back wait on: under the reason that stood for
// its owner's source before, and where that has a time, for that time anew.
func (t *teller) hold(s *story) error {
	no := s.owner().Source
	h := t.f.holdOf(t.ledger.tx, no)
	if h == nil {
		h = &holdRec{Why: "what was held before it was away", Since: micros(t.now), Until: micros(t.now)}
	}
	if until := micros(t.now.Add(heldFor)); h.Until != 0 && h.Until < until {
		h.Until = until
		if err := t.putHold(no, h); err != nil {
			return err
		}
	}
	return t.await(no, s)
}

// await makes an entry wait for the release of a source that tells it.
func (t *teller) await(no uint32, s *story) error {
	s.waited = true
	t.become(s, feed.StateHeld)
	return t.held.Put(heldKey(no, s.seq), number(uint64(micros(t.now))))
}

// unhold takes an entry out of what is held, of every source that tells it. A
// source of which nothing is left has no hold any more.
func (t *teller) unhold(s *story) error {
	tellers := append(s.tellers(), s.counted...)
	slices.Sort(tellers)
	for _, no := range slices.Compact(tellers) {
		key := heldKey(no, s.seq)
		if t.held.Get(key) == nil {
			continue
		}
		if err := t.held.Delete(key); err != nil {
			return err
		}
		if err := t.closeHold(no); err != nil {
			return err
		}
	}
	return nil
}

// closeHold removes a hold of which no entry is left, unless its source is away
// and may come back with what is held. After a quarantine the document is read
// anew and whole: it was looked at with suspicion.
func (t *teller) closeHold(no uint32) error {
	if len(waitingFor(t.held, no, 1)) > 0 || !t.set.source(no).listed {
		return nil
	}
	if h := t.f.holdOf(t.ledger.tx, no); h.quarantined() {
		if d, ok := t.f.doc(t.ledger.tx, no); ok {
			d.Context, d.Head = 0, 0
			if err := t.f.putDoc(t.ledger.tx, no, &d); err != nil {
				return err
			}
		}
	}
	return t.held.Delete(short(no))
}

// waits is a row of what is held.
type waits struct {
	key   []byte
	since int64
}

func (w *waits) seq() uint64 { return read(after(w.key, 4)) }

// waitingFor copies the rows of what is held of a source, at most so many,
// oldest entry first.
func waitingFor(b *bbolt.Bucket, no uint32, most int) []waits {
	var list []waits
	prefix := short(no)
	c := b.Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(list) < most; k, v = c.Next() {
		if len(k) != heldKeySize {
			continue
		}
		w := waits{key: slices.Clone(k)}
		if len(v) == 8 {
			w.since = int64(read(v))
		}
		list = append(list, w)
	}
	return list
}

// heldOf counts what is held of a source.
func heldOf(b *bbolt.Bucket, no uint32) int {
	n := 0
	prefix := short(no)
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if len(k) == heldKeySize {
			n++
		}
	}
	return n
}

// ReleaseHeld implements store.Store.
func (s *Store) ReleaseHeld(source string) (int, error) {
	if err := s.open(); err != nil {
		return 0, err
	}
	src := s.setup.Load().byID[source]
	if src == nil {
		return 0, fmt.Errorf("source %s: %w", source, store.ErrNotFound)
	}
	released := 0
	for more := true; more; {
		n := 0
		err := s.intervene(func(t *tending) error {
			t.count.Released = released
			rows := waitingFor(t.held, src.no, stint)
			if more = len(rows) == stint; len(rows) == 0 {
				return errNothing
			}
			n = len(rows)
			return t.letOut(src.no, rows)
		})
		if err != nil {
			return released, err
		}
		released += n
	}
	return released, nil
}

// release lets a stint of what is held of a source into its channels, as far
// as its time has come.
func (t *tending) release(subject uint64) (more bool, again time.Time, err error) {
	no := uint32(subject)
	if h := t.f.holdOf(t.tx, no); h == nil || h.quarantined() {
		return false, time.Time{}, nil
	}
	rows := waitingFor(t.held, no, maxHeld)
	due := micros(t.now.Add(-heldFor))
	var later []waits
	rows = slices.DeleteFunc(rows, func(w waits) bool {
		if w.since > due {
			later = append(later, w)
		}
		return w.since > due
	})
	more = len(rows) > stint
	if !more && len(later) > 0 {
		next := slices.MinFunc(later, func(a, b waits) int { return cmp.Compare(a.since, b.since) })
		again = instant(next.since).Add(heldFor)
	}
	return more, again, t.letOut(no, rows[:min(len(rows), stint)])
}

// maxHeld bounds how many rows one stint of a release looks at.
const maxHeld = 1 << 16

// letOut gives held entries their places: the time of the release, in the
// order of publication, so that subscribers see them as new and as they were
// written. What earlier stints let out stays before them.
func (t *tending) letOut(no uint32, rows []waits) error {
	stories := make([]*story, 0, len(rows))
	for _, w := range rows {
		s, err := t.story(w.seq())
		if err == nil && s.head.state() == feed.StateHeld {
			stories = append(stories, s)
			continue
		}
		if err != nil {
			t.f.skip(number(w.seq()), err)
		}
		if err := errors.Join(t.held.Delete(w.key), t.closeHold(no)); err != nil {
			return err
		}
	}
	slices.SortFunc(stories, func(a, b *story) int {
		return cmp.Or(cmp.Compare(a.head.Published, b.head.Published), cmp.Compare(b.head.Slug, a.head.Slug))
	})
	for _, s := range stories {
		s.head.Place = micros(t.now) + int64(t.count.Released)
		t.become(s, feed.StatePlaced)
		t.count.Released++
	}
	return nil
}
