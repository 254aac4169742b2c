package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/feed"
)

// growing is a site whose feeds gain an item each time it is told to.
type growing struct {
	mu    sync.Mutex
	feeds int
	items int
}

func (g *growing) grow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.items++
}

func (g *growing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	items := g.items
	g.mu.Unlock()
	n, err := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
	if err != nil || n >= g.feeds {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf(`"%d-%d"`, n, items)
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<rss version="2.0"><channel><title>Feed %d</title><link>https://site%d.example/</link><description>d</description>`, n, n)
	for i := items - 1; i >= 0; i-- {
		at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour)
		fmt.Fprintf(w, `<item><guid isPermaLink="false">tag:site%d.example,2026:%d</guid><title>Number %d of the feed called %d</title>`+
			`<link>https://site%d.example/posts/%d-%d</link><pubDate>%s</pubDate><description>&lt;p&gt;%s&lt;/p&gt;</description></item>`,
			n, i, i, n, n, n, i, at.Format(time.RFC1123Z), strings.Repeat(fmt.Sprintf("word%d-%d ", n, i), 60))
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// kills is how many times the program is killed: a few in a normal run, as
// many as WEIR_KILLS says in CI.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("WEIR_KILLS")); err == nil && n > 0 {
		return n
	}
	return 8
}

// TestKill kills `weir poll` with SIGKILL at random moments while its sources
// grow, and looks whether anything is lost, doubled or torn (XK01, XJ07).
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills take a while; left out of short runs")
	}
	site := &growing{feeds: 6, items: 3}
	server := httptest.NewServer(site)
	defer server.Close()
	dir := t.TempDir()
	config := killConfig(server.URL, site.feeds)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	longest, killed := 400*time.Millisecond, 0
	for round := 0; killed < kills(); round++ {
		if round > 20*kills() {
			t.Fatalf("only %d of %d kills hit a running program", killed, kills())
		}
		site.grow()
		c := exec.Command(built(t), "poll", "--all", "--config", filepath.Join(dir, "config.yaml"))
		began := time.Now()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(longest))), func() { _ = c.Process.Kill() })
		err := c.Wait()
		timer.Stop()
		var exit *exec.ExitError
		if errors.As(err, &exit) && !exit.Exited() {
			killed++
		} else if err != nil {
			t.Fatalf("round %d: %v", round, err)
		} else {
			longest = max(time.Since(began), 20*time.Millisecond)
		}
		whole(t, filepath.Join(dir, "public"))
	}
	pollCorpus(t, dir)
	t.Logf("%d kills", killed)
	nothingLost(t, dir, site)
}

func killConfig(url string, feeds int) []byte {
	var b bytes.Buffer
	b.WriteString(`site: {title: Kill, url: "https://kill.example.org/", since: "2026-11-24"}
store: weir.db
output: public
poll: {floor: 0s, per_host: {concurrency: 8, delay: 0s}, allow_private: [127.0.0.1]}
feeds:
`)
	for i := range feeds {
		fmt.Fprintf(&b, "  - {id: s%d, url: \"%s/%d\"}\n", i, url, i)
	}
	b.WriteString("channels:\n  - {id: all, limit: 10000}\n  - {id: some, where: 'source == \"s1\"', limit: 10000}\n")
	return b.Bytes()
}

// whole checks that what is published is never half a document.
func whole(t *testing.T, public string) {
	t.Helper()
	for _, name := range []string{"rss.xml", "atom.xml", "feed.json", "some/rss.xml", "some/feed.json"} {
		body, err := os.ReadFile(filepath.Join(public, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".json") {
			if !json.Valid(body) {
				t.Fatalf("%s is torn", name)
			}
		} else if err := wellFormed(body); err != nil {
			t.Fatalf("%s is torn: %v", name, err)
		}
	}
}

func nothingLost(t *testing.T, dir string, site *growing) {
	t.Helper()
	s := openConfigured(t, dir)
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 10000})
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range missing(w.Entries, site.feeds, site.items) {
		t.Error(complaint)
	}
	want := site.feeds * site.items
	published, err := os.ReadFile(filepath.Join(dir, "public", "feed.json"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := strictJSON(published); err != nil || len(list) != want {
		t.Errorf("published: %d entries, %v; want %d", len(list), err, want)
	}
}

// missing compares what a store holds with what was told: every item once, and
// arrival numbers without a gap.
func missing(entries []feed.Placed, feeds, items int) (complaints []string) {
	seen, arrivals := map[string]int{}, map[uint64]bool{}
	for _, e := range entries {
		seen[e.ID]++
		arrivals[e.Arrival] = true
	}
	if want := feeds * items; len(entries) != want {
		complaints = append(complaints, fmt.Sprintf("%d entries; %d items were told", len(entries), want))
	}
	for n := range feeds {
		for i := range items {
			if id := fmt.Sprintf("tag:site%d.example,2026:%d", n, i); seen[id] != 1 {
				complaints = append(complaints, fmt.Sprintf("%s is there %d times", id, seen[id]))
			}
		}
	}
	for n := uint64(1); n <= uint64(len(entries)); n++ {
		if !arrivals[n] {
			complaints = append(complaints, fmt.Sprintf("arrival number %d is missing", n))
		}
	}
	return complaints
}

// TestKillNotices is the negative control of TestKill: a lost entry, a doubled
// one, a gap in the arrivals and a torn document are each seen.
func TestKillNotices(t *testing.T) {
	var sound []feed.Placed
	for n := range 2 {
		for i := range 3 {
			sound = append(sound, feed.Placed{
				Entry: feed.Entry{ID: fmt.Sprintf("tag:site%d.example,2026:%d", n, i)}, Arrival: uint64(len(sound) + 1),
			})
		}
	}
	if c := missing(sound, 2, 3); len(c) > 0 {
		t.Fatalf("a sound store: %v", c)
	}
	doubled := append(slices.Clone(sound[:5]), sound[4])
	gap := slices.Clone(sound)
	gap[3].Arrival = 9
	for what, entries := range map[string][]feed.Placed{"lost": sound[1:], "doubled": doubled, "gap": gap} {
		if len(missing(entries, 2, 3)) == 0 {
			t.Errorf("%s: not noticed", what)
		}
	}
	if wellFormed([]byte(`<rss version="2.0"><channel><title>to`)) == nil {
		t.Error("a torn document: not noticed")
	}
}
