package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"weir/aggregator"
	"weir/config"
	"weir/control"
)

// renderGap is the least time between two renderings, so that a burst of
// commits costs a few of them and not one each.
const renderGap = 300 * time.Millisecond

// generation polls, watches and renders for one configuration until ctx ends.
func (s *server) generation(ctx context.Context, cfg *config.Config) error {
	p, err := wire(cfg, s.store, s.log, true, nil)
	if err != nil {
		return err
	}
	s.current.Store(p)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.poller.Run(ctx) })
	group.Go(func() error { return s.render(ctx, p) })
	for id, f := range p.folders {
		group.Go(func() error {
			return f.Watch(ctx, func() {
				// Asking again is left to the next change when ctx ends.
				_, _ = p.poller.Ask(ctx, aggregator.Selection{All: true, Sources: []string{id}})
			})
		})
	}
	return group.Wait()
}

// render brings the handler and the output folder up to date whenever the
// store hints that a revision moved.
func (s *server) render(ctx context.Context, p *plant) error {
	hints, end := s.store.Hints()
	defer end()
	for {
		if err := s.renderOnce(ctx, p); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(renderGap):
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hints:
		}
	}
}

func (s *server) renderOnce(ctx context.Context, p *plant) error {
	snapshot, err := p.publisher.Render(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		// What is served stays; the next hint tries again.
		s.log.Error("rendering failed; what was published stays", "error", err)
		return nil
	}
	s.handler.Swap(snapshot)
	if p.config.Output == "" || snapshot.Founding() {
		return nil
	}
	if _, err := p.writeFiles(ctx, snapshot); err != nil && ctx.Err() == nil {
		s.log.Error("writing files failed; serving goes on", "error", err)
	}
	return nil
}

// Poll implements control.Server.
func (s *server) Poll(ctx context.Context, r control.PollRequest) (control.PollReply, error) {
	p := s.current.Load()
	if p == nil {
		return control.PollReply{}, fmt.Errorf("the server is still starting")
	}
	if err := knownSources(p.config, r.Sources); err != nil {
		return control.PollReply{}, err
	}
	sum, err := p.poller.Ask(ctx, aggregator.Selection{All: r.All, Sources: r.Sources, Grace: true})
	reply := control.PollReply{Polled: sum.Polled, Failed: sum.Failed, Added: sum.Added, Changed: sum.Changed}
	for _, f := range sum.Failing {
		reply.Messages = append(reply.Messages, f.Source+": "+f.Problem.Text)
	}
	for _, id := range sum.Recovered {
		reply.Messages = append(reply.Messages, id+": works again")
	}
	return reply, err
}

// Status implements control.Server.
func (s *server) Status(context.Context) (control.StatusReply, error) {
	list, err := s.store.Sources()
	return control.StatusReply{Sources: list}, err
}
