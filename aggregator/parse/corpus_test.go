package parse_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"
	"unicode/utf8"

	"weir/aggregator/parse"
)

// corpus finds the feeds of real sites that are kept outside the repository.
func corpus(t testing.TB) string {
	dir := os.Getenv("WEIR_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "expected-items.json")); err != nil {
		t.Skipf("no corpus: set WEIR_CORPUS to a folder with feeds/ and expected-items.json (%v)", err)
	}
	return dir
}

type expectation struct {
	N int `json:"n"`
	// WellFormed is true, or says what a strict parser stumbles over.
	WellFormed any    `json:"wf"`
	Class      string `json:"cls"`
	Kind       string `json:"kind"`
}

func expectations(t testing.TB, dir string) (map[string]expectation, []string) {
	raw, err := os.ReadFile(filepath.Join(dir, "expected-items.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]expectation
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(want))
	for name := range want {
		names = append(names, name)
	}
	sort.Strings(names)
	return want, names
}

// Every item of a real feed ends as an item or as a rejection, and nearly all
// as items; what is no feed is refused.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	want, names := expectations(t, dir)
	var files, holding, giving, complete, items, rejected, total int
	var readable, broken, mended, conf, confRead int
	var slowest time.Duration
	for _, name := range names {
		w := want[name]
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		doc, err := parse.Read(body, parse.Options{Location: "https://example.org/feeds/" + name})
		slowest = max(slowest, time.Since(start))
		switch {
		case w.Class == "neg":
			if !errors.Is(err, parse.ErrNotFeed) {
				t.Errorf("%s is no feed, but was read: %v", name, err)
			}
			continue
		case err != nil:
			if w.Class == "real" || w.N > 0 && w.Kind != "" {
				t.Logf("%s (%s, %d items): %v", name, w.Class, w.N, err)
			}
		default:
			for i := range doc.Items {
				if it := &doc.Items[i]; !utf8.ValidString(it.Title) || !utf8.ValidString(it.HTML) {
					t.Errorf("%s: item %d is not UTF-8", name, i)
				}
			}
		}
		if w.Class != "real" {
			conf++
			if err == nil {
				confRead++
			}
			if err == nil && len(doc.Items)+len(doc.Rejected) != w.N {
				t.Logf("%s (%s): %d items and %d rejections of %d", name, w.Class, len(doc.Items), len(doc.Rejected), w.N)
			}
			continue
		}
		files++
		total += w.N
		if w.Kind != "json" && w.WellFormed != true {
			broken++
			if err == nil {
				mended++
			}
		}
		if w.N > 0 {
			holding++
		}
		if err != nil {
			continue
		}
		readable++
		items += len(doc.Items)
		rejected += len(doc.Rejected)
		if w.N > 0 && len(doc.Items) > 0 {
			giving++
		}
		if len(doc.Items)+len(doc.Rejected) == w.N {
			complete++
		} else {
			t.Logf("%s: %d items and %d rejections of %d", name, len(doc.Items), len(doc.Rejected), w.N)
		}
		for _, r := range doc.Rejected {
			t.Logf("%s: rejected %q %s: %s", name, r.Title, r.Link, r.Reason)
		}
	}
	t.Logf("%d of %d real files read, %d of %d with items gave items, %d complete; %d items and %d rejections of %d; slowest file %v",
		readable, files, giving, holding, complete, items, rejected, total, slowest)
	t.Logf("%d of %d real files that are not well-formed read; %d of %d files that others test with", mended, broken, confRead, conf)
	if readable < files-2 || mended < broken-1 {
		t.Errorf("only %d of %d real files were read, and %d of %d that are not well-formed", readable, files, mended, broken)
	}
	if items*1000 < total*995 {
		t.Errorf("only %d of %d items were read", items, total)
	}
	if complete < files-2 {
		t.Errorf("only %d of %d real files were complete", complete, files)
	}
	if confRead*1000 < conf*985 {
		t.Errorf("only %d of %d files that others test with were read", confRead, conf)
	}
}
