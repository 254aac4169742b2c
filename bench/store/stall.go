package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"weir/feed"
	"weir/publisher"
	"weir/store/bolt"
)

const (
	readers = 4
	stuck   = 16
)

// stalls commits in a loop while readers take windows, and clients that never
// read their answer hang on the server.
func (r *rig) stalls(bool) {
	fmt.Println("\nreaders beside a writer")
	c := &clock{now.Add(200 * 24 * time.Hour)}
	s := r.open("first", c)
	defer func() { check(s.Close()) }()
	alone, free := r.write(s, c, nil)
	stop := r.hang(s)
	beside, grown := r.write(s, c, func(done <-chan struct{}) latencies { return read(s, done) })
	// What the machine makes of readers and of a disk that syncs, without the
	// store between them.
	var quiet latencies
	syncs := r.beside(func(done <-chan struct{}) { quiet = read(s, done) })
	stop()
	fmt.Printf("  fsync beside readers   %s\n  windows beside fsync   %s\n  writer alone           %s\n  writer beside readers  %s\n  windows beside writer  %s\n",
		syncs, quiet, alone.commits, beside.commits, beside.windows)
	fmt.Printf("  the file grew by %d pages alone, by %d with readers and %d stuck clients\n", free, grown, stuck)
	limit := 5 * float64(syncs.at(0.99)) / 1e6
	ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
	r.must("what the writer adds to a window, p99", ms(beside.windows.at(0.99)-quiet.at(0.99)), limit, "ms")
	r.must("what the writer adds to the longest window", ms(beside.windows.at(1)-quiet.at(1)), limit, "ms")
	r.must("what readers and stuck clients add to a commit, p99", ms(beside.commits.at(0.99)-alone.commits.at(0.99)), limit, "ms")
	r.must("pages by which the file grew beside readers", float64(grown), 0, "pages")
}

type traffic struct{ commits, windows latencies }

// write commits polls without news, one group after the other, and returns by
// how many pages the file grew once it had taken what such commits need.
func (r *rig) write(s *bolt.Store, c *clock, beside func(done <-chan struct{}) latencies) (traffic, int64) {
	var t traffic
	done := make(chan struct{})
	var wg sync.WaitGroup
	if beside != nil {
		wg.Go(func() { t.windows = beside(done) })
	}
	var before int64
	for began := time.Now(); time.Since(began) < r.stall; {
		c.at = c.at.Add(2 * time.Hour)
		claims, _, err := s.Claim(feed.ClaimQuery{N: r.group, Lease: time.Hour})
		check(err)
		reports := make([]feed.Report, len(claims))
		for i, cl := range claims {
			reports[i] = report(cl, c.at, nil)
		}
		t.commits.time(func() {
			_, err := s.Commit(reports)
			check(err)
		})
		if before == 0 && time.Since(began) > r.stall/5 {
			before = fileSize(s.Path())
		}
	}
	close(done)
	wg.Wait()
	return t, (fileSize(s.Path()) - before) / 4096
}

// read takes windows until done.
func read(s *bolt.Store, done <-chan struct{}) latencies {
	lists := make([]latencies, readers)
	var wg sync.WaitGroup
	for i := range lists {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
				lists[i].time(func() {
					_, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 50})
					check(err)
				})
			}
		})
	}
	wg.Wait()
	var all latencies
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// hang serves the store and lets clients ask for documents without ever
// reading an answer.
func (r *rig) hang(s *bolt.Store) (stop func()) {
	p, err := publisher.New(publisher.Options{
		Site:     publisher.Site{Title: "Planet", URL: "https://planet.example/", Since: "2026-11-24"},
		Channels: []publisher.Channel{{ID: feed.ChannelAll}},
	}, s)
	check(err)
	snapshot, err := p.Render(context.Background())
	check(err)
	handler := new(publisher.Handler)
	handler.Swap(snapshot)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(l) }()
	conns := make([]net.Conn, stuck)
	for i := range conns {
		if conns[i], err = net.Dial("tcp", l.Addr().String()); err != nil {
			check(err)
		}
		// More requests than any buffer has room for answers.
		for range 64 {
			_, err := fmt.Fprintf(conns[i], "GET /rss.xml HTTP/1.1\r\nHost: planet.example\r\n\r\n")
			check(err)
		}
	}
	return func() {
		for _, c := range conns {
			_ = c.Close()
		}
		_ = server.Close()
	}
}
