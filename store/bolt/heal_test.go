package bolt_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// sealed are the buckets whose records have checksums.
var sealed = []string{"entries", "bodies", "docs", "polls", "sources", "rejections", "channels"}

// flip changes a byte of some records of a closed store and returns where.
func flip(t *testing.T, path string, r *rand.Rand, buckets []string, most int) []string {
	t.Helper()
	var where []string
	db, err := bbolt.Open(path, 0o600, nil)
	must1(t, err)
	err = db.Update(func(tx *bbolt.Tx) error {
		for range 1 + r.IntN(most) {
			name := buckets[r.IntN(len(buckets))]
			b := tx.Bucket([]byte(name))
			var keys [][]byte
			_ = b.ForEach(func(k, v []byte) error {
				if v != nil {
					keys = append(keys, slices.Clone(k))
				}
				return nil
			})
			if name == "channels" {
				b, keys = b.Bucket([]byte(feed.ChannelAll)), [][]byte{[]byte("channel")}
			}
			if len(keys) == 0 {
				continue
			}
			k := keys[r.IntN(len(keys))]
			bad := slices.Clone(b.Get(k))
			bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
			where = append(where, fmt.Sprintf("%s %x", name, k))
			if err := b.Put(k, bad); err != nil {
				return err
			}
		}
		return nil
	})
	must1(t, errors.Join(err, db.Close()))
	return where
}

// seen is what subscribers know of entries, by slug.
func seen(t *testing.T, s *bolt.Store) map[string]feed.Placed {
	t.Helper()
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1 << 20})
	must1(t, err)
	m := make(map[string]feed.Placed)
	for _, e := range w.Entries {
		if _, twice := m[e.Slug]; twice {
			t.Errorf("%s is there twice", e.Slug)
		}
		// When it was read, how often something moved, and which verdict
		// joined a sighting stands in the damaged record alone.
		e.Revision, e.FirstSeen = 0, time.Time{}
		for i := range e.Sightings {
			e.Sightings[i].Seen, e.Sightings[i].Why = time.Time{}, ""
		}
		m[e.Slug] = e
	}
	return m
}

// healDocs are documents of some sources, of which two tell some stories of
// each other, and one has items without dates.
func healDocs(round int) (store.Configuration, map[string]*feed.Document) {
	cfg := killConfig()
	docs := make(map[string]*feed.Document)
	for i, src := range cfg.Sources {
		doc := killDocument(src, 0, 20+10*round)
		for n := range doc.Items {
			if i == 2 {
				doc.Items[n].Published = time.Time{}
			}
			if i == 3 && n < 6 { // the first source's stories, told again
				own := docs[cfg.Sources[0].ID].Items[n]
				doc.Items[n].Content, doc.Items[n].Traits = own.Content, own.Traits
				doc.Items[n].Traits.Home = false
			}
		}
		docs[src.ID] = doc
	}
	return cfg, docs
}

// commitDocs claims every source and commits its document, with validators.
func commitDocs(t *testing.T, s *bolt.Store, docs map[string]*feed.Document) {
	t.Helper()
	claims, _, err := s.Claim(feed.ClaimQuery{N: 99, Lease: time.Hour, Since: benchNow.Add(1000 * time.Hour)})
	must1(t, err)
	if len(claims) != len(docs) {
		t.Fatalf("%d claims for %d documents", len(claims), len(docs))
	}
	var reports []feed.Report
	for _, c := range claims {
		reports = append(reports, feed.Report{
			Source: c.Source.ID, Token: c.Token, Document: docs[c.Source.ID],
			Poll: feed.PollState{Tried: benchNow, Validators: feed.Validators{ETag: "1"}},
		})
	}
	outcomes, err := s.Commit(reports)
	must1(t, err)
	for _, o := range outcomes {
		if o.Status != feed.Committed || o.Rejected > 0 {
			t.Fatalf("outcome %+v", o)
		}
	}
}

// Whatever records are damaged: none of them is published, and once the sources
// have told the same again every entry is back as it was, with its slug, id,
// dates, place and arrival, nothing is doubled, and Check finds nothing (XK15).
func TestHeals(t *testing.T) {
	clock := clockAt(benchNow)
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.db")
	s := open(t, whole, clock.now)
	cfg, docs := healDocs(0)
	must1(t, s.Configure(cfg))
	commitDocs(t, s, docs)
	_, err := s.Settle()
	must1(t, err)
	clock.advance(72 * time.Hour)
	_, docs = healDocs(1)
	commitDocs(t, s, docs)
	want := seen(t, s)
	must1(t, s.Check())
	must1(t, s.Close())
	data, err := os.ReadFile(whole)
	must1(t, err)
	clock.advance(time.Hour)
	rounds, away := 120, 0
	if testing.Short() {
		rounds = 40
	}
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 15))
		path := filepath.Join(dir, fmt.Sprintf("%d.db", round))
		must1(t, os.WriteFile(path, data, 0o600))
		where := flip(t, path, r, sealed, 6)
		s := open(t, path, clock.now)
		must1(t, s.Configure(cfg))
		for slug, e := range seen(t, s) {
			if diff := cmp.Diff(want[slug], e); diff != "" {
				t.Errorf("round %d, %v: %s is published damaged:\n%s", round, where, slug, diff)
			}
		}
		away += len(want) - len(seen(t, s))
		_, err := s.Sources()
		must1(t, err)
		_, err = s.Tend()
		must1(t, err)
		if err := s.Check(); err != nil {
			t.Errorf("round %d, %v: with the damage in quarantine: %v", round, where, err)
		}
		commitDocs(t, s, docs)
		if diff := cmp.Diff(want, seen(t, s)); diff != "" {
			t.Errorf("round %d, %v (-before +healed):\n%s", round, where, diff)
		}
		_, err = s.Tend()
		must1(t, err)
		if err := s.Check(); err != nil {
			t.Errorf("round %d, %v: %v", round, where, err)
		}
		if n := bolt.Quarantined(s); n != 0 {
			t.Errorf("round %d, %v: %d records are in quarantine", round, where, n)
		}
		must1(t, s.Close())
		must1(t, os.Remove(path))
		if t.Failed() {
			return
		}
	}
	t.Logf("%d times an entry was away and came back", away)
	if away < rounds/2 {
		t.Errorf("only %d times an entry was away: the flips do not matter", away)
	}
}

