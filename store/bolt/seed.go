package bolt

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// seedRec is what a seed says to one of its tellings.
type seedRec struct {
	Slug      string `cbor:"1,keyasint"`
	ID        string `cbor:"2,keyasint"`
	Published int64  `cbor:"3,keyasint"`
	Updated   int64  `cbor:"4,keyasint"`
	FirstSeen int64  `cbor:"5,keyasint"`
	Place     int64  `cbor:"6,keyasint"`
	// Turn is the place of the telling among those of the story: 0 owns it.
	Turn uint8 `cbor:"7,keyasint,omitempty"`
	// Removed is when the operator removed the entry, 0 of one that was
	// published.
	Removed int64 `cbor:"8,keyasint,omitempty"`
}

// reachRec is how far all seeds remember.
type reachRec struct {
	Oldest int64 `cbor:"1,keyasint"`
	Last   int64 `cbor:"2,keyasint"`
}

// The kinds of keys among the seeds.
const (
	seedTelling byte = 't' // item key and source id → seedRec
	seedSlug    byte = 's' // slug → the owner's source id
	seedID      byte = 'i' // name of a published id
	seedSource  byte = 'o' // source id
	seedReach   byte = 'r' // reachRec
)

func seedKey(kind byte, parts ...[]byte) []byte {
	key := []byte{kind}
	for _, p := range parts {
		key = append(key, p...)
	}
	return key
}

func tellingKey(source string, key feed.Key) []byte {
	return seedKey(seedTelling, key[:], []byte(source))
}

