package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"weir/aggregator"
	"weir/aggregator/article"
	"weir/config"
	"weir/feed"
	"weir/feed/identity"
	"weir/publisher"
	"weir/store"
	"weir/store/bolt"
)

// articlesChannel holds every entry that a folder of local articles owns, so
// that the publisher can find the permalink pages. Its id is the route of those
// pages, which the configuration cannot choose.
const articlesChannel = "e"

// plant is everything that one configuration needs, wired together.
type plant struct {
	config    *config.Config
	store     store.Store
	poller    *aggregator.Poller
	publisher *publisher.Publisher
	// fetcher asks what is outside.
	fetcher aggregator.Fetcher
	folders map[string]*article.Folder
	// hubs are told of changes while a server runs.
	hubs []*pinger
	// courier runs the command after publishing while a server runs.
	courier *courier
	// over ends when a server's generation does; nil elsewhere.
	over <-chan struct{}
}

// outside is what a command meets beyond this machine. The zero value is the
// real world; a test may bring its own.
type outside struct {
	// fetcher asks sources; nil means a client as the configuration wants it.
	fetcher aggregator.Fetcher
	// now is the clock; nil means time.Now.
	now func() time.Time
}

// time is the clock's.
func (o *outside) time() time.Time {
	if o.now == nil {
		return time.Now()
	}
	return o.now()
}

// load reads the configuration. Its warnings are told where somebody watches:
// cron would mail them at every run.
func (a *app) load() (*config.Config, error) {
	path := a.configPath()
	c, err := config.Load(path, os.LookupEnv, a.overrides())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withHint(fmt.Errorf("%w: %s does not exist", errNoConfig, path), "run `weir init`, or name a file with --config")
	}
	if unread := (*fs.PathError)(nil); errors.As(err, &unread) && unread.Path == path {
		return nil, withHint(fmt.Errorf("the configuration %s cannot be read: %w", path, unread.Err), "name a file that this user can read with --config")
	}
	if err != nil {
		source, _ := os.ReadFile(path)
		return nil, shown(err, source)
	}
	if isTerminal(a.err) || a.flags.verbose > 0 {
		a.warn(c)
	}
	return c, nil
}

func (a *app) warn(c *config.Config) {
	for _, w := range c.Warnings {
		if !a.flags.quiet {
			fmt.Fprintln(a.err, "weir: warning:", printable(w.String()))
		}
	}
}

// shown lets an error show the lines of the configuration that it is about.
func shown(err error, source []byte) error {
	var problems config.Problems
	if errors.As(err, &problems) {
		return &configError{problems: problems, source: source}
	}
	return err
}

// open opens the store for a command. A damaged one is put aside for its newest
// backup, and that is told whoever listens (XK16).
func (a *app) open(c *config.Config, command string, log *slog.Logger) (*bolt.Store, error) {
	if err := noFolder(c.Store); err != nil {
		return nil, err
	}
	s, mended, err := openStore(c, bolt.Options{Command: command, Now: a.now, Logger: log})
	if mended != nil {
		fmt.Fprintf(a.err, "weir: %v\nweir: it is kept as %s; the backup %s is in its place, and polling brings what came since\n",
			mended.Damage, mended.Aside, mended.Backup)
	}
	switch {
	case err == nil:
		return s, nil
	case errors.Is(err, store.ErrSchema):
		return nil, withHint(err, "use the newer weir that wrote it, or another store: in the configuration")
	case errors.Is(err, store.ErrCorrupt):
		return nil, damageHint(c.Store, err)
	case errors.Is(err, syscall.ENOSPC):
		return nil, withHint(err, "make room on the disk of the store")
	case errors.Is(err, fs.ErrNotExist):
		return nil, withHint(err, "make the folder, or name another place with --store or store: in the configuration")
	case errors.Is(err, fs.ErrPermission):
		return nil, withHint(err, "set store: in the configuration to a place that this user can write")
	}
	return nil, err
}

// openMade opens a store that is there. Only poll and serve make one: whoever
// mistypes its name elsewhere must not find an empty store in its place.
func (a *app) openMade(c *config.Config, command string, log *slog.Logger) (*bolt.Store, error) {
	if err := made(c.Store); err != nil {
		return nil, err
	}
	return a.open(c, command, log)
}

