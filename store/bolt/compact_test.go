package bolt_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store/bolt"
)

// litter makes a file longer by so many bytes that nothing takes any more.
func litter(t *testing.T, s *bolt.Store, bytes int) {
	t.Helper()
	junk := []byte("junk")
	must1(t, s.Raw().Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket(junk)
		if err != nil {
			return err
		}
		for n := range bytes >> 20 {
			if err := b.Put([]byte{byte(n)}, make([]byte, 1<<20)); err != nil {
				return err
			}
		}
		return nil
	}))
	must1(t, s.Raw().Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket(junk) }))
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must1(t, err)
	return info.Size()
}

// sequences are what buckets number by: a copy that lost them would give a
// number twice.
func sequences(t *testing.T, s *bolt.Store) map[string]uint64 {
	t.Helper()
	all := make(map[string]uint64)
	must1(t, s.Raw().View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			all[string(name)] = b.Sequence()
			return nil
		})
	}))
	return all
}

// Compacting gives room back while readers go on, and keeps everything (XK19).
func TestCompact(t *testing.T) {
	path := whole(t, 200)
	s := open(t, path, nil)
	defer s.Close()
	cfg, _ := planet(1, 200)
	configure(t, s, cfg)
	litter(t, s, 20<<20)
	before, numbers := size(t, path), sequences(t, s)
	stats, err := s.Stats()
	must1(t, err)
	if stats.Size != before || stats.Free < 20<<20 {
		t.Errorf("Stats: size %d, free %d; the file has %d and 20 MiB are free", stats.Size, stats.Free, before)
	}
	q := feed.Query{Channel: feed.ChannelAll, Limit: 1000}
	want, err := s.Window(q)
	must1(t, err)
	var readers sync.WaitGroup
	done := make(chan struct{})
	readers.Go(func() {
		for {
			if got, err := s.Window(q); err != nil || len(got.Entries) != len(want.Entries) {
				t.Errorf("Window = %d entries, %v", len(got.Entries), err)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	must1(t, s.Compact())
	close(done)
	readers.Wait()
	if after := size(t, path); after > before/4 {
		t.Errorf("%d bytes of %d are left", after, before)
	}
	got, err := s.Window(q)
	must1(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("window (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(numbers, sequences(t, s)); diff != "" {
		t.Errorf("sequences (-before +after):\n%s", diff)
	}
	must1(t, s.Check())
	if left, _ := filepath.Glob(path + ".new-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A file that is mostly free is compacted when it is opened, a small one and
// one that is mostly full are not (XK19).
func TestCompactedWhenOpened(t *testing.T) {
	for _, c := range []struct {
		bytes int
		want  bool
	}{{20 << 20, false}, {80 << 20, true}} {
		path := whole(t, 20)
		s := open(t, path, nil)
		litter(t, s, c.bytes)
		must1(t, s.Close())
		s = open(t, path, nil)
		if got := size(t, path) < int64(c.bytes); got != c.want {
			t.Errorf("%d bytes of litter: compacted %t; want %t", c.bytes, got, c.want)
		}
		must1(t, s.Check())
		must1(t, s.Close())
	}
}

// Whoever waits for the lock of a file that is compacted meanwhile gets the
// file that has its name then, and not the one that lost it.
func TestCompactedWhileWaitedFor(t *testing.T) {
	path := whole(t, 20)
	s := open(t, path, nil)
	cfg, docs := planet(1, 21)
	configure(t, s, cfg)
	opened := make(chan *bolt.Store)
	go func() {
		waiting, err := bolt.Open(path, bolt.Options{Command: "waiting"})
		if err != nil {
			t.Error(err)
		}
		opened <- waiting
	}()
	time.Sleep(100 * time.Millisecond) // it waits for a second at most
	must1(t, s.Compact())
	commit(t, s, docs[0])
	must1(t, s.Close())
	waiting := <-opened
	if waiting == nil {
		return
	}
	configure(t, waiting, cfg)
	w, err := waiting.Window(feed.Query{Channel: feed.ChannelAll, Limit: 99})
	if err != nil || len(w.Entries) != 21 {
		t.Errorf("Window = %d entries, %v; want what was committed after compacting", len(w.Entries), err)
	}
	must1(t, waiting.Close())
}

// compactForEver compacts and polls by turns.
func compactForEver(path, from string) {
	n, err := strconv.Atoi(from)
	must(err)
	s, err := bolt.Open(path, bolt.Options{Command: "child"})
	must(err)
	must(s.Configure(killConfig()))
	fmt.Println("ready")
	for ; ; n++ {
		claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: time.Now().Add(time.Hour), Sources: []string{"s0"}})
		must(err)
		doc := killDocument(claims[0].Source, 1000+n, 1001+n)
		_, err = s.Commit([]feed.Report{{Source: "s0", Token: claims[0].Token, Document: doc}})
		must(err)
		fmt.Println("safe", n)
		must(s.Compact())
	}
}

// Killed at any moment of compacting there is one whole file, and in it all
// that was safe (XK19).
func TestKilledWhileCompacting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s := open(t, path, nil)
	must1(t, s.Configure(killConfig()))
	docs := make(map[string]*feed.Document)
	for _, src := range killConfig().Sources {
		docs[src.ID] = killDocument(src, 0, 150)
	}
	commitAll(t, s, docs)
	_, err := s.Settle()
	must1(t, err)
	must1(t, s.Close())
	r := rand.New(rand.NewPCG(13, 14))
	safe := -1
	for range killRounds {
		for _, line := range child(t, "compact", path, safe+1, time.Duration(r.IntN(80))*time.Millisecond) {
			var n int
			if _, err := fmt.Sscanf(line, "safe %d", &n); err == nil {
				safe = n
			}
		}
		s := open(t, path, nil)
		must1(t, s.Check())
		configure(t, s, killConfig())
		for n := range safe + 1 {
			if _, err := s.Find(story("s0", 1000+n).Link); err != nil {
				t.Fatalf("story %d of %d that are safe: %v", n, safe, err)
			}
		}
		must1(t, s.Close())
	}
	t.Logf("%d commits survived %d kills", safe+1, killRounds)
}
