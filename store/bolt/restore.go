package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"weir/store"
)

// asideForm is how the time is written into the names of files that were put
// aside, and of backups: in UTC, so that names sort as time goes.
const asideForm = "20060102T150405Z"

// Restore puts a copy of a backup where the store is. The copy is verified
// before anything is touched; what was there before is kept beside it as
// <path>.replaced-<UTC time> (OpenOrRestore says .corrupt-), and its new name is
// returned, empty where there was no file. There is
// no moment at which the path leads to nothing, so that nobody begins a new
// store meanwhile (XK16). While somebody has the store open nothing is touched
// and a *store.HeldError tells who. The backup stays as it is. A nil Verifier
// means Verify.
func Restore(backup, path string, now time.Time, v Verifier) (aside string, err error) {
	return restore(backup, path, "replaced", now, v)
}

func restore(backup, path, why string, now time.Time, v Verifier) (string, error) {
	path = absolute(path)
	aside, err := replace(backup, path, why, now, v)
	if err != nil {
		var held *store.HeldError
		if errors.As(err, &held) {
			return "", err
		}
		return "", fmt.Errorf("restore store %s from %s: %w", path, backup, err)
	}
	return aside, nil
}

func replace(backup, path, why string, now time.Time, v Verifier) (string, error) {
	if err := apart(backup, path); err != nil {
		return "", err
	}
	unlock, err := lockStore(path)
	if err != nil {
		return "", err
	}
	defer unlock()
	temp, err := written(path, v, copyFrom(backup))
	if err != nil {
		return "", err
	}
	aside, err := putAside(path, why, now)
	if err != nil {
		return "", errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return "", errors.Join(err, os.Remove(temp))
	}
	if err := os.Remove(suspectPath(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return aside, syncDir(filepath.Dir(path))
}

// putAside gives the file a second name, under which it stays when its first
// is given to another. A file system without hard links only has the first:
// there it is renamed.
func putAside(path, why string, now time.Time) (string, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	stem := fmt.Sprintf("%s.%s-%s", path, why, now.UTC().Format(asideForm))
	for n := 1; ; n++ {
		aside := stem
		if n > 1 {
			aside = fmt.Sprintf("%s-%d", stem, n)
		}
		if _, err := os.Lstat(aside); err == nil {
			continue // put aside in the same second, or before a crash
		}
		if os.Link(path, aside) != nil {
			if err := os.Rename(path, aside); err != nil {
				return "", err
			}
		}
		return aside, nil
	}
}
