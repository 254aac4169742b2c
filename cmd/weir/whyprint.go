package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"weir/feed"
)

// sheet is text for a terminal: a heading, then lines with a word before them.
type sheet struct {
	strings.Builder
	now time.Time
	// label is the last one written; lines that repeat it leave it out.
	label string
}

// line writes a line behind a label.
func (p *sheet) line(label, format string, args ...any) {
	if label == p.label {
		label = ""
	} else {
		p.label = label
	}
	fmt.Fprintf(p, "%-10s  %s\n", label, printable(fmt.Sprintf(format, args...)))
}

// head writes a heading, with room before it.
func (p *sheet) head(text string) {
	if p.Len() > 0 {
		p.WriteString("\n")
	}
	p.label = ""
	fmt.Fprintf(p, "%s\n\n", printable(text))
}

// at spells an instant, and how far from now it is.
func (p *sheet) at(t time.Time) string {
	if t.After(p.now) {
		return t.UTC().Format("2006-01-02 15:04 UTC") + ", " + until(t, p.now)
	}
	return t.UTC().Format("2006-01-02 15:04 UTC") + ", " + ago(t, p.now)
}

func (r whyReport) print(w io.Writer, now time.Time) error {
	p := &sheet{now: now}
	if r.Entry != nil {
		p.entry(r.Entry)
	}
	for _, o := range r.Others {
		p.line("see also", "%s (%s): %s", o.Slug, o.Source, o.Title)
	}
	if r.Source != nil {
		p.source(r.Source)
	}
	if r.Entry == nil && len(r.Rejected)+len(r.Waiting) > 0 {
		p.head(r.Asked + " is no entry")
	}
	p.rejected(r.Rejected)
	p.waiting(r.Waiting)
	_, err := io.WriteString(w, p.String())
	return err
}

func (p *sheet) entry(e *entryReport) {
	title := e.Title
	if title == "" {
		title = "an entry without a title"
	}
	p.head(title)
	if e.Link != "" {
		p.line("link", "%s", e.Link)
	}
	state := e.State
	if e.Since != nil {
		state += " since " + p.at(*e.Since)
	}
	if e.State == feed.StatePlaced.String() {
		p.line("state", "%s", e.StateWhy)
	} else {
		p.line("state", "%s: %s", state, e.StateWhy)
	}
	p.slug(e)
	if e.Minted {
		p.line("id", "%s, made by Weir: the publisher gave none that can be kept", e.ID)
	} else {
		p.line("id", "%s, the publisher's own", e.ID)
	}
	p.line("owner", "%s: %s", e.Owner.Source, e.OwnerWhy)
	p.telling("owner", &e.Owner)
	for i := range e.Also {
		also := &e.Also[i]
		p.line("also told", "%s, first on %s", also.Source, p.at(also.Seen))
		if also.Link != "" && also.Link != e.Link {
			p.line("also told", "  %s", also.Link)
		}
		p.telling("also told", also)
	}
	p.dates(e)
	p.channels(e.Channels)
}

// telling writes the rule behind a telling.
func (p *sheet) telling(label string, t *tellingReport) {
	if t.Why != "" {
		p.line(label, "  %s", t.Why)
	}
}

// slug writes how the slug came about.
func (p *sheet) slug(e *entryReport) {
	origin := map[string]string{
		"explicit": "written into the article", "file": "from the file's name", "link": "from the link", "title": "from the title",
		"key": "from the item's key: neither link nor title gave one",
	}[e.SlugFrom]
	if origin == "" {
		origin = "given by an earlier version"
	}
	switch {
	case e.SlugTaken != nil:
		p.line("slug", "%s, %s; %s was taken by %q of %s", e.Slug, origin, e.SlugWanted, brief(e.SlugTaken.Title), e.SlugTaken.Source)
	case e.SlugWanted != "":
		p.line("slug", "%s, %s; %s was taken then", e.Slug, origin, e.SlugWanted)
	default:
		p.line("slug", "%s, %s", e.Slug, origin)
	}
}

func (p *sheet) dates(e *entryReport) {
	from := "as the source says"
	if e.Inferred {
		from = "worked out: the source gave no date that can be believed"
	}
	p.line("published", "%s, %s", p.at(e.Published), from)
	if e.Updated.After(e.Published) {
		p.line("changed", "%s", p.at(e.Updated))
	}
	p.line("first seen", "%s", p.at(e.FirstSeen))
	if in := slices.ContainsFunc(e.Channels, func(c channelReport) bool { return c.In }); in && !e.Place.Equal(e.Published) {
		p.line("placed", "as of %s, so that subscribers see what came late", p.at(e.Place))
	}
}

