package bolt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed/identity"
)

// nearness is how far the index of near texts is. It is kept only where the
// configuration compares such texts: eight small rows for every entry. Its
// values are stored: append only.
type nearness byte

const (
	// nearNone has no rows.
	nearNone nearness = iota
	// nearGrowing is filled in the background; commits add what they write.
	nearGrowing
	// nearWhole has the rows of every entry, and is asked.
	nearWhole
	// nearGoing is emptied in the background; nobody adds or asks.
	nearGoing
)

// kept tells whether commits write to it.
func (n nearness) kept() bool { return n == nearGrowing || n == nearWhole }

func readNearness(tx *bbolt.Tx) nearness {
	if v := tx.Bucket(bucketMeta).Get(keyNear); len(v) == 1 {
		return nearness(v[0])
	}
	return nearNone
}

func putNearness(tx *bbolt.Tx, n nearness) error {
	if n == nearNone {
		return tx.Bucket(bucketMeta).Delete(keyNear)
	}
	return tx.Bucket(bucketMeta).Put(keyNear, []byte{byte(n)})
}

// near is the index of near texts inside a transaction, and the rows of what
// the transaction itself changed. Its bucket is nil where nothing is kept.
type near struct {
	bucket *bbolt.Bucket
	state  nearness
	fresh  map[uint64][]uint64
}

func (f *file) nearIn(tx *bbolt.Tx) near {
	n := near{state: f.near}
	if n.state.kept() {
		n.bucket, n.fresh = tx.Bucket(bucketNear), make(map[uint64][]uint64)
	}
	return n
}

const nearKeySize = 8 + 8

// nearKey is the key of an entry that is found under a band.
func nearKey(band, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(number(band), seq)
}

// bands returns under what an entry or item is found by its text.
func (r *traitsRec) bands() []uint64 {
	sketch, err := unpackSketch(r.Sketch)
	if err != nil {
		return nil // it is reported where it is compared
	}
	return identity.Bands(&sketch)
}

// opened notes what an entry is found under before the transaction.
func (n *near) opened(s *story) {
	if n.bucket != nil {
		s.bands = s.head.Traits.bands()
	}
}

// told lets an entry be found within the transaction by the text that it has
// now.
func (n *near) told(s *story) {
	if n.bucket == nil {
		return
	}
	for _, band := range s.head.Traits.bands() {
		n.fresh[band] = append(n.fresh[band], s.seq)
	}
}

// write brings an entry's rows up to date. While the index grows all of them
// are written: whoever fills it passes over what commits touched.
func (n *near) write(s *story) error {
	if n.bucket == nil {
		return nil
	}
	var after []uint64
	if !s.erased {
		after = s.head.Traits.bands()
	}
	for _, band := range s.bands {
		if !slices.Contains(after, band) {
			if err := n.bucket.Delete(nearKey(band, s.seq)); err != nil {
				return err
			}
		}
	}
	for _, band := range after {
		if n.state == nearWhole && slices.Contains(s.bands, band) {
			continue
		}
		if err := n.bucket.Put(nearKey(band, s.seq), nil); err != nil {
			return err
		}
	}
	s.bands = after
	return nil
}

// holders returns the entries whose text is likely to be nearly the same, at
// most maxHolders: those with the most bands in common, of equal ones the
// oldest. Under each band the oldest are looked at.
func (n *near) holders(traits *traitsRec) []uint64 {
	if n.state != nearWhole || n.bucket == nil {
		return nil
	}
	common := make(map[uint64]int)
	for _, band := range traits.bands() {
		for _, seq := range n.under(band) {
			common[seq]++
		}
	}
	if len(common) == 0 {
		return nil
	}
	seqs := make([]uint64, 0, len(common))
	for seq := range common {
		seqs = append(seqs, seq)
	}
	slices.SortFunc(seqs, func(a, b uint64) int {
		return cmp.Or(cmp.Compare(common[b], common[a]), cmp.Compare(a, b))
	})
	return seqs[:min(len(seqs), maxHolders)]
}

// under returns the entries that are found under a band, oldest first, at most
// maxHolders of the file and as many of the transaction's.
func (n *near) under(band uint64) []uint64 {
	var seqs []uint64
	prefix := number(band)
	c := n.bucket.Cursor()
	for k, _ := c.Seek(prefix); len(seqs) < maxHolders && len(k) == nearKeySize && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		seqs = append(seqs, read(after(k, 8)))
	}
	fresh := n.fresh[band]
	seqs = append(seqs, fresh[:min(len(fresh), maxHolders)]...)
	slices.Sort(seqs)
	return slices.Compact(seqs)
}
