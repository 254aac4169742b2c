package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/feed"
)

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the configuration",
		Long: `Check reads the configuration and tells every problem with its line and the way
out. It warns of folders and files that are not there. It asks no network and
opens no store. The exit code is 78 when something is wrong.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.load()
			if err != nil || a.flags.quiet {
				return err
			}
			if isTerminal(a.err) || a.flags.verbose > 0 {
				cfg.Warnings = nil // They were told when it was read.
			}
			cfg.Warnings = append(cfg.Warnings, onDisk(cfg, a.configPath())...)
			a.warn(cfg)
			lists := ""
			if len(cfg.Lists) > 0 {
				lists = ", " + count(len(cfg.Lists), "list of feeds")
			}
			_, err = fmt.Fprintf(a.out, "%s is fine: %s%s, %s, %s\n", cfg.Path, count(len(cfg.Feeds), "feed"), lists,
				count(len(cfg.Articles), "folder of articles"), count(len(cfg.Channels), "channel"))
			return err
		},
	}
}

// onDisk warns of what the configuration names and the disk does not hold, or
// holds as something else. It may be mended while Weir runs, so it is no error.
func onDisk(c *config.Config, file string) config.Problems {
	var ps config.Problems
	warn := func(path, message, hint string) {
		ps = append(ps, config.Problem{File: file, Path: path, Message: message, Hint: hint})
	}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if f.Kind != feed.File {
			continue
		}
		if m := mismatch(f.URL.Reveal(), false); m != "" {
			warn(fmt.Sprintf("feeds[%d]", i), fmt.Sprintf("the file %s %s", f.URL, m), "put the feed there, or mend its path")
		}
	}
	for i := range c.Lists {
		l := &c.Lists[i]
		if l.Kind != feed.File {
			continue
		}
		if m := mismatch(l.URL.Reveal(), false); m != "" {
			warn(fmt.Sprintf("opml[%d]", i), fmt.Sprintf("the file %s %s", l.URL, m), "put the list there, or mend its path")
		}
	}
	for i, a := range c.Articles {
		if m := mismatch(a.Dir, true); m != "" {
			warn(fmt.Sprintf("articles[%d]", i), fmt.Sprintf("the folder %s %s", a.Dir, m), "make the folder, or name another one")
		}
	}
	if info, err := os.Stat(c.Output); err == nil && !info.IsDir() {
		warn("output", fmt.Sprintf("the folder %s is a file", c.Output), "move the file away, or name another folder")
	}
	if info, err := os.Stat(c.Store); err == nil && info.IsDir() {
		warn("store", fmt.Sprintf("the file %s is a folder", c.Store), "name a file, like "+filepath.Join(c.Store, "weir.db"))
	}
	return ps
}

// mismatch says what is wrong with a path that should be a folder, or a file.
func mismatch(path string, folder bool) string {
	info, err := os.Stat(path)
	var cause *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is not there"
	case errors.As(err, &cause):
		return "cannot be read: " + cause.Err.Error()
	case folder && !info.IsDir():
		return "is a file"
	case !folder && info.IsDir():
		return "is a folder"
	}
	return ""
}

func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "folder of articles":
		return fmt.Sprintf("%d folders of articles", n)
	case noun == "list of feeds":
		return fmt.Sprintf("%d lists of feeds", n)
	default:
		return fmt.Sprintf("%d %ss", n, noun)
	}
}
