package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"
)

// catalogueRoom is how many bytes of keys are sorted in memory at a time.
const catalogueRoom = 24 << 20

// sightRow is a sightKey followed by the entry that it leads to.
type sightRow [sightKeySize + 8]byte

// catalogue writes the names and sightings of all entries, in the order of their
// keys, which fills a tree at the least cost: of each part of the keys in turn,
// going over the entries once for each. It returns when each owner's entries
// were updated last.
func (f *file) catalogue() (map[uint32]int64, error) {
	var entries, sources uint64
	err := f.view(func(tx *bbolt.Tx) error {
		entries, sources = tx.Bucket(bucketEntries).Sequence(), tx.Bucket(bucketSources).Sequence()
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Most entries have three or four names.
	parts := 1 + entries*4*uint64(nameKeySize)/catalogueRoom
	latest := make(map[uint32]int64)
	var names []nameKey
	var sights []sightRow
	for part := range parts {
		names, sights = names[:0], sights[:0]
		err := f.stroll(context.Background(), top(bucketEntries), func(_ *bbolt.Tx, k, v []byte) error {
			var head headRec
			if err := f.codec.decode(k, v, &head); err != nil {
				f.skip(k, err)
				return nil
			}
			seq := read(k)
			slug := slugName(head.Slug)
			for _, n := range head.names() {
				if uint64(binary.BigEndian.Uint16(n[:]))*parts>>16 != part {
					continue
				}
				if n == slug {
					names = append(names, n.slugOf(seq))
				} else {
					names = append(names, n.of(seq))
				}
			}
			for i := range head.Sightings {
				sg := &head.Sightings[i]
				if min(uint64(sg.Source)*parts/(sources+1), parts-1) == part {
					sights = append(sights, sightRowOf(sightOf(sg.Source, sg.Key), k))
				}
			}
			owner := head.Sightings[0].Source
			latest[owner] = max(latest[owner], head.Updated)
			return nil
		})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(names, compareNames)
		slices.SortFunc(sights, func(a, b sightRow) int { return bytes.Compare(a[:], b[:]) })
		err = f.bulk(bucketNames, len(names), func(i int) (k, v []byte) { return names[i][:], nil })
		if err != nil {
			return nil, err
		}
		err = f.bulk(bucketSightings, len(sights), func(i int) (k, v []byte) {
			return sights[i][:sightKeySize], sights[i][sightKeySize:]
		})
		if err != nil {
			return nil, err
		}
	}
	return latest, nil
}

func sightRowOf(key sightKey, seq []byte) sightRow {
	var row sightRow
	copy(row[:], key[:])
	copy(row[sightKeySize:], seq)
	return row
}

// bulk puts n sorted entries into a bucket in bounded transactions.
func (f *file) bulk(bucket []byte, n int, at func(int) (k, v []byte)) error {
	for from := 0; from < n; from += 4 * bound {
		err := f.update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(bucket)
			b.FillPercent = 1
			for i := from; i < min(from+4*bound, n); i++ {
				k, v := at(i)
				if err := b.Put(k, v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
