package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

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
	// beneath is what is written, where this one is only looked through.
	beneath *setup
}

// stored is the setup that the file agrees with.
func (s *setup) stored() *setup {
	if s.beneath != nil {
		return s.beneath
	}
	return s
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
		f.founded(tx)
		f.near = readNearness(tx)
		var epoch uint32
		if v := meta.Get(keyEpoch); len(v) == 4 {
			epoch = binary.BigEndian.Uint32(v)
		}
		f.desk = newDesk(f.clock, epoch+1)
		table, odd := newSetup(), [][]byte(nil)
		err := tx.Bucket(bucketSources).ForEach(func(k, v []byte) error {
			var r sourceRec
			if err := f.codec.decodeAt(bucketSources, k, v, &r); err != nil {
				f.skip(k, fmt.Errorf("source: %w", err))
				odd = append(odd, slices.Clone(k))
				return nil
			}
			table.add(&source{Source: r.source(string(k)), no: r.No, retired: r.Retired})
			return nil
		})
		f.identify(tx, table, odd)
		f.setup.Store(table)
		return err
	})
}

// identify finds the numbers of sources whose records are damaged, so that
// they keep what they told (XK15): a poll state names its source, and where one
// number and one source are left over they belong together. A source that stays
// without one begins anew.
func (f *file) identify(tx *bbolt.Tx, table *setup, odd [][]byte) {
	if len(odd) == 0 {
		return
	}
	unclaimed := make(map[uint32]string)
	for _, bucket := range [][]byte{bucketDocs, bucketPolls} {
		_ = tx.Bucket(bucket).ForEach(func(k, v []byte) error {
			if len(k) != 4 || table.byNo[shortOf(k)] != nil {
				return nil
			}
			var r struct {
				ID string `cbor:"18,keyasint"`
			}
			unclaimed[shortOf(k)] = ""
			if string(bucket) == string(bucketPolls) && f.codec.decode(k, v, &r) == nil {
				unclaimed[shortOf(k)] = r.ID
			}
			return nil
		})
	}
	odd = slices.DeleteFunc(odd, func(id []byte) bool {
		for no, of := range unclaimed {
			if of == string(id) {
				table.add(&source{Source: feed.Source{ID: of}, no: no})
				delete(unclaimed, no)
				return true
			}
		}
		return false
	})
	if len(odd) == 1 && len(unclaimed) == 1 {
		for no := range maps.Keys(unclaimed) {
			table.add(&source{Source: feed.Source{ID: string(odd[0])}, no: no})
		}
	}
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
	if !f.lookup(tx, bucketPolls, short(src.no), &r) {
		return feed.PollState{}
	}
	return r.state()
}

// doc reads a source's document state; when it is damaged the source is read
// anew, which doubles nothing: its items are known by their sightings.
func (f *file) doc(tx *bbolt.Tx, no uint32) (feed.DocState, bool) {
	if tx.Bucket(bucketDocs).Get(short(no)) == nil {
		return feed.DocState{}, false
	}
	var r docRec
	if !f.lookup(tx, bucketDocs, short(no), &r) {
		return f.blank(tx, no), true
	}
	state, err := r.state()
	if err != nil {
		f.skip(short(no), &recordError{damaged{string(bucketDocs), string(short(no))}, err})
		return f.blank(tx, no), true
	}
	return state, true
}

// blank is the document state of a source of which nothing else is known any
// more: it was read before, so that what comes now is no first fetch.
func (f *file) blank(tx *bbolt.Tx, no uint32) feed.DocState {
	d := feed.DocState{FirstFetched: f.clock()}
	c := tx.Bucket(bucketSightings).Cursor()
	for k, _ := c.Seek(short(no)); bytes.HasPrefix(k, short(no)); k, _ = c.Next() {
		d.Entries++
	}
	return d
}

// lookup reads a record and tells whether there is a good one; damage is
// reported.
func (f *file) lookup(tx *bbolt.Tx, bucket, key []byte, v any) bool {
	value := tx.Bucket(bucket).Get(key)
	if value == nil {
		return false
	}
	if err := f.codec.decodeAt(bucket, key, value, v); err != nil {
		f.skip(key, err)
		return false
	}
	return true
}
