package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"weir/feed"
	"weir/store"
)

func (a *app) storeDumpCommand() *cobra.Command {
	var entries, sources bool
	c := &cobra.Command{
		Use:   "dump",
		Short: "Write everything as JSON, a line each",
		Long: `Dump writes every source and every entry, whatever its state, as a line of JSON
with "type": "source" or "entry", the entries that came last first. It is for
other programs, and no backup: Weir does not read it.`,
		Example: `  weir store dump --entries | jq -r 'select(.state == "placed") | .title'`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if entries && sources {
				return &usageError{text: "--entries leaves out sources, and --sources entries", hint: "weir store dump, which writes both"}
			}
			all := !entries && !sources
			return a.storeDump(c.Context(), dumpErrand{Sources: all || sources, Entries: all || entries})
		},
	}
	c.Flags().BoolVar(&entries, "entries", false, "entries only")
	c.Flags().BoolVar(&sources, "sources", false, "sources only")
	a.settingFlags(c, "store")
	return c
}

// storeDump writes page after page, so that memory stays what it is however
// much there is.
func (a *app) storeDump(ctx context.Context, e dumpErrand) error {
	err := looking(a, "store dump", func(s *scene) error {
		return a.writeDump(e, func(e dumpErrand) (dumpPage, error) { return e.run(ctx, s) })
	})
	held := (*store.HeldError)(nil)
	if !errors.As(err, &held) {
		return err
	}
	client, err := dialHolder(ctx, held)
	if err != nil {
		return err
	}
	defer client.Close()
	return a.writeDump(e, func(e dumpErrand) (dumpPage, error) { return delegate(ctx, client, "store dump", e) })
}

func (a *app) writeDump(e dumpErrand, ask func(dumpErrand) (dumpPage, error)) error {
	out := bufio.NewWriterSize(a.out, 64<<10)
	for {
		page, err := ask(e)
		if err != nil {
			return err
		}
		for _, line := range page.Lines {
			if _, err := out.Write(append(line, '\n')); err != nil {
				return fmt.Errorf("write the dump: %w", err)
			}
		}
		if page.Next == "" {
			break
		}
		e.Sources, e.After = false, page.Next
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the dump: %w", err)
	}
	return nil
}

// dumpErrand wants a run of everything: sources first, then entries.
type dumpErrand struct {
	Sources, Entries bool
	After            feed.Cursor
}

type dumpPage struct {
	Lines []json.RawMessage `json:"lines"`
	// Next continues; empty at the end.
	Next feed.Cursor `json:"next,omitempty"`
}

// dumpRun is how many entries are in one page: they may be large.
const dumpRun = 100

func (d dumpErrand) run(_ context.Context, s *scene) (page dumpPage, err error) {
	if d.Sources {
		if page.Lines, err = dumpSources(s); err != nil {
			return page, err
		}
	}
	if !d.Entries {
		return page, nil
	}
	list, err := s.store.List(feed.Selection{After: d.After, Limit: dumpRun, Content: true})
	if err != nil {
		return page, err
	}
	for i := range list.Entries {
		line, err := json.Marshal(dumpedEntry(&list.Entries[i]))
		if err != nil {
			return page, fmt.Errorf("entry %s: %w", list.Entries[i].Slug, err)
		}
		page.Lines = append(page.Lines, line)
	}
	page.Next = list.Next
	return page, nil
}

type sourceDump struct {
	Type string `json:"type"`
	sourceRow
	Format   string     `json:"format,omitempty"`
	Home     string     `json:"home_page,omitempty"`
	First    *time.Time `json:"first_read,omitempty"`
	LastRead *time.Time `json:"last_read,omitempty"`
	LastNew  *time.Time `json:"last_new,omitempty"`
	Next     *time.Time `json:"next,omitempty"`
}

func dumpSources(s *scene) ([]json.RawMessage, error) {
	states, err := s.store.Sources()
	if err != nil {
		return nil, err
	}
	addresses := covered(s.config)
	var lines []json.RawMessage
	for i := range states {
		st, p, d := &states[i], &states[i].State.Poll, &states[i].State.Doc
		line, err := json.Marshal(sourceDump{
			Type:      "source",
			sourceRow: sourceRow{ID: st.Source.ID, Title: titleOf(st), URL: addresses[st.Source.ID], Entries: d.Entries, State: health(st)},
			Format:    d.Format, Home: d.Profile.Link, First: instant(d.FirstFetched),
			LastRead: instant(p.Succeeded), LastNew: instant(p.Fresh), Next: instant(p.Due),
		})
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", st.Source.ID, err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// entryDump is an entry as `weir parse --json` shows it, and what the store
// knows besides.
type entryDump struct {
	Type string `json:"type"`
	entryJSON
	State     string          `json:"state"`
	Since     *time.Time      `json:"since,omitempty"`
	Inferred  bool            `json:"inferred,omitempty"`
	FirstSeen time.Time       `json:"first_seen"`
	Place     time.Time       `json:"place"`
	Tellings  []tellingReport `json:"tellings"`
}

func dumpedEntry(e *feed.Entry) entryDump {
	d := entryDump{
		Type: "entry", entryJSON: contentJSON(&e.Content), State: e.State.String(), Since: instant(e.StateSince),
		Inferred: e.Inferred, FirstSeen: e.FirstSeen, Place: e.Place, Tellings: []tellingReport{},
	}
	d.Slug, d.ID, d.Published, d.Updated = e.Slug, e.ID, stamp(e.Published), stamp(e.Updated)
	for _, sg := range e.Sightings {
		d.Tellings = append(d.Tellings, telling(sg))
	}
	return d
}
