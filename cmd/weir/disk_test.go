package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk mounts a disk of 4 MiB, or skips: .ci/run is root and sets
// WEIR_MOUNTS.
func smallDisk(t *testing.T, dir string) {
	t.Helper()
	if os.Getenv("WEIR_MOUNTS") == "" {
		t.Skip("full disks are tried where WEIR_MOUNTS is set and mounting is allowed")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Fatalf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
}

// fill leaves nothing free on the disk of dir, and returns what empties it.
func fill(t *testing.T, dir string) func() {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 64 << 10; size > 0; size /= 2 {
		for block := make([]byte, size); ; {
			if _, err := f.Write(block); err != nil {
				break
			}
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func weir(t *testing.T, args ...string) (string, int) {
	t.Helper()
	c := exec.Command(built(t), args...)
	out, _ := c.CombinedOutput()
	return string(out), c.ProcessState.ExitCode()
}

// TestFullDisk fills the disk of the store, then that of the output: each time
// the exit code is 74, the message names the way out, what was published stays
// whole, and the next run with room heals everything (XK07, XK29).
func TestFullDisk(t *testing.T) {
	for _, full := range []string{"store", "public"} {
		t.Run(full, func(t *testing.T) {
			dir := sample(t)
			smallDisk(t, filepath.Join(dir, full))
			config := filepath.Join(dir, "config.yaml")
			store := filepath.Join(dir, "store", "weir.db")
			if err := os.MkdirAll(filepath.Dir(store), 0o755); err != nil {
				t.Fatal(err)
			}
			if out, code := weir(t, "poll", "-c", config, "--store", store); code != 0 {
				t.Fatalf("poll with room: exit %d\n%s", code, out)
			}
			before, err := os.ReadFile(filepath.Join(dir, "public", "rss.xml"))
			if err != nil {
				t.Fatal(err)
			}
			empty := fill(t, filepath.Join(dir, full))
			article := "---\ntitle: A late article\n---\n" + strings.Repeat("<p>Many words to be kept somewhere, "+full+".</p>\n", 500)
			if err := os.WriteFile(filepath.Join(dir, "articles", "late.md"), []byte(article), 0o600); err != nil {
				t.Fatal(err)
			}
			out, code := weir(t, "poll", "-c", config, "--store", store)
			if code != 74 || !strings.Contains(out, "no space left on device") || !strings.Contains(out, "hint: ") {
				t.Errorf("poll without room: exit %d\n%s", code, out)
			}
			if after, err := os.ReadFile(filepath.Join(dir, "public", "rss.xml")); err != nil || !bytes.Equal(before, after) {
				t.Errorf("what was published changed: %v", err)
			}
			empty()
			if out, code := weir(t, "poll", "-c", config, "--store", store); code != 0 {
				t.Errorf("poll with room again: exit %d\n%s", code, out)
			}
			if after, err := os.ReadFile(filepath.Join(dir, "public", "rss.xml")); err != nil || !strings.Contains(string(after), "A late article") {
				t.Errorf("the late article is not published: %v", err)
			}
		})
	}
}

// TestServerOutlivesFullDisk fills the disk of a running server's store: it
// goes on serving, and goes on polling once there is room.
func TestServerOutlivesFullDisk(t *testing.T) {
	dir := sample(t)
	disk := filepath.Join(dir, "store")
	smallDisk(t, disk)
	config := filepath.Join(dir, "config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("store: weir.db"), []byte("store: store/weir.db"), 1)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r := serving(t, dir)
	empty := fill(t, disk)
	article := "---\ntitle: A late article\n---\n" + strings.Repeat("<p>Many words to be kept somewhere.</p>\n", 500)
	if err := os.WriteFile(filepath.Join(dir, "articles", "late.md"), []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the complaint", func() bool { return strings.Contains(r.said(), "no space left on device") })
	if resp, _ := r.get("rss.xml"); resp == nil || resp.StatusCode != http.StatusOK {
		t.Fatal("a full disk stopped the server")
	}
	empty()
	if err := r.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the reload", func() bool { return strings.Contains(r.said(), "configuration reloaded") })
	if out, code := weir(t, "poll", "--all", "-c", config); code != 0 {
		t.Errorf("poll through the server: exit %d\n%s", code, out)
	}
	within(t, 10*time.Second, "the late article", func() bool {
		_, body := r.get("rss.xml")
		return strings.Contains(body, "A late article")
	})
}
