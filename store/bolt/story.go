package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"weir/feed"
	"weir/feed/identity"
)

// maxSightings bounds how many sources an entry lists: every further one is
// known by its sighting and told as one more, but an entry that a thousand
// items point at must not become a record that is rewritten a thousand times.
const maxSightings = 64

// story is an entry being worked on inside a transaction.
type story struct {
	seq  uint64
	head headRec
	// content is the whole content, once somebody needed it.
	content *feed.Content
	// body is the record to be written, nil when it stays.
	body []byte
	// dirty says that the head must be written, changed that readers see a
	// difference, added that the entry is new.
	dirty, changed, added bool
	// seeded says that subscribers had it from a store that was lost.
	seeded bool
	// erased says that the entry leaves the store wholly.
	erased bool
	// waited says that it is among what is held, or was.
	waited bool
	// counted are the sources that channels have counted for it, place is
	// where they have it.
	counted []uint32
	place   int64
	// bands are what the index of near texts has of it.
	bands []uint64
}

// owner is the sighting whose source owns the entry.
func (s *story) owner() *sightingRec { return &s.head.Sightings[0] }

// sighted returns the sighting of an item, nil when it is not listed.
func (s *story) sighted(no uint32, key feed.Key) *sightingRec {
	for i := range s.head.Sightings {
		if sg := &s.head.Sightings[i]; sg.Source == no && sg.Key == key {
			return sg
		}
	}
	return nil
}

