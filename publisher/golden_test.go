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
		"rss.xml", "atom.xml", "feed.json", "sources.opml", "index.html", "embed/index.html", "e/how-weirs-work/index.html",
		"go/rss.xml", "go/index.html",
	} {
		t.Run(path, func(t *testing.T) {
			golden := filepath.Join("testdata", "golden", strings.ReplaceAll(path, "/", "_"))
			got := body(t, s, path)
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs (-golden +got):\n%s", path, diff)
			}
		})
	}
}
