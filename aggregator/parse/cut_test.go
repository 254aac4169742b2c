package parse_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"weir/aggregator/parse"
	"weir/feed"
)

const location = "https://example.org/feed"

// fully reads all of a document; nil when there is nothing to compare.
func fully(t testing.TB, body []byte) *feed.Document {
	doc, err := parse.Read(body, parse.Options{Location: location})
	if err == nil {
		return doc
	}
	var limit *parse.LimitError
	if !errors.Is(err, parse.ErrNotFeed) && !errors.As(err, &limit) {
		t.Errorf("unexpected error %v", err)
	}
	return nil
}

// reduced reads a document of which some items are known, and tells in what
// the result is not what is left of full: in any item or in anything else.
func reduced(body []byte, full *feed.Document, known []feed.Known) string {
	opt := parse.Options{Location: location, Context: full.Context, Learned: full.Learned, Known: known}
	cut, err := parse.Read(body, opt)
	if err != nil {
		return err.Error()
	}
	return differs(full, cut, known)
}

// differs tells in what cut is not what is left of full without known items.
func differs(full, cut *feed.Document, known []feed.Known) string {
	skip := make(map[uint64]bool, len(known))
	for _, k := range known {
		skip[k.Hash] = true
	}
	want := *full
	unknown := func(items []feed.Item) (left []feed.Item) {
		for i := range items {
			if !skip[items[i].Hash] {
				left = append(left, items[i])
			}
		}
		return left
	}
	want.Items, want.Forbidden = unknown(full.Items), unknown(full.Forbidden)
	// A rejected item that is known is not rejected again.
	rejected := cut.Rejected
	for _, r := range full.Rejected {
		if len(rejected) > 0 && reflect.DeepEqual(r, rejected[0]) {
			rejected = rejected[1:]
		}
	}
	if len(rejected) > 0 {
		return "rejected what was not rejected before: " + rejected[0].Reason
	}
	want.Rejected, cut.Rejected = nil, nil
	if len(cut.Items) == 0 {
		cut.Items = nil
	}
	if reflect.DeepEqual(&want, cut) {
		return ""
	}
	if diff := cmp.Diff(&want, cut); diff != "" {
		return "-full +cut\n" + diff
	}
	return "differs in what is empty"
}

// subsets returns none of the items, two halves, nine of ten, all but one
// and all.
func subsets(rng *rand.Rand, seen []feed.Known) [][]feed.Known {
	sets := [][]feed.Known{nil}
	for _, share := range []float64{0.5, 0.5, 0.9} {
		var set []feed.Known
		for _, k := range seen {
			if rng.Float64() < share {
				set = append(set, k)
			}
		}
		sets = append(sets, set)
	}
	if len(seen) > 0 {
		i := rng.IntN(len(seen))
		sets = append(sets, append(append([]feed.Known(nil), seen[:i]...), seen[i+1:]...))
	}
	return append(sets, seen)
}

// Parsing what is not known and parsing everything agree on every item that
// both parse, and on all else: the property that makes it safe to parse only
// what changed.
func TestCutEqualsFull(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, path := range fixtures(t) {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		full := fully(t, body)
		if full == nil || len(full.Items) == 0 {
			t.Fatalf("%s holds nothing to compare", path)
		}
		for _, known := range subsets(rng, full.Seen) {
			if diff := reduced(body, full, known); diff != "" {
				t.Errorf("%s, %d of %d known: %s", path, len(known), len(full.Seen), diff)
			}
		}
	}
}

