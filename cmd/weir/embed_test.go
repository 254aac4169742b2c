package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// rows tells of every row of the list how it runs, how its date runs, and whether
// it keeps to its place.
const rows = `[...document.querySelectorAll('li')].map(li => {
	const of = e => getComputedStyle(e)
	return [li.querySelector('a').textContent.slice(0, 5), of(li).direction, of(li.querySelector('time')).direction, of(li).overflowY].join(' ')
})`

// A headline runs as its own script does, with its source and its date, and
// accents that are stacked on each other do not cover other people's headlines.
func TestEmbedInBrowser(t *testing.T) {
	ctx, _ := browser(t)
	dir := sample(t)
	for name, title := range map[string]string{"arabic": "أخبار اليوم", "stacked": "Stack" + strings.Repeat("\u0351", 60)} {
		text := "---\ntitle: " + title + "\ndate: 2026-11-25\n---\nText.\n"
		if err := os.WriteFile(filepath.Join(dir, "articles", name+".md"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := serving(t, dir)
	if err := chromedp.Do(ctx, chromedp.Navigate(r.url+"embed/")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](rows))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"أخبار rtl ltr clip", "Stack ltr ltr clip"} {
		if !slices.Contains(got, want) {
			t.Errorf("no row is %q: %q", want, got)
		}
	}
}

// What docs/embedding.md says to paste works on a page of another origin: the
// frame shows the list, and the script reads the feed.
func TestEmbeddingSamples(t *testing.T) {
	ctx, said := browser(t)
	r := serving(t, sample(t))
	text, err := os.ReadFile(filepath.Join(repository(t), "docs", "embedding.md"))
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString("<!doctype html><meta charset=utf-8><title>Another site</title>\n")
	for rest := string(text); ; {
		_, after, found := strings.Cut(rest, "```html\n")
		if !found {
			break
		}
		block, behind, _ := strings.Cut(after, "```")
		page.WriteString(strings.ReplaceAll(block, "https://planet.example.org/", r.url))
		rest = behind
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page.String())
	}))
	defer other.Close()
	if err := chromedp.Do(ctx, chromedp.Navigate(other.URL), chromedp.WaitReady("#planet li:nth-child(5) a[href]")); err != nil {
		t.Fatalf("the script shows nothing: %v", err)
	}
	said.mu.Lock()
	defer said.mu.Unlock()
	if len(said.refused) > 0 {
		t.Errorf("refused: %v", said.refused)
	}
	// Scripts do not see into a frame of another origin; its size shows that it is there.
	frames, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`[...document.querySelectorAll('iframe')].map(f => f.getBoundingClientRect().height)`))
	if err != nil || len(frames) != 1 || frames[0] < 400 {
		t.Errorf("frames: %v, %v", frames, err)
	}
}