// made refuses a store that is not there.
func made(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return withHint(fmt.Errorf("no store at %s", path), "`weir poll` makes it; --store or store: in the configuration names another")
	}
	return noFolder(path)
}

func noFolder(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return withHint(fmt.Errorf("the store %s is a folder", path), "name a file, like "+filepath.Join(path, "weir.db"))
	}
	return nil
}

func openStore(c *config.Config, o bolt.Options) (*bolt.Store, *bolt.Recovery, error) {
	if c.Backups.Dir == "" {
		s, err := bolt.Open(c.Store, o)
		return s, nil, err
	}
	return bolt.OpenOrRestore(c.Store, o, backups(c))
}

// storeHint names the way out of an error of the store in use.
func storeHint(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return withHint(err, "make room on the disk of the store; nothing that was published is touched")
	case errors.Is(err, store.ErrCorrupt):
		return withHint(err, "the published files are untouched; `weir store restore FILE` puts a backup in its place, and moved away it begins anew")
	}
	return err
}

// damageHint names the way out of a file that cannot be opened: it may be
// another one than the store.
func damageHint(path string, err error) error {
	if bolt.Recognises(path) {
		return storeHint(err)
	}
	return withHint(err, "nothing was touched; if it is no store, name another file with --store or store: in the configuration; "+
		"if it was one, `weir store restore FILE` puts a backup in its place")
}

// configureHint names the way out of an error of configuring the store.
func configureHint(err error) error {
	if exodus := (*store.ExodusError)(nil); errors.As(err, &exodus) {
		return withHint(err, "nothing was changed; correct the configuration, or when all of them are meant to leave, say so once: weir poll --yes")
	}
	return storeHint(fmt.Errorf("configure the store: %w", err))
}

// watch is what somebody wants of a poller beside its work.
type watch struct {
	// serving says that it runs until it is stopped.
	serving bool
	// progress and announced are as in [aggregator.Options].
	progress  func(aggregator.Event)
	announced func(source string) bool
}

// wire connects the rooms for one configuration.
func (a *app) wire(c *config.Config, s store.Store, log *slog.Logger, w watch) (*plant, error) {
	c, confirmed, err := followed(c, s, log)
	if err != nil {
		return nil, err
	}
	p := &plant{config: c, store: s, folders: map[string]*article.Folder{}}
	sources := named(c)
	assets := map[string]fs.FS{}
	for _, src := range sources {
		if src.Kind != feed.Articles {
			continue
		}
		f, err := article.Open(articleOptions(c, src))
		if err != nil {
			return nil, err
		}
		p.folders[src.ID], assets[src.ID] = f, f.FS()
	}
	meant := p.configuration(sources)
	meant.Confirmed = a.flags.yes || confirmed
	if err := s.Configure(meant); err != nil {
		return nil, configureHint(err)
	}
	if err := forgetLists(c, s); err != nil {
		return nil, storeHint(err)
	}
	if err := p.recall(); err != nil {
		return nil, err
	}
	fetcher, err := a.client(c, log)
	if err != nil {
		return nil, err
	}
	p.fetcher = fetcher
	wanted, addresses := map[string]aggregator.Matcher{}, make(map[string]string, len(c.Feeds))
	for i := range c.Feeds {
		addresses[c.Feeds[i].ID] = sources[i].URL
	}
	for id, r := range c.Rules() {
		wanted[id] = r
	}
	p.poller = aggregator.New(aggregator.Options{
		Fetcher: fetcher, Folders: p.folders, Addresses: addresses, Wanted: wanted, Strangers: c.Strangers(),
		Access: access(c), Own: c.Published(),
		Schedule:    scheduling(c, w.serving),
		Concurrency: c.Poll.Concurrency, PerGroup: c.Poll.PerHost.Concurrency, Gap: c.Poll.PerHost.Delay,
		Paces:   paces(c),
		Crashes: c.Store + ".crashes",
		Timeout: c.Poll.Timeout, Progress: w.progress, Announced: w.announced, Now: a.now, Logger: log,
	}, s)
	p.publisher, err = publisher.New(p.publishing(assets, log), s)
	return p, err
}

