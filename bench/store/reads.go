package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store/bolt"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// openings opens the store as every command does.
func (r *rig) openings(bool) {
	fmt.Println("\nopening")
	cfg := r.planet.configuration()
	var open, bare latencies
	for range 10 {
		bare.time(func() {
			db, err := bbolt.Open(r.path("first"), 0o600, nil)
			check(err)
			check(db.Close())
		})
		var s *bolt.Store
		open.time(func() {
			var err error
			s, err = bolt.Open(r.path("first"), bolt.Options{Command: "bench", Now: (&clock{now}).now})
			check(err)
			check(s.Configure(cfg))
		})
		check(s.Close())
	}
	fmt.Printf("  bbolt alone          %s\n  Open and Configure   %s\n", bare, open)
	r.must("open", float64(open.at(1))/1e6, 100, "ms")
}

// reads takes entries out in all ways, in turn with bare Gets so that both see
// the same machine.
func (r *rig) reads(bool) {
	fmt.Println("\nreading")
	c := &clock{now}
	s := r.open("first", c)
	defer func() { check(s.Close()) }()
	db, err := bbolt.Open(r.path("bare"), 0o600, &bbolt.Options{ReadOnly: true})
	check(err)
	defer func() { check(db.Close()) }()
	for _, path := range []string{r.path("first"), r.path("bare")} {
		warm(path) // what is measured is the way, not the disk
	}
	slugs, links := r.known(s)
	rnd := rand.New(rand.NewPCG(7, 8))
	var get, window, slug, link latencies
	for i := range 40_000 {
		get.time(func() { bareGet(db, rnd.Uint64N(uint64(r.entries))) })
		slug.time(func() {
			_, err := s.Entry(slugs[rnd.IntN(len(slugs))])
			check(err)
		})
		link.time(func() {
			_, err := s.Find(links[rnd.IntN(len(links))])
			check(err)
		})
		if i%20 == 0 {
			window.time(func() {
				w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 50})
				check(err)
				if len(w.Entries) != 50 {
					check(fmt.Errorf("window of %d entries", len(w.Entries)))
				}
			})
		}
	}
	fmt.Printf("  bare Get       %s\n  by slug        %s\n  by link        %s\n  newest 50      %s\n", get, slug, link, window)
	bare := float64(get.at(0.99))
	fmt.Printf("  medians against a bare Get's: by slug %.1f, by link %.1f, newest 50 %.0f times\n",
		float64(slug.at(0.5))/float64(get.at(0.5)), float64(link.at(0.5))/float64(get.at(0.5)), float64(window.at(0.5))/float64(get.at(0.5)))
	r.must("newest 50, p99 against a bare Get", float64(window.at(0.99))/bare, 60, "times")
	r.must("by slug, p99 against a bare Get", float64(slug.at(0.99))/bare, 4, "times")
	r.must("by link, p99 against a bare Get", float64(link.at(0.99))/bare, 4, "times")
}

// warm brings a file into the page cache.
func warm(path string) {
	f, err := os.Open(path)
	check(err)
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	check(err)
}

// bareGet is what reading a value costs at least.
func bareGet(db *bbolt.DB, n uint64) (value []byte) {
	check(db.View(func(tx *bbolt.Tx) error {
		value = append(value, tx.Bucket(bareBucket).Get(binary.BigEndian.AppendUint64(nil, n))...)
		return nil
	}))
	if len(value) == 0 {
		check(fmt.Errorf("value %d is missing", n))
	}
	return value
}

// known picks slugs and links of entries from everywhere in the store.
func (r *rig) known(s *bolt.Store) (slugs, links []string) {
	began := time.Now()
	for i := range 20_000 {
		n := i * 7919 % (r.planet.sources * r.perSource)
		it := r.planet.story(n/r.perSource, n%r.perSource)
		found, err := s.Find(it.Link)
		if err != nil {
			continue // its source retold another one instead
		}
		slugs, links = append(slugs, found[0].Slug), append(links, found[0].Link)
	}
	fmt.Printf("  %d entries to look up, found in %s\n", len(slugs), short(time.Since(began)))
	return slugs, links
}
