package article_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/article"
	"weir/feed"
)

var (
	now    = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	edited = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
)

const site = "https://planet.example.org/"

// write puts files into a directory, as edited on a day before now.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, edited, edited); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, o article.Options) *article.Folder {
	t.Helper()
	if o.SiteURL == "" {
		o.SiteURL = site
	}
	f, err := article.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func look(t *testing.T, f *article.Folder, at time.Time) *article.Result {
	t.Helper()
	res, err := f.Read(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// read reads a new folder of the files.
func read(t *testing.T, files map[string]string) *article.Result {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, files)
	return look(t, open(t, article.Options{Dir: dir}), now)
}

// one reads a folder of one file, which must become one item without a
// problem.
func one(t *testing.T, name, text string) feed.Item {
	t.Helper()
	res := read(t, map[string]string{name: text})
	if len(res.Problems) > 0 || len(res.Document.Items) != 1 {
		t.Fatalf("reading %s: %d items, problems %v; want one item and none", name, len(res.Document.Items), res.Problems)
	}
	return res.Document.Items[0]
}

// lines is how problems are compared: as they are printed.
func lines(problems []article.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	return all
}

// slugs lists a document's items.
func slugs(res *article.Result) string {
	var all []string
	for _, it := range res.Document.Items {
		all = append(all, it.Slug)
	}
	return strings.Join(all, " ")
}

func diff(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, d)
	}
}

func TestDocument(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"b.md":       "---\ntitle: Second\ndate: 2026-11-02\n---\nTwo.\n",
		"a.md":       "---\ntitle: First\ndate: 2026-11-02\ntags: [Own]\n---\nOne.\n",
		"new.md":     "---\ntitle: Newest\ndate: 2026-11-19\nauthors: [Ana]\n---\nThree.\n",
		"undated.md": "Undated\n=======\n\nBy its modification time.\n",
	})
	f := open(t, article.Options{
		Dir: dir, SiteURL: "https://planet.example.org/river",
		Source: feed.Source{ID: "local", Title: "Notes", Author: "The Editors", Tags: []string{"own", "local"}},
	})
	doc := look(t, f, now).Document

	if got, want := slugs(&article.Result{Document: doc}), "undated new a b"; got != want {
		t.Errorf("items are %q; want %q: newest first, then by slug", got, want)
	}
	diff(t, "profile", doc.Profile, feed.Profile{
		Title: "Notes", Link: "https://planet.example.org/river/", Local: true, Updated: edited,
	})
	for i, it := range doc.Items {
		if it.Position != i || it.Hash == 0 || doc.Seen[i].Hash != it.Hash {
			t.Errorf("item %d: position %d, hash %x, seen %x", i, it.Position, it.Hash, doc.Seen[i].Hash)
		}
	}
	got := doc.Items[2]
	diff(t, "item", got, feed.Item{
		Content: feed.Content{
			Title: "First", HTML: "<p>One.</p>",
			Link:    "https://planet.example.org/river/e/a/",
			Authors: []feed.Person{{Name: "The Editors"}},
			Tags:    []feed.Tag{{Term: "Own"}, {Term: "local"}},
		},
		RawID: "a", Slug: "a", SlugFrom: feed.SlugFile, Position: 2, Hash: got.Hash,
		Published: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC),
	})
	if doc.Format != "articles" || doc.Partial || len(doc.Warnings) > 0 {
		t.Errorf("format %q, partial %t, warnings %q", doc.Format, doc.Partial, doc.Warnings)
	}
}

// A bad file fails alone, and the document that lacks it proves no absence.
func TestBadFileFailsAlone(t *testing.T) {
	res := read(t, map[string]string{
		"good.md": "---\ntitle: Good\n---\nText.\n",
		"bad.md":  "---\ntitle: Bad\ndate: soon\n---\nText.\n",
	})
	if slugs(res) != "good" || !res.Document.Partial {
		t.Errorf("items %q, partial %t; want only the good one in a partial document", slugs(res), res.Document.Partial)
	}
	want := []string{"bad.md:3: date: this is no date that can be read: write 2026-11-24 or 2026-11-24T08:00:00+01:00"}
	diff(t, "problems", lines(res.Problems), want)
	diff(t, "warnings", res.Document.Warnings, want)
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, o := range []article.Options{
		{Dir: dir, SiteURL: ""},
		{Dir: dir, SiteURL: "/path"},
		{Dir: dir, SiteURL: "ftp://example.org/"},
	} {
		if _, err := article.Open(o); err == nil || !strings.Contains(err.Error(), o.Dir) {
			t.Errorf("Open(%+v) = %v; want an error that names the folder", o, err)
		}
	}
}

