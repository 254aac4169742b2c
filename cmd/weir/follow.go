package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"weir/aggregator"
	"weir/config"
	"weir/control"
	"weir/feed"
	"weir/store"
)

// follower asks the lists of a configuration.
func (a *app) follower(c *config.Config, s store.Store, log *slog.Logger, serving bool) (*aggregator.Follower, error) {
	fetcher, err := a.client(c, log)
	return &aggregator.Follower{
		Fetcher: fetcher, Store: s, Lists: c.ListSources(), Schedule: scheduling(c, serving), Now: a.now, Logger: log,
	}, err
}

// follow asks lists before what they name is configured, and tells what the
// operator should know.
func (a *app) follow(ctx context.Context, c *config.Config, s store.Store, log *slog.Logger, want aggregator.Following) (aggregator.Followed, error) {
	if len(c.Lists) == 0 {
		return aggregator.Followed{}, nil
	}
	f, err := a.follower(c, s, log, false)
	if err != nil {
		return aggregator.Followed{}, err
	}
	did, err := f.Follow(ctx, want)
	for _, note := range did.Notes {
		if a.logged() {
			log.Warn(note)
		} else {
			fmt.Fprintln(a.err, "weir:", printable(note))
		}
	}
	return did, storeHint(err)
}

// followed is the configuration with what its lists name, as the store
// remembers them, and whether it was confirmed that they name much less now.
func followed(c *config.Config, s store.Store, log *slog.Logger) (all *config.Config, confirmed bool, err error) {
	if len(c.Lists) == 0 {
		return c, false, nil
	}
	known, err := s.Lists()
	if err != nil {
		return nil, false, fmt.Errorf("read the lists that are followed: %w", err)
	}
	named := make(map[string][]feed.Listed, len(known))
	for i := range c.Lists {
		state := known[c.Lists[i].ID]
		named[c.Lists[i].ID] = state.Feeds
		confirmed = confirmed || state.Confirmed
	}
	all, left := c.Follow(named)
	if left > 0 {
		log.Warn("the lists name more feeds than there is room for", "left out", left)
	}
	return all, confirmed, nil
}

// forgetLists drops what is remembered of lists that are configured no more. It
// comes after the store took the configuration: one that is refused must find
// its lists again.
func forgetLists(c *config.Config, s store.Store) error {
	known, err := s.Lists()
	if err != nil {
		return fmt.Errorf("read the lists that were followed: %w", err)
	}
	for id := range known {
		if slices.ContainsFunc(c.Lists, func(l config.List) bool { return l.ID == id }) {
			continue
		}
		if err := s.KeepList(id, nil); err != nil {
			return fmt.Errorf("forget the list %s: %w", id, err)
		}
	}
	return nil
}

// followNew asks, before anything is polled, the lists that were never read,
// and with what the operator confirmed those that are held. A store that cannot
// take them is told of by whoever needs it next.
func (s *server) followNew(ctx context.Context, cfg *config.Config) {
	s.following.Lock()
	defer s.following.Unlock()
	f, err := s.app.follower(cfg, s.store, s.log, true)
	if err == nil {
		var did aggregator.Followed
		did, err = f.Follow(ctx, aggregator.Following{New: true, Confirmed: s.app.flags.yes})
		s.note(did)
	}
	if err != nil && ctx.Err() == nil {
		s.log.Error("lists cannot be followed; what they named stays", "error", storeHint(err))
	}
}

// note logs what the operator should know of lists.
func (s *server) note(did aggregator.Followed) {
	for _, note := range did.Notes {
		s.log.Warn(note)
	}
}

// followAlways asks lists when they are due, and has what they name put to use
// when that changed, as a new configuration is.
func (s *server) followAlways(ctx context.Context, cfg *config.Config) error {
	f, err := s.app.follower(cfg, s.store, s.log, true)
	if err != nil {
		return err
	}
	for {
		due, err := f.Due()
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(max(due.Sub(s.app.time()), time.Second)):
		}
		if _, err := s.followOnce(ctx, f, aggregator.Following{}); err != nil {
			return err
		}
	}
}

func (s *server) followOnce(ctx context.Context, f *aggregator.Follower, want aggregator.Following) (aggregator.Followed, error) {
	s.following.Lock()
	defer s.following.Unlock()
	did, err := f.Follow(ctx, want)
	s.note(did)
	if did.Changed {
		select {
		case s.relisted <- struct{}{}:
		default:
		}
	}
	return did, err
}

// prepare does what a poll by hand wants done before it: what is confirmed is
// put to use, or all lists are asked where everything is. It returns what the
// operator should know of them.
func (s *server) prepare(ctx context.Context, r control.PollRequest) (notes []string, err error) {
	before := s.current.Load()
	switch {
	case before == nil:
		return nil, errReloaded
	case r.Confirmed:
		if err := s.confirm(ctx); err != nil {
			return nil, err
		}
	case r.All && len(r.Sources) == 0 && len(before.config.Lists) > 0:
		f, err := s.app.follower(before.config, s.store, s.log, true)
		if err != nil {
			return nil, err
		}
		did, err := s.followOnce(ctx, f, aggregator.Following{All: true})
		if err != nil || !did.Changed {
			return did.Notes, err
		}
		notes = did.Notes
	default:
		return nil, nil
	}
	return notes, s.succeeded(ctx, before)
}

// succeeded waits until another generation has taken over from one.
func (s *server) succeeded(ctx context.Context, before *plant) error {
	ctx, cancel := context.WithTimeoutCause(ctx, publishLimit, errReloaded)
	defer cancel()
	for s.current.Load() == before {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(mostGap):
		}
	}
	return nil
}

// listStates is how the lists of a configuration are, in its order.
func listStates(c *config.Config, s store.Store) ([]feed.ListStatus, error) {
	known, err := s.Lists()
	if err != nil {
		return nil, fmt.Errorf("read the lists that are followed: %w", err)
	}
	lists := make([]feed.ListStatus, len(c.Lists))
	for i := range c.Lists {
		l := &c.Lists[i]
		state := known[l.ID]
		lists[i] = feed.ListStatus{ID: l.ID, Named: len(state.Feeds), State: state}
		lists[i].State.Feeds = nil
		if l.Title != "" {
			lists[i].State.Title = l.Title
		}
	}
	return lists, nil
}
