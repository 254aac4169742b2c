//go:build ignore

// Command poll measures `weir poll` beside the floor, a naive poller made of
// the same libraries, on feeds from a local origin, in one run:
//
//	go run bench/poll.go -bench FOLDER [-n 1000] [-runs 3] [-many 5000]
//
// FOLDER holds the built programs bin-origin and bin-floor, and
// origin/pool.json. Each run polls cold, unchanged, after 5 % of the feeds
// changed, and unchanged at an origin that takes 50 ms for each answer; at the
// end many feeds are polled cold. Medians are printed beside what is wanted:
// wall and CPU seconds, and the peak of anonymous memory (the mapped store file
// is not memory in use).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const origin = "127.0.0.1:8900"

// concurrency is how many requests both have under way, latency what the origin
// takes for each in the last phase.
const (
	concurrency = 64
	latency     = 50 * time.Millisecond
)

// cost is what one run of a program took.
type cost struct{ wall, cpu, rss float64 }

// phase is one poll of a run: what is done to the origin before, how often it is
// repeated, and what is wanted of it.
type phase struct {
	name   string
	before string
	times  int
	// judge tells of Weir's cost and of the floor's what is wanted, and whether
	// it is so.
	judge func(weir, floor cost) (string, bool)
}

func phases(n int) []phase {
	ratio := func(most float64) func(weir, floor cost) (string, bool) {
		return func(weir, floor cost) (string, bool) {
			return fmt.Sprintf("CPU %.2f of the floor's, at most %.2f", weir.cpu/floor.cpu, most), weir.cpu <= most*floor.cpu
		}
	}
	ideal := (time.Duration((n+concurrency-1)/concurrency) * latency).Seconds()
	return []phase{
		{"cold", "", 1, ratio(1.2)},
		{"unchanged", "", 5, func(weir, _ cost) (string, bool) { // it is so short that a single one says little
			most := 0.10 * float64(n) / 1000
			return fmt.Sprintf("CPU %.3f s, at most %.2f", weir.cpu, most), weir.cpu <= most
		}},
		{"5 % changed", "/_ctl/change?pct=5", 1, ratio(0.8)},
		{"50 ms away", "/_ctl/lat?ms=50", 3, func(weir, _ cost) (string, bool) {
			return fmt.Sprintf("wall %.2f of the ideal %.2f s, at most 1.15", weir.wall/ideal, ideal), weir.wall <= 1.15*ideal
		}},
	}
}

func main() {
	bench := flag.String("bench", "", "folder of bin-origin, bin-floor and origin/pool.json")
	n := flag.Int("n", 1000, "feeds")
	many := flag.Int("many", 5000, "feeds of the last, cold poll; 0 leaves it out")
	runs := flag.Int("runs", 3, "runs, of which the median is printed")
	weir := flag.String("weir", "", "the weir program; empty builds it")
	flag.Parse()
	log.SetFlags(0)
	work, err := os.MkdirTemp("", "weir-bench")
	check(err)
	defer os.RemoveAll(work)
	if *weir == "" {
		*weir = filepath.Join(work, "weir")
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", *weir, "./cmd/weir")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stderr = os.Stderr
		check(build.Run())
	}
	r := rig{bench: *bench, weir: *weir, work: work, runs: *runs}
	fmt.Printf("medians of %d: wall s / CPU s / peak anonymous MB\n", *runs)
	fine := r.compare(*n, phases(*n))
	if *many > 0 {
		fine = r.compare(*many, []phase{{"cold", "", 1, func(weir, _ cost) (string, bool) {
			return fmt.Sprintf("%.0f MB, at most 200", weir.rss), weir.rss <= 200
		}}}) && fine
	}
	if !fine {
		os.Exit(1)
	}
}

// rig is where both programs are run.
type rig struct {
	bench, weir, work string
	runs              int
}

