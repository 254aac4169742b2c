package parse_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weir/aggregator/parse"
	"weir/feed"
)

// What a competent reader makes of fourteen real feeds: title and link of the
// feed, and title, link, id, date and author of every entry. Two things are
// written alike first, because Weir says less than that reader: where nothing
// states an id, the link stands for it (I5), and where no date of publication
// is stated, that of the change does (I15); neither replaces a value that is
// there. Expected titles may hold markup, which Weir's do not.
//
// One document is cut inside its last entry, which that reader takes. Weir
// takes whole entries only; what it says of the one that it rejects is compared
// instead, and that has no date.
func TestKagi(t *testing.T) {
	dir := corpus(t)
	raw, err := os.ReadFile(filepath.Join(dir, "expect-kagi.json"))
	if err != nil {
		t.Fatal(err)
	}
	type item struct{ Title, Link, ID, Pub, Author string }
	var want map[string]struct {
		Title, Link string
		Items       []item
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	asked, agree := 0, 0
	compare := func(name, field, want, got string, same bool) {
		if asked++; same {
			agree++
			return
		}
		t.Errorf("%s: %s %q, want %q", name, field, got, want)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		w := want[name]
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Read(body, parse.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		compare(name, "title", w.Title, doc.Profile.Title, doc.Profile.Title == line(textOf(w.Title)))
		s := subject{want: w.Link}
		compare(name, "link", w.Link, doc.Profile.Link, sameAddress(&s, doc.Profile.Link))
		if doc.Partial && len(doc.Rejected) == 1 {
			r := doc.Rejected[0]
			cut := feed.Item{RawID: r.RawID, Content: feed.Content{Title: r.Title, Link: r.Link}}
			doc.Items = append(doc.Items, cut)
			last := &w.Items[len(w.Items)-1]
			t.Logf("%s: the last entry is cut and was rejected: %s", name, r.Reason)
			last.Pub, last.Author = "", ""
		}
		if len(doc.Items) != len(w.Items) {
			t.Errorf("%s: %d items, want %d", name, len(doc.Items), len(w.Items))
			continue
		}
		for i, w := range w.Items {
			it := &doc.Items[i]
			compare(name, "title", w.Title, it.Title, it.Title == line(textOf(w.Title)))
			s := subject{want: w.Link}
			compare(name, "link", w.Link, it.Link, sameAddress(&s, it.Link))
			id, date := it.RawID, it.Published
			if id == "" {
				id = it.Link
			}
			if date.IsZero() {
				date = it.Updated
			}
			compare(name, "id", w.ID, id, id == w.ID)
			if w.Pub != "" {
				compare(name, "date", w.Pub, stamp(date), stamp(date) == w.Pub)
			}
			if w.Author != "" {
				var names []string
				for _, p := range it.Authors {
					names = append(names, p.Name)
				}
				got := strings.Join(names, ", ")
				compare(name, "author", w.Author, got, got == w.Author)
			}
		}
	}
	t.Logf("%d of %d fields agree", agree, asked)
}
