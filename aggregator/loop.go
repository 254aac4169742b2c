package aggregator

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"weir/feed"
)

const (
	// reserve is what a claim holds longer than its requests may take.
	reserve = 5 * time.Minute
	// groupSize and groupWait bound a group commit: one transaction carries
	// up to so many reports and waits so long for them, because a
	// transaction's price is its two syncs (XK28).
	groupSize = 64
	groupWait = 100 * time.Millisecond
)

// request is a query under way and what came of it.
type request struct {
	query   feed.ClaimQuery
	explain func(*Explanation)
	// delivered is what its one source is read from in place of its address.
	delivered *Delivered
	pending   int
	tried     bool      // a claim was tried for it, so that next is known
	begun     bool      // what was delivered is being read, or was
	next      time.Time // when its next claim may succeed; zero: never
	summary   Summary
	err       error
	done      chan struct{}
}

func newRequest(q feed.ClaimQuery, explain func(*Explanation)) *request {
	return &request{query: q, explain: explain, done: make(chan struct{})}
}

// result is a finished poll on its way to the store.
type result struct {
	request *request
	claim   feed.Claim
	report  feed.Report
	// complaints are about files of the source.
	complaints []Complaint
	// aborted says that the context ended before the poll did: it proves
	// nothing about the source.
	aborted bool
	// asked is when an aborted poll may have sent a request, zero if it did not
	// come to that.
	asked time.Time
	// acquitted is what went wrong where our own network was at fault.
	acquitted feed.Problem
	took      time.Duration
	// told is nil unless the request wants an explanation.
	told *Explanation
}

// problem is why the poll failed, whoever's fault it was.
func (r *result) problem() feed.Problem {
	if r.acquitted.Kind != "" {
		return r.acquitted
	}
	return r.report.Poll.Problem
}

// flight is a source that is claimed and not yet committed.
type flight struct {
	request *request
	token   uint64
	// tried is when it was last tried before.
	tried time.Time
}

// loop is the one goroutine that claims, hands out and commits; polls run in
// goroutines of their own, at most Concurrency at a time.
type loop struct {
	*Poller
	base     *request // never ends; nil in a single cycle
	requests []*request

	slots   chan struct{}
	results chan result
	flying  map[string]flight
	wait    sync.WaitGroup

	outage outage
	buffer []result
	oldest time.Time // when the first of buffer came
	cut    []result  // polls that were aborted
	dirty  bool      // something was committed since the last Settle
	// began is when the loop did; settled that it has called Settle.
	began   time.Time
	settled bool
	// tended is when the store last did what is due by itself.
	tended time.Time
	hungry bool // something may be claimable that was not before
	// gap is the longest that any group takes between two polls.
	gap time.Duration
}

func (p *Poller) newLoop() *loop {
	gap := p.o.Gap
	for _, pace := range p.o.Paces {
		gap = max(gap, pace.Gap)
	}
	return &loop{
		Poller:  p,
		gap:     gap,
		slots:   make(chan struct{}, p.o.Concurrency),
		results: make(chan result, 2*p.o.Concurrency),
		flying:  map[string]flight{},
		dirty:   true,
		began:   feed.Micro(p.o.Now()),
		hungry:  true,
		outage:  outage{dark: map[string]bool{}},
	}
}

// window is how many claims may be out: twice the concurrency, so that reading
// goes on while a group is committed.
func (l *loop) window() int { return 2 * l.o.Concurrency }

// lease is how long a claim holds: longer than its poll, and the one whose
// slot it may have to wait for. A source whose claim lapsed under its poll
// would be polled again and again, and none of its reports be taken.
func (l *loop) lease() time.Duration { return reserve + 2*l.o.Timeout }

func (l *loop) run(ctx context.Context) (err error) {
	polls, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		l.abandon(err)
	}()
	for {
		if l.hungry {
			l.hungry = false
			if err := l.claim(polls); err != nil {
				return err
			}
		}
		l.judge(false)
		committed, err := l.flush(false)
		if err != nil {
			return err
		}
		if committed {
			continue // a commit frees groups: claim before judging what is left
		}
		if l.base != nil && l.o.Now().Sub(l.tended).Abs() >= tendGap {
			if err := l.tend(); err != nil {
				return err
			}
		}
		done, err := l.finish()
		if err != nil || done {
			return err
		}
		if err := l.sleep(ctx); err != nil {
			// What is already read is worth keeping: commit it, then go.
			l.judge(true)
			if _, failed := l.flush(true); failed != nil {
				return failed
			}
			return err
		}
	}
}

