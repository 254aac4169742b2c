package publisher

import (
	"cmp"
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

	"golang.org/x/sync/errgroup"
)

// ErrForeign is returned when a file that Weir did not write stands where one
// of its documents belongs.
var ErrForeign = errors.New("file was not written by Weir")

// errFounding is returned for a snapshot without content.
var errFounding = errors.New("first poll is still running: nothing to write yet")

// file is what one path shall hold: bytes, or an asset to be copied.
type file struct {
	body  []byte
	asset *Asset
	sum   [sha256.Size]byte
	// done says that the file is as it shall be, and that body may be gone.
	done bool
}

// writer makes one directory hold one snapshot.
type writer struct {
	root   *os.Root
	dir    string
	wanted map[string]*file
	old    *manifest
	// pages are the states of archives and older pages, jobs those to be written.
	pages   map[string]string
	jobs    []pageJob
	changed []string
	// removed is what the operator removed.
	removed []remembered
	// touched are the directories whose entries changed.
	touched map[string]bool
}

// WriteFiles makes dir hold the documents of s, compressed twins beside them,
// and returns the paths that it wrote or removed, in order. Each file appears
// whole or not at all: it is written under another name in the same directory,
// synced and renamed (XJ07). Files that are right already are not touched.
//
// Only files that an earlier call wrote, or that are absent, are written, and no
// link leads out of dir; otherwise the error wraps [ErrForeign] and nothing has changed. On any error
// what was there before is still whole, and the next call completes the work.
func WriteFiles(ctx context.Context, dir string, s *Snapshot) (changed []string, err error) {
	if s.founding {
		return nil, fmt.Errorf("write %s: %w", dir, errFounding)
	}
	if err := s.Pack(ctx, nil); err != nil {
		return nil, fmt.Errorf("write files: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		if at, link := os.Readlink(dir); link == nil {
			err = fmt.Errorf("%s is a link to %s, which is not there: %w", dir, at, fs.ErrNotExist)
		}
		return nil, fmt.Errorf("write files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("write files: %w", err)
	}
	defer root.Close()
	w := &writer{root: root, dir: dir, wanted: s.files(), pages: make(map[string]string), touched: make(map[string]bool)}
	if err := w.run(ctx, s); err != nil {
		return w.changed, fmt.Errorf("write files in %s: %w", dir, err)
	}
	slices.Sort(w.changed)
	return w.changed, nil
}

// files lists what a directory of the snapshot holds.
func (s *Snapshot) files() map[string]*file {
	files := make(map[string]*file, 4*len(s.docs)+1)
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
		for c, body := range d.packed.Load() {
			if body != nil {
				add(path+coding(c).suffix(), body)
			}
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
	if w.removed, err = s.history.p.remember(ctx); err != nil {
		return err
	}
	if err := w.planArchives(s); err != nil {
		return err
	}
	pending, err := w.pending()
	if err != nil {
		return err
	}
	if len(pending)+len(w.jobs)+len(w.gone()) > 0 {
		if err := w.announce(s); err != nil {
			return err
		}
	} else if final, err := newManifest(s, w).bytes(); err != nil || w.holds(manifestName, &file{body: final}) {
		return err
	}
	// What links to the archives comes after them.
	if err := w.writeArchives(ctx, s); err != nil {
		return err
	}
	left, err := w.writeAll(ctx, pending)
	if err != nil {
		return err
	}
	if err := w.remove(w.gone()); err != nil {
		return err
	}
	// What the manifest calls complete must be durable before it says so.
	if err := w.syncDirs(); err != nil || left != nil {
		return errors.Join(err, left)
	}
	final, err := newManifest(s, w).bytes()
	if err != nil {
		return err
	}
	if err := w.write(manifestName, &file{body: final}); err != nil {
		return err
	}
	return w.syncDirs()
}

// Files are filled side by side and renamed in order: a disk takes many syncs
// at once in little more time than one.
const (
	batchSize  = 64
	batchHands = 16
)

// writeAll writes files. One of an article that changed since it was read is
// left as it was and reported, and everything else is written; the manifest
// stays incomplete, so that the next run tries again.
func (w *writer) writeAll(ctx context.Context, names []string) (left, err error) {
	for batch := range slices.Chunk(names, batchSize) {
		if err := ctx.Err(); err != nil {
			return left, err
		}
		failed := w.fillAll(batch)
		for i, name := range batch {
			switch {
			case errors.Is(failed[i], errAssetChanged):
				left = errors.Join(left, failed[i])
			case failed[i] != nil:
				err = cmp.Or(err, failed[i])
			case err != nil:
				_ = w.root.Remove(tempOf(name)) // Swept by the next run when this fails too.
			default:
				err = w.place(name)
			}
		}
		if err != nil {
			return left, err
		}
	}
	return left, nil
}

// fillAll writes and syncs the temporary files of a batch.
func (w *writer) fillAll(batch []string) []error {
	failed := make([]error, len(batch))
	var hands errgroup.Group
	hands.SetLimit(batchHands)
	for i, name := range batch {
		if failed[i] = w.makeDir(path.Dir(name)); failed[i] != nil {
			continue
		}
		hands.Go(func() error {
			failed[i] = w.fill(name, w.wanted[name])
			return nil
		})
	}
	_ = hands.Wait() // Errors are told by position.
	return failed
}

// place gives a filled file its name.
func (w *writer) place(name string) error {
	if err := w.root.Rename(tempOf(name), name); err != nil {
		_ = w.root.Remove(tempOf(name))
		return err
	}
	w.touched[path.Dir(name)] = true
	w.changed = append(w.changed, name)
	return nil
}

// announce says, before anything changes, which files are about to be ours: a
// crash in the midst of it must not make them look like somebody else's.
func (w *writer) announce(s *Snapshot) error {
	m := newManifest(s, w)
	m.Complete = false
	for i := range w.jobs {
		for _, name := range w.jobs[i].names() {
			m.Files[name] = ""
		}
	}
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
		if w.wanted[name].done {
			continue
		}
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
		if info.IsDir() {
			return nil, foreign(name)
		}
		if f.asset != nil && ours && w.old.Complete && sum == hex.EncodeToString(f.sum[:]) && info.Size() == f.asset.Size {
			continue
		}
		if info.Mode().IsRegular() && w.holds(name, f) || name == ".nojekyll" {
			continue
		}
		if !ours {
			return nil, foreign(name)
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

func foreign(name string) error {
	return fmt.Errorf("%w: %s is in the way; move it elsewhere, or choose another output directory", ErrForeign, name)
}
