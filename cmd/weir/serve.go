package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"weir/aggregator/push"
	"weir/config"
	"weir/control"
	"weir/feed"
	"weir/publisher"
	"weir/publisher/web"
	"weir/store"
	"weir/store/bolt"
)

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve [URL…]",
		Short: "Poll, publish and serve until stopped",
		Long: `Serve polls sources when they are due, watches the folders of articles, and
serves the feeds and the page. SIGHUP reloads the configuration; a wrong one is
told and the old one stays in force. With addresses of feeds it needs no
configuration.`,
		Example: `  weir serve
  weir serve --listen 0.0.0.0:80
  weir serve https://go.dev/blog/feed.atom`,
		RunE: func(c *cobra.Command, args []string) error { return a.serve(c.Context(), args) },
	}
	a.settingFlags(c, "listen", "output", "store")
	a.confirmation(c)
	return c
}

// server is a running `weir serve`. What belongs to one configuration is in
// its generation; the store, the listener and the handler outlive reloads.
type server struct {
	app     *app
	log     *slog.Logger
	urls    []string
	store   *bolt.Store
	handler publisher.Handler
	status  statusPage
	// audience counts for how many people services read.
	audience publisher.Audience
	hubs     *push.Book
	// listen is the configured address, bound the real one.
	listen, bound string
	// repair asks for the output to be looked at.
	repair chan struct{}
	// wanted asks for what the store has to be published, and to be told
	// whether it was.
	wanted chan chan<- bool
	// relisted says that followed lists name other feeds now, confirmed asks
	// for the configuration to be read again and put to use whatever it lacks.
	relisted  chan struct{}
	confirmed chan chan<- error
	// following is held by whoever asks lists.
	following sync.Mutex
	current   atomic.Pointer[plant]
	// shown is what the handler serves. Only the generation that runs changes
	// it, and holds showing meanwhile.
	shown   *publisher.Snapshot
	showing sync.Mutex
	// left are the entries that it could not hold.
	left atomic.Pointer[[]feed.Omission]
}

func (a *app) serve(ctx context.Context, urls []string) error {
	cfg, err := a.serveConfig(urls)
	if err != nil {
		return err
	}
	log, err := a.logger(slog.LevelInfo)
	if err != nil {
		return err
	}
	st, err := a.open(cfg, "serve", log)
	if err != nil {
		return err
	}
	defer st.Close()
	ln, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return withHint(fmt.Errorf("listen on %s: %w", cfg.Listen, errors.Unwrap(err)),
			"stop what listens there, or choose another address with --listen")
	}
	defer ln.Close()
	hubs, err := a.hubs(st)
	if err != nil {
		return err
	}
	s := &server{
		hubs: hubs, app: a, log: log, urls: urls, store: st, listen: cfg.Listen, bound: ln.Addr().String(),
		repair: make(chan struct{}, 1), wanted: make(chan chan<- bool),
		relisted: make(chan struct{}, 1), confirmed: make(chan chan<- error),
	}
	s.handler.Began = a.time()
	s.audience.Now, s.audience.Changed = a.now, func() { s.status.stirred.Store(true) }
	return s.run(ctx, cfg.Bound(s.bound), ln)
}

// serveConfig is the file's configuration, or one made for the addresses on
// the command line.
func (a *app) serveConfig(urls []string) (*config.Config, error) {
	if len(urls) == 0 {
		return a.load()
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	c, err := config.Default(dir, urls, os.LookupEnv, config.Overrides{Flags: a.settings(), Today: a.time()})
	return c, shown(err, nil)
}

// run serves until ctx ends: then writers stop first, requests are let finish,
// and the store closes last.
func (s *server) run(ctx context.Context, cfg *config.Config, ln net.Listener) error {
	sock, err := s.control()
	if err != nil {
		return err
	}
	defer sock.Close()
	public := web.New(s.hubs.Before(s.status.before(s.audience.Before(&s.handler))), s.handler.Holds, s.log)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.generations(ctx, cfg) })
	group.Go(func() error { return sock.Serve(ctx) })
	group.Go(func() error {
		if err := public.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		public.Stop(ctx)
		return ctx.Err()
	})
	return group.Wait()
}

// greet tells where things are, for a person at a terminal and for a log.
func (a *app) greet(c *config.Config) {
	if a.flags.quiet {
		return
	}
	fmt.Fprintf(a.out, "%s, listening on %s\n  %s\n", printable(c.Site.Title), c.Listen, c.Site.URL)
	for _, f := range []string{"rss.xml", "atom.xml", "feed.json"} {
		fmt.Fprintf(a.out, "  %s%s\n", c.Site.URL, f)
	}
}

func (s *server) control() (*control.Listener, error) {
	path, err := control.SocketPath(s.store.Path())
	if err != nil {
		return nil, err
	}
	l, err := control.Listen(path, s, control.Holder{PID: os.Getpid(), Command: "serve", Since: time.Now()})
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	return l, nil
}

// generations runs one generation per configuration: SIGHUP loads the next, and
// lists that changed make one of the same. One that lacks over half of the
// sources gives way to the one before, and what was confirmed, at the start or
// by a poll, is confirmed for that generation alone.
func (s *server) generations(ctx context.Context, cfg *config.Config) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	var before *config.Config
	for {
		life, end := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- s.generation(life, cfg) }()
		next, confirmed, err := s.await(ctx, cfg, hup, done)
		end()
		if exodus := (*store.ExodusError)(nil); before != nil && errors.As(err, &exodus) {
			s.log.Error("the configuration is not put to use; the old one stays in force", "problem", err,
				"hint", "correct it, or restart with --yes when all of them are meant to leave")
			cfg, before = before, nil
			continue
		}
		if err != nil {
			return err
		}
		if next == nil {
			return <-done
		}
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		s.app.flags.yes = confirmed
		cfg, before = next, cfg
	}
}

// await returns the next configuration and whether it was confirmed, or nil when
// ctx ended, or the error that ended the generation by itself.
func (s *server) await(ctx context.Context, cfg *config.Config, hup <-chan os.Signal, done chan error) (next *config.Config, confirmed bool, err error) {
	for {
		select {
		case <-ctx.Done():
			return nil, false, nil
		case err := <-done:
			if err == nil {
				err = errors.New("the poller ended unexpectedly")
			}
			return nil, false, err
		case <-s.relisted:
			s.log.Info("followed lists changed; what they name is put to use")
			return cfg, false, nil
		case <-hup:
			if next, err := s.reload(); err == nil {
				return next, false, nil
			}
		case answer := <-s.confirmed:
			next, err := s.reload()
			answer <- err
			if err == nil {
				return next, true, nil
			}
		}
	}
}

// reload reads the configuration anew.
func (s *server) reload() (*config.Config, error) {
	next, err := s.app.serveConfig(s.urls)
	if err != nil {
		s.log.Error("the configuration is wrong; the old one stays in force", "problem", err)
		return nil, err
	}
	if next.Store != s.store.Path() || next.Listen != s.listen {
		s.log.Warn("store: and listen: change only at a restart")
	}
	next = next.Bound(s.bound)
	s.log.Info("configuration reloaded", "sources", len(next.Feeds)+len(next.Articles), "channels", len(next.Channels))
	return next, nil
}

// confirm has the configuration read again and put to use whatever it lacks.
func (s *server) confirm(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case s.confirmed <- answer:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
