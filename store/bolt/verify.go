package bolt

import (
	"errors"
	"fmt"
	"io"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Verifier says whether the file at a path is a whole, undamaged store. What
// is asked of a file that may be damaged is best asked in a process of its
// own, so that whatever the damage does it does not do to us (XK11): a Verifier
// may run Verify in a child.
type Verifier func(path string) error

// or is the verifier to be used.
func (v Verifier) or() Verifier {
	if v == nil {
		return Verify
	}
	return v
}

// Verify reads a store's file from end to end and changes nothing: its pages,
// the checksum of every record, and, where the file has the present schema,
// that entries and indexes agree. It returns store.ErrCorrupt with what was
// found, store.ErrSchema for a newer Weir's file, and a *store.HeldError
// within about a second when somebody has the file open.
func Verify(path string) error {
	if err := checkSize(path); err != nil {
		return err
	}
	o := boltOptions(Options{})
	o.ReadOnly, o.PreLoadFreelist, o.InitialMmapSize = true, true, 0
	db, err := openFile(path, o)
	if errors.Is(err, berrors.ErrTimeout) {
		return heldError(path)
	}
	if err != nil {
		return fmt.Errorf("verify store %s: %w", path, err)
	}
	return errors.Join(verify(path, db), db.Close())
}

// verify checks an open file, whatever its schema.
func verify(path string, db *opened) error {
	f, err := fileOf(path, db, Options{})
	if err != nil {
		return err
	}
	c := &checker{f: f}
	err = guarded(func() error { return db.View(c.verify) })
	if err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	return c.err()
}

func (c *checker) verify(tx *bbolt.Tx) error {
	c.tx = tx
	at, err := schemaOf(tx, false)
	if err != nil {
		return err
	}
	if at > schema {
		return newerSchema(at)
	}
	if c.pages(); len(c.findings) > 0 {
		return nil
	}
	if at < schema {
		c.sums()
		return nil
	}
	if err := allBuckets(tx); err != nil {
		return err
	}
	c.run()
	return nil
}

// sums checks the records of an older schema, whose meaning only its migration
// knows.
func (c *checker) sums() {
	for _, name := range [][]byte{
		bucketSources, bucketPolls, bucketDocs, bucketRejections, bucketEntries, bucketStaged,
	} {
		if c.tx.Bucket(name) == nil {
			continue
		}
		c.each(name, func(k, v []byte) { c.sum(name, k, v) })
	}
	if c.tx.Bucket(bucketBodies) != nil {
		c.eachBody(func(k, v []byte) { c.sum(bucketBodies, k, v) })
	}
}

// sum checks that a record is what was written.
func (c *checker) sum(bucket, k, v []byte) {
	if _, err := c.f.codec.verify(k, v); err != nil {
		c.found("%s: %v", bucket, err)
	}
}

// BackupTo writes a copy of the store to a file while everybody goes on: under
// another name first, synced, verified by opening it again, and only then
// under its own, so that what has the name is a good backup (XK17). An older
// file of the name is replaced; the store itself, under whatever name, never
// is. A nil Verifier means Verify.
func (s *Store) BackupTo(path string, v Verifier) error {
	if err := s.open(); err != nil {
		return err
	}
	err := apart(path, s.path)
	if err == nil {
		err = place(path, v, s.Backup)
	}
	if err != nil {
		return fmt.Errorf("back up store %s to %s: %w", s.path, path, err)
	}
	return nil
}

// copyFrom returns what writes the content of a file.
func copyFrom(path string) func(io.Writer) error {
	return func(w io.Writer) error {
		in, err := openRegular(path)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, in)
		return errors.Join(err, in.Close())
	}
}
