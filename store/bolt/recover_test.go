package bolt_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// A damaged store is put aside and the newest good backup takes its place, and
// both are named; without one nothing is touched (XK16).
func TestOpenOrRestore(t *testing.T) {
	cfg, docs := planet(1, 30)
	now := func() time.Time { return benchNow }
	for name, damage := range map[string]func(*testing.T, string){
		"cut off": func(t *testing.T, path string) { must1(t, os.Truncate(path, 20000)) },
		"empty":   func(t *testing.T, path string) { must1(t, os.Truncate(path, 0)) },
		"pages":   garble,
		"in use":  suspect,
	} {
		t.Run(name, func(t *testing.T) {
			path := whole(t, 20)
			b := bolt.Backups{Dir: filepath.Join(filepath.Dir(path), "backups"), Keep: 3}
			s := open(t, path, now)
			if _, err := b.Take(s, benchNow); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			want := links(t, path, cfg)
			damage(t, path)
			broken, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			before := names(t, filepath.Dir(path))
			none := bolt.Backups{Dir: filepath.Join(t.TempDir(), "none")}
			if _, _, err := bolt.OpenOrRestore(path, bolt.Options{Now: now}, none); !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), "begin anew") {
				t.Errorf("without a backup: %v; want ErrCorrupt and what can be done", err)
			}
			if diff := cmp.Diff(before, names(t, filepath.Dir(path))); diff != "" {
				t.Errorf("without a backup something was touched:\n%s", diff)
			}
			s, r, err := bolt.OpenOrRestore(path, bolt.Options{Now: now}, b)
			if err != nil || r == nil || !errors.Is(r.Damage, store.ErrCorrupt) {
				t.Fatalf("OpenOrRestore = %+v, %v", r, err)
			}
			if !strings.HasPrefix(r.Aside, path+".corrupt-") || filepath.Dir(r.Backup) != b.Dir {
				t.Errorf("Recovery = %+v", r)
			}
			if kept, err := os.ReadFile(r.Aside); err != nil || !bytes.Equal(kept, broken) {
				t.Errorf("the damaged file is not kept as it was: %v", err)
			}
			if err := s.Configure(cfg); err != nil {
				t.Fatal(err)
			}
			// What the sources still show of what the backup lacks comes back.
			if o := commit(t, s, docs[0]); o.Added != 10 {
				t.Errorf("the next poll came to %+v; want 10 added", o)
			}
			if err := errors.Join(s.Check(), s.Close()); err != nil {
				t.Error(err)
			}
			if got := links(t, path, cfg); len(got) != 30 || len(want) != 20 {
				t.Errorf("%d entries after %d", len(got), len(want))
			}
		})
	}
	// A store that is not damaged, or not there, is opened and that is all.
	path := filepath.Join(t.TempDir(), "weir.db")
	for range 2 {
		s, r, err := bolt.OpenOrRestore(path, bolt.Options{}, bolt.Backups{})
		if err != nil || r != nil {
			t.Fatalf("OpenOrRestore = %+v, %v", r, err)
		}
		must1(t, s.Close())
	}
}

func must1(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// garble destroys all pages but the headers.
func garble(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	must1(t, err)
	for i := 8192; i < len(data); i++ {
		data[i] ^= 0x5a
	}
	must1(t, os.WriteFile(path, data, 0o600))
}

// suspect destroys a page that opening does not read; using the store finds it
// and leaves a note for the next opening.
func suspect(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	must1(t, err)
	page := valueAt(t, path, "bodies") / os.Getpagesize() * os.Getpagesize()
	for i := range 16 { // the page's header
		data[page+i] ^= 0x5a
	}
	must1(t, os.WriteFile(path, data, 0o600))
	s := open(t, path, func() time.Time { return benchNow })
	cfg, _ := planet(1, 1)
	must1(t, s.Configure(cfg))
	if _, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 99}); !errors.Is(err, store.ErrCorrupt) {
		t.Fatalf("Window = %v; want ErrCorrupt", err)
	}
	must1(t, s.Close())
	if _, err := os.Stat(path + ".suspect"); err != nil {
		t.Errorf("there is no note of the damage: %v", err)
	}
}

// valueAt returns where in a store's file a bucket's first value lies.
func valueAt(t *testing.T, path, bucket string) int {
	t.Helper()
	s := open(t, path, nil)
	defer s.Close()
	at, err := bolt.At(s, bucket)
	must1(t, err)
	return at
}

// A note about a store that is whole is taken back when it is opened.
func TestAcquitted(t *testing.T) {
	path := whole(t, 20)
	must1(t, os.WriteFile(path+".suspect", nil, 0o600))
	must1(t, open(t, path, nil).Close())
	if _, err := os.Stat(path + ".suspect"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the note is still there: %v", err)
	}
}

// Whoever waits for a store that is being replaced opens the new file, not the
// one whose lock they waited for.
func TestOpenWhileRestored(t *testing.T) {
	path, backup := whole(t, 3), whole(t, 20)
	cfg, _ := planet(1, 20)
	var waited *bolt.Store
	opened := make(chan error)
	_, err := bolt.Restore(backup, path, benchNow, func(copied string) error {
		// The lock is held here.
		go func() {
			var err error
			waited, err = bolt.Open(path, bolt.Options{})
			opened <- err
		}()
		time.Sleep(200 * time.Millisecond)
		return bolt.Verify(copied)
	})
	if err := errors.Join(err, <-opened); err != nil {
		t.Fatal(err)
	}
	defer waited.Close()
	must1(t, waited.Configure(cfg))
	w, err := waited.Window(feed.Query{Channel: feed.ChannelAll, Limit: 99})
	if err != nil || len(w.Entries) != 20 {
		t.Errorf("Window = %d entries, %v; want the 20 of the file that has the name now", len(w.Entries), err)
	}
}
