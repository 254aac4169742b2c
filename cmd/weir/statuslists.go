package main

import (
	"fmt"
	"io"
	"time"

	"weir/feed"
)

// listHealth is one word for a list's state.
func listHealth(l *feed.ListStatus) string {
	switch s := &l.State; {
	case s.Poll.Failing():
		return ailment(&s.Poll)
	case s.Poll.Succeeded.IsZero():
		return "new"
	case s.Held.Seen > 0:
		return "held"
	}
	return "ok"
}

// listRemark says what is wrong with a list, or what of it is not followed.
func listRemark(l *feed.ListStatus, now time.Time) string {
	s := &l.State
	left := len(s.Left) + s.More
	switch p := &s.Poll; {
	case p.Failing() && p.Failures > 1:
		return fmt.Sprintf("%s (%d times in a row, since %s)", p.Problem.Text, p.Failures, ago(p.Since, now))
	case p.Failing():
		return p.Problem.Text
	case s.Held.Seen > 0:
		return fmt.Sprintf("%s (since %s)", s.Held.Why(), ago(s.Held.Since, now))
	case left > 1:
		return fmt.Sprintf("left out %s (and %d more)", s.Left[0], left-1)
	case left == 1:
		return "left out " + s.Left[0]
	}
	return ""
}

// writeLists writes a line for every list that is followed.
func writeLists(w io.Writer, on screen, lists []feed.ListStatus, now time.Time) error {
	if len(lists) == 0 {
		return nil
	}
	rows := make([]row, 0, len(lists))
	for i := range lists {
		l := &lists[i]
		r := row{why: printable(l.State.Title), remark: printable(listRemark(l, now)), cells: []string{
			l.ID, listHealth(l), fmt.Sprint(l.Named), ago(l.State.Poll.Fresh, now), ago(l.State.Poll.Succeeded, now), until(l.State.Poll.Due, now),
		}}
		switch {
		case l.State.Poll.Failing():
			r.alarm = 2
		case l.State.Held.Seen > 0:
			r.alarm = 1
		}
		rows = append(rows, r)
	}
	_, err := io.WriteString(w, "\n"+on.table([]string{"LIST", "STATE", "FEEDS", "CHANGED", "LAST READ", "NEXT"}, "TITLE", rows))
	return err
}

// listJSON is the form that scripts read.
type listJSON struct {
	ID        string        `json:"id"`
	Title     string        `json:"title,omitempty"`
	State     string        `json:"state"`
	Feeds     int           `json:"feeds"`
	LastTried *time.Time    `json:"last_tried,omitempty"`
	LastRead  *time.Time    `json:"last_read,omitempty"`
	Changed   *time.Time    `json:"last_changed,omitempty"`
	Next      *time.Time    `json:"next,omitempty"`
	Status    int           `json:"status,omitempty"`
	Failures  int           `json:"failures,omitempty"`
	Since     *time.Time    `json:"failing_since,omitempty"`
	Kind      string        `json:"problem_kind,omitempty"`
	Problem   string        `json:"problem,omitempty"`
	Held      *heldListJSON `json:"held,omitempty"`
	// Left says what of the list is not followed, LeftMore counts the rest.
	Left     []string `json:"left_out,omitempty"`
	LeftMore int      `json:"left_out_more,omitempty"`
}

// heldListJSON is a change that is not put to use yet.
type heldListJSON struct {
	Gone  int       `json:"gone"`
	Feeds int       `json:"feeds"`
	Since time.Time `json:"since"`
	Seen  int       `json:"seen"`
	Why   string    `json:"why"`
}

func listsJSON(lists []feed.ListStatus) []listJSON {
	out := make([]listJSON, len(lists))
	for i := range lists {
		l := &lists[i]
		s, p := &l.State, &l.State.Poll
		out[i] = listJSON{
			ID: l.ID, Title: s.Title, State: listHealth(l), Feeds: l.Named, LastTried: instant(p.Tried), LastRead: instant(p.Succeeded),
			Changed: instant(p.Fresh), Next: instant(p.Due), Status: p.Status, Failures: p.Failures, Left: s.Left, LeftMore: s.More,
		}
		if p.Failing() {
			out[i].Since, out[i].Kind, out[i].Problem = instant(p.Since), p.Problem.Kind, p.Problem.Text
		}
		if h := s.Held; h.Seen > 0 {
			out[i].Held = &heldListJSON{Gone: h.Gone, Feeds: h.Feeds, Since: h.Since, Seen: h.Seen, Why: h.Why()}
		}
	}
	return out
}
