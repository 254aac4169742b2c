package aggregator

import (
	"fmt"
	"slices"
	"time"

	"weir/aggregator/schedule"
	"weir/feed"
)

// finish ends requests that nothing is left of, settles a first cycle once
// nothing flies or everything was tried, and reports whether a single cycle is
// over.
func (l *loop) finish() (bool, error) {
	idle := len(l.flying) == 0 && !slices.ContainsFunc(l.active(), l.soon)
	var settled feed.Outcome
	all, err := l.tried(idle)
	if err != nil {
		return false, err
	}
	if all && l.dirty {
		if settled, err = l.store.Settle(); err != nil {
			return false, fmt.Errorf("settle the first cycle: %w", err)
		}
		l.dirty, l.settled = false, true
		if err := l.tend(); err != nil {
			return false, err
		}
	}
	l.requests = slices.DeleteFunc(l.requests, func(r *request) bool {
		if !l.over(r) {
			return false
		}
		r.summary.count(settled)
		close(r.done)
		return true
	})
	return l.base == nil && len(l.requests) == 0, nil
}

// tendGap is how long a busy server waits before it looks again for what the
// store has to do by itself: little of it is due at a certain minute.
const tendGap = time.Minute

// tend has the store do what is due by itself.
func (l *loop) tend() error {
	l.tended = l.o.Now()
	did, err := l.store.Tend()
	if err != nil {
		return fmt.Errorf("do what is due in the store: %w", err)
	}
	if did != (feed.Tended{}) {
		l.o.Logger.Info("done what was due", "released", did.Released, "withdrawn", did.Withdrawn,
			"retired", did.Retired, "forgotten", did.Forgotten)
	}
	return nil
}

// tried reports whether every source was tried since the loop began, as it was
// when the loop is idle. Where there is always a source under way, no first
// cycle would end otherwise, and nothing would ever be published.
func (l *loop) tried(idle bool) (bool, error) {
	if idle || l.settled {
		return idle, nil
	}
	for _, f := range l.flying {
		if f.tried.Before(l.began) {
			return false, nil
		}
	}
	// Asking for none tells when the next of them could be had.
	_, next, err := l.store.Claim(feed.ClaimQuery{Lease: l.lease(), PerGroup: l.o.PerGroup, Gap: l.o.Gap,
		Paces: l.o.Paces, Untried: l.began})
	if err != nil {
		return false, fmt.Errorf("look for sources that wait: %w", err)
	}
	return next.IsZero() || next.Sub(l.o.Now()) > l.lease(), nil
}

// over reports whether a request has nothing in flight and nothing to claim.
// One that names sources also waits for their polls under way on another's
// behalf, because those began before it was asked.
func (l *loop) over(r *request) bool {
	if r.pending > 0 || !r.tried || l.soon(r) || l.behind(r) {
		return false
	}
	for _, id := range r.query.Sources {
		if _, ok := l.flying[id]; ok {
			return false
		}
	}
	return true
}

// behind reports whether a request waits for a group that another's polls
// keep busy: it takes sources due or not, so what it could have within a lease
// is held up, and the commit that ends those polls lets it go on.
func (l *loop) behind(r *request) bool {
	return !r.query.Since.IsZero() && !r.next.IsZero() && len(l.flying) > 0 && r.next.Sub(l.o.Now()) <= l.lease()
}

// abandon waits for the polls under way, whose context has ended, gives their
// claims back, and tells everybody who still asks.
func (l *loop) abandon(err error) {
	go func() {
		l.wait.Wait()
		close(l.results)
	}()
	for r := range l.results {
		l.cut = append(l.cut, r)
	}
	l.note()
	var tokens []uint64
	for _, f := range l.flying {
		tokens = append(tokens, f.token)
	}
	if failed := l.store.Release(tokens...); failed != nil {
		l.o.Logger.Warn("claims could not be given back; they lapse by themselves", "error", failed)
	}
	for _, r := range l.requests {
		r.err = err
		close(r.done)
	}
}

// note writes down what was asked and not waited for.
func (l *loop) note() {
	var reports []feed.Report
	for i := range l.cut {
		if r := &l.cut[i]; r.aborted && cuttable(r) {
			reports = append(reports, feed.Report{Source: r.report.Source, Token: r.report.Token,
				Poll: schedule.CutOff(r.claim.State.Poll, r.asked, l.scheduling(&r.claim.Source))})
		}
	}
	if len(reports) == 0 {
		return
	}
	if _, err := l.store.Commit(reports); err != nil {
		l.o.Logger.Warn("sources that were being asked may be asked again soon", "error", err)
	}
}

// cuttable reports whether a poll that was aborted counts as an attempt: its
// server was asked, and heard no end of it. A source that was never asked is
// tried again at once all the same, or a first cycle would end without it.
func cuttable(r *result) bool {
	return !r.asked.IsZero() && r.claim.Source.Kind == feed.Remote && !r.claim.State.Poll.Tried.IsZero()
}
