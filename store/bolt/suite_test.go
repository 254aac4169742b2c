package bolt_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"weir/store"
	"weir/store/bolt"
	"weir/store/storetest"
)

// open opens a store that must open.
func open(t testing.TB, path string, now func() time.Time) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{Command: "test", Now: now})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return s
}

// clock is what a store takes for now: its background work reads the clock
// while a test moves it on.
type clock struct{ ns atomic.Int64 }

func clockAt(t time.Time) *clock {
	c := new(clock)
	c.ns.Store(t.UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

// configure configures a store and waits until its channels are as configured.
func configure(t testing.TB, s *bolt.Store, cfg store.Configuration) {
	t.Helper()
	if err := errors.Join(s.Configure(cfg), s.Await(t.Context())); err != nil {
		t.Fatalf("Configure: %v", err)
	}
}

// The engine passes the suite with two stores over one open file.
func TestSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) *storetest.Engine {
		path := filepath.Join(t.TempDir(), "weir.db")
		twice := func() (store.Store, store.Store) {
			s := open(t, path, now)
			return s, s.Share()
		}
		e := &storetest.Engine{Reopen: twice}
		e.A, e.B = twice()
		copies := 0
		e.Restore = func(backup []byte) store.Store {
			copies++
			copied := fmt.Sprintf("%s.%d", path, copies)
			if err := os.WriteFile(copied, backup, 0o600); err != nil {
				t.Fatal(err)
			}
			return open(t, copied, now)
		}
		return e
	})
}