// An entry whose head is damaged and that its source shows no more waits in
// the quarantine, also over a restart and a channel that is indexed anew; it
// comes back when it is shown again (XK15).
func TestWaitsInQuarantine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	clock := clockAt(benchNow)
	s := open(t, path, clock.now)
	cfg, docs := healDocs(0)
	must1(t, s.Configure(cfg))
	commitDocs(t, s, docs)
	_, err := s.Settle()
	must1(t, err)
	want := seen(t, s)
	must1(t, s.Close())
	flip(t, path, rand.New(rand.NewPCG(1, 1)), []string{"entries"}, 1)
	others := make(map[string]*feed.Document)
	for id := range docs {
		others[id] = &feed.Document{Format: "RSS 2.0", Profile: docs[id].Profile, Partial: true}
	}
	for round := range 3 {
		s = open(t, path, clock.now)
		cfg.Channels[0].Digest = fmt.Sprint(round) // indexed anew
		must1(t, s.Configure(cfg))
		// Whoever reads it notices it, or a Check.
		if err := s.Check(); (round == 0) != errors.Is(err, store.ErrCorrupt) {
			t.Errorf("round %d: Check = %v", round, err)
		}
		_, err = s.Tend()
		must1(t, err)
		if st, err := s.Stats(); err != nil || st.Damaged != 1 {
			t.Errorf("round %d: %d are damaged, %v; want 1", round, st.Damaged, err)
		}
		claims, _, err := s.Claim(feed.ClaimQuery{N: 9, Lease: time.Hour, Since: benchNow.Add(time.Hour)})
		must1(t, err)
		full := 0
		for _, c := range claims {
			if c.State.Poll.Validators == (feed.Validators{}) && c.State.Doc.Context == 0 {
				full++
			}
			must1(t, s.Release(c.Token))
		}
		if round == 0 && full == 0 || round > 0 && full > 0 {
			t.Errorf("round %d: %d sources are read in full; want those that tell the entry, once", round, full)
		}
		commitDocs(t, s, others)
		if got := len(seen(t, s)); got != len(want)-1 || bolt.Quarantined(s) != 1 {
			t.Errorf("round %d: %d entries of %d, %d in quarantine; want one away", round, got, len(want), bolt.Quarantined(s))
		}
		must1(t, s.Check())
		must1(t, s.Close())
	}
	s = open(t, path, clock.now)
	defer s.Close()
	must1(t, s.Configure(cfg))
	commitDocs(t, s, docs)
	if diff := cmp.Diff(want, seen(t, s)); diff != "" {
		t.Errorf("(-before +healed):\n%s", diff)
	}
	must1(t, s.Check())
}

// Damage in a first cycle, of what is staged, costs no item: where nobody can
// tell whose it was every source is read again (XK15).
func TestHealsBeforeSettling(t *testing.T) {
	dir := t.TempDir()
	clock := clockAt(benchNow)
	staged := filepath.Join(dir, "staged.db")
	s := open(t, staged, clock.now)
	cfg, docs := healDocs(0)
	must1(t, s.Configure(cfg))
	commitDocs(t, s, docs)
	must1(t, s.Close())
	data, err := os.ReadFile(staged)
	must1(t, err)
	for round := range 30 {
		path := filepath.Join(dir, fmt.Sprintf("%d.db", round))
		must1(t, os.WriteFile(path, data, 0o600))
		where := flip(t, path, rand.New(rand.NewPCG(uint64(round), 16)), []string{"entries", "bodies", "docs", "polls"}, 4)
		s := open(t, path, clock.now)
		must1(t, s.Configure(cfg))
		_, err := s.Settle()
		must1(t, err)
		_ = seen(t, s)
		_, err = s.Tend()
		must1(t, err)
		must1(t, s.Check())
		commitDocs(t, s, docs)
		links := make(map[string]int)
		for _, e := range seen(t, s) {
			links[e.Link]++
		}
		for id, doc := range docs {
			for _, it := range doc.Items {
				if links[it.Link] != 1 {
					t.Errorf("round %d, %v: %s of %s is there %d times", round, where, it.Link, id, links[it.Link])
				}
			}
		}
		_, err = s.Tend()
		must1(t, err)
		must1(t, errors.Join(s.Check(), s.Close()))
		must1(t, os.Remove(path))
	}
}
