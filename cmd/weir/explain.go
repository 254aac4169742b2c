package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"weir/aggregator"
	"weir/config"
	"weir/feed"
)

// explainErrand wants one source polled, and all that happened told.
type explainErrand struct {
	Source string `json:"source"`
}

// explainReport is one poll in full. What may be secret in it is covered.
type explainReport struct {
	Source    string           `json:"source"`
	Title     string           `json:"title,omitempty"`
	Exchanges []exchangeReport `json:"exchanges"`
	// Unasked says why there was no poll.
	Unasked string `json:"unasked,omitempty"`
	// Conditions says what the request was made conditional by, or why not.
	Conditions  string      `json:"conditions,omitempty"`
	NotModified bool        `json:"not_modified"`
	Document    *bodyReport `json:"document,omitempty"`
	Warnings    []string    `json:"warnings,omitempty"`
	Problem     string      `json:"problem,omitempty"`
	Failures    int         `json:"failures,omitempty"`
	Added       int         `json:"added"`
	Joined      int         `json:"joined"`
	Changed     int         `json:"changed"`
	Rejected    int         `json:"rejected"`
	Held        int         `json:"held"`
	Moved       string      `json:"moved,omitempty"`
	Next        time.Time   `json:"next"`
	NextWhy     string      `json:"next_why"`
	// Took is in milliseconds.
	Took int64 `json:"took_ms"`
}

type exchangeReport struct {
	URL     string      `json:"url"`
	Request http.Header `json:"request"`
	Proto   string      `json:"proto,omitempty"`
	Status  int         `json:"status,omitempty"`
	Answer  http.Header `json:"answer,omitempty"`
	// Wire counts bytes of the body before decoding.
	Wire   int64  `json:"wire_bytes"`
	Coding string `json:"coding,omitempty"`
}

type bodyReport struct {
	Format string `json:"format"`
	Media  string `json:"media_type,omitempty"`
	Bytes  int    `json:"bytes"`
	Cut    bool   `json:"cut,omitempty"`
	Items  int    `json:"items"`
	Read   int    `json:"items_read"`
	// Pages and PagesFailed count what was read for full text.
	Pages       int `json:"pages,omitempty"`
	PagesFailed int `json:"pages_failed,omitempty"`
}

func (e explainErrand) run(ctx context.Context, s *scene) (explainReport, error) {
	r := explainReport{Source: e.Source, Exchanges: []exchangeReport{}}
	if err := knownSources(s.config, []string{e.Source}); err != nil {
		return r, err
	}
	before, err := s.sourceStatus(e.Source)
	if err != nil {
		return r, err
	}
	var told *aggregator.Explanation
	sel := aggregator.Selection{All: true, Sources: []string{e.Source}, Explain: func(x *aggregator.Explanation) { told = x }}
	if _, err := s.poll(ctx, sel); err != nil {
		return r, storeHint(err)
	}
	st, err := s.sourceStatus(e.Source)
	if err != nil {
		return r, err
	}
	r.Title = titleOf(&st)
	if told == nil {
		r.Unasked = unasked(&before.State.Poll, s.now())
		r.Next, r.NextWhy = st.State.Poll.Due, s.poller.Why(st.Source, st.State.Poll)
		return r, nil
	}
	r.fill(told)
	r.NextWhy = s.poller.Why(st.Source, told.After)
	return r, s.publish(ctx)
}

// sourceStatus is the state of one source.
func (s *scene) sourceStatus(id string) (feed.SourceStatus, error) {
	list, err := s.store.Sources()
	if err != nil {
		return feed.SourceStatus{}, err
	}
	i := slices.IndexFunc(list, func(st feed.SourceStatus) bool { return st.Source.ID == id })
	if i < 0 {
		return feed.SourceStatus{}, fmt.Errorf("the store does not know the source %s yet", id)
	}
	return list[i], nil
}

// unasked says why a source was not polled although it was meant.
func unasked(p *feed.PollState, now time.Time) string {
	if p.Hints.RetryAfter.After(now) {
		return "its server asked to be left alone until " + p.Hints.RetryAfter.UTC().Format("2006-01-02 15:04 MST") + " (Retry-After)"
	}
	return "its domain asked to be left alone, or it is being polled right now"
}