// Seed implements store.Store.
func (s *Store) Seed(seeds []feed.Seed) error {
	if err := s.open(); err != nil {
		return err
	}
	for i := range seeds {
		if !seeds[i].Valid() {
			return fmt.Errorf("seed %q: no entry can be so", seeds[i].Slug)
		}
	}
	s.write.Lock()
	defer s.write.Unlock()
	if !s.founding.Load() {
		return fmt.Errorf("seed: %w", store.ErrFounded)
	}
	var reach reachRec
	if err := s.view(func(tx *bbolt.Tx) error {
		s.lookup(tx, bucketSeeds, []byte{seedReach}, &reach)
		return nil
	}); err != nil {
		return err
	}
	for chunk := range slices.Chunk(seeds[:min(len(seeds), feed.MaxSeeds)], bound) {
		err := s.update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(bucketSeeds)
			for i := range chunk {
				if err := s.putSeed(b, &chunk[i], &reach); err != nil {
					return err
				}
			}
			return s.putSeedRecord(b, []byte{seedReach}, &reach)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// putSeed writes a seed, unless another one has its slug or its id.
func (f *file) putSeed(b *bbolt.Bucket, s *feed.Seed, reach *reachRec) error {
	if !s.Removed.IsZero() {
		return f.putTellings(b, s, &seedRec{Removed: micros(s.Removed), Place: micros(s.Place)})
	}
	slug, id := seedKey(seedSlug, []byte(s.Slug)), idName(s.ID)
	if b.Get(slug) != nil || b.Get(seedKey(seedID, id[:])) != nil {
		return nil
	}
	if err := b.Put(slug, []byte(s.Tellings[0].Source)); err != nil {
		return err
	}
	if err := b.Put(seedKey(seedID, id[:]), []byte{1}); err != nil {
		return err
	}
	r := seedRec{
		Slug: s.Slug, ID: s.ID, Published: micros(s.Published), Updated: micros(s.Updated),
		FirstSeen: micros(s.FirstSeen), Place: micros(s.Place),
	}
	if err := f.putTellings(b, s, &r); err != nil {
		return err
	}
	if reach.Oldest == 0 || r.Place < reach.Oldest {
		reach.Oldest = r.Place
	}
	reach.Last = max(reach.Last, r.FirstSeen)
	return nil
}

// putTellings writes what a seed says to each of its tellings.
func (f *file) putTellings(b *bbolt.Bucket, s *feed.Seed, r *seedRec) error {
	for i, t := range s.Tellings {
		key := tellingKey(t.Source, t.Key)
		if b.Get(key) != nil {
			continue // one item tells one story
		}
		r.Turn = uint8(i)
		if err := f.putSeedRecord(b, key, r); err != nil {
			return err
		}
		if err := b.Put(seedKey(seedSource, []byte(t.Source)), []byte{1}); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) putSeedRecord(b *bbolt.Bucket, key []byte, r any) error {
	record, err := f.codec.encode(r)
	if err != nil {
		return err
	}
	return f.codec.put(b, key, record)
}

// seedbed is what a transaction knows of seeds; nil where there are none.
type seedbed struct {
	f     *file
	b     *bbolt.Bucket
	reach identity.Recollection
}

func (f *file) seedbed(tx *bbolt.Tx) *seedbed {
	b := tx.Bucket(bucketSeeds)
	var r reachRec
	if !f.lookup(tx, bucketSeeds, []byte{seedReach}, &r) {
		return nil
	}
	return &seedbed{f: f, b: b, reach: identity.Recollection{Oldest: instant(r.Oldest), Last: instant(r.Last)}}
}

// telling returns what the seeds say of an item, nil when nothing.
func (s *seedbed) telling(source string, key feed.Key) *seedRec {
	var r seedRec
	if s == nil || !s.f.lookup(s.b.Tx(), bucketSeeds, tellingKey(source, key), &r) {
		return nil
	}
	return &r
}

// knows reports whether the seeds speak of a source.
func (s *seedbed) knows(source string) bool {
	return s.b.Get(seedKey(seedSource, []byte(source))) != nil
}

// slug tells whose a slug is that waits for its entry.
func (s *seedbed) slug(slug string) (owner string, ok bool) {
	if s == nil {
		return "", false
	}
	v := s.b.Get(seedKey(seedSlug, []byte(slug)))
	return string(v), v != nil
}

// id reports whether a published id waits for its entry.
func (s *seedbed) id(id string) bool {
	if s == nil {
		return false
	}
	n := idName(id)
	return s.b.Get(seedKey(seedID, n[:])) != nil
}

// order is the place of an item that a seed speaks of among those of its
// story. Items that no seed speaks of come after all others: what is known is
// not decided again. Between them comes what was removed, whose tellings find
// each other by their names alone.
func (r *seedRec) order() int {
	switch {
	case r == nil:
		return feed.MaxTellings + 1
	case r.Removed != 0:
		return feed.MaxTellings
	}
	return int(r.Turn)
}

// names tells whether the seed says which entry it is.
func (r *seedRec) names() bool { return r != nil && r.Removed == 0 }

// recall gives the newcomers of one document what the seeds say of them, and
// of its first reading the others their state.
func (t *teller) recall(items []*newcomer, first bool) {
	if t.seeds == nil {
		return
	}
	for _, n := range items {
		n.seed = t.seeds.telling(n.src.ID, n.Item.Key)
		if first && n.seed == nil && n.src.Kind != feed.Articles && t.seeds.knows(n.src.ID) {
			n.state = t.seeds.reach.State(n.Published)
		}
	}
}

// tellSeeded takes an item that a seed speaks of: the story is its entry's,
// whatever else is found under its names, as it was before the store was lost.
func (t *teller) tellSeeded(n *newcomer) error {
	seq, ok := t.ledger.slug(n.seed.Slug)
	if !ok {
		return t.found(n)
	}
	s, err := t.story(seq)
	if err != nil {
		return err
	}
	t.merge(n, s)
	owner := t.set.source(s.owner().Source).rank(s.head.Traits.Home)
	return t.join(s, n, n.Rank.Above(owner) || n.seed.Turn == 0 && !owner.Above(n.Rank))
}

// seeded makes a new entry the one that its seed speaks of; what was removed is
// a tombstone again (I21).
func (t *teller) seeded(s *story, n *newcomer) {
	s.seeded, s.dirty = true, true
	if n.seed.names() {
		n.seed.restore(&s.head)
		return
	}
	t.discard(n)
	s.head.Body, s.content, s.body = 0, nil, nil
	t.become(s, feed.StateRemoved)
	s.head.Since = n.seed.Removed
	if n.seed.Place == 0 {
		s.head.Place = 0
	}
}

// restore gives an entry what its seed says.
func (r *seedRec) restore(h *headRec) {
	h.Slug, h.ID, h.Origin, h.Base = r.Slug, r.ID, uint8(feed.SlugUnknown), ""
	h.Published, h.FirstSeen, h.Place = r.Published, r.FirstSeen, r.Place
	h.Updated, h.Past.Updated = r.Updated, r.Updated
}

// recall completes the staged items of a seeded store: what the seeds say of
// each, and what becomes of those that they do not speak of. A source that they
// never heard of is one that joins a planet (XG04).
func (m *muster) recall(f *file, tx *bbolt.Tx, set *setup) {
	bed := f.seedbed(tx)
	if bed == nil {
		return
	}
	m.seeds, m.states = make(map[uint64]*seedRec), make(map[uint64]feed.EntryState)
	joining := make(map[*source][]*turn)
	for i := range m.turns {
		at := &m.turns[i]
		src := m.sources[at.source]
		seed := bed.telling(src.ID, at.key)
		switch {
		case seed != nil:
			m.seeds[at.seq] = seed
			if seed.names() {
				m.crowd.seeded(seed)
			}
		case src.Kind == feed.Articles, bed.reach.Oldest.IsZero(): // nothing published is remembered
		case bed.knows(src.ID):
			m.states[at.seq] = bed.reach.State(instant(at.published))
		default:
			joining[src] = append(joining[src], at)
		}
	}
	for _, list := range joining {
		published := make([]time.Time, len(list))
		for i, at := range list {
			published[i] = instant(at.published)
		}
		states, _ := set.rules.Flood.Admit(published, identity.Arrival{First: true, Now: f.clock()})
		for i, at := range list {
			m.states[at.seq] = states[i]
		}
	}
}

// seeded adds the names that a seed gives to an entry, as shared ones: others
// may ask for them.
func (c *crowd) seeded(r *seedRec) {
	for _, n := range []name{slugName(r.Slug), idName(r.ID), nameOf(identity.Names(&feed.Traits{IRI: r.ID})[0])} {
		c.add(n)
		c.add(n)
	}
}