// tellers returns the numbers of the sources that tell the story, each once.
func (s *story) tellers() []uint32 {
	list := make([]uint32, 0, len(s.head.Sightings))
	for i := range s.head.Sightings {
		list = append(list, s.head.Sightings[i].Source)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// touch marks a change that readers see.
func (s *story) touch() { s.dirty, s.changed = true, true }

// shelved tells whether the entry is in archive pages alone.
func (s *story) shelved() bool { return s.head.state() == feed.StateShelved }

// become changes an entry's state.
func (t *teller) become(s *story, state feed.EntryState) {
	if s.head.state() != state {
		s.head.State, s.head.Since = uint8(state), micros(t.now)
		s.touch()
	}
}

// bury makes an entry a tombstone: its body is gone, its head and all by which
// it is found stay, so that the story does not come back (I21).
func (t *teller) bury(s *story, state feed.EntryState) error {
	if s.head.Body != 0 {
		if err := deleteBody(t.bodies, s.head.Body); err != nil {
			return err
		}
	}
	s.head.Body, s.content, s.body = 0, nil, nil
	t.become(s, state)
	return nil
}

// story opens an entry for work; the same one for the whole transaction.
func (t *teller) story(seq uint64) (*story, error) {
	if s := t.stories[seq]; s != nil {
		return s, nil
	}
	s := &story{seq: seq}
	key := number(seq)
	value := t.entries.Get(key)
	if t.decided != nil {
		if v := t.decided.Get(key); v != nil {
			value = v
		}
	}
	if err := t.f.codec.decodeAt(bucketEntries, key, value, &s.head); err != nil {
		return nil, fmt.Errorf("entry: %w", err)
	}
	if len(s.head.Sightings) == 0 {
		return nil, fmt.Errorf("entry %s: it has no owner", s.head.Slug)
	}
	s.counted, s.place, s.waited = s.tellers(), s.head.Place, s.head.state() == feed.StateHeld
	t.near.opened(s)
	t.stories[seq] = s
	return s, nil
}

// whole returns the entry's content, reading the body when nobody has.
func (t *teller) whole(s *story) (*feed.Content, error) {
	if s.content != nil {
		return s.content, nil
	}
	c := &feed.Content{Title: s.head.Title, Link: s.head.Link, Language: s.head.Language}
	if s.head.Body != 0 {
		if err := t.readBody(s.head.Body, c); err != nil {
			err = &recordError{damaged{string(bucketEntries), string(number(s.seq))}, err}
			return nil, fmt.Errorf("entry %s: %w", s.head.Slug, err)
		}
	}
	s.content = c
	return c, nil
}

func (t *teller) readBody(no uint64, c *feed.Content) error {
	var r bodyRec
	if err := t.f.codec.body(t.bodies, no, &r); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	r.content(c)
	return nil
}

// put makes an item's content and traits those of the entry.
func (t *teller) put(s *story, n *newcomer) error {
	it := n.Item
	s.head.Title, s.head.Link, s.head.Language = it.Title, it.Link, it.Language
	s.head.Traits, s.head.Bare = n.traits, false
	s.touch()
	t.near.told(s)
	if n.body != 0 {
		if s.head.Body != 0 {
			t.orphans = append(t.orphans, s.head.Body)
		}
		s.head.Body, s.content, s.body = n.body, nil, nil
		return nil
	}
	record, err := n.record, error(nil)
	if record == nil {
		if record, err = t.f.bodyRecord(&it.Content); err != nil {
			return err
		}
	}
	if s.head.Body == 0 {
		if s.head.Body, err = t.bodies.NextSequence(); err != nil {
			return err
		}
	} else if t.ledger.tx != nil {
		if err := discharge(t.ledger.tx, bucketBodies, number(s.head.Body)); err != nil {
			return err
		}
	}
	s.content, s.body = &it.Content, record
	return nil
}

// bodyRecord encodes what an entry's head does not have.
func (f *file) bodyRecord(c *feed.Content) ([]byte, error) {
	r := bodyRecord(c)
	return f.codec.encodePacked(&r)
}

// rename notes in the ledger that an entry is found under other names.
func (t *teller) rename(s *story, before, after []name) {
	for _, n := range before {
		if !slices.Contains(after, n) {
			t.ledger.drop(n, s.seq)
		}
	}
	for _, n := range after {
		if !slices.Contains(before, n) {
			t.ledger.bear(n, s.seq)
		}
	}
}

// names returns under what an entry is found.
func (r *headRec) names() []name {
	traits := r.Traits.names()
	return r.named(namesOf(&traits))
}

// named adds to the names of an entry's traits those that it was given: its
// slug, and its id where that is not the traits' own.
func (r *headRec) named(names []name) []name {
	if slug := slugName(r.Slug); !slices.Contains(names, slug) {
		names = append(names, slug)
	}
	if r.ID != r.Traits.IRI {
		names = append(names, idName(r.ID))
	}
	return names
}

// namesOf returns the names of an item's or an entry's traits.
func namesOf(t *feed.Traits) []name {
	list := identity.Names(t)
	names := make([]name, len(list), len(list)+2)
	for i, text := range list {
		names[i] = nameOf(text)
	}
	return names
}

// idName is the name of a published id that is not its entry's upstream id:
// one that was minted, or that an owner before had.
func idName(id string) name { return nameOf("u:" + id) }

// write writes what was worked on, in the order in which it lies.
func (t *teller) write() error {
	entries := t.entries
	if t.decided != nil {
		entries = t.decided
	}
	for _, s := range t.sorted() {
		if s.dirty || t.decided != nil {
			t.f.note(s)
			if err := t.near.write(s); err != nil {
				return err
			}
		}
		if s.dirty || s.erased {
			if err := t.listGone(s); err != nil {
				return err
			}
		}
		if s.erased {
			if err := t.expunge(s); err != nil {
				return err
			}
			continue
		}
		if s.body != nil {
			if err := t.f.codec.putBody(t.bodies, s.head.Body, s.body); err != nil {
				return err
			}
			s.body = nil
		}
		if !s.dirty {
			continue
		}
		if s.waited && s.head.state() != feed.StateHeld {
			if err := t.unhold(s); err != nil {
				return err
			}
		}
		record, err := t.f.codec.encodeHead(&s.head)
		if err != nil {
			return err
		}
		if err := t.f.codec.put(entries, number(s.seq), record); err != nil {
			return err
		}
	}
	return errors.Join(t.writeOrphans(), t.writeMerged())
}

// writeOrphans lists staged bodies that are nobody's, to be removed later.
func (t *teller) writeOrphans() error {
	slices.Sort(t.orphans)
	for _, no := range t.orphans {
		if err := t.lost.Put(number(no), nil); err != nil {
			return err
		}
	}
	t.orphans = t.orphans[:0]
	return nil
}

// sorted returns the open stories, oldest first.
func (t *teller) sorted() []*story {
	list := make([]*story, 0, len(t.stories))
	for _, s := range t.stories {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *story) int { return cmp.Compare(a.seq, b.seq) })
	return list
}
