package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// links are those of a store's entries, read by its own means.
func links(t *testing.T, path string, cfg store.Configuration) []string {
	t.Helper()
	s := open(t, path, func() time.Time { return benchNow })
	defer s.Close()
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range w.Entries {
		list = append(list, e.Slug+" "+e.Link)
	}
	slices.Sort(list)
	return list
}

// names are those of the files in a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range files {
		list = append(list, f.Name())
	}
	return list
}

// A backup is whole when it has its name, is made while others write, replaces
// an older one, and never the store (XK17).
func TestBackupTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	dir := t.TempDir()
	to := filepath.Join(dir, "copy.db")
	s := open(t, path, func() time.Time { return benchNow })
	cfg, docs := planet(1, 100)
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	if err := s.BackupTo(to, nil); err != nil { // of a first cycle as well
		t.Fatal(err)
	}
	commit(t, s, docs[0])
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	writing, stop := make(chan error), make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				writing <- nil
				return
			default:
			}
			claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: benchNow.Add(time.Hour)})
			if err == nil {
				_, err = s.Commit([]feed.Report{{
					Source: claims[0].Source.ID, Token: claims[0].Token, Document: docs[0],
					Poll: feed.PollState{Validators: feed.Validators{ETag: fmt.Sprint(n)}},
				}})
			}
			if err != nil {
				writing <- err
				return
			}
		}
	}()
	for range 5 {
		if err := s.BackupTo(to, nil); err != nil {
			t.Error(err)
		}
		if err := bolt.Verify(to); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	if err := <-writing; err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		if err := s.BackupTo(name, nil); err == nil || !strings.Contains(err.Error(), "a file of its own") {
			t.Errorf("BackupTo(%s) = %v; want it refused", name, err)
		}
	}
	// One that does not verify never gets the name.
	before, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	bad := errors.New("bad")
	if err := s.BackupTo(to, func(string) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("BackupTo = %v; want what the verifier said", err)
	}
	if after, err := os.ReadFile(to); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the backup was replaced by one that is no good: %v", err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"copy.db", "link.db"}, names(t, dir)); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
	if diff := cmp.Diff(links(t, path, cfg), links(t, to, cfg)); diff != "" {
		t.Errorf("(-store +backup):\n%s", diff)
	}
}

// Restoring puts a verified copy in place, keeps what was there, and leaves
// everything as it is when the backup is no good or the store is held (XK16,
// XK18).
func TestRestore(t *testing.T) {
	cfg, _ := planet(1, 100)
	path, backup := whole(t, 3), whole(t, 20)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same := func(why string) {
		t.Helper()
		after, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the store was touched: %v", why, err)
		}
		if diff := cmp.Diff([]string{"weir.db"}, names(t, filepath.Dir(path))); diff != "" {
			t.Errorf("%s: files:\n%s", why, diff)
		}
	}
	s := open(t, path, nil)
	var held *store.HeldError
	if _, err := bolt.Restore(backup, path, benchNow, nil); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("Restore over a store in use = %v; want held", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.db")
	good, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	for what, data := range map[string][]byte{
		"empty": {}, "cut off": good[:used(t, good)/2], "a text": []byte(strings.Repeat("no store\n", 9999)),
		"a flipped bit": flipped(t, backup),
	} {
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Restore(bad, path, benchNow, nil); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("Restore from a backup that is %s = %v; want ErrCorrupt", what, err)
		}
		same(what)
	}
	for _, from := range []string{path, filepath.Join(t.TempDir(), "none.db"), t.TempDir()} {
		if _, err := bolt.Restore(from, path, benchNow, nil); err == nil {
			t.Errorf("Restore from %s worked", from)
		}
		same(from)
	}
	aside, err := bolt.Restore(backup, path, benchNow, nil)
	if err != nil || aside != path+".replaced-"+benchNow.UTC().Format("20060102T150405Z") {
		t.Fatalf("Restore = %s, %v", aside, err)
	}
	if after, err := os.ReadFile(aside); err != nil || !bytes.Equal(before, after) {
		t.Errorf("what was there is not kept: %v", err)
	}
	if again, err := bolt.Restore(backup, path, benchNow, nil); err != nil || again != aside+"-2" {
		t.Errorf("Restore in the same second = %s, %v", again, err)
	}
	if got := links(t, path, cfg); len(got) != 20 {
		t.Errorf("%d entries; want the backup's 20", len(got))
	}
	// Where there is no store, there is one afterwards.
	fresh := filepath.Join(t.TempDir(), "weir.db")
	if aside, err := bolt.Restore(backup, fresh, benchNow, nil); err != nil || aside != "" {
		t.Errorf("Restore where nothing is = %q, %v", aside, err)
	}
	if diff := cmp.Diff(links(t, backup, cfg), links(t, fresh, cfg)); diff != "" {
		t.Errorf("(-backup +store):\n%s", diff)
	}
}

// flipped returns a store of which one record is damaged.
func flipped(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[valueAt(t, path, "entries")+9] ^= 1
	return data
}

// Backups are due by the clock, named by it, kept in number, and only those of
// the store are ever removed (XK17).
func TestBackups(t *testing.T) {
	path := whole(t, 3)
	s := open(t, path, func() time.Time { return benchNow })
	defer s.Close()
	dir := filepath.Join(t.TempDir(), "backups")
	b := bolt.Backups{Dir: dir, Every: 24 * time.Hour, Keep: 2}
	due := func(at time.Time, want bool) {
		t.Helper()
		if got, err := b.Due(path, at); err != nil || got != want {
			t.Errorf("Due(%v) = %v, %v; want %v", at, got, err, want)
		}
	}
	day := func(n int) time.Time { return time.Date(2026, 11, n, 5, 6, 7, 89, time.UTC) }
	due(day(1), true)
	for n := 1; n <= 4; n++ {
		made, err := b.Take(s, day(n))
		if err != nil || made != filepath.Join(dir, fmt.Sprintf("weir-202611%02dT050607Z.db", n)) {
			t.Fatalf("Take = %s, %v", made, err)
		}
		if n == 1 {
			// What is not a backup of this store is left alone.
			for _, name := range []string{"weir-notes.db", "other-20261101T050607Z.db", "weir-20261101T050607Z.db.bak"} {
				if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	want := []string{"other-20261101T050607Z.db", "weir-20261101T050607Z.db.bak", "weir-20261103T050607Z.db", "weir-20261104T050607Z.db", "weir-notes.db"}
	if diff := cmp.Diff(want, names(t, dir)); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
	due(day(4).Add(time.Hour), false)
	due(day(5), true)
	// A clock that went back makes one backup and no storm of them.
	due(day(2), true)
	if _, err := b.Take(s, day(2)); err != nil {
		t.Fatal(err)
	}
	due(day(2).Add(time.Hour), false)
	if newest, err := b.Newest(path); err != nil || newest != filepath.Join(dir, "weir-20261104T050607Z.db") {
		t.Errorf("Newest = %s, %v", newest, err)
	}
	// The newest that verifies is what counts.
	if err := os.Truncate(filepath.Join(dir, "weir-20261104T050607Z.db"), 9999); err != nil {
		t.Fatal(err)
	}
	if newest, err := b.Newest(path); err != nil || newest != filepath.Join(dir, "weir-20261102T050607Z.db") {
		t.Errorf("Newest = %s, %v", newest, err)
	}
}
