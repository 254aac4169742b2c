package bolt

import (
	"reflect"
	"slices"
	"sync"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// profiles remembers what documents say of their feeds: of thousands of sources
// few change between two publishings, and a record has a hundred times as much
// else.
type profiles struct {
	// telling is held by whoever puts something into known, mu by whoever uses it.
	telling sync.Mutex
	mu      sync.Mutex
	// db is the file that transactions are told of. changed has the last one that
	// wrote a source's document state, by number of source, whether or not it
	// came to be.
	db      *bbolt.DB
	changed map[uint32]int
	known   map[uint32]knownProfile
}

// knownProfile is what was told of a source, and the transaction up to which it
// is that.
type knownProfile struct {
	source *source
	as     int
	told   *feed.Described
}

// in makes p tell of the file that a transaction belongs to. Those of another
// file, such as one that was compacted, have other numbers: everything is read
// once more. The caller holds mu.
func (p *profiles) in(tx *bbolt.Tx) {
	if p.db == tx.DB() {
		return
	}
	p.db, p.changed = tx.DB(), make(map[uint32]int)
	for no, k := range p.known {
		k.as = -1
		p.known[no] = k
	}
}

// change notes that a transaction writes the document state of a source.
func (p *profiles) change(tx *bbolt.Tx, no uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in(tx)
	p.changed[no] = tx.ID()
}

// of returns what is known of a source, and whether it is so still.
func (p *profiles) of(tx *bbolt.Tx, src *source) (k knownProfile, still bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in(tx)
	k = p.known[src.no]
	return k, k.source == src && k.as >= p.changed[src.no]
}

// Profiles implements store.Store.
func (s *Store) Profiles() ([]*feed.Described, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	s.profiles.telling.Lock()
	defer s.profiles.telling.Unlock()
	listed := s.setup.Load().listed
	list := make([]*feed.Described, len(listed))
	known := make(map[uint32]knownProfile, len(listed))
	err := s.view(func(tx *bbolt.Tx) error {
		for i, src := range listed {
			k := s.described(tx, src)
			known[src.no], list[i] = k, k.told
		}
		s.profiles.mu.Lock()
		defer s.profiles.mu.Unlock()
		s.profiles.known = known // before the file can be exchanged
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// described reads what is told of a source, unless that is known. What a damaged
// record told is not remembered, so that it is noticed again.
func (f *file) described(tx *bbolt.Tx, src *source) knownProfile {
	before, still := f.profiles.of(tx, src)
	if still {
		return before
	}
	k := knownProfile{src, tx.ID(), &feed.Described{Source: copySource(src.Source)}}
	var doc struct {
		Profile profileRec `cbor:"1,keyasint"`
	}
	key := short(src.no)
	if tx.Bucket(bucketDocs).Get(key) == nil {
		return k
	}
	if !f.lookup(tx, bucketDocs, key, &doc) {
		k.as = -1
	}
	k.told.Profile = doc.Profile.profile()
	if before.source == src && reflect.DeepEqual(before.told, k.told) {
		k.told = before.told
	}
	return k
}

// copyProfile returns a profile that shares no list with another.
func copyProfile(p feed.Profile) feed.Profile {
	p.Authors, p.Contributors, p.Tags = slices.Clone(p.Authors), slices.Clone(p.Contributors), slices.Clone(p.Tags)
	return p
}
