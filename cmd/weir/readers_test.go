package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// reader returns a feed reader's path, or skips: .ci/run installs it and sets
// WEIR_READERS.
func reader(t *testing.T, name string) string {
	t.Helper()
	if os.Getenv("WEIR_READERS") == "" {
		t.Skip("real feed readers run where WEIR_READERS is set")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("WEIR_READERS is set, but: %v", err)
	}
	return path
}

// TestNewsboat subscribes to RSS and Atom with newsboat and counts what it
// shows. Each feed has a cache of its own, because entries with one id are one
// to newsboat; Debian's does not read JSON Feed.
func TestNewsboat(t *testing.T) {
	program := reader(t, "newsboat")
	r := serving(t, sample(t))
	list, err := strictJSON([]byte(body(t, r, "feed.json")))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rss.xml", "atom.xml"} {
		dir := t.TempDir()
		for file, text := range map[string]string{"urls": r.url + name + "\n", "config": "download-timeout 5\n"} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// A second reload must show nothing twice.
		for range 2 {
			if out, err := newsboat(program, dir, "reload").CombinedOutput(); err != nil {
				t.Fatalf("newsboat: %v\n%s", err, out)
			}
		}
		out, err := newsboat(program, dir, "print-unread").CombinedOutput()
		if err != nil {
			t.Fatalf("newsboat: %v\n%s", err, out)
		}
		if want := fmt.Sprintf("%d unread articles", len(list)); strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: newsboat says %q, want %q", name, out, want)
		}
	}
}

func newsboat(program, home, order string) *exec.Cmd {
	c := exec.Command(program, "-u", filepath.Join(home, "urls"), "-c", filepath.Join(home, "cache.db"),
		"-C", filepath.Join(home, "config"), "-x", order)
	c.Env = append(os.Environ(), "HOME="+home, "TERM=dumb")
	return c
}

// TestSfeed subscribes to RSS and Atom with sfeed (it has no JSON Feed).
func TestSfeed(t *testing.T) {
	program := reader(t, "sfeed_update")
	r := serving(t, sample(t))
	dir := t.TempDir()
	rc := "sfeedpath=" + dir + "/feeds\nfeeds() {\n feed rss " + r.url + "rss.xml\n feed atom " + r.url + "atom.xml\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "sfeedrc"), []byte(rc), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, filepath.Join(dir, "sfeedrc")).CombinedOutput(); err != nil {
		t.Fatalf("sfeed_update: %v\n%s", err, out)
	}
	want, err := strictJSON([]byte(body(t, r, "feed.json")))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rss", "atom"} {
		text, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) != len(want) {
			t.Errorf("sfeed read %d entries from %s, want %d", len(lines), name, len(want))
		}
		ids := map[string]bool{}
		for _, l := range lines {
			if f := strings.Split(l, "\t"); len(f) > 5 {
				ids[f[5]] = true
			}
		}
		for _, e := range want {
			if !ids[e.id] {
				t.Errorf("sfeed does not have %s from %s", e.id, name)
			}
		}
	}
}

func body(t *testing.T, r *running, path string) string {
	t.Helper()
	resp, text := r.get(path)
	if resp == nil || resp.StatusCode != 200 {
		t.Fatalf("GET %s: %v", path, resp)
	}
	return text
}
