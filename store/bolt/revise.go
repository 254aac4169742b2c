package bolt

import (
	"errors"
	"slices"
	"time"

	"weir/feed/identity"
	"weir/store"
)

// again takes an item whose sighting is known: an edit, when its source owns
// the entry, else another telling.
func (t *teller) again(s *story, n *newcomer) error {
	if s.head.state().Tombstone() {
		n.outcome.Same++
		t.discard(n)
		return nil
	}
	if err := t.complete(n); err != nil {
		return err
	}
	sg := s.sighted(n.src.no, n.Item.Key)
	if sg == nil && s.owner().Source == n.src.no {
		// The owner's item under a key it had before (see moves).
		sg = s.owner()
		s.rekey(n.Item.Key)
	}
	if sg == s.owner() {
		return t.revise(s, n)
	}
	if t.regains(s, n) {
		n.outcome.Changed++
		return t.takeOver(s, n)
	}
	n.outcome.Same++
	t.discard(n)
	if sg == nil {
		return nil // one of more than an entry lists
	}
	fresh := n.sighting()
	if sg.Home != fresh.Home {
		sg.Home, s.dirty = fresh.Home, true
	}
	if sg.Link != fresh.Link || sg.Title != fresh.Title || !slices.Equal(sg.Tags, fresh.Tags) {
		sg.Link, sg.Title, sg.Tags = fresh.Link, fresh.Title, fresh.Tags
		s.touch()
	}
	return nil
}

// revise takes an edit of the owner's item.
func (t *teller) revise(s *story, n *newcomer) error {
	if err := t.comeBack(s); err != nil {
		return err
	}
	past, err := t.past(s)
	damaged := errors.Is(err, store.ErrCorrupt)
	if err != nil && !damaged {
		return err
	}
	if damaged {
		// What it said before nobody knows: that it says something else now
		// would be a guess (XK15).
		past.Material = identity.Material(&n.Item.Content)
	}
	edit := identity.Revise(past, n.Item, t.now)
	// Another site: in the configuration makes a pointer of the same words a
	// story at home, and the other way round.
	moved := n.traits.Home != s.head.Traits.Home && identity.Material(&n.Item.Content) == past.Material
	if !edit.Replace && !moved && !s.head.Bare && !damaged {
		n.outcome.Same++
		t.discard(n)
		return nil
	}
	n.outcome.Changed++
	s.head.Past = pastRecord(edit.Past)
	s.head.Updated = max(s.head.Past.Updated, s.head.Published)
	before := s.head.names()
	if err := t.put(s, n); err != nil {
		return err
	}
	t.rename(s, before, s.head.names())
	return nil
}

// takeOver gives an entry to an item of higher rank: content, link and
// attribution become its own; slug, id, published and place stay.
func (t *teller) takeOver(s *story, n *newcomer) error {
	if err := t.demote(s); err != nil {
		return err
	}
	s.head.enthrone(n)
	if err := t.comeBack(s); err != nil {
		return err
	}
	past, err := t.past(s)
	if err != nil && !errors.Is(err, store.ErrCorrupt) {
		return err
	}
	past.Stated = time.Time{} // the other source's clock is another one
	edit := identity.Revise(past, n.Item, t.now)
	s.head.Past = pastRecord(edit.Past)
	s.head.Updated = max(s.head.Past.Updated, s.head.Published)
	before := s.head.names()
	if err := t.put(s, n); err != nil {
		return err
	}
	t.rename(s, before, s.head.names())
	return nil
}

// demote writes into the owner's sighting what the content said for it.
func (t *teller) demote(s *story) error {
	sg := s.owner()
	sg.Link, sg.Title, sg.Home = s.head.Link, s.head.Title, s.head.Traits.Home
	content, err := t.whole(s)
	if errors.Is(err, store.ErrCorrupt) {
		t.f.skip(number(s.head.Body), err)
		return nil // only the tags are lost: the content is replaced
	}
	if err != nil {
		return err
	}
	sg.Tags = each(content.Tags, tagRecord)
	return nil
}

// past returns what an entry remembers of its edits.
func (t *teller) past(s *story) (identity.Past, error) {
	p := s.head.Past.past()
	if p.Material == 0 {
		content, err := t.whole(s)
		if err != nil {
			return p, err
		}
		p.Material = identity.Material(content)
	}
	return p, nil
}
