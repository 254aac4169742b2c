package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"weir/aggregator"
	"weir/config"
	"weir/control"
	"weir/store"
	"weir/store/bolt"
)

// errand is what a command wants of the store. It is run by whoever holds the
// store: by the command itself, or by the server that is running, to which it
// goes as JSON, and from which R comes back so.
type errand[R any] interface {
	run(context.Context, *scene) (R, error)
}

// scene is where an errand is run.
type scene struct {
	*plant
	bolt *bolt.Store
	now  func() time.Time
	// publish brings what is published up to date; nil where somebody looks.
	publish func(context.Context) error
	// poll polls sources out of turn; nil where somebody looks.
	poll func(context.Context, aggregator.Selection) (aggregator.Summary, error)
}

// errands are what a server can be asked, by command.
func errands() map[string]func(context.Context, *scene, json.RawMessage) (any, error) {
	return map[string]func(context.Context, *scene, json.RawMessage) (any, error){
		"list sources":  remote[listSources],
		"list entries":  remote[listEntries],
		"list channels": remote[listChannels],
		"poll":          remote[explainErrand],
		"export":        remote[exportErrand],
		"why":           remote[whyErrand],
		"remove":        remote[removeErrand],
		"join":          remote[joinErrand],
		"split":         remote[splitErrand],
		"release":       remote[releaseErrand],
		"store stats":   remote[statsErrand],
		"store dump":    remote[dumpErrand],
		"store backup":  remote[backupErrand],
		"store check":   remote[checkErrand],
	}
}

// remote runs an errand that came as JSON.
func remote[E errand[R], R any](ctx context.Context, s *scene, arguments json.RawMessage) (any, error) {
	var e E
	d := json.NewDecoder(bytes.NewReader(arguments))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return nil, fmt.Errorf("read arguments: %w", err)
	}
	return e.run(ctx, s)
}

// carry runs an errand where the store is open.
func carry[R any](ctx context.Context, a *app, command string, e errand[R], open opener) (result R, err error) {
	err = open(a, command, func(s *scene) error {
		result, err = e.run(ctx, s)
		return err
	})
	if held := (*store.HeldError)(nil); errors.As(err, &held) {
		client, err := dialHolder(ctx, held)
		if err != nil {
			return result, err
		}
		defer client.Close()
		return delegate(ctx, client, command, e)
	}
	return result, err
}

// opener opens the store for as long as something runs.
type opener func(a *app, command string, do func(*scene) error) error

// looking opens the store to read it, whatever the configuration has become.
func looking(a *app, command string, do func(*scene) error) error {
	return a.opened(command, func(cfg *config.Config, st *bolt.Store, _ *slog.Logger) error {
		p, err := a.look(cfg, st)
		if err != nil {
			return err
		}
		return do(&scene{plant: p, bolt: st, now: a.time})
	})
}

// acting opens the store as it is configured, to change it.
func acting(a *app, command string, do func(*scene) error) error {
	return a.opened(command, func(cfg *config.Config, st *bolt.Store, log *slog.Logger) error {
		p, err := a.wire(cfg, st, log, watch{})
		if err != nil {
			return err
		}
		if err := founded(st); err != nil {
			return err
		}
		return do(&scene{plant: p, bolt: st, now: a.time, poll: p.poller.Cycle, publish: func(ctx context.Context) error {
			_, err := p.publishFiles(ctx, false)
			return err
		}})
	})
}

// opened opens a store that is there for as long as do runs, and configures
// nothing.
func (a *app) opened(command string, do func(*config.Config, *bolt.Store, *slog.Logger) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	log, err := a.logger(slog.LevelError)
	if err != nil {
		return err
	}
	st, err := a.openMade(cfg, command, log)
	if err != nil {
		return err
	}
	return storeHint(errors.Join(do(cfg, st, log), st.Close()))
}

// reply is what a server makes of an errand. What went wrong keeps its way out
// on the way back.
type reply[R any] struct {
	Result R      `json:"result"`
	Error  string `json:"error,omitempty"`
	Hint   string `json:"hint,omitempty"`
	// Usage says that the command line was wrong.
	Usage bool `json:"usage,omitempty"`
}

// delegate has the server that holds the store run an errand.
func delegate[R any](ctx context.Context, client *control.Client, command string, e errand[R]) (result R, err error) {
	arguments, err := json.Marshal(e)
	if err != nil {
		return result, fmt.Errorf("write arguments: %w", err)
	}
	raw, err := client.Do(ctx, control.Order{Command: command, Arguments: arguments})
	if err != nil {
		return result, err
	}
	var got reply[R]
	if err := json.Unmarshal(raw, &got); err != nil {
		return result, fmt.Errorf("read the server's answer: %w", err)
	}
	switch {
	case got.Usage:
		return result, &usageError{text: got.Error, hint: got.Hint}
	case got.Error != "" && got.Hint != "":
		return result, withHint(errors.New(got.Error), got.Hint)
	case got.Error != "":
		return result, errors.New(got.Error)
	}
	return got.Result, nil
}

// dialHolder reaches the server that holds a store. Where what holds it is no
// server, or does not answer, the error says who holds it.
func dialHolder(ctx context.Context, held *store.HeldError) (*control.Client, error) {
	path, err := control.SocketPath(held.Path)
	if err != nil {
		return nil, err
	}
	client, err := dial(ctx, path)
	if errors.Is(err, control.ErrNotRunning) || errors.Is(err, context.DeadlineExceeded) {
		return nil, held
	}
	return client, err
}

// Do implements control.Server.
func (s *server) Do(ctx context.Context, o control.Order) (json.RawMessage, error) {
	do := errands()[o.Command]
	if do == nil {
		return nil, fmt.Errorf("a server cannot be asked to %s", o.Command)
	}
	p := s.current.Load()
	if p == nil {
		return nil, errReloaded
	}
	result, err := do(ctx, &scene{plant: p, bolt: s.store, now: s.app.time, publish: s.publishNow, poll: p.ask}, o.Arguments)
	a := reply[any]{Result: result}
	if err != nil {
		a = answered(storeHint(err))
	}
	return json.Marshal(a)
}

func answered(err error) reply[any] {
	a := reply[any]{Error: err.Error()}
	var usage *usageError
	var hint *hintError
	if errors.As(err, &usage) {
		a.Usage, a.Hint = true, usage.hint
	} else if errors.As(err, &hint) {
		a.Hint = hint.hint
	}
	return a
}

// publishLimit bounds how long somebody waits until what they changed is
// published.
const publishLimit = time.Minute

// publishNow has the generation that runs render what the store has by now, and
// waits for it.
func (s *server) publishNow(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, publishLimit)
	defer cancel()
	done := make(chan bool, 1)
	select {
	case s.wanted <- done:
	case <-ctx.Done():
		return errUnpublished
	}
	select {
	case fine := <-done:
		if fine {
			return nil
		}
	case <-ctx.Done():
	}
	return errUnpublished
}

// errUnpublished is no loss: the server tries again by itself.
var errUnpublished = errors.New("it is done, but not published yet; the server tries again")
