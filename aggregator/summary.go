package aggregator

import (
	"time"

	"weir/feed"
)

// Summary counts what a cycle came to.
type Summary struct {
	// Polled counts sources; Unchanged of them had nothing new, Failed could
	// not be read.
	Polled, Unchanged, Failed int
	items                     int
	// Added, Joined, Changed, Same and Rejected add up the outcomes. In a
	// store's first cycle they are the settlement's.
	Added, Joined, Changed, Same, Rejected int
	// Failing are the sources that came to fail, by the measure of
	// [feed.PollState.Alarming]; Recovered the ones that had, and work again.
	// In order of their polls.
	Failing   []Failure
	Recovered []string
	// Held are the sources of which new entries began to be held: they are in no
	// channel yet.
	Held []Holding
	// Crashed counts the sources whose reading panicked, wholly or for some of
	// their items (XC23).
	Crashed int
	// Broken are all the failures of the cycle.
	Broken []Failure
	// Complaints are files of article folders that could not be read; the rest
	// of their folders was.
	Complaints []Complaint
}

// Complaint is a file that could not be read, although its source could.
type Complaint struct {
	Source string
	// Text names the file and the way out.
	Text string
	// New says that it was not so the last time.
	New bool
}

// Holding is a source of which new entries are held, and why.
type Holding struct {
	Source string
	Hold   feed.Hold
}

// Failure is a source that could not be read, and why.
type Failure struct {
	Source  string
	Problem feed.Problem
}

// Event tells of one finished poll.
type Event struct {
	Source string
	// Last is when the source was asked before, Began when it was now, zero
	// where a document was delivered and nobody was asked.
	Last, Began time.Time
	Took        time.Duration
	Outcome     feed.Outcome
	// Problem is set when the poll failed.
	Problem feed.Problem
	// Polled, Items and Failed are the cycle's counts so far; Items counts
	// what was new or changed in the documents.
	Polled, Items, Failed int
}

func (s *Summary) count(o feed.Outcome) {
	s.Added += o.Added
	s.Joined += o.Joined
	s.Changed += o.Changed
	s.Same += o.Same
	s.Rejected += o.Rejected
	if o.Hold.Entries > 0 {
		s.Held = append(s.Held, Holding{Source: o.Source, Hold: o.Hold})
	}
}

func (s *Summary) poll(r result) {
	s.Polled++
	if r.report.Poll.Problem.Kind == "crash" || r.report.Document != nil && len(r.report.Document.Faults) > 0 {
		s.Crashed++
	}
	was, is := &r.claim.State.Poll, &r.report.Poll
	switch {
	case is.Failing(), r.acquitted.Kind != "":
		f := Failure{Source: r.report.Source, Problem: r.problem()}
		s.Failed++
		s.Broken = append(s.Broken, f)
		if is.Alarming() && !was.Alarming() {
			s.Failing = append(s.Failing, f)
		}
	case r.report.Document == nil:
		s.Unchanged++
	default:
		s.items += len(r.report.Document.Items)
	}
	s.Complaints = append(s.Complaints, r.complaints...)
	if was.Alarming() && !is.Failing() {
		s.Recovered = append(s.Recovered, r.report.Source)
	}
}
