package schedule

import (
	"time"

	"weir/feed"
)

// aim returns the gap after base that a source's rhythm suggests, at least
// least, and whether it was chosen for an hour at which news is likely rather
// than for want of any (P33).
//
// A request has a price: that entries wait, all together, for half of the
// default interval. Of all times to ask next the best is the one at which an
// entry costs least, its share of the request and its own waiting counted
// together. For a source that publishes evenly that is the geometric mean of
// the default interval and its own; one with habits is asked when the entry of
// the hour has come. No source counts as publishing more often than the default
// interval, so on average over a week none is asked more often (P20).
func (o *Options) aim(base time.Time, s *feed.PollState, least time.Duration) (gap time.Duration, aimed bool) {
	every := o.every()
	r, known := unpackRhythm(s.Rhythm)
	if !known {
		return max(every, least), false
	}
	rate := min(r.rate(base, every), 1/every.Seconds())
	quarters, days := r.shape(base)
	most, step := o.horizon(every)
	width := step.Seconds()
	price := every.Seconds() / 2
	gap = max(most, least)
	// seen is how many entries are expected by t, waited how long they all
	// have by then, and best the least cost of one so far.
	var seen, waited, best float64
	for t := step; t <= most; t += step {
		middle := base.Add(t - step/2).UTC()
		more := rate * width * quarters[quarterOf(middle)] * days[middle.Weekday()]
		waited += seen*width + more*width/2
		seen += more
		cost := (price + waited) / seen
		if t >= least && (best == 0 || cost < best) {
			gap, best = t, cost
		}
	}
	return max(gap, least), gap < most && gap > least
}

// horizon is the longest gap that a rhythm can lead to, and the step in which
// gaps are looked at: a day, unless the default interval is so short or so long
// that another one is meant (P27).
func (o *Options) horizon(every time.Duration) (most, step time.Duration) {
	const steps = 672 // at a quarter of the default interval each, 168 of them
	most = max(every, min(positive(o.Cap, defaultCap), steps/4*every))
	step = max(min(every/4, quarter), most/steps, time.Millisecond)
	return most, step
}
