package article_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"weir/aggregator/article"
)

// watch watches a folder in the background. The function it returns waits for
// the next word of a change, and fails the test when none comes.
func watch(t *testing.T, f *article.Folder) (next func(what string)) {
	t.Helper()
	told := make(chan struct{}, 64)
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- f.Watch(ctx, func() { told <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Watch = %v; want nil after its context ended", err)
		}
	})
	return func(what string) {
		t.Helper()
		select {
		case <-told:
		case <-time.After(10 * time.Second):
			t.Fatalf("no word of %s", what)
		}
	}
}

// Watch tells of every way in which editors and people change files.
func TestWatch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	write(t, dir, map[string]string{"a.md": "# A\n\nx", "sub/b.md": "# B\n\nx"})
	f := open(t, article.Options{Dir: dir})
	next := watch(t, f)

	// The first change is repeated until the watch is up.
	up := make(chan struct{})
	go func() {
		for {
			select {
			case <-up:
				return
			case <-time.After(200 * time.Millisecond):
				_ = os.WriteFile(filepath.Join(dir, "first.md"), []byte("# First\n\nx"), 0o644)
			}
		}
	}()
	next("a first file")
	close(up)

	// It may have been told of twice: wait for the state, not for the count.
	await := func(what, want string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; {
			if got := slugs(look(t, f, time.Now().Add(time.Hour))); got == want {
				return
			} else if time.Now().After(deadline) {
				t.Fatalf("%s: items are %q; want %q", what, got, want)
			}
			next(what)
		}
	}
	step := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		next(what)
	}
	step("an edit below", os.WriteFile(filepath.Join(dir, "sub/b.md"), []byte("---\nslug: bb\n---\n# B\n\ny"), 0o644))

	tmp := filepath.Join(dir, ".a.md.tmp")
	if err := os.WriteFile(tmp, []byte("---\nslug: aa\n---\n# A\n\ny"), 0o644); err != nil {
		t.Fatal(err)
	}
	step("an editor's rename", os.Rename(tmp, filepath.Join(dir, "a.md")))

	step("a new directory", os.MkdirAll(filepath.Join(dir, "new/deep"), 0o755))
	step("a file in it", os.WriteFile(filepath.Join(dir, "new/deep/c.md"), []byte("# C\n\nx"), 0o644))
	step("a removal", os.Remove(filepath.Join(dir, "first.md")))
	await("the end", "c aa bb")

	// Deployments put a whole folder in the place of the old one.
	fresh := dir + ".new"
	write(t, fresh, map[string]string{"z.md": "# Z\n\nx"})
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	step("another folder in its place", os.Rename(fresh, dir))
	await("the new folder", "z")
	step("a file in the new folder", os.WriteFile(filepath.Join(dir, "y.md"), []byte("---\ndate: 2020-01-01\n---\n# Y\n\nx"), 0o644))
	await("the new file", "z y")
}

// Many changes in a row are told once they are over, not one by one.
func TestWatchGathers(t *testing.T) {
	dir := t.TempDir()
	f := open(t, article.Options{Dir: dir})
	calls := make(chan time.Time, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Watch(ctx, func() { calls <- time.Now() }) }()
	write := time.NewTicker(10 * time.Millisecond)
	defer write.Stop()
	end := time.After(600 * time.Millisecond)
	for writing := true; writing; {
		select {
		case <-write.C:
			if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("# A\n\nx"), 0o644); err != nil {
				t.Fatal(err)
			}
		case <-end:
			writing = false
		}
	}
	select {
	case <-calls:
	case <-time.After(10 * time.Second):
		t.Fatal("no word of the changes")
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if extra := len(calls); extra > 20 {
		t.Errorf("told %d times of 60 writes in a row", extra+1)
	}
}