// look wires what is only looked at. It writes nothing, so that there is an
// answer also where the configuration would be refused.
func (a *app) look(c *config.Config, s store.Store) (*plant, error) {
	c, _, err := followed(c, s, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	p := &plant{config: c, store: s}
	meant := p.configuration(named(c))
	meant.Looking = true
	if err := s.Configure(meant); err != nil {
		return nil, configureHint(err)
	}
	hubs, err := a.hubs(s)
	if err != nil {
		return nil, err
	}
	p.poller = aggregator.New(aggregator.Options{Schedule: scheduling(c, false), Announced: hubs.Reliable, Now: a.now}, s)
	return p, nil
}

// configuration is what the store must know.
func (p *plant) configuration(sources []feed.Source) store.Configuration {
	return store.Configuration{
		Sources: sources, Channels: p.channels(), Site: p.site(), Rules: rules(p.config), Keep: p.config.Keep,
	}
}

// rules say what is the same story, and what is too much at once.
func rules(c *config.Config) identity.Rules {
	return identity.Rules{
		By: c.Dedupe.By, Guard: c.Dedupe.Guard, Near: c.Dedupe.Near,
		Flood: identity.Flood{First: c.Flood.FirstFetch.Entries, Days: c.Flood.FirstFetch.Days, Burst: c.Flood.Burst},
	}
}

// articleOptions say how a folder of articles is read.
func articleOptions(c *config.Config, src feed.Source) article.Options {
	return article.Options{Dir: src.URL, SiteURL: c.Site.URL, Source: src, Zone: time.Local}
}

// named are the sources; a folder of articles that has no title is the site's
// own voice.
func named(c *config.Config) []feed.Source {
	sources := c.Sources()
	for i := range sources {
		if sources[i].Kind == feed.Articles && sources[i].Title == "" {
			sources[i].Title = c.Site.Title
		}
	}
	return sources
}

// site is what published ids are minted from.
func (p *plant) site() identity.Site {
	return identity.Site{Host: host(p.config.Site.URL), Since: p.config.Site.Since}
}

// host is that of the checked address, without its port.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// channels are the configured ones and the one of local articles.
func (p *plant) channels() []feed.Channel {
	var ids []string
	local := map[string]bool{}
	for _, a := range p.config.Articles {
		ids, local[a.ID] = append(ids, a.ID), true
	}
	return append(p.config.Selections(), feed.Channel{
		ID: articlesChannel, Digest: "articles " + strings.Join(ids, " "),
		Match: func(e *feed.Entry) bool { return local[e.Source()] },
	})
}

func (p *plant) publishing(assets map[string]fs.FS, log *slog.Logger) publisher.Options {
	c := p.config
	o := publisher.Options{
		Site: publisher.Site{
			Title: c.Site.Title, URL: c.Site.URL, Description: c.Site.Description, Language: c.Site.Language,
			Author: feed.Person{Name: c.Site.Author.Name, Email: c.Site.Author.Email},
			Since:  c.Site.Since, Icon: c.Site.Icon, Hubs: c.Site.Hubs, RawFeeds: !c.Site.FeedPage,
			Tombstones: c.Site.Tombstones,
		},
		Articles: articlesChannel, Version: version(), Assets: assets,
		Digest: c.Digest + " " + version(), Logger: log,
		Empty: func(err error) bool { return errors.Is(err, store.ErrFounding) },
	}
	for _, ch := range c.Channels {
		o.Channels = append(o.Channels, publisher.Channel{
			ID: ch.ID, Title: ch.Title, Description: ch.Description, Language: ch.Language, Image: ch.Image, Limit: ch.Limit,
			TitlePrefix: ch.TitlePrefix, AllExtensions: ch.AllExtensions, PerSource: ch.PerSource, Sort: order(ch.Sort),
			Summaries: ch.Summaries, Formats: ch.Formats, Archive: ch.Archive,
		})
	}
	return o
}

// order is what the configuration calls the order of documents.
func order(name string) publisher.Order {
	switch name {
	case "published":
		return publisher.ByPublished
	case "updated":
		return publisher.ByUpdated
	}
	return publisher.ByPlace
}

// recall tells a new store what the documents of one that was lost remember.
func (p *plant) recall() error {
	if p.config.Output == "" || founded(p.store) == nil {
		return nil
	}
	seeds, err := publisher.Recall(p.config.Output)
	if err != nil {
		return withHint(err, "make the folder readable and writable: a new store must know what was published, or it publishes it again")
	}
	if len(seeds) == 0 {
		return nil
	}
	if err := p.store.Seed(seeds); err != nil {
		return storeHint(fmt.Errorf("take over what was published: %w", err))
	}
	return nil
}
