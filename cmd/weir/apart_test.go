package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/store"
	"weir/store/bolt"
)

// A file is verified in a child process, whose end by a signal is a finding
// and not ours (XK11).
func TestVerifyApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s, err := bolt.Open(path, bolt.Options{Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var held *store.HeldError
	if err := verifyApart(path); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("a store in use: %v; want held by process %d", err, os.Getpid())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := verifyApart(path); err != nil {
		t.Errorf("a whole store: %v", err)
	}
	if err := os.Truncate(path, 9000); err != nil {
		t.Fatal(err)
	}
	if err := verifyApart(path); !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("a store that is cut off: %v", err)
	}
	if err := verifyApart(filepath.Join(t.TempDir(), "none.db")); err == nil || errors.Is(err, store.ErrCorrupt) {
		t.Errorf("no store: %v", err)
	}
}
