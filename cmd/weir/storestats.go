package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

func (a *app) storeStatsCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "stats",
		Short: "Show what is in the store and what room it takes",
		Long: `Stats looks at everything in the store, in short readings, and counts. SIZE is
what keys and values take; the file is larger, because pages are seldom full.
What is free is used before the file grows; "weir store compact" gives it back.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return show(c.Context(), a, "store stats", statsErrand{}, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settingFlags(c, "store")
	return c
}

// statsErrand counts what is there.
type statsErrand struct{}

type statsReport struct {
	Path string `json:"path"`
	// Size and Free are bytes of the file.
	Size int64 `json:"size"`
	Free int64 `json:"free"`
	// Entries counts all of them, States those in each state.
	Entries int            `json:"entries"`
	States  map[string]int `json:"states"`
	Oldest  *time.Time     `json:"oldest,omitempty"`
	Newest  *time.Time     `json:"newest,omitempty"`
	// Staged items wait for the end of the first poll; Duties is what the store
	// has to do later; Damaged records are left out.
	Staged  int          `json:"staged"`
	Duties  int          `json:"duties"`
	Damaged int          `json:"damaged"`
	Kinds   []kindReport `json:"kinds"`
}

type kindReport struct {
	Name    string `json:"name"`
	Records int    `json:"records"`
	Bytes   int64  `json:"bytes"`
}

func (statsErrand) run(_ context.Context, s *scene) (statsReport, error) {
	st, err := s.store.Stats()
	r := statsReport{
		Path: s.bolt.Path(), Size: st.Size, Free: st.Free, States: map[string]int{}, Oldest: instant(st.Oldest), Newest: instant(st.Newest),
		Staged: st.Staged, Duties: st.Duties, Damaged: st.Damaged, Kinds: []kindReport{},
	}
	for state, n := range st.States {
		r.Entries += n
		r.States[state.String()] = n
	}
	for _, k := range st.Kinds {
		r.Kinds = append(r.Kinds, kindReport(k))
	}
	return r, err
}

func (r statsReport) print(w io.Writer, now time.Time) error {
	p := &sheet{now: now}
	p.head(r.Path)
	p.line("file", "%s, %s of it free", bytesText(r.Size), bytesText(r.Free))
	var states []string
	for state := feed.StatePlaced; state.String() != "unknown"; state++ {
		if n := r.States[state.String()]; n > 0 {
			states = append(states, fmt.Sprintf("%d %s", n, state))
		}
	}
	p.line("entries", "%d: %s", r.Entries, orElse(strings.Join(states, ", "), "none yet"))
	if r.Oldest != nil && r.Newest != nil {
		p.line("published", "from %s", p.at(*r.Oldest))
		p.line("published", "to   %s", p.at(*r.Newest))
	}
	if r.Staged > 0 {
		p.line("staged", "%s, until the first poll is through", count(r.Staged, "item"))
	}
	if r.Duties > 0 {
		p.line("to do", "%s", duties(r.Duties))
	}
	if r.Damaged > 0 {
		p.line("damaged", "%s left out: \"weir store check\" tells more", count(r.Damaged, "record"))
	}
	p.WriteString("\n")
	t := tabwriter.NewWriter(p, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KIND\tRECORDS\tSIZE")
	for _, k := range r.Kinds {
		fmt.Fprintf(t, "%s\t%d\t%s\n", k.Name, k.Records, bytesText(k.Bytes))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// duties spells how much there is to do later.
func duties(n int) string {
	if n == 1 {
		return "1 duty, at its time"
	}
	return fmt.Sprintf("%d duties, each at its time", n)
}

func (a *app) storeCompactCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "compact",
		Short: "Give back the room that nothing takes",
		Long: `Compact copies the store to another file without what is free, and gives that
the name. No server may be running: one compacts by itself when it starts and
more than half of a large store is free.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.storeCompact() },
	}
	a.settingFlags(c, "store")
	return c
}

func (a *app) storeCompact() error {
	var before, after int64
	err := a.opened("store compact", func(_ *config.Config, st *bolt.Store, _ *slog.Logger) (err error) {
		if before, err = sizeOf(st.Path()); err == nil {
			err = st.Compact()
		}
		if err == nil {
			after, err = sizeOf(st.Path())
		}
		return err
	})
	if held := (*store.HeldError)(nil); errors.As(err, &held) {
		return withHint(err, "stop it first; a server compacts by itself when it starts, if it is worth it")
	}
	if err == nil {
		a.tellDone(fmt.Sprintf("compacted: %s before, %s now", bytesText(before), bytesText(after)))
	}
	return err
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("measure the store: %w", err)
	}
	return info.Size(), nil
}
