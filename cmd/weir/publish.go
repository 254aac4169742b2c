package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
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
