package bolt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	s := open(t, path, func() time.Time { return benchNow }) // the same bytes at every run
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
func commit(t testing.TB, s *bolt.Store, doc *feed.Document) feed.Outcome {
	t.Helper()
	claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: benchNow.Add(time.Hour)})
	if err != nil || len(claims) != 1 {
		t.Fatalf("Claim = %d, %v", len(claims), err)
	}
	outcomes, err := s.Commit([]feed.Report{{
		Source: claims[0].Source.ID, Token: claims[0].Token, Document: doc,
		Poll: feed.PollState{Tried: benchNow, Due: benchNow.Add(time.Hour)},
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

// Syncing is never switched off, the lock never waits for ever, and the file
// has a limit that fits this machine (XK03, XK05, XK24).
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
	claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: benchNow.Add(time.Hour)})
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
