package article_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"weir/aggregator/article"
	"weir/feed"
)

// One article is read as the whole folder reads it: with its pictures, with
// the address of an article that has another slug than its file, by path and by
// name.
func TestReadOne(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.md":             "---\ntitle: A\n---\n![p](p.png) [b](sub/b.md) [d](sub/dir/) [[Far note]] [gone](gone.md)\n",
		"p.png":            "\x89PNG",
		"sub/b.md":         "---\ntitle: B\nslug: beta\n---\n[up](../a.md)\n",
		"sub/dir/index.md": "---\ntitle: D\nslug: delta\n---\nText.\n",
		"sub/Far note.md":  "---\nslug: far\n---\nText.\n",
		"other.md":         "---\ntitle: [\n---\n",
		"two.txt":          "Title: One\nBody: Text.\n\nTitle: Two\nBody: Text.\n",
	})
	all := look(t, open(t, article.Options{Dir: dir}), now)
	want := map[string][]feed.Item{}
	for _, it := range all.Document.Items {
		file := map[string]string{"A": "a.md", "B": "sub/b.md", "D": "sub/dir/index.md", "One": "two.txt", "Two": "two.txt"}[it.Title]
		want[file] = append(want[file], it)
	}
	for _, name := range []string{"a.md", "sub/b.md", "sub/dir/index.md", "two.txt"} {
		res := lookAtOne(t, dir, name)
		if len(want[name]) == 0 {
			t.Fatalf("the folder gives nothing of %s", name)
		}
		if diff := cmp.Diff(want[name], res.Document.Items, cmpopts.IgnoreFields(feed.Item{}, "Position")); diff != "" {
			t.Errorf("%s (-folder +one):\n%s", name, diff)
		}
	}
	if got := lookAtOne(t, dir, "a.md").Problems; len(got) != 1 || got[0].File != "a.md" {
		t.Errorf("problems of a.md = %v, want that gone.md does not exist", got)
	}
}

// What a folder holds back is shown, and told as such.
func TestReadOneShowsWhatWaits(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"draft.md":   "---\ntitle: D\ndraft: true\n---\nText.\n",
		"later.md":   "---\ntitle: L\npublishDate: 2027-01-01\n---\nText.\n",
		"expired.md": "---\ntitle: E\nexpires: 2026-01-01\n---\nText.\n",
	})
	for name, want := range map[string][3]int{"draft.md": {1, 0, 0}, "later.md": {0, 1, 0}, "expired.md": {0, 0, 1}} {
		res := lookAtOne(t, dir, name)
		if got := [3]int{res.Drafts, len(res.Document.Waiting), res.Expired}; got != want || len(res.Document.Items) != 1 {
			t.Errorf("%s: drafts, scheduled, expired = %v with %d items, want %v with one", name, got, len(res.Document.Items), want)
		}
	}
}

// What is no regular file, or too large, is refused without being opened
// (XJ01, XJ03).
func TestReadOneRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.md")); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"large.md": ""})
	if err := os.Truncate(filepath.Join(dir, "large.md"), 1<<40); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pipe.md", "zero.md", "large.md", "missing.md"} {
		if res := lookAtOne(t, dir, name); len(res.Document.Items) != 0 || len(res.Problems) != 1 || res.Problems[0].File != name {
			t.Errorf("%s: %d items, problems %v; want none and one", name, len(res.Document.Items), res.Problems)
		}
	}
}

func lookAtOne(t *testing.T, dir, name string) *article.Result {
	t.Helper()
	res, err := open(t, article.Options{Dir: dir, Zone: time.UTC}).ReadOne(t.Context(), name, now)
	if err != nil {
		t.Fatal(err)
	}
	return res
}
