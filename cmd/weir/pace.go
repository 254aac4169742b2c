package main

import "time"

const (
	// leastGap and mostGap bound the time between two renderings.
	leastGap = 50 * time.Millisecond
	mostGap  = 300 * time.Millisecond
)

// pace says how long to rest between renderings: after a single piece of news
// hardly, so that the next one does not wait either, and longer with every
// rendering of a burst, which then costs a few of them and not one per commit.
type pace struct{ gap time.Duration }

// next returns how long to rest after a rendering that took so long, and for
// which nothing was asked for so long before.
func (p *pace) next(took, idle time.Duration) time.Duration {
	if idle >= mostGap {
		p.gap = 0
	}
	p.gap = min(max(2*p.gap, took, leastGap), mostGap)
	return p.gap
}
