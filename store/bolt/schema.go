package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.etcd.io/bbolt"

	"weir/store"
)

// Top-level buckets; the package comment draws what is in them.
var (
	bucketMeta       = []byte("meta")
	bucketSources    = []byte("sources")
	bucketPolls      = []byte("polls")
	bucketDocs       = []byte("docs")
	bucketRejections = []byte("rejections")
	bucketEntries    = []byte("entries")
	bucketBodies     = []byte("bodies")
	bucketSlugs      = []byte("slugs")
	bucketNames      = []byte("names")
	bucketSightings  = []byte("sightings")
	bucketCounters   = []byte("counters")
	bucketChannels   = []byte("channels")
	bucketStaged     = []byte("staged")
	bucketOrphans    = []byte("orphans")
	bucketAgenda     = []byte("agenda")
	bucketHeld       = []byte("held")
	bucketSeeds      = []byte("seeds")
	bucketNear       = []byte("near")
	bucketGone       = []byte("gone")
)

// buckets are all of them, as a store of the present schema has them.
var buckets = [...][]byte{
	bucketMeta, bucketSources, bucketPolls, bucketDocs, bucketRejections,
	bucketEntries, bucketBodies, bucketNames, bucketSightings,
	bucketCounters, bucketChannels, bucketStaged, bucketOrphans,
	bucketAgenda, bucketHeld, bucketSeeds, bucketNear, bucketGone,
}

// Buckets inside a channel's bucket, and in them inside one of its two indexes.
var (
	bucketIndexes = [2][]byte{[]byte("index0"), []byte("index1")}
	bucketPlaces  = []byte("places")
	bucketShelf   = []byte("shelf")
	bucketArrival = []byte("arrivals")
	bucketTellers = []byte("tellers")
)

// Keys of single values.
var (
	keySchema   = []byte("schema")
	keyEpoch    = []byte("epoch")
	keyFounding = []byte("founding")
	keyClock    = []byte("clock")
	keyNear     = []byte("near")
	keyChannel  = []byte("channel")
)

// migrations bring a file from schema n to n+1, in order; an empty file is at
// 0. Each has a test of its own, and no migration is ever edited: a new one is
// appended.
var migrations = [...]func(*bbolt.Tx) error{
	migrateFirst,
	migrateStates,
	migrateNames,
	migrateNear,
	migrateStaged,
	migrateGone,
}

// schema is what this program reads and writes.
const schema = uint32(len(migrations))

// migrateFirst makes the buckets of an empty store and declares it founding.
func migrateFirst(tx *bbolt.Tx) error {
	for _, b := range [][]byte{
		bucketMeta, bucketSources, bucketPolls, bucketDocs, bucketRejections,
		bucketEntries, bucketBodies, bucketSlugs, bucketNames, bucketSightings,
		bucketCounters, bucketChannels, bucketStaged, bucketOrphans,
	} {
		if _, err := tx.CreateBucket(b); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketMeta).Put(keyFounding, []byte{1})
}

// migrateStates makes room for entries that are not in channels, for what is to
// be done later, and for what documents remember of a store that was lost.
// Entries without a state are placed.
func migrateStates(tx *bbolt.Tx) error {
	for _, b := range [][]byte{bucketAgenda, bucketHeld, bucketSeeds} {
		if _, err := tx.CreateBucket(b); err != nil {
			return err
		}
	}
	channels := tx.Bucket(bucketChannels)
	return channels.ForEachBucket(func(id []byte) error {
		for _, name := range bucketIndexes {
			at := channels.Bucket(id).Bucket(name)
			if at == nil {
				continue
			}
			if _, err := at.CreateBucket(bucketShelf); err != nil {
				return err
			}
		}
		return nil
	})
}

// migrateNames makes the index of names anew, which is shorter and has the
// slugs as well, cuts the hashes of sketches to the 24 bits that they have now,
// and lays channels' places as varints.
func migrateNames(tx *bbolt.Tx) error {
	c, err := newCodec()
	if err != nil {
		return err
	}
	l := newLedger(nil)
	var heads []indexed
	err = tx.Bucket(bucketEntries).ForEach(func(k, v []byte) error {
		var head headRec
		if err := errors.Join(c.decode(k, v, &head), head.Traits.shorten()); err != nil {
			return nil // it is reported whenever it is met
		}
		record, err := c.encodeHead(&head)
		if err != nil {
			return err
		}
		heads = append(heads, indexed{slices.Clone(k), c.seal(k, record)})
		l.slugs[head.Slug] = read(k)
		for _, n := range head.names() {
			l.bear(n, read(k))
		}
		return nil
	})
	err = errors.Join(err, fill(tx.Bucket(bucketEntries), heads))
	for _, b := range [][]byte{bucketSlugs, bucketNames} {
		err = errors.Join(err, tx.DeleteBucket(b))
	}
	if err != nil {
		return err
	}
	names, err := tx.CreateBucket(bucketNames)
	if err != nil {
		return err
	}
	if err := fill(names, l.nameRun()); err != nil {
		return err
	}
	return eachIndex(tx, respell)
}

