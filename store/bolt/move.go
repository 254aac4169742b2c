package bolt

import (
	"slices"

	"weir/feed"
	"weir/feed/identity"
)

const (
	// maxGone bounds how many vanished items of one document are compared.
	maxGone = 1 << 11
	// maxKeys is how many keys of its owner an entry is known by for good: a
	// feed that makes new ids at every poll must not fill the store with them,
	// nor have every document renewed (XF08).
	maxKeys = 4
)

// vanished is an entry whose item is no longer in its source's document.
type vanished struct {
	story  *story
	holder identity.Holder
	// key is the one under which it was there.
	key feed.Key
}

// moves recognises items of a source under new keys: their old ones vanished
// from the document in the same poll (I9). Such an item is known from here on,
// as an edit of the entry that it was. Partial and empty documents prove no
// absence (I19, I20).
func (t *teller) moves(r *reading, items []*newcomer) {
	if r.report.Document.Partial || len(r.old.Known) == 0 {
		return
	}
	var news []*newcomer
	for _, n := range items {
		if _, known := t.ledger.sighting(sightOf(n.src.no, n.Item.Key)); !known {
			news = append(news, n)
		}
	}
	if len(news) == 0 {
		return
	}
	gone := t.vanished(r)
	if len(gone) == 0 {
		return
	}
	for i, g := range pairs(news, gone) {
		if g >= 0 {
			news[i].own = true
			t.rekey(r.src.no, &gone[g], news[i].Item.Key)
		}
	}
}

// pairs returns for each newcomer the vanished entry that it is, or -1.
func pairs(news []*newcomer, gone []vanished) []int {
	newcomers := make([]*identity.Newcomer, len(news))
	for i, n := range news {
		newcomers[i] = &n.Newcomer
	}
	holders := make([]identity.Holder, len(gone))
	for i := range gone {
		holders[i] = gone[i].holder
	}
	return identity.Moves(newcomers, holders)
}

// rekey makes an entry known under another key of its owner. After so many of
// them it goes by the last that it was given, and only the newest leads to it
// beside those.
func (t *teller) rekey(no uint32, g *vanished, key feed.Key) {
	s := g.story
	t.ledger.sightings[sightOf(no, key)] = s.seq
	if !s.rekey(key) && g.key != s.owner().Key {
		t.ledger.unsight(sightOf(no, g.key))
	}
}

// rekey gives the owner's sighting another key, as long as it had few.
func (s *story) rekey(key feed.Key) bool {
	if s.head.Keys+1 >= maxKeys {
		return false
	}
	s.head.Keys++
	s.owner().Key = key
	s.touch() // keys are published
	return true
}

// churns recognises a source that tells an entry under ever new keys and was
// not seen to move (see moves): its documents are partial, or the entry is
// another's. Of its sightings the owner's, or else the last, goes on under the
// new key, so that neither rows nor heads grow with its polls (XF08).
func (t *teller) churns(s *story, n *newcomer) bool {
	told, last := 0, -1
	for i := range s.head.Sightings {
		if s.head.Sightings[i].Source == n.src.no {
			told, last = told+1, i
		}
	}
	if told < maxKeys {
		return false
	}
	if s.owner().Source == n.src.no {
		last = 0
		n.own = true
	}
	sg := &s.head.Sightings[last]
	t.ledger.unsight(sightOf(sg.Source, sg.Key))
	sg.Key, s.dirty = n.Item.Key, true
	t.ledger.sightings[sightOf(sg.Source, sg.Key)] = s.seq
	return true
}

// vanished returns the entries of a source whose items are gone from its
// document.
func (t *teller) vanished(r *reading) []vanished {
	seen := r.present()
	var list []vanished
	for _, k := range r.old.Known {
		if seen[k.Key] || len(list) == maxGone {
			continue
		}
		seq, ok := t.ledger.sighting(sightOf(r.src.no, k.Key))
		if !ok {
			continue
		}
		if g, ok := t.gone(r, seq, seen); ok && g.owns(k.Key) {
			g.key = k.Key
			list = append(list, g)
		}
	}
	return list
}

// owns tells whether a key is the owner's: also one that it had before, but
// not that of another of its items that told the story again.
func (g *vanished) owns(key feed.Key) bool {
	sg := g.story.sighted(g.story.owner().Source, key)
	return sg == nil || sg == g.story.owner()
}

