package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"sync/atomic"
	"testing"
	"time"

	"weir/config"
	"weir/feed"
	"weir/store/bolt"
)

// corpus returns the folder of real feeds, or skips: the feeds are other
// people's and cannot be part of the repository.
func corpus(t *testing.T) string {
	t.Helper()
	if testing.Short() || os.Getenv("WEIR_NO_CORPUS") != "" {
		t.Skip("the corpus is left out of short runs")
	}
	dir := os.Getenv("WEIR_CORPUS")
	if dir == "" {
		dir = filepath.Join(repository(t), "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "expected-items.json")); err != nil {
		t.Skip("no corpus of real feeds: set WEIR_CORPUS to its folder")
	}
	return dir
}

// realFeed is one captured document of the corpus.
type realFeed struct {
	id, path string
	items    int
	body     []byte
}

func realFeeds(t *testing.T, dir string) []realFeed {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "expected-items.json"))
	if err != nil {
		t.Fatal(err)
	}
	var files map[string]struct {
		N   int
		Cls string
	}
	if err := json.Unmarshal(text, &files); err != nil {
		t.Fatal(err)
	}
	var feeds []realFeed
	for path, f := range files {
		if f.Cls == "real" {
			feeds = append(feeds, realFeed{path: path, items: f.N})
		}
	}
	slices.SortFunc(feeds, func(a, b realFeed) int { return strings.Compare(a.path, b.path) })
	for i := range feeds {
		feeds[i].id = fmt.Sprintf("f%04d", i)
		if feeds[i].body, err = os.ReadFile(filepath.Join(dir, "feeds", feeds[i].path)); err != nil {
			t.Fatal(err)
		}
	}
	return feeds
}

// origin serves the documents: with validators, or ignoring them.
type origin struct {
	feeds     map[string]realFeed
	ignorant  atomic.Bool
	ok, fresh atomic.Int64
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	f, ok := o.feeds[id]
	if !ok {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(f.body))[:20] + `"`
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag && !o.ignorant.Load() {
		o.fresh.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	o.ok.Add(1)
	w.Header().Set("Content-Type", "application/xml")
	if strings.HasSuffix(f.path, ".json") {
		w.Header().Set("Content-Type", "application/feed+json")
	}
	_, _ = w.Write(f.body)
}

func corpusConfig(feeds []realFeed, url string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `site: {title: Corpus, url: "https://corpus.example.org/", since: "2026-11-24"}
store: weir.db
output: public
poll:
  floor: 0s
  timeout: 60s
  concurrency: 32
  per_host: {concurrency: 32, delay: 0s}
  allow_private: [127.0.0.1]
feeds:
`)
	for _, f := range feeds {
		fmt.Fprintf(&b, "  - {id: %s, url: \"%s/%s/%s\"}\n", f.id, url, f.id, filepath.Base(f.path))
	}
	b.WriteString("channels:\n  - {id: all, limit: 10000}\n")
	for _, f := range feeds {
		fmt.Fprintf(&b, "  - {id: c%s, title: %s, limit: 10000, where: 'source == \"%s\"'}\n", f.id, f.id, f.id)
	}
	return b.Bytes()
}

// TestCorpus runs the built program on every captured feed, over real HTTP.
func TestCorpus(t *testing.T) {
	feeds := realFeeds(t, corpus(t))
	o := &origin{feeds: map[string]realFeed{}}
	for _, f := range feeds {
		o.feeds[f.id] = f
	}
	server := httptest.NewServer(o)
	defer server.Close()

	dir := installCorpus(t, feeds, server.URL)
	pollCorpus(t, dir)
	t.Run("items", func(t *testing.T) { checkItems(t, dir, feeds) })
	t.Run("outputs", func(t *testing.T) { checkOutputs(t, dir) })

	before := fingerprint(t, filepath.Join(dir, "public"))
	o.fresh.Store(0)
	pollCorpus(t, dir)
	if n := o.fresh.Load(); n < int64(len(feeds)*95/100) {
		t.Errorf("%d of %d polls of the second cycle were answered with 304", n, len(feeds))
	}
	same(t, "a second poll, answered 304", before, fingerprint(t, filepath.Join(dir, "public")))
	o.ignorant.Store(true)
	pollCorpus(t, dir)
	same(t, "a third poll, answered 200 with the same documents", before, fingerprint(t, filepath.Join(dir, "public")))
	o.ignorant.Store(false)

	again := installCorpus(t, feeds, server.URL)
	pollCorpus(t, again)
	one, two := slugsOf(t, dir), slugsOf(t, again)
	if len(one) != len(two) {
		t.Errorf("two runs from scratch: %d and %d slugs", len(one), len(two))
	}
	for key, slug := range one {
		if two[key] != slug {
			t.Errorf("two runs from scratch: %s is %q and %q", key, slug, two[key])
		}
	}
}

