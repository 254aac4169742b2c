package bolt_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

const (
	killChild  = "WEIR_TEST_CHILD"
	killPath   = "WEIR_TEST_PATH"
	killFrom   = "WEIR_TEST_FROM"
	killRounds = 10
)

// TestMain lets this test's binary be the process that is killed.
func TestMain(m *testing.M) {
	switch os.Getenv(killChild) {
	case "poll":
		pollForEver(os.Getenv(killPath), os.Getenv(killFrom))
	case "settle":
		settleOnce(os.Getenv(killPath))
	case "compact":
		compactForEver(os.Getenv(killPath), os.Getenv(killFrom))
	case "index":
		indexForEver(os.Getenv(killPath), os.Getenv(killFrom))
	case "busy":
		busy(os.Getenv(killPath), os.Getenv(killFrom))
	case "migrate":
		migrateFurther(os.Getenv(killPath))
	case "hasty":
		hasty(os.Getenv(killPath), os.Getenv(killFrom))
	case "uncopied":
		useAfterClose(os.Getenv(killPath))
	case "churn":
		churn(os.Getenv(killPath), os.Getenv(killFrom))
	}
	os.Exit(m.Run())
}

func must(err error) {
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

// killConfig is a planet of a few blogs.
func killConfig() store.Configuration {
	cfg := store.Configuration{
		Channels: []feed.Channel{{ID: feed.ChannelAll}, {ID: "odd", Digest: "1", Match: func(e *feed.Entry) bool { return len(e.HTML)%2 == 1 }}},
		Rules:    identity.Rules{Guard: true},
	}
	for i := range 4 {
		id := fmt.Sprintf("s%d", i)
		cfg.Sources = append(cfg.Sources, feed.Source{ID: id, URL: "https://" + id + ".example/feed"})
	}
	return cfg
}

// story is the n-th item of a source, in words that no other story has.
func story(source string, n int) feed.Item {
	r := rand.New(rand.NewPCG(uint64(n), uint64(source[1])))
	words := func(count int) []string {
		list := make([]string, count)
		for i := range list {
			for range 6 {
				list[i] += string(rune('a' + r.IntN(26)))
			}
		}
		return list
	}
	title := words(5)
	link := fmt.Sprintf("https://%s.example/%s", source, strings.Join(title, "-"))
	return feed.Item{
		Content: feed.Content{Title: strings.Join(title, " "), Link: link, HTML: "<p>" + strings.Join(words(10+n%300), " ") + "</p>"},
		RawID:   link, Hash: uint64(n) + 1, Published: benchNow.Add(time.Duration(n) * time.Second),
	}
}

func killDocument(src feed.Source, from, to int) *feed.Document {
	doc := &feed.Document{Format: "RSS 2.0", Profile: feed.Profile{Title: src.ID}}
	for n := from; n < to; n++ {
		doc.Items = append(doc.Items, story(src.ID, n))
	}
	identity.Prepare(src, doc, nil)
	return doc
}

// pollForEver commits story after story, settles after the first few, and says
// of each when it was told that it is safe.
func pollForEver(path, from string) {
	n, err := strconv.Atoi(from)
	must(err)
	s, err := bolt.Open(path, bolt.Options{Command: "child"})
	must(err)
	cfg := killConfig()
	must(s.Configure(cfg))
	fmt.Println("ready")
	for ; ; n++ {
		claims, _, err := s.Claim(feed.ClaimQuery{N: 9, Lease: time.Hour, Since: time.Now().Add(time.Hour)})
		must(err)
		var reports []feed.Report
		for _, c := range claims {
			reports = append(reports, feed.Report{
				Source: c.Source.ID, Token: c.Token, Document: killDocument(c.Source, max(0, n-5), n+1),
				Poll: feed.PollState{Validators: feed.Validators{ETag: strconv.Itoa(n)}},
			})
		}
		_, err = s.Commit(reports)
		must(err)
		fmt.Println("safe", n)
		if n%8 == 5 {
			_, err = s.Settle()
			must(err)
		}
	}
}

func settleOnce(path string) {
	s, err := bolt.Open(path, bolt.Options{Command: "child", Now: func() time.Time { return benchNow }})
	must(err)
	must(s.Configure(killConfig()))
	fmt.Println("ready")
	_, err = s.Settle()
	must(err)
	must(s.Close())
	os.Exit(0)
}

// child starts this binary as a child, waits until it is ready, lets it go on
// for a while, kills it and returns what it said.
func child(t *testing.T, what, path string, from int, alive time.Duration) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killChild+"="+what, killPath+"="+path, killFrom+"="+strconv.Itoa(from))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil || first != "ready\n" {
		t.Errorf("child said %q, %v", first, err)
	}
	kill := time.AfterFunc(alive, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	rest, _ := io.ReadAll(lines)
	_ = cmd.Wait()
	said := strings.Split(strings.TrimSuffix(string(rest), "\n"), "\n")
	for _, line := range said {
		if strings.HasPrefix(line, "error") {
			t.Fatalf("child: %s", line)
		}
	}
	return said
}

