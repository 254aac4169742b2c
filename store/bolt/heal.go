package bolt

import (
	"context"
	"errors"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// diagnosis is what became of the records that were found damaged.
type diagnosis struct {
	// heads and bodies are entries of which that part is damaged.
	heads, bodies []uint64
	// sources are the numbers of sources whose document state is damaged.
	sources []uint32
	// holds are the sources of which it is not known why something is held.
	holds []uint32
	// plain records go, and are written anew by whoever has something to
	// write; channels are indexed anew.
	plain    []damaged
	channels bool
	// staged items are damaged: which, nobody can say.
	staged bool
}

// heal deals with the damaged records that were noticed (XK15): they are put
// into the quarantine, and the sources that can tell them again are read anew.
// It returns at once when there are none.
func (f *file) heal(count *feed.Tended) error {
	noticed := f.skipped.take()
	if len(noticed) == 0 {
		return nil
	}
	f.write.Lock()
	defer f.write.Unlock()
	var d diagnosis
	if err := f.view(func(tx *bbolt.Tx) error { f.diagnose(tx, noticed, &d); return nil }); err != nil {
		return err
	}
	lost, loose, err := f.trace(d.heads)
	if err == nil && d.staged {
		loose, err = f.looseBodies()
	}
	if err != nil {
		return err
	}
	var after []func()
	err = f.update(func(tx *bbolt.Tx) error {
		t := f.tending(tx, f.clock(), count)
		if err := t.treat(&d, lost, loose); err != nil {
			return err
		}
		if _, err := t.finish(); err != nil {
			return err
		}
		after = t.after
		return nil
	})
	if err != nil {
		return err
	}
	f.learn(after, false)
	if d.channels {
		return f.reindex(f.setup.Load())
	}
	return nil
}

// diagnose looks at what was noticed again: what another writing has repaired
// meanwhile, and what is in the quarantine already, needs nothing.
func (f *file) diagnose(tx *bbolt.Tx, noticed []damaged, d *diagnosis) {
	for _, w := range noticed {
		switch {
		case w.bucket == string(bucketChannels):
			if _, err := f.channel(tx, w.key); errors.Is(err, store.ErrCorrupt) {
				d.channels = true
			}
		case w.bucket == string(bucketEntries):
			f.examine(tx, read([]byte(w.key)), d)
		default:
			f.inquire(tx, w, d)
		}
	}
}

// inquire looks at a record that is not an entry's.
func (f *file) inquire(tx *bbolt.Tx, w damaged, d *diagnosis) {
	bucket, key := []byte(w.bucket), []byte(w.key)
	value := tx.Bucket(bucket).Get(key)
	if value == nil || f.codec.decode(key, value, recordOf(w.bucket)) == nil {
		return
	}
	switch w.bucket {
	case string(bucketDocs):
		d.sources = append(d.sources, shortOf(key))
	case string(bucketStaged):
		if _, merged, err := f.codec.mergedInto(key, value); err != nil || !merged {
			d.staged = true
			d.plain = append(d.plain, w)
		}
	case string(bucketSources): // Configure writes it anew
	case string(bucketHeld):
		d.holds = append(d.holds, shortOf(key))
	default:
		d.plain = append(d.plain, w)
	}
}

// recordOf returns a record of a bucket to decode into.
func recordOf(bucket string) any {
	switch bucket {
	case string(bucketPolls):
		return new(pollRec)
	case string(bucketDocs):
		return new(docRec)
	case string(bucketRejections):
		return new([]rejectionRec)
	case string(bucketStaged):
		return new(headRec)
	case string(bucketHeld):
		return new(holdRec)
	case string(bucketLists):
		return new(listRec)
	case string(bucketPush):
		return new(pushRec)
	default:
		return new(sourceRec)
	}
}

// examine finds out which part of an entry is damaged.
func (f *file) examine(tx *bbolt.Tx, seq uint64, d *diagnosis) {
	key := number(seq)
	value := tx.Bucket(bucketEntries).Get(key)
	var head headRec
	if f.founding.Load() {
		// Nothing is known of it, and nobody has seen it.
		if value != nil && (f.codec.decode(key, value, &head) != nil || f.codec.body(tx.Bucket(bucketBodies), head.Body, new(bodyRec)) != nil) {
			d.staged = true
			d.plain = append(d.plain, damaged{string(bucketEntries), string(key)})
		}
		return
	}
	switch {
	case value == nil: // in the quarantine, or an index leads nowhere
	case f.codec.decode(key, value, &head) != nil:
		d.heads = append(d.heads, seq)
	case head.Body != 0:
		bodies := tx.Bucket(bucketBodies)
		if bodies.Get(number(head.Body)) != nil && f.codec.body(bodies, head.Body, new(bodyRec)) != nil {
			d.bodies = append(d.bodies, seq)
		}
	}
}

// treat puts what is damaged into the quarantine and has read anew what can be.
func (t *tending) treat(d *diagnosis, lost map[uint64]*lostRec, loose []uint64) error {
	for _, seq := range d.bodies {
		if err := t.treatBody(seq); err != nil {
			return err
		}
	}
	for _, seq := range d.heads {
		if err := t.treatHead(seq, lost[seq]); err != nil {
			return err
		}
	}
	for _, no := range loose {
		if err := isolateBody(t.tx, bucketLoose, no); err != nil {
			return err
		}
	}
	for _, w := range d.plain {
		if err := t.tx.Bucket([]byte(w.bucket)).Delete([]byte(w.key)); err != nil {
			return err
		}
	}
	for _, no := range d.sources {
		blank := t.f.blank(t.tx, no)
		if err := t.f.putDoc(t.tx, no, &blank); err != nil {
			return err
		}
		t.reread[no] = true
	}
	for _, no := range d.holds {
		h := holdRec{Why: "the record of why is damaged", Since: micros(t.now)}
		if err := t.putHold(no, &h); err != nil {
			return err
		}
	}
	if d.staged {
		for _, src := range t.set.listed {
			t.reread[src.no] = true
		}
	}
	return nil
}

// rereadListed has every configured source read in full, and returns what the
// desk is to learn once that is written.
func (f *file) rereadListed(tx *bbolt.Tx, set *setup) (after []func(), err error) {
	for _, src := range set.listed {
		p := f.poll(tx, src)
		if err := f.forget(tx, src.no, &p); err != nil {
			return nil, err
		}
		after = append(after, func() { f.desk.renew(src.ID, p) })
	}
	return after, nil
}

// treatBody isolates an entry's body; whoever owns it is asked for it again.
func (t *tending) treatBody(seq uint64) error {
	s, err := t.story(seq)
	if err != nil || s.head.Body == 0 || s.body != nil {
		return nil
	}
	s.head.Bare, s.dirty = true, true
	for i := range s.head.Sightings {
		t.reread[s.head.Sightings[i].Source] = true
	}
	return isolateBody(t.tx, bucketBodies, s.head.Body)
}

// treatHead isolates an entry's head beside what the indexes know of it.
func (t *tending) treatHead(seq uint64, r *lostRec) error {
	key := number(seq)
	if r == nil || t.entries.Get(key) == nil || t.f.codec.decode(key, t.entries.Get(key), new(headRec)) == nil {
		return nil
	}
	for _, sg := range r.Sightings {
		t.reread[sg.Source] = true
	}
	record, err := t.f.codec.encode(r)
	if err != nil {
		return err
	}
	return errors.Join(
		isolate(t.tx, bucketEntries, key, slices.Clone(t.entries.Get(key))),
		isolate(t.tx, bucketLost, key, t.f.codec.seal(key, record)),
		t.entries.Delete(key), t.leavers.Delete(key),
	)
}

// trace asks the indexes about entries whose heads are damaged, and finds the
// bodies that no head names. It reads in short transactions; the caller holds
// f.write, so that nothing changes meanwhile: a damaged head is rare, and worth
// a pause.
func (f *file) trace(heads []uint64) (map[uint64]*lostRec, []uint64, error) {
	if len(heads) == 0 {
		return nil, nil, nil
	}
	lost := make(map[uint64]*lostRec, len(heads))
	for _, seq := range heads {
		lost[seq] = &lostRec{State: uint8(feed.StateWithdrawn)}
	}
	err := errors.Join(
		f.scan(top(bucketNames), func(k, _ []byte) {
			if len(k) != nameKeySize {
				return
			}
			n, seq, slug := readName(k)
			if r := lost[seq]; r != nil && slug {
				r.SlugName = n
			} else if r != nil {
				r.Names = append(r.Names, n)
			}
		}),
		f.scan(top(bucketSightings), func(k, v []byte) {
			if len(k) != sightKeySize || len(v) != 8 {
				return
			}
			if r := lost[read(v)]; r != nil {
				r.Sightings = append(r.Sightings, lostSighting{shortOf(k), feed.Key(k[4:])})
			}
		}),
		f.scan(top(bucketHeld), func(k, _ []byte) {
			if len(k) != heldKeySize {
				return
			}
			if r := lost[read(after(k, 4))]; r != nil {
				r.State = uint8(feed.StateHeld)
			}
		}),
		f.traceChannels(lost),
	)
	if err != nil {
		return nil, nil, err
	}
	loose, err := f.looseBodies()
	if len(loose) < len(heads) {
		// Some of them are tombstones: none that is in no channel comes back.
		for _, r := range lost {
			if feed.EntryState(r.State) == feed.StateWithdrawn {
				r.State = uint8(feed.StateRemoved)
			}
		}
	}
	return lost, loose, err
}

// traceChannels looks for entries in the channels.
func (f *file) traceChannels(lost map[uint64]*lostRec) error {
	for _, def := range f.setup.Load().channels {
		rows := func(shelf bool, found func(r *lostRec, k []byte)) error {
			in := func(tx *bbolt.Tx) *bbolt.Bucket {
				c, err := f.channel(tx, def.ID)
				switch {
				case err != nil:
					return nil
				case shelf:
					return c.shelf
				}
				return c.places
			}
			return f.scan(in, func(k, v []byte) {
				if at, ok := readPlaced(v); ok && lost[at.seq] != nil {
					found(lost[at.seq], k)
				}
			})
		}
		err := errors.Join(
			rows(false, func(r *lostRec, k []byte) {
				if slug := string(k[min(8, len(k)):]); slugName(slug) == r.SlugName {
					r.Slug, r.Place, r.State = slug, placeOf(k), uint8(feed.StatePlaced)
				}
			}),
			rows(true, func(r *lostRec, _ []byte) { r.State = uint8(feed.StateShelved) }),
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// looseBodies returns the bodies that nothing names.
func (f *file) looseBodies() ([]uint64, error) {
	var high uint64
	err := f.view(func(tx *bbolt.Tx) error { high = tx.Bucket(bucketBodies).Sequence(); return nil })
	if err != nil {
		return nil, err
	}
	named := make([]uint64, high/64+1)
	mark := func(no uint64) {
		if no <= high {
			named[no/64] |= 1 << (no % 64)
		}
	}
	var loose []uint64
	err = errors.Join(
		f.scan(top(bucketEntries), func(k, v []byte) {
			var head headRec
			if f.codec.decode(k, v, &head) == nil {
				mark(head.Body)
			}
		}),
		f.scan(top(bucketStaged), func(k, v []byte) {
			var head headRec // what is none names no body
			if f.codec.decode(k, v, &head) == nil {
				mark(head.Body)
			}
		}),
		f.scan(top(bucketOrphans), func(k, _ []byte) { mark(read(k)) }),
		f.scan(top(bucketBodies), func(k, _ []byte) {
			if no := read(k); len(k) == 8 && no <= high && named[no/64]&(1<<(no%64)) == 0 {
				loose = append(loose, no)
			}
		}),
	)
	return loose, err
}

// scan walks over a bucket in short transactions.
func (f *file) scan(bucket func(*bbolt.Tx) *bbolt.Bucket, visit func(k, v []byte)) error {
	return f.stroll(context.Background(), bucket, func(_ *bbolt.Tx, k, v []byte) error {
		visit(k, v)
		return nil
	})
}
