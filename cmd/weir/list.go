package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"weir/feed"
)

// defaultListed is how many entries are listed, mostListed how many can be.
const (
	defaultListed = 50
	mostListed    = 100_000
)

func (a *app) listCommand() *cobra.Command {
	var asJSON bool
	var entries listEntries
	c := &cobra.Command{
		Use:   "list [sources|entries|channels]",
		Short: "List sources, entries or channels",
		Long: `List shows what the store holds. Of entries it shows the newest that are
published; --state shows others: held, withdrawn, blocked, retired, removed,
pruned, joined, shelved (in archives alone), placed, or any, those that came last
first.

ALSO is how many other sources tell the same story. "weir why SLUG" tells more
of one. When a server runs on the store, it is asked.`,
		Example: `  weir list
  weir list entries --source go-blog --limit 10
  weir list entries --state held`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"sources", "entries", "channels"},
		RunE: func(c *cobra.Command, args []string) error {
			what := append(args, "sources")[0]
			for _, f := range []string{"source", "channel", "state", "limit"} {
				if what != "entries" && c.Flags().Changed(f) {
					return &usageError{text: "--" + f + " is for entries", hint: "weir list entries --" + f + " …"}
				}
			}
			switch what {
			case "entries":
				return show(c.Context(), a, "list entries", entries, asJSON)
			case "channels":
				return show(c.Context(), a, "list channels", listChannels{}, asJSON)
			}
			return show(c.Context(), a, "list sources", listSources{}, asJSON)
		},
	}
	f := c.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.StringVar(&entries.Source, "source", "", "only what this `source` tells")
	f.StringVar(&entries.Channel, "channel", "", "only what is in this `channel`")
	f.StringVar(&entries.State, "state", "", "only entries in this `state`")
	f.IntVar(&entries.Limit, "limit", defaultListed, "list this `number` of entries at most")
	a.settingFlags(c, "store")
	return c
}

// printed is a result that people can read.
type printed interface {
	print(w io.Writer, now time.Time) error
}

// show runs an errand and prints its result.
func show[R printed](ctx context.Context, a *app, command string, e errand[R], asJSON bool) error {
	result, err := carry(ctx, a, command, e, looking)
	if err != nil {
		return err
	}
	return a.present(result, asJSON)
}

// present prints a result for people or for programs.
func (a *app) present(result printed, asJSON bool) (err error) {
	if asJSON {
		err = writeJSON(a.out, result)
	} else {
		err = result.print(a.out, a.time())
	}
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// listSources wants every configured source.
type listSources struct{}

type sourceList struct {
	Sources []sourceRow `json:"sources"`
}

type sourceRow struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// URL has its secrets covered.
	URL     string `json:"url"`
	Entries int    `json:"entries"`
	State   string `json:"state"`
	// List is the reading list that names it, empty where the file does.
	List string `json:"list,omitempty"`
}

func (listSources) run(_ context.Context, s *scene) (sourceList, error) {
	states, err := s.store.Sources()
	list := sourceList{Sources: make([]sourceRow, 0, len(states))}
	addresses, lists := covered(s.config), s.config.Listed()
	for i := range states {
		st := &states[i]
		list.Sources = append(list.Sources, sourceRow{
			ID: st.Source.ID, Title: titleOf(st), URL: addresses[st.Source.ID],
			Entries: st.State.Doc.Entries, State: health(st), List: lists[st.Source.ID],
		})
	}
	return list, err
}

// titleOf is what the operator, else the document calls a source.
func titleOf(st *feed.SourceStatus) string {
	if st.Source.Title != "" {
		return st.Source.Title
	}
	return st.State.Doc.Profile.Title
}

func (l sourceList) print(w io.Writer, _ time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := "SOURCE\tSTATE\tENTRIES\tTITLE\tURL"
	if slices.ContainsFunc(l.Sources, func(r sourceRow) bool { return r.List != "" }) {
		head += "\tLIST"
	}
	fmt.Fprintln(t, head)
	for _, r := range l.Sources {
		line := fmt.Sprintf("%s\t%s\t%d\t%s\t%s", r.ID, r.State, r.Entries, brief(r.Title), printable(r.URL))
		if r.List != "" {
			line += "\t" + r.List
		}
		fmt.Fprintln(t, line)
	}
	return t.Flush()
}

// listChannels wants every configured channel.
type listChannels struct{}

type channelList struct {
	Channels []channelRow `json:"channels"`
}

type channelRow struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Where   string `json:"where,omitempty"`
	Entries int    `json:"entries"`
	// Shelved counts entries in the archives alone, Arrivals all that ever came.
	Shelved  int        `json:"shelved"`
	Arrivals uint64     `json:"arrivals"`
	Revision uint64     `json:"revision"`
	Newest   *time.Time `json:"newest,omitempty"`
}

func (listChannels) run(_ context.Context, s *scene) (channelList, error) {
	states, err := s.store.Channels()
	list := channelList{Channels: make([]channelRow, 0, len(states))}
	for _, ch := range s.config.Channels {
		i := slices.IndexFunc(states, func(st feed.ChannelStatus) bool { return st.ID == ch.ID })
		if i < 0 {
			continue
		}
		row := channelRow{
			ID: ch.ID, Title: ch.Title, Where: strings.TrimSpace(ch.Where), Entries: states[i].Entries, Shelved: states[i].Shelved,
			Arrivals: states[i].Arrivals, Revision: states[i].Revision, Newest: instant(states[i].Newest),
		}
		if row.Title == "" {
			row.Title = s.config.Site.Title
		}
		list.Channels = append(list.Channels, row)
	}
	return list, err
}

func (l channelList) print(w io.Writer, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CHANNEL\tENTRIES\tREVISION\tNEWEST\tTITLE")
	for _, r := range l.Channels {
		newest := "none"
		if r.Newest != nil {
			newest = ago(*r.Newest, now)
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\n", r.ID, r.Entries, r.Revision, newest, brief(r.Title))
	}
	return t.Flush()
}

// brief is a title that leaves room for its neighbours in a table.
func brief(s string) string {
	const most = 60
	s = printable(s)
	if runes := []rune(s); len(runes) > most {
		return strings.TrimRight(string(runes[:most-1]), " ") + "…"
	}
	return s
}
