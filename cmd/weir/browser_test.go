package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	cdplog "github.com/chromedp/cdproto/log"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser returns a headless Chromium, or skips: .ci/run installs it and sets
// WEIR_BROWSER.
func browser(t *testing.T) context.Context {
	t.Helper()
	if os.Getenv("WEIR_BROWSER") == "" {
		t.Skip("pages are looked at in a browser where WEIR_BROWSER is set")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// TestPagesInBrowser looks at every kind of page as a person would: narrow and
// wide, light and dark. Nothing may overflow or be refused by the page's own
// policy, and feeds must be found from the page.
func TestPagesInBrowser(t *testing.T) {
	ctx := browser(t)
	r := serving(t, sample(t))
	var complaints []string
	chromedp.ListenTarget(ctx, func(e any) {
		if entry, ok := e.(*cdplog.EventEntryAdded); ok && strings.Contains(entry.Entry.Text, "Content Security Policy") {
			complaints = append(complaints, entry.Entry.Text)
		}
	})
	for _, path := range []string{"", "embed/", "e/south-korea-ai-infrastructure-tech-hub/"} {
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				var overflow int64
				var brightness float64
				err := chromedp.Run(ctx,
					emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
					chromedp.EmulateViewport(width, 800),
					chromedp.Navigate(r.url+path),
					chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &overflow),
					chromedp.Evaluate(brightnessOf, &brightness),
				)
				if err != nil {
					t.Fatalf("/%s: %v", path, err)
				}
				if overflow > 0 {
					t.Errorf("/%s at %d px: %d px wider than the window", path, width, overflow)
				}
				if dark := brightness < 128; dark != (scheme == "dark") {
					t.Errorf("/%s in %s: the background's brightness is %.0f", path, scheme, brightness)
				}
			}
		}
	}
	var feeds []string
	if err := chromedp.Run(ctx, chromedp.Navigate(r.url), chromedp.Evaluate(alternates, &feeds)); err != nil {
		t.Fatal(err)
	}
	want := []string{r.url + "rss.xml", r.url + "atom.xml", r.url + "feed.json"}
	if strings.Join(feeds, " ") != strings.Join(want, " ") {
		t.Errorf("the page leads to %v, want %v", feeds, want)
	}
	for _, c := range complaints {
		t.Error(c)
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
