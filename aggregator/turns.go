package aggregator

import (
	"context"
	"sync"
	"time"
)

// turns lets one request at a time go to a domain, and keeps the pause between
// two (P40): for what is asked beside feeds, whose pacing the store has. The
// zero value is ready.
type turns struct {
	mu    sync.Mutex
	lines map[string]*line
}

// line is who waits for a domain.
type line struct {
	// slot is held by whose turn it is, users are all who hold or want it.
	slot  chan struct{}
	users int
	until time.Time
}

// mostLines is from how many domains on those that rest no longer are dropped.
const mostLines = 1 << 8

func (t *turns) line(group string) *line {
	if t.lines == nil {
		t.lines = make(map[string]*line)
	}
	l := t.lines[group]
	if l == nil {
		l = &line{slot: make(chan struct{}, 1)}
		t.lines[group] = l
	}
	return l
}

// rest notes that a domain was just asked for something else.
func (t *turns) rest(group string, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.line(group); l.until.Before(until) {
		l.until = until
	}
}

// take waits for a domain's turn; give ends it. It fails with the context.
func (t *turns) take(ctx context.Context, group string, now func() time.Time) error {
	t.mu.Lock()
	l := t.line(group)
	l.users++
	t.mu.Unlock()
	select {
	case l.slot <- struct{}{}:
	case <-ctx.Done():
		t.mu.Lock()
		l.users--
		t.mu.Unlock()
		return ctx.Err()
	}
	t.mu.Lock()
	pause := l.until.Sub(now())
	t.mu.Unlock()
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		t.mu.Lock()
		until := l.until
		t.mu.Unlock()
		t.give(group, until, now())
		return ctx.Err()
	}
}

// give lets the next one have its turn at until.
func (t *turns) give(group string, until, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lines[group]
	l.until = until
	l.users--
	<-l.slot
	if len(t.lines) > mostLines {
		for k, l := range t.lines {
			if l.users == 0 && l.until.Before(now) {
				delete(t.lines, k)
			}
		}
	}
}
