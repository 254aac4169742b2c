package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"weir/publisher"
)

const (
	// retryGap is how long after a failure something is tried again, checkGap
	// how long after a success the output is looked at again: another hand may
	// have changed it.
	retryGap = 30 * time.Second
	checkGap = 5 * time.Minute
	// patience is how long compressing gives way to news before it is let end.
	patience = 5 * time.Second
)

// finisher does for a server what nobody who asks has to wait for: it compresses
// what is served, has that served, and writes the files. News come first: while
// they are rendered it rests, and goes on with what came of them.
type finisher struct {
	plant *plant
	log   *slog.Logger
	// show serves a snapshot anew, unless another one is served by now.
	show func(*publisher.Snapshot)
	// next has what is to be finished; it holds one, of which the older is lost.
	next chan job

	mu sync.Mutex
	// rest ends compressing that is under way; since is when the oldest
	// unfinished job came.
	rest  context.CancelFunc
	since time.Time
}

// job is a snapshot to be finished, and who waits for that.
type job struct {
	snapshot *publisher.Snapshot
	waiting  []chan<- bool
}

// answer tells who waits whether all is published. The channels have room.
func (j *job) answer(fine bool) {
	for _, w := range j.waiting {
		w <- fine
	}
	j.waiting = nil
}

func (p *plant) newFinisher(show func(*publisher.Snapshot), log *slog.Logger) *finisher {
	return &finisher{plant: p, log: log, show: show, next: make(chan job, 1)}
}

// finish has a snapshot finished in place of those before. It is called by one
// goroutine.
func (f *finisher) finish(j job) {
	select {
	case other := <-f.next:
		j.waiting = append(other.waiting, j.waiting...)
	default:
	}
	f.next <- j
}

// yield ends compressing, because there is something more urgent, but not for
// ever: where news never end, it is done all the same. It goes on by itself.
func (f *finisher) yield() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rest != nil && time.Since(f.since) < patience {
		f.rest()
	}
}

// run finishes one snapshot after the other until ctx ends.
func (f *finisher) run(ctx context.Context) error {
	var j job
	defer func() {
		select {
		case newer := <-f.next:
			newer.answer(false)
		default:
		}
		j.answer(false)
	}()
	again := make(<-chan time.Time)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case newer := <-f.next:
			newer.waiting = append(j.waiting, newer.waiting...)
			j = newer
		case <-again:
		}
		if ended, err := f.compress(ctx, j.snapshot); ended {
			again = time.After(leastGap)
			continue
		} else if err != nil {
			return err
		}
		fine := f.write(ctx, j.snapshot)
		j.answer(fine)
		if again = time.After(checkGap); !fine {
			again = time.After(retryGap)
		}
	}
}

// compress reports whether it gave way. An error is the context's.
func (f *finisher) compress(ctx context.Context, s *publisher.Snapshot) (ended bool, err error) {
	working, rest := context.WithCancel(ctx)
	defer rest()
	f.mu.Lock()
	f.rest = rest
	if f.since.IsZero() {
		f.since = time.Now()
	}
	f.mu.Unlock()
	err = s.Pack(working, func() { f.show(s) })
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rest = nil
	if err != nil {
		return ctx.Err() == nil, err
	}
	f.since = time.Time{}
	return false, nil
}

// write brings the files up to date and reports whether they are.
func (f *finisher) write(ctx context.Context, s *publisher.Snapshot) bool {
	if f.plant.config.Output == "" || s.Founding() {
		return true
	}
	changed, err := f.plant.writeFiles(ctx, s)
	f.plant.courier.note(changed)
	if err != nil && ctx.Err() == nil {
		f.log.Error("writing files failed; serving goes on, and it is tried again", "error", err, "in", retryGap)
	}
	return err == nil
}
