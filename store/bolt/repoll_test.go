package bolt_test

import (
	"bytes"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store/bolt"
)

// roots are the pages at which buckets begin: bbolt never writes in place, so
// that a bucket of which anything was written begins elsewhere.
func roots(t *testing.T, s *bolt.Store) map[string]uint64 {
	t.Helper()
	at := make(map[string]uint64)
	var walk func(path string, b *bbolt.Bucket)
	walk = func(path string, b *bbolt.Bucket) {
		at[path] = uint64(b.Root())
		_ = b.ForEachBucket(func(k []byte) error {
			walk(path+"/"+string(k), b.Bucket(k))
			return nil
		})
	}
	err := s.Raw().View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(k []byte, b *bbolt.Bucket) error {
			walk(string(k), b)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// records are the values of a bucket by their keys.
func records(t *testing.T, s *bolt.Store, bucket string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := s.Raw().View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucket)).ForEach(func(k, v []byte) error {
			all[string(k)] = string(v)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ruin flips a byte of every record of a bucket.
func ruin(t *testing.T, s *bolt.Store, bucket string) {
	t.Helper()
	err := s.Raw().Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		all := make(map[string][]byte)
		_ = b.ForEach(func(k, v []byte) error {
			v = slices.Clone(v)
			v[len(v)/2] ^= 1
			all[string(k)] = v
			return nil
		})
		for _, k := range slices.Sorted(maps.Keys(all)) {
			if err := b.Put([]byte(k), all[k]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A poll of a source whose items are all known writes its poll state and looks
// at no entry: neither when the server had nothing new nor when the document
// was read (XK28). That nothing looks at entries shows in that none can be
// read, and nobody complains.
func TestUnchangedPollTouchesNoEntry(t *testing.T) {
	clock := clockAt(benchNow)
	var log bytes.Buffer
	s, err := bolt.Open(filepath.Join(t.TempDir(), "weir.db"), bolt.Options{
		Now: clock.now, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cfg, docs := planet(3, 50)
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	poll := func(doc *feed.Document) feed.Outcome {
		t.Helper()
		claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: clock.now().Add(time.Hour), Sources: []string{cfg.Sources[0].ID}})
		if err != nil || len(claims) != 1 {
			t.Fatalf("Claim = %d, %v", len(claims), err)
		}
		o, err := s.Commit([]feed.Report{{
			Source: claims[0].Source.ID, Token: claims[0].Token, Document: doc,
			Poll: feed.PollState{Tried: clock.now(), Due: clock.now().Add(time.Hour)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		clock.advance(time.Hour)
		return o[0]
	}
	poll(docs[0])
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	known := *docs[0]
	known.Items = nil
	poll(&known) // whatever a first poll after settling has to do
	ruin(t, s, "entries")
	ruin(t, s, "bodies")
	for name, doc := range map[string]*feed.Document{"not modified": nil, "read": &known} {
		before, states := roots(t, s), records(t, s, "polls")
		if o := poll(doc); o.Status != feed.Committed || o.Added+o.Changed+o.Joined > 0 {
			t.Errorf("%s: %+v", name, o)
		}
		for bucket, root := range roots(t, s) {
			if before[bucket] != root && bucket != "polls" {
				t.Errorf("%s: %s was written", name, bucket)
			}
		}
		written := 0
		for k, v := range records(t, s, "polls") {
			if states[k] != v {
				written++
			}
		}
		if written != 1 {
			t.Errorf("%s: %d state records were written", name, written)
		}
	}
	if log.Len() > 0 {
		t.Errorf("entries were read: %s", &log)
	}
	// The ruin does show when an entry is read: an edit of one reads it.
	edited := known
	edited.Items = []feed.Item{docs[0].Items[7]}
	edited.Items[0].HTML += "<p>more</p>"
	poll(&edited)
	if log.Len() == 0 {
		t.Error("a damaged entry was read, and nobody complained")
	}
}
