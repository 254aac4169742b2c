package bolt_test

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

// stallSources times stallItems is how many entries a long work goes over.
const (
	stallSources = 200
	stallItems   = 100
)

// BenchmarkStall prints how long commits take at most while a long work goes
// on, in milliseconds, beside how long they take when there is none: channels
// that are indexed anew, the index of near texts, retention, all of 20,000
// entries.
func BenchmarkStall(b *testing.B) {
	works := map[string]func(*bolt.Store, *store.Configuration) error{
		"none": func(*bolt.Store, *store.Configuration) error { time.Sleep(time.Second); return nil },
		"index": func(s *bolt.Store, cfg *store.Configuration) error {
			cfg.Channels = append(cfg.Channels,
				feed.Channel{ID: "every"},
				feed.Channel{ID: "some", Digest: "1", Match: func(e *feed.Entry) bool { return len(e.HTML)%2 == 0 }})
			return s.Configure(*cfg)
		},
		"near": func(s *bolt.Store, cfg *store.Configuration) error {
			cfg.Rules.Near = 0.8
			return s.Configure(*cfg)
		},
		"prune": func(s *bolt.Store, cfg *store.Configuration) error {
			cfg.Keep = feed.Retention{Keep: feed.Keep{Entries: 1000}, PerChannel: 100}
			if err := s.Configure(*cfg); err != nil {
				return err
			}
			did, err := s.Prune()
			b.ReportMetric(float64(did.Entries), "pruned")
			return err
		},
	}
	for _, name := range []string{"none", "index", "near", "prune"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				stall(b, works[name])
			}
		})
	}
}

func stall(b *testing.B, work func(*bolt.Store, *store.Configuration) error) {
	cfg, docs := planet(stallSources, stallItems)
	s := open(b, filepath.Join(b.TempDir(), "weir.db"), func() time.Time { return benchNow })
	defer s.Close()
	configure(b, s, cfg)
	for _, doc := range docs {
		commit(b, s, doc)
	}
	if _, err := s.Settle(); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	done := make(chan struct{})
	var polling sync.WaitGroup
	polling.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			default:
			}
			claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: benchNow.Add(time.Hour), Sources: []string{cfg.Sources[0].ID}})
			if err != nil || len(claims) != 1 {
				b.Errorf("Claim = %d, %v", len(claims), err)
				return
			}
			doc := &feed.Document{Items: []feed.Item{story(cfg.Sources[0].ID, n)}}
			identity.Prepare(cfg.Sources[0], doc, nil)
			began := time.Now()
			if _, err := s.Commit([]feed.Report{{Source: cfg.Sources[0].ID, Token: claims[0].Token, Document: doc}}); err != nil {
				b.Error(err)
				return
			}
			took = append(took, time.Since(began))
			time.Sleep(time.Millisecond)
		}
	})
	if err := work(s, &cfg); err != nil {
		b.Fatal(err)
	}
	if err := s.Await(b.Context()); err != nil {
		b.Fatal(err)
	}
	close(done)
	polling.Wait()
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)-1]), "longest-ms")
	b.ReportMetric(ms(took[len(took)/2]), "median-ms")
	b.ReportMetric(float64(len(took)), "commits")
}

// BenchmarkNear looks up a text among those of a million entries.
func BenchmarkNear(b *testing.B) {
	const entries, bands = 1_000_000, 8
	s := open(b, filepath.Join(b.TempDir(), "weir.db"), nil)
	defer s.Close()
	r := rand.New(rand.NewPCG(5, 6))
	rows := make([]uint64, entries*bands)
	for i := range rows {
		rows[i] = r.Uint64()
	}
	slices.Sort(rows)
	for chunk := range slices.Chunk(rows, 1<<16) {
		err := s.Raw().Update(func(tx *bbolt.Tx) error {
			near := tx.Bucket([]byte("near"))
			near.FillPercent = 1
			for i, band := range chunk {
				if err := near.Put(bolt.NearKey(band, uint64(i)), nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	doc := &feed.Document{}
	for n := range 300 {
		doc.Items = append(doc.Items, story("s0", n))
	}
	identity.Prepare(killConfig().Sources[0], doc, nil)
	sketches := doc.Items[60:]
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if _, err := s.NearHolders(&sketches[n%len(sketches)].Traits.Sketch); err != nil {
			b.Fatal(err)
		}
	}
}
