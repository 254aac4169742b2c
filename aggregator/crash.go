package aggregator

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// What is kept of documents that made the parser panic: enough to mend it,
// never enough to fill a disk. One document has at most the size that a poll
// reads (10 MiB unless Options says otherwise).
const (
	maxCrashes          = 16
	maxCrashesPerSource = 3
)

// crashes is the folder of documents that made the parser panic, for replay
// (XC23).
type crashes struct{ dir string }

// keep writes a document down and returns the file's name. The name is made
// of the source's id, which holds no secret, and of what the document says: a
// document that comes again and again is kept once.
func (c crashes) keep(source string, body []byte, now time.Time) (string, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return "", fmt.Errorf("keep a document: %w", err)
	}
	path := filepath.Join(c.dir, fmt.Sprintf("%s-%016x.feed", source, xxhash.Sum64(body)))
	if err := os.Chtimes(path, now, now); err == nil {
		return path, nil
	}
	if err := errors.Join(c.write(path, body), os.Chtimes(path, now, now)); err != nil {
		return "", fmt.Errorf("keep a document: %w", err)
	}
	if err := c.prune(source); err != nil {
		return path, fmt.Errorf("forget old documents: %w", err)
	}
	return path, nil
}

// write puts a whole file in place; CreateTemp gives it to nobody else (0600).
func (c crashes) write(path string, body []byte) error {
	f, err := os.CreateTemp(c.dir, ".tmp-*")
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// prune removes the oldest documents beyond what is kept, of this source and
// of all. Other files in the folder are not touched.
func (c crashes) prune(source string) error {
	type kept struct {
		name string
		at   time.Time
	}
	list, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	var files []kept
	for _, e := range list {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(e.Name(), ".feed") && !strings.HasPrefix(e.Name(), ".tmp-") {
			continue
		}
		files = append(files, kept{e.Name(), info.ModTime()})
	}
	slices.SortFunc(files, func(a, b kept) int {
		return cmp.Or(b.at.Compare(a.at), strings.Compare(a.name, b.name))
	})
	own, all := 0, 0
	for _, f := range files {
		mine := len(f.name) == len(source)+len("-0123456789abcdef.feed") && strings.HasPrefix(f.name, source+"-")
		if (!mine || own < maxCrashesPerSource) && all < maxCrashes {
			all++
			if mine {
				own++
			}
			continue
		}
		if err := os.Remove(filepath.Join(c.dir, f.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
