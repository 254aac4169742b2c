package publisher_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/publisher"
)

func write(t testing.TB, dir string, s *publisher.Snapshot) []string {
	t.Helper()
	changed, err := publisher.WriteFiles(t.Context(), dir, s)
	if err != nil {
		t.Fatalf("WriteFiles: %v", err)
	}
	return changed
}

// list returns the paths of all files in a directory.
func list(t testing.TB, dir string) (paths []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestWriteFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	s := render(t, newPublisher(t, options(), library()))
	changed := write(t, dir, s)
	for path, doc := range s.All() {
		got, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if doc.Asset == nil && !bytes.Equal(got, doc.Body) {
			t.Errorf("%s: not the bytes that are served", path)
		}
		for suffix, coding := range map[string]string{".gz": "gzip", ".br": "br", ".zst": "zstd"} {
			twin, err := os.ReadFile(filepath.Join(dir, path+suffix))
			if (err == nil) != (doc.Coded(coding) != nil) || !bytes.Equal(twin, doc.Coded(coding)) {
				t.Errorf("%s%s: not the bytes that are served", path, suffix)
			}
			if err == nil && !bytes.Equal(unpack(t, coding, twin), doc.Body) {
				t.Errorf("%s%s does not hold the document", path, suffix)
			}
		}
	}
	if got, err := os.ReadFile(filepath.Join(dir, "e/how-weirs-work/diagram.svg")); err != nil || string(got) != diagram {
		t.Errorf("the article's file: %q, %v", got, err)
	}
	want := slices.DeleteFunc(list(t, dir), func(p string) bool { return p == ".weir.json" })
	slices.Sort(want)
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Errorf("changed differs from what is there (-there +told):\n%s", diff)
	}
	var manifest struct {
		Version, Digest string
		Revisions       map[string]uint64
		Files           map[string]string
	}
	data, err := os.ReadFile(filepath.Join(dir, ".weir.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatalf("manifest: %v", err)
	}
	if manifest.Version != "1.2.3" || manifest.Digest != "config-1" || len(manifest.Revisions) != 3 || len(manifest.Files) != len(want) {
		t.Errorf("manifest = %.200s", data)
	}
}

// Nothing that is right already is touched, and what changed is replaced
// alone, keeping its mode (XJ07).
func TestWriteFilesOnlyWhatChanged(t *testing.T) {
	dir := t.TempDir()
	shelf := library()
	p := newPublisher(t, options(), shelf)
	write(t, dir, render(t, p))
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, path := range list(t, dir) {
		if err := os.Chtimes(filepath.Join(dir, path), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "go/rss.xml"), 0o664); err != nil {
		t.Fatal(err)
	}
	if changed := write(t, dir, render(t, p)); len(changed) > 0 {
		t.Errorf("nothing moved, and %v were written", changed)
	}
	for _, path := range list(t, dir) {
		if info, _ := os.Stat(filepath.Join(dir, path)); !info.ModTime().Equal(old) {
			t.Errorf("%s was touched", path)
		}
	}
	post := blogPost()
	post.Tags = nil
	shelf.put("go", post)
	changed := write(t, dir, render(t, p))
	for _, path := range changed {
		if !strings.HasPrefix(path, "go/") {
			t.Errorf("%s was written although its channel stayed", path)
		}
	}
	if !slices.Contains(changed, "go/rss.xml") {
		t.Errorf("changed = %v; want go/rss.xml among them", changed)
	}
	if info, _ := os.Stat(filepath.Join(dir, "go/rss.xml")); info.Mode().Perm() != 0o664 {
		t.Errorf("mode %v; want the one it had", info.Mode())
	}
}

