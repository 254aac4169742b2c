package aggregator_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"weir/aggregator"
	"weir/aggregator/parse"
	"weir/feed"
)

// fragile reads as the parser does, but for the documents of dead.example,
// which it dies of, and those of hurt.example, of which it loses an item.
func fragile(body []byte, opt parse.Options) (*feed.Document, error) {
	var nothing *feed.Document
	if bytes.Contains(body, []byte("dead.example")) {
		return nil, fmt.Errorf("of %d items", len(nothing.Items))
	}
	doc, err := parse.Read(body, opt)
	if err == nil && bytes.Contains(body, []byte("hurt.example")) {
		doc.Faults = append(doc.Faults, "index out of range")
	}
	return doc, err
}

// XC23: a panic while a document is read is its source's alone, counted, told
// in its state, and the document is kept for replay.
func TestCrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		good, dead, hurt := "https://good.example/", "https://dead.example/feed?token=s3cret", "https://hurt.example/"
		w.items[good], w.items[dead], w.items[hurt] = 2, 2, 2
		dir := filepath.Join(t.TempDir(), "weir.db.crashes")
		var log bytes.Buffer
		p, s := world(t, w, aggregator.Options{
			Read: fragile, Crashes: dir, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		}, good, dead, hurt)
		sum := cycle(t, p, aggregator.Selection{})
		if sum.Polled != 3 || sum.Failed != 1 || sum.Crashed != 2 || sum.Added != 4 {
			t.Errorf("%+v", sum)
		}
		list, err := s.Sources()
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range list {
			pr, warnings := st.State.Poll.Problem, strings.Join(st.State.Doc.Warnings, "\n")
			var told string
			switch st.Source.URL {
			case good:
				if pr.Kind != "" || warnings != "" {
					t.Errorf("the neighbour: %+v %s", pr, warnings)
				}
				continue
			case dead:
				if told = pr.Text; pr.Kind != "crash" || !strings.Contains(told, "nil pointer") || !strings.Contains(told, "crash_test.go:") {
					t.Errorf("the state says %+v", pr)
				}
			case hurt:
				if told = warnings; pr.Kind != "" || !strings.Contains(told, "index out of range") {
					t.Errorf("the state says %+v %s", pr, told)
				}
			}
			kept, err := filepath.Glob(filepath.Join(dir, st.Source.ID+"-*.feed"))
			if err != nil || len(kept) != 1 || !strings.Contains(told, kept[0]) || strings.Contains(kept[0], "s3cret") {
				t.Fatalf("kept %v; told %q (%v)", kept, told, err)
			}
			body, err := os.ReadFile(kept[0])
			if err != nil || !bytes.Equal(body, rss(st.Source.URL, 2)) {
				t.Errorf("%s holds %q (%v)", kept[0], body, err)
			}
		}
		if !strings.Contains(log.String(), "aggregator_test.fragile") {
			t.Errorf("the log has no stack: %s", &log)
		}
		// Mended, the source works again.
		p = aggregator.New(aggregator.Options{Fetcher: w, Crashes: dir}, s)
		if sum = cycle(t, p, aggregator.Selection{All: true}); sum.Crashed != 0 || sum.Failed != 0 || sum.Added != 2 {
			t.Errorf("after mending: %+v", sum)
		}
	})
}

// A panic of a filter or of what comes behind the parser is kept too.
type deadly struct{}

func (deadly) Match(*feed.Entry) bool { panic("no rule for this") }

func TestCrashBehindTheParser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url, dir := newWeb(), "https://a.example/", t.TempDir()
		w.items[url] = 1
		wanted := map[string]aggregator.Matcher{}
		wanted["s0"] = deadly{}
		p, _ := world(t, w, aggregator.Options{Crashes: dir, Wanted: wanted}, url)
		if sum := cycle(t, p, aggregator.Selection{}); sum.Crashed != 1 || sum.Failed != 1 {
			t.Errorf("%+v", sum)
		}
		if kept, _ := filepath.Glob(filepath.Join(dir, "*.feed")); len(kept) != 1 {
			t.Errorf("kept %v", kept)
		}
	})
}

// However often documents make the parser panic, what is kept is bounded, of
// one source and of all, private, and the newest.
func TestCrashesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, dir := newWeb(), filepath.Join(t.TempDir(), "crashes")
		var urls []string
		for i := range 12 {
			urls = append(urls, fmt.Sprintf("https://h%d.example/", i))
		}
		p, _ := world(t, w, aggregator.Options{Crashes: dir, Read: func(body []byte, _ parse.Options) (*feed.Document, error) {
			panic(fmt.Sprintf("a document of %d bytes", len(body)))
		}}, urls...)
		for n := range 5 {
			for _, url := range urls[:1+n*5/2] {
				w.set(url, n)
			}
			cycle(t, p, aggregator.Selection{All: true})
			cycle(t, p, aggregator.Selection{All: true}) // the same again costs nothing
		}
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 16 {
			t.Errorf("%d documents are kept", len(list))
		}
		of := map[string]int{}
		for _, e := range list {
			info, err := e.Info()
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
			}
			of[e.Name()[:strings.LastIndex(e.Name(), "-")]]++
		}
		for id, n := range of {
			if n > 3 {
				t.Errorf("%d documents of %s are kept", n, id)
			}
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the folder: %v %v", info.Mode(), err)
		}
	})
}
