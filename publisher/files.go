package publisher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// ErrForeign is returned when a file that Weir did not write stands where one
// of its documents belongs.
var ErrForeign = errors.New("file was not written by Weir")

// errFounding is returned for a snapshot without content.
var errFounding = errors.New("first poll is still running: nothing to write yet")

// tempPrefix begins the names of files that are being written. Whatever bears
// it after a run is left over from a crash.
const tempPrefix = ".weir-tmp-"

// file is what one path shall hold: bytes, or an asset to be copied.
type file struct {
	body  []byte
	asset *Asset
	sum   [sha256.Size]byte
}

// writer makes one directory hold one snapshot.
type writer struct {
	root    *os.Root
	dir     string
	wanted  map[string]*file
	old     *manifest
	changed []string
	// touched are the directories whose entries changed.
	touched map[string]bool
}

// WriteFiles makes dir hold the documents of s, compressed twins beside them,
// and returns the paths that it wrote or removed, in order. Each file appears
// whole or not at all: it is written under another name in the same directory,
// synced and renamed (XJ07). Files that are right already are not touched.
//
// Only files that an earlier call wrote, or that are absent, are written;
// otherwise the error wraps [ErrForeign] and nothing has changed. On any error
// what was there before is still whole, and the next call completes the work.
func WriteFiles(ctx context.Context, dir string, s *Snapshot) (changed []string, err error) {
	if s.founding {
		return nil, fmt.Errorf("write %s: %w", dir, errFounding)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("write files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("write files: %w", err)
	}
	defer root.Close()
	w := &writer{root: root, dir: dir, wanted: s.files(), touched: make(map[string]bool)}
	if err := w.run(ctx, s); err != nil {
		return w.changed, fmt.Errorf("write files in %s: %w", dir, err)
	}
	slices.Sort(w.changed)
	return w.changed, nil
}

// files lists what a directory of the snapshot holds.
func (s *Snapshot) files() map[string]*file {
	files := make(map[string]*file, 2*len(s.docs)+1)
	add := func(path string, body []byte) {
		files[path] = &file{body: body, sum: sha256.Sum256(body)}
	}
	// GitHub Pages would leave out what begins with a dot or an underscore.
	add(".nojekyll", []byte{})
	for path, d := range s.docs {
		if d.Asset != nil {
			files[path] = &file{asset: d.Asset, sum: d.Asset.Sum}
			continue
		}
		add(path, d.Body)
		if d.Gzip != nil {
			add(path+".gz", d.Gzip)
		}
	}
	return files
}

func (w *writer) run(ctx context.Context, s *Snapshot) (err error) {
	if w.old, err = readManifest(w.root); err != nil {
		return err
	}
	if err := w.sweep(); err != nil {
		return err
	}
	pending, err := w.pending()
	if err != nil {
		return err
	}
	gone := w.gone()
	final, err := newManifest(s, w.wanted).bytes()
	if err != nil {
		return err
	}
	if len(pending)+len(gone) > 0 {
		if err := w.announce(s); err != nil {
			return err
		}
	} else if w.holds(manifestName, &file{body: final}) {
		return nil
	}
	left, err := w.writeAll(ctx, pending)
	if err != nil {
		return err
	}
	if err := w.remove(gone); err != nil {
		return err
	}
	// What the manifest calls complete must be durable before it says so.
	if err := w.syncDirs(); err != nil || left != nil {
		return errors.Join(err, left)
	}
	if err := w.write(manifestName, &file{body: final}); err != nil {
		return err
	}
	return w.syncDirs()
}

// writeAll writes files. One of an article that changed since it was read is
// left as it was and reported, and everything else is written; the manifest
// stays incomplete, so that the next run tries again.
func (w *writer) writeAll(ctx context.Context, names []string) (left, err error) {
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return left, err
		}
		err := w.write(name, w.wanted[name])
		if errors.Is(err, errAssetChanged) {
			left = errors.Join(left, err)
			continue
		}
		if err != nil {
			return left, err
		}
		w.changed = append(w.changed, name)
	}
	return left, nil
}