// claim fills the window from the requests, oldest first, then from the base.
func (l *loop) claim(ctx context.Context) error {
	for _, r := range l.active() {
		if r.delivered != nil && r.begun {
			continue // It is read once, and no attempt of its source says so.
		}
		free := l.window() - len(l.flying)
		if free <= 0 {
			return nil
		}
		q := r.query
		q.N, q.Lease, q.PerGroup, q.Gap, q.Paces = free, l.lease(), l.o.PerGroup, l.o.Gap, l.o.Paces
		claims, next, err := l.store.Claim(q)
		if err != nil {
			return fmt.Errorf("claim sources: %w", err)
		}
		for _, c := range claims {
			l.start(ctx, r, c)
		}
		r.tried, r.next = true, next
		if r.delivered != nil && len(claims) > 0 {
			r.begun, r.next = true, time.Time{}
		}
	}
	return nil
}

func (l *loop) active() []*request {
	if l.base == nil {
		return l.requests
	}
	return append(slices.Clip(l.requests), l.base)
}

// soon tells a source that only waits for its group's gap from one that is not
// due: a single cycle waits for the first and not for the second.
func (l *loop) soon(r *request) bool {
	return !r.next.IsZero() && r.next.Sub(l.o.Now()) <= l.gap
}

func (l *loop) start(ctx context.Context, r *request, c feed.Claim) {
	l.flying[c.Source.ID] = flight{r, c.Token, c.State.Poll.Tried}
	r.pending++
	l.wait.Go(func() {
		l.slots <- struct{}{}
		var told *Explanation
		if r.explain != nil {
			told = new(Explanation)
		}
		began, asked := time.Now(), time.Time{}
		if ctx.Err() == nil && r.delivered == nil {
			asked = l.o.Now()
		}
		report, said, ok := l.look(ctx, r, c, told)
		<-l.slots
		l.results <- result{
			request: r, claim: c, report: report, complaints: said, aborted: !ok, asked: asked, took: time.Since(began), told: told,
		}
	})
}

// look reads a claimed source, or what was delivered in its place.
func (l *loop) look(ctx context.Context, r *request, c feed.Claim, told *Explanation) (feed.Report, []Complaint, bool) {
	if r.delivered != nil {
		return l.receive(c, r.delivered, l.o.Now()), nil, true
	}
	return l.poll(ctx, c, r.query.Untried, told)
}

// sleep waits for whatever comes first: a result, a request, or the clock.
func (l *loop) sleep(ctx context.Context) error {
	timer := time.NewTimer(l.pause())
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r := <-l.results:
		l.take(r)
		l.drain()
	case r := <-l.asks:
		l.requests, l.hungry = append(l.requests, r), true
	case <-l.hastened:
		l.hungry = true
	case <-timer.C:
		l.hungry = true
	}
	return nil
}

// pause is how long nothing needs doing: at most a minute, so that a clock
// that was set back or a sleeping machine is noticed (XL05).
func (l *loop) pause() time.Duration {
	d := time.Minute
	if len(l.buffer) > 0 {
		d = min(d, groupWait-l.o.Now().Sub(l.oldest))
	}
	if len(l.outage.doubt) > 0 {
		d = min(d, patience-l.o.Now().Sub(l.outage.first))
	}
	for _, r := range l.active() {
		if !r.next.IsZero() && len(l.flying) < l.window() && (r == l.base || l.soon(r)) {
			d = min(d, r.next.Sub(l.o.Now()))
		}
	}
	return max(d, time.Millisecond)
}

func (l *loop) take(r result) {
	if r.aborted {
		l.cut = append(l.cut, r)
		return
	}
	if l.doubts(r) {
		return
	}
	if len(l.buffer) == 0 {
		l.oldest = l.o.Now()
	}
	l.buffer = append(l.buffer, r)
}

