package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"weir/aggregator"
	"weir/config"
	"weir/publisher"
	"weir/store/bolt"
)

// Who asks for a poll while the configuration is reloaded is told so, and does
// not wait for a poller that will never answer.
func TestAskingAnEndedGeneration(t *testing.T) {
	over := make(chan struct{})
	close(over)
	p := &plant{poller: aggregator.New(aggregator.Options{}, nil), over: over}
	ctx, cancel := context.WithTimeout(t.Context(), busy*10*time.Second)
	defer cancel()
	if _, err := p.ask(ctx, aggregator.Selection{}); !errors.Is(err, errReloaded) {
		t.Errorf("ask = %v; want %v", err, errReloaded)
	}
}

// A store that cannot take a configuration ends a server that starts, and not
// one that has something to serve.
func TestReloadOnAFailingStore(t *testing.T) {
	dir := t.TempDir()
	none := func(string) (string, bool) { return "", false }
	cfg, err := config.Default(dir, []string{"http://127.0.0.1:9/feed"}, none, config.Overrides{Today: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	st, err := bolt.Open(filepath.Join(dir, "weir.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	s := &server{app: new(app), log: slog.New(slog.DiscardHandler), store: st}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.wire(ctx, cfg, nil); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("at the start: %v; want the store's error", err)
	}
	s.shown = new(publisher.Snapshot)
	if _, err := s.wire(ctx, cfg, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("at a reload: %v; want it to be tried until the context ends", err)
	}
}
