package bolt

import (
	"bytes"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// putDoc writes a document state, unless it says what is there already.
func (f *file) putDoc(tx *bbolt.Tx, no uint32, d *feed.DocState) error {
	r := docRecord(d)
	record, err := f.codec.encode(&r)
	if err != nil {
		return err
	}
	f.profiles.change(tx, no)
	return f.replace(tx.Bucket(bucketDocs), short(no), record)
}

// replace puts a record where it differs from the one that is there: a page
// that is not touched is not written.
func (f *file) replace(b *bbolt.Bucket, key, record []byte) error {
	sealed := f.codec.seal(key, record)
	if bytes.Equal(b.Get(key), sealed) {
		return nil
	}
	return b.Put(key, sealed)
}

// rejections reads a source's list, newest first.
func (f *file) rejections(tx *bbolt.Tx, no uint32) []rejectionRec {
	var list []rejectionRec
	f.lookup(tx, bucketRejections, short(no), &list)
	return list
}

// reject adds to a source's rejections and keeps the last of them. An item
// that is rejected at every poll is told once, with when it was first.
func (f *file) reject(tx *bbolt.Tx, no uint32, rejected []feed.Rejection) error {
	if len(rejected) == 0 {
		return nil
	}
	list := f.rejections(tx, no)
	had := make(map[rejectionRec]bool, len(list))
	for _, r := range list {
		r.At = 0
		had[r] = true
	}
	var fresh []rejectionRec
	for _, r := range rejected {
		rec := rejectionRecord(r)
		rec.At = 0
		if had[rec] {
			continue
		}
		had[rec] = true
		rec.At = micros(r.At)
		fresh = append(fresh, rec)
	}
	if len(fresh) == 0 {
		return nil
	}
	list = append(fresh, list...)
	list = list[:min(len(list), feed.MaxRejections)]
	record, err := f.codec.encodePacked(list)
	if err != nil {
		return err
	}
	return f.codec.put(tx.Bucket(bucketRejections), short(no), record)
}
