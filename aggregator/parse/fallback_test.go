package parse

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"weir/feed"
)

// moody is a dialect whose parser refuses some items, alone or with others.
type moody struct {
	bad, panics int
	asked       [][]int
}

func (m *moody) head(*xmlReader) error { return nil }

func (m *moody) items(_ *xmlReader, wanted []int) ([]draft, error) {
	m.asked = append(m.asked, slices.Clone(wanted))
	if slices.Contains(wanted, m.panics) {
		panic("index out of range")
	}
	if slices.Contains(wanted, m.bad) {
		return nil, errors.New("3 items were written and 2 read")
	}
	drafts := make([]draft, len(wanted))
	for k := range drafts {
		drafts[k].RawID = "id"
	}
	return drafts, nil
}

// When the parser refuses, panics or counts differently, items are read one
// at a time and a bad one costs only itself (XC23).
func TestOneAtATime(t *testing.T) {
	const body = `<rss><channel><item><title>a</title></item><item><title>b</title></item><item><title>c</title></item></channel></rss>`
	for name, m := range map[string]*moody{
		"refuses": {bad: 1, panics: -1},
		"panics":  {bad: -1, panics: 1},
		"control": {bad: -1, panics: -1},
	} {
		t.Run(name, func(t *testing.T) {
			root, f, err := sniff([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			var s scanner
			doc, err := s.scan([]byte(body), root, f, Limits{}.or())
			if err != nil {
				t.Fatal(err)
			}
			x := xmlReader{doc: doc, opt: &Options{}, out: &feed.Document{}, dates: &calendar{}}
			if err := x.read(m); err != nil {
				t.Fatal(err)
			}
			if name == "control" {
				if len(m.asked) != 1 || len(x.out.Items) != 3 || len(x.out.Rejected) != 0 {
					t.Errorf("asked %v: %d items, %d rejected", m.asked, len(x.out.Items), len(x.out.Rejected))
				}
				return
			}
			if len(m.asked) != 4 || len(x.out.Items) != 2 || len(x.out.Rejected) != 1 {
				t.Fatalf("asked %v: %d items, %d rejected", m.asked, len(x.out.Items), len(x.out.Rejected))
			}
			if got := x.out.Rejected[0]; got.Title != "b" || got.Reason == "" {
				t.Errorf("rejected %+v", got)
			}
			if n := len(x.out.Faults); (n == 1) != (name == "panics") {
				t.Errorf("%d faults", n)
			}
			if x.out.Items[1].Position != 2 {
				t.Errorf("position %d after a rejection, want 2", x.out.Items[1].Position)
			}
		})
	}
}

// A pass with a scanner that was used before allocates nothing, and neither
// does finding the root.
func TestScanAllocatesNothing(t *testing.T) {
	var s scanner
	for _, ends := range [][2]string{
		{`<rss xmlns:a="u"><channel>`, `</channel></rss>`},
		{`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:a="u">`, `</feed>`},
	} {
		item := `<item><title>t</title><a:b c="d"/></item>`
		if strings.HasPrefix(ends[0], "<feed") {
			item = strings.ReplaceAll(item, "item>", "entry>")
		}
		body := []byte(ends[0] + strings.Repeat(item, 100) + ends[1])
		n := testing.AllocsPerRun(20, func() {
			root, f, err := sniff(body)
			if err != nil {
				t.Fatal(err)
			}
			if doc, err := s.scan(body, root, f, Limits{}.or()); err != nil || len(doc.items) != 100 {
				t.Fatal(err, len(doc.items))
			}
		})
		if n > 0 {
			t.Errorf("%s: %v allocations", ends[0], n)
		}
	}
}
