package publisher_test

import (
	"strings"
	"testing"

	"weir/publisher"
)

// Whoever misses an element is told why, also where its value or its rarity is
// the reason, and nothing of one that passes as it came (M1).
func TestWithheld(t *testing.T) {
	for _, test := range []struct {
		space, name, text string
		all               bool
		want              string
	}{
		{itunes, "explicit", "true", true, ""},
		{itunes, "explicit", "Yes", true, "mended"},
		{itunes, "duration", "45 min", false, "mended"},
		{itunes, "duration", "45:00", false, ""},
		{itunes, "order", "3", false, "validators"},
		{itunes, "order", "3", true, ""},
		{itunes, "owner", "", true, "M2"},
		{"urn:far", "thing", "x", false, "M7"},
		{"urn:far", "thing", "x", true, ""},
	} {
		got := publisher.Withheld(test.space, test.name, test.text, test.all)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s %q: %q, not %q", test.name, test.text, got, test.want)
		}
	}
}
