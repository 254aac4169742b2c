package main

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"weir/aggregator"
	"weir/config"
	"weir/control"
	"weir/feed"
	"weir/publisher"
	"weir/store"
)

// generation polls, watches and renders for one configuration until ctx ends.
func (s *server) generation(ctx context.Context, cfg *config.Config) error {
	s.followNew(ctx, cfg)
	// The poller tells of nothing before it runs, and then there is a subscriber.
	var hubs *aggregator.Subscriber
	p, err := s.wire(ctx, cfg, func(e aggregator.Event) {
		s.status.stirred.Store(true)
		hubs.Polled(e)
	})
	if err != nil {
		return err
	}
	hubs = s.subscriber(p)
	p.publisher.Follow(s.shown)
	s.audience.Serve(p.config.Site.URL, p.channelIDs())
	group, ctx := errgroup.WithContext(ctx)
	p.over = ctx.Done()
	if s.current.Swap(p) == nil {
		s.app.greet(cfg) // not before the first configuration is in force
	}
	group.Go(func() error { return s.keep(ctx, "polling", p.poller.Run) })
	group.Go(func() error { return s.keep(ctx, "subscribing", hubs.Run) })
	p.hubs = p.pingers(s.log)
	for _, hub := range p.hubs {
		group.Go(func() error { return hub.run(ctx) })
	}
	p.courier = p.newCourier(s.log)
	group.Go(func() error { return p.courier.run(ctx) })
	finish := p.newFinisher(s.reshow, s.log)
	group.Go(func() error { return finish.run(ctx) })
	group.Go(func() error { return s.render(ctx, p, finish) })
	group.Go(func() error { return s.tell(ctx, cfg) })
	group.Go(func() error {
		return s.keep(ctx, "backing up", func(ctx context.Context) error { return s.backUpAlways(ctx, cfg) })
	})
	if len(cfg.Lists) > 0 {
		group.Go(func() error {
			return s.keep(ctx, "following lists", func(ctx context.Context) error { return s.followAlways(ctx, cfg) })
		})
	}
	for id, f := range p.folders {
		group.Go(func() error {
			return s.keep(ctx, "watching "+id, func(ctx context.Context) error {
				return f.Watch(ctx, func() {
					// Asking again is left to the next change when ctx ends.
					_, _ = p.poller.Ask(ctx, aggregator.Selection{All: true, Sources: []string{id}})
				})
			})
		})
	}
	return group.Wait()
}

// wire wires a configuration. A server that has something to serve does not
// end because the store cannot take a new one now, as on a full disk.
func (s *server) wire(ctx context.Context, cfg *config.Config, progress func(aggregator.Event)) (*plant, error) {
	for {
		p, err := s.app.wire(cfg, s.store, s.log, watch{serving: true, progress: progress, announced: s.hubs.Reliable})
		if exodus := (*store.ExodusError)(nil); err == nil || s.shown == nil || errors.As(err, &exodus) {
			return p, err
		}
		s.log.Error("the configuration cannot be put to use; it is tried again", "error", err, "in", retryGap)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(retryGap):
		}
	}
}

// keep runs something for as long as ctx lasts: a disk that is full or a
// folder that is away stops no server, which still has everything to serve.
func (s *server) keep(ctx context.Context, what string, run func(context.Context) error) error {
	for {
		err := run(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.Error(what+" stopped; it is tried again", "error", storeHint(err), "in", retryGap)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryGap):
		}
	}
}

// render brings what is served up to date whenever the store hints that a
// revision moved, and has the rest done of it.
func (s *server) render(ctx context.Context, p *plant, finish *finisher) error {
	hints, end := s.store.Hints()
	defer end()
	var waiting []chan<- bool
	var pace pace
	var idle time.Duration
	for {
		began := time.Now()
		again := checkGap
		if snapshot, err := s.renderOnce(ctx, p); err == nil {
			finish.finish(job{snapshot, waiting})
		} else if ctx.Err() == nil {
			s.log.Error("rendering failed; what was published stays", "error", err)
			again = retryGap
			(&job{waiting: waiting}).answer(false)
		}
		waiting = nil
		rest := time.NewTimer(pace.next(time.Since(began), idle))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-rest.C:
		}
		began = time.Now()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hints:
		case <-s.repair:
		case done := <-s.wanted:
			waiting = append(waiting, done)
		case <-time.After(again):
		}
		idle = time.Since(began)
		finish.yield()
	}
}

