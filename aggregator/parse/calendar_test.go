package parse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/aggregator/parse"
	"weir/feed"
)

// dated is a feed in a language whose items have the given dates.
func dated(language string, dates ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>T</title><language>%s</language>`, language)
	for i, d := range dates {
		fmt.Fprintf(&b, "<item><guid>%d</guid><title>t</title><pubDate>%s</pubDate></item>", i, d)
	}
	return []byte(b.String() + "</channel></rss>")
}

func readDated(t *testing.T, opt parse.Options, language string, dates ...string) *feed.Document {
	t.Helper()
	doc, err := parse.Read(dated(language, dates...), opt)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Whether the day or the month comes first is decided by the whole document
// (I13): first by dates that leave no doubt, then by the direction in which
// the items go, then by the language; else it is not decided.
func TestDateOrder(t *testing.T) {
	const april, march, none = "2026-04-03", "2026-03-04", "0001-01-01"
	tests := []struct {
		name, language string
		dates          []string
		first          string
		order          feed.DateOrder
	}{
		{"nothing known", "", []string{"03/04/2026"}, none, feed.DateOrderUnknown},
		{"a day above 12", "en-us", []string{"03/04/2026", "25/03/2026"}, april, feed.DayFirst},
		{"a month above 12", "de", []string{"03/04/2026", "03/25/2026"}, march, feed.MonthFirst},
		{"with times", "", []string{"03/04/2026 08:15:00 PM", "3/25/2026 08:15:00 AM"}, march, feed.MonthFirst},
		{"with hyphens", "", []string{"03-04-2026", "25-03-2026"}, april, feed.DayFirst},
		{"two digits", "", []string{"03/04/26", "25/03/26"}, april, feed.DayFirst},
		{"a weekday", "", []string{"03/04/2026", "Fri, 03/04/2026"}, april, feed.DayFirst},
		{"most of several", "", []string{"03/04/2026", "25/03/2026", "26/03/2026", "03/25/2026"}, april, feed.DayFirst},
		{"descending by day", "", []string{"03/04/2026", "12/03/2026", "11/03/2026", "09/02/2026", "10/01/2026"}, april, feed.DayFirst},
		{"ascending by month", "", []string{"03/04/2026", "03/12/2026", "04/01/2026", "04/11/2026", "05/02/2026"}, march, feed.MonthFirst},
		{"too few for a direction", "", []string{"03/04/2026", "12/03/2026", "11/03/2026"}, none, feed.DateOrderUnknown},
		{"French", "fr", []string{"03/04/2026"}, april, feed.DayFirst},
		{"British", "en-GB", []string{"03/04/2026"}, april, feed.DayFirst},
		{"American", "en-US", []string{"03/04/2026"}, march, feed.MonthFirst},
		{"English of somewhere", "en", []string{"03/04/2026"}, none, feed.DateOrderUnknown},
		{"Canadian", "fr-CA", []string{"03/04/2026"}, none, feed.DateOrderUnknown},
		{"points", "en-US", []string{"03.04.2026"}, april, feed.DateOrderUnknown},
		{"no doubt at all", "en-US", []string{"2026-04-03", "Fri, 03 Apr 2026 00:00:00 GMT"}, april, feed.DateOrderUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := readDated(t, parse.Options{}, tt.language, tt.dates...)
			it := doc.Items[0]
			if got := it.Published.Format(time.DateOnly); got != tt.first || doc.Learned.Dates != tt.order {
				t.Errorf("%q is %s, order %d; want %s, %d", tt.dates[0], got, doc.Learned.Dates, tt.first, tt.order)
			}
			if it.RawPublished != tt.dates[0] {
				t.Errorf("raw date is %q", it.RawPublished)
			}
		})
	}
}

// What was learned is heeded by the next reading, which sees no proof; a
// contradiction, or another version, makes it ask the whole document again.
func TestDateOrderIsLearned(t *testing.T) {
	first := readDated(t, parse.Options{}, "", "25/03/2026", "24/03/2026")
	if first.Learned.Dates != feed.DayFirst || first.Learned.Version == 0 {
		t.Fatalf("learned %+v", first.Learned)
	}
	opt := parse.Options{Learned: first.Learned, Known: first.Seen, Context: first.Context}

	next := readDated(t, opt, "", "03/04/2026", "02/04/2026")
	if got := next.Items[0].Published.Format(time.DateOnly); got != "2026-04-03" || next.Learned != first.Learned {
		t.Errorf("read as %s, learned %+v", got, next.Learned)
	}
	stale := opt
	stale.Learned.Version++
	if got := readDated(t, stale, "", "03/04/2026").Items[0]; !got.Published.IsZero() {
		t.Errorf("another version's order was heeded: %s", got.Published)
	}
	turned := readDated(t, opt, "", "03/04/2026", "03/25/2026")
	if got := turned.Items[0].Published.Format(time.DateOnly); got != "2026-03-04" || turned.Learned.Dates != feed.MonthFirst {
		t.Errorf("after a contradiction: %s, learned %+v", got, turned.Learned)
	}
}

// A part of a document is read as the whole is, whichever part: the proof may
// lie in what is known. The JSON reader decides alike.
func TestCutDatesAreReadAsTheWholeIs(t *testing.T) {
	dates := []string{"03/04/2026", "02/04/2026", "25/03/2026", "04/03/2026", "nonsense", "03/25/2026", "26/03/2026"}
	var items []string
	for i, d := range dates {
		items = append(items, fmt.Sprintf(`{"id": "%d", "title": "t", "date_published": %q}`, i, d))
	}
	for format, body := range map[string][]byte{
		"RSS":  dated("en-US", dates...),
		"JSON": []byte(`{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [` + strings.Join(items, ",") + "]}"),
	} {
		whole, err := parse.Read(body, parse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := whole.Items[0].Published.Format(time.DateOnly); got != "2026-04-03" {
			t.Errorf("%s: %s", format, got)
		}
		for mask := range 1 << len(dates) {
			opt := parse.Options{Context: whole.Context, Learned: whole.Learned}
			var want []feed.Item
			for i, k := range whole.Seen {
				if mask>>i&1 == 1 {
					opt.Known = append(opt.Known, k)
				} else {
					want = append(want, whole.Items[i])
				}
			}
			cut, err := parse.Read(body, opt)
			if err != nil {
				t.Fatal(err)
			}
			if len(cut.Items) != len(want) || cut.Learned != whole.Learned {
				t.Fatalf("%s, known %b: %d items, learned %+v; want %d, %+v",
					format, mask, len(cut.Items), cut.Learned, len(want), whole.Learned)
			}
			for i := range want {
				if !cut.Items[i].Published.Equal(want[i].Published) {
					t.Errorf("%s, known %b: %q is %s, want %s", format, mask, want[i].RawPublished, cut.Items[i].Published, want[i].Published)
				}
			}
		}
	}
}

// The operator is shown one date that cannot be read, as long as it is there.
func TestUnreadDateIsTold(t *testing.T) {
	first := readDated(t, parse.Options{}, "", "Tue, 03 Mar 2026 08:15:00 GMT", "0001-01-01T00:00:00Z", "the ides of March")
	const want = `a date cannot be read: "0001-01-01T00:00:00Z"`
	if len(first.Warnings) != 1 || first.Warnings[0] != want {
		t.Errorf("warnings %q", first.Warnings)
	}
	opt := parse.Options{Known: first.Seen, Context: first.Context, Learned: first.Learned}
	if again := readDated(t, opt, "", "Tue, 03 Mar 2026 08:15:00 GMT", "0001-01-01T00:00:00Z"); len(again.Items) > 0 ||
		len(again.Warnings) != 1 || again.Warnings[0] != want {
		t.Errorf("%d items, warnings %q", len(again.Items), again.Warnings)
	}
	if gone := readDated(t, opt, "", "Tue, 03 Mar 2026 08:15:00 GMT"); len(gone.Warnings) > 0 || gone.Learned != (feed.Learned{}) {
		t.Errorf("warnings %q, learned %+v", gone.Warnings, gone.Learned)
	}
}
