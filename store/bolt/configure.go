package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// Configure implements store.Store. When nothing differs from what the store
// knows, nothing is written. Commit waits until it is done; readers do not.
//
// A source that the store knows under its id and another address keeps what is
// remembered of it, but is due at once; at another address or with other
// options it is asked without validators (P10). One whose id is new and whose
// address belonged to a source that is no longer configured is that source
// under another name. One that left is retired, and Tend looks after what it
// tells.
func (s *Store) Configure(c store.Configuration) error {
	if err := s.open(); err != nil {
		return err
	}
	if err := validate(&c); err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	p := plan(s.setup.Load().stored(), &c, s.clock())
	if c.Looking {
		p.next.beneath = p.now
		s.setup.Store(p.next)
		return nil
	}
	if err := p.exodus(); err != nil && !c.Confirmed {
		return err
	}
	moved, err := s.carryOut(p)
	if err != nil {
		return err
	}
	polls, err := s.polls(p.next)
	if err != nil {
		return err
	}
	s.setup.Store(p.next)
	s.desk.arrange(p.next.listed, polls)
	if moved {
		s.hints.tell()
	}
	return errors.Join(s.reindex(p.next), s.appointPruning(p.next))
}

// validate refuses what would make keys ambiguous.
func validate(c *store.Configuration) error {
	sources, channels := make(map[string]bool), make(map[string]bool)
	for i := range c.Sources {
		id := c.Sources[i].ID
		if !feed.ValidID(id) || sources[id] {
			return fmt.Errorf("source %q: its id is not valid or not unique", id)
		}
		sources[id] = true
	}
	for i := range c.Channels {
		id := c.Channels[i].ID
		if !feed.ValidID(id) || channels[id] {
			return fmt.Errorf("channel %q: its id is not valid or not unique", id)
		}
		channels[id] = true
	}
	return nil
}

// planned is a configuration on its way in: the setup that holds, the one that
// will, and what has to be written for it.
type planned struct {
	now, next *setup
	// written are sources whose record is new or different, with what they
	// were before, which has no number where they are new.
	written []change
	// at is when; left are the sources that go, back those that return, had
	// how many there were.
	at         time.Time
	left, back []*source
	had        int
}

type change struct{ before, after *source }

// plan compares a configuration with the one in force.
func plan(now *setup, c *store.Configuration, at time.Time) *planned {
	next := newSetup()
	next.site, next.rules = c.Site, c.Rules
	next.keep = c.Keep
	next.channels = slices.SortedFunc(slices.Values(c.Channels), func(a, b feed.Channel) int { return cmp.Compare(a.ID, b.ID) })
	p := &planned{now: now, next: next, at: at}
	wanted := make(map[string]bool, len(c.Sources))
	for i := range c.Sources {
		wanted[c.Sources[i].ID] = true
	}
	left := make(map[string]*source) // by address, what nobody asks for by id
	for _, no := range slices.Sorted(maps.Keys(now.byNo)) {
		src := now.byNo[no]
		if wanted[src.ID] {
			continue
		}
		next.add(&source{Source: src.Source, no: src.no, retired: src.retired})
		if left[src.URL] == nil {
			left[src.URL] = src
		}
	}
	for i := range c.Sources {
		p.take(now, copySource(c.Sources[i]), left)
	}
	slices.SortFunc(next.listed, func(a, b *source) int { return cmp.Compare(a.ID, b.ID) })
	p.retire()
	return p
}

// take finds the record of a configured source.
func (p *planned) take(now *setup, s feed.Source, left map[string]*source) {
	after := &source{Source: s, listed: true}
	before := now.byID[s.ID]
	if before == nil {
		if before = left[s.URL]; before != nil {
			delete(left, s.URL)
			delete(p.next.byID, before.ID)
		}
	}
	if before == nil {
		before = &source{}
	}
	after.no = before.no
	if before.retired != 0 {
		p.back = append(p.back, after)
	}
	if before.no == 0 || before.retired != 0 || !reflect.DeepEqual(before.Source, s) {
		p.written = append(p.written, change{before, after})
	}
	p.next.listed = append(p.next.listed, after)
	if after.no != 0 {
		p.next.add(after)
	}
}

// carryOut writes what is new of sources and removes channels that are gone;
// it tells whether a revision moved.
func (f *file) carryOut(p *planned) (moved bool, err error) {
	err = f.update(func(tx *bbolt.Tx) error {
		gone := goneChannels(tx, p.next.channels)
		if len(gone) == 0 && len(p.written) == 0 && len(p.left) == 0 {
			return errNothing
		}
		if err := f.depart(tx, p); err != nil {
			return err
		}
		for _, id := range gone { // the rest of it is removed in the background
			if err := tx.Bucket(bucketChannels).Bucket(id).Delete(keyChannel); err != nil {
				return err
			}
		}
		var renamed bool
		var restyled []uint32
		for _, ch := range p.written {
			if err := f.putSource(tx, ch, p.at); err != nil {
				return err
			}
			renamed = renamed || ch.before.no != 0 && ch.before.ID != ch.after.ID
			if f.restyles(tx, ch) {
				restyled = append(restyled, ch.after.no)
			}
		}
		var err error
		moved, err = f.restyle(tx, p.next, restyled, renamed)
		return err
	})
	if err != nil {
		return false, err
	}
	for _, ch := range p.written {
		p.next.add(ch.after) // the new ones have a number now
	}
	return moved, nil
}

