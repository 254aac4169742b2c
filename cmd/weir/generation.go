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
	"weir/store"
)

const (
	// renderGap is the least time between two renderings, so that a burst of
	// commits costs a few of them and not one each.
	renderGap = 300 * time.Millisecond
	// retryGap is how long after a failure something is tried again, checkGap
	// how long after a success the output is looked at again: another hand may
	// have changed it.
	retryGap = 30 * time.Second
	checkGap = 5 * time.Minute
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
	group.Go(func() error { return s.render(ctx, p) })
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

// render brings the handler and the output folder up to date whenever the
// store hints that a revision moved.
func (s *server) render(ctx context.Context, p *plant) error {
	hints, end := s.store.Hints()
	defer end()
	var wanted chan<- bool
	for {
		again, fine := checkGap, s.renderOnce(ctx, p)
		if !fine {
			again = retryGap
		}
		if wanted != nil {
			wanted <- fine
			wanted = nil
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
		case <-s.repair:
		case wanted = <-s.wanted:
		case <-time.After(again):
		}
	}
}

// renderOnce reports whether everything is published as the store has it.
func (s *server) renderOnce(ctx context.Context, p *plant) bool {
	snapshot, err := p.publisher.Render(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("rendering failed; what was published stays", "error", err)
		}
		return false
	}
	s.handler.Swap(snapshot)
	left := snapshot.LeftOut()
	s.left.Store(&left)
	if s.shown != nil && !snapshot.Founding() {
		changed := snapshot.Changed(s.shown)
		for _, hub := range p.hubs {
			hub.note(changed)
		}
	}
	s.shown = snapshot
	// What is new is served as it is before anybody waits for it compressed.
	packed, err := snapshot.Pack(ctx)
	if err != nil {
		return false
	}
	if packed {
		s.handler.Swap(snapshot)
	}
	if p.config.Output == "" || snapshot.Founding() {
		return true
	}
	changed, err := p.writeFiles(ctx, snapshot)
	p.courier.note(changed)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("writing files failed; serving goes on, and it is tried again", "error", err, "in", retryGap)
		}
		return false
	}
	return true
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
		case <-time.After(renderGap):
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