// announce says, before anything changes, which files are about to be ours: a
// crash in the midst of it must not make them look like somebody else's.
func (w *writer) announce(s *Snapshot) error {
	m := newManifest(s, w.wanted)
	m.Complete = false
	for path, sum := range w.old.Files {
		if m.Files[path] == "" {
			m.Files[path] = sum
		}
	}
	body, err := m.bytes()
	if err != nil {
		return err
	}
	return w.write(manifestName, &file{body: body})
}

// pending returns the paths that must be written, in order: what is not there
// yet or differs. A file of somebody else's in the way is an error, before
// anything was changed.
func (w *writer) pending() (paths []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(w.wanted)) {
		info, err := w.root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			paths = append(paths, name)
			continue
		}
		if err != nil {
			return nil, err
		}
		sum, ours := w.old.Files[name]
		f := w.wanted[name]
		if f.asset != nil && ours && w.old.Complete && sum == hex.EncodeToString(f.sum[:]) && info.Size() == f.asset.Size {
			continue
		}
		if info.Mode().IsRegular() && w.holds(name, f) || name == ".nojekyll" {
			continue
		}
		if !ours {
			return nil, fmt.Errorf("%w: %s is in the way; move it elsewhere, or choose another output directory", ErrForeign, name)
		}
		paths = append(paths, name)
	}
	return paths, nil
}

// holds reports whether a file has the wanted bytes. It is read rather than
// believed: a restored backup or another hand may have changed it.
func (w *writer) holds(name string, f *file) bool {
	in, err := w.root.Open(name)
	if err != nil {
		return false
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if f.asset == nil && info.Size() != int64(len(f.body)) || f.asset != nil && info.Size() != f.asset.Size {
		return false
	}
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return false
	}
	sum := f.sum
	if f.asset == nil {
		sum = sha256.Sum256(f.body)
	}
	return [sha256.Size]byte(h.Sum(nil)) == sum
}

// gone returns the paths that an earlier run wrote and this one does not.
func (w *writer) gone() (paths []string) {
	for _, name := range slices.Sorted(maps.Keys(w.old.Files)) {
		if w.wanted[name] == nil && name != manifestName {
			paths = append(paths, name)
		}
	}
	return paths
}

// write replaces a file by way of a temporary one in the same directory.
func (w *writer) write(name string, f *file) (err error) {
	dir := path.Dir(name)
	if err := w.makeDir(dir); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info, err := w.root.Lstat(name); err == nil && info.Mode().IsRegular() {
		mode = info.Mode().Perm()
	}
	temp := path.Join(dir, tempPrefix+path.Base(name))
	defer func() {
		if err != nil {
			_ = w.root.Remove(temp) // Swept by the next run when this fails too.
		}
	}()
	if err := w.fill(temp, f, mode); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := w.root.Rename(temp, name); err != nil {
		return err
	}
	w.touched[dir] = true
	return nil
}

// fill writes and syncs a new file.
func (w *writer) fill(name string, f *file, mode fs.FileMode) error {
	out, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if f.asset != nil {
		err = f.asset.copy(out)
	} else {
		_, err = out.Write(f.body)
	}
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
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

// remove deletes files and the directories that they leave empty.
func (w *writer) remove(paths []string) error {
	for _, name := range paths {
		err := w.root.Remove(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil {
			w.changed = append(w.changed, name)
		}
		dir := path.Dir(name)
		for ; dir != "." && w.root.Remove(dir) == nil; dir = path.Dir(dir) {
			delete(w.touched, dir)
		}
		w.touched[dir] = true
	}
	return nil
}

// sweep removes what a crash left half written (XJ08), in the directories that
// documents lie in.
func (w *writer) sweep() error {
	for _, dir := range w.dirs() {
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