// The same over the feeds of real sites and those that others test with. As
// a control, bytes are cut out of the documents where no item ends: that must
// be noticed.
func TestCutEqualsFullInCorpus(t *testing.T) {
	dir := corpus(t)
	want, names := expectations(t, dir)
	rng := rand.New(rand.NewPCG(3, 4))
	var files, compared, items, wrong, noticed int
	for i, name := range names {
		if want[name].Class == "neg" || testing.Short() && i%8 > 0 {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		full := fully(t, body)
		if full == nil {
			continue
		}
		files++
		for _, known := range subsets(rng, full.Seen) {
			compared++
			items += len(full.Seen) - len(known)
			if diff := reduced(body, full, known); diff != "" {
				t.Errorf("%s, %d of %d known: %s", name, len(known), len(full.Seen), diff)
			}
		}
		if _, ranges, err := parse.ItemRanges(body); err == nil && len(ranges) > 1 && want[name].Class == "real" {
			wrong++
			cut := fully(t, wronglyCut(rng, body))
			if cut != nil {
				// What is counted would give it away; the items must.
				cut.Seen, cut.Head, cut.Warnings = full.Seen, full.Head, full.Warnings
			}
			if cut == nil || differs(full, cut, nil) != "" {
				noticed++
			}
		}
	}
	t.Logf("%d files, %d comparisons, %d items; of %d wrong cuts %d noticed", files, compared, items, wrong, noticed)
	if noticed*100 < wrong*98 {
		t.Errorf("of %d wrong cuts only %d were noticed", wrong, noticed)
	}
}

// wronglyCut takes out everything between the middles of two items.
func wronglyCut(rng *rand.Rand, body []byte) []byte {
	text, ranges, _ := parse.ItemRanges(body)
	i := rng.IntN(len(ranges) - 1)
	middle := func(r [2]int) int { return (r[0] + r[1]) / 2 }
	return bytes.Join([][]byte{text[:middle(ranges[i])], text[middle(ranges[i+1]):]}, nil)
}

// The same over documents with broken markup: 20,000 where WEIR_CORPUS is
// set, otherwise fewer. Whatever gofeed makes of one, it never finds an item
// that Read does not account for.
func TestMutantsCutEqualsFull(t *testing.T) {
	bodies, many := seeds(t)
	rng := rand.New(rand.NewPCG(5, 6))
	var read, items, starts, gofeeds, gofeedItems int
	for range many {
		body := mutant(rng, bodies[rng.IntN(len(bodies))])
		full := fully(t, body)
		theirs := gofeedCount(body)
		if full == nil {
			if theirs > 0 {
				t.Errorf("gofeed finds %d items in what is refused:\n%s", theirs, body)
			}
			continue
		}
		read++
		ours := len(full.Items) + len(full.Rejected)
		items += ours
		starts += countStarts(body)
		if theirs >= 0 {
			gofeeds++
			gofeedItems += theirs
		}
		if theirs > ours {
			t.Errorf("gofeed finds %d items, Read %d:\n%s", theirs, ours, body)
		}
		sets := subsets(rng, full.Seen)
		for _, known := range sets[1+rng.IntN(len(sets)-1):] {
			if diff := reduced(body, full, known); diff != "" {
				t.Fatalf("%d of %d known: %s\n%s", len(known), len(full.Seen), diff, body)
			}
		}
	}
	t.Logf("%d mutants, %d read, with %d items of %d that begin; gofeed read %d of them, with %d items",
		many, read, items, starts, gofeeds, gofeedItems)
	if items*100 < starts*85 {
		t.Errorf("%d items of %d", items, starts)
	}
}

// seeds returns the documents that are broken, and how many mutants to make.
func seeds(t testing.TB) (bodies [][]byte, many int) {
	for _, path := range fixtures(t) {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if body[0] != '{' {
			bodies = append(bodies, body)
		}
	}
	if os.Getenv("WEIR_CORPUS") == "" || testing.Short() {
		return bodies, 1500
	}
	dir := corpus(t)
	want, names := expectations(t, dir)
	for _, name := range names {
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err == nil && want[name].Class != "neg" && len(body) < 60_000 && len(body) > 0 && body[0] != '{' {
			bodies = append(bodies, body)
		}
	}
	return bodies, 20_000
}

// gofeedCount is how many items gofeed finds by itself, -1 when it refuses.
func gofeedCount(body []byte) (n int) {
	defer func() {
		if recover() != nil {
			n = -1
		}
	}()
	f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return -1
	}
	return len(f.Items)
}

var (
	hiddenPattern = regexp.MustCompile(`(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>`)
	startPattern  = regexp.MustCompile(`(?i)<(?:[\w.-]+:)?(?:item|entry)[\s/>]`)
)

// countStarts counts what looks like the start tag of an item, without a
// parser of any kind.
func countStarts(body []byte) int {
	return len(startPattern.FindAllIndex(hiddenPattern.ReplaceAll(body, nil), -1))
}
