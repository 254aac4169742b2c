package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"syscall"
	"time"
)

// cpu returns what the process has used of its processors.
func cpu() time.Duration {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// stopwatch adds up what is spent between start and stop.
type stopwatch struct{ wall, cpu time.Duration }

func (s *stopwatch) time(run func()) {
	wall, used := time.Now(), cpu()
	run()
	s.wall += time.Since(wall)
	s.cpu += cpu() - used
}

// heap is the peak of the Go heap while it was watched, in bytes: what was
// reachable at the end of a collection, and what was taken from the system and
// in use (MemStats.HeapInuse).
type heap struct{ live, inuse uint64 }

// watchHeap samples the heap until the function it returns is called.
func watchHeap() func() heap {
	runtime.GC()
	stop, done := make(chan struct{}), make(chan heap)
	go func() {
		samples := []metrics.Sample{
			{Name: "/gc/heap/live:bytes"},
			{Name: "/memory/classes/heap/objects:bytes"},
			{Name: "/memory/classes/heap/unused:bytes"},
		}
		var h heap
		for {
			metrics.Read(samples)
			h.live = max(h.live, samples[0].Value.Uint64())
			h.inuse = max(h.inuse, samples[1].Value.Uint64()+samples[2].Value.Uint64())
			select {
			case <-stop:
				done <- h
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() heap {
		close(stop)
		return <-done
	}
}

func (h heap) String() string {
	return fmt.Sprintf("heap in use %d MB, live %d MB", h.inuse>>20, h.live>>20)
}

// latencies are how long many calls of one kind took.
type latencies []time.Duration

func (l *latencies) time(run func()) {
	began := time.Now()
	run()
	*l = append(*l, time.Since(began))
}

// at returns the latency that a part of the calls stayed within.
func (l latencies) at(part float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(l))
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}

func (l latencies) String() string {
	return fmt.Sprintf("p50 %8s  p99 %8s  max %8s  of %d", short(l.at(0.5)), short(l.at(0.99)), short(l.at(1)), len(l))
}

func short(d time.Duration) string {
	switch {
	case d < 100*time.Microsecond:
		return fmt.Sprintf("%.1f µs", float64(d)/1e3)
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// fileSize is a file's length: what bbolt has asked of the disk for it.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	check(err)
	return info.Size()
}

// verdicts collects the figures that have a limit.
type verdicts struct{ missed int }

// must prints a figure beside its limit.
func (v *verdicts) must(what string, got, limit float64, unit string) {
	v.line(what, got, limit, unit, "<=", got <= limit)
}

// reach is must for figures that are to be large.
func (v *verdicts) reach(what string, got, limit float64, unit string) {
	v.line(what, got, limit, unit, ">=", got >= limit)
}

func (v *verdicts) line(what string, got, limit float64, unit, sign string, ok bool) {
	word := "ok"
	if !ok {
		word = "MISSED"
		v.missed++
	}
	fmt.Printf("  => %-58s %10.2f %s %g %s  %s\n", what, got, sign, limit, unit, word)
}
