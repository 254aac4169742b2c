package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/store/bolt"
)

// TestFounding asks for changes in a store whose first poll did not come to
// its end: all of them are refused with the way out, and looking shows that
// there is nothing yet.
func TestFounding(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	text := "site: {title: S, url: \"https://s.example/\", since: 2026-11-24}\noutput: public\nfeeds: [{id: a, url: \"file:a.xml\"}]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := bolt.Open(filepath.Join(dir, "weir.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"release a", exitCannotWrite, "weir: the store has not finished its first poll\n  hint: run `weir poll`\n"},
		{"remove --entry x", exitCannotWrite, "has not finished its first poll\n"},
		{"join x y", exitCannotWrite, "has not finished its first poll\n"},
		{"publish", exitCannotWrite, "has not finished its first poll\n"},
		{"list", exitFine, "a       new"},
		{"list entries", exitFine, "SLUG"},
		{"why a", exitFine, "never yet"},
		{"store stats", exitFine, "none yet"},
	} {
		out, code := weir(t, append(strings.Fields(c.args), "-c", config)...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("weir %s: exit %d, want %d with %q:\n%s", c.args, code, c.code, c.says, out)
		}
	}
}
