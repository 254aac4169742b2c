package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"weir/feed"
)

// polls compares one transaction with many.
func (r *rig) polls(bool) {
	fmt.Println("\npolling a store of that size")
	c := &clock{now.Add(100 * 24 * time.Hour)}
	s := r.open("first", c)
	defer func() { check(s.Close()) }()
	for _, what := range []struct {
		name string
		news int
	}{{"nothing new", 0}, {"one new item each", 1}} {
		var one, many latencies
		for round := range 10 {
			c.at = c.at.Add(time.Hour)
			claims, _, err := s.Claim(feed.ClaimQuery{N: 2 * r.group, Lease: time.Hour})
			check(err)
			reports := make([]feed.Report, len(claims))
			for i, cl := range claims {
				var doc *feed.Document
				if what.news > 0 {
					doc = r.planet.document(i, r.perSource+round, r.perSource+round+what.news, cl.State.Doc.Known)
				}
				reports[i] = report(cl, c.at, doc)
			}
			half := len(reports) / 2
			one.time(func() {
				_, err := s.Commit(reports[:half])
				check(err)
			})
			many.time(func() {
				for i := half; i < len(reports); i++ {
					_, err := s.Commit(reports[i : i+1])
					check(err)
				}
			})
		}
		fmt.Printf("  %d sources, %-18s in one transaction %9s, in as many as sources %9s (medians)\n",
			r.group, what.name, short(one.at(0.5)), short(many.at(0.5)))
	}
}

// beside measures, for as long as a writer is watched, what the disk takes to
// make pages safe while something else goes on.
func (r *rig) beside(other func(done <-chan struct{})) latencies {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { other(done) })
	f, err := os.CreateTemp(r.dir, "fsync-*")
	check(err)
	defer os.Remove(f.Name())
	defer f.Close()
	pages := make([]byte, 16*4096)
	var l latencies
	for began := time.Now(); time.Since(began) < r.stall/2; {
		l.time(func() {
			_, err := f.WriteAt(pages, int64(len(l)%256)*int64(len(pages)))
			check(err)
			check(f.Sync())
		})
	}
	close(done)
	wg.Wait()
	return l
}
