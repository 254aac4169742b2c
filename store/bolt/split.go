package bolt

import (
	"fmt"
	"slices"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// Split implements store.Store.
func (s *Store) Split(slug, source string) error {
	if err := s.open(); err != nil {
		return err
	}
	return s.intervene(func(t *tending) error {
		st, err := t.named(slug)
		if err != nil {
			return err
		}
		src := t.set.byID[source]
		if src == nil || !src.listed {
			return fmt.Errorf("source %s: %w", source, store.ErrNotFound)
		}
		tellers := st.tellers()
		switch {
		case !slices.Contains(tellers, src.no):
			return fmt.Errorf("entry %s is not told by %s: %w", slug, source, store.ErrNotFound)
		case !slices.ContainsFunc(tellers, func(no uint32) bool { return no != src.no && t.set.source(no).listed && !t.denies(no) }):
			return fmt.Errorf("entry %s: %w", slug, store.ErrAlone)
		}
		return t.part(st, src)
	})
}

// part makes a source's telling an entry of its own, and remembers on both
// sides who does not tell them. Where the source owned the story, the content
// is its own and goes with it; else it comes with the source's next reading.
func (t *tending) part(s *story, src *source) error {
	content, traits, past := (*feed.Content)(nil), s.head.Traits, s.head.Past
	was, by := s.head.state(), s.head.Block
	lacked := s.owner().Source == src.no && (was == feed.StateWithdrawn || was == feed.StateBlocked)
	if s.owner().Source == src.no {
		var err error
		if content, err = t.whole(s); err != nil {
			return err
		}
		if err := t.pass(s, t.heir(s, false)); err != nil {
			return err
		}
	}
	theirs := t.takeAway(s, src.no)
	own := theirs[0]
	n, err := t.apart(s, src)
	if err != nil {
		return err
	}
	if n.head.Bare = content == nil; n.head.Bare {
		content = &feed.Content{Title: own.Title, Link: own.Link, Tags: each(own.Tags, tagRec.tag)}
		traits, past = bareTraits(src, &own), n.head.Past
		t.reread[src.no] = true
	}
	for i := range theirs {
		theirs[i].Why, theirs[i].Behind = "parted from "+s.head.Slug+" by the operator", 0
	}
	theirs[0].Link, theirs[0].Title, theirs[0].Tags = "", "", nil
	n.head.Sightings, n.head.Past = theirs, past
	n.head.Past.Material, n.head.Past.Stated = 0, 0
	if n.head.Slug == "" {
		t.christen(n, s, src, &own, &traits)
	}
	n.head.Updated = max(n.head.Updated, n.head.Published)
	if err := t.fill(n, content, traits); err != nil {
		return err
	}
	for i := range theirs {
		t.ledger.sightings[sightOf(src.no, theirs[i].Key)] = n.seq
	}
	if lacked { // parting does not bring back what its source no longer shows
		t.leave(n, was)
		n.head.Block = by
	}
	n.head.Parted = union(n.head.Parted, s.tellers()...)
	s.head.Parted = union(s.head.Parted, src.no)
	return t.reconsider(s, src.no)
}

// takeAway takes a source's sightings, which are not the owner's, off an entry.
func (t *tending) takeAway(s *story, no uint32) []sightingRec {
	var theirs []sightingRec
	for i := len(s.head.Sightings) - 1; i > 0; i-- {
		if s.head.Sightings[i].Source == no {
			theirs = append(theirs, s.head.Sightings[i])
			s.head.strike(i)
		}
	}
	slices.Reverse(theirs)
	s.touch()
	return theirs
}

// apart returns the entry that a source's telling becomes: the one that it was
// before it was joined, or a new one.
func (t *tending) apart(s *story, src *source) (*story, error) {
	for i, seq := range s.head.Joined {
		n, err := t.story(seq)
		if err != nil {
			return nil, err
		}
		if n.owner().Source == src.no {
			s.head.Joined = slices.Delete(s.head.Joined, i, i+1)
			n.head.Leads = 0
			t.become(n, feed.StatePlaced)
			return n, nil
		}
	}
	seq, err := t.entries.NextSequence()
	if err != nil {
		return nil, err
	}
	n := &story{seq: seq, added: true}
	t.stories[seq] = n
	return n, nil
}

// christen gives a new entry what it keeps for ever. Where its source owned the
// other one, that one's date is its own.
func (t *tending) christen(n, s *story, src *source, own *sightingRec, traits *traitsRec) {
	it := feed.Item{Key: own.Key, Traits: traits.names(), Content: feed.Content{Title: own.Title, Link: own.Link}}
	t.name(n, &newcomer{Newcomer: identity.Newcomer{Item: &it}, src: src})
	t.ledger.slugs[n.head.Slug] = n.seq
	for _, name := range n.head.named(nil) {
		t.ledger.bear(name, n.seq)
	}
	n.head.FirstSeen, n.head.Published, n.head.Inferred = own.Seen, own.Seen, true
	if !n.head.Bare {
		n.head.Published, n.head.Inferred, n.head.Updated = s.head.Published, s.head.Inferred, s.head.Updated
	}
	n.head.Past.Published, n.head.Past.Updated = n.head.Published, n.head.Published
	n.head.Place = micros(feed.Micro(identity.Place(instant(n.head.Published), t.now, false)))
}

// bareTraits are those of what a sighting says.
func bareTraits(src *source, sg *sightingRec) traitsRec {
	doc := feed.Document{Items: []feed.Item{{Content: feed.Content{Title: sg.Title, Link: sg.Link}}}}
	identity.Prepare(src.Source, &doc, nil)
	tr := doc.Items[0].Traits
	tr.Home = sg.Home
	return traitsRecord(&tr)
}

// union adds to a list of sources those that it lacks.
func union(list []uint32, more ...uint32) []uint32 {
	list = slices.Concat(list, more)
	slices.Sort(list)
	return slices.Compact(list)
}
