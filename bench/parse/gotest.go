package main

import (
	"log"
	"os"
	"os/exec"
	"regexp"
	"strconv"
)

// benchmarks runs those of the parser's own benchmarks whose outcome is
// promised: the scan is not exported.
func benchmarks(corpus string) bool {
	c := exec.Command("go", "test", "-run", "^$", "-bench", "Largest|Typical", "-benchmem", "./aggregator/parse")
	c.Dir, c.Stderr = "../..", os.Stderr
	c.Env = append(os.Environ(), "GOMAXPROCS=1", "WEIR_CORPUS="+corpus)
	out, err := c.Output()
	if err != nil {
		log.Fatalf("benchmarks: %v\n%s", err, out)
	}
	read := func(name, unit string) float64 {
		lines := regexp.MustCompile(`(?m)^Benchmark`+name+`\S*\s.*?([0-9.]+) `+unit).FindAllSubmatch(out, -1)
		if lines == nil {
			log.Fatalf("no %s of %s in:\n%s", unit, name, out)
		}
		worst := 0.0
		for _, m := range lines {
			v, err := strconv.ParseFloat(string(m[1]), 64)
			if err != nil {
				log.Fatal(err)
			}
			worst = max(worst, v)
		}
		return worst
	}
	ok := must("scan with hashes alone, GB/s", read("ScanLargest", "GB/cpu-s"), 1.5, true)
	ok = must("scan with hashes alone, allocations", read("ScanLargest", "allocs/op"), 0, false) && ok
	return must("allocations of an item of typical feeds, the worst", read("Typical", "allocs/item"), 90, false) && ok
}
