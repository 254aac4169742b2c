package article

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

var (
	errNotRegular = errors.New("not a regular file")
	errChanging   = errors.New("it changes while it is read; it is taken at the next look")
)

// openRegular opens a regular file inside the root. It never waits: a FIFO
// that took the file's place after it was looked at opens without a writer,
// and is then refused (XJ01).
func openRegular(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	seen, err := root.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, nil, errNotRegular
	}
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !os.SameFile(seen, info) {
		err = errNotRegular
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

// readStable reads a file of at most limit bytes and gives the state that it
// had before and after (XJ02).
func readStable(root *os.Root, name string, limit int64) ([]byte, fs.FileInfo, error) {
	file, info, err := openRegular(root, name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	if info.Size() > limit {
		return nil, info, fmt.Errorf("%d bytes are more than the %d allowed", info.Size(), limit)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, info, errChanging
	}
	after, err := file.Stat()
	if err != nil || !unchanged(info, after) {
		return nil, info, errChanging
	}
	return data, info, nil
}

// unchanged reports whether two looks at a name saw the same file in the same
// state.
func unchanged(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// FS returns the folder's files as the publisher needs them: regular files
// inside it, under the names that feed.Asset.Path holds.
func (f *Folder) FS() fs.FS { return folderFS{f} }

type folderFS struct{ folder *Folder }

// Open opens a regular file.
func (s folderFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	root, err := s.folder.open()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	file, _, err := openRegular(root, name)
	if errors.Is(err, errNotRegular) {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}
