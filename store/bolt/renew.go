package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// clean tells whether a commit failed in a way that leaves no doubt about what
// is on the disk: it ended before anything was to be synced, for want of room
// (XK07, XK08). bbolt gives some of these errors as text alone.
func clean(err error) bool {
	if errors.Is(err, berrors.ErrMaxSizeReached) || strings.HasPrefix(err.Error(), "file resize error") {
		return true
	}
	var wrote *fs.PathError
	return errors.As(err, &wrote) &&
		(errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG) || errors.Is(err, syscall.EDQUOT))
}

// renew opens the file again after a commit failed in any other way. A kernel
// that could not write pages forgets that they were to be written, and shows
// them as if they had been: another sync would succeed and mean nothing (XK09).
// So what the kernel remembers of the file is dropped, and what is on the disk
// is read and checked from end to end before anybody goes on with it. Readers
// wait for that. The lock is held all the time: nobody else gets in between.
// When the file does not open again, every further call fails with the reason.
func (f *file) renew(cause error) error {
	f.gate.Lock()
	defer f.gate.Unlock()
	if f.db == nil { // it was closed meanwhile
		return f.broken
	}
	f.log.Error("commit failed, the store is opened again", "store", f.path, "err", cause)
	err := f.reopen()
	if err != nil {
		f.db = nil
		f.broken = fmt.Errorf("store %s could not be opened again after a failed write: %w", f.path, err)
		return f.broken
	}
	return nil
}

// reopen exchanges f.db for one that was read anew.
func (f *file) reopen() error {
	options := f.db.opening
	kept, err := keepLock(f.db.opened)
	if err != nil {
		return err
	}
	if kept != nil {
		// The mapping goes with bbolt's Close, which would give up the lock of
		// a file that is still open; that error is the point.
		if err := f.db.opened.Close(); err != nil {
			return errors.Join(err, kept.Close())
		}
		_ = f.db.Close()
		forgetCached(kept)
		options.OpenFile = reuse(kept)
	} else if err := f.db.Close(); err != nil {
		return err
	}
	if err := checkSize(f.path); err != nil {
		return err
	}
	db, err := openFile(f.path, &options)
	if err != nil {
		return err
	}
	if err := f.inspect(db.DB); err != nil {
		return errors.Join(err, db.Close())
	}
	f.db = db
	// Whether what failed was written after all is seen here alone.
	if err := f.readFounding(); err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

// readFounding reads whether the first cycle is still to be settled.
func (f *file) readFounding() error {
	return guarded(func() error {
		return f.db.View(func(tx *bbolt.Tx) error {
			f.founded(tx)
			return nil
		})
	})
}

// inspect looks at all pages of an open file.
func (f *file) inspect(db *bbolt.DB) error {
	c := &checker{f: f}
	err := guarded(func() error {
		return db.View(func(tx *bbolt.Tx) error { c.tx = tx; c.pages(); return nil })
	})
	return errors.Join(err, c.err())
}
