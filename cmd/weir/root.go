package main

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// app is one invocation of the program: its streams and global flags.
type app struct {
	outside
	in       io.Reader
	out, err io.Writer
	flags    struct {
		config    string
		quiet     bool
		verbose   int
		logFormat string
		// yes confirms what is refused without it.
		yes bool
		set map[string]string
	}
}

// run is the whole program but for the process: it returns the exit code.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, err: errOut}
	ctx, stop := catchSignals(context.Background())
	defer stop()
	root := a.root()
	root.SetArgs(args)
	err := stopped(ctx, root.ExecuteContext(ctx))
	report(errOut, err)
	return exitCode(err)
}

func (a *app) root() *cobra.Command {
	var showVersion bool
	version := a.versionCommand()
	root := &cobra.Command{
		Use:   "weir",
		Short: "Many feeds in, one clean stream out",
		Long: `Many feeds in, one clean stream out.

Weir polls RSS, Atom and JSON feeds and a folder of local articles, keeps every
story once, and publishes combined RSS, Atom and JSON feeds and a page.`,
		Example: `  weir init https://example.org/feed.xml   write a config.yaml
  weir serve                               poll, publish and serve at http://127.0.0.1:8080/
  weir poll                                poll and publish once, for cron`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if showVersion {
				return version.RunE(version, args)
			}
			return c.Help()
		},
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagMistake)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.Flags().BoolVar(&showVersion, "version", false, "print the version")
	f := root.PersistentFlags()
	f.StringVarP(&a.flags.config, "config", "c", "", "configuration `file` (default config.yaml, WEIR_CONFIG)")
	f.BoolVarP(&a.flags.quiet, "quiet", "q", false, "print errors only")
	f.CountVarP(&a.flags.verbose, "verbose", "v", "log what happens; twice for more")
	f.StringVar(&a.flags.logFormat, "log-format", "auto", "`format` of the log: auto, text or json")
	root.AddCommand(
		a.initCommand(), a.discoverCommand(), a.addCommand(), a.importCommand(), a.exportCommand(), a.newCommand(), a.pollCommand(), a.serveCommand(), a.publishCommand(),
		a.checkCommand(), a.statusCommand(), a.listCommand(), a.whyCommand(), a.removeCommand(), a.releaseCommand(), a.joinCommand(), a.splitCommand(), a.storeCommand(),
		a.parseCommand(), version, exitCodesTopic(),
		a.verifyCommand(),
	)
	for _, c := range root.Commands() {
		for _, c := range append(c.Commands(), c) {
			if c.Args != nil {
				c.Args = argumentMistake(c.Args)
			}
		}
	}
	root.Args = unknownCommand
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.Args = knownTopic
	}
	return root
}

func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := c.CommandPath() + " --help"
	c.SuggestionsMinimumDistance = 2
	if s := c.SuggestionsFor(args[0]); len(s) > 0 {
		hint = c.CommandPath() + " " + s[0]
	}
	return &usageError{text: "unknown command " + strings.ToValidUTF8(args[0], "?"), hint: hint}
}

// knownTopic refuses help on what is not there; cobra answers it with success.
func knownTopic(c *cobra.Command, args []string) error {
	found, rest, err := c.Root().Find(args)
	if err != nil {
		rest = args
	}
	return unknownCommand(found, rest)
}

// logger writes to standard error: for people on a terminal, JSON otherwise
// where it was asked for. Commands that cron runs log nothing unless -v.
func (a *app) logger(level slog.Level) (*slog.Logger, error) {
	switch {
	case a.flags.quiet:
		level = slog.LevelError
	case a.flags.verbose > 1:
		level = slog.LevelDebug
	case a.flags.verbose > 0:
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	var h slog.Handler
	switch a.flags.logFormat {
	case "json":
		h = slog.NewJSONHandler(a.err, o)
	case "auto", "text":
		h = slog.NewTextHandler(a.err, o)
	}
	if h != nil {
		// What net/http has to say of servers that talk out of turn has no other way.
		log.SetFlags(0)
		log.SetOutput(slog.NewLogLogger(h, slog.LevelDebug).Writer())
		return slog.New(h), nil
	}
	return nil, &usageError{text: "log format " + a.flags.logFormat + " is none", hint: "--log-format text or --log-format json"}
}

// exitCodesTopic is a help topic, not a command.
func exitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: `Weir ends with one of these exit codes:

    0  all is well; sources that failed are told once, on standard error
    2  a mistake on the command line
    3  some sources failed (only with --fail-on-source-error)
   65  a document cannot be read, is no list of feeds, or a site has no feed
   70  Weir itself failed on a document: please report it
   74  something cannot be read or written, or is damaged: the store, the output, the disk
   75  try again later: another process holds the store, or every source failed
   78  the configuration is wrong, or over half of the sources, at least three, are
       gone from it
  130  stopped by an interrupt (Ctrl-C)
  143  stopped by a termination signal`,
	}
}

// configPath is where the configuration is looked for.
func (a *app) configPath() string {
	if a.flags.config != "" {
		return a.flags.config
	}
	if p := os.Getenv("WEIR_CONFIG"); p != "" {
		return p
	}
	return "config.yaml"
}

// errNoConfig is a configuration that is not there at all.
var errNoConfig = errors.New("no configuration")
