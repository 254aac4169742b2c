package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"

	"weir/feed"
)

// settledFile is how long ago a file must have been written for its time to
// tell two versions of it apart.
const settledFile = 2 * time.Second

// errChanging is a file that is being written.
var errChanging = errors.New("it changed while it was read")

// ReadFile reads a source that is a file on this machine; r.URL is its path.
// Only regular files are read, at most limit bytes of them (0 means 10 MiB);
// Cut says that there are more; gzip is decoded. Size and time of modification stand for an
// ETag, so a file that was not written is not read again. The error is an
// [*Error], or wraps the context's.
func ReadFile(ctx context.Context, r Request, limit int64) (*Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	set(&limit, 10<<20)
	resp, err := readFile(r, limit)
	if err != nil {
		return nil, fileError(r.URL, err)
	}
	return resp, nil
}

func readFile(r Request, limit int64) (*Response, error) {
	info, err := os.Stat(r.URL)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a device can do things already
		return nil, errIrregular
	}
	resp := &Response{
		Modified:   info.ModTime().UTC(),
		Validators: feed.Validators{URL: r.URL, Final: r.URL, ETag: fileTag(info, time.Now())},
	}
	if resp.Validators.ETag != "" && resp.Validators == r.Validators {
		resp.NotModified = true
		return resp, nil
	}
	b := &buffer{bytes: make([]byte, 0, min(info.Size(), limit)+1)}
	if err := slurp(r.URL, info, b, limit); err != nil {
		if !errors.Is(err, errFull) {
			return nil, err
		}
		resp.Cut = true
	}
	var cut bool
	if resp.Body, cut, err = Unpack(b.bytes, limit); err != nil {
		return nil, err
	}
	resp.Cut = resp.Cut || cut
	return resp, nil
}

// Unpack decodes a document that is gzip, as programs that save what came over
// the network leave it (P72), up to limit bytes; cut says that there are more.
// Any other document it returns as it is. One that ends early gives what there
// is of it.
func Unpack(document []byte, limit int64) (plain []byte, cut bool, err error) {
	if !hasMagic(document) {
		return document, false, nil
	}
	from, err := gzip.NewReader(bytes.NewReader(document))
	if err != nil {
		return nil, false, &codingError{err}
	}
	b := &buffer{}
	switch err := b.fill(from, limit); {
	case errors.Is(err, errFull):
		cut = true
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, false, &codingError{err}
	}
	if hasMagic(b.bytes) {
		return nil, false, &codingError{errStacked}
	}
	return b.bytes, cut, nil
}

// errIrregular is a folder, pipe, socket or device.
var errIrregular = errors.New("it is not a regular file")

// slurp reads the file that info describes. It is opened without waiting, as
// a pipe may have taken its place (XJ01), and must be the same and unchanged
// at the end (XJ02).
func slurp(path string, info fs.FileInfo, b *buffer, limit int64) error {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	if !opened.Mode().IsRegular() {
		return errIrregular
	}
	full := b.fill(f, limit)
	if full != nil && !errors.Is(full, errFull) {
		return full
	}
	after, err := f.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(info, after) || after.Size() != info.Size() || !after.ModTime().Equal(info.ModTime()) {
		return errChanging
	}
	return full
}

// fileTag makes a validator of size and time, none while the file is so young
// that a second write could leave both as they are.
func fileTag(info fs.FileInfo, now time.Time) string {
	if age := now.Sub(info.ModTime()); age < settledFile {
		return ""
	}
	return fmt.Sprintf(`"%x-%x"`, info.Size(), info.ModTime().UnixNano())
}

// fileError names the file without its folder, as problems may be published.
func fileError(path string, err error) *Error {
	name := filepath.Base(path)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	text := "The file %s cannot be read: %v; check its path and permissions."
	var coding *codingError
	switch {
	case errors.As(err, &coding):
		err, text = errors.New(coding.reason()), "The file %s cannot be decoded: %v."
	case errors.Is(err, fs.ErrNotExist):
		text = "The file %s cannot be found: %v; check its path."
	case errors.Is(err, errChanging):
		text = "The file %s is being written: %v; it is read again later."
	}
	e := fail(name, "file", err, text, name, err)
	e.verb = "read"
	return e
}
