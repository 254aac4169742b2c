package bolt_test

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/feed"
	"weir/store/bolt"
)

// What the child of these tests says, one line each: "safe N" and "failed N"
// for every commit, "unreadable" when reading failed beside it, the engine's
// log, and "checked" when all was well in the end.
const (
	faultLimit   = "WEIR_TEST_LIMIT"
	faultCommits = 8
)

// churn commits story after story, tries again what fails, and reads after
// every failure.
func churn(path, from string) {
	runtime.LockOSThread() // strace counts the calls of each thread apart
	first, err := strconv.Atoi(from)
	must(err)
	s, err := bolt.Open(path, bolt.Options{Command: "child", Logger: slog.New(slog.NewTextHandler(os.Stdout, nil))})
	if err != nil {
		fmt.Println("failed to open:", err)
		os.Exit(0)
	}
	lift := limit(os.Getenv(faultLimit))
	try := func(what string, do func() error) {
		for range 5 {
			err := do()
			if err == nil {
				fmt.Println("safe", what)
				return
			}
			fmt.Println("failed", what, err)
			lift()
			if _, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 9}); err != nil {
				fmt.Println("unreadable:", err)
			}
		}
	}
	try("configuration", func() error { return s.Configure(killConfig()) })
	for n := first; n < first+faultCommits; n++ {
		claims, _, err := s.Claim(feed.ClaimQuery{N: 9, Lease: time.Hour, Since: time.Now().Add(time.Hour)})
		must(err)
		var reports []feed.Report
		for _, c := range claims {
			doc := killDocument(c.Source, max(0, n-5), n+1)
			reports = append(reports, feed.Report{Source: c.Source.ID, Token: c.Token, Document: doc,
				Poll: feed.PollState{Validators: feed.Validators{ETag: strconv.Itoa(n)}}})
		}
		try(strconv.Itoa(n), func() error { _, err := s.Commit(reports); return err })
	}
	must(s.Check())
	fmt.Println("checked")
	must(s.Close())
	os.Exit(0)
}

// limit bounds how large files may grow, until what it returns is called.
func limit(text string) func() {
	if text == "" {
		return func() {}
	}
	most, err := strconv.ParseUint(text, 10, 64)
	must(err)
	var was syscall.Rlimit
	must(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	now := was
	now.Cur = most
	must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now))
	return func() { must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was)) }
}

// churned runs the child, under a program where one is named, and returns what
// it said.
func churned(t *testing.T, path string, from int, environ []string, under ...string) string {
	t.Helper()
	args := append(under, os.Args[0])
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(append(os.Environ(), environ...), killChild+"=churn", killPath+"="+path, killFrom+"="+strconv.Itoa(from))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// settledAt makes a store with the first stories of killConfig's sources.
func settledAt(t *testing.T, path string) {
	t.Helper()
	s := open(t, path, func() time.Time { return benchNow })
	cfg := killConfig()
	must1(t, s.Configure(cfg))
	docs := make(map[string]*feed.Document)
	for _, src := range cfg.Sources {
		docs[src.ID] = killDocument(src, 0, 5)
	}
	commitAll(t, s, docs)
	_, err := s.Settle()
	must1(t, err)
	must1(t, s.Close())
}

// healed checks what a child said and left: a clean error, everything readable
// beside it, every story there once in the end. It tells how often something
// failed.
func healed(t *testing.T, what, path, said, reason string) int {
	t.Helper()
	failed := strings.Count(said, "\nfailed ")
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "failed ") && !strings.Contains(line, reason) {
			t.Errorf("%s: %q is not why", what, line)
		}
	}
	if !strings.Contains(said, "\nchecked\n") || strings.Contains(said, "unreadable") || strings.Contains(said, "\nerror") {
		t.Errorf("%s: the child said\n%s", what, said)
	}
	if got := survived(t, path, true); got != 5+faultCommits-1 {
		t.Errorf("%s: the store is at %d; want %d", what, got, 5+faultCommits-1)
	}
	return failed
}

