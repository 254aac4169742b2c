package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"weir/aggregator"
)

// progress redraws one line of standard error while a cycle runs, at most ten
// times a second, and clears it at the end. It is used from one goroutine; a
// nil one draws nothing.
type progress struct {
	w     io.Writer
	total int
	last  time.Time
	width func() int
	drawn bool
}

// isTerminal reports whether somebody watches w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, width: func() int {
		if f, ok := w.(*os.File); ok {
			if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
				return n
			}
		}
		return 80
	}}
}

// expect says how many sources there are.
func (p *progress) expect(total int) {
	if p != nil {
		p.total = total
	}
}

// events is what the poller calls, nil where nobody watches.
func (p *progress) events() func(aggregator.Event) {
	if p == nil {
		return nil
	}
	return p.event
}

func (p *progress) event(e aggregator.Event) {
	now := time.Now()
	if now.Sub(p.last) < 100*time.Millisecond && e.Polled < p.total {
		return
	}
	p.last = now
	p.draw(e)
}

func (p *progress) draw(e aggregator.Event) {
	polled := fmt.Sprint(e.Polled)
	if p.total >= e.Polled {
		polled = fmt.Sprintf("%d/%d", e.Polled, p.total)
	}
	line := fmt.Sprintf("%s sources · %s · %d failed · %s %s", polled, count(e.Items, "item"), e.Failed,
		e.Source, e.Took.Round(10*time.Millisecond))
	if max := p.width() - 1; len([]rune(line)) > max {
		line = string([]rune(line)[:max])
	}
	fmt.Fprint(p.w, "\r\x1b[K", line)
	p.drawn = true
}

func (p *progress) clear() {
	if p != nil && p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// printable cuts control characters out of what a terminal is shown, because
// titles and messages come from strangers (XJ14).
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}
