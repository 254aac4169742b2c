package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"weir/feed"
	"weir/store"
)

func (a *app) joinCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "join SLUG OTHER",
		Short: "Make one story of two",
		Long: `Join makes the second entry a telling of the first. The first keeps its slug,
its id, its date and its place; the second leaves all documents at once, and
whatever tells it from now on tells the first. "weir split" parts them again.`,
		Example: `  weir join release-day release-day-hub`,
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return act(c.Context(), a, "join", joinErrand{Slug: args[0], Other: args[1]})
		},
	}
	a.settingFlags(c, "output", "store")
	return c
}

func (a *app) splitCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "split SLUG SOURCE",
		Short: "Make a source's telling of a story a story of its own",
		Long: `Split takes one source's telling out of an entry and makes it an entry of its
own. Its text comes when the source is read again: "weir poll --all SOURCE" does
that. From now on no telling of that source is taken for that entry's story,
unless "weir join" says so.`,
		Example: `  weir split release-day hub`,
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return act(c.Context(), a, "split", splitErrand{Slug: args[0], Source: args[1]})
		},
	}
	a.settingFlags(c, "output", "store")
	return c
}

// joinErrand joins two entries.
type joinErrand struct{ Slug, Other string }

func (j joinErrand) run(ctx context.Context, s *scene) (done, error) {
	e, err := s.entry(ctx, j.Slug)
	if err != nil {
		return done{}, err
	}
	other, err := s.entry(ctx, j.Other)
	if err != nil {
		return done{}, err
	}
	switch {
	case e.Slug == other.Slug:
		return done{}, &usageError{text: "both are " + e.Slug, hint: "weir join SLUG OTHER, with two entries"}
	case other.Into == e.Slug:
		return done{other.Slug + " was joined to " + e.Slug + " before"}, s.publish(ctx)
	}
	if err := s.store.Join(e.Slug, other.Slug); err != nil {
		return done{}, livingHint(err)
	}
	return done{fmt.Sprintf("joined %s to %s: %s", other.Slug, e.Slug, brief(e.Title))}, s.publish(ctx)
}

// splitErrand parts a source's telling from an entry.
type splitErrand struct{ Slug, Source string }

func (p splitErrand) run(ctx context.Context, s *scene) (done, error) {
	if err := knownSources(s.config, []string{p.Source}); err != nil {
		return done{}, err
	}
	e, err := s.entry(ctx, p.Slug)
	if err != nil {
		return done{}, err
	}
	err = s.store.Split(e.Slug, p.Source)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return done{}, &usageError{text: p.Source + " does not tell " + e.Slug, hint: "weir why " + e.Slug + ", which names who does"}
	case errors.Is(err, store.ErrAlone):
		return done{}, &usageError{text: "only " + p.Source + " tells " + e.Slug, hint: "weir why " + e.Slug}
	case err != nil:
		return done{}, livingHint(err)
	}
	slug, err := s.nowAt(ctx, p.Source, e)
	if err != nil {
		return done{}, err
	}
	text := fmt.Sprintf("split: what %s tells is %s now", p.Source, slug)
	if e.Source() != p.Source {
		text += "; `weir poll --all " + p.Source + "` brings its text"
	}
	return done{text}, s.publish(ctx)
}

// nowAt returns the entry that a source's telling of another went to.
func (s *scene) nowAt(ctx context.Context, source string, from feed.Entry) (slug string, err error) {
	keys := map[feed.Key]bool{}
	for _, sg := range from.Sightings {
		keys[sg.Key] = sg.Source == source
	}
	q := feed.Selection{Source: source, Limit: mostListed}
	err = eachEntry(ctx, s.store, q, func(e *feed.Entry) bool {
		if own := e.Owner(); e.Slug != from.Slug && own.Source == source && keys[own.Key] && !e.State.Tombstone() {
			slug = e.Slug
		}
		return slug == ""
	})
	return slug, err
}

// livingHint explains what tombstones cannot do.
func livingHint(err error) error {
	if errors.Is(err, store.ErrRemoved) {
		return withHint(err, "only entries that are still there can be joined or split")
	}
	return err
}
