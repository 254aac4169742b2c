package bolt

import (
	"fmt"
	"slices"

	"weir/feed"
	"weir/store"
)

// byOperator is why a sighting is where the operator put it.
const byOperator = "joined by the operator"

// Join implements store.Store.
func (s *Store) Join(a, b string) error {
	if err := s.open(); err != nil {
		return err
	}
	return s.intervene(func(t *tending) error {
		x, err := t.named(a)
		if err != nil {
			return err
		}
		y, err := t.named(b)
		if err != nil {
			return err
		}
		if x == y {
			return errNothing
		}
		return t.joinStories(x, y)
	})
}

// named opens the living entry that a slug stands for: the one that a joined
// one leads to.
func (t *teller) named(slug string) (*story, error) {
	seq, ok := t.ledger.slug(slug)
	if !ok {
		return nil, fmt.Errorf("entry %s: %w", slug, store.ErrNotFound)
	}
	s, err := t.story(seq)
	if err == nil {
		s, err = t.lead(s)
	}
	if err != nil {
		return nil, err
	}
	if s.head.state().Tombstone() {
		return nil, fmt.Errorf("entry %s: %w", slug, store.ErrRemoved)
	}
	return s, nil
}

// lead follows joined entries to the one whose story they tell.
func (t *teller) lead(s *story) (*story, error) {
	var err error
	for err == nil && s.head.Leads != 0 {
		s, err = t.story(s.head.Leads)
	}
	return s, err
}

// joinStories makes y's tellings x's, and y a tombstone that leads to x: its
// slug and its id were published and are nobody else's, and its names find x.
// The owner is whoever ranks higher, or who is there at all.
func (t *tending) joinStories(x, y *story) error {
	content, err := t.whole(y)
	if err != nil {
		return err
	}
	if err := t.demote(y); err != nil {
		return err
	}
	own := *y.owner()
	takes := t.outdoes(y, x)
	if takes {
		if err := t.demote(x); err != nil {
			return err
		}
		x.head.yield()
	}
	for _, sg := range y.head.Sightings {
		sg.Behind, sg.Why = 0, byOperator
		t.ledger.sightings[sightOf(sg.Source, sg.Key)] = x.seq
		switch {
		case takes && sg.same(own):
			sg.Link, sg.Title, sg.Tags = "", "", nil
			x.head.Sightings = slices.Insert(x.head.Sightings, 0, sg)
		case len(x.head.Sightings) < maxSightings:
			x.head.Sightings = append(x.head.Sightings, sg)
		}
	}
	if takes {
		x.head.Past, x.head.Bare = y.head.Past, y.head.Bare
		x.head.Updated = max(x.head.Updated, y.head.Updated)
		if err := t.fill(x, content, y.head.Traits); err != nil {
			return err
		}
	}
	if st := y.head.state(); st.Published() && !x.head.state().Published() {
		t.become(x, st)
		x.head.Was, x.head.Block = 0, ""
	}
	x.head.Joined = append(x.head.Joined, y.seq)
	x.head.Parted = slices.Concat(x.head.Parted, y.head.Parted)
	tellers := x.tellers()
	x.head.Parted = slices.DeleteFunc(x.head.Parted, func(no uint32) bool { return slices.Contains(tellers, no) })
	x.touch()
	y.head.Sightings, y.head.Leads = y.head.Sightings[:1:1], x.seq
	y.head.Sightings[0].Behind = 0
	return t.bury(y, feed.StateJoined)
}

// outdoes tells whether y's owner owns both stories once they are one: it ranks
// higher, or x's owner left or does not show the story.
func (t *teller) outdoes(y, x *story) bool {
	a, b := t.set.source(y.owner().Source), t.set.source(x.owner().Source)
	yields := x.head.state() == feed.StateWithdrawn || x.head.state() == feed.StateBlocked
	return a.listed && y.head.state() != feed.StateBlocked &&
		(!b.listed || a.rank(y.head.Traits.Home).Above(b.rank(x.head.Traits.Home)) || y.head.state().Published() && yields)
}

// fill gives an entry a content and traits, and a body where it has none.
func (t *teller) fill(s *story, content *feed.Content, traits traitsRec) error {
	before := s.head.names()
	record, err := t.f.bodyRecord(content)
	if err != nil {
		return err
	}
	if s.head.Body == 0 {
		if s.head.Body, err = t.bodies.NextSequence(); err != nil {
			return err
		}
	}
	s.content, s.body = content, record
	s.head.Title, s.head.Link, s.head.Language, s.head.Traits = content.Title, content.Link, content.Language, traits
	t.rename(s, before, s.head.names())
	s.touch()
	return nil
}
