package bolt_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// Whoever closes a store that others are at work on waits for them, and the
// file is free afterwards: nothing that was going on keeps its lock.
func TestCloseWhileWorking(t *testing.T) {
	for name, work := range map[string]func(*bolt.Store) error{
		"compact": (*bolt.Store).Compact,
		"configure": func(s *bolt.Store) error {
			cfg := killConfig()
			cfg.Channels = append(cfg.Channels, feed.Channel{ID: "more", Digest: time.Now().String(), Match: func(e *feed.Entry) bool { return len(e.Title)%2 == 0 }})
			return s.Configure(cfg)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "weir.db")
			settledAt(t, path)
			for n := range 40 { // what is met when depends on the machine; nothing fails wrongly
				s := open(t, path, nil)
				configure(t, s, killConfig())
				var wg sync.WaitGroup
				started := make(chan struct{})
				wg.Go(func() {
					close(started)
					if err := work(s); err != nil && !errors.Is(err, store.ErrClosed) {
						t.Errorf("%s: %v", name, err)
					}
				})
				<-started
				time.Sleep(time.Duration(n) * 100 * time.Microsecond)
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
				wg.Wait()
				again, err := bolt.Open(path, bolt.Options{})
				if err != nil {
					t.Fatalf("Open: %v", err)
				}
				if err := errors.Join(again.Check(), again.Close()); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