func (p *sheet) channels(list []channelReport) {
	var in []string
	for _, c := range list {
		if c.In && c.Why == "" {
			in = append(in, c.ID)
		}
	}
	if len(in) > 0 {
		p.line("channels", "%s", strings.Join(in, ", "))
	}
	for _, c := range list {
		switch {
		case c.In && c.Why != "":
			p.line("channels", "%s: %s", c.ID, c.Why)
		case !c.In:
			p.line("not in", "%s: %s", c.ID, c.Why)
		}
	}
}

// mostRejected is how many rejections fit on a screen beside the rest.
const mostRejected = 5

func (p *sheet) rejected(list []rejectedReport) {
	for i, j := range list {
		if i == mostRejected {
			p.line("rejected", "and %d more: --json shows them", len(list)-i)
			return
		}
		what := j.Title
		for _, other := range []string{j.Link, j.RawID, "an item without a name"} {
			if what == "" {
				what = other
			}
		}
		from := ""
		if j.Source != "" {
			from = " by " + j.Source
		}
		p.line("rejected", "%s%s: %s (%s)", brief(what), from, j.Reason, ago(j.At, p.now))
	}
}

func (p *sheet) waiting(list []waitingReport) {
	for _, a := range list {
		p.line("scheduled", "%s, %s: %s", a.File, until(a.At, p.now), a.Title)
	}
}

func (p *sheet) source(s *sourceReport) {
	p.head(s.ID + ": " + orElse(s.Title, "no title yet"))
	p.line("address", "%s", s.URL)
	if s.List != "" {
		p.line("named by", "the list %s", s.List)
	}
	p.health(s)
	if s.Next == nil || !s.Next.After(p.now) {
		p.line("next", "now: %s", s.NextWhy)
	} else {
		p.line("next", "%s: %s", until(*s.Next, p.now), s.NextWhy)
	}
	if h := s.Push; h != nil {
		p.line("hub", "%s", p.hub(h))
	}
	if s.MovedSince != nil {
		p.line("moved", "permanent redirects lead elsewhere since %s", p.at(*s.MovedSince))
	}
	p.line("entries", "%s", holdings(s))
	p.absent(s)
	for i, warning := range s.Warnings {
		if i == mostRejected {
			p.line("warning", "and %d more: --json shows them", len(s.Warnings)-i)
			break
		}
		p.line("warning", "%s", warning)
	}
	p.rejected(s.Rejected)
	p.waiting(s.Waiting)
}

// absent writes what of a source is not published: what waits, and what it no
// longer shows.
func (p *sheet) absent(s *sourceReport) {
	if h := s.Held; h != nil {
		until := ""
		if h.Until != nil {
			until = " until " + p.at(*h.Until)
		}
		p.line("held", "%s%s: %s", entries(h.Entries), until, h.Why)
		p.line("held", "`weir release %s` lets them in", s.ID)
	}
	for i, g := range s.Gone {
		if i == mostRejected {
			p.line("withdrawn", "and %d more", s.Withdrawn-i)
			break
		}
		p.line("withdrawn", "%s (%s): %s", g.Slug, g.State, brief(g.Title))
	}
}

// health writes what came of reading a source.
func (p *sheet) health(s *sourceReport) {
	if s.Tried == nil {
		p.line("read", "never yet")
		return
	}
	if s.Failures > 0 {
		p.line("failing", "since %s, %s", p.at(*s.Since), count(s.Failures, "attempt"))
		p.line("failing", "%s", s.Problem)
	}
	if s.Read == nil {
		p.line("read", "never yet; tried %s", p.at(*s.Tried))
		return
	}
	text := p.at(*s.Read)
	if s.Format != "" {
		text += ", " + s.Format
	}
	p.line("read", "%s", text)
	if s.New != nil {
		p.line("new", "%s", p.at(*s.New))
	}
	var has []string
	if s.ETag {
		has = append(has, "ETag")
	}
	if s.LastModified {
		has = append(has, "Last-Modified")
	}
	if len(has) > 0 {
		p.line("asked with", "%s: an unchanged feed costs one short answer", strings.Join(has, " and "))
	}
}

// holdings spells what a source owns and tells.
func holdings(s *sourceReport) string {
	var parts []string
	total := 0
	for state, n := range s.Owned {
		total += n
		if state != feed.StatePlaced.String() {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	slices.Sort(parts)
	text := fmt.Sprintf("%d owned", total)
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text + fmt.Sprintf(", %d told beside others", s.Told)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
