package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"weir/store"
)

// Bodies lie in cells. bbolt puts at least two values on a leaf and lets it
// grow over whole pages: of records that are a little longer than half a page,
// as bodies are, it would leave every second page half empty. Cells of which
// six fill a page leave little.
const (
	cellSize = 655
	// cellsUpTo is the longest record that is cut; of longer ones a page more
	// or less is nothing.
	cellsUpTo = 128 * cellSize
)

// putBody seals a record and writes it over whatever lies under its number.
// The first cell has the number as its key, the others a counter behind it.
func (c *codec) putBody(b *bbolt.Bucket, no uint64, record []byte) error {
	key := number(no)
	sealed := c.seal(key, record)
	if err := dropCells(b, key); err != nil {
		return err
	}
	size := cellSize
	if len(sealed) > cellsUpTo {
		size = len(sealed)
	}
	at := byte(0)
	for cell := range slices.Chunk(sealed, size) {
		k := key
		if at > 0 {
			k = append(slices.Clip(key), at)
		}
		if err := b.Put(k, cell); err != nil {
			return err
		}
		at++
	}
	return nil
}

// dropCells removes the cells behind the first one. A new body, which is what
// most are, has the last number and costs one look.
func dropCells(b *bbolt.Bucket, key []byte) error {
	var old [][]byte
	cur := b.Cursor()
	for k, _ := cur.Seek(append(slices.Clip(key), 0)); bytes.HasPrefix(k, key); k, _ = cur.Next() {
		old = append(old, slices.Clone(k))
	}
	for _, k := range old {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// deleteBody removes a body.
func deleteBody(b *bbolt.Bucket, no uint64) error {
	key := number(no)
	return errors.Join(dropCells(b, key), b.Delete(key))
}

// body reads a body, copying everything.
func (c *codec) body(b *bbolt.Bucket, no uint64, into *bodyRec) error {
	key := number(no)
	cur := b.Cursor()
	k, v := cur.Seek(key)
	if !bytes.Equal(k, key) {
		return fmt.Errorf("body %x: %w: it is missing", key, store.ErrCorrupt)
	}
	k, more := cur.Next()
	if !bytes.HasPrefix(k, key) {
		return c.decode(key, v, into)
	}
	joined := c.buffers.Get().(*bytes.Buffer)
	defer c.buffers.Put(joined)
	joined.Reset()
	joined.Write(v)
	for v = more; bytes.HasPrefix(k, key); k, v = cur.Next() {
		joined.Write(v)
	}
	return c.decode(key, joined.Bytes(), into)
}

// eachBody calls fn with the number and the joined value of every body, which
// lives until fn returns, and stray with the keys that belong to none.
func eachBody(b *bbolt.Bucket, fn func(key, value []byte), stray func(key []byte)) {
	var key []byte
	var value bytes.Buffer
	flush := func() {
		if key != nil {
			fn(key, value.Bytes())
		}
	}
	_ = b.ForEach(func(k, v []byte) error {
		switch {
		case len(k) == 8:
			flush()
			key = k
			value.Reset()
			value.Write(v)
		case len(k) == 9 && bytes.HasPrefix(k, key) && key != nil:
			value.Write(v)
		default:
			stray(k)
		}
		return nil
	})
	flush()
}
