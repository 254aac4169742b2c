package publisher_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/publisher"
)

// What another hand removed before is no obstacle, be it the whole directory of
// a channel that goes, or what a crash kept from being written there.
func TestWriteFilesRemovesWhatIsGone(t *testing.T) {
	opt := options()
	opt.Channels, opt.Digest = opt.Channels[:1], "config-2"
	without := render(t, newPublisher(t, opt, library()))
	for name, spoil := range map[string]func(dir string) error{
		"all":       func(dir string) error { return os.RemoveAll(filepath.Join(dir, "go")) },
		"the last":  func(dir string) error { return os.Remove(filepath.Join(dir, "go", "sources.opml")) },
		"a level":   func(dir string) error { return os.RemoveAll(filepath.Join(dir, "go", "embed")) },
		"for files": func(dir string) error { return replaceBy(filepath.Join(dir, "go"), []byte("mine")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, render(t, newPublisher(t, options(), library())))
			if err := spoil(dir); err != nil {
				t.Fatal(err)
			}
			write(t, dir, without)
			if changed := write(t, dir, without); len(changed) > 0 {
				t.Errorf("the second time it changed %v", changed)
			}
			info, err := os.Stat(filepath.Join(dir, "go"))
			if mine := err == nil && info.Mode().IsRegular(); mine != (name == "for files") || err == nil && !mine {
				t.Errorf("go is %v, %v", info, err)
			}
		})
	}
}

// replaceBy puts a file where a directory is.
func replaceBy(dir string, text []byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.WriteFile(dir, text, 0o644)
}

// What stands in the way of a document is named before anything changed, and
// stays.
func TestWriteFilesObstacles(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	for name, put := range map[string]func(path string) error{
		"go":         func(path string) error { return replaceBy(path, []byte("mine")) },
		"go/embed":   func(path string) error { return os.Symlink("nowhere", path) },
		"go/rss.xml": func(path string) error { return os.Mkdir(path, 0o755) },
		"e":          func(path string) error { return os.Symlink(t.TempDir(), path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, s)
			path := filepath.Join(dir, name)
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(dir, "atom.xml")); err != nil {
				t.Fatal(err)
			}
			changed, err := publisher.WriteFiles(t.Context(), dir, s)
			if !errors.Is(err, publisher.ErrForeign) || !strings.Contains(err.Error(), ": "+name+" is in the way") || len(changed) > 0 {
				t.Errorf("WriteFiles = %v, %v; want %s named and nothing changed", changed, err, name)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write(t, dir, s)
		})
	}
}
