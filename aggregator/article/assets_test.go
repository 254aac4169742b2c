package article_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/aggregator/article"
	"weir/feed"
)

// Files of the folder that an article points at are published beside it, and
// links to other articles' files become their permalinks.
func TestAssets(t *testing.T) {
	res := read(t, map[string]string{
		"trip/index.md": `---
title: Trip
image: ../shared/map.png
authors: {name: Ana, avatar: /ana.jpg}
enclosure: {url: ride.mp3, duration: 61}
---
![One](one.png) and ![two](./more/one.png) and ![again](one.png)

<img src="/shared/map.png" srcset="one.png 1x, more/one.png 2x">
<video poster="more/one.png" src="https://cdn.example.net/v.mp4"></video>

[Before](../before.md#how "b"), [folder](../other/), [report](my%20report.pdf), [here](#here),
[away](https://example.net/one.png), [mail](mailto:ana@example.org), [page](/about/)
`,
		"before.md":          "---\nslug: long-before\n---\n# Before\n\nx",
		"other/index.html":   "<h1>Other</h1><p>x",
		"trip/one.png":       "1",
		"trip/more/one.png":  "22",
		"trip/ride.mp3":      "333",
		"trip/my report.pdf": "4444",
		"trip/unused.png":    "5",
		"shared/map.png":     "666666",
		"ana.jpg":            "7777777",
	})
	diff(t, "problems", lines(res.Problems), []string(nil))
	it := byFile(res, "trip")
	base := site + "e/trip/"
	asset := func(name, path, text string) feed.Asset {
		return feed.Asset{Name: name, Path: path, Size: int64(len(text)), Sum: sha256.Sum256([]byte(text))}
	}
	hashed := func(stem, path, ext string) string {
		return fmt.Sprintf("%s-%x%s", stem, sha256.Sum256([]byte(path)), ext)[:len(stem)+13] + ext
	}
	second := hashed("one", "trip/more/one.png", ".png")
	report := hashed("my-report", "trip/my report.pdf", ".pdf")
	diff(t, "assets", it.Assets, []feed.Asset{
		asset("one.png", "trip/one.png", "1"),
		asset(second, "trip/more/one.png", "22"),
		asset("map.png", "shared/map.png", "666666"),
		asset(report, "trip/my report.pdf", "4444"),
		asset("ride.mp3", "trip/ride.mp3", "333"),
		asset("ana.jpg", "ana.jpg", "7777777"),
	})
	for _, want := range []string{
		`src="` + base + `one.png"`, `src="` + base + second + `"`, `src="` + base + `map.png"`,
		base + `one.png 1x`, base + second + ` 2x`, `poster="` + base + second + `"`,
		`href="` + site + `e/long-before/#how"`, `href="` + site + `e/other/"`, `href="` + base + report + `"`,
		`href="https://example.net/one.png"`, `href="mailto:ana@example.org"`, `href="` + site + `about/"`,
	} {
		if !strings.Contains(it.HTML, want) {
			t.Errorf("text lacks %s:\n%s", want, it.HTML)
		}
	}
	if strings.Contains(it.HTML, "#here") {
		t.Errorf("a jump to nowhere is left:\n%s", it.HTML)
	}
	if it.Image != base+"map.png" || it.Authors[0].Avatar != base+"ana.jpg" {
		t.Errorf("image %q, avatar %q", it.Image, it.Authors[0].Avatar)
	}
	diff(t, "attachments", it.Attachments, []feed.Attachment{
		{URL: base + "ride.mp3", Type: "audio/mpeg", Length: 3, Duration: 61e9},
	})
}

// What cannot be published beside an article is pointed out; among it is
// everything that a browser would run on the site's own origin (XE10).
func TestNoAssets(t *testing.T) {
	res := read(t, map[string]string{
		"a.md":   "# A\n\n![a](x.svg) ![b](gone.png) [c](run.js) [d](.env) [e](../../etc/passwd) [f](b.md) [g](gone.md) [h](%2e%2e/x)",
		"x.svg":  "<svg/>",
		"run.js": "x()",
		".env":   "SECRET=1",
		"b.md":   "---\nslug: B B\n---\nx",
	})
	var about []string
	for _, l := range lines(res.Problems) {
		if rest, ok := strings.CutPrefix(l, "a.md: "); ok {
			about = append(about, rest)
		}
	}
	diff(t, "warnings", about, []string{
		"x.svg is of a kind that is not published beside articles",
		"gone.png does not exist",
		"run.js is of a kind that is not published beside articles",
		".env is hidden or unfinished and not published",
		"../../etc/passwd lies outside the folder",
		"b.md is no readable article",
		"gone.md does not exist",
		"%2e%2e/x lies outside the folder",
	})
	if it := byFile(res, "a"); len(it.Assets) > 0 {
		t.Errorf("assets are %v; want none", it.Assets)
	}
}

// A changed asset changes the article's hash, although its text stays.
func TestAssetChanges(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.md": "# A\n\n![x](x.png)", "x.png": "old"})
	f := open(t, article.Options{Dir: dir})
	before := look(t, f, now).Document.Items[0]
	write(t, dir, map[string]string{"x.png": "newer"})
	after := look(t, f, now).Document.Items[0]
	if before.Hash == after.Hash || after.Assets[0].Size != 5 || before.HTML != after.HTML {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if err := os.Remove(filepath.Join(dir, "x.png")); err != nil {
		t.Fatal(err)
	}
	res := look(t, f, now)
	diff(t, "problems", lines(res.Problems), []string{"a.md: x.png does not exist"})
	if gone := res.Document.Items[0]; len(gone.Assets) > 0 || gone.Hash == after.Hash {
		t.Errorf("after removal: %+v", gone)
	}
}
