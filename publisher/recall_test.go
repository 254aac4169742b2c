package publisher_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/publisher"
)

// seedOf is what documents are to remember of an entry.
func seedOf(e feed.Placed) feed.Seed {
	s := feed.Seed{Slug: e.Slug, ID: e.ID, Published: e.Published, Updated: e.Updated, FirstSeen: e.FirstSeen, Place: e.Place}
	for _, sg := range e.Sightings {
		if !sg.Key.IsZero() {
			s.Tellings = append(s.Tellings, feed.Telling{Source: sg.Source, Key: sg.Key})
		}
	}
	return s
}

// Documents remember all that makes an entry the one that it was (J10), and
// once they were asked nobody takes them for those of the next store.
func TestRecall(t *testing.T) {
	late := entry("late", "radio", "urn:late", "2026-10-01T09:00:00.000007Z")
	late.Title, late.Place, late.Updated = "Late", at("2026-11-20T09:00:00.000003Z"), at("2026-11-21T09:00:00Z")
	late.Sightings = append(late.Sightings, feed.Sighting{Source: "cafe", Key: feed.Key{9}}, feed.Sighting{Source: "go-notes", Key: feed.Key{8, 8}})
	shelf := library()
	shelf.put("all", late, blogPost(), podcast(), untitled())
	shelf.put("go", blogPost())
	s := render(t, newPublisher(t, options(), shelf))
	dir := t.TempDir()
	write(t, dir, s)
	got, err := publisher.Recall(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []feed.Seed{seedOf(late), seedOf(blogPost()), seedOf(podcast()), seedOf(untitled())}
	order := func(a, b feed.Seed) int { return cmp.Compare(a.Slug, b.Slug) }
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("seeds (-want +got):\n%s", diff)
	}
	if publisher.Current(dir, "config-1", s.Revisions()) {
		t.Error("the folder is still taken for what a store published")
	}
	if again, err := publisher.Recall(dir); err != nil || len(again) != len(want) {
		t.Errorf("a second Recall = %d seeds, %v; want the same again", len(again), err)
	}
	if changed := write(t, dir, s); len(changed) != 0 {
		t.Errorf("changed = %v; want nothing, the files are right", changed)
	}
}

// Where nobody published there is nothing to recall, and a document that is
// not as it was written tells nothing.
func TestRecallWhatIsOurs(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		if got, err := publisher.Recall(path); err != nil || got != nil {
			t.Errorf("Recall(%s) = %v, %v; want nothing", path, got, err)
		}
	}
	write(t, dir, render(t, newPublisher(t, options(), library())))
	path := filepath.Join(dir, "feed.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "how-weirs-work", "how-weirs-burn", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := publisher.Recall(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if s.Slug != blogPost().Slug {
			t.Errorf("%s was recalled from a document that somebody changed", s.Slug)
		}
	}
	if len(got) != 1 {
		t.Errorf("%d seeds; want the one of the channel whose document is right", len(got))
	}
}

// recalled returns what a folder tells whose one document holds text, as if it
// had been left in the midst of writing.
func recalled(t testing.TB, text string) []feed.Seed {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		".weir.json": `{"weir":1,"version":"1","digest":"d","complete":false,"revisions":{}` + ",\n" + `"files":{"feed.json":"00","../feed.json":"00"}}`,
		"feed.json":  text,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	seeds, err := publisher.Recall(dir)
	if err != nil {
		t.Fatal(err)
	}
	return seeds
}

const goodItem = `{"id": "urn:1", "date_published": "2026-10-01T00:00:00Z", "_weir": {"slug": "one", "source": {"id": "a"}, "key": "00112233445566778899aabbccddeeff", "first_seen": "2026-10-02T00:00:00Z"}}`

// hostile documents hold one good item at most.
var hostile = map[string]int{
	``: 0, `[]`: 0, `{"items": {}}`: 0, `{"items": [`: 0, `{"_weir": {"items": [` + goodItem + `]}}`: 0,
	`{"items": [` + goodItem:                                                                        1,
	`{"items": [` + goodItem + `, 7, ` + goodItem + `]}`:                                            1,
	`{"items": [` + goodItem + `, ` + goodItem + `]}`:                                               1,
	`{"items": [` + strings.Replace(goodItem, `"one"`, `"../one"`, 1) + `]}`:                        0,
	`{"items": [` + strings.Replace(goodItem, `urn:1`, strings.Repeat("x", 5000), 1) + `]}`:         0,
	`{"items": [` + strings.Replace(goodItem, `ddeeff`, `ddee`, 1) + `]}`:                           0,
	`{"items": [` + strings.Replace(goodItem, `ddeeff`, `ddeegg`, 1) + `]}`:                         0,
	`{"items": [` + strings.Replace(goodItem, `2026-10-01`, `0026-10-01`, 1) + `]}`:                 0,
	`{"items": [` + strings.Replace(goodItem, `2026-10-02`, `tomorrow`, 1) + `]}`:                   0,
	`{"items": [` + strings.Replace(goodItem, `"id": "a"`, `"id": "A B"`, 1) + `]}`:                 0,
	`{"items": ` + strings.Repeat(`[`, 100000):                                                      0,
	`{"items": [` + strings.Replace(goodItem, `"key"`, `"also": [`+many(65)+`], "key"`, 1) + `]}`:   0,
	`{"items": [` + strings.Replace(goodItem, `"key"`, `"also": [{}, 1], "key"`, 1) + `]}`:          0,
	`{"items": [` + strings.Replace(goodItem, `"key"`, `"also": [{}, {}], "key"`, 1) + `]}`:         1,
	`{"items": [` + strings.Replace(goodItem, `"_weir"`, `"content_html": "x", "_weir"`, 1) + `]}`:  1,
	strings.Repeat(" ", 1000) + `{"title": {"items": []}, "x": [[1]], "items": [` + goodItem + `]}`: 1,
}