// migrateStaged begins a first cycle anew that was under way, because what is
// staged is laid otherwise: nothing of it was published, and it is polled again.
func migrateStaged(tx *bbolt.Tx) error {
	if tx.Bucket(bucketMeta).Get(keyFounding) == nil {
		return nil
	}
	for _, b := range [][]byte{
		bucketPolls, bucketDocs, bucketEntries, bucketBodies, bucketNames, bucketSightings,
		bucketCounters, bucketChannels, bucketStaged, bucketOrphans,
	} {
		if err := tx.DeleteBucket(b); err != nil {
			return err
		}
		if _, err := tx.CreateBucket(b); err != nil {
			return err
		}
	}
	return nil
}

// shorten cuts 8 bits off every hash of a sketch.
func (r *traitsRec) shorten() error {
	sketch, err := unpackSketch(r.Sketch)
	for i := range sketch.Shingles {
		sketch.Shingles[i] >>= 8
	}
	sketch.Shingles = slices.Compact(sketch.Shingles)
	r.Sketch = packSketch(&sketch)
	return err
}

// respell writes the places and the shelf of a channel's index as varints.
func respell(at *bbolt.Bucket) error {
	for _, name := range [][]byte{bucketPlaces, bucketShelf} {
		var run []indexed
		_ = at.Bucket(name).ForEach(func(k, v []byte) error {
			if len(v) == 24 {
				run = append(run, indexed{slices.Clone(k), placed{read(v), read(after(v, 8)), read(after(v, 16))}.bytes()})
			}
			return nil
		})
		if err := fill(at.Bucket(name), run); err != nil {
			return err
		}
	}
	return nil
}

// eachIndex calls fn with every index of every channel.
func eachIndex(tx *bbolt.Tx, fn func(*bbolt.Bucket) error) error {
	channels := tx.Bucket(bucketChannels)
	return channels.ForEachBucket(func(id []byte) error {
		for _, name := range bucketIndexes {
			at := channels.Bucket(id).Bucket(name)
			if at == nil {
				continue
			}
			if err := fn(at); err != nil {
				return err
			}
		}
		return nil
	})
}

// migrateNear makes room for the index of near texts, which is kept when it is
// wanted.
func migrateNear(tx *bbolt.Tx) error {
	_, err := tx.CreateBucket(bucketNear)
	return err
}

// migrate brings the file to this program's schema. What it was before is kept
// beside it as <path>.schema-<number>, for whoever wants to go back (XK26).
func (f *file) migrate(steps []func(*bbolt.Tx) error) error {
	return guarded(func() error {
		var at uint32
		err := f.db.View(func(tx *bbolt.Tx) error {
			var err error
			at, err = schemaOf(tx, false)
			return err
		})
		if err != nil || at == uint32(len(steps)) {
			return err
		}
		if at < uint32(len(steps)) {
			old := fmt.Sprintf("%s.schema-%d", f.path, at)
			// A damaged record must not keep anybody from a newer version.
			any := func(string) error { return nil }
			if err := place(old, any, f.copyTo); err != nil {
				return fmt.Errorf("keep the store as it is before migrating it: %w", err)
			}
			f.log.Warn("store is migrated; what it was is kept", "store", f.path, "from", at, "to", len(steps), "kept", old)
		}
		return migrate(f.db.DB, steps, false)
	})
}

// copyTo writes the file as it is.
func (f *file) copyTo(w io.Writer) error {
	return f.db.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

// migrate brings an open file to this program's schema, all steps in one
// transaction (XK26).
func migrate(db *bbolt.DB, steps []func(*bbolt.Tx) error, fresh bool) error {
	var at uint32
	err := db.View(func(tx *bbolt.Tx) error {
		var err error
		at, err = schemaOf(tx, fresh)
		return err
	})
	if err != nil || at == uint32(len(steps)) {
		return err
	}
	if at > uint32(len(steps)) {
		return newerSchema(at)
	}
	return db.Update(func(tx *bbolt.Tx) error {
		for n := at; n < uint32(len(steps)); n++ {
			if err := steps[n](tx); err != nil {
				return fmt.Errorf("migrate to schema %d: %w", n+1, err)
			}
		}
		return tx.Bucket(bucketMeta).Put(keySchema, binary.BigEndian.AppendUint32(nil, uint32(len(steps))))
	})
}

func newerSchema(at uint32) error {
	return fmt.Errorf("%w: its schema is %d, this program knows %d", store.ErrSchema, at, schema)
}

// schemaOf reads the schema's number. A file that has none is only taken for a
// store when we have just made it.
func schemaOf(tx *bbolt.Tx, fresh bool) (uint32, error) {
	if fresh {
		return 0, nil
	}
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		return 0, fmt.Errorf("%w: it is a bbolt file, but not a store", store.ErrCorrupt)
	}
	value := meta.Get(keySchema)
	if len(value) != 4 {
		return 0, fmt.Errorf("%w: it has no schema number", store.ErrCorrupt)
	}
	return binary.BigEndian.Uint32(value), nil
}
