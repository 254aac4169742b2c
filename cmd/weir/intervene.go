package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"weir/feed"
	"weir/store"
)

func (a *app) releaseCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "release SOURCE",
		Short: "Publish what is held of a source",
		Long: `Release lets everything that is held of a source into its channels, as of now.
Entries are held when too many came at once (flood: in the configuration), or
when a source seems to be another one's all of a sudden; without a release they
are published after a day, but for those that may be a stranger's.
"weir list entries --state held" shows them.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return act(c.Context(), a, "release", releaseErrand{Source: args[0]})
		},
	}
	a.settingFlags(c, "output", "store")
	return c
}

// done says what was done, in a line for a terminal.
type done struct {
	Text string `json:"text"`
}

// act runs an errand that changes something, and tells it where somebody
// watches.
func act(ctx context.Context, a *app, command string, e errand[done]) error {
	d, err := carry(ctx, a, command, e, acting)
	if err == nil {
		a.tellDone(d.Text)
	}
	return err
}

// removeErrand removes an entry.
type removeErrand struct{ Slug string }

func (r removeErrand) run(ctx context.Context, s *scene) (done, error) {
	e, err := s.entry(ctx, r.Slug)
	if err != nil {
		return done{}, err
	}
	if e.State == feed.StateRemoved {
		return done{e.Slug + " was removed before"}, s.publish(ctx)
	}
	if err := s.store.Remove(e.Slug); err != nil {
		return done{}, err
	}
	return done{fmt.Sprintf("removed %s: %s", e.Slug, brief(e.Title))}, s.publish(ctx)
}

// entry returns the entry of a slug, or refuses with what may have been meant.
func (s *scene) entry(ctx context.Context, slug string) (feed.Entry, error) {
	e, err := s.store.Entry(slug)
	if !errors.Is(err, store.ErrNotFound) {
		return e, err
	}
	near, err := s.nearSlugs(ctx, slug)
	if err != nil {
		return e, err
	}
	hint := "weir list entries"
	if len(near) > 0 {
		hint = "one of: " + some(near)
	}
	return e, &usageError{text: fmt.Sprintf("there is no entry %q", printable(slug)), hint: hint}
}

// releaseErrand releases what is held of a source.
type releaseErrand struct{ Source string }

func (r releaseErrand) run(ctx context.Context, s *scene) (done, error) {
	if err := knownSources(s.config, []string{r.Source}); err != nil {
		return done{}, err
	}
	n, err := s.store.ReleaseHeld(r.Source)
	if err != nil {
		return done{}, err
	}
	if n == 0 {
		return done{"nothing is held of " + r.Source}, s.publish(ctx)
	}
	return done{fmt.Sprintf("released %s of %s", entries(n), r.Source)}, s.publish(ctx)
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
