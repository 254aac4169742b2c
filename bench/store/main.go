// Command store measures the bbolt store at a million entries beside bbolt
// alone, in one run and on one disk:
//
//	go run -C bench/store . [-dir FOLDER] [-entries 1000000] [-sources 5000]
//
// It makes a planet of so many sources, 200 items each (the same ones at every
// run), and a million entries of about 3.2 kB from them in two ways: in a first
// cycle, when everything is staged and decided together, and as a planet grows,
// a tenth in its first cycle and the rest in polls that bring a few new items
// each. Then it reads, polls and stalls the store of the first way. The files
// stay in FOLDER, by default below the user's cache, and are used again unless
// -fresh is given; 15 GB have to be free.
//
// The bare side is a bbolt file with default options that gets one value of the
// same length under an ascending 8 byte key per entry, in transactions of as
// many entries as Weir's. A bare Get is a View of it with one Get of a random
// key and a copy of the value.
//
// The program fails when a limit is missed; -smoke only prints, for runs too
// small to say anything.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// rig is a run: its planet, where its files lie, and what it has found.
type rig struct {
	verdicts
	planet *planet
	dir    string
	// entries are wanted, perSource of each source, in commits of group
	// sources, as the poller commits.
	entries, perSource, group int
	// stall is how long readers and a writer are watched.
	stall time.Duration
}

func main() {
	cache, _ := os.UserCacheDir()
	dir := flag.String("dir", filepath.Join(cache, "weir-bench"), "folder for the files, made when it is missing")
	entries := flag.Int("entries", 1_000_000, "items to ingest")
	sources := flag.Int("sources", 5000, "sources")
	group := flag.Int("group", 64, "sources in a commit")
	fresh := flag.Bool("fresh", false, "ingest again")
	smoke := flag.Bool("smoke", false, "do not fail when a limit is missed")
	stall := flag.Duration("stall", 10*time.Second, "time to watch readers beside a writer, twice")
	only := flag.String("only", "", "parts to run, of bare,first,grow,space,open,read,poll,stall; empty means all")
	profile := flag.String("cpuprofile", "", "write a profile")
	flag.Parse()
	log.SetFlags(0)
	check(os.MkdirAll(*dir, 0o700))
	r := &rig{planet: newPlanet(*sources), dir: *dir, entries: *entries, perSource: *entries / *sources, group: *group, stall: *stall}
	if *profile != "" {
		f, err := os.Create(*profile)
		check(err)
		check(pprof.StartCPUProfile(f))
		defer pprof.StopCPUProfile()
	}
	fmt.Printf("%d sources, %d items each, %s, %d processors, files in %s\n", *sources, r.perSource, runtime.Version(), runtime.GOMAXPROCS(0), *dir)
	wanted := func(part string) bool { return *only == "" || strings.Contains(","+*only+",", ","+part+",") }
	for _, part := range []struct {
		name string
		run  func(fresh bool)
	}{
		{"bare", r.bare}, {"first", r.first}, {"grow", r.grow}, {"space", r.space},
		{"open", r.openings}, {"read", r.reads}, {"poll", r.polls}, {"stall", r.stalls},
	} {
		if wanted(part.name) {
			part.run(*fresh)
			runtime.GC()
		}
	}
	if r.missed > 0 && !*smoke {
		pprof.StopCPUProfile()
		log.Fatalf("%d limits missed", r.missed)
	}
}

func (r *rig) path(name string) string {
	return filepath.Join(r.dir, fmt.Sprintf("%s-%d.db", name, r.entries))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