func (r *explainReport) fill(x *aggregator.Explanation) {
	for _, e := range x.Exchanges {
		r.Exchanges = append(r.Exchanges, exchangeReport{
			URL: config.Redact(e.URL), Request: redacted(e.Request), Proto: e.Proto, Status: e.Status, Answer: redacted(e.Answer),
			Wire: e.Wire, Coding: e.Answer.Get("Content-Encoding"),
		})
	}
	r.Conditions = conditions(x)
	r.NotModified = x.NotModified
	if x.Format != "" {
		r.Document = &bodyReport{Format: x.Format, Media: x.Media, Bytes: x.Bytes, Cut: x.Cut, Items: x.Items, Read: x.Unknown,
			Pages: x.Pages, PagesFailed: x.PagesFailed}
	}
	r.Warnings = x.Warnings
	if p := &x.After; p.Failing() {
		r.Problem, r.Failures = p.Problem.Text, p.Failures
	}
	if x.After.Moved != "" {
		r.Moved = config.Redact(x.After.Moved)
	}
	o := &x.Outcome
	r.Added, r.Joined, r.Changed, r.Rejected, r.Held = o.Added, o.Joined, o.Changed, o.Rejected, o.Held
	r.Next, r.Took = x.After.Due, x.Took.Milliseconds()
}

// redacted covers what addresses in header fields may tell.
func redacted(h http.Header) http.Header {
	for name, values := range h {
		if name == "Location" || name == "Link" {
			for i := range values {
				values[i] = config.Redact(values[i])
			}
		}
	}
	return h
}

// conditions says what made the request conditional, or why it was not.
func conditions(x *aggregator.Explanation) string {
	v := &x.Before.Validators
	switch {
	case len(x.Exchanges) == 0:
		return ""
	case x.Anew != "" && !v.IsZero():
		return "none: " + x.Anew
	case v.IsZero():
		return "none: the server never gave an ETag or a Last-Modified"
	}
	last := x.Exchanges[len(x.Exchanges)-1].Request
	var sent []string
	for _, name := range []string{"If-None-Match", "If-Modified-Since"} {
		if last.Get(name) != "" {
			sent = append(sent, name)
		}
	}
	if sent == nil {
		return "none: the last answer came from another address"
	}
	return strings.Join(sent, " and ")
}

func (r explainReport) print(w io.Writer, now time.Time) error {
	p := &sheet{now: now}
	p.head(r.Source + ": " + orElse(r.Title, "no title yet"))
	if r.Unasked != "" {
		p.line("not asked", "%s", r.Unasked)
	}
	for i := range r.Exchanges {
		p.exchange(&r.Exchanges[i])
	}
	if r.Conditions != "" {
		p.line("condition", "%s", r.Conditions)
	}
	p.found(&r)
	next := "now"
	if r.Next.After(now) {
		next = p.at(r.Next)
	}
	p.line("next", "%s: %s", next, r.NextWhy)
	_, err := io.WriteString(w, p.String())
	return err
}

// exchange writes a request and its answer.
func (p *sheet) exchange(e *exchangeReport) {
	p.label = ""
	p.line("asked", "GET %s", e.URL)
	p.fields("asked", e.Request)
	if e.Answer == nil {
		p.line("answered", "nothing")
		return
	}
	p.line("answered", "%d %s, %s", e.Status, http.StatusText(e.Status), e.Proto)
	p.fields("answered", e.Answer)
	coding := "not compressed"
	if e.Coding != "" {
		coding = e.Coding
	}
	if e.Wire > 0 {
		p.line("answered", "  %s of body, %s", count(int(e.Wire), "byte"), coding)
	}
}

// fields writes header fields in order; those that a server repeats or
// stretches are clipped.
func (p *sheet) fields(label string, h http.Header) {
	const most, widest = 40, 200
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i == most {
			p.line(label, "  and %d more", len(names)-i)
			return
		}
		value := []rune(strings.Join(h[name], ", "))
		if len(value) > widest {
			value = append(value[:widest-1], '…')
		}
		p.line(label, "  %s: %s", name, string(value))
	}
}

// found writes what was made of the answer.
func (p *sheet) found(r *explainReport) {
	switch {
	case r.Problem != "":
		p.line("failed", "%s", r.Problem)
		p.line("failed", "%s in a row; what was published stays", count(r.Failures, "attempt"))
	case r.NotModified:
		p.line("read", "nothing changed: one short answer was enough")
	case r.Document != nil:
		d := r.Document
		p.line("read", "%s, %s in %s, %d of them new or changed", d.Format, count(d.Items, "item"), count(d.Bytes, "byte"), d.Read)
		if d.Cut {
			p.line("read", "the document is larger than the limit; its beginning was read")
		}
		if d.Pages+d.PagesFailed > 0 {
			p.line("pages", "%d read for their text; of %d the feed's own stays", d.Pages, d.PagesFailed)
		}
		p.line("entries", "%d new, %d joined, %d changed, %d rejected, %d held", r.Added, r.Joined, r.Changed, r.Rejected, r.Held)
	}
	for _, warning := range r.Warnings {
		p.line("warning", "%s", warning)
	}
	if r.Moved != "" {
		p.line("moved", "permanent redirects lead to %s, which is asked directly once that held for two weeks", r.Moved)
	}
	if r.Unasked == "" {
		p.line("took", "%d ms", r.Took)
	}
}
