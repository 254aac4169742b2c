// Command news measures how long it takes from the moment that a feed tells a
// new story until a running weir serves it, in channels of many, out of a store
// of many:
//
//	go run -C bench/news . [-entries 1000000] [-sources 5000] [-channels 20] [-news 100] [-pause 5s] [-output]
//
// An origin in this process makes the feeds, one and the same at every run. The
// store is made by `weir poll` in FOLDER (-dir) and used again; then `weir serve`
// runs, a story appears in one feed after the other, which is polled at once,
// and every channel is asked for it in every format. The clock starts when the
// origin has sent the feed, before weir has read or committed it, and stops when
// every document holds the story: as it is, and compressed in every coding.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	originAddr = "127.0.0.1:8920"
	weirAddr   = "127.0.0.1:8921"
	// patience is how long anything is waited for.
	patience = 30 * time.Second
)

var formats = []string{"rss.xml", "atom.xml", "feed.json"}

func main() {
	cache, _ := os.UserCacheDir()
	r := rig{client: &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}}}
	flag.IntVar(&r.entries, "entries", 1_000_000, "stories in the store")
	flag.IntVar(&r.sources, "sources", 5000, "feeds that tell them")
	flag.IntVar(&r.channels, "channels", 20, "channels that a new story enters, beside that of all")
	news := flag.Int("news", 100, "new stories")
	pause := flag.Duration("pause", 5*time.Second, "least time between two of them; with -burst the average")
	burst := flag.Bool("burst", false, "let them come at random, not one after the other")
	flag.BoolVar(&r.output, "output", false, "write files, too")
	dir := flag.String("dir", filepath.Join(cache, "weir-news"), "folder for the store")
	weir := flag.String("weir", "", "the weir program; empty builds it")
	profile := flag.String("log", "", "file for what the server says")
	flag.Parse()
	log.SetFlags(0)
	r.dir = filepath.Join(*dir, fmt.Sprintf("%d-%d-%d", r.entries, r.sources, r.channels))
	check(os.MkdirAll(r.dir, 0o700))
	if r.weir = *weir; r.weir == "" {
		r.weir = filepath.Join(r.dir, "weir")
		build := exec.Command("go", "build", "-C", "../..", "-o", r.weir, "./cmd/weir")
		build.Stderr = os.Stderr
		check(build.Run())
	}
	ln, err := net.Listen("tcp", originAddr)
	check(err)
	o := newOrigin(r.entries/r.sources, r.channels)
	go func() { log.Fatal(http.Serve(ln, o)) }()
	r.origin = o
	r.fill()
	stop := r.serve(*profile)
	defer stop()
	r.await()
	fmt.Printf("%d entries, %d sources, a story enters %d channels, %d documents; %d stories, %v apart\n",
		r.entries, r.sources, r.channels+1, len(r.addresses()), *news, *pause)
	r.run(*news, *pause, *burst)
}
