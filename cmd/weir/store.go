package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/store"
	"weir/store/bolt"
)

func (a *app) storeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "store",
		Short: "Look after the store: stats, check, compact, backup, restore, dump",
		Long: `Store looks after the one file that holds every story. All of it but compact
and restore works while a server runs on the store.`,
		Args: unknownCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.storeStatsCommand(), a.storeCheckCommand(), a.storeCompactCommand(), a.storeBackupCommand(), a.storeRestoreCommand(), a.storeDumpCommand())
	return c
}

func (a *app) storeCheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Read the whole store and tell what is damaged",
		Long: `Check reads the store from end to end: its pages, the checksum of every record,
and whether entries and indexes agree. It changes nothing. It reads in a process
of its own, so that no damage ends this one; a running server checks by itself.
The exit code is 74 when something is damaged.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.storeCheck(c.Context()) },
	}
	a.settingFlags(c, "store")
	return c
}

func (a *app) storeCheck(ctx context.Context) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if err := made(cfg.Store); err != nil {
		return err
	}
	err = verifyApart(cfg.Store)
	if held := (*store.HeldError)(nil); errors.As(err, &held) {
		client, err := dialHolder(ctx, held)
		if err != nil {
			return err
		}
		defer client.Close()
		d, err := delegate(ctx, client, "store check", checkErrand{})
		if err != nil {
			return err
		}
		if d.Text != "" {
			return storeDamaged(cfg.Store, d.Text)
		}
	} else if errors.Is(err, store.ErrCorrupt) {
		return storeDamaged(cfg.Store, err.Error())
	} else if err != nil {
		return storeHint(err)
	}
	a.tellDone(cfg.Store + " is whole")
	return nil
}

// checkErrand checks the store that is open; its result is what was found.
type checkErrand struct{}

func (checkErrand) run(_ context.Context, s *scene) (done, error) {
	err := s.store.Check()
	if errors.Is(err, store.ErrCorrupt) {
		return done{err.Error()}, nil
	}
	return done{}, err
}

// damaged lists findings, each once and without what all of them begin with.
func damaged(path, found string) error {
	var lines []string
	for line := range strings.SplitSeq(found, "\n") {
		if i := strings.Index(line, store.ErrCorrupt.Error()+": "); i >= 0 {
			line = line[i+len(store.ErrCorrupt.Error()+": "):]
		}
		line = "\n  " + printable(strings.ReplaceAll(line, store.ErrCorrupt.Error()+": ", ""))
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return fmt.Errorf("%w: %s%s", store.ErrCorrupt, path, strings.Join(lines, ""))
}

// storeDamaged tells what was found in the store, and what becomes of it.
func storeDamaged(path, found string) error {
	err := damaged(path, found)
	if !bolt.Recognises(path) {
		return damageHint(path, err)
	}
	return withHint(err, "records that are damaged are left out and never published; `weir store restore FILE` goes back to a backup")
}

// tellDone tells a person what was done; cron would mail it.
func (a *app) tellDone(text string) {
	if !a.flags.quiet && (isTerminal(a.out) || a.flags.verbose > 0) {
		fmt.Fprintln(a.out, printable(text))
	}
}

// bytesText spells a size in its largest sensible unit.
func bytesText(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	size, names := float64(n), strings.Fields("KiB MiB GiB TiB")
	for i, name := range names {
		if size /= unit; size < unit || i == len(names)-1 {
			return fmt.Sprintf("%.1f %s", size, name)
		}
	}
	return ""
}
