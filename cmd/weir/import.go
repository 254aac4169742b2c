package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"weir/aggregator/discover"
	"weir/aggregator/fetch"
	"weir/config"
)

func (a *app) importCommand() *cobra.Command {
	var tags []string
	c := &cobra.Command{
		Use:   "import opml|list FILE|URL|-",
		Short: "Add the feeds of a list to the configuration",
		Long: `Import adds the feeds of a list to the configuration, at the end of feeds:.
Comments, order and style of the file stay as they are, and feeds that are there
already are left out.

The list is OPML, as readers export it, whose folders become tags; or a text
with an address on each line, behind which tags may stand. It comes from a file,
an address, or standard input (-). The feeds are not asked: "weir poll" does
that, and "weir status" shows those that fail. Only http and https addresses are
taken from a list, and lists within it are not followed.

The exit code is 65 when it is no such list, or a broken one; then nothing is
added.`,
		Example: `  weir import opml subscriptions.opml
  weir import opml --tag friends https://ann.example/blogroll.opml
  weir import list feeds.txt`,
		Args:      cobra.ExactArgs(2),
		ValidArgs: []string{"opml", "list"},
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] != "opml" && args[0] != "list" {
				return &usageError{text: printable(args[0]) + " is no kind of list", hint: "weir import opml FILE, or weir import list FILE"}
			}
			return a.importList(c.Context(), args[0], args[1], tags)
		},
	}
	c.Flags().StringArrayVar(&tags, "tag", nil, "`tag` of every story of the feeds; may be given several times")
	return c
}

func (a *app) importList(ctx context.Context, kind, from string, tags []string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	data, err := a.listBytes(ctx, cfg, from)
	if err != nil {
		return err
	}
	list, err := readList(kind, from, data)
	if err != nil {
		return err
	}
	feeds, again := fresh(list, subscribed(cfg), tags)
	if len(feeds) > 0 {
		if _, err := a.extend(feeds); err != nil {
			return err
		}
	}
	a.tellSkipped(list)
	if a.flags.quiet {
		return nil
	}
	text := "added " + count(len(feeds), "feed")
	if again > 0 {
		text += fmt.Sprintf("; %d were there already", again)
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}

// listBytes is a list from a file, an address or standard input.
func (a *app) listBytes(ctx context.Context, cfg *config.Config, from string) ([]byte, error) {
	switch {
	case from == "-":
		return readBounded(a.in)
	case isAddress(from):
		f, err := a.finder(cfg)
		if err != nil {
			return nil, err
		}
		resp, err := f.Fetcher.Get(ctx, fetch.Request{URL: from, Accept: discover.AcceptList, Limit: discover.MaxListBytes})
		if err != nil {
			return nil, unfound(ctx, from, cfg, err)
		}
		if resp.Cut {
			return nil, &dataError{fmt.Errorf("%s: the list is larger than the limit", printable(shownAddress(from)))}
		}
		return resp.Body, nil
	}
	f, err := os.Open(from)
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	defer f.Close()
	return readBounded(f)
}

// readBounded reads what a list may hold, and a byte more where it is larger.
func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, discover.MaxListBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	return data, nil
}

// readList reads a list of one kind; where none is said, markup is OPML.
func readList(kind, from string, data []byte) (*discover.List, error) {
	read := discover.Lines
	if kind == "opml" || kind == "" && bytes.HasPrefix(bytes.TrimLeft(data, "\ufeff \t\r\n"), []byte("<")) {
		read = discover.OPML
	}
	list, err := read(data)
	if err != nil {
		err = &dataError{fmt.Errorf("%s: %w; nothing is added", printable(shownAddress(from)), err)}
		if errors.Is(err, discover.ErrNotList) {
			return nil, withHint(err, "weir import opml is for OPML, weir import list for a text with an address on each line")
		}
		return nil, err
	}
	return list, nil
}

// fresh are the feeds of a list that can be added, and how many of them are
// there already.
func fresh(list *discover.List, there map[string]string, tags []string) (feeds []config.NewFeed, again int) {
	for _, l := range list.Feeds {
		if message, _ := config.CheckRemote(l.URL); message != "" {
			list.Skipped = append(list.Skipped, fmt.Sprintf("%q %s", config.Redact(l.URL), message))
			continue
		}
		if _, ok := there[sameness(l.URL)]; ok {
			again++
			continue
		}
		there[sameness(l.URL)] = "this list"
		all := slices.Clone(l.Tags)
		for _, t := range tags {
			if !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
		feeds = append(feeds, config.NewFeed{URL: l.URL, Tags: all})
	}
	return feeds, again
}

// tellSkipped says what was left out of a list.
func (a *app) tellSkipped(list *discover.List) {
	const most = 20
	for i, line := range list.Skipped {
		if i == most {
			break
		}
		fmt.Fprintln(a.err, "weir: left out", printable(line))
	}
	if n := len(list.Skipped) + list.More - most; n > 0 {
		fmt.Fprintf(a.err, "weir: left out %d more\n", n)
	}
}
