package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/publisher"
)

const (
	// pingPause is how long a server waits for more to change before it tells
	// hubs, pingLimit how long a command waits for them.
	pingPause = 5 * time.Second
	pingLimit = 10 * time.Second
)

// pinger tells one configured hub which feeds changed (W15, XI14). Each hub has
// its own, so that none waits for another.
type pinger struct {
	poster aggregator.Poster
	hub    string
	log    *slog.Logger
	// changed has the feeds that the hub is to be told of; it holds one list, to
	// which later ones are added.
	changed chan []string
}

// pingers are those of the hubs that are configured.
func (p *plant) pingers(log *slog.Logger) (all []*pinger) {
	poster, ok := p.fetcher.(aggregator.Poster)
	if !ok {
		return nil
	}
	for _, hub := range p.config.Site.Hubs {
		all = append(all, &pinger{poster: poster, hub: hub, log: log, changed: make(chan []string, 1)})
	}
	return all
}

// note has the hub told of feeds, later: publishing waits for nobody. It is
// called by one goroutine.
func (p *pinger) note(feeds []string) {
	if len(feeds) == 0 {
		return
	}
	p.changed <- p.more(feeds)
}

// more adds what waits to be told.
func (p *pinger) more(feeds []string) []string {
	select {
	case others := <-p.changed:
		feeds = slices.Concat(feeds, others)
		slices.Sort(feeds)
		return slices.Compact(feeds)
	default:
		return feeds
	}
}

// run tells the hub until ctx ends.
func (p *pinger) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case feeds := <-p.changed:
			if err := pause(ctx, pingPause); err != nil {
				return err
			}
			p.insist(ctx, p.more(feeds))
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// insist tells the hub, a few times if need be.
func (p *pinger) insist(ctx context.Context, feeds []string) {
	left, err := p.tell(ctx, feeds)
	for _, wait := range [...]time.Duration{10 * time.Second, time.Minute} {
		if err == nil || pause(ctx, wait) != nil {
			return
		}
		left, err = p.tell(ctx, left)
	}
	if err != nil {
		p.log.Warn("a hub was not told of changes; its subscribers learn of them later", "hub", p.hub, "error", err)
	}
}

// tell posts an announcement for each feed, under both names that hubs know its
// address by: hub.url is PubSubHubbub's, hub.topic is what WebSub hubs look for.
// It returns the feeds of which the hub could not be told. What it refuses, as
// some do where nobody subscribed, it was told of.
func (p *pinger) tell(ctx context.Context, feeds []string) (left []string, err error) {
	for _, feed := range feeds {
		resp, failed := p.poster.Post(ctx, fetch.Form{URL: p.hub, Values: url.Values{
			"hub.mode": {"publish"}, "hub.url": {feed}, "hub.topic": {feed},
		}})
		switch refused := (*fetch.Error)(nil); {
		case failed == nil:
			resp.Release()
		case errors.As(failed, &refused) && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusNotFound):
			p.log.Debug("a hub does not care for a feed", "hub", p.hub, "feed", feed, "said", refused.Detail)
		default:
			left, err = append(left, feed), failed
		}
	}
	return left, err
}

// ping tells hubs of files that changed, once, for a command that ends.
func (p *plant) ping(ctx context.Context, files []string, log *slog.Logger) error {
	var feeds []string
	for _, f := range files {
		if publisher.IsFeed(f) {
			feeds = append(feeds, p.config.Site.URL+f)
		}
	}
	if len(feeds) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	var failed error
	for _, one := range p.pingers(log) {
		if _, err := one.tell(ctx, feeds); err != nil {
			failed = errors.Join(failed, fmt.Errorf("the hub %s was not told of changes: %w", one.hub, err))
		}
	}
	return failed
}

// pinged tells of hubs that could not be told. Nothing else failed for that.
func (a *app) pinged(err error) {
	if err != nil && !a.flags.quiet {
		fmt.Fprintln(a.err, "weir:", printable(err.Error()))
	}
}
