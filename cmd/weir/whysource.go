package main

import (
	"context"
	"time"

	"weir/feed"
)

// sourceReport is everything about one source.
type sourceReport struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// URL has its secrets covered.
	URL string `json:"url"`
	// List is the reading list that names it, empty where the file does.
	List     string     `json:"list,omitempty"`
	State    string     `json:"state"`
	Format   string     `json:"format,omitempty"`
	Tried    *time.Time `json:"last_tried,omitempty"`
	Read     *time.Time `json:"last_read,omitempty"`
	New      *time.Time `json:"last_new,omitempty"`
	Status   int        `json:"status,omitempty"`
	Failures int        `json:"failures,omitempty"`
	Since    *time.Time `json:"failing_since,omitempty"`
	Problem  string     `json:"problem,omitempty"`
	// Next is when it may be read again, zero when that is now; NextWhy is what
	// makes it so.
	Next    *time.Time `json:"next,omitempty"`
	NextWhy string     `json:"next_why"`
	// ETag and LastModified say which validators the server gave.
	ETag         bool `json:"etag"`
	LastModified bool `json:"last_modified"`
	// Moved says that permanent redirects lead elsewhere.
	MovedSince *time.Time `json:"moved_since,omitempty"`
	Warnings   []string   `json:"warnings,omitempty"`
	// Held says what waits outside of channels, and why.
	Held *heldReport `json:"held,omitempty"`
	// Withdrawn counts the entries that it shows no longer although it shows
	// older ones; Gone are the last of them.
	Withdrawn int           `json:"withdrawn,omitempty"`
	Gone      []otherReport `json:"gone,omitempty"`
	// Owned counts the entries that it owns by state; Told counts others that
	// it tells as well.
	Owned    map[string]int   `json:"owned"`
	Told     int              `json:"told"`
	Rejected []rejectedReport `json:"rejected"`
	Waiting  []waitingReport  `json:"waiting,omitempty"`
	// Push is the subscription at its hub.
	Push *pushJSON `json:"push,omitempty"`
}

type heldReport struct {
	Entries int        `json:"entries"`
	Why     string     `json:"why"`
	Since   *time.Time `json:"since,omitempty"`
	// Until is when the last of them lets itself in; nobody but the operator
	// does where there is none.
	Until *time.Time `json:"until,omitempty"`
}

func reportSource(ctx context.Context, s *scene, st *feed.SourceStatus) (*sourceReport, error) {
	p := &st.State.Poll
	r := &sourceReport{
		ID: st.Source.ID, Title: titleOf(st), URL: covered(s.config)[st.Source.ID], List: s.config.Listed()[st.Source.ID], State: health(st), Format: st.State.Doc.Format,
		Tried: instant(p.Tried), Read: instant(p.Succeeded), New: instant(p.Fresh), Status: p.Status,
		Next: instant(p.Due), NextWhy: s.poller.Why(st.Source, *p),
		MovedSince: instant(p.MovedSince),
		Warnings:   st.State.Doc.Warnings, Withdrawn: st.Withdrawn, Owned: map[string]int{}, Rejected: []rejectedReport{},
		Push: pushOf(st),
	}
	if st.Source.Kind == feed.Remote {
		r.ETag, r.LastModified = p.Validators.ETag != "", p.Validators.LastModified != ""
	}
	if p.Failing() {
		r.Failures, r.Since, r.Problem = p.Failures, instant(p.Since), p.Problem.Text
	}
	if h := &st.Hold; h.Entries > 0 {
		r.Held = &heldReport{h.Entries, h.Why, instant(h.Since), instant(h.Until)}
	}
	for _, g := range st.Gone {
		r.Gone = append(r.Gone, otherReport{g.Slug, g.Title, st.Source.ID, g.State.String()})
	}
	for _, j := range st.Rejections {
		r.Rejected = append(r.Rejected, rejected("", j))
	}
	for _, a := range st.State.Doc.Waiting {
		r.Waiting = append(r.Waiting, waitingReport{"", a.File, a.Title, a.At})
	}
	err := eachEntry(ctx, s.store, feed.Selection{Source: st.Source.ID, Limit: mostListed}, func(e *feed.Entry) bool {
		if e.Source() == st.Source.ID {
			r.Owned[e.State.String()]++
		} else {
			r.Told++
		}
		return true
	})
	return r, err
}
