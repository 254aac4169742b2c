package main

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

// browser returns a tab of a headless Chromium and what its console says, or
// skips: .ci/run installs it and sets WEIR_BROWSER.
func browser(t *testing.T) (context.Context, *console) {
	t.Helper()
	if os.Getenv("WEIR_BROWSER") == "" {
		t.Skip("pages are looked at in a browser where WEIR_BROWSER is set")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, chromedp.ExecPath("/usr/bin/chromium"), chromedp.Headless,
		chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
	)
	t.Cleanup(cancel)
	said := &console{}
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(said.listen))
	t.Cleanup(cancel)
	if _, err := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return ctx, said
}

// console collects what a page's policy refuses.
type console struct {
	mu      sync.Mutex
	refused []string
}

func (c *console) listen(e any) {
	entry, ok := e.(*cdplog.EventEntryAdded)
	if !ok || !strings.Contains(entry.Entry.Text, "Content Security Policy") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = append(c.refused, entry.Entry.Text)
}

// TestPagesInBrowser looks at every kind of page as a person would: narrow and
// wide, light and dark. Nothing may overflow or be refused by the page's own
// policy, and feeds must be found from the page.
func TestPagesInBrowser(t *testing.T) {
	ctx, said := browser(t)
	r := serving(t, shortened(t))
	for _, path := range []string{"", "page/1/", "subscribe/", "embed/", "e/south-korea-ai-infrastructure-tech-hub/"} {
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				look(t, ctx, r.url, path, width, scheme)
			}
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(r.url)); err != nil {
		t.Fatal(err)
	}
	feeds, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](alternates))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{r.url + "rss.xml", r.url + "atom.xml", r.url + "feed.json"}
	if strings.Join(feeds, " ") != strings.Join(want, " ") {
		t.Errorf("the page leads to %v, want %v", feeds, want)
	}
	said.mu.Lock()
	defer said.mu.Unlock()
	for _, c := range said.refused {
		t.Error(c)
	}
}

// look opens one page in one window and one colour scheme.
func look(t *testing.T, ctx context.Context, base, path string, width int64, scheme string) {
	t.Helper()
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(base+path)); err != nil {
		t.Fatalf("/%s: %v", path, err)
	}
	overflow, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil {
		t.Fatal(err)
	}
	if overflow > 0 {
		t.Errorf("/%s at %d px: %d px wider than the window", path, width, overflow)
	}
	brightness, err := chromedp.Run(ctx, chromedp.Evaluate[float64](brightnessOf))
	if err != nil {
		t.Fatal(err)
	}
	if (brightness < 128) != (scheme == "dark") {
		t.Errorf("/%s in %s: the background's brightness is %.0f", path, scheme, brightness)
	}
}

const (
	alternates   = `[...document.querySelectorAll('head link[rel=alternate][type]')].map(l => l.href).slice(0, 3)`
	brightnessOf = `(() => {
		for (const e of [document.body, document.documentElement]) {
			const c = getComputedStyle(e).backgroundColor.match(/[\d.]+/g).map(Number);
			if (c.length < 4 || c[3] > 0) return (c[0] + c[1] + c[2]) / 3;
		}
		return matchMedia('(prefers-color-scheme: dark)').matches && getComputedStyle(document.documentElement).colorScheme.includes('dark') ? 0 : 255;
	})()`
)