// renderOnce serves what the store has now, before anything of it is compressed
// or written.
func (s *server) renderOnce(ctx context.Context, p *plant) (*publisher.Snapshot, error) {
	snapshot, err := p.publisher.Render(ctx)
	if err != nil {
		return nil, err
	}
	before := s.shown
	if snapshot == before {
		return snapshot, nil
	}
	s.showing.Lock()
	s.shown = snapshot
	s.handler.Swap(snapshot)
	s.showing.Unlock()
	left := snapshot.LeftOut()
	s.left.Store(&left)
	if before != nil && !snapshot.Founding() {
		changed := snapshot.Changed(before)
		for _, hub := range p.hubs {
			hub.note(changed)
		}
	}
	return snapshot, nil
}

// reshow serves a snapshot again of which more is compressed, unless another one
// has come.
func (s *server) reshow(snapshot *publisher.Snapshot) {
	s.showing.Lock()
	defer s.showing.Unlock()
	if s.shown == snapshot {
		s.handler.Swap(snapshot)
	}
}

// errReloaded answers who asked for a poll while the poller was being replaced.
var errReloaded = errors.New("the server is starting, stopping or reloading its configuration; ask again")

// ask has the poller look at sources. A poller whose generation is over
// answers nobody, and whoever asked it must not wait for ever.
func (p *plant) ask(ctx context.Context, sel aggregator.Selection) (aggregator.Summary, error) {
	asking, end := context.WithCancel(ctx)
	defer end()
	answered := make(chan struct{})
	defer close(answered)
	go func() {
		select {
		case <-p.over:
			end()
		case <-answered:
		}
	}()
	sum, err := p.poller.Ask(asking, sel)
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		err = errReloaded
	}
	return sum, err
}

// attempts is how often a request is made to one generation after another
// before whoever asked is told to come back.
const attempts = 20

// ask hands a request to the generation that runs, or to the next one where
// that one ends meanwhile.
func (s *server) ask(ctx context.Context, r control.PollRequest) (sum aggregator.Summary, err error) {
	for range attempts {
		err = errReloaded
		if p := s.current.Load(); p != nil {
			if err := knownSources(p.config, r.Sources); err != nil {
				return sum, err
			}
			sum, err = p.ask(ctx, aggregator.Selection{All: r.All, Sources: r.Sources, Grace: true})
		}
		if !errors.Is(err, errReloaded) {
			break
		}
		select {
		case <-ctx.Done():
			return sum, ctx.Err()
		case <-time.After(mostGap):
		}
	}
	return sum, err
}

// Poll implements control.Server.
func (s *server) Poll(ctx context.Context, r control.PollRequest) (control.PollReply, error) {
	notes, err := s.prepare(ctx, r)
	if err != nil {
		return control.PollReply{}, err
	}
	sum, err := s.ask(ctx, r)
	reply := control.PollReply{Polled: sum.Polled, Failed: sum.Failed, Added: sum.Added, Changed: sum.Changed, Messages: notes}
	for _, f := range sum.Failing {
		reply.Messages = append(reply.Messages, f.Source+": "+f.Problem.Text)
	}
	for _, c := range sum.Complaints {
		if c.New {
			reply.Messages = append(reply.Messages, c.Source+": "+c.Text)
		}
	}
	for _, id := range sum.Recovered {
		reply.Messages = append(reply.Messages, id+": works again")
	}
	for _, h := range sum.Held {
		reply.Messages = append(reply.Messages, held(h))
	}
	select {
	case s.repair <- struct{}{}: // whoever polls by hand wants right files
	default:
	}
	return reply, err
}

// Status implements control.Server.
func (s *server) Status(context.Context) (control.StatusReply, error) {
	list, err := s.store.Sources()
	if err != nil {
		return control.StatusReply{}, err
	}
	p := s.current.Load()
	if p == nil {
		return control.StatusReply{Sources: list}, nil
	}
	lists, err := listStates(p.config, s.store)
	return control.StatusReply{Sources: list, Lists: lists, Readership: s.audience.Report(s.app.time()), LeftOut: s.leftOut()}, err
}

// leftOut are the entries that no document that is served could hold.
func (s *server) leftOut() []feed.Omission {
	if left := s.left.Load(); left != nil {
		return *left
	}
	return nil
}
