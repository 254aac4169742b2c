package bolt

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
)

// muster is what a first cycle's items are before they are decided about: their
// order, and what of them others share. It is made to be small: some 60 bytes
// an item.
type muster struct {
	turns []turn
	// order are the entries of the turns, once these are in order and gone.
	order []uint64
	// sources are the ones that turns name, in order of their ids.
	sources []*source
	crowd   *crowd
	// repeats are the items that were staged more than once, because the first
	// cycle was interrupted and repeated.
	repeats map[sightKey]bool
	// rank is the turn of each staged entry.
	rank []uint32
	// lost are staged entries that cannot be read.
	lost []uint64
	// seeds is what a lost store's documents say of staged items, states what
	// becomes of those that they do not speak of; by entry.
	seeds  map[uint64]*seedRec
	states map[uint64]feed.EntryState
}

// turn is a staged item's place in the order of decisions.
type turn struct {
	seq       uint64
	published int64
	key       feed.Key
	source    uint32
	home      bool
}

// musterStaged reads everything that is staged and puts it in order.
func (f *file) musterStaged(set *setup) (*muster, error) {
	m := &muster{repeats: make(map[sightKey]bool)}
	at := m.enlist(set)
	var last uint64
	err := f.view(func(tx *bbolt.Tx) error {
		last = tx.Bucket(bucketEntries).Sequence()
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.crowd, m.turns = newCrowd(last), make([]turn, 0, last)
	var head headRec
	err = f.stroll(context.Background(), top(bucketEntries), func(_ *bbolt.Tx, k, v []byte) error {
		seq := read(k)
		if err := f.codec.decode(k, v, &head); err != nil {
			f.skip(k, err)
			m.lost = append(m.lost, seq)
			return nil
		}
		own := &head.Sightings[0]
		m.turns = append(m.turns, turn{
			seq: seq, published: head.Published, key: own.Key,
			source: at(own.Source), home: head.Traits.Home,
		})
		for _, n := range head.names() {
			m.crowd.add(n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.unite()
	if err := f.view(func(tx *bbolt.Tx) error { m.recall(f, tx, set); return nil }); err != nil {
		return nil, err
	}
	m.line()
	m.rank, m.order = make([]uint32, last+1), make([]uint64, len(m.turns))
	for i := range m.turns {
		m.order[i] = m.turns[i].seq
		m.rank[m.order[i]] = uint32(i + 1)
	}
	m.turns = nil
	return m, nil
}

// enlist lists the sources and returns what tells a source's place by its
// number.
func (m *muster) enlist(set *setup) func(no uint32) uint32 {
	for _, src := range set.byNo {
		m.sources = append(m.sources, src)
	}
	slices.SortFunc(m.sources, func(a, b *source) int { return cmp.Compare(a.ID, b.ID) })
	places := make(map[uint32]uint32, len(m.sources))
	for i, src := range m.sources {
		places[src.no] = uint32(i)
	}
	return func(no uint32) uint32 {
		i, ok := places[no]
		if !ok { // its record is damaged
			i = uint32(len(m.sources))
			m.sources, places[no] = append(m.sources, set.source(no)), i
		}
		return i
	}
}

// unite lets an item that was staged twice be decided where its first telling
// is and revised right after it.
func (m *muster) unite() {
	slices.SortFunc(m.turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.source, b.source), bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.seq, b.seq))
	})
	for i := 1; i < len(m.turns); i++ {
		first, next := &m.turns[i-1], &m.turns[i]
		if first.source == next.source && first.key == next.key {
			next.published, next.home = first.published, first.home
			m.repeats[sightOf(m.sources[next.source].no, next.key)] = true
		}
	}
}

// line puts the turns in the order of identity; what a seed speaks of comes
// first, because it is known and not decided again.
func (m *muster) line() {
	x, y := identity.Newcomer{Item: new(feed.Item)}, identity.Newcomer{Item: new(feed.Item)}
	slices.SortFunc(m.turns, func(a, b turn) int {
		if m.seeds != nil {
			if c := cmp.Compare(m.seeds[a.seq].order(), m.seeds[b.seq].order()); c != 0 {
				return c
			}
		}
		m.describe(&a, &x)
		m.describe(&b, &y)
		return cmp.Or(identity.Order(&x, &y), cmp.Compare(a.seq, b.seq))
	})
}

// describe fills in what identity.Order looks at.
func (m *muster) describe(t *turn, n *identity.Newcomer) {
	src := m.sources[t.source]
	n.Source, n.Rank, n.Published = src.ID, src.rank(t.home), instant(t.published)
	n.Item.Key = t.key
}
