package bolt

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"go.etcd.io/bbolt"

	"weir/feed"
)

// profiles remembers what documents say of their feeds, each with a hash of the
// record that it was read from: of thousands of sources few change between two
// publishings, and a record has a hundred times as much else.
type profiles struct {
	// telling is held by whoever replaces what is known, by number of source.
	telling sync.Mutex
	known   atomic.Pointer[map[uint32]knownProfile]
}

// knownProfile is what was told of a source, and what it was made of.
type knownProfile struct {
	source *source
	sum    uint64
	told   *feed.Described
}

// of returns what is known of a source, if it was.
func (p *profiles) of(no uint32) (k knownProfile) {
	if known := p.known.Load(); known != nil {
		k = (*known)[no]
	}
	return k
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
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.profiles.known.Store(&known)
	return list, nil
}

// described reads what is told of a source, unless that is known. What a damaged
// record told is not remembered, so that it is noticed again.
func (f *file) described(tx *bbolt.Tx, src *source) knownProfile {
	key := short(src.no)
	value := tx.Bucket(bucketDocs).Get(key)
	k := knownProfile{source: src, sum: xxhash.Sum64(value)}
	if before := f.profiles.of(src.no); before.source == src && before.sum == k.sum {
		return before
	}
	k.told = &feed.Described{Source: copySource(src.Source)}
	if value == nil {
		return k
	}
	var doc struct {
		Profile profileRec `cbor:"1,keyasint"`
	}
	if !f.lookup(tx, bucketDocs, key, &doc) {
		k.source = nil
	}
	k.told.Profile = doc.Profile.profile()
	return k
}

// copyProfile returns a profile that shares no list with another.
func copyProfile(p feed.Profile) feed.Profile {
	p.Authors, p.Contributors, p.Tags = slices.Clone(p.Authors), slices.Clone(p.Contributors), slices.Clone(p.Tags)
	return p
}
