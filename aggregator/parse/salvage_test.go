package parse_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

// A feed of a real site that is cut anywhere gives every item that was whole
// before the cut, as it is in the whole document, and is partial (XC21). The
// control takes items for whole that were not.
func TestCutFeedsAreSalvaged(t *testing.T) {
	dir := corpus(t)
	want, names := expectations(t, dir)
	rng := rand.New(rand.NewPCG(9, 10))
	var files, cuts, whole, recovered, controls, noticed int
	for i, name := range names {
		if want[name].Class != "real" || testing.Short() && i%8 > 0 {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		text, ranges, err := parse.ItemRanges(body)
		if err != nil {
			continue // JSON; its salvage has a test of its own
		}
		full := fully(t, text)
		if full == nil {
			t.Errorf("%s: its text is refused", name)
			continue
		}
		files++
		for range 20 {
			at := rng.IntN(len(text))
			n := 0
			for n < len(ranges) && ranges[n][1] <= at {
				n++
			}
			cuts++
			whole += n
			got, problem := salvaged(text[:at], full, n)
			if recovered += got; problem != "" {
				t.Errorf("%s cut at %d of %d, behind %d items: %s", name, at, len(text), n, problem)
			}
			if n < len(ranges) && n < len(full.Items) {
				controls++
				if _, problem := salvaged(text[:at], full, n+1); problem != "" {
					noticed++
				}
			}
		}
	}
	t.Logf("%d files, %d cuts, %d of %d whole items recovered; %d of %d controls noticed", files, cuts, recovered, whole, noticed, controls)
	if noticed < controls {
		t.Errorf("only %d of %d items that were not whole were missed", noticed, controls)
	}
}

// salvaged reads the beginning of a document and counts those of its first n
// items that came out as they are in full.
func salvaged(text []byte, full *feed.Document, n int) (recovered int, problem string) {
	want := make([]feed.Item, 0, n)
	for i := range full.Items {
		if full.Items[i].Position < n {
			want = append(want, full.Items[i])
		}
	}
	// What is whole but says nothing is rejected, in the whole document too.
	recovered = n - len(want)
	doc, err := parse.Read(text, parse.Options{Location: location, Learned: full.Learned})
	if err != nil {
		if n == 0 {
			return 0, ""
		}
		return 0, err.Error()
	}
	for i := range want {
		switch {
		case i >= len(doc.Items):
			return recovered, "items are missing"
		case !reflect.DeepEqual(want[i], doc.Items[i]):
			if problem == "" {
				problem = "-full +cut\n" + cmp.Diff(want[i], doc.Items[i])
			}
		default:
			recovered++
		}
	}
	switch {
	case problem != "":
	case len(doc.Seen) < n:
		problem = "items are missing"
	case !doc.Partial && !full.Partial && len(doc.Seen) < len(full.Seen):
		problem = "it is not partial"
	}
	return recovered, problem
}
