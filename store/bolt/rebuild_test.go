package bolt

import (
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// Arrival numbers that were set aside for an index which was never finished,
// because the process was killed and the old rule came back, hold no archive
// page up.
func TestSpareArrivalsAreReleased(t *testing.T) {
	for _, later := range []uint64{0, 5} { // numbers given out behind them
		s, err := Open(filepath.Join(t.TempDir(), "weir.db"), Options{Now: func() time.Time { return time.Unix(1e9, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		cfg := store.Configuration{Channels: []feed.Channel{{ID: feed.ChannelAll, Digest: "old"}}}
		configure := func() {
			t.Helper()
			if err := s.Configure(cfg); err != nil {
				t.Fatal(err)
			}
			if err := s.Await(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		configure()
		if _, err := s.Settle(); err != nil {
			t.Fatal(err)
		}
		record := func(change func(*channelRec)) (rec channelRec) {
			t.Helper()
			s.write.Lock()
			defer s.write.Unlock()
			err := s.update(func(tx *bbolt.Tx) error {
				c, err := s.channel(tx, feed.ChannelAll)
				if err != nil {
					return err
				}
				change(&c.rec)
				rec = c.rec
				return c.save(s.file)
			})
			if err != nil {
				t.Fatal(err)
			}
			return rec
		}
		record(func(r *channelRec) { r.Spare, r.Spares, r.Arrivals = 101, 50, 150+later })
		configure()
		want := uint64(100)
		if later > 0 {
			want = 150 + later
		}
		if rec := record(func(*channelRec) {}); rec.Spares != 0 || rec.Arrivals != want {
			t.Errorf("%d numbers are set aside, the last given out is %d; want none and %d", rec.Spares, rec.Arrivals, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
