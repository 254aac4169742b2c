//go:build ignore

// Command poll measures `weir poll` beside the floor, a naive poller made of
// the same libraries, on feeds from a local origin, in one run:
//
//	go run bench/poll.go -bench FOLDER [-n 1000] [-runs 3]
//
// FOLDER holds the built programs bin-origin and bin-floor, and
// origin/pool.json. Each run polls cold, unchanged, and after 5 % of the feeds
// changed. Medians are printed: wall and CPU seconds, and the peak of anonymous
// memory (the mapped store file is not memory in use).
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

// cost is what one run of a program took.
type cost struct{ wall, cpu, rss float64 }

func main() {
	bench := flag.String("bench", "", "folder of bin-origin, bin-floor and origin/pool.json")
	n := flag.Int("n", 1000, "feeds")
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
	stop := startOrigin(*bench, *n)
	defer stop()
	urls, err := exec.Command(filepath.Join(*bench, "bin-origin"), "-n", strconv.Itoa(*n), "-list", "urls").Output()
	check(err)
	check(os.WriteFile(filepath.Join(work, "urls"), urls, 0o600))

	results := map[string][]cost{}
	for run := range *runs {
		dir := filepath.Join(work, strconv.Itoa(run))
		check(os.MkdirAll(dir, 0o700))
		check(os.WriteFile(filepath.Join(dir, "config.yaml"), config(string(urls)), 0o600))
		floor := []string{filepath.Join(*bench, "bin-floor"), "-mode", "batch", "-urls", filepath.Join(work, "urls"), "-db", filepath.Join(dir, "floor.db")}
		own := []string{*weir, "poll", "--all", "--config", filepath.Join(dir, "config.yaml")}
		for _, phase := range []string{"cold", "unchanged", "5 % changed"} {
			if strings.HasPrefix(phase, "5") {
				get("/_ctl/change?pct=5")
			}
			times := 1
			if phase == "unchanged" {
				times = 5 // it is so short that a single one says little
			}
			for range times {
				for name, command := range map[string][]string{"floor": floor, "weir": own} {
					results[phase+"/"+name] = append(results[phase+"/"+name], measure(command))
				}
			}
		}
		check(os.RemoveAll(dir))
	}
	fmt.Printf("%d feeds, medians of %d: wall s / CPU s / peak anonymous MB\n", *n, *runs)
	for _, phase := range []string{"cold", "unchanged", "5 % changed"} {
		f, w := median(results[phase+"/floor"]), median(results[phase+"/weir"])
		fmt.Printf("%-12s floor %6.3f / %6.3f / %4.0f   weir %6.3f / %6.3f / %4.0f   CPU ratio %.2f\n",
			phase, f.wall, f.cpu, f.rss, w.wall, w.cpu, w.rss, w.cpu/f.cpu)
	}
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
  concurrency: 64
  per_host: {concurrency: 64, delay: 0s}
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
