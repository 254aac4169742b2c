package publisher_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// What is published, to the byte (U1): a change here is seen by every
// subscriber.
func TestGolden(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	for _, path := range []string{
		"rss.xml", "atom.xml", "feed.json", "sources.opml", "index.html", "embed/index.html", "e/how-weirs-work/index.html", "subscribe/index.html",
		"go/rss.xml", "go/index.html",
	} {
		t.Run(path, func(t *testing.T) { golden(t, strings.ReplaceAll(path, "/", "_"), body(t, s, path)) })
	}
}

// golden compares a document with the file of what it was, or makes it that.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-golden +got):\n%s", name, diff)
	}
}
