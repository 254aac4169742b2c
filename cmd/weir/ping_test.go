package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// told is what publishers named at a hub, in order and each once.
func (h *hub) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := slices.Clone(h.published)
	slices.Sort(all)
	return slices.Compact(all)
}

// W15, XI14: hubs that are configured, and no others, are told of feeds that
// changed; what is published names them. One that is away delays nothing.
func TestHubIsTold(t *testing.T) {
	h, source := newHub(t), newHub(t)
	h.trusted()
	site := newPushSite(t, source.server.URL+"/")
	dir := t.TempDir()
	text := fmt.Sprintf("site: {title: Stream, url: \"https://stream.example.org/\", since: 2026-11-01, hubs: [\"https://127.0.0.1:9/\", %s]}\n"+
		"output: public\npoll: {floor: 0s, per_host: {delay: 0s}, allow_private: [127.0.0.1]}\n"+
		"channels: [{id: all}, {id: none, where: 'title == \"nothing\"'}]\nfeeds: [{url: %s/feed, id: site, every: 6h}]\n", h.server.URL, site.server.URL)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	weir := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(built(t), append(args, "--config", filepath.Join(dir, "config.yaml"))...).CombinedOutput()
		if err != nil {
			t.Fatalf("weir %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := weir("poll"); !strings.Contains(out, "the hub https://127.0.0.1:9/ was not told of changes") {
		t.Errorf("a hub that is away: %q", out)
	}
	if got := h.told(); len(got) != 6 {
		t.Errorf("after the first poll the hub was told of %v", got)
	}
	h.set(func(h *hub) { h.published = nil })
	if weir("poll", "--all"); len(h.told()) != 0 {
		t.Errorf("after a poll that changed nothing the hub was told of %v", h.told())
	}

	r := serving(t, dir)
	resp, body := r.get("atom.xml")
	if want := `<link href="` + h.server.URL + `" rel="hub">`; !strings.Contains(body, want) {
		t.Errorf("atom.xml has no %s", want)
	}
	if link := resp.Header.Get("Link"); !strings.Contains(link, `<`+h.server.URL+`>; rel="hub"`) || !strings.Contains(link, `rel="self"`) {
		t.Errorf("Link: %s", link)
	}
	if _, body := r.get("rss.xml"); !strings.Contains(body, `href="`+h.server.URL+`" rel="hub"`) {
		t.Error("rss.xml names no hub")
	}
	if _, body := r.get("feed.json"); !strings.Contains(body, `"hubs":[{"type":"WebSub","url":"https://127.0.0.1:9/"},{"type":"WebSub","url":"`+h.server.URL+`"}]`) {
		t.Errorf("feed.json names no hub: %.600s", body)
	}
	site.add("The second")
	began := time.Now()
	weir("poll", "--all")
	within(t, 5*time.Second, "the story, whatever hubs do", func() bool { return r.tells("The second") })
	t.Logf("asked to served: %v", time.Since(began))
	within(t, 60*time.Second, "the hub to be told", func() bool { return len(h.told()) == 3 })
	want := []string{"https://stream.example.org/atom.xml", "https://stream.example.org/feed.json", "https://stream.example.org/rss.xml"}
	if got := h.told(); !slices.Equal(got, want) {
		t.Errorf("told of %v, want %v", got, want)
	}
	time.Sleep(11 * time.Second) // A second attempt would come by then.
	h.mu.Lock()
	if n := len(h.published); n != 3 {
		t.Errorf("told %d times of 3 feeds", n)
	}
	h.mu.Unlock()
	if len(source.told()) != 0 {
		t.Error("a hub that a source names was told of us")
	}
}