func goneChannels(tx *bbolt.Tx, channels []feed.Channel) [][]byte {
	var gone [][]byte
	_ = tx.Bucket(bucketChannels).ForEachBucket(func(k []byte) error {
		published := tx.Bucket(bucketChannels).Bucket(k).Get(keyChannel) != nil
		if published && !slices.ContainsFunc(channels, func(c feed.Channel) bool { return c.ID == string(k) }) {
			gone = append(gone, slices.Clone(k))
		}
		return nil
	})
	return gone
}

// putSource writes a source's record under its id.
func (f *file) putSource(tx *bbolt.Tx, ch change, at time.Time) error {
	b := tx.Bucket(bucketSources)
	if ch.after.no == 0 {
		no, err := b.NextSequence()
		if err != nil {
			return err
		}
		ch.after.no = uint32(no)
	} else if ch.before.ID != ch.after.ID {
		if err := b.Delete([]byte(ch.before.ID)); err != nil {
			return err
		}
	}
	if err := f.putRecord(tx, ch.after); err != nil {
		return err
	}
	if ch.before.no != 0 && ch.before.Gone != ch.after.Gone {
		if err := appoint(tx, at, dutyWithdraw, uint64(ch.after.no)); err != nil {
			return err
		}
	}
	if ch.before.no == 0 || !rereads(&ch.before.Source, &ch.after.Source) {
		return nil
	}
	p := f.poll(tx, ch.after)
	if ch.before.URL != ch.after.URL {
		// It is due at once, and what went wrong at the old one counts no more.
		p = feed.PollState{Tried: p.Tried, Succeeded: p.Succeeded, Fresh: p.Fresh, Interval: p.Interval}
	}
	return f.forget(tx, ch.after.no, &p)
}

// putRecord writes a source's record.
func (f *file) putRecord(tx *bbolt.Tx, src *source) error {
	r := sourceRecord(src.no, src.Source)
	r.Retired = src.retired
	record, err := f.codec.encode(&r)
	if err != nil {
		return err
	}
	return f.codec.put(tx.Bucket(bucketSources), []byte(src.ID), record)
}

// rereads tells whether a source's items may come out different from what they
// were read as, or come from elsewhere.
func rereads(before, after *feed.Source) bool {
	return before.URL != after.URL || before.Kind != after.Kind || before.Filter != after.Filter ||
		before.Author != after.Author || before.Site != after.Site ||
		before.KeepUntitled != after.KeepUntitled || !slices.Equal(before.Tags, after.Tags) ||
		!slices.Equal(before.Secrets, after.Secrets)
}

// forget drops what would keep a source from being read again in full: its
// validators, because not modified would be the answer, and the context under
// which its items are known (P10). The poll state p is written in their place.
func (f *file) forget(tx *bbolt.Tx, no uint32, p *feed.PollState) error {
	p.Validators = feed.Validators{}
	var was pollRec
	f.lookup(tx, bucketPolls, short(no), &was)
	r := pollRecord(p)
	r.ID = was.ID
	record, err := f.codec.encode(&r)
	if err != nil {
		return err
	}
	if err := f.codec.put(tx.Bucket(bucketPolls), short(no), record); err != nil {
		return err
	}
	d, ok := f.doc(tx, no)
	if !ok {
		return nil
	}
	d.Context = 0
	return f.putDoc(tx, no, &d)
}

// restyles tells whether a change of configuration shows in what is published
// of a source.
func (f *file) restyles(tx *bbolt.Tx, ch change) bool {
	if ch.before.no == 0 {
		return false
	}
	d, _ := f.doc(tx, ch.after.no)
	return ch.before.ID != ch.after.ID || !reflect.DeepEqual(ch.before.effective(d.Profile), ch.after.effective(d.Profile))
}

// restyle moves the revisions of channels that show restyled sources. After a
// renaming, rules that name sources may answer differently: the digests of
// channels that have a rule are forgotten in the same transaction, so that
// they are indexed anew even when this process does not live to do it.
func (f *file) restyle(tx *bbolt.Tx, next *setup, restyled []uint32, renamed bool) (moved bool, err error) {
	if len(restyled) == 0 {
		return false, nil
	}
	for i := range next.channels {
		c, err := f.channel(tx, next.channels[i].ID)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrCorrupt) {
			continue // it is about to be indexed
		}
		if err != nil {
			return false, err
		}
		shown := slices.ContainsFunc(restyled, func(no uint32) bool { return c.shows(no, f.rule(next.channels[i].ID)) })
		forget := renamed && next.channels[i].Match != nil
		if shown {
			c.rec.Revision++
			moved = true
		}
		if forget {
			c.rec.Digest = ""
		}
		if shown || forget {
			if err := c.save(f); err != nil {
				return false, err
			}
		}
	}
	return moved, nil
}

// polls reads the poll states.
func (f *file) polls(next *setup) (map[string]feed.PollState, error) {
	polls := make(map[string]feed.PollState, len(next.listed))
	err := f.view(func(tx *bbolt.Tx) error {
		for _, src := range next.listed {
			polls[src.ID] = f.poll(tx, src)
		}
		return nil
	})
	return polls, err
}
