// Command parse measures how fast Weir reads feeds, beside what one would
// write without it: gofeed's rss or atom parser on the bytes as they are, then
// bluemonday on every body. Both sides run in turn in one process, on one core,
// and what counts is processor time:
//
//	go run -C bench/parse . -corpus FOLDER [-rounds 9]
//
// FOLDER holds feeds/ and expected-items.json. The documents are the 32
// largest real ones that gofeed reads. The table gives medians beside the
// values that Weir promises; the program fails when one is missed.
//
// It is a module of its own, so that what only the rival needs is no
// dependency of Weir.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"
)

func main() {
	corpus := flag.String("corpus", os.Getenv("WEIR_CORPUS"), "folder of feeds/ and expected-items.json")
	rounds := flag.Int("rounds", 9, "rounds, of which the median counts")
	flag.Parse()
	log.SetFlags(0)
	runtime.GOMAXPROCS(1)
	feeds, err := largest(*corpus, 32)
	if err != nil {
		log.Fatal(err)
	}
	var rival, whole, fifty, cut side
	for range *rounds {
		rival.run(1, feeds, func(f *document) int { return f.rival() })
		whole.run(4, feeds, func(f *document) int { return f.weir(f.body, nil) })
		fifty.run(1, feeds, func(f *document) int { return f.weir(f.fifty, nil) })
		cut.run(12, feeds, func(f *document) int { return f.weir(f.fifty, f.known) })
	}
	size, long := 0, 0
	for i := range feeds {
		size += len(feeds[i].body)
		long += len(feeds[i].fifty)
	}
	fmt.Printf("%d documents of %.1f MB; brought to 50 items each, %.1f MB; medians of %d rounds\n\n",
		len(feeds), float64(size)/1e6, float64(long)/1e6, *rounds)
	fmt.Printf("%-52s %9s %12s %12s\n", "", "MB/s", "bytes/entry", "allocs/entry")
	whole.print("Weir: decode, scan, parse, clean", size)
	rival.print("gofeed's direct parser, then bluemonday", size)
	fifty.print("Weir, 50 items each, all new", long)
	cut.print("Weir, 50 items each, all but one known", long)
	fmt.Println()
	ok := must("speed against gofeed and bluemonday", whole.speed(size)/rival.speed(size), 0.9, true)
	ok = must("bytes per entry against gofeed and bluemonday", whole.bytes()/rival.bytes(), 1.1, false) && ok
	ok = must("speed with all but one of 50 known against all new", cut.speed(long)/whole.speed(size), 12, true) && ok
	ok = benchmarks(*corpus) && ok
	if !ok {
		log.Fatal("a promise is not kept")
	}
}

// must prints a value beside the one that is promised, the least or the most.
func must(what string, is, promised float64, least bool) bool {
	word, ok := "at most", is <= promised
	if least {
		word, ok = "at least", is >= promised
	}
	verdict := "ok"
	if !ok {
		verdict = "MISSED"
	}
	fmt.Printf("%-52s %9.2f   %s %g: %s\n", what, is, word, promised, verdict)
	return ok
}

// side is one way of reading all documents.
type side struct {
	times  []time.Duration
	items  int
	memory uint64
	allocs uint64
}

// run reads all documents so often that it takes long enough to be measured.
func (s *side) run(times int, feeds []document, read func(*document) int) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := spent()
	items := 0
	for range times {
		for i := range feeds {
			items += read(&feeds[i])
		}
	}
	s.times = append(s.times, (spent()-began)/time.Duration(times))
	runtime.ReadMemStats(&after)
	s.items, s.memory, s.allocs = items, after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
}

// spent is the processor time of this process, which other programs on the
// machine lengthen less than they do the time on the clock.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// speed is the median in megabytes per second of processor time.
func (s *side) speed(size int) float64 {
	times := slices.Sorted(slices.Values(s.times))
	return float64(size) / 1e6 / times[len(times)/2].Seconds()
}

func (s *side) bytes() float64 { return float64(s.memory) / float64(s.items) }

func (s *side) print(name string, size int) {
	fmt.Printf("%-52s %9.1f %12.0f %12.0f\n", name, s.speed(size), s.bytes(), float64(s.allocs)/float64(s.items))
}
