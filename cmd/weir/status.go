package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"weir/aggregator"
	"weir/config"
	"weir/control"
	"weir/feed"
	"weir/store"
)

func (a *app) statusCommand() *cobra.Command {
	var asJSON, strict bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the state of every source",
		Long: `Status shows every source: whether it works, how many entries it tells, when it
last told one, when it was last read and when it will be again and why then, and
what is wrong and what helps; and below, the articles whose date lies ahead, and
what sources show no longer. When a server runs on the store, it is asked.

A source is ok, new (not read yet), held (its entries wait), warnings, or it fails:
challenged (a wall against bots), refused or login (it wants a password), missing,
gone (for good), parked (the domain is for sale), throttled, failing (all else).

Reading lists that are followed (opml:) have a table of their own: how many feeds
each names, and what of it is held (it lacks more than half) or was left out.

A running server also tells for how many people services such as Feedbin or Feedly
read each channel, as they said within two days; who reads for themselves is not
counted.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.status(c.Context(), asJSON, strict) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&strict, "fail-on-source-error", false, "exit with 3 when a source fails")
	a.settingFlags(c, "store")
	return c
}

func (a *app) status(ctx context.Context, asJSON, strict bool) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	reply, err := a.states(ctx, cfg)
	if err != nil {
		return err
	}
	list := reply.Sources
	whys := whysOf(cfg, list)
	if asJSON {
		err = writeStatusJSON(a.out, reply, whys)
	} else {
		err = writeStatus(a.out, reply, whys, a.time())
	}
	if err != nil {
		return fmt.Errorf("print the status: %w", err)
	}
	failing := slices.ContainsFunc(list, func(s feed.SourceStatus) bool { return s.State.Poll.Failing() }) ||
		slices.ContainsFunc(reply.Lists, func(l feed.ListStatus) bool { return l.State.Poll.Failing() })
	if strict && failing {
		return errSomeFailed
	}
	return nil
}

// states come from the store, or from the server that holds it.
func (a *app) states(ctx context.Context, cfg *config.Config) (reply control.StatusReply, err error) {
	log, err := a.logger(slog.LevelError)
	if err != nil {
		return reply, err
	}
	st, err := a.openMade(cfg, "status", log)
	if held := (*store.HeldError)(nil); errors.As(err, &held) {
		return askStatus(ctx, held)
	}
	if err != nil {
		return reply, err
	}
	defer st.Close()
	if _, err := a.look(cfg, st); err != nil {
		return reply, err
	}
	if reply.Lists, err = listStates(cfg, st); err != nil {
		return reply, err
	}
	reply.Sources, err = st.Sources()
	return reply, err
}

func askStatus(ctx context.Context, held *store.HeldError) (reply control.StatusReply, err error) {
	client, err := dialHolder(ctx, held)
	if err != nil {
		return reply, err
	}
	defer client.Close()
	if reply, err = client.Status(ctx); err != nil {
		return reply, fmt.Errorf("ask the running server for its status: %w", err)
	}
	return reply, nil
}

// whysOf tells for every source what makes its next poll due when it is.
func whysOf(cfg *config.Config, list []feed.SourceStatus) []string {
	announced := make(map[string]bool)
	for i := range list {
		hub := list[i].Push
		announced[list[i].Source.ID] = hub != nil && hub.State == "active" && !hub.Proven.IsZero()
	}
	p := aggregator.New(aggregator.Options{
		Schedule: scheduling(cfg, false), Announced: func(source string) bool { return announced[source] },
	}, nil)
	whys := make([]string, len(list))
	for i := range list {
		whys[i] = p.Why(list[i].Source, list[i].State.Poll)
	}
	return whys
}

// writeStatus writes the table, and what waits and went below it.
func writeStatus(w io.Writer, reply control.StatusReply, whys []string, now time.Time) error {
	list := reply.Sources
	if err := writeStatusTable(w, screenOf(w), list, whys, now); err != nil {
		return err
	}
	if err := writeLists(w, screenOf(w), reply.Lists, now); err != nil {
		return err
	}
	if err := writeWaiting(w, list, now); err != nil {
		return err
	}
	if err := writeWithdrawn(w, list, now); err != nil {
		return err
	}
	for _, left := range reply.LeftOut {
		fmt.Fprintf(w, "\nleft out of all documents: %s (%s): %s\n", left.Entry, left.Source, printable(left.Reason))
	}
	return writeReadership(w, reply.Readership, now)
}

// writeWithdrawn lists what sources show no longer.
func writeWithdrawn(w io.Writer, list []feed.SourceStatus, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := "\nWITHDRAWN\tENTRY\tSINCE\tNOW\tTITLE\n"
	for i := range list {
		s := &list[i]
		for _, g := range s.Gone {
			fmt.Fprintf(t, "%s%s\t%s\t%s\t%s\t%s\n", head, s.Source.ID, g.Slug, ago(g.At, now), g.State, printable(g.Title))
			head = ""
		}
		if more := s.Withdrawn - len(s.Gone); more > 0 {
			fmt.Fprintf(t, "%s\tand %d more\t\t\t\n", s.Source.ID, more)
		}
	}
	return t.Flush()
}

// writeWaiting lists the articles whose date lies ahead.
func writeWaiting(w io.Writer, list []feed.SourceStatus, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := "\nSCHEDULED\tFILE\tPUBLISHED\tTITLE\n"
	for i := range list {
		s := &list[i]
		for _, a := range s.State.Doc.Waiting {
			fmt.Fprintf(t, "%s%s\t%s\t%s\t%s\n", head, s.Source.ID, printable(a.File), until(a.At, now), printable(a.Title))
			head = ""
		}
	}
	return t.Flush()
}

func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return span(now.Sub(t)) + " ago"
}

func until(t, now time.Time) string {
	if t.IsZero() || !t.After(now) {
		return "now"
	}
	return "in " + span(t.Sub(now))
}

// span is a duration in its largest sensible unit.
func span(d time.Duration) string {
	switch min, h := d.Round(time.Minute), d.Round(time.Hour); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
	case min < time.Hour:
		return fmt.Sprintf("%d min", int(min.Minutes()))
	case h < 48*time.Hour:
		return fmt.Sprintf("%d h", int(h.Hours()))
	default:
		return fmt.Sprintf("%d d", int(d.Round(24*time.Hour).Hours()/24))
	}
}

// statusJSON is the form that scripts read: stable names, RFC 3339 times.
type statusJSON struct {
	ID        string          `json:"id"`
	Title     string          `json:"title,omitempty"`
	State     string          `json:"state"`
	Entries   int             `json:"entries"`
	LastTried *time.Time      `json:"last_tried,omitempty"`
	LastRead  *time.Time      `json:"last_read,omitempty"`
	LastNew   *time.Time      `json:"last_new,omitempty"`
	Next      *time.Time      `json:"next,omitempty"`
	NextWhy   string          `json:"next_why"`
	Status    int             `json:"status,omitempty"`
	Failures  int             `json:"failures,omitempty"`
	Since     *time.Time      `json:"failing_since,omitempty"`
	Kind      string          `json:"problem_kind,omitempty"`
	Problem   string          `json:"problem,omitempty"`
	Warnings  []string        `json:"warnings,omitempty"`
	Rejected  int             `json:"rejected"`
	Held      *heldJSON       `json:"held,omitempty"`
	Scheduled []scheduledJSON `json:"scheduled,omitempty"`
	// Withdrawn counts what the source shows no longer; Gone are the last.
	Withdrawn int        `json:"withdrawn,omitempty"`
	Gone      []goneJSON `json:"gone,omitempty"`
	// Push is the subscription at the source's hub.
	Push *pushJSON `json:"push,omitempty"`
}

// pushJSON is what an operator may know of a subscription.
type pushJSON struct {
	Protocol string     `json:"protocol"`
	Hub      string     `json:"hub"`
	Topic    string     `json:"topic"`
	State    string     `json:"state"`
	Until    *time.Time `json:"until,omitempty"`
	Next     *time.Time `json:"next,omitempty"`
	Heard    *time.Time `json:"last_announced,omitempty"`
	Proven   *time.Time `json:"reliable_since,omitempty"`
	Heeded   int        `json:"announcements"`
	Ignored  int        `json:"ignored,omitempty"`
	Doubt    string     `json:"ignored_because,omitempty"`
	Problem  string     `json:"problem,omitempty"`
}

func pushOf(s *feed.SourceStatus) *pushJSON {
	p := s.Push
	if p == nil {
		return nil
	}
	return &pushJSON{
		Protocol: p.Protocol.String(), Hub: s.Source.Cover(p.Hub), Topic: s.Source.Cover(p.Topic), State: p.State,
		Until: instant(p.Until), Next: instant(p.Next), Heard: instant(p.Heard), Proven: instant(p.Proven),
		Heeded: p.Heeded, Ignored: p.Ignored, Doubt: p.Doubt, Problem: p.Problem,
	}
}

type goneJSON struct {
	Slug  string    `json:"slug"`
	ID    string    `json:"id"`
	Title string    `json:"title"`
	At    time.Time `json:"at"`
	State string    `json:"state"`
}

// heldJSON is what waits outside of channels; without until it is released by
// hand alone.
type heldJSON struct {
	Entries int        `json:"entries"`
	Why     string     `json:"why"`
	Since   time.Time  `json:"since"`
	Until   *time.Time `json:"until,omitempty"`
}

type scheduledJSON struct {
	File  string    `json:"file"`
	Title string    `json:"title"`
	At    time.Time `json:"at"`
}

func writeStatusJSON(w io.Writer, reply control.StatusReply, whys []string) error {
	list := reply.Sources
	out := make([]statusJSON, len(list))
	for i := range list {
		s, p := &list[i], &list[i].State.Poll
		out[i] = statusJSON{
			ID: s.Source.ID, Title: s.State.Doc.Profile.Title, State: health(s), Entries: s.State.Doc.Entries,
			LastTried: instant(p.Tried), LastRead: instant(p.Succeeded), LastNew: instant(p.Fresh), Next: instant(p.Due), NextWhy: whys[i],
			Status: p.Status, Failures: p.Failures, Since: instant(p.Since), Kind: p.Problem.Kind, Problem: p.Problem.Text,
			Warnings: s.State.Doc.Warnings, Rejected: len(s.Rejections), Withdrawn: s.Withdrawn, Push: pushOf(s),
		}
		for _, g := range s.Gone {
			out[i].Gone = append(out[i].Gone, goneJSON{g.Slug, g.ID, g.Title, g.At, g.State.String()})
		}
		if h := s.Hold; h.Entries > 0 {
			out[i].Held = &heldJSON{Entries: h.Entries, Why: h.Why, Since: h.Since, Until: instant(h.Until)}
		}
		for _, a := range s.State.Doc.Waiting {
			out[i].Scheduled = append(out[i].Scheduled, scheduledJSON(a))
		}
		if !p.Failing() {
			out[i].Kind, out[i].Problem, out[i].Since = "", "", nil
		}
	}
	whole := map[string]any{"sources": out}
	if len(reply.Lists) > 0 {
		whole["lists"] = listsJSON(reply.Lists)
	}
	if len(reply.LeftOut) > 0 {
		whole["left_out"] = reply.LeftOut
	}
	if len(reply.Readership) > 0 {
		whole["readership"] = reply.Readership
	}
	return writeJSON(w, whole)
}

// writeJSON writes what scripts read.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// instant is a time that JSON leaves out when there is none.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
