package bolt

import (
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"
	"go.etcd.io/bbolt"

	"weir/feed"
)

// profiles remembers what documents say of their feeds, each with a hash of the
// record that it was read from: of thousands of sources few change between two
// publishings, and a record has a hundred times as much else.
type profiles struct {
	mu    sync.Mutex
	known map[uint32]knownProfile
}

type knownProfile struct {
	sum     uint64
	profile feed.Profile
}

// Profiles implements store.Store.
func (s *Store) Profiles() ([]feed.SourceStatus, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	listed := s.setup.Load().listed
	list := make([]feed.SourceStatus, len(listed))
	known := make(map[uint32]knownProfile, len(listed))
	s.profiles.mu.Lock()
	before := s.profiles.known
	s.profiles.mu.Unlock()
	err := s.view(func(tx *bbolt.Tx) error {
		docs := tx.Bucket(bucketDocs)
		for i, src := range listed {
			list[i].Source = copySource(src.Source)
			key := short(src.no)
			value := docs.Get(key)
			if value == nil {
				continue
			}
			sum := xxhash.Sum64(value)
			k, ok := before[src.no]
			if !ok || k.sum != sum {
				var doc struct {
					Profile profileRec `cbor:"1,keyasint"`
				}
				if !s.lookup(tx, bucketDocs, key, &doc) {
					continue
				}
				k = knownProfile{sum, doc.Profile.profile()}
			}
			known[src.no] = k
			list[i].State.Doc.Profile = copyProfile(k.profile)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.profiles.mu.Lock()
	s.profiles.known = known
	s.profiles.mu.Unlock()
	return list, nil
}

// copyProfile returns a profile that shares no list with another.
func copyProfile(p feed.Profile) feed.Profile {
	p.Authors, p.Contributors, p.Tags = slices.Clone(p.Authors), slices.Clone(p.Contributors), slices.Clone(p.Tags)
	return p
}