// Every system call that writes fails once, at every place where it is made,
// and then again and again: each time the error is clean, what is there can
// be read, nothing that was acknowledged is lost and nothing doubled, and it
// goes on. After what a sync left in doubt the file was opened again, after a
// full disk there was no need to (XK07, XK09).
func TestFailingCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if os.Getenv("WEIR_FAULTS") == "" || err != nil {
		t.Skip("system calls are made to fail where WEIR_FAULTS is set and strace is installed")
	}
	dir := t.TempDir()
	begun := filepath.Join(dir, "begun.db")
	settledAt(t, begun)
	data, err := os.ReadFile(begun)
	must1(t, err)
	data = data[:used(t, data)] // so that it must grow
	runs := 0
	fail := func(call, errno, reason, when string) (failed int, renewed bool) {
		t.Helper()
		runs++
		path := filepath.Join(dir, fmt.Sprintf("%d.db", runs))
		must1(t, os.WriteFile(path, data, 0o600))
		said := churned(t, path, 5, nil, strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace="+call,
			"-e", fmt.Sprintf("inject=%s:error=%s:when=%s", call, errno, when))
		what := fmt.Sprintf("%s of %s, %s", errno, call, when)
		failed = healed(t, what, path, said, reason)
		must1(t, os.Remove(path))
		return failed, strings.Contains(said, "opened again")
	}
	for _, c := range []struct {
		call, errno, reason string
		most                int
		renews              bool
	}{
		{"fdatasync", "EIO", "input/output error", 2 * faultCommits, true},
		{"fsync", "EIO", "input/output error", 1, true},
		{"pwrite64", "EIO", "input/output error", 40, true},
		{"pwrite64", "ENOSPC", "no space left", 40, false},
		{"ftruncate", "EIO", "input/output error", 1, false},
	} {
		felt := 0
		for n := 1; n <= c.most; n++ {
			failed, renewed := fail(c.call, c.errno, c.reason, strconv.Itoa(n))
			if failed > 0 {
				felt++
				if renewed != c.renews {
					t.Errorf("%s of the %d. %s: opened again: %v", c.errno, n, c.call, renewed)
				}
			}
		}
		t.Logf("%s of %s: %d of %d were felt", c.errno, c.call, felt, c.most)
		if felt == 0 {
			t.Errorf("%s of %s is never felt: nothing was tried", c.errno, c.call)
		}
	}
	// Again and again.
	for call, when := range map[string]string{"fdatasync": "2+3", "pwrite64": "2+40"} {
		if failed, _ := fail(call, "EIO", "input/output error", when); failed < 2 {
			t.Errorf("%s failed again and again, and %d commits", call, failed)
		}
	}
	// The control: what does not fail is not felt.
	if failed, renewed := fail("fdatasync", "EIO", "", "9999"); failed > 0 || renewed {
		t.Errorf("%d failures without a cause, opened again: %v", failed, renewed)
	}
}

// A disk that is full is an error; what is there can be read and checked, and
// writing goes on once there is room (XK07).
func TestFullDisk(t *testing.T) {
	if os.Getenv("WEIR_MOUNTS") == "" {
		t.Skip("full disks are tried where WEIR_MOUNTS is set and mounting is allowed")
	}
	for kib := 0; kib < 192; kib += 16 {
		dir := t.TempDir()
		must1(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"))
		path, filler := filepath.Join(dir, "weir.db"), filepath.Join(dir, "filler")
		settledAt(t, path)
		var free syscall.Statfs_t
		must1(t, syscall.Statfs(dir, &free))
		must1(t, os.WriteFile(filler, make([]byte, int64(free.Bavail)*int64(free.Bsize)-int64(kib)<<10), 0o600))
		s, err := bolt.Open(path, bolt.Options{})
		must1(t, err)
		must1(t, s.Configure(killConfig()))
		failed := false
		for n := 5; n < 200 && !failed; n++ {
			docs := make(map[string]*feed.Document)
			for _, src := range killConfig().Sources {
				docs[src.ID] = killDocument(src, max(0, n-5), n+1)
			}
			failed = tryAll(t, s, docs)
		}
		if !failed {
			t.Errorf("%d KiB: the disk never was full", kib)
		}
		must1(t, s.Check())
		if _, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 999}); err != nil {
			t.Errorf("%d KiB: reading on a full disk: %v", kib, err)
		}
		must1(t, s.Close())
		// It opens on a full disk too.
		s, err = bolt.Open(path, bolt.Options{})
		must1(t, err)
		must1(t, os.Remove(filler))
		must1(t, s.Configure(killConfig()))
		docs := make(map[string]*feed.Document)
		for _, src := range killConfig().Sources {
			docs[src.ID] = killDocument(src, 0, 200)
		}
		if tryAll(t, s, docs) {
			t.Errorf("%d KiB: with room again it fails", kib)
		}
		must1(t, s.Check())
		w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 9999})
		if err != nil || len(w.Entries) != 800 {
			t.Errorf("%d KiB: %d entries, %v; want 800", kib, len(w.Entries), err)
		}
		must1(t, s.Close())
		must1(t, syscall.Unmount(dir, 0))
	}
}

// tryAll commits a document of every source and tells whether the disk was
// full.
func tryAll(t *testing.T, s *bolt.Store, docs map[string]*feed.Document) (full bool) {
	t.Helper()
	claims, _, err := s.Claim(feed.ClaimQuery{N: 9, Lease: time.Hour, Since: time.Now().Add(time.Hour)})
	must1(t, err)
	var reports []feed.Report
	for _, c := range claims {
		reports = append(reports, feed.Report{Source: c.Source.ID, Token: c.Token, Document: docs[c.Source.ID]})
	}
	_, err = s.Commit(reports)
	if err != nil && !strings.Contains(err.Error(), "no space left") {
		t.Fatal(err)
	}
	return err != nil
}

// A file that may grow no further is an error and not the end of the process
// (XK08).
func TestFileLimit(t *testing.T) {
	dir := t.TempDir()
	felt := 0
	for kib := 0; kib < 96; kib += 12 {
		path := filepath.Join(dir, fmt.Sprintf("%d.db", kib))
		settledAt(t, path)
		data, err := os.ReadFile(path)
		must1(t, err)
		most := used(t, data) + int64(kib)<<10
		must1(t, os.Truncate(path, used(t, data))) // the next commit must grow it
		said := churned(t, path, 5, []string{fmt.Sprintf("%s=%d", faultLimit, most)})
		felt += min(1, healed(t, fmt.Sprintf("%d KiB more", kib), path, said, "file too large"))
	}
	if felt < 3 {
		t.Errorf("the limit was felt %d times", felt)
	}
}
