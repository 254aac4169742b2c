package bolt

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// row is an entry that is published, in 16 bytes: a million of them fit where
// their keys would not.
type row struct {
	place int64
	seq   uint64
}

// seqSet is a set of entries, a bit each: they are numbered without gaps.
type seqSet []uint64

func (s *seqSet) add(seq uint64) {
	at := int(seq / 64)
	if at >= len(*s) {
		*s = append(*s, make([]uint64, at+1-len(*s))...)
	}
	(*s)[at] |= 1 << (seq % 64)
}

func (s seqSet) has(seq uint64) bool {
	at := int(seq / 64)
	return at < len(s) && s[at]&(1<<(seq%64)) != 0
}

// join adds what is in other.
func (s *seqSet) join(other seqSet) {
	if more := len(other) - len(*s); more > 0 {
		*s = append(*s, make([]uint64, more)...)
	}
	for i, word := range other {
		(*s)[i] |= word
	}
}

// without counts what is in s and not in other.
func (s seqSet) without(other seqSet) int {
	n := 0
	for i, word := range s {
		if i < len(other) {
			word &^= other[i]
		}
		n += bits.OnesCount64(word)
	}
	return n
}

// survey is what channels want of all entries there are.
type survey struct {
	// rows are the published entries, oldest place first.
	rows []row
	// wanted has the entries of each channel.
	wanted []seqSet
	// damaged are those that could not be read.
	damaged seqSet
}

// survey asks each channel about every entry, decoding each entry once and its
// body only when some channel has a question.
func (f *file) survey(ctx context.Context, set *setup, channels []feed.Channel) (*survey, error) {
	s := &survey{wanted: make([]seqSet, len(channels))}
	curious := slices.ContainsFunc(channels, func(c feed.Channel) bool { return c.Match != nil })
	err := f.stroll(ctx, top(bucketEntries), func(tx *bbolt.Tx, k, v []byte) error {
		r := &reader{f: f, tx: tx, set: set}
		head, e, err := r.outline(k, v, curious)
		if err != nil {
			f.skip(k, err)
			s.damaged.add(read(k))
			return nil
		}
		if !head.state().Published() {
			return nil
		}
		wanted := false
		for i := range channels {
			if channels[i].Match == nil || channels[i].Match(e) {
				s.wanted[i].add(read(k))
				wanted = true
			}
		}
		if wanted {
			s.rows = append(s.rows, row{head.Place, read(k)})
		}
		return nil
	})
	slices.SortFunc(s.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.seq, b.seq))
	})
	return s, err
}

// outline reads an entry's head, and the whole entry when it is wanted.
func (r *reader) outline(k, v []byte, whole bool) (*headRec, *feed.Entry, error) {
	if whole {
		head, e, err := r.entry(k, v)
		return head, &e, err
	}
	head := new(headRec)
	return head, nil, r.f.codec.decodeAt(bucketEntries, k, v, head)
}
