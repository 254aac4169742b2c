package main

import (
	"fmt"
	"net/url"

	"weir/aggregator"
	"weir/aggregator/push"
	"weir/feed"
	"weir/store"
)

// hubs returns what is remembered of subscriptions at hubs.
func (o *outside) hubs(st store.Store) (*push.Book, error) {
	known, err := st.Subscriptions()
	if err != nil {
		return nil, storeHint(fmt.Errorf("read subscriptions: %w", err))
	}
	book := push.New(push.Options{Now: o.now})
	book.Load(known)
	return book, nil
}

// hub tells of a subscription in a line.
func (p *sheet) hub(h *pushJSON) string {
	text := fmt.Sprintf("%s at %s: %s", h.Protocol, h.Hub, h.State)
	if h.Until != nil && h.State == "active" {
		text += " until " + p.at(*h.Until)
	}
	if h.Heeded > 0 && h.Heard != nil {
		text += fmt.Sprintf(", %s, the last %s", count(h.Heeded, "announcement"), ago(*h.Heard, p.now))
	}
	if h.Ignored > 0 {
		text += fmt.Sprintf(", %d ignored: %s", h.Ignored, h.Doubt)
	}
	if h.Problem != "" {
		text += "; " + h.Problem
	}
	return text
}

// subscriber asks hubs for one configuration, and listens at the addresses that
// it gives them. A proxy may or may not take the site's own path away before it
// asks.
func (s *server) subscriber(p *plant) *aggregator.Subscriber {
	c := p.config
	base, paths := c.Callbacks(), []string{"/push/"}
	if u, err := url.Parse(base); err == nil && base != "" && u.Path != paths[0] {
		paths = append(paths, u.Path)
	}
	poster, ok := p.fetcher.(aggregator.Poster)
	if !ok {
		base = ""
	}
	modes := c.Pushes()
	trusted := make(map[string]bool)
	for id, mode := range modes {
		trusted[id] = mode == feed.PushTrust
	}
	s.hubs.Serve(paths, trusted)
	return aggregator.NewSubscriber(aggregator.SubscriberOptions{
		Book: s.hubs, Store: s.store, Poster: poster, Reader: p.poller, Base: base, Modes: modes,
		Strangers: c.Strangers(), Every: c.Poll.Every, Now: s.app.now, Logger: s.log,
	})
}
