package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
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

// Garbage in a page is an error or harmless, never the end of the process and
// never an entry that nobody wrote (XK14).
func TestGarbagePages(t *testing.T) {
	good, err := os.ReadFile(whole(t, 200))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	good = good[:used(t, good)]
	pages := len(good) / os.Getpagesize()
	cfg, docs := planet(1, 201)
	html := make(map[string]string)
	for _, it := range docs[0].Items {
		html[it.Link] = it.HTML
	}
	r := rand.New(rand.NewPCG(12, 13))
	errs, skipped := 0, 0
	for round := range 80 {
		path := filepath.Join(dir, fmt.Sprint(round))
		bad := append([]byte(nil), good...)
		page := (2 + r.IntN(pages-2)) * os.Getpagesize()
		for range 1 + r.IntN(8) {
			bad[page+r.IntN([]int{16, 400}[r.IntN(2)])] = byte(r.Uint32())
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := useDamaged(path, cfg, docs[0])
		if err != nil {
			errs++
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err != nil && !errors.Is(err, store.ErrCorrupt) {
			t.Fatal(err)
		}
		for _, e := range w.Entries {
			if e.HTML != html[e.Link] {
				t.Fatalf("entry %s was made of garbage", e.Slug)
			}
		}
		if w.Entries != nil && len(w.Entries) < 200 {
			skipped++
		}
	}
	if errs < 10 || skipped == 0 {
		t.Errorf("%d errors, %d windows with entries left out: the garbage does not matter", errs, skipped)
	}
}

// useDamaged makes every kind of use of a store and returns what it could read
// and what went wrong. Where pages lead in a circle it is enough that Check
// tells: whoever follows them never ends.
func useDamaged(path string, cfg store.Configuration, doc *feed.Document) (feed.Window, error) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return feed.Window{}, err
	}
	if err := s.Check(); err != nil && strings.Contains(err.Error(), "reached twice") {
		return feed.Window{}, errors.Join(err, s.Close())
	}
	configured := s.Configure(cfg)
	w, read := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 999})
	if errors.Is(read, store.ErrNotFound) || errors.Is(read, store.ErrFounding) {
		read = fmt.Errorf("%w: %w", store.ErrCorrupt, read)
	}
	checked := s.Check()
	claims, _, claimed := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: benchNow.Add(time.Hour)})
	var committed error
	if len(claims) == 1 {
		_, committed = s.Commit([]feed.Report{{Source: claims[0].Source.ID, Token: claims[0].Token, Document: doc}})
	}
	return w, errors.Join(configured, read, checked, claimed, committed, s.Close())
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
	configure(t, s, cfg)
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

// A damaged entry that was joined to one that is forgotten does not keep the
// store from what is due (XK15).
func TestDamagedJoinedIsForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	settledAt(t, path)
	clock := clockAt(benchNow)
	s := open(t, path, clock.now)
	defer func() { must1(t, s.Close()) }()
	cfg := killConfig()
	configure(t, s, cfg)
	told := func(source string) string {
		list, err := s.List(feed.Selection{Source: source, Limit: 1})
		if err != nil || len(list.Entries) == 0 {
			t.Fatalf("List(%s) = %v", source, err)
		}
		return list.Entries[0].Slug
	}
	into, joined := told("s0"), told("s1")
	must1(t, s.Join(into, joined))
	must1(t, s.Raw().Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("entries"))
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if bytes.Contains(v, []byte(joined)) && !bytes.Contains(v, []byte(into)) {
				bad := bytes.Clone(v)
				bad[len(bad)-1] ^= 1
				return b.Put(bytes.Clone(k), bad)
			}
		}
		return errors.New("no record holds the joined entry")
	}))
	cfg.Sources = cfg.Sources[2:]
	configure(t, s, cfg)
	for _, wait := range []time.Duration{0, 31 * 24 * time.Hour} {
		clock.advance(wait)
		if _, err := s.Tend(); err != nil {
			t.Fatalf("Tend: %v", err)
		}
	}
	if _, err := s.Entry(into); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Entry = %v; want it forgotten", err)
	}
}
