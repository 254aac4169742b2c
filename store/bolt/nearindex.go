package bolt

import (
	"cmp"
	"math"
	"slices"

	"go.etcd.io/bbolt"
)

// turnNear lets the index of near texts be kept or go as the configuration
// wants it, and tells whether there is work for the background. The caller
// holds f.write.
func (f *file) turnNear(set *setup) (work bool, err error) {
	wanted := set.rules.Near > 0
	var is, next nearness
	err = f.update(func(tx *bbolt.Tx) error {
		is = readNearness(tx)
		next = is
		switch {
		case f.founding.Load() && wanted:
			next = nearWhole // of no entries: settling empties it first
		case wanted && is == nearNone:
			next = nearGrowing
		case !wanted && is != nearNone:
			next = nearGoing
		}
		if next == is {
			return errNothing
		}
		return putNearness(tx, next)
	})
	if err == nil {
		f.near = next
	}
	return next == nearGrowing || next == nearGoing, err
}

// bringNear fills or empties the index of near texts.
func (x *indexer) bringNear() error {
	var is nearness
	err := x.f.view(func(tx *bbolt.Tx) error { is = readNearness(tx); return nil })
	if err != nil {
		return err
	}
	if is == nearGoing {
		if err := x.emptyNear(); err != nil {
			return err
		}
		if is = nearNone; x.set.rules.Near > 0 {
			is = nearGrowing // it is wanted again
		}
		if err := x.near(is); err != nil {
			return err
		}
	}
	if is != nearGrowing {
		return nil
	}
	if err := x.fillNear(); err != nil {
		return err
	}
	return x.near(nearWhole)
}

// near says how far the index of near texts is.
func (x *indexer) near(is nearness) error {
	return x.write(func(tx *bbolt.Tx) error { return putNearness(tx, is) }, func() { x.f.near = is })
}

func (x *indexer) emptyNear() error {
	for left := true; left; {
		err := x.write(func(tx *bbolt.Tx) error {
			keys := firstKeys(tx.Bucket(bucketNear), slice)
			left = len(keys) > 0
			return deleteAll(tx.Bucket(bucketNear), keys)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// nearRow is a row on its way.
type nearRow struct{ band, seq uint64 }

// nearSorted is from how many entries on their rows are not sorted all at once,
// but a part of the bands after the other: so many have 16 MB of them.
const nearSorted = 1 << 17

// fillNear adds the rows of every entry that commits do not add, in the order
// of their keys: scattered, each would be a page to be written.
func (x *indexer) fillNear() error {
	var w *watch
	var entries uint64
	err := x.hold(func() error {
		w = x.f.watching()
		return x.f.view(func(tx *bbolt.Tx) error { entries = tx.Bucket(bucketEntries).Sequence(); return nil })
	})
	if err != nil {
		return err
	}
	defer x.f.unwatchNow(w)
	parts := entries/nearSorted + 1
	for part := range parts {
		rows, err := x.nearRows(func(band uint64) bool { return partOfBands(band, parts) == part })
		if err != nil {
			return err
		}
		for chunk := range slices.Chunk(rows, slice) {
			if err := x.write(func(tx *bbolt.Tx) error { return putNear(tx, chunk, w) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// partOfBands says in which of so many parts of all bands one lies; the parts
// are in the order of bands.
func partOfBands(band, parts uint64) uint64 {
	return min(band/(math.MaxUint64/parts), parts-1)
}

// nearRows reads the rows of a part of the bands, in order.
func (x *indexer) nearRows(wanted func(band uint64) bool) (rows []nearRow, err error) {
	err = x.f.stroll(x.ctx, top(bucketEntries), func(_ *bbolt.Tx, k, v []byte) error {
		var head headRec
		if err := x.f.codec.decode(k, v, &head); err != nil {
			x.f.skip(k, err)
			return nil
		}
		for _, band := range head.Traits.bands() {
			if wanted(band) {
				rows = append(rows, nearRow{band, read(k)})
			}
		}
		return nil
	})
	slices.SortFunc(rows, func(a, b nearRow) int {
		return cmp.Or(cmp.Compare(a.band, b.band), cmp.Compare(a.seq, b.seq))
	})
	return rows, err
}

// putNear writes rows of entries that nobody touched.
func putNear(tx *bbolt.Tx, rows []nearRow, w *watch) error {
	b := tx.Bucket(bucketNear)
	b.FillPercent = 0.9
	for _, r := range rows {
		if w.has(r.seq) {
			continue
		}
		if err := b.Put(nearKey(r.band, r.seq), nil); err != nil {
			return err
		}
	}
	return nil
}
