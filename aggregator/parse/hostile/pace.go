package hostile

import (
	"encoding/xml"
	"os"
	"strings"
	"syscall"
	"time"
)

// quick is what [paced] takes on the machine on which the limit on CPU was set
// out, an ordinary server of 2024.
const quick = 50 * time.Millisecond

// slowest bounds how much longer a slow machine may take.
const slowest = 4

// Pace says how many times slower this machine is, now, than the one on which
// [MaxCPU] was set out: at least 1. So what is held is how much work a document
// causes, not on which machine the tests run.
func Pace() float64 {
	best := time.Hour
	for range 3 {
		best = min(best, paced())
	}
	return max(1, min(slowest, float64(best)/float64(quick)))
}

// paced returns what the standard library takes to read a document of 3 MB:
// the same kind of work, in code that is not ours.
func paced() time.Duration {
	d := xml.NewDecoder(strings.NewReader("<r>" + strings.Repeat(`<item><title a="b">some words &amp; more</title></item>`, 60_000) + "</r>"))
	began := used()
	for {
		if _, err := d.RawToken(); err != nil {
			return used() - began
		}
	}
}

const (
	// fair is what a machine may take to give a page of memory, dearest what is
	// believed of one.
	fair    = time.Microsecond
	dearest = 20 * time.Microsecond
)

// Toll is by how much a page of memory costs more on this machine, now, than on
// the one on which [MaxCPU] was set out. A virtual machine whose host takes back
// what is not in use asks a multiple for every page, whoever touches it.
func Toll() time.Duration {
	best := time.Hour
	for range 3 {
		best = min(best, pagePrice())
	}
	return max(0, min(best, dearest)-fair)
}

// pagePrice touches 16 MB that nobody had.
func pagePrice() time.Duration {
	const size = 16 << 20
	began := used()
	fresh, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return 0
	}
	for at := 0; at < size; at += os.Getpagesize() {
		fresh[at] = 1
	}
	price := (used() - began) / time.Duration(size/os.Getpagesize())
	_ = syscall.Munmap(fresh) // It was there.
	return price
}

// Spend uses that much processor time, more than any machine is granted where
// it is above [MaxCPU] times 4. It is what a rig must notice.
func Spend(d time.Duration) {
	for began := used(); used()-began < d; {
		continue
	}
}