func installCorpus(t *testing.T, feeds []realFeed, url string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), corpusConfig(feeds, url), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pollCorpus runs the program; feeds that cannot be read do not fail it.
func pollCorpus(t *testing.T, dir string) {
	t.Helper()
	c := exec.Command(built(t), "poll", "--all", "--config", filepath.Join(dir, "config.yaml"))
	began := time.Now()
	out, err := c.CombinedOutput()
	t.Logf("weir poll: %v, %.1f s CPU", time.Since(began).Round(10*time.Millisecond),
		(c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds())
	if err != nil {
		t.Fatalf("weir poll: %v\n%s", err, out)
	}
	if len(out) > 0 {
		t.Logf("%s", out)
	}
}

func openConfigured(t *testing.T, dir string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(dir, "weir.db"), bolt.Options{Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	cfg, err := config.Load(filepath.Join(dir, "config.yaml"), os.LookupEnv, config.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := new(app).wire(cfg, s, slog.New(slog.DiscardHandler), watch{}); err != nil {
		t.Fatal(err)
	}
	return s
}

// checkItems holds what was read against a count that no parser made.
func checkItems(t *testing.T, dir string, feeds []realFeed) {
	s := openConfigured(t, dir)
	defer s.Close()
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	list, err := s.Sources()
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]feed.SourceStatus{}
	for _, st := range list {
		states[st.Source.ID] = st
	}
	holding, giving, expected, found := 0, 0, 0, 0
	for _, f := range feeds {
		st := states[f.id]
		if f.items == 0 {
			continue
		}
		holding++
		expected += f.items
		found += len(st.State.Doc.Known)
		if st.State.Doc.Entries > 0 {
			giving++
		} else {
			t.Logf("%s gives nothing: %s %v", f.path, st.State.Poll.Problem.Text, st.State.Doc.Warnings)
		}
		if st.State.Poll.Failing() {
			continue
		}
		if n := len(st.State.Doc.Known); n != f.items {
			t.Logf("%s: %d items, %d expected", f.path, n, f.items)
		}
		// An item that stands twice in a document, byte for byte or by its
		// identity, is one.
		items := map[feed.Key]bool{}
		for _, k := range st.State.Doc.Known {
			items[k.Key] = true
		}
		if got := st.State.Doc.Entries + len(st.Rejections); got < len(items) && len(st.Rejections) < feed.MaxRejections {
			t.Errorf("%s: %d items, but %d entries and sightings and %d rejections",
				f.path, len(items), st.State.Doc.Entries, len(st.Rejections))
		}
		if len(items) < len(st.State.Doc.Known) {
			t.Logf("%s: %d items, %d of them different", f.path, len(st.State.Doc.Known), len(items))
		}
	}
	t.Logf("%d of %d files that hold items give entries; %d of %d items", giving, holding, found, expected)
	if giving*100 < holding*98 {
		t.Errorf("%d of %d files that hold items give entries; at least 98 %% must", giving, holding)
	}
	if found*100 < expected*98 {
		t.Errorf("%d of %d items were found", found, expected)
	}
}

// fingerprint is every file with its content and its time of change.
func fingerprint(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		files[path] = fmt.Sprintf("%x %s", sha256.Sum256(body), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func same(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	if len(before) < 100 {
		t.Errorf("%s: only %d files are published", what, len(before))
	}
	n := 0
	for path, sum := range after {
		if before[path] != sum {
			if n++; n <= 10 {
				t.Errorf("%s: %s changed or was touched", what, path)
			}
		}
	}
	if len(before) != len(after) {
		t.Errorf("%s: %d files before, %d after", what, len(before), len(after))
	}
}

// slugsOf maps every sighting to the slug of its entry.
func slugsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	s := openConfigured(t, dir)
	defer s.Close()
	slugs := map[string]string{}
	for after := feed.Cursor(""); ; {
		w, err := s.Window(feed.Query{Channel: feed.ChannelAll, After: after, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range w.Entries {
			for _, sight := range e.Sightings {
				slugs[sight.Source+" "+sight.Key.String()] = e.Slug
			}
		}
		if after = w.Next; after == "" || len(w.Entries) == 0 {
			break
		}
	}
	return slugs
}
