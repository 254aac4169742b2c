package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"weir/feed"
	"weir/publisher"
	"weir/store"
)

func (a *app) publishCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "publish",
		Short: "Write all files anew from the store",
		Long: `Publish writes what the store holds to the output folder, without a network.
Files that are already right stay as they are. A running server does this by
itself, and holds the store.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.publish(c.Context()) },
	}
	a.settingFlags(c, "output", "store")
	a.confirmation(c)
	return c
}

func (a *app) publish(ctx context.Context) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if cfg.Output == "" {
		return &usageError{text: "there is no output folder to write to", hint: "weir publish --output FOLDER, or output: in the configuration"}
	}
	log, err := a.logger(slog.LevelError)
	if err != nil {
		return err
	}
	st, err := a.openMade(cfg, "publish", log)
	if err != nil {
		return err
	}
	defer st.Close()
	p, err := a.wire(cfg, st, log, watch{})
	if err != nil {
		return err
	}
	if err := founded(st); err != nil {
		return err
	}
	if _, err := st.Tend(); err != nil {
		return storeHint(fmt.Errorf("do what is due in the store: %w", err))
	}
	changed, err := p.publishFiles(ctx, true)
	if err != nil {
		return err
	}
	a.pinged(p.ping(ctx, changed, log))
	if err := p.deliver(ctx, changed, log); err != nil {
		return err
	}
	if !a.flags.quiet && isTerminal(a.out) {
		fmt.Fprintf(a.out, "%s written to %s\n", count(len(changed), "file"), cfg.Output)
	}
	return nil
}

// publishFiles brings the output folder up to date and returns what changed.
// With everything already there it reads one line of one file.
func (p *plant) publishFiles(ctx context.Context, anew bool) ([]string, error) {
	if p.config.Output == "" {
		return nil, nil
	}
	// Whoever writes once and ends must not leave out what is being indexed.
	if err := p.store.Await(ctx); err != nil {
		return nil, storeHint(fmt.Errorf("index the channels: %w", err))
	}
	if !anew {
		revisions, err := p.store.Revisions()
		if err != nil {
			return nil, fmt.Errorf("read revisions: %w", err)
		}
		if publisher.Current(p.config.Output, p.digest(), revisions) {
			return nil, nil
		}
	}
	snapshot, err := p.publisher.Render(ctx)
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return p.writeFiles(ctx, snapshot)
}

// founded refuses a store of which nothing can be published yet.
func founded(s store.Store) error {
	_, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1})
	if errors.Is(err, store.ErrFounding) {
		return withHint(errors.New("the store has not finished its first poll"), "run `weir poll`")
	}
	return nil // what else is wrong is told by whoever reads
}

func (p *plant) digest() string { return p.config.Digest + " " + version() }

func (p *plant) writeFiles(ctx context.Context, s *publisher.Snapshot) ([]string, error) {
	changed, err := publisher.WriteFiles(ctx, p.config.Output, s)
	if err != nil && ctx.Err() == nil {
		way := "make room or make the folder writable"
		if errors.Is(err, publisher.ErrForeign) {
			way = "clear the way"
		}
		return changed, withHint(fmt.Errorf("publish: %w", err),
			"what was published before is untouched; "+way+", then run `weir publish`")
	}
	return changed, err
}