// present are the keys of a document's items, parsed or not.
func (r *reading) present() map[feed.Key]bool {
	d := r.report.Document
	seen := make(map[feed.Key]bool, len(d.Seen))
	for _, k := range d.Seen {
		seen[k.Key] = true
	}
	for i := range d.Items {
		seen[d.Items[i].Key] = true
	}
	return seen
}

// gone opens an entry of a source that is not among the keys seen.
func (t *teller) gone(r *reading, seq uint64, seen map[feed.Key]bool) (vanished, bool) {
	s, err := t.story(seq)
	if err != nil {
		t.f.skip(number(seq), err)
		return vanished{}, false
	}
	if o := s.owner(); o.Source != r.src.no || seen[o.Key] {
		return vanished{}, false
	}
	h, err := t.holder(s)
	return vanished{story: s, holder: h, key: s.owner().Key}, err == nil
}

// recognise looks whether entries that are held since a site seemed to have
// moved are old ones after all, now that the document says more. Nobody has
// read them: such an entry is forgotten, and becomes an edit of what it was.
func (t *teller) recognise(r *reading) error {
	d := r.report.Document
	if len(r.hold.Gone) == 0 || d.Partial || len(d.Seen) == 0 {
		return nil
	}
	gone := t.absentees(r)
	if len(gone) == 0 {
		return nil
	}
	held, err := t.suspects(r)
	if err != nil {
		return err
	}
	for i, g := range pairs(held, gone) {
		if g < 0 {
			continue
		}
		if err := t.absorb(&gone[g], held[i]); err != nil {
			return err
		}
	}
	return nil
}

// absentees are what vanished when the hold began and what did since.
func (t *teller) absentees(r *reading) []vanished {
	list, seen := t.vanished(r), r.present()
	for _, seq := range r.hold.Gone {
		if len(list) < maxGone && !slices.ContainsFunc(list, func(g vanished) bool { return g.story.seq == seq }) {
			if g, ok := t.gone(r, seq, seen); ok {
				list = append(list, g)
			}
		}
	}
	return slices.DeleteFunc(list, func(g vanished) bool { return g.story.head.state() == feed.StateHeld })
}

// suspects are the entries that are held of a source, as the items that they
// came from.
func (t *teller) suspects(r *reading) ([]*newcomer, error) {
	var list []*newcomer
	for _, w := range waitingFor(t.held, r.src.no, maxGone) {
		s, err := t.story(w.seq())
		if err != nil {
			t.f.skip(number(w.seq()), err)
			continue
		}
		if s.head.state() != feed.StateHeld || s.owner().Source != r.src.no {
			continue
		}
		content, err := t.whole(s)
		if err != nil {
			t.f.skip(number(w.seq()), err)
			continue
		}
		n, err := s.newcomer(content, r.src)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// newcomer is an entry as the item that it came from.
func (s *story) newcomer(content *feed.Content, src *source) (*newcomer, error) {
	traits, err := s.head.Traits.traits()
	if err != nil {
		return nil, err
	}
	return &newcomer{
		Newcomer: identity.Newcomer{
			Source: src.ID, Rank: src.rank(traits.Home), Published: instant(s.head.Published),
			Item: &feed.Item{
				Content: *content, Key: s.owner().Key, Traits: traits, Updated: instant(s.head.Past.Stated),
			},
			Undated: s.head.Inferred && s.head.Past.Stated == 0,
		},
		src: src, traits: s.head.Traits, outcome: new(feed.Outcome), seen: instant(s.head.FirstSeen), unread: s,
	}, nil
}

// absorb makes a held entry an edit of the entry that it is.
func (t *teller) absorb(g *vanished, n *newcomer) error {
	held := n.unread
	if err := t.erase(held); err != nil {
		return err
	}
	t.rekey(n.src.no, g, n.Item.Key)
	s := g.story
	for i, sg := range held.head.Sightings {
		t.ledger.sightings[sightOf(sg.Source, sg.Key)] = s.seq
		if i > 0 && len(s.head.Sightings) < maxSightings && s.sighted(sg.Source, sg.Key) == nil {
			s.head.Sightings = append(s.head.Sightings, sg)
			s.touch()
		}
	}
	if s.head.state().Tombstone() {
		return nil
	}
	return t.revise(s, n)
}
