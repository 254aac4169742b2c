package bolt_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// ruled is a channel of stories by the length of their text; a number is a rule.
func ruled(n int) store.Configuration {
	cfg := killConfig()
	cfg.Channels[1] = feed.Channel{ID: "odd", Digest: strconv.Itoa(n), Match: func(e *feed.Entry) bool { return len(e.HTML)%3 == n%3 }}
	if n%2 == 0 {
		cfg.Channels = append(cfg.Channels, feed.Channel{ID: "often", Digest: "1", Match: func(*feed.Entry) bool { return true }})
	}
	return cfg
}

// indexForEver changes rules and polls while the channels are indexed.
func indexForEver(path, from string) {
	n, err := strconv.Atoi(from)
	must(err)
	s, err := bolt.Open(path, bolt.Options{Command: "child"})
	must(err)
	fmt.Println("ready")
	for ; ; n++ {
		must(s.Configure(ruled(n)))
		claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: time.Now().Add(time.Hour)})
		must(err)
		doc := killDocument(claims[0].Source, 1000+n, 1001+n)
		_, err = s.Commit([]feed.Report{{Source: claims[0].Source.ID, Token: claims[0].Token, Document: doc}})
		must(err)
		fmt.Println("safe", n)
	}
}

// Channels that are indexed while the process is killed come out as their
// rules say, with arrival numbers that nobody else has and that do not change.
func TestKilledWhileIndexing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s := open(t, path, nil)
	must1(t, s.Configure(killConfig()))
	docs := make(map[string]*feed.Document)
	for _, src := range killConfig().Sources {
		docs[src.ID] = killDocument(src, 0, 150)
	}
	commitAll(t, s, docs)
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	must1(t, s.Close())
	r := rand.New(rand.NewPCG(11, 12))
	arrivals := make(map[string]uint64)
	for round := range killRounds {
		child(t, "index", path, 1+7*round, time.Duration(r.IntN(80))*time.Millisecond)
		s := open(t, path, nil)
		must1(t, s.Check())
		configure(t, s, ruled(round))
		must1(t, s.Check())
		all, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1 << 20})
		must1(t, err)
		want := 0
		for _, e := range all.Entries {
			if was := arrivals[e.Slug]; was != 0 && was != e.Arrival {
				t.Errorf("%s: arrival %d was %d", e.Slug, e.Arrival, was)
			}
			arrivals[e.Slug] = e.Arrival
			if len(e.HTML)%3 == round%3 {
				want++
			}
		}
		odd, err := s.Window(feed.Query{Channel: "odd", Limit: 1 << 20})
		must1(t, err)
		if len(odd.Entries) != want || want == 0 {
			t.Errorf("round %d: %d entries; want %d", round, len(odd.Entries), want)
		}
		must1(t, s.Close())
	}
}