func (l *loop) drain() {
	for len(l.buffer) < groupSize {
		select {
		case r := <-l.results:
			l.take(r)
		default:
			return
		}
	}
}

// flush commits the buffer when it is full, old, or all there is to wait for,
// and reports whether it did.
func (l *loop) flush(force bool) (bool, error) {
	if force {
		l.drain()
	}
	n := len(l.buffer)
	switch {
	case n == 0:
		return false, nil
	case force, n >= groupSize, n == len(l.flying), l.o.Now().Sub(l.oldest) >= groupWait:
	default:
		return false, nil
	}
	reports := make([]feed.Report, n)
	for i, r := range l.buffer {
		reports[i] = r.report
	}
	outcomes, err := l.store.Commit(reports)
	if err != nil {
		return false, fmt.Errorf("commit %d sources: %w", n, err)
	}
	for i, r := range l.buffer {
		l.settleOne(r, outcomes[i])
	}
	clear(l.buffer)
	l.buffer, l.dirty, l.hungry = l.buffer[:0], true, true
	return true, nil
}

func (l *loop) settleOne(r result, o feed.Outcome) {
	delete(l.flying, r.report.Source)
	r.request.pending--
	s := &r.request.summary
	if r.request == l.base {
		*s = Summary{} // a server's sum would grow for ever
	}
	s.poll(r)
	s.count(o)
	if r.told != nil {
		r.told.close(&r, o)
		r.request.explain(r.told)
	}
	l.log(r, o)
	if l.o.Progress != nil {
		began := r.report.Poll.Tried
		if r.request.delivered != nil {
			began = time.Time{}
		}
		l.o.Progress(Event{
			Source: r.report.Source, Last: r.claim.State.Poll.Tried, Began: began, Took: r.took, Outcome: o, Problem: r.problem(),
			Polled: s.Polled, Items: s.items, Failed: s.Failed,
		})
	}
}

// log writes a line where something changed: when a source came to fail and
// when it works again. What stays as it was, or may have been an accident, is
// worth one only to whoever looks closely (XL12, XJ15).
func (l *loop) log(r result, o feed.Outcome) {
	was, now := &r.claim.State.Poll, &r.report.Poll
	took := r.took.Round(time.Millisecond)
	switch {
	case r.acquitted.Kind != "":
		l.o.Logger.Debug("not reached", "source", r.report.Source, "problem", r.acquitted.Kind, "next", now.Due)
	case now.Alarming() && !was.Alarming():
		l.o.Logger.Warn("source fails", "source", r.report.Source, "problem", now.Problem.Kind, "text", now.Problem.Text, "next", now.Due)
	case now.Failing():
		l.o.Logger.Debug("poll failed", "source", r.report.Source, "problem", now.Problem.Kind, "failures", now.Failures, "next", now.Due)
	case was.Alarming():
		l.o.Logger.Warn("source works again", "source", r.report.Source, "added", o.Added, "next", now.Due)
	case r.report.Document != nil && len(r.report.Document.Items) > 0 && o.Added+o.Joined+o.Changed+o.Same+o.Rejected == 0:
		// Nothing is counted before a store's first cycle ends.
		l.o.Logger.Info("read", "source", r.report.Source, "items", len(r.report.Document.Items), "took", took, "next", now.Due)
	case r.report.Document != nil && len(r.report.Document.Items) > 0:
		l.o.Logger.Info("news", "source", r.report.Source, "items", len(r.report.Document.Items), "added", o.Added,
			"changed", o.Changed, "joined", o.Joined, "rejected", o.Rejected, "took", took, "next", now.Due)
	default:
		l.o.Logger.Debug("polled", "source", r.report.Source, "status", now.Status, "took", took, "next", now.Due)
	}
	if o.Hold.Entries > 0 {
		l.o.Logger.Warn("new entries are held", "source", r.report.Source, "entries", o.Hold.Entries, "why", o.Hold.Why, "until", o.Hold.Until)
	}
	for _, c := range r.complaints {
		if c.New {
			l.o.Logger.Warn("article cannot be read", "source", c.Source, "text", c.Text)
		}
	}
}
