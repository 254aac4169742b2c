package publisher

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

// tempPrefix begins the names of files that are being written. Whatever bears
// it after a run is left over from a crash.
const tempPrefix = ".weir-tmp-"

// tempOf is where a file is written before it gets its name.
func tempOf(name string) string { return path.Join(path.Dir(name), tempPrefix+path.Base(name)) }

// write replaces the manifest by way of a temporary file beside it.
func (w *writer) write(name string, f *file) error {
	if err := w.fill(name, f); err != nil {
		return err
	}
	if err := w.root.Rename(tempOf(name), name); err != nil {
		return err
	}
	w.touched[path.Dir(name)] = true
	return nil
}

// fill writes and syncs the temporary file of name, with the mode of the file
// that it is to replace. Nothing is left when it fails.
func (w *writer) fill(name string, f *file) (err error) {
	temp := tempOf(name)
	defer func() {
		if err != nil {
			_ = w.root.Remove(temp) // Swept by the next run when this fails too.
			err = fmt.Errorf("%s: %w", name, err)
		}
	}()
	out, err := w.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if info, lost := w.root.Lstat(name); lost == nil && info.Mode().IsRegular() {
		err = out.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = f.copy(out)
	}
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}

func (f *file) copy(out io.Writer) error {
	if f.asset != nil {
		return f.asset.copy(out)
	}
	_, err := out.Write(f.body)
	return err
}

// copy writes the asset and makes sure that it was the file that was meant.
func (a *Asset) copy(out io.Writer) error {
	in, err := a.open()
	if err != nil {
		return err
	}
	defer in.Close()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, h), io.LimitReader(in, a.Size+1)); err != nil {
		return err
	}
	if [sha256.Size]byte(h.Sum(nil)) != a.Sum {
		return &fs.PathError{Op: "copy", Path: a.Path, Err: errAssetChanged}
	}
	return nil
}

// makeDir makes a directory and those above it, and has each one's parent
// synced.
func (w *writer) makeDir(dir string) error {
	if dir == "." {
		return nil
	}
	if _, err := w.root.Stat(dir); err == nil {
		return nil
	}
	if err := w.root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for at := dir; at != "."; at = path.Dir(at) {
		w.touched[path.Dir(at)] = true
	}
	return nil
}

// remove deletes files and the directories that they leave empty. A directory
// that another hand removed before is no obstacle.
func (w *writer) remove(paths []string) error {
	for _, name := range paths {
		err := w.root.Remove(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil {
			w.changed = append(w.changed, name)
		}
		w.touched[w.prune(path.Dir(name))] = true
	}
	return nil
}

// prune removes a directory and those above it as far as they are empty, and
// returns the one that stays.
func (w *writer) prune(dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		if info, err := w.root.Lstat(dir); err == nil && (!info.IsDir() || w.root.Remove(dir) != nil) {
			return dir
		}
		delete(w.touched, dir)
	}
	return dir
}

// sweep removes what a crash left half written (XJ08), in the directories that
// documents lie in. Before anything changes it is told here that one of them
// cannot be.
func (w *writer) sweep() error {
	for _, dir := range w.dirs() {
		if at := w.obstacle(dir); at != "" {
			if w.needs(dir) {
				return foreign(at)
			}
			w.disown(dir)
			continue
		}
		d, err := w.root.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		names, err := d.Readdirnames(-1)
		_ = d.Close() // Nothing was written.
		if err != nil {
			return err
		}
		for _, name := range names {
			if strings.HasPrefix(name, tempPrefix) {
				if err := w.root.Remove(path.Join(dir, name)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// obstacle returns what stands where a directory should be, or one above it: a
// file, or a link that leads out of the root or nowhere.
func (w *writer) obstacle(dir string) string {
	for i := 0; i <= len(dir); i++ {
		if i < len(dir) && dir[i] != '/' {
			continue
		}
		if _, err := w.root.Lstat(dir[:i]); err != nil {
			return "" // Nothing is there yet, or what follows will tell.
		}
		if info, err := w.root.Stat(dir[:i]); err != nil || !info.IsDir() {
			return dir[:i]
		}
	}
	return ""
}

// needs reports whether a document belongs into a directory.
func (w *writer) needs(dir string) bool {
	for name := range w.wanted {
		if path.Dir(name) == dir {
			return true
		}
	}
	return false
}

// disown forgets the files of a directory in whose place something else is.
func (w *writer) disown(dir string) {
	maps.DeleteFunc(w.old.Files, func(name, _ string) bool { return path.Dir(name) == dir })
}

// dirs lists the directories of all files, old and new.
func (w *writer) dirs() []string {
	set := map[string]bool{".": true}
	for name := range w.wanted {
		set[path.Dir(name)] = true
	}
	for name := range w.old.Files {
		set[path.Dir(name)] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// syncDirs makes renames and removals durable.
func (w *writer) syncDirs() error {
	dirs := slices.Sorted(maps.Keys(w.touched))
	clear(w.touched)
	for _, dir := range dirs {
		d, err := w.root.Open(dir)
		if err != nil {
			return err
		}
		err = d.Sync()
		_ = d.Close() // Nothing was written through it.
		if err != nil {
			return err
		}
	}
	return nil
}
