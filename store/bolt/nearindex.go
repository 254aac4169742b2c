package bolt

import (
	"bytes"
	"slices"

	"go.etcd.io/bbolt"
)

// nearStint is how many entries one transaction of filling deals with: their
// rows are scattered, and each is a page to be written.
const nearStint = 1 << 6

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

// nearRows are the rows of one entry, on their way.
type nearRows struct {
	seq   uint64
	bands []uint64
}

// fillNear adds the rows of every entry that commits do not add.
func (x *indexer) fillNear() error {
	var w *watch
	if err := x.hold(func() error { w = x.f.watching(); return nil }); err != nil {
		return err
	}
	defer x.f.unwatchNow(w)
	for from := uint64(1); from != 0; {
		rows, next, err := x.readNear(from)
		if err != nil {
			return err
		}
		if err := x.write(func(tx *bbolt.Tx) error { return putNear(tx, rows, w) }); err != nil {
			return err
		}
		from = next
	}
	return nil
}

// readNear reads the rows of the next entries, and tells where to go on, 0 at
// the end.
func (x *indexer) readNear(from uint64) (rows []nearRows, next uint64, err error) {
	err = x.f.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketEntries).Cursor()
		for k, v := c.Seek(number(from)); k != nil; k, v = c.Next() {
			if len(rows) == nearStint {
				next = read(k)
				return nil
			}
			var head headRec
			if err := x.f.codec.decode(k, v, &head); err != nil {
				x.f.skip(slices.Clone(k), err)
				continue
			}
			if bands := head.Traits.bands(); len(bands) > 0 {
				rows = append(rows, nearRows{read(k), bands})
			}
		}
		return nil
	})
	return rows, next, err
}

// putNear writes rows in the order of their keys.
func putNear(tx *bbolt.Tx, rows []nearRows, w *watch) error {
	var run [][]byte
	for _, r := range rows {
		if w.has(r.seq) {
			continue
		}
		for _, band := range r.bands {
			run = append(run, nearKey(band, r.seq))
		}
	}
	slices.SortFunc(run, bytes.Compare)
	b := tx.Bucket(bucketNear)
	for _, k := range run {
		if err := b.Put(k, nil); err != nil {
			return err
		}
	}
	return nil
}
