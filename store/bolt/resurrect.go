package bolt

import (
	"slices"

	"weir/feed"
	"weir/feed/identity"
)

// resurrect makes the damaged head of an entry again, from what the indexes
// know of it and from its item, told anew: everything that a subscriber knows
// it by is as it was. It is done by the item that the entry was founded by,
// which the published id shows; another telling waits for that one. It tells
// whether there is an entry of that number in the quarantine, and returns it
// when it is made.
func (t *teller) resurrect(seq uint64, n *newcomer) (s *story, waits bool, err error) {
	if t.ledger.tx == nil {
		return nil, false, nil
	}
	r, ok := t.f.lost(t.ledger.tx, seq)
	if !ok {
		return nil, false, nil
	}
	id, ok := t.founded(r, n)
	if !ok {
		return nil, true, nil
	}
	base, origin := identity.Base(n.Item)
	if base == r.Slug {
		base = ""
	}
	s = &story{seq: seq, counted: r.tellers()}
	s.head = headRec{
		Slug: r.Slug, Origin: uint8(origin), Base: base, ID: id, Place: r.Place, State: r.State,
		Published: micros(n.Published), Inferred: n.inferred,
		Sightings: []sightingRec{{Source: n.src.no, Key: n.Item.Key, Seen: r.Place}},
	}
	if r.Place == 0 {
		s.head.Place = s.head.Published
	}
	if stated := n.Item.Published; n.inferred && (stated.IsZero() && n.Item.Updated.IsZero() || stated.After(t.now)) {
		// Nothing says when it was published but where it stands.
		s.head.Published = s.head.Place
	}
	// No place is before the date (see identity.Place): a date that was in the
	// future then was not believed.
	s.head.Published = min(s.head.Published, s.head.Place)
	s.head.FirstSeen = s.head.Place
	for _, sg := range r.Sightings {
		// What the others say of it comes when they tell it again.
		if s.sighted(sg.Source, sg.Key) == nil && len(s.head.Sightings) < maxSightings {
			s.head.Sightings = append(s.head.Sightings, sightingRec{Source: sg.Source, Key: sg.Key, Seen: s.head.FirstSeen, Why: lostWhy})
		}
	}
	s.place, s.waited = s.head.Place, s.head.state() == feed.StateHeld
	n.Published = instant(s.head.Published)
	s.head.Past = firstPast(n)
	s.head.Updated = max(s.head.Past.Updated, s.head.Published)
	t.stories[seq] = s
	if s.head.state().Tombstone() {
		s.head.Title, s.head.Link, s.head.Traits = n.Item.Title, n.Item.Link, n.traits
		s.touch()
	} else if err := t.put(s, n); err != nil {
		return nil, false, err
	}
	t.rename(s, append(r.Names, r.SlugName), s.head.names())
	return s, false, t.recovered(seq)
}

// lostWhy stands where the verdict that joined a sighting is not known any
// more.
const lostWhy = "it told the story before; the record of why was damaged"

// founded finds the slug and the id that the item gave its entry, if it is the
// one that did. Where the id is the upstream id, which has no name of its own,
// the entry must have no name that the item does not have.
func (t *teller) founded(r *lostRec, n *newcomer) (id string, ok bool) {
	for _, owner := range []string{n.src.ID, ""} {
		if slugName(r.Slug) == r.SlugName {
			break
		}
		r.Slug = identity.Slug(n.Item, n.src.ID,
			func(slug string) (string, bool) { return owner, slugName(slug) != r.SlugName },
			func(string) int { return 2 })
	}
	if slugName(r.Slug) != r.SlugName {
		return "", false
	}
	has := func(id string) bool { return slices.Contains(r.Names, idName(id)) }
	minting := *n.Item
	minting.Traits.IRI = ""
	if id = identity.PublishedID(t.set.site, n.src.ID, &minting, func(id string) bool { return !has(id) }); has(id) {
		return id, true
	}
	if id = n.Item.Traits.IRI; id == "" {
		return "", false
	}
	names := namesOf(&n.Item.Traits)
	return id, has(id) || !slices.ContainsFunc(r.Names, func(was name) bool { return !slices.Contains(names, was) })
}

// recovered takes an entry out of the quarantine, and with the last of them
// the bodies that were theirs.
func (t *teller) recovered(seq uint64) error {
	tx := t.ledger.tx
	if err := discharge(tx, bucketEntries, number(seq)); err != nil {
		return err
	}
	if err := discharge(tx, bucketLost, number(seq)); err != nil {
		return err
	}
	if k, _ := quarantine(tx, bucketLost).Cursor().First(); k == nil && quarantine(tx, bucketLoose) != nil {
		return tx.Bucket(bucketQuarantine).DeleteBucket(bucketLoose)
	}
	return nil
}
