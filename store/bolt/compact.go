package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.etcd.io/bbolt"
)

// A file never shrinks by itself. It is compacted when it is opened and more
// than half of it is free, but not a small one: that is not worth a second
// (XK19).
const worthCompacting = 64 << 20

// compactChunk is about how many bytes one transaction of a copy writes.
const compactChunk = 8 << 20

// pageCount is where a page says how many elements it has.
const pageCount = 10

// Compact implements store.Store. Commits wait while the copy is made, readers
// do not. Killed at any moment there is the old file or the new one, whole.
func (s *Store) Compact() error {
	if err := s.open(); err != nil {
		return err
	}
	// No backup is under way while files are exchanged, and none begins: whoever
	// asks for a window must not wait for it.
	s.long.Lock()
	defer s.long.Unlock()
	s.write.Lock()
	defer s.write.Unlock()
	return s.compact()
}

// compact copies the store to another file and gives that the name. The caller
// holds f.long and f.write.
func (f *file) compact() error {
	fresh, err := f.copied()
	if err != nil {
		return fmt.Errorf("compact store %s: %w", f.path, err)
	}
	if err := os.Rename(fresh.Path(), f.path); err != nil {
		return fmt.Errorf("compact store %s: %w", f.path, errors.Join(err, fresh.Close(), os.Remove(fresh.Path())))
	}
	// Both are locked: whoever waited for the old one finds that it has lost
	// its name, and waits for the new one.
	f.gate.Lock()
	old := f.db
	f.db = fresh
	f.gate.Unlock()
	if err := errors.Join(syncDir(filepath.Dir(f.path)), old.Close()); err != nil {
		return fmt.Errorf("compact store %s: %w", f.path, err)
	}
	return nil
}

// copied makes a whole copy beside the store, open and locked.
func (f *file) copied() (*opened, error) {
	if f.db == nil {
		return nil, f.broken
	}
	name := f.path + tempMark + "compact"
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	temp, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	if err := temp.Close(); err != nil {
		return nil, errors.Join(err, os.Remove(name))
	}
	options := f.db.opening
	fresh, err := openFile(name, &options)
	if err != nil {
		return nil, errors.Join(err, os.Remove(name))
	}
	// A file that grows does so by megabytes; the copy only by what it needs.
	grows := fresh.AllocSize
	fresh.AllocSize = 0
	err = f.longView(func(tx *bbolt.Tx) error { return copyAll(fresh.DB, tx) })
	fresh.AllocSize = grows
	if err = errors.Join(err, fresh.Sync()); err != nil {
		return nil, errors.Join(err, fresh.Close(), os.Remove(name))
	}
	return fresh, nil
}

// copying is a copy under way, one transaction of it after another.
type copying struct {
	to   *bbolt.DB
	tx   *bbolt.Tx
	size int
}

// copyAll copies every bucket with its sequence.
func copyAll(to *bbolt.DB, from *bbolt.Tx) error {
	c := &copying{to: to}
	// Also when reading a damaged page panics: what is open could not be closed.
	defer func() {
		if c.tx != nil {
			_ = c.tx.Rollback()
		}
	}()
	if err := c.next(); err != nil {
		return err
	}
	err := from.ForEach(func(name []byte, b *bbolt.Bucket) error { return c.bucket([][]byte{name}, b) })
	if err != nil {
		return err
	}
	return c.commit()
}

func (c *copying) commit() error {
	tx := c.tx
	c.tx = nil
	return tx.Commit()
}

// next ends a transaction and begins another.
func (c *copying) next() (err error) {
	if c.tx != nil {
		if err := c.commit(); err != nil {
			return err
		}
	}
	c.size = 0
	c.tx, err = c.to.Begin(true)
	return err
}

// bucket copies a bucket and all that is below it.
func (c *copying) bucket(path [][]byte, b *bbolt.Bucket) error {
	at, err := c.make(path)
	if err != nil {
		return err
	}
	if err := at.SetSequence(b.Sequence()); err != nil {
		return err
	}
	return b.ForEach(func(k, v []byte) error {
		if v == nil {
			return c.bucket(append(slices.Clip(path), k), b.Bucket(k))
		}
		if c.size += len(k) + len(v); c.size > compactChunk {
			if err := c.next(); err != nil {
				return err
			}
		}
		at := c.at(path)
		at.FillPercent = fullness(path)
		return at.Put(k, v)
	})
}

// make makes a bucket of the copy.
func (c *copying) make(path [][]byte) (*bbolt.Bucket, error) {
	name := path[len(path)-1]
	if len(path) == 1 {
		return c.tx.CreateBucket(name)
	}
	return c.at(path[:len(path)-1]).CreateBucket(name)
}

// at finds a bucket of the copy in the present transaction.
func (c *copying) at(path [][]byte) *bbolt.Bucket {
	b := c.tx.Bucket(path[0])
	for _, name := range path[1:] {
		b = b.Bucket(name)
	}
	return b
}

// fullness is how full the pages of a bucket are made: wholly where it only
// grows at its end, else with room for what comes in between.
func fullness(path [][]byte) float64 {
	for _, grows := range [][]byte{bucketEntries, bucketBodies, bucketStaged, bucketArrival} {
		if string(path[len(path)-1]) == string(grows) {
			return 1
		}
	}
	return 0.9
}

// compactIfWorth compacts a file that is mostly free. That it cannot be done,
// as on a full disk, is no reason not to go on with what is there.
func (f *file) compactIfWorth() {
	size, free, err := space(f.db.opened)
	if err == nil && size > worthCompacting && free > size/2 {
		f.log.Info("compacting the store", "store", f.path, "bytes", size, "free", free)
		err = f.compact()
	}
	if err != nil {
		f.log.Warn("the store was not compacted", "store", f.path, "err", err)
	}
}

// space tells how long an open file is and how much of it is free. The list of
// free pages is counted as it was last written.
func space(f *os.File) (size, free int64, err error) {
	newest, err := newestMeta(f)
	if err != nil {
		return 0, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	page := make([]byte, metaOffset+8)
	if _, err := f.ReadAt(page, int64(newest.freelist)*newest.pageSize); err != nil {
		return 0, 0, err
	}
	count := uint64(binary.NativeEndian.Uint16(page[pageCount:]))
	if count == 0xFFFF { // then the first element is the number
		count = binary.NativeEndian.Uint64(page[metaOffset:])
	}
	unused := info.Size() - int64(newest.high)*newest.pageSize
	return info.Size(), int64(count)*newest.pageSize + unused, nil
}
