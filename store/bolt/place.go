package bolt

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// tempMark is in the names of files that are not whole yet.
const tempMark = ".new-"

// place makes a file that is whole whenever it has its name: written under
// another, synced, verified, renamed, and the folder synced.
func place(path string, v Verifier, write func(io.Writer) error) error {
	temp, err := written(path, v, write)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(filepath.Dir(path))
}

// written writes, syncs and verifies a file beside the one that it is to
// become, and returns its name; nothing is left of one that failed.
func written(path string, v Verifier, write func(io.Writer) error) (temp string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+tempMark+"*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err := v.or()(f.Name()); err != nil {
		return "", fmt.Errorf("verify: %w", err)
	}
	return f.Name(), nil
}

// abandoned is how old an unfinished file is before nobody can be writing it.
const abandoned = 24 * time.Hour

// sweepTemps removes what killed processes left unfinished beside a file
// (XJ08), and nothing else.
func sweepTemps(path string, now time.Time) {
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	for _, entry := range list {
		if !strings.HasPrefix(entry.Name(), filepath.Base(path)+tempMark) || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && now.Sub(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(filepath.Dir(path), entry.Name()))
		}
	}
}

// apart refuses a backup that is the store itself, under whatever name.
func apart(backup, path string) error {
	x, err := os.Stat(backup)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	y, other := os.Stat(path)
	if absolute(backup) == absolute(path) || err == nil && other == nil && os.SameFile(x, y) {
		return errors.New("a backup must have a file of its own")
	}
	return nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// openRegular opens a file for reading, and nothing that would make us wait.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	return os.Open(path)
}

// syncDir makes names durable that were given or taken in a folder.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
