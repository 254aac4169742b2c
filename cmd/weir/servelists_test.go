package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// listSite is a site with a reading list and feeds, one for each name, that tell
// one story each.
type listSite struct {
	mu    sync.Mutex
	names []string
}

func (l *listSite) lists(names ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = names
}

func (l *listSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if name := strings.TrimPrefix(r.URL.Path, "/"); name != "list.opml" {
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>%[1]s</title><link>https://%[1]s.example/</link><description>d</description>`+
			`<item><title>The story of %[1]s</title><link>https://%[1]s.example/the-story-of-%[1]s</link></item></channel></rss>`, name)
		return
	}
	fmt.Fprint(w, `<opml version="2.0"><body>`)
	for _, n := range l.names {
		fmt.Fprintf(w, `<outline text="%s" xmlUrl="http://%s/%s"/>`, n, r.Host, n)
	}
	fmt.Fprint(w, `</body></opml>`)
}

// listening serves a configuration that follows a list of the site.
func listening(t *testing.T, site *listSite, refresh string) (r *running, tells func(string) bool, weir func(...string) string) {
	t.Helper()
	web := httptest.NewServer(site)
	t.Cleanup(web.Close)
	dir := t.TempDir()
	text := fmt.Sprintf("site: {title: Stream, since: 2026-11-01}\n"+
		"poll: {floor: 0s, per_host: {delay: 0s}, allow_private: [127.0.0.1]}\nfeeds: [%[1]s/own, %[1]s/other]\n"+
		"opml: [{url: %[1]s/list.opml, id: ann, refresh: %[2]s}]\n", web.URL, refresh)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r = serving(t, dir)
	tells = func(name string) bool {
		t.Helper()
		resp, body := r.get("feed.json")
		if resp == nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("the feed is no longer served: %v", resp) // which would pass for a story that left
		}
		return strings.Contains(body, "The story of "+name)
	}
	return r, tells, func(args ...string) string {
		t.Helper()
		out, err := exec.Command(built(t), append(args, "--config", filepath.Join(dir, "config.yaml"))...).CombinedOutput()
		if err != nil {
			t.Fatalf("weir %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
}

// What a list names anew is read by a server without a restart, in its time.
func TestServerFollowsLists(t *testing.T) {
	site := new(listSite)
	site.lists("a", "b")
	_, tells, weir := listening(t, site, "1s")
	if !tells("a") || !tells("own") {
		t.Error("the list was not read before the first cycle ended")
	}
	site.lists("b", "c", "a")
	within(t, 20*time.Second, "the story of what the list names now", func() bool { return tells("c") })
	site.lists("b", "c")
	within(t, 20*time.Second, "the end of what the list names no more", func() bool { return !tells("a") })
	if out := weir("status"); !strings.Contains(out, "ann   ok     2") {
		t.Errorf("status:\n%s", out)
	}
	if out := weir("list"); strings.Count(out, " ann\n") != 2 {
		t.Errorf("list:\n%s", out)
	}
}

// A poll of everything asks the lists, too; what it confirms is put to use by
// the server: of a list, and of the configuration.
func TestPollConfirmsBesideAServer(t *testing.T) {
	site := new(listSite)
	site.lists("a", "b", "c")
	r, tells, weir := listening(t, site, "6h")
	site.lists("a")
	if out := weir("poll", "--all"); !strings.Contains(out, "list ann: it suddenly lacks 2 feeds") {
		t.Errorf("poll said %q", out)
	}
	if out := weir("status"); !strings.Contains(out, "ann   held   3") || !tells("b") {
		t.Errorf("a list that lost most is not held:\n%s", out)
	}
	weir("poll", "--yes")
	within(t, 20*time.Second, "the confirmed list", func() bool { return !tells("b") && tells("a") })

	site.lists("a", "d")
	weir("poll", "--all")
	within(t, 20*time.Second, "what the list names now", func() bool { return tells("d") })

	lost := "site: {title: Stream, since: 2026-11-01}\npoll: {floor: 0s, allow_private: [127.0.0.1]}\nfeeds: [\"http://127.0.0.1:9/x\"]\n"
	if err := os.WriteFile(filepath.Join(r.dir, "config.yaml"), []byte(lost), 0o600); err != nil {
		t.Fatal(err)
	}
	// The one source that is left cannot be read, which the exit code tells.
	_ = exec.Command(built(t), "poll", "--yes", "--config", filepath.Join(r.dir, "config.yaml")).Run()
	within(t, 20*time.Second, "the confirmed configuration", func() bool { return !tells("a") && !tells("own") })
}
