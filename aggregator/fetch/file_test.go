package fetch_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/aggregator/fetch"
	"weir/feed"
)

// write makes a file that was written long enough ago to be told from a later
// version by its time.
func write(t *testing.T, path, text string, age time.Duration) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string, v feed.Validators, limit int64) *fetch.Response {
	t.Helper()
	resp, err := fetch.ReadFile(t.Context(), fetch.Request{URL: path, Validators: v}, limit)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// A file is read once and again when it was written, also when only its size
// or only its time changed.
func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feed.xml")
	write(t, path, atom, time.Hour)
	first := readFile(t, path, feed.Validators{}, 0)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(first.Body) != atom || first.Cut || first.NotModified || first.Final != "" || !first.Modified.Equal(info.ModTime()) {
		t.Errorf("first = %+v", first)
	}
	if again := readFile(t, path, first.Validators, 0); !again.NotModified || again.Body != nil || again.Validators != first.Validators {
		t.Errorf("unchanged: %+v", again)
	}
	for name, change := range map[string]func(){
		"later":  func() { write(t, path, atom, 30*time.Minute) },
		"longer": func() { write(t, path, atom+" ", time.Hour) },
	} {
		before := readFile(t, path, feed.Validators{}, 0).Validators
		change()
		if resp := readFile(t, path, before, 0); resp.NotModified {
			t.Errorf("%s: not seen as modified", name)
		}
	}
	// P11: another file's validators say nothing.
	other := readFile(t, path, feed.Validators{}, 0).Validators
	other.URL = "/elsewhere"
	if resp := readFile(t, path, other, 0); resp.NotModified {
		t.Error("another file's validators were believed")
	}
}

// A file that was just written may be written again without any trace in size
// and time, so it gets no validator yet.
func TestYoungFileHasNoValidator(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feed.xml")
	write(t, path, atom, 0)
	if v := readFile(t, path, feed.Validators{}, 0).Validators; !v.IsZero() {
		t.Errorf("validators = %+v", v)
	}
}

// XB05: what is larger than the limit is cut there.
func TestFileTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feed.xml")
	write(t, path, "0123456789", time.Hour)
	if resp := readFile(t, path, feed.Validators{}, 9); string(resp.Body) != "012345678" || !resp.Cut {
		t.Errorf("body %q, cut %v", resp.Body, resp.Cut)
	}
	if resp := readFile(t, path, feed.Validators{}, 10); len(resp.Body) != 10 || resp.Cut {
		t.Errorf("body %q, cut %v", resp.Body, resp.Cut)
	}
}

// XJ01: only regular files are read, nothing hangs, and a problem does not say
// where on this machine a file lies.
func TestFileProblems(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, loop, dir, "/dev/zero", filepath.Join(dir, "missing.xml")} {
		_, err := fetch.ReadFile(t.Context(), fetch.Request{URL: path}, 0)
		var e *fetch.Error
		if !errors.As(err, &e) || e.Problem.Kind != "file" {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if text := e.Problem.Text + e.Error(); strings.Contains(text, filepath.Dir(path)+"/") || !strings.Contains(text, filepath.Base(path)) {
			t.Errorf("%s: %s", path, text)
		}
		if missing := strings.Contains(path, "missing"); missing != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fetch.ReadFile(ctx, fetch.Request{URL: dir}, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Gzip is told by its first bytes, in files as on the wire, and bounded by what
// it unpacks to (P72).
func TestReadFileUnpacks(t *testing.T) {
	packed, twice := pack(t, "gzip", []byte(atom)), pack(t, "gzip", pack(t, "gzip", []byte(atom)))
	damaged := slices.Clone(packed)
	damaged[12] ^= 0xff
	bomb := pack(t, "gzip", make([]byte, 1<<20))
	path := filepath.Join(t.TempDir(), "feed.xml.gz")
	for name, c := range map[string]struct {
		file []byte
		want string
		cut  bool
		fail string
	}{
		"whole":      {packed, atom, false, ""},
		"ends early": {packed[:len(packed)-8], atom, false, ""},
		"bomb":       {bomb, strings.Repeat("\x00", 4096), true, ""},
		"twice":      {twice, "", false, "more than once"},
		"damaged":    {damaged, "", false, "damaged"},
	} {
		write(t, path, string(c.file), time.Hour)
		resp, err := fetch.ReadFile(t.Context(), fetch.Request{URL: path}, 4096)
		if c.fail != "" {
			if err == nil || !strings.Contains(err.Error(), c.fail) {
				t.Errorf("%s: %v, want %q", name, err, c.fail)
			}
			continue
		}
		if err != nil || string(resp.Body) != c.want || resp.Cut != c.cut {
			t.Errorf("%s: %v, %+v", name, err, resp)
		}
	}
}
