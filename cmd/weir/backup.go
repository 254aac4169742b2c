package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/store"
	"weir/store/bolt"
)

func (a *app) storeBackupCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the store while everybody goes on",
		Long: `Backup writes a copy of the store as it is at this moment, while polling and
serving go on, and reads it back from end to end before it gets its name: a file
of that name is a good backup. An older one of the name is replaced.

backups: in the configuration makes them by itself.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.storeBackup(c.Context(), args[0]) },
	}
	a.settingFlags(c, "store")
	return c
}

func (a *app) storeBackup(ctx context.Context, file string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("find %s: %w", file, err)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return &usageError{text: file + " is a folder", hint: "weir store backup " + filepath.Join(file, "weir.db")}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return withHint(fmt.Errorf("there is no folder %s to back up to", filepath.Dir(path)), "make it, or name a file elsewhere")
	}
	err = a.opened("store backup", func(_ *config.Config, st *bolt.Store, _ *slog.Logger) error {
		return st.BackupTo(path, verifyApart)
	})
	if held := (*store.HeldError)(nil); errors.As(err, &held) {
		client, err := dialHolder(ctx, held)
		if err != nil {
			return err
		}
		defer client.Close()
		if _, err := delegate(ctx, client, "store backup", backupErrand{Path: path}); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	size := ""
	if info, err := os.Stat(path); err == nil {
		size = ", " + bytesText(info.Size())
	}
	a.tellDone("backed up to " + path + size + ", and read back")
	return nil
}

// backupErrand copies the store that is open to an absolute path.
type backupErrand struct{ Path string }

func (b backupErrand) run(_ context.Context, s *scene) (done, error) {
	if !filepath.IsAbs(b.Path) {
		return done{}, fmt.Errorf("back up to %s: the path is not absolute", b.Path)
	}
	return done{}, s.bolt.BackupTo(b.Path, verifyApart)
}

func (a *app) storeRestoreCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the store",
		Long: `Restore reads a backup from end to end and puts a copy of it where the store is.
The store that was there is kept beside it under another name. No server may be
running. What sources still show of what the backup lacks comes with the next
poll.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.storeRestore(args[0], yes) },
	}
	c.Flags().BoolVar(&yes, "yes", false, "put away the store that is there")
	a.settingFlags(c, "store")
	return c
}

func (a *app) storeRestore(file string, yes bool) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if info, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return withHint(fmt.Errorf("there is no backup %s", file), "name a file that `weir store backup` wrote; nothing was changed")
	} else if err == nil && info.IsDir() {
		return withHint(fmt.Errorf("the backup %s is a folder", file), "name a file that `weir store backup` wrote; nothing was changed")
	}
	if _, err := os.Stat(cfg.Store); err == nil && !yes {
		return &usageError{
			text: "there is a store already: " + cfg.Store,
			hint: "weir store restore --yes " + file + ", which keeps it beside the new one under another name",
		}
	}
	aside, err := bolt.Restore(file, cfg.Store, a.time(), verifyApart)
	held := (*store.HeldError)(nil)
	switch {
	case errors.As(err, &held):
		return withHint(err, "stop it first; nothing was changed")
	case errors.Is(err, store.ErrCorrupt):
		return withHint(damaged(file, err.Error()), "this backup is damaged, take another one; nothing was changed")
	case err != nil:
		return storeHint(err)
	}
	if a.flags.quiet {
		return nil
	}
	text := cfg.Store + " is restored; `weir poll` brings what came since"
	if aside != "" {
		text += "\nwhat was there before is " + aside
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}

// backups are where copies are kept, and how many; a folder without a name
// means that none are.
func backups(c *config.Config) bolt.Backups {
	return bolt.Backups{Dir: c.Backups.Dir, Every: c.Backups.Every, Keep: c.Backups.Keep, Verify: verifyApart}
}

// backUp makes a backup when it is time for one.
func (o *outside) backUp(c *config.Config, st *bolt.Store, log *slog.Logger) error {
	if c.Backups.Dir == "" {
		return nil
	}
	b, now := backups(c), o.time()
	due, err := b.Due(c.Store, now)
	if err != nil || !due {
		return err
	}
	path, err := b.Take(st, now)
	if err != nil {
		return withHint(err, "make room, or make the folder of backups: writable; everything else went well")
	}
	log.Info("backed up", "file", path)
	return nil
}

// lookGap is how often a server looks whether it is time for a backup.
const lookGap = time.Minute

// backUpAlways makes backups for as long as ctx lasts.
func (s *server) backUpAlways(ctx context.Context, c *config.Config) error {
	for {
		if err := s.app.backUp(c, s.store, s.log); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookGap):
		}
	}
}
