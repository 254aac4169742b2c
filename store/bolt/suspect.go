package bolt

import (
	"errors"
	"io/fs"
	"os"
)

// suspectPath is a note beside the store: its structure was found damaged in
// use. Opening reads only the first pages of a file; with the note it looks at
// all of them, so that a damaged store is found damaged when it is opened, and
// can be replaced by a backup (XK16).
func suspectPath(path string) string { return path + ".suspect" }

func suspected(path string) bool {
	_, err := os.Stat(suspectPath(path))
	return err == nil
}

// suspect leaves the note, once for as long as the file is open.
func (f *file) suspect(err error) {
	if f.suspicious.Swap(true) {
		return
	}
	f.log.Error("store is damaged", "store", f.path, "err", err)
	if err := os.WriteFile(suspectPath(f.path), []byte(err.Error()+"\n"), fileMode); err != nil {
		f.log.Error("the damage was not noted", "store", f.path, "err", err)
	}
}

// acquit looks at the structure of a file of which there is a note: when it is
// whole after all, the note goes.
func (f *file) acquit() error {
	if !suspected(f.path) {
		return nil
	}
	if err := f.inspect(f.db.DB); err != nil {
		return err
	}
	if err := os.Remove(suspectPath(f.path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
