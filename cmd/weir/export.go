package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/feed"
	"weir/publisher"
)

func (a *app) exportCommand() *cobra.Command {
	var own bool
	c := &cobra.Command{
		Use:   "export opml",
		Short: "Print the feeds as OPML, for other readers",
		Long: `Export prints the feeds of the configuration as OPML 2.0, with their titles, home
pages and tags (as categories) where they are known, and with them those of the
lists that are followed, unless --own is given. Feeds whose addresses hold
a password, a token or a variable are left out, unless the feed names a public
address of its own; so are files of this machine. What is left out is told on
standard error.`,
		Example: `  weir export opml > feeds.opml`,
		Args:    cobra.ExactArgs(1),
		ValidArgs: []string{
			"opml",
		},
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] != "opml" {
				return &usageError{text: printable(args[0]) + " is no format to export", hint: "weir export opml"}
			}
			return a.export(c.Context(), own)
		},
	}
	c.Flags().BoolVar(&own, "own", false, "leave out the feeds that come from lists (opml:)")
	a.settingFlags(c, "store")
	return c
}

func (a *app) export(ctx context.Context, own bool) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	var list exported
	if _, missing := os.Stat(cfg.Store); errors.Is(missing, fs.ErrNotExist) {
		list, err = export(cfg, nil)
	} else {
		list, err = carry(ctx, a, "export", exportErrand{Own: own}, looking)
	}
	if err != nil {
		return err
	}
	if _, err := a.out.Write(list.OPML); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	if len(list.Left) > 0 && !a.flags.quiet {
		fmt.Fprintf(a.err, "weir: left out, as their addresses are not public: %s\n", printable(strings.Join(list.Left, ", ")))
	}
	return nil
}

// exportErrand wants all feeds as OPML, or those alone that the configuration
// names itself.
type exportErrand struct {
	Own bool `json:"own"`
}

// exported is a list of feeds, and the ids of those that are not in it.
type exported struct {
	OPML []byte   `json:"opml"`
	Left []string `json:"left"`
}

func (e exportErrand) run(_ context.Context, s *scene) (exported, error) {
	states, err := s.store.Sources()
	if err != nil {
		return exported{}, err
	}
	c := *s.config
	if e.Own {
		c.Feeds = slices.DeleteFunc(slices.Clone(c.Feeds), func(f config.Feed) bool { return f.List != "" })
	}
	return export(&c, states)
}

// export lists the configured feeds, in the order of the file, with what is
// known of them.
func export(c *config.Config, states []feed.SourceStatus) (exported, error) {
	known := make(map[string]feed.SourceState, len(states))
	for i := range states {
		known[states[i].Source.ID] = states[i].State
	}
	sources := make([]*feed.Described, 0, len(known))
	for _, src := range c.Sources() {
		sources = append(sources, &feed.Described{Source: src, Profile: known[src.ID].Doc.Profile})
	}
	text, left, err := publisher.OPML(publisher.Site{Title: c.Site.Title, URL: c.Site.URL}, sources)
	return exported{OPML: text, Left: left}, err
}
