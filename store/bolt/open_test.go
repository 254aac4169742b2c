package bolt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// whole makes a store with n entries, closes it and returns its path.
func whole(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "weir.db")
	s := open(t, path, nil)
	cfg, docs := planet(1, n)
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	commit(t, s, docs[0])
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// commit claims the only source and commits a document of it.
func commit(t *testing.T, s *bolt.Store, doc *feed.Document) feed.Outcome {
	t.Helper()
	claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: time.Now().Add(24 * time.Hour)})
	if err != nil || len(claims) != 1 {
		t.Fatalf("Claim = %d, %v", len(claims), err)
	}
	outcomes, err := s.Commit([]feed.Report{{
		Source: claims[0].Source.ID, Token: claims[0].Token, Document: doc,
		Poll: feed.PollState{Tried: time.Now(), Due: time.Now().Add(time.Hour)},
	}})
	if err != nil || outcomes[0].Status != feed.Committed {
		t.Fatalf("Commit = %+v, %v", outcomes, err)
	}
	return outcomes[0]
}

// A store that is held says by whom within about a second (XK05), and the
// holder's file goes when it is closed.
func TestHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	// What a killed process left behind misleads nobody.
	if err := os.WriteFile(path+".holder", []byte(`{"pid":1,"command":"old"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, bolt.Options{Command: "serve"})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = bolt.Open(path, bolt.Options{Command: "poll"})
	var held *store.HeldError
	if !errors.As(err, &held) || held.PID != os.Getpid() || held.Command != "serve" || held.Path != path {
		t.Errorf("Open = %+v; want held by serve, process %d", err, os.Getpid())
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v to say so", took)
	}
	for _, name := range []string{path, path + ".holder"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", name, info.Mode(), err)
		}
	}
	other := s.Share()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Revisions(); err != nil {
		t.Errorf("the other store over the file: %v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".holder"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the holder's file is left: %v", err)
	}
	if err := open(t, path, nil).Close(); err != nil {
		t.Error(err)
	}
}

// A holder whose file cannot be read is a holder all the same.
func TestHeldByNobodyKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s := open(t, path, nil)
	defer s.Close()
	if err := os.WriteFile(path+".holder", []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var held *store.HeldError
	if _, err := bolt.Open(path, bolt.Options{}); !errors.As(err, &held) || held.PID != 0 {
		t.Errorf("Open = %v; want held by somebody", err)
	}
}

// The first file has its name only once it is whole (XK04), and nothing else
// is left beside it.
func TestFirstFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := bolt.Open(filepath.Join(dir, "none", "weir.db"), bolt.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open in a folder that is not there = %v", err)
	}
	if err := open(t, filepath.Join(dir, "weir.db"), nil).Close(); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 || list[0].Name() != "weir.db" {
		t.Errorf("files %v, %v; want weir.db alone", list, err)
	}
}

// Syncing is never switched off, and the lock never waits for ever (XK03,
// XK05).
func TestOptions(t *testing.T) {
	o := bolt.BoltOptions(bolt.Options{})
	if o.NoSync || o.NoFreelistSync || o.NoGrowSync || o.ReadOnly {
		t.Errorf("options %+v switch syncing off", o)
	}
	if o.Timeout != time.Second || o.FreelistType != bbolt.FreelistMapType || o.InitialMmapSize != 64<<20 || o.MaxSize <= 0 {
		t.Errorf("options %+v", o)
	}
	s := open(t, filepath.Join(t.TempDir(), "weir.db"), nil)
	defer s.Close()
	if db := s.Raw(); db.NoSync || db.NoFreelistSync || db.NoGrowSync {
		t.Error("the open file does not sync")
	}
}

// A file that grows to its limit gives an error, keeps what it had and goes on
// (XK07, XK08).
func TestMaxSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s, err := bolt.Open(path, bolt.Options{MaxSize: 20 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cfg, docs := planet(1, 10)
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	commit(t, s, docs[0])
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	_, huge := planet(1, 40)
	for i := range huge[0].Items {
		noise := make([]byte, 0, 2<<20)
		for n := uint64(i + 1); len(noise) < 1<<20; n = n*6364136223846793005 + 1442695040888963407 {
			noise = fmt.Appendf(noise, "%x", n)
		}
		huge[0].Items[i].HTML = string(noise)
	}
	report := feed.Report{Source: claims[0].Source.ID, Token: claims[0].Token, Document: huge[0]}
	if _, err := s.Commit([]feed.Report{report}); err == nil {
		t.Fatal("a document larger than the store was committed")
	}
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 99})
	if err != nil || len(w.Entries) != 10 {
		t.Errorf("Window = %d entries, %v; want 10", len(w.Entries), err)
	}
	report.Document = nil
	if o, err := s.Commit([]feed.Report{report}); err != nil || o[0].Status != feed.Committed {
		t.Errorf("the claim does not hold on: %+v, %v", o, err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// Whatever is not a whole store is refused with a message, and the process
// lives (XK11, XK12, XK13).
func TestDamagedFiles(t *testing.T) {
	good, err := os.ReadFile(whole(t, 200))
	if err != nil {
		t.Fatal(err)
	}
	garbage := func(from, to int) []byte {
		b := append([]byte(nil), good...)
		for i := from; i < to; i++ {
			b[i] ^= 0x5a
		}
		return b
	}
	pages := int(used(t, good))
	for _, c := range []struct {
		name, says string
		data       []byte
	}{
		{"empty", "it is empty", nil},
		{"short", "too short", []byte("weir")},
		{"text", "not a store", []byte(strings.Repeat("this is no store\n", 1000))},
		{"zero", "not a store", make([]byte, 1<<16)},
		{"a tenth", "cut off", good[:pages/10]},
		{"a quarter", "cut off", good[:pages/4]},
		{"half", "cut off", good[:pages/2]},
		{"one byte less", "cut off", good[:pages-1]},
		{"both headers destroyed", "not a store", garbage(0, 8192)},
	} {
		path := filepath.Join(t.TempDir(), "weir.db")
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: Open = %v; want %q", c.name, err, c.says)
		}
		if data, err := os.ReadFile(path); err != nil || len(data) != len(c.data) {
			t.Errorf("%s: the file was changed", c.name)
		}
	}
	// One good header is enough; pages behind it that make no sense are an
	// error and not the end.
	for _, c := range []struct {
		name     string
		from, to int
	}{{"first header destroyed", 0, 4096}, {"pages destroyed", 8192, pages}} {
		path := filepath.Join(t.TempDir(), "weir.db")
		if err := os.WriteFile(path, garbage(c.from, c.to), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(path, bolt.Options{})
		if c.from == 0 && err != nil || c.from > 0 && !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%s: Open = %v", c.name, err)
		}
		if err == nil {
			err = s.Close()
		}
		if c.from == 0 && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// used returns how many bytes of a store its newest header asks for.
func used(t *testing.T, data []byte) (size int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "weir.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(func(tx *bbolt.Tx) error { size = tx.Size(); return nil })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return size
}

// A file that is cut while it is mapped is an error, not the end (XK11).
func TestCutWhileOpen(t *testing.T) {
	path := whole(t, 200)
	s := open(t, path, nil)
	if err := s.Configure(store.Configuration{Channels: []feed.Channel{{ID: feed.ChannelAll}}}); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 8192); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 300}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Window = %v; want ErrCorrupt", err)
	}
	if err := s.Check(); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Check = %v; want ErrCorrupt", err)
	}
}

// A damaged record is left out and reported, and Check names it (XK15); the
// rest is published.
func TestDamagedRecord(t *testing.T) {
	path := whole(t, 20)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range []string{"bodies", "entries"} {
			b := tx.Bucket([]byte(name))
			k, v := b.Cursor().First()
			if name == "entries" {
				k, v = b.Cursor().Last()
			}
			bad := append([]byte(nil), v...)
			bad[len(bad)/2] ^= 1
			if err := b.Put(k, bad); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, nil)
	defer s.Close()
	cfg, docs := planet(1, 20)
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 99})
	if err != nil || len(w.Entries) != 18 {
		t.Errorf("Window = %d entries, %v; want 18", len(w.Entries), err)
	}
	err = s.Check()
	if !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), "bodies:") || !strings.Contains(err.Error(), "entries:") {
		t.Errorf("Check = %v; want both records named", err)
	}
	commit(t, s, docs[0]) // damage does not stop polling
}

// A channel whose record is damaged is indexed anew by the next Configure; its
// revision does not go back.
func TestDamagedChannel(t *testing.T) {
	path := whole(t, 20)
	damageChannel(t, path, feed.ChannelAll)
	s := open(t, path, nil)
	defer s.Close()
	cfg, _ := planet(1, 20)
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 99})
	if err != nil || len(w.Entries) != 20 || w.Revision < 2 {
		t.Errorf("Window = %d entries at revision %d, %v; want 20 beyond 1", len(w.Entries), w.Revision, err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// damageChannel flips a bit of a channel's record.
func damageChannel(t *testing.T, path, id string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("channels")).Bucket([]byte(id))
		bad := append([]byte(nil), b.Get([]byte("channel"))...)
		bad[len(bad)/2] ^= 1
		return b.Put([]byte("channel"), bad)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// A store of a newer Weir is refused and left alone, a bbolt file that is none
// as well (XK26).
func TestSchema(t *testing.T) {
	path := whole(t, 1)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte{0, 0, 0, byte(bolt.Schema + 1)})
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, store.ErrSchema) {
		t.Errorf("Open = %v; want ErrSchema", err)
	}
	if _, err := os.Stat(path + ".holder"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a store that was refused has a holder: %v", err)
	}
	foreign := filepath.Join(t.TempDir(), "other.db")
	if db, err = bbolt.Open(foreign, 0o600, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(foreign, bolt.Options{}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Open of another program's file = %v; want ErrCorrupt", err)
	}
}

// The holder's file is JSON that other programs may read.
func TestHolderFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s := open(t, path, nil)
	defer s.Close()
	text, err := os.ReadFile(path + ".holder")
	if err != nil {
		t.Fatal(err)
	}
	var h struct {
		PID     int
		Command string
	}
	if err := json.Unmarshal(text, &h); err != nil || h.PID != os.Getpid() || h.Command != "test" {
		t.Errorf("holder %s, %v", text, err)
	}
}
