package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/feed"
	"weir/store"
)

func (a *app) whyCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "why URL|SLUG|SOURCE",
		Short: "Explain an entry or a source",
		Long: `Why explains why an entry is where it is, or is not: how its slug came about,
who owns it, who else tells it and which rule joined or parted them, where its
dates come from, which channels it is in and why not in the others. It takes the
entry's slug, its link, or its id.

Of a source it tells when it was last read and what came of it, when it will be
read next and why then, what it tells, and what was rejected last. A link that
became no entry is looked for in what was rejected, and among articles that wait
for their date.

When a server runs on the store, it is asked.`,
		Example: `  weir why https://blog.example/2026/hello
  weir why hello-world
  weir why go-blog`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return show(c.Context(), a, "why", whyErrand{Name: args[0]}, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settingFlags(c, "store")
	return c
}

// whyErrand wants everything about what has a name.
type whyErrand struct{ Name string }

// whyReport is what is known under a name: an entry, further entries, a source,
// or what became no entry.
type whyReport struct {
	Entry  *entryReport  `json:"entry,omitempty"`
	Others []otherReport `json:"others,omitempty"`
	Source *sourceReport `json:"source,omitempty"`
	// Rejected and Waiting mention the name and are no entries.
	Rejected []rejectedReport `json:"rejected,omitempty"`
	Waiting  []waitingReport  `json:"waiting,omitempty"`
	// Asked is the name as it may be shown.
	Asked string `json:"asked"`
}

type otherReport struct {
	Slug   string `json:"slug"`
	Title  string `json:"title"`
	Source string `json:"source"`
	State  string `json:"state"`
}

type rejectedReport struct {
	Source string    `json:"source,omitempty"`
	Title  string    `json:"title,omitempty"`
	Link   string    `json:"link,omitempty"`
	RawID  string    `json:"raw_id,omitempty"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

type waitingReport struct {
	Source string    `json:"source,omitempty"`
	File   string    `json:"file"`
	Title  string    `json:"title"`
	At     time.Time `json:"at"`
}

// run implements errand.
func (w whyErrand) run(ctx context.Context, s *scene) (whyReport, error) {
	name := strings.TrimSpace(w.Name)
	r := whyReport{Asked: config.Redact(name)}
	states, err := s.store.Sources()
	if err != nil {
		return r, err
	}
	if i := slices.IndexFunc(states, func(st feed.SourceStatus) bool { return means(&st, name) }); i >= 0 {
		if r.Source, err = reportSource(ctx, s, &states[i]); err != nil {
			return r, err
		}
	}
	if err := r.find(s, states, name); err != nil {
		return r, err
	}
	r.mention(states, name)
	if r.Entry == nil && r.Source == nil && len(r.Rejected)+len(r.Waiting) == 0 {
		return r, s.unknown(ctx, name)
	}
	return r, nil
}

// means reports whether a source is meant by its id or its address.
func means(st *feed.SourceStatus, name string) bool {
	p := &st.State.Doc.Profile
	return st.Source.ID == name || sameAddress(st.Source.URL, name) || sameAddress(p.Self, name) || sameAddress(p.Link, name)
}

// sameAddress compares addresses as people type them: the scheme, www and a
// slash at the end are often another.
func sameAddress(a, b string) bool {
	bare := func(s string) string {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			return ""
		}
		path := strings.TrimSuffix(u.EscapedPath(), "/")
		return strings.TrimPrefix(strings.ToLower(u.Host), "www.") + path + "?" + u.RawQuery
	}
	x := bare(a)
	return x != "" && x == bare(b)
}

// find looks for entries: the one of that slug, else those known under a name.
func (r *whyReport) find(s *scene, states []feed.SourceStatus, name string) error {
	if e, err := s.store.Entry(name); err == nil {
		r.Entry, err = reportEntry(s, states, &e)
		return err
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	found, err := s.store.Find(name)
	if errors.Is(err, store.ErrNotFound) || r.Source != nil && len(found) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if r.Entry, err = reportEntry(s, states, &found[0]); err != nil {
		return err
	}
	for i := range found[1:] {
		e := &found[i+1]
		r.Others = append(r.Others, otherReport{e.Slug, e.Title, e.Source(), e.State.String()})
	}
	return nil
}

// mention looks for the name in what became no entry.
func (r *whyReport) mention(states []feed.SourceStatus, name string) {
	if r.Source != nil && r.Source.ID == name {
		return // its own are told with it
	}
	fold := strings.ToLower(name)
	for i := range states {
		st := &states[i]
		for _, j := range st.Rejections {
			if j.Link == name || j.RawID == name || sameAddress(j.Link, name) || j.Title != "" && strings.ToLower(j.Title) == fold {
				r.Rejected = append(r.Rejected, rejected(st.Source.ID, j))
			}
		}
		for _, a := range st.State.Doc.Waiting {
			if a.File == name || strings.HasSuffix(a.File, "/"+name) || strings.ToLower(a.Title) == fold {
				r.Waiting = append(r.Waiting, waitingReport{st.Source.ID, a.File, a.Title, a.At})
			}
		}
	}
}

func rejected(source string, j feed.Rejection) rejectedReport {
	return rejectedReport{Source: source, Title: j.Title, Link: j.Link, RawID: j.RawID, Reason: j.Reason, At: j.At}
}

// unknown refuses a name, and hints at what was meant.
func (s *scene) unknown(ctx context.Context, name string) error {
	if left, err := s.left(name); err == nil && left {
		return &usageError{text: fmt.Sprintf("%s is a source that left the configuration", name), hint: "weir list entries --source " + name}
	}
	near, err := s.nearSlugs(ctx, name)
	if err != nil {
		return err
	}
	for _, id := range sourceIDs(s.config) {
		if resembles(id, name) {
			near = append(near, id)
		}
	}
	hint := "weir list entries, weir list sources"
	if len(near) > 0 {
		hint = "one of: " + some(near)
	}
	return &usageError{text: fmt.Sprintf("nothing is known as %q", config.Redact(printable(name))), hint: hint}
}

// mostLooked bounds the search for what somebody may have meant.
const mostLooked = 20_000

// nearSlugs returns slugs of newer entries that somebody may have meant.
func (s *scene) nearSlugs(ctx context.Context, name string) ([]string, error) {
	name = strings.ToLower(strings.Trim(name[strings.LastIndexByte(strings.TrimRight(name, "/"), '/')+1:], "/ "))
	var near []string
	looked := 0
	err := eachEntry(ctx, s.store, feed.Selection{Limit: mostLooked}, func(e *feed.Entry) bool {
		looked++
		if resembles(e.Slug, name) {
			near = append(near, e.Slug)
		}
		return looked < mostLooked && len(near) < 5
	})
	return near, err
}

// resembles reports whether a name is a part of another, or a typing mistake
// away from it.
func resembles(known, name string) bool {
	if len(name) < 3 {
		return false
	}
	if strings.Contains(known, name) || len(known) >= 6 && strings.Contains(name, known) {
		return true
	}
	return len(known) >= 5 && feed.Slips(known, name) <= 2
}
