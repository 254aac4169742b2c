package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/feed"
)

func (a *app) removeCommand() *cobra.Command {
	var slug string
	c := &cobra.Command{
		Use:   "remove SOURCE… | --entry SLUG",
		Short: "Take sources out of the configuration, or an entry out of everything",
		Long: `Remove takes sources, named by id or address, out of the configuration; its
comments, order and style stay as they are. With the next poll their stories
leave all documents, or pass to other sources that tell them; within 30 days
they come back with the source.

With --entry it takes one entry out of all documents at once and drops its
text. What keeps the story from coming back stays: however often a source tells
it again, it is not published. There is no way back.`,
		Example: `  weir remove go-blog
  weir remove https://blog.example/feed.xml
  weir remove --entry hello-world`,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) > 0 && slug != "":
				return &usageError{text: "sources and entries are removed one after the other", hint: "weir remove " + args[0]}
			case len(args) > 0:
				return a.removeSources(c.Context(), args)
			case slug == "":
				return &usageError{text: "it is not said what to remove", hint: "weir remove SOURCE, or weir remove --entry SLUG; weir list shows both"}
			}
			return act(c.Context(), a, "remove", removeErrand{Slug: slug})
		},
	}
	c.Flags().StringVar(&slug, "entry", "", "`slug` of the entry")
	a.settingFlags(c, "output", "store")
	return c
}

func (a *app) removeSources(ctx context.Context, names []string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	ids, err := idsOf(cfg, names)
	if err != nil {
		return cmp.Or(a.listedElsewhere(ctx, cfg, names), err)
	}
	done, err := a.edit(func(text []byte, c *config.Config) ([]byte, error) {
		return c.Without(text, ids...)
	})
	if err != nil || a.flags.quiet {
		return err
	}
	a.tellRemoved(done, ids)
	return nil
}

// listedElsewhere says of names that are no sources of the file which list they
// come from, nil where none of them does.
func (a *app) listedElsewhere(ctx context.Context, cfg *config.Config, names []string) error {
	if len(cfg.Lists) == 0 {
		return nil
	}
	for _, n := range names {
		if i := slices.IndexFunc(cfg.Lists, func(l config.List) bool { return l.ID == n }); i >= 0 {
			return &usageError{text: n + " is a list of feeds", hint: fmt.Sprintf("take %s out of opml: in %s", cfg.Lists[i].URL, cfg.Path)}
		}
	}
	all, err := carry(ctx, a, "list sources", listSources{}, looking)
	if err != nil {
		return nil // Then nobody knows, and what is told anyhow is true.
	}
	for _, n := range names {
		for _, r := range all.Sources {
			if r.List != "" && (r.ID == n || sameness(r.URL) == sameness(n)) {
				return &usageError{text: fmt.Sprintf("%s comes from the list %s", r.ID, r.List),
					hint: "take it out of that list; or name it in feeds:, where exclude: or where: can silence it"}
			}
		}
	}
	return nil
}

// idsOf are the ids of sources that are named by id or address.
func idsOf(c *config.Config, names []string) ([]string, error) {
	sources := c.Sources()
	var ids []string
	for _, n := range names {
		i := slices.IndexFunc(sources, func(s feed.Source) bool { return s.ID == n })
		if i < 0 {
			i = slices.IndexFunc(sources, func(s feed.Source) bool { return sameness(s.URL) == sameness(n) })
		}
		if i < 0 {
			return nil, knownSources(c, []string{n})
		}
		if !slices.Contains(ids, sources[i].ID) {
			ids = append(ids, sources[i].ID)
		}
	}
	return ids, nil
}

// tellRemoved says what left, and what that leads to.
func (a *app) tellRemoved(done *edited, ids []string) {
	fmt.Fprintf(a.out, "removed %s: the stories leave with the next poll, and come back if the source does within 30 days\n", strings.Join(ids, ", "))
	before, after := done.before.Sources(), done.after.Sources()
	called := make(map[string]string, len(before))
	for _, s := range before {
		called[s.URL] = s.ID
	}
	for _, s := range after {
		if old := called[s.URL]; old != "" && old != s.ID {
			fmt.Fprintf(a.out, "%s is called %s now: rules that name it need the new name, or give it id: %s\n", old, s.ID, old)
		}
	}
	if len(ids) >= 3 && 2*len(ids) > len(before) {
		fmt.Fprintln(a.out, "over half of the sources are gone: the next poll wants --yes")
	}
}
