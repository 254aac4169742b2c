package bolt

import (
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// newcomer is an item on its way to become an entry, a sighting or nothing.
type newcomer struct {
	identity.Newcomer
	src     *source
	traits  traitsRec
	names   []name
	outcome *feed.Outcome
	// seen is when it was first told; inferred and place follow from that.
	seen     time.Time
	place    time.Time
	inferred bool
	// staged is the entry as which it was staged, head what that is.
	staged uint64
	head   *headRec
	// why is what speaks for or against the entries found under its names.
	why string
	// unread is the entry that it founded or joined, when no subscriber had it
	// in a channel before.
	unread *story
	// own says that it turned out to be what its source told already.
	own bool
	// seed is what a lost store's documents say of it, nil when nothing; state
	// is what becomes of an entry of its own.
	seed  *seedRec
	state feed.EntryState
	// record is the encoded body when it was prepared before.
	record []byte
	// body is where the content lies already, when the item was staged: then
	// Item has title, link and language only, until whole is true.
	body  uint64
	whole bool
}

// teller decides about items inside one transaction.
type teller struct {
	f       *file
	set     *setup
	ledger  *ledger
	now     time.Time
	entries *bbolt.Bucket
	bodies  *bbolt.Bucket
	lost    *bbolt.Bucket
	held    *bbolt.Bucket
	leavers *bbolt.Bucket
	seeds   *seedbed
	// orphans are the bodies of staged items that became no entry's.
	orphans []uint64
	stories map[uint64]*story
	// decided has, while a first cycle is settled, the entries that are no
	// longer as they were staged; merged are those that are none.
	decided  *bbolt.Bucket
	merged   []merge
	mustered *muster
	// told counts new sightings per source.
	told map[uint32]int
	near near
}

// on makes a teller work on a transaction; what it told stays.
func (t *teller) on(tx *bbolt.Tx) {
	t.entries, t.bodies, t.lost = tx.Bucket(bucketEntries), tx.Bucket(bucketBodies), tx.Bucket(bucketOrphans)
	t.held, t.leavers, t.near = tx.Bucket(bucketHeld), tx.Bucket(bucketGone), t.f.nearIn(tx)
	t.seeds = t.f.seedbed(tx)
	// Both only ever grow at their end; but heads grow themselves, when others
	// tell the story, and a page that overflows is two half ones for ever.
	t.entries.FillPercent, t.bodies.FillPercent = 0.94, 1
	t.stories = make(map[uint64]*story)
}

// tell decides what becomes of an item.
func (t *teller) tell(n *newcomer) error {
	if seq, ok := t.ledger.sighting(sightOf(n.src.no, n.Item.Key)); ok {
		s, err := t.story(seq)
		if err == nil {
			s, err = t.lead(s)
		}
		if err == nil {
			if s.seq != seq {
				t.ledger.sight(sightOf(n.src.no, n.Item.Key), s.seq)
			}
			t.merge(n, s)
			return t.again(s, n)
		}
		if !errors.Is(err, store.ErrCorrupt) {
			return err
		}
		t.f.skip(number(seq), err)
		return t.damaged(seq, n)
	}
	n.names = namesOf(&n.Item.Traits)
	if n.seed.names() {
		return t.tellSeeded(n)
	}
	holders, stories, err := t.holders(n)
	if err != nil {
		return err
	}
	if len(holders) > 0 && n.body != 0 {
		if n.Item.Traits, err = n.traits.traits(); err != nil {
			return err
		}
	}
	verdict := identity.Decide(&n.Newcomer, holders, t.set.rules)
	if len(holders) > 0 {
		n.why = verdict.Why
	}
	if verdict.Holder < 0 {
		return t.found(n)
	}
	s := stories[verdict.Holder]
	t.merge(n, s)
	return t.join(s, n, verdict.TakesOver)
}

// merge notes that a staged item is no entry.
func (t *teller) merge(n *newcomer, s *story) {
	if n.staged != 0 {
		t.merged = append(t.merged, merge{n.staged, s.seq})
	}
}

// damaged takes an item whose entry's head is damaged (XK15). In the quarantine
// it waits for this; before, its source will be read again. Only where there is
// nothing at all it becomes an entry of its own.
func (t *teller) damaged(seq uint64, n *newcomer) error {
	s, waits, err := t.resurrect(seq, n)
	switch {
	case err != nil:
		return err
	case s != nil:
		n.outcome.Changed++
		return t.comeBack(s)
	case waits || t.ledger.tx != nil && t.entries.Get(number(seq)) != nil:
		n.outcome.Same++
		t.discard(n)
		return nil
	}
	n.names = namesOf(&n.Item.Traits)
	return t.found(n)
}

// holders returns the entries found under an item's names, oldest first, at
// most maxHolders: where there are more, those that bear the surest names, so
// that a slug of a crowd does not hide the one entry with the item's link.
//
// An entry that was joined stands for the one that it leads to, and one that the
// operator parted from the source is none.
func (t *teller) holders(n *newcomer) ([]identity.Holder, []*story, error) {
	names, no := n.names, n.src.no
	var room [2 * maxHolders]uint64
	var bearers [2 * maxHolders]uint64
	seqs := room[:0]
	for _, n := range names {
		for _, seq := range t.ledger.holders(n, bearers[:0]) {
			if len(seqs) < maxHolders && !slices.Contains(seqs, seq) {
				seqs = append(seqs, seq)
			}
		}
	}
	for _, seq := range t.near.holders(&n.traits) {
		if !slices.Contains(seqs, seq) {
			seqs = append(seqs, seq)
		}
	}
	if len(seqs) == 0 {
		return nil, nil, nil
	}
	slices.SortFunc(seqs, t.ledger.older)
	holders := make([]identity.Holder, 0, len(seqs))
	stories := make([]*story, 0, len(seqs))
	for _, seq := range seqs {
		s, err := t.story(seq)
		if err == nil {
			var h identity.Holder
			if h, err = t.holder(s); err == nil {
				s, err = t.lead(s)
			}
			if err == nil && !slices.Contains(s.head.Parted, no) {
				owner := t.set.source(s.owner().Source)
				h.Slug, h.Source, h.Rank = s.head.Slug, owner.ID, owner.rank(s.head.Traits.Home)
				holders, stories = append(holders, h), append(stories, s)
			}
		}
		if errors.Is(err, store.ErrCorrupt) {
			t.f.skip(number(seq), err)
		} else if err != nil {
			return nil, nil, err
		}
	}
	return holders, stories, nil
}

func (t *teller) holder(s *story) (identity.Holder, error) {
	traits, err := s.head.Traits.traits()
	src := t.set.source(s.owner().Source)
	return identity.Holder{
		Slug: s.head.Slug, Source: src.ID, Rank: src.rank(s.head.Traits.Home), Traits: traits,
		Link: s.head.Link, Language: s.head.Language, Published: instant(s.head.Published),
		Undated: s.head.Inferred && s.head.Past.Stated == 0,
	}, err
}

// found makes an item an entry of its own.
func (t *teller) found(n *newcomer) error {
	s, err := t.newStory(n)
	if err != nil {
		return err
	}
	if t.become(s, n.state); n.seed != nil {
		t.seeded(s, n)
	}
	t.stories[s.seq] = s
	t.ledger.own(s.head.Slug, s.seq)
	t.sight(s, n)
	for _, name := range s.head.named(n.names) {
		t.ledger.bear(name, s.seq)
	}
	if s.unread() {
		n.unread = s
	}
	if s.head.state().Tombstone() {
		n.outcome.Same++
		return nil
	}
	n.outcome.Added++
	return nil
}

// newStory returns the story of an item of its own: one that was staged is the
// entry that it was staged as, and need not be written where it is named as it
// was.
func (t *teller) newStory(n *newcomer) (*story, error) {
	if n.staged != 0 {
		s := &story{seq: n.staged, head: *n.head, added: true}
		slug, id := s.head.Slug, s.head.ID
		t.name(s, n)
		s.head.Origin = n.head.Origin // an explicit slug is not kept with the item
		s.head.Sightings = slices.Clone(s.head.Sightings)
		s.owner().Why = n.why
		s.dirty = s.head.Slug != slug || s.head.ID != id || n.why != ""
		t.near.told(s)
		return s, nil
	}
	seq, err := t.entries.NextSequence()
	if err != nil {
		return nil, err
	}
	s := &story{seq: seq, head: n.draft(), added: true}
	t.name(s, n)
	return s, t.put(s, n)
}

// name gives a new entry its slug and its id.
func (t *teller) name(s *story, n *newcomer) {
	base, origin := identity.Base(n.Item)
	taken := func(slug string) (string, bool) {
		owner, ok := t.taken(slug)
		return owner, ok || slug != base && t.ledger.rumoured(slugName(slug))
	}
	s.head.Slug, s.head.Origin = identity.Slug(n.Item, n.src.ID, taken, t.ledger.count), uint8(origin)
	if s.head.Slug != base {
		s.head.Base = base
	}
	s.head.ID = identity.PublishedID(t.set.site, n.src.ID, n.Item, t.used)
}

// firstPast is what an entry begins with, less the hash of its content: most
// entries are never edited, and for one that is the hash is made of the body
// that it still has.
func firstPast(n *newcomer) pastRec {
	r := pastRecord(identity.Begin(&feed.Item{Updated: n.Item.Updated}, n.Published, n.seen))
	r.Material = 0
	return r
}

// taken answers identity.Slug: who owns the entry with a slug.
func (t *teller) taken(slug string) (string, bool) {
	seq, ok := t.ledger.slug(slug)
	if !ok {
		return t.seeds.slug(slug)
	}
	s, err := t.story(seq)
	if err != nil {
		t.f.skip(number(seq), err)
		return "", true
	}
	return t.set.source(s.owner().Source).ID, true
}

// used answers identity.PublishedID: whether an entry has an id. Of the many
// that a crowd shares nobody looks who has it: one more is minted.
func (t *teller) used(id string) bool {
	if len(t.ledger.holders(idName(id), nil)) > 0 || t.seeds.id(id) {
		return true
	}
	room := [maxHolders]uint64{}
	iri := nameOf(identity.Names(&feed.Traits{IRI: id})[0])
	if t.set.site.Minted(id) && t.ledger.rumoured(iri) {
		return true
	}
	seqs := t.ledger.holders(iri, room[:0])
	for _, seq := range seqs {
		if s, err := t.story(seq); err != nil || s.head.ID == id {
			return true // a damaged one may have it
		}
	}
	return len(seqs) == maxHolders
}

// sight notes a new sighting.
func (t *teller) sight(s *story, n *newcomer) {
	t.f.note(s) // an entry that lists enough sources is not written for one more
	t.ledger.sight(sightOf(n.src.no, n.Item.Key), s.seq)
	t.told[n.src.no]++
}

// join makes an item a sighting of an entry that tells the same story.
func (t *teller) join(s *story, n *newcomer, takesOver bool) error {
	if err := t.complete(n); err != nil {
		return err
	}
	if t.churns(s, n) {
		return t.again(s, n)
	}
	t.sight(s, n)
	n.outcome.Joined++
	if own := s.owner().Source == n.src.no; own {
		n.own = !s.added
	} else if s.unread() {
		n.unread = s
	}
	if !s.head.state().Tombstone() && (takesOver || !t.set.source(s.owner().Source).listed) {
		return t.takeOver(s, n)
	}
	t.discard(n)
	if len(s.head.Sightings) < maxSightings {
		s.head.Sightings = append(s.head.Sightings, n.sighting())
		s.touch()
	}
	return nil
}

// discard notes that the body of a staged item is nobody's.
func (t *teller) discard(n *newcomer) {
	if n.body != 0 {
		t.orphans = append(t.orphans, n.body)
	}
}

// sighting is the item as a sighting of somebody else's entry.
func (n *newcomer) sighting() sightingRec {
	return sightingRec{
		Source: n.src.no, Key: n.Item.Key, Seen: micros(n.seen),
		Link: n.Item.Link, Title: n.Item.Title, Tags: each(n.Item.Tags, tagRecord), Why: n.why, Home: n.Item.Traits.Home,
	}
}

// complete reads the content of an item that was staged.
func (t *teller) complete(n *newcomer) error {
	if n.body == 0 || n.whole {
		return nil
	}
	n.whole = true
	return t.readBody(n.body, &n.Item.Content)
}

// ours reports whether an item is an entry of this very Weir that came back
// through somebody who republishes it.
func ours(site identity.Site, src *source, it *feed.Item) bool {
	if site.Host == "" || src.Kind == feed.Articles {
		return false
	}
	return site.Minted(it.RawID) || it.Origin != nil && site.Minted(it.Origin.ID)
}