func TestCurrent(t *testing.T) {
	dir := t.TempDir()
	s := render(t, newPublisher(t, options(), library()))
	revisions := s.Revisions()
	if publisher.Current(dir, "config-1", revisions) {
		t.Error("an empty directory is current")
	}
	write(t, dir, s)
	if !publisher.Current(dir, "config-1", revisions) {
		t.Error("the directory just written is not current")
	}
	if publisher.Current(dir, "config-2", revisions) {
		t.Error("current although the configuration changed")
	}
	revisions["go"]++
	if publisher.Current(dir, "config-1", revisions) {
		t.Error("current although a revision moved")
	}
	if publisher.Current(dir, "config-1", nil) {
		t.Error("current for a store that knows no channel")
	}
	// What people do to begin anew leaves the dotted files behind.
	if err := os.Remove(filepath.Join(dir, "index.html")); err != nil {
		t.Fatal(err)
	}
	if publisher.Current(dir, "config-1", s.Revisions()) {
		t.Error("current although the page is gone")
	}
	if changed := write(t, dir, s); !slices.Equal(changed, []string{"index.html"}) {
		t.Errorf("changed = %v; want only what was missing", changed)
	}
}

// A file of somebody else's is never replaced nor removed.
func TestWriteFilesForeign(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	dir := t.TempDir()
	for path, text := range map[string]string{"index.html": "mine", "CNAME": "planet.example.org", "e/how-weirs-work/notes.txt": "mine too"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := list(t, dir)
	_, err := publisher.WriteFiles(t.Context(), dir, s)
	if !errors.Is(err, publisher.ErrForeign) || !strings.Contains(err.Error(), "index.html") {
		t.Fatalf("WriteFiles = %v; want ErrForeign and the file's name", err)
	}
	if diff := cmp.Diff(before, list(t, dir)); diff != "" {
		t.Errorf("something was written all the same:\n%s", diff)
	}
	if err := os.Remove(filepath.Join(dir, "index.html")); err != nil {
		t.Fatal(err)
	}
	write(t, dir, s)
	// The article goes; its directory stays, for the file that is not ours.
	shelf := library()
	shelf.put(".articles")
	changed := write(t, dir, render(t, newPublisher(t, options(), shelf)))
	if !slices.Contains(changed, "e/how-weirs-work/index.html") {
		t.Errorf("changed = %v; want the page removed", changed)
	}
	for _, path := range []string{"CNAME", "e/how-weirs-work/notes.txt"} {
		if _, err := os.Stat(filepath.Join(dir, path)); err != nil {
			t.Errorf("a file that Weir did not write is gone: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "e/how-weirs-work/diagram.svg")); err == nil {
		t.Error("the file of an article that is gone is still there")
	}
}

// A directory that a removed channel leaves empty goes with it.
func TestWriteFilesRemovesChannel(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, render(t, newPublisher(t, options(), library())))
	opt := options()
	opt.Channels, opt.Digest = opt.Channels[:1], "config-2"
	write(t, dir, render(t, newPublisher(t, opt, library())))
	if _, err := os.Stat(filepath.Join(dir, "go")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the channel's directory is still there: %v", err)
	}
}

// A run that was killed leaves no trace behind, and is completed by the next
// one, whatever it had written (XJ08).
func TestWriteFilesAfterCrash(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	whole := t.TempDir()
	write(t, whole, s)
	data, err := os.ReadFile(filepath.Join(whole, ".weir.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		// What a kill in the midst of the first run leaves.
		".weir.json":             strings.Replace(string(data), `"complete":true`, `"complete":false`, 1),
		".weir-tmp-rss.xml":      "half",
		"go/.weir-tmp-index.htm": "half",
		"index.html":             "of an earlier version",
		"atom.xml":               body(t, s, "atom.xml"),
	} {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if publisher.Current(dir, "config-1", s.Revisions()) {
		t.Error("an unfinished directory is current")
	}
	changed := write(t, dir, s)
	if slices.Contains(changed, "atom.xml") || !slices.Contains(changed, "index.html") {
		t.Errorf("changed = %v; want what was not right yet", changed)
	}
	if diff := cmp.Diff(list(t, whole), list(t, dir)); diff != "" {
		t.Errorf("files (-whole +completed):\n%s", diff)
	}
}

// A manifest that another hand tore tells nothing: right files are recognised
// by their bytes, and it is written anew.
func TestWriteFilesTornManifest(t *testing.T) {
	dir := t.TempDir()
	s := render(t, newPublisher(t, options(), library()))
	write(t, dir, s)
	if err := os.WriteFile(filepath.Join(dir, ".weir.json"), []byte(`{"version":`), 0o644); err != nil {
		t.Fatal(err)
	}
	if changed := write(t, dir, s); len(changed) > 0 {
		t.Errorf("written again: %v", changed)
	}
	if text, err := os.ReadFile(filepath.Join(dir, ".weir.json")); err != nil || !json.Valid(text) {
		t.Errorf("the manifest is still torn: %v", err)
	}
}

// A directory that cannot be written is an error that names it, and what it
// holds stays whole.
func TestWriteFilesReadOnly(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root writes anywhere: a file stands in for the directory")
	}
	dir := t.TempDir()
	shelf := library()
	p := newPublisher(t, options(), shelf)
	write(t, dir, render(t, p))
	before, _ := os.ReadFile(filepath.Join(dir, "go/rss.xml"))
	post := blogPost()
	post.Summary = "New"
	shelf.put("go", post)
	if err := os.Chmod(filepath.Join(dir, "go"), 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "go"), 0o755) })
	if _, err := publisher.WriteFiles(t.Context(), dir, render(t, p)); os.Getuid() != 0 {
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), dir) {
			t.Errorf("WriteFiles = %v; want an error that names the directory", err)
		}
		if after, _ := os.ReadFile(filepath.Join(dir, "go/rss.xml")); !bytes.Equal(before, after) {
			t.Error("the old file did not stay")
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := publisher.WriteFiles(t.Context(), file, render(t, p)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("WriteFiles into a file = %v", err)
	}
	link := filepath.Join(t.TempDir(), "public")
	if err := os.Symlink("unmounted", link); err != nil {
		t.Fatal(err)
	}
	if _, err := publisher.WriteFiles(t.Context(), link, render(t, p)); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "link to unmounted") {
		t.Errorf("WriteFiles through a link to nowhere = %v", err)
	}
}

func TestWriteFilesCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	s := render(t, newPublisher(t, options(), library()))
	if _, err := publisher.WriteFiles(ctx, dir, s); !errors.Is(err, context.Canceled) {
		t.Fatalf("WriteFiles = %v; want it cancelled", err)
	}
	write(t, dir, s)
}

// An output directory does not lead out of itself.
func TestWriteFilesStaysInside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "go")); err != nil {
		t.Fatal(err)
	}
	if _, err := publisher.WriteFiles(t.Context(), dir, render(t, newPublisher(t, options(), library()))); err == nil {
		t.Error("WriteFiles followed a link out of the directory")
	}
	if got := list(t, outside); len(got) > 0 {
		t.Errorf("%v were written outside", got)
	}
}

// A file that changed since its article was read is not published; the rest
// is, and the directory is not called finished.
func TestWriteFilesChangedAsset(t *testing.T) {
	folder := articleFolder()
	opt := options()
	opt.Assets["articles"] = folder
	s := render(t, newPublisher(t, opt, library()))
	folder["weirs/diagram.svg"].Data = bytes.ToUpper([]byte(diagram))
	dir := t.TempDir()
	if _, err := publisher.WriteFiles(t.Context(), dir, s); err == nil || !strings.Contains(err.Error(), "diagram.svg") {
		t.Errorf("WriteFiles = %v; want an error that names the file", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		t.Errorf("the rest was not written: %v", err)
	}
	if publisher.Current(dir, "config-1", s.Revisions()) {
		t.Error("called finished")
	}
	folder["weirs/diagram.svg"].Data = []byte(diagram)
	if changed := write(t, dir, s); !slices.Equal(changed, []string{"e/how-weirs-work/diagram.svg"}) {
		t.Errorf("changed = %v; want the file that was left", changed)
	}
}