// compare runs the phases with n feeds and reports whether all is as wanted.
func (r rig) compare(n int, list []phase) bool {
	stop := startOrigin(r.bench, n)
	defer stop()
	urls, err := exec.Command(filepath.Join(r.bench, "bin-origin"), "-n", strconv.Itoa(n), "-list", "urls").Output()
	check(err)
	check(os.WriteFile(filepath.Join(r.work, "urls"), urls, 0o600))
	floors, weirs := make([][]cost, len(list)), make([][]cost, len(list))
	for run := range r.runs {
		dir := filepath.Join(r.work, strconv.Itoa(run))
		check(os.MkdirAll(dir, 0o700))
		check(os.WriteFile(filepath.Join(dir, "config.yaml"), config(string(urls)), 0o600))
		floor := []string{filepath.Join(r.bench, "bin-floor"), "-mode", "batch", "-c", strconv.Itoa(concurrency),
			"-urls", filepath.Join(r.work, "urls"), "-db", filepath.Join(dir, "floor.db")}
		own := []string{r.weir, "poll", "--all", "--config", filepath.Join(dir, "config.yaml")}
		for i, p := range list {
			if p.before != "" {
				get(p.before)
			}
			for turn := range p.times {
				both := []func(){
					func() { floors[i] = append(floors[i], measure(floor)) }, func() { weirs[i] = append(weirs[i], measure(own)) },
				}
				both[turn%2]()
				both[1-turn%2]()
			}
		}
		get("/_ctl/lat?ms=0")
		check(os.RemoveAll(dir))
	}
	fine := true
	for i, p := range list {
		f, w := median(floors[i]), median(weirs[i])
		verdict, ok := p.judge(w, f)
		fine = fine && ok
		fmt.Printf("%d feeds, %-12s floor %6.3f / %6.3f / %4.0f   weir %6.3f / %6.3f / %4.0f   %s: %s\n", n, p.name,
			f.wall, f.cpu, f.rss, w.wall, w.cpu, w.rss, verdict, map[bool]string{true: "met", false: "MISSED"}[ok])
	}
	return fine
}

func startOrigin(bench string, n int) func() {
	c := exec.Command(filepath.Join(bench, "bin-origin"), "-n", strconv.Itoa(n), "-addr", origin,
		"-pool", filepath.Join(bench, "origin", "pool.json"))
	check(c.Start())
	for range 300 {
		if resp, err := http.Get("http://" + origin + "/_ctl/version"); err == nil {
			resp.Body.Close()
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return func() { _ = c.Process.Kill(); _ = c.Wait() }
}

func get(path string) {
	resp, err := http.Get("http://" + origin + path)
	check(err)
	check(resp.Body.Close())
}

// config lifts the pacing: all feeds of the origin are on one host.
func config(urls string) []byte {
	var b bytes.Buffer
	b.WriteString(`site: {title: Bench, url: "https://bench.example.org/", since: "2026-11-24"}
store: weir.db
output: public
poll:
  every: 1h
  floor: 0s
  concurrency: ` + strconv.Itoa(concurrency) + `
  per_host: {concurrency: ` + strconv.Itoa(concurrency) + `, delay: 0s}
  allow_private: [127.0.0.1]
feeds:
`)
	for u := range strings.FieldsSeq(urls) {
		fmt.Fprintf(&b, "  - %s\n", u)
	}
	return b.Bytes()
}

// measure runs a command and samples its anonymous memory.
func measure(command []string) cost {
	c := exec.Command(command[0], command[1:]...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	began := time.Now()
	check(c.Start())
	peak, done := 0.0, make(chan error, 1)
	go func() { done <- c.Wait() }()
	for {
		select {
		case err := <-done:
			if err != nil {
				log.Fatalf("%s: %v\n%s", command[0], err, out.Bytes())
			}
			s := c.ProcessState
			return cost{time.Since(began).Seconds(), (s.UserTime() + s.SystemTime()).Seconds(), peak}
		case <-time.After(10 * time.Millisecond):
			peak = max(peak, anonymous(c.Process.Pid))
		}
	}
}

func anonymous(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

func median(list []cost) cost {
	pick := func(f func(cost) float64) float64 {
		v := make([]float64, len(list))
		for i, c := range list {
			v[i] = f(c)
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	return cost{pick(func(c cost) float64 { return c.wall }), pick(func(c cost) float64 { return c.cpu }), pick(func(c cost) float64 { return c.rss })}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