// What Commit reported as committed survives kill -9 at any moment, with the
// validators that stand for it; nothing is doubled (XK01, P9).
func TestKilledWhilePolling(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	r := rand.New(rand.NewPCG(7, 8))
	safe := -1
	for round := range killRounds {
		for _, line := range child(t, "poll", path, safe+1, time.Duration(r.IntN(60))*time.Millisecond) {
			if text, ok := strings.CutPrefix(line, "safe "); ok {
				n, err := strconv.Atoi(text)
				if err != nil {
					t.Fatal(err)
				}
				safe = max(safe, n)
			}
		}
		if got := survived(t, path, round == killRounds-1); got < safe {
			t.Fatalf("round %d: %d is safe, %d survived", round, safe, got)
		} else {
			safe = got
		}
	}
	t.Logf("%d commits survived %d kills", safe+1, killRounds)
}

// survived checks a store whose process was killed and returns up to which
// story it has them all; when asked, it settles and counts them one by one.
func survived(t *testing.T, path string, settle bool) int {
	t.Helper()
	s := open(t, path, nil)
	defer s.Close()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if err := s.Configure(killConfig()); err != nil {
		t.Fatal(err)
	}
	list, err := s.Sources()
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for i, st := range list {
		n := -1
		if tag := st.State.Poll.Validators.ETag; tag != "" {
			if n, err = strconv.Atoi(tag); err != nil {
				t.Fatal(err)
			}
		}
		if i > 0 && n != last {
			t.Errorf("source %s is at %d, others at %d: a commit was torn", st.Source.ID, n, last)
		}
		last = n
		if n >= 0 && len(st.State.Doc.Known) == 0 {
			t.Errorf("source %s has validators and no document", st.Source.ID)
		}
	}
	if !settle {
		return last
	}
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, e := range w.Entries {
		if seen[e.Link] {
			t.Errorf("%s is there twice", e.Link)
		}
		seen[e.Link] = true
	}
	for _, src := range killConfig().Sources {
		for n := range last + 1 {
			if !seen[story(src.ID, n).Link] {
				t.Errorf("story %d of %s is lost", n, src.ID)
			}
		}
	}
	return last
}

// A first cycle that is killed while it is settled ends like one that is not.
func TestKilledWhileSettling(t *testing.T) {
	dir := t.TempDir()
	founding := filepath.Join(dir, "founding.db")
	cfg := killConfig()
	s := open(t, founding, func() time.Time { return benchNow })
	if err := s.Configure(cfg); err != nil {
		t.Fatal(err)
	}
	docs := make(map[string]*feed.Document)
	for _, src := range cfg.Sources {
		docs[src.ID] = killDocument(src, 0, 150)
	}
	commitAll(t, s, docs)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(founding)
	if err != nil {
		t.Fatal(err)
	}
	want := settledWindow(t, founding)
	r := rand.New(rand.NewPCG(9, 10))
	for round := range killRounds {
		path := filepath.Join(dir, fmt.Sprintf("%d.db", round))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		child(t, "settle", path, 0, time.Duration(r.IntN(50))*time.Millisecond)
		if diff := cmp.Diff(want, settledWindow(t, path)); diff != "" {
			t.Fatalf("round %d (-undisturbed +killed):\n%s", round, diff)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// commitAll claims every source and commits its document.
func commitAll(t *testing.T, s *bolt.Store, docs map[string]*feed.Document) {
	t.Helper()
	claims, _, err := s.Claim(feed.ClaimQuery{N: len(docs), Lease: time.Hour})
	if err != nil || len(claims) != len(docs) {
		t.Fatalf("Claim = %d, %v", len(claims), err)
	}
	var reports []feed.Report
	for _, c := range claims {
		reports = append(reports, feed.Report{Source: c.Source.ID, Token: c.Token, Document: docs[c.Source.ID]})
	}
	if _, err := s.Commit(reports); err != nil {
		t.Fatal(err)
	}
}

// settledWindow checks and settles a store and reads its channels.
func settledWindow(t *testing.T, path string) []feed.Window {
	t.Helper()
	s := open(t, path, func() time.Time { return benchNow })
	defer s.Close()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if err := s.Configure(killConfig()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	var windows []feed.Window
	for _, id := range []string{feed.ChannelAll, "odd"} {
		w, err := s.Window(feed.Query{Channel: id, Limit: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		windows = append(windows, w)
	}
	return windows
}
