package aggregator

import (
	"cmp"
	"time"

	"weir/aggregator/schedule"
	"weir/feed"
)

const (
	// hearsay is for how long an answer proves that the network works.
	hearsay = time.Minute
	// patience is how long a failure waits for another source's answer to show
	// whose fault it is.
	patience = 30 * time.Second
	// strangers is how many domains must have been out of reach, and none
	// heard of, before this machine's network is suspected.
	strangers = 2
	// familiar is how lately a source must have been read to be believed that
	// it is not itself what failed.
	familiar = 7 * 24 * time.Hour
)

// outage tells failures of sources from failures of our own network, which
// count against nobody (P62).
type outage struct {
	// heard is when a server last answered, since is when the network was first
	// found down after that and zero while it is not.
	heard, since time.Time
	// dark are the domains that were out of reach since somebody was heard.
	dark map[string]bool
	// doubt are failures that no answer has come after; first is when the
	// first of them came.
	doubt []result
	first time.Time
}

// heardOf reports whether a poll proves that the network works.
func heardOf(r *result) bool {
	return r.claim.Source.Kind == feed.Remote && r.report.Poll.Status != 0
}

// unheard reports whether a poll failed before anybody answered.
func unheard(r *result) bool {
	if r.claim.Source.Kind != feed.Remote || !r.report.Poll.Failing() || r.report.Poll.Status != 0 {
		return false
	}
	switch r.report.Poll.Problem.Kind {
	case "dns", "connect", "timeout":
		return true
	}
	return false
}

// doubts keeps a result back that may be our own network's fault, and reports
// whether it did. An answer lets those go that were kept: they are their
// sources' own.
func (l *loop) doubts(r result) bool {
	now := l.o.Now()
	switch {
	case heardOf(&r):
		l.outage.heard = now
		clear(l.outage.dark)
		if !l.outage.since.IsZero() {
			l.o.Logger.Warn("the network is back", "down", now.Sub(l.outage.since).Round(time.Second))
			l.acquit() // They failed before it was.
			l.outage.since = time.Time{}
		}
		l.release()
	case unheard(&r) && now.Sub(l.outage.heard).Abs() > hearsay:
		if len(l.outage.doubt) == 0 {
			l.outage.first = now
		}
		l.outage.doubt = append(l.outage.doubt, r)
		l.outage.dark[cmp.Or(r.claim.Source.Group, r.claim.Source.ID)] = true
		return true
	}
	return false
}

// judge decides about what was kept back once nothing else is under way that
// could show whose fault it is, or it took too long.
func (l *loop) judge(force bool) {
	n := len(l.outage.doubt)
	if n == 0 || !force && n+len(l.buffer) < len(l.flying) && l.o.Now().Sub(l.outage.first) < patience {
		return
	}
	if l.outage.since.IsZero() && len(l.outage.dark) >= strangers {
		l.outage.since = l.outage.first
		l.o.Logger.Warn("no server can be reached, so this machine's network seems to be down; that counts against no source")
	}
	if !l.outage.since.IsZero() {
		l.acquit()
	}
	l.release()
}

// acquit takes the failures in doubt from their sources.
func (l *loop) acquit() {
	now := l.o.Now()
	for i := range l.outage.doubt {
		r := &l.outage.doubt[i]
		was, tried := r.claim.State.Poll, r.report.Poll.Tried
		if now.Sub(was.Succeeded) > familiar {
			continue
		}
		r.acquitted = r.report.Poll.Problem
		r.report.Poll = schedule.Unheard(now, was, tried, now.Sub(l.outage.since), l.scheduling(&r.claim.Source))
	}
}

// release lets what was kept back go to the store.
func (l *loop) release() {
	if len(l.outage.doubt) > 0 && len(l.buffer) == 0 {
		l.oldest = l.o.Now()
	}
	l.buffer = append(l.buffer, l.outage.doubt...)
	l.outage.doubt = nil
}
