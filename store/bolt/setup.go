package bolt

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// source is a configured or once configured source with the number under which
// its records lie, which is not its id: an id may be changed. It is immutable.
type source struct {
	feed.Source
	no uint32
	// listed says that the present configuration has it, retired since when
	// it does not.
	listed  bool
	retired int64
}

// rank is the rank of the source's item or entry.
func (s *source) rank(home bool) identity.Rank {
	return identity.Rank{Priority: s.Priority, Home: home}
}

// effective returns what is published of the source: what its document says,
// under what the configuration says.
func (s *source) effective(p feed.Profile) feed.Profile {
	if s.Title != "" {
		p.Title = s.Title
	}
	if s.Author != "" {
		p.Authors = []feed.Person{{Name: s.Author}}
	}
	p.Local = p.Local || s.Kind == feed.Articles
	return p
}

// setup is the configuration that is in force. It is replaced, never changed.
type setup struct {
	byNo map[uint32]*source
	byID map[string]*source
	// listed are the configured sources in order of id.
	listed   []*source
	channels []feed.Channel
	site     identity.Site
	rules    identity.Rules
	keep     feed.Retention
}

// source returns the source with a number; never nil, so that an entry of a
// source whose record is damaged still has a name.
func (s *setup) source(no uint32) *source {
	if src := s.byNo[no]; src != nil {
		return src
	}
	return &source{Source: feed.Source{ID: fmt.Sprintf("source-%d", no)}, no: no}
}

func newSetup() *setup {
	return &setup{byNo: make(map[uint32]*source), byID: make(map[string]*source)}
}

func (s *setup) add(src *source) {
	s.byNo[src.no] = src
	s.byID[src.ID] = src
}

// load reads what is kept in memory of an opened file: the sources by number,
// whether the store is founding, and the epoch of its tokens.
func (f *file) load() error {
	return f.view(func(tx *bbolt.Tx) error {
		if err := allBuckets(tx); err != nil {
			return err
		}
		meta := tx.Bucket(bucketMeta)
		f.founding.Store(meta.Get(keyFounding) != nil)
		var epoch uint32
		if v := meta.Get(keyEpoch); len(v) == 4 {
			epoch = binary.BigEndian.Uint32(v)
		}
		f.desk = newDesk(f.clock, epoch+1)
		table := newSetup()
		err := tx.Bucket(bucketSources).ForEach(func(k, v []byte) error {
			var r sourceRec
			if err := f.codec.decode(k, v, &r); err != nil {
				f.skip(k, fmt.Errorf("source: %w", err))
				return nil
			}
			table.add(&source{Source: r.source(string(k)), no: r.No, retired: r.Retired})
			return nil
		})
		f.setup.Store(table)
		return err
	})
}

// allBuckets refuses a file that lacks a bucket of the present schema.
func allBuckets(tx *bbolt.Tx) error {
	for _, name := range buckets {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w: bucket %s is missing", store.ErrCorrupt, name)
		}
	}
	return nil
}

// poll reads a source's poll state; a damaged one is as good as none, because
// it only says when to ask again.
func (f *file) poll(tx *bbolt.Tx, src *source) feed.PollState {
	var r pollRec
	if !f.lookup(tx.Bucket(bucketPolls), short(src.no), &r) {
		return feed.PollState{}
	}
	return r.state()
}

// doc reads a source's document state; when it is damaged the source is read
// as if for the first time, which doubles nothing: its items are known by
// their sightings.
func (f *file) doc(tx *bbolt.Tx, no uint32) (feed.DocState, bool) {
	var r docRec
	if !f.lookup(tx.Bucket(bucketDocs), short(no), &r) {
		return feed.DocState{}, false
	}
	state, err := r.state()
	if err != nil {
		f.skip(short(no), err)
		return feed.DocState{}, false
	}
	return state, true
}

// lookup reads a record and tells whether there is a good one; damage is
// reported.
func (f *file) lookup(b *bbolt.Bucket, key []byte, v any) bool {
	value := b.Get(key)
	if value == nil {
		return false
	}
	if err := f.codec.decode(key, value, v); err != nil {
		f.skip(key, err)
		return false
	}
	return true
}