func many(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"source": {"id": "s"}, "key": "%032x"}`, i+1))
	}
	return strings.Join(list, ",")
}

// Whatever lies in the output, only what an entry can have been is recalled.
func TestRecallHostile(t *testing.T) {
	for text, want := range hostile {
		if got := recalled(t, text); len(got) != want {
			t.Errorf("%.120s…: %d seeds; want %d", text, len(got), want)
		}
	}
}

func FuzzRecall(f *testing.F) {
	for text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range recalled(t, text) {
			if !s.Valid() {
				t.Errorf("no entry can have been %+v", s)
			}
		}
	})
}

// What was removed is remembered by the manifest, without a word of the story,
// the newest of it, and comes before documents that a writing left behind
// (J10, I21).
func TestRecallRemoved(t *testing.T) {
	gone := blogPost().Entry
	gone.State, gone.StateSince, gone.Title = feed.StateRemoved, at("2026-11-21T10:00:00.000007Z"), "Unsayable"
	shelf := library()
	dir := t.TempDir()
	shelf.put("all", blogPost(), podcast())
	shelf.put("go")
	write(t, dir, render(t, newPublisher(t, options(), shelf)))
	old, err := os.ReadFile(filepath.Join(dir, "feed.json"))
	if err != nil {
		t.Fatal(err)
	}
	shelf.removed = []feed.Entry{gone}
	shelf.put("all", podcast())
	write(t, dir, render(t, newPublisher(t, options(), shelf)))
	manifest, err := os.ReadFile(filepath.Join(dir, ".weir.json"))
	if err != nil || strings.Contains(string(manifest), gone.Slug) || strings.Contains(string(manifest), gone.Title) || strings.Contains(string(manifest), gone.ID) {
		t.Errorf("the manifest tells what was removed (%v):\n%s", err, manifest)
	}
	removal := feed.Seed{Removed: gone.StateSince, Place: gone.StateSince, Tellings: seedOf(blogPost()).Tellings}
	want := []feed.Seed{removal, seedOf(podcast())}
	for range 2 { // the second time after it was made to say that it is unfinished
		got, err := publisher.Recall(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("seeds (-want +got):\n%s", diff)
		}
		// A kill in between left what was published before.
		if err := os.WriteFile(filepath.Join(dir, "feed.json"), old, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A list of removals that nothing could have written costs nothing else.
func TestRecallOddRemovals(t *testing.T) {
	key := strings.Repeat("ab", 16)
	for list, want := range map[string]int{
		`[]`: 0, `{}`: 0, `7`: 0, `[7]`: 0, `[{"when":"2026-11-21T10:00:00Z","tellings":[]}]`: 0,
		`[{"when":"2026-11-21T10:00:00Z","tellings":["a ` + key + `"]}]`:                                1,
		`[{"when":"2026-11-21T10:00:00Z","tellings":["a ` + key + `0"]}]`:                               1,
		`[{"when":"2026-11-21T10:00:00Z","tellings":["a","A b ` + key + `"]}]`:                          0,
		`[{"when":"0001-01-01T00:00:00Z","tellings":["a ` + key + `"]}]`:                                0,
		`[{"when":"2026-11-21T10:00:00Z","tellings":[` + strings.Repeat(`"a `+key+`",`, 100) + `"a"]}]`: 1,
	} {
		dir := t.TempDir()
		text := `{"weir":3,"version":"1","digest":"d","complete":false,"revisions":{}` + ",\n" + `"files":{"feed.json":"00"},"removed":` + list + `}`
		feedText := `{"items": [` + goodItem + `]}`
		for name, text := range map[string]string{".weir.json": text, "feed.json": feedText} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if seeds, err := publisher.Recall(dir); err != nil || len(seeds) != want+1 {
			t.Errorf("%s: %d seeds, %v; want %d", list, len(seeds), err, want+1)
		}
	}
}
