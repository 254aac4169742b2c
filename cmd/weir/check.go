package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the configuration",
		Long: `Check reads the configuration and tells every problem with its line and the way
out. It asks no network and opens no store. The exit code is 78 when something
is wrong.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.load()
			if err != nil || a.flags.quiet {
				return err
			}
			if !isTerminal(a.err) && a.flags.verbose == 0 {
				a.warn(cfg)
			}
			_, err = fmt.Fprintf(a.out, "%s is fine: %s, %s, %s\n", cfg.Path, count(len(cfg.Feeds), "feed"),
				count(len(cfg.Articles), "folder of articles"), count(len(cfg.Channels), "channel"))
			return err
		},
	}
}

func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "folder of articles":
		return fmt.Sprintf("%d folders of articles", n)
	default:
		return fmt.Sprintf("%d %ss", n, noun)
	}
}