// A folder may be away for a while: that is an error of each look at it, and
// no reason to have no folder.
func TestFolderAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "away")
	f, err := article.Open(article.Options{Dir: dir, SiteURL: site})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(t.Context(), now); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Read = %v; want an error that names the folder", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(t.Context(), now); err != nil {
		t.Errorf("the folder is back, but Read = %v", err)
	}
}

// The slug is explicit, else the file's name, else the title; so is the id.
func TestSlug(t *testing.T) {
	for _, c := range []struct{ name, text, slug, id string }{
		{"a file name.md", "# Some title\n\nx", "a-file-name", "a-file-name"},
		{"2026-11-02-dated.md", "# Some title\n\nx", "dated", "dated"},
		{"2026-11-02.md", "# Some title\n\nx", "some-title", "some-title"},
		{"trip/index.md", "# Some title\n\nx", "trip", "trip"},
		{"2026-10-09-trip/index.md", "# Some title\n\nx", "trip", "trip"},
		{"a.md", "---\nslug: by-hand\n---\n# T\n\nx", "by-hand", "by-hand"},
		{"a.md", "---\npermalink: /2026/11/by-link.html\n---\n# T\n\nx", "by-link", "by-link"},
		{"a.md", "---\nurl: https://old.example.net/posts/by-url/\n---\n# T\n\nx", "by-url", "by-url"},
		{"a.md", "---\npermalink: /:year/:title/\n---\n# T\n\nx", "a", "a"},
		{"a.md", "---\nslug: by-hand\nurl: /other/\nid: 7f3a\n---\n# T\n\nx", "by-hand", "7f3a"},
		{"🎉🎉🎉.md", "# Party time\n\nx", "party-time", "party-time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := one(t, c.name, c.text)
			if it.Slug != c.slug || it.RawID != c.id || it.Link != site+"e/"+c.slug+"/" {
				t.Errorf("slug %q, id %q, link %q; want slug %q, id %q", it.Slug, it.RawID, it.Link, c.slug, c.id)
			}
		})
	}
	if it := one(t, "🎉.md", "# 🎉\n\nx"); !strings.HasPrefix(it.Slug, "entry-") || !feed.ValidSlug(it.Slug) {
		t.Errorf("slug %q of an article without a letter; want entry-…", it.Slug)
	}
}

// Two files with one slug or id: a problem that names both, and neither is
// published as it is now.
func TestCollisions(t *testing.T) {
	res := read(t, map[string]string{
		"a.md":     "---\ntitle: A\nslug: same\n---\nx",
		"b/b.html": "<title>B</title><meta name=slug content=same><p>x",
		"c.md":     "---\nid: \"7\"\n---\n# C\n\nx",
		"d.md":     "---\nid: 7\n---\n# D\n\nx",
		"draft.md": "---\ndraft: true\nslug: fine\n---\n# E\n\nx",
		"fine.md":  "# Fine\n\nx",
	})
	if slugs(res) != "fine" || !res.Document.Partial {
		t.Errorf("items %q, partial %t; want only fine, partial", slugs(res), res.Document.Partial)
	}
	diff(t, "problems", lines(res.Problems), []string{
		`a.md:3: slug "same" is also that of b/b.html:1: neither is published as it is now`,
		`b/b.html:1: slug "same" is also that of a.md:3: neither is published as it is now`,
		`c.md:2: id "7" is also that of d.md:2: neither is published as it is now`,
		`d.md:2: id "7" is also that of c.md:2: neither is published as it is now`,
	})
}

