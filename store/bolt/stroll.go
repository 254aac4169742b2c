package bolt

import (
	"bytes"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// moment is how long one transaction of a long work lasts at most, so that
// nobody waits longer for it (XK20); it is looked at every few records.
const (
	moment = 10 * time.Millisecond
	few    = 1 << 5
)

// pause comes after each writing transaction of a long work: whoever waits to
// write is let in, and not once in a while only.
const pause = time.Millisecond

// stroll shows every key of a bucket in order, in one short reading transaction
// after another. What is written meanwhile may be seen or not. It ends with the
// first error, with the context, or at the end of the bucket; a bucket that is
// not there is empty.
func (f *file) stroll(ctx context.Context, bucket func(*bbolt.Tx) *bbolt.Bucket, visit func(tx *bbolt.Tx, k, v []byte) error) error {
	var last []byte
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := f.view(func(tx *bbolt.Tx) error {
			began := time.Now()
			b := bucket(tx)
			if b == nil {
				done = true
				return nil
			}
			c := b.Cursor()
			k, v := c.Seek(last)
			if last != nil && bytes.Equal(k, last) {
				k, v = c.Next()
			}
			for n := 1; k != nil; k, v = c.Next() {
				if err := visit(tx, k, v); err != nil {
					return err
				}
				if n++; n%few == 0 && time.Since(began) > moment {
					last = slices.Clone(k)
					return nil
				}
			}
			done = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// top is a bucket of the first level.
func top(name []byte) func(*bbolt.Tx) *bbolt.Bucket {
	return func(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket(name) }
}

// partOf finds a part of one of a channel's indexes.
func partOf(id []byte, n int, name []byte) func(*bbolt.Tx) *bbolt.Bucket {
	return func(tx *bbolt.Tx) *bbolt.Bucket {
		at := tx.Bucket(bucketChannels).Bucket(id)
		if at == nil {
			return nil
		}
		if at = at.Bucket(bucketIndexes[n]); at == nil {
			return nil
		}
		return at.Bucket(name)
	}
}
