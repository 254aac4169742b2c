package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"weir/aggregator"
	"weir/control"
	"weir/store"
)

type pollOptions struct {
	all, failOnSource, asJSON bool
	explain                   string
	sources                   []string
}

func (a *app) pollCommand() *cobra.Command {
	var o pollOptions
	c := &cobra.Command{
		Use:   "poll [SOURCE…]",
		Short: "Poll what is due and publish, once",
		Long: `Poll reads the sources that are due, stores what is new, and publishes the
channels that changed as files (output: in the configuration).

It is made for cron: while all is well it prints nothing, unless standard error
is a terminal. A source that failed three times in a row, recovers from that, or
brings so much at once that it is held, is told once. When a server runs on the
same store, the request is handed to it.`,
		Example: `  weir poll               what is due
  weir poll --all         every source, due or not
  weir poll --all go-blog one source
  weir poll --explain go-blog
                          one source, with all that was said`,
		RunE: func(c *cobra.Command, args []string) error {
			o.sources = args
			if o.explain != "" {
				return a.explain(c.Context(), o)
			}
			return a.poll(c.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.all, "all", false, "poll every source, due or not (what a site asked for still holds)")
	c.Flags().BoolVar(&o.failOnSource, "fail-on-source-error", false, "exit with 3 when a source failed")
	c.Flags().StringVar(&o.explain, "explain", "", "poll one `source` and show request, answer and decision")
	c.Flags().BoolVar(&o.asJSON, "json", false, "with --explain: print JSON")
	a.settingFlags(c, "output", "store")
	a.confirmation(c)
	return c
}

// explain polls one source, due or not, and shows all that happened.
func (a *app) explain(ctx context.Context, o pollOptions) error {
	if len(o.sources) > 0 {
		return &usageError{text: "--explain takes one source", hint: "weir poll --explain SOURCE"}
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	// What does not exist is told before what must be made for it; of what lists
	// name only the store knows.
	if err := knownSources(cfg, []string{o.explain}); err != nil && len(cfg.Lists) == 0 {
		return err
	}
	report, err := carry(ctx, a, "poll", explainErrand{Source: o.explain}, acting)
	if err != nil {
		return err
	}
	return a.present(report, o.asJSON)
}

func (a *app) poll(ctx context.Context, o pollOptions) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if err := knownSources(cfg, o.sources); err != nil && len(cfg.Lists) == 0 {
		return err
	}
	log, err := a.logger(a.silence())
	if err != nil {
		return err
	}
	st, err := a.open(cfg, "poll", log)
	if held := (*store.HeldError)(nil); errors.As(err, &held) {
		return a.handOver(ctx, held, o)
	}
	if err != nil {
		return err
	}
	defer st.Close()

	lists, err := a.follow(ctx, cfg, st, log, aggregator.Following{All: o.all && len(o.sources) == 0, Confirmed: a.flags.yes})
	if err != nil {
		return err
	}
	bar := a.bar()
	p, err := a.wire(cfg, st, log, watch{progress: bar.events()})
	if err != nil {
		return err
	}
	if err := knownSources(p.config, o.sources); err != nil {
		return err
	}
	bar.expect(len(p.config.Feeds) + len(p.config.Articles))
	began := time.Now()
	sum, err := p.poller.Cycle(ctx, aggregator.Selection{All: o.all, Sources: o.sources, Grace: true})
	bar.clear()
	if err != nil {
		return storeHint(err)
	}
	changed, err := p.publishFiles(ctx, false)
	if err != nil {
		return err
	}
	a.tell(sum, changed, time.Since(began))
	a.pinged(p.ping(ctx, changed, log))
	if err := p.deliver(ctx, changed, log); err != nil {
		return err
	}
	if err := a.backUp(cfg, st, log); err != nil {
		return err
	}
	return cmp.Or(verdict(sum, o.failOnSource), listVerdict(lists, sum.Polled, o.failOnSource))
}

// listVerdict is that on lists: where nothing is known yet but lists, and none
// of them could be read, nothing was done.
func listVerdict(did aggregator.Followed, polled int, strict bool) error {
	switch {
	case did.Failed > 0 && did.Failed == did.Asked && polled == 0:
		return errAllFailed
	case strict && did.Failed > 0:
		return errSomeFailed
	}
	return nil
}

// bar shows progress on a terminal and nowhere else.
func (a *app) bar() *progress {
	if a.flags.quiet || a.flags.verbose > 0 || !isTerminal(a.err) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return newProgress(a.err)
}

// logged says that the log tells of sources, so that nothing is told twice.
func (a *app) logged() bool { return a.flags.verbose > 0 || a.flags.logFormat == "json" }

// silence is what a command that tells things by itself logs: errors, or with
// JSON, which machines read, all that is told otherwise.
func (a *app) silence() slog.Level {
	if a.flags.logFormat == "json" {
		return slog.LevelWarn
	}
	return slog.LevelError
}

// tell says what a cycle came to. Where nobody watches, only changes are
// worth a line: cron mails every word.
func (a *app) tell(s aggregator.Summary, changed []string, took time.Duration) {
	if a.logged() {
		a.tellUnlogged(s)
	} else {
		a.tellSources(s)
	}
	watched := isTerminal(a.err) || a.flags.verbose > 0
	if !a.flags.quiet && (watched || isTerminal(a.out)) {
		fmt.Fprintf(a.out, "%s in %s\n", summary(s, len(changed)), took.Round(10*time.Millisecond))
	}
}

func (a *app) tellSources(s aggregator.Summary) {
	failures, watched := s.Failing, isTerminal(a.err)
	if watched {
		failures = s.Broken
	}
	for _, f := range failures {
		fmt.Fprintf(a.err, "weir: %s: %s\n", f.Source, printable(f.Problem.Text))
	}
	for _, c := range s.Complaints {
		if c.New || watched {
			fmt.Fprintf(a.err, "weir: %s: %s\n", c.Source, printable(c.Text))
		}
	}
	for _, id := range s.Recovered {
		fmt.Fprintf(a.err, "weir: %s: works again\n", id)
	}
	for _, h := range s.Held {
		fmt.Fprintf(a.err, "weir: %s\n", printable(held(h)))
	}
}

// tellUnlogged names the failures that the log keeps to itself, to whoever
// wants to see more.
func (a *app) tellUnlogged(s aggregator.Summary) {
	for _, f := range s.Broken {
		if a.flags.logFormat != "json" && !slices.Contains(s.Failing, f) {
			fmt.Fprintf(a.err, "weir: %s: %s\n", f.Source, printable(f.Problem.Text))
		}
	}
}

func summary(s aggregator.Summary, files int) string {
	text := fmt.Sprintf("%s: %d new, %d joined, %d changed", count(s.Polled, "source"), s.Added, s.Joined, s.Changed)
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d failed", s.Failed)
	}
	if files > 0 {
		text += "; " + count(files, "file") + " written"
	}
	return text
}

func verdict(s aggregator.Summary, strict bool) error {
	switch {
	case s.Polled > 0 && s.Failed == s.Polled:
		return errAllFailed
	case strict && s.Failed+len(s.Complaints) > 0:
		return errSomeFailed
	}
	return nil
}

// handOver asks the server that holds the store to poll. Another poll under
// way is no reason to wake anybody: it ends quietly, and cron tries again.
func (a *app) handOver(ctx context.Context, held *store.HeldError, o pollOptions) error {
	path, err := control.SocketPath(held.Path)
	if err != nil {
		return err
	}
	client, err := dial(ctx, path)
	if errors.Is(err, control.ErrNotRunning) {
		if isTerminal(a.err) || a.flags.verbose > 0 {
			return held
		}
		return &quietError{held}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return withHint(fmt.Errorf("%w, which does not answer", held), "look what became of that process")
	}
	if err != nil {
		return err
	}
	defer client.Close()
	reply, err := client.Poll(ctx, control.PollRequest{All: o.all, Sources: o.sources, Confirmed: a.flags.yes})
	if err != nil {
		return fmt.Errorf("ask the running server to poll: %w", err)
	}
	for _, m := range reply.Messages {
		fmt.Fprintln(a.err, "weir:", printable(m))
	}
	if !a.flags.quiet && (isTerminal(a.err) || a.flags.verbose > 0) {
		fmt.Fprintf(a.out, "the running server polled %s: %d new, %d changed, %d failed\n",
			count(reply.Polled, "source"), reply.Added, reply.Changed, reply.Failed)
	}
	return verdict(aggregator.Summary{Polled: reply.Polled, Failed: reply.Failed}, o.failOnSource)
}

// dial reaches the server that holds the store, or gives up within a second:
// whoever waits for a stopped server should be told.
func dial(ctx context.Context, path string) (*control.Client, error) {
	soon, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return control.Dial(soon, path)
}
