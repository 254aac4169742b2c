package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestNewsboatTakesDeltas has newsboat, which asks for deltas by itself, read a
// feed that grows: it is sent only what is new (D2), and shows all of it.
func TestNewsboatTakesDeltas(t *testing.T) {
	program := reader(t, "newsboat")
	dir := sample(t)
	r := serving(t, dir)
	var mu sync.Mutex
	var answers []string
	target, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(resp *http.Response) error {
		mu.Lock()
		defer mu.Unlock()
		answers = append(answers, fmt.Sprintf("%d %s", resp.StatusCode, resp.Header.Get("IM")))
		return nil
	}
	front := httptest.NewServer(proxy)
	defer front.Close()
	home := t.TempDir()
	for file, text := range map[string]string{"urls": front.URL + "/atom.xml\n", "config": "download-timeout 5\n"} {
		if err := os.WriteFile(filepath.Join(home, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func() string {
		t.Helper()
		if out, err := newsboat(program, home, "reload").CombinedOutput(); err != nil {
			t.Fatalf("newsboat: %v\n%s", err, out)
		}
		out, err := newsboat(program, home, "print-unread").CombinedOutput()
		if err != nil {
			t.Fatalf("newsboat: %v\n%s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	read() // newsboat keeps tags from the second time on
	var before int
	if _, err := fmt.Sscan(read(), &before); err != nil || before == 0 {
		t.Fatalf("newsboat shows %d articles: %v", before, err)
	}
	text := "Title: Fresh from the river\nSlug: fresh-from-the-river\n\nIt came after all the others, and is short.\n"
	if err := os.WriteFile(filepath.Join(dir, "articles", "fresh.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the new article", func() bool { return r.tells("Fresh from the river") })
	if got, want := read(), fmt.Sprintf("%d unread articles", before+1); got != want {
		t.Errorf("newsboat says %q, want %q", got, want)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Contains(answers, "226 feed") {
		t.Errorf("newsboat was answered %v", answers)
	}
}