// Drafts are no items, scheduled articles none until their date, and expired
// ones drop out; Next is the earliest of these changes.
func TestSchedule(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"draft.md":             "---\ntitle: Draft\ndraft: true\n---\nx",
		"hidden.md":            "---\ntitle: Hidden\npublished: false\n---\nx",
		"soon.md":              "---\ntitle: Soon\ndate: 2026-11-23 15:00\n---\nx",
		"2027-01-01-later.txt": "Later\n\nNot yet.\n",
		"embargo.md":           "---\ntitle: Embargo\ndate: 2026-10-01\npublishDate: 2026-12-01\n---\nx",
		"offer.md":             "---\ntitle: Offer\ndate: 2026-11-01\nexpiryDate: 2026-11-25\n---\nx",
		"over.md":              "---\ntitle: Over\ndate: 2026-11-01\nexpiryDate: 2026-11-02\n---\nx",
	})
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, article.Options{Dir: dir, Zone: berlin})
	res := look(t, f, now)
	if slugs(res) != "offer" || res.Drafts != 2 || res.Expired != 1 {
		t.Errorf("items %q, %d drafts, %d expired; want offer, 2, 1", slugs(res), res.Drafts, res.Expired)
	}
	soon := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	diff(t, "scheduled", res.Document.Waiting, []feed.Waiting{
		{File: "soon.md", Title: "Soon", At: soon},
		{File: "embargo.md", Title: "Embargo", At: time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)},
		{File: "2027-01-01-later.txt", Title: "Later", At: time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)},
	})
	if !res.Next.Equal(soon) {
		t.Errorf("next is %v; want %v", res.Next, soon)
	}
	var seen []string
	for at := now; !res.Next.IsZero(); at = res.Next {
		res = look(t, f, at)
		seen = append(seen, slugs(res))
	}
	diff(t, "items from change to change", seen, []string{
		"offer", "soon offer", "soon", "soon embargo", "later soon embargo",
	})
}

// Reading an unchanged folder again parses nothing; an edit parses the edited
// file only, and a new version of the file keeps its id.
func TestCache(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.md": "---\nid: a1\ntitle: A\n---\nold text",
		"b.md": "# B\n\nSee [A](a.md).",
	})
	f := open(t, article.Options{Dir: dir})
	before := look(t, f, now)
	a, b := f.Parsed("a.md"), f.Parsed("b.md")
	again := look(t, f, now)
	diff(t, "unchanged folder", again, before)
	if f.Parsed("a.md") != a || f.Parsed("b.md") != b {
		t.Error("an unchanged file was parsed again")
	}

	write(t, dir, map[string]string{"a.md": "---\nid: a1\ntitle: A\nslug: renamed\n---\nnew text!"})
	after := look(t, f, now)
	if f.Parsed("a.md") == a || f.Parsed("b.md") != b {
		t.Error("want the edited file parsed again, and only that")
	}
	was, is := byFile(before, "a"), byFile(after, "renamed")
	if was.RawID != is.RawID || was.Hash == is.Hash || !strings.Contains(is.HTML, "new text") {
		t.Errorf("the edited article is %+v", is)
	}
	// B links to A, whose address moved.
	wasB, isB := byFile(before, "b"), byFile(after, "b")
	if wasB.Hash == isB.Hash || !strings.Contains(isB.HTML, site+"e/renamed/") {
		t.Errorf("the article that links to it has %q", isB.HTML)
	}

	// Touching a file changes no bytes and parses nothing.
	later := edited.Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "b.md"), later, later); err != nil {
		t.Fatal(err)
	}
	if touched := byFile(look(t, f, now), "b"); f.Parsed("b.md") != b || touched.Hash != isB.Hash {
		t.Error("a touched file was parsed again or hashed otherwise")
	}
	if err := os.Remove(filepath.Join(dir, "a.md")); err != nil {
		t.Fatal(err)
	}
	if res := look(t, f, now); slugs(res) != "b" || f.Parsed("a.md") != nil || res.Document.Partial {
		t.Errorf("after removal: items %q, partial %t", slugs(res), res.Document.Partial)
	}
}

// A file edited twice within one tick of its file system's clock is read
// again all the same.
func TestCacheDistrustsYoungFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.md": "# A\n\none"})
	f := open(t, article.Options{Dir: dir})
	look(t, f, edited.Add(time.Millisecond))
	write(t, dir, map[string]string{"a.md": "# A\n\ntwo"})
	if it := byFile(look(t, f, edited.Add(2*time.Millisecond)), "a"); it.HTML != "<p>two</p>" {
		t.Errorf("text is %q; want the second edit", it.HTML)
	}
}

func byFile(res *article.Result, slug string) feed.Item {
	for _, it := range res.Document.Items {
		if it.Slug == slug {
			return it
		}
	}
	return feed.Item{}
}

func TestManyArticlesStayDistinct(t *testing.T) {
	files := map[string]string{}
	for i := range 300 {
		files[fmt.Sprintf("d%d/n%03d.md", i%7, i)] = fmt.Sprintf("# Number %d\n\nText %d.", i, i)
	}
	res := read(t, files)
	hashes := map[uint64]bool{}
	for _, it := range res.Document.Items {
		hashes[it.Hash] = true
	}
	if len(hashes) != 300 || len(res.Problems) > 0 {
		t.Errorf("%d distinct items of 300, problems %v", len(hashes), res.Problems)
	}
}
