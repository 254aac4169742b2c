package article_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/aggregator/article"
	"weir/feed"
)

// The articles that the repository ships are read without a word of complaint,
// and the newsroom's text export comes out whole.
func TestSamples(t *testing.T) {
	res := look(t, open(t, article.Options{Dir: "../../articles"}), time.Now())
	if len(res.Problems) > 0 || len(res.Document.Items) < 4 {
		t.Fatalf("%d items, problems %v", len(res.Document.Items), res.Problems)
	}
	for _, it := range res.Document.Items {
		if it.Title == "" || it.Summary == "" || len(it.Authors) == 0 || it.Published.IsZero() {
			t.Errorf("%s lacks a title, a summary, an author or a date", it.Slug)
		}
	}

	export(t, byFile(res, "south-korea-ai-infrastructure-tech-hub"))

	bundle := byFile(res, "anatomy-of-a-polite-poll")
	if len(bundle.Assets) != 1 || bundle.Image != bundle.Link+bundle.Assets[0].Name ||
		!strings.Contains(bundle.HTML, bundle.Image) || !strings.Contains(bundle.HTML, "<table>") {
		t.Errorf("image %q, assets %v", bundle.Image, bundle.Assets)
	}
}

// The newsroom's export as it came, where it is at hand.
func TestSeed(t *testing.T) {
	dir := os.Getenv("WEIR_SEED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "seed")
	}
	const name = "000_c91ea887d3399d93.txt"
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("no export: set WEIR_SEED to the folder that holds it (%v)", err)
	}
	export(t, one(t, name, string(data)))
}

// export checks the newsroom's text export.
func export(t *testing.T, it feed.Item) {
	t.Helper()
	if it.Title != "South Korea Boosts AI Infrastructure to Become Global Tech Hub" ||
		!strings.HasPrefix(it.Summary, "South Korea invests heavily") || !strings.HasSuffix(it.Summary, "$7B funding.") {
		t.Errorf("title %q, summary %q", it.Title, it.Summary)
	}
	for tag, want := range map[string]int{"<h2>": 1, "<h3>": 3, "<p>": 5, "Oliver": 0, "full bio": 0, "tech-hub": 0} {
		if got := strings.Count(it.HTML, tag); got != want {
			t.Errorf("the text has %d of %s; want %d", got, tag, want)
		}
	}
	diff(t, "authors", it.Authors, []feed.Person{{
		Name: "Oliver Smith",
		Bio: "Oliver Smith is a UK-based journalist specializing in breaking news and live event coverage, " +
			"delivering timely reports to global audiences with accuracy and insight.",
	}})
	if it.Slug != "south-korea-ai-infrastructure-tech-hub" {
		t.Errorf("slug is %q", it.Slug)
	}
	if first, last := "<h2>South Korea Launches Major AI Infrastructure Initiative</h2>", "next-gen AI development.</p>"; !strings.HasPrefix(it.HTML, first) ||
		!strings.HasSuffix(it.HTML, last) {
		t.Errorf("a line is too many or too few in\n%s", it.HTML)
	}
}
