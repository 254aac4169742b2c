package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"weir/feed"
	"weir/store/bolt"
)

// trickle is how many new items a poll of a growing planet brings.
const trickle = 2

// clock is the time as the store is told it.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (r *rig) open(name string, c *clock) *bolt.Store {
	s, err := bolt.Open(r.path(name), bolt.Options{Command: "bench", Now: c.now})
	check(err)
	check(s.Configure(r.planet.configuration()))
	return s
}

// report is a poll that gave a document, or none.
func report(c feed.Claim, at time.Time, doc *feed.Document) feed.Report {
	p := c.State.Poll
	p.Due, p.Interval, p.Tried, p.Succeeded, p.Status = at.Add(time.Hour), time.Hour, at, at, 200
	p.Validators = feed.Validators{
		URL: c.Source.URL, Final: c.Source.URL,
		ETag: `"5f1e2d3c4b5a6978"`, LastModified: at.Format("Mon, 02 Jan 2006 15:04:05 GMT"),
	}
	return feed.Report{Source: c.Source.ID, Token: c.Token, Poll: p, Document: doc}
}

// ingesting polls a planet.
type ingesting struct {
	*rig
	store    *bolt.Store
	clock    *clock
	spent    stopwatch
	prepared stopwatch
	commits  latencies
	sum      feed.Outcome
}

// round polls every source once; each shows its items from first to last-1.
func (g *ingesting) round(first, last int) {
	for {
		claims, _, err := g.store.Claim(feed.ClaimQuery{N: g.group, Lease: time.Hour, Untried: g.clock.at})
		check(err)
		if len(claims) == 0 {
			return
		}
		g.commit(claims, first, last)
	}
}

func (g *ingesting) commit(claims []feed.Claim, first, last int) {
	reports := make([]feed.Report, len(claims))
	for i, c := range claims {
		var source int
		_, err := fmt.Sscanf(c.Source.ID, "source-%d", &source)
		check(err)
		reports[i] = report(c, g.clock.at, g.planet.document(source, first, last, c.State.Doc.Known))
	}
	g.commits.time(func() {
		g.spent.time(func() {
			outcomes, err := g.store.Commit(reports)
			check(err)
			g.add(outcomes...)
		})
	})
}

func (g *ingesting) settle() {
	var settling stopwatch
	settling.time(func() {
		o, err := g.store.Settle()
		check(err)
		g.add(o)
	})
	g.spent.wall += settling.wall
	g.spent.cpu += settling.cpu
	fmt.Printf("  settled in %s wall, %s cpu\n", short(settling.wall), short(settling.cpu))
}

func (g *ingesting) add(outcomes ...feed.Outcome) {
	for _, o := range outcomes {
		g.sum.Added += o.Added
		g.sum.Joined += o.Joined
		g.sum.Rejected += o.Rejected
	}
}

// first ingests everything in a store's first cycle.
func (r *rig) first(fresh bool) {
	r.ingest("first", "a first cycle", fresh, func(g *ingesting) {
		g.round(0, r.perSource)
		fmt.Printf("  staged in %s wall, %s cpu\n", short(g.spent.wall), short(g.spent.cpu))
		g.settle()
	})
}

// grow ingests as a planet grows.
func (r *rig) grow(fresh bool) {
	r.ingest("grow", "a growing planet", fresh, func(g *ingesting) {
		shown := r.perSource / 10
		g.round(0, shown)
		g.settle()
		g.commits = nil
		for ; shown < r.perSource; shown += trickle {
			g.clock.at = g.clock.at.Add(12 * time.Hour)
			g.round(shown, shown+trickle)
		}
	})
}

func (r *rig) ingest(name, what string, fresh bool, run func(*ingesting)) {
	if _, err := os.Stat(r.path(name)); err == nil && !fresh {
		return
	}
	old, err := filepath.Glob(r.path(name) + "*")
	check(err)
	for _, path := range old {
		check(os.Remove(path))
	}
	fmt.Printf("\ningest, %s\n", what)
	c := &clock{now}
	heap := watchHeap()
	g := &ingesting{rig: r, clock: c, store: r.open(name, c)}
	run(g)
	check(g.store.Close())
	h, n := heap(), r.notes()
	n.Ours[name] = g.spent.wall
	n.save(r)
	fmt.Printf("  %d entries, %d joined, %d rejected: %s wall, %s cpu, %.0f items/s, %s\n    commits %s\n",
		g.sum.Added, g.sum.Joined, g.sum.Rejected, short(g.spent.wall), short(g.spent.cpu),
		float64(r.entries)/g.spent.wall.Seconds(), h, g.commits)
	r.reach("speed against a bare fill of seven keys an entry", n.Alike[name].Seconds()/g.spent.wall.Seconds(), 0.5, "times")
	fmt.Printf("  speed against a bare fill of one key an entry: %.2f\n", n.Bare[name].Seconds()/g.spent.wall.Seconds())
	r.must("heap in use", float64(h.inuse>>20), 200, "MB")
	r.must("file", float64(fileSize(r.path(name)))/float64(g.sum.Added), 2800, "bytes per entry")
}
