package parse

import (
	"strings"
	"testing"
)

// No tag is read far for nothing, however tags hold each other in their
// attributes: otherwise a document of them would cost the square of its size
// (XC11). The control is a tag whose one value is long.
func TestTagsAreReadAShortWay(t *testing.T) {
	const n = 20_000
	for name, unit := range map[string]string{
		"values without quotes": "<c f=",
		"names with quotes":     `<c x" b="`,
		"both quotes":           `<c x" b='y' d="`,
		"words":                 "<c f ",
		"instructions":          "<?a>",
		"declarations":          "<!a '",
	} {
		text := []byte(strings.Repeat(unit, n) + `' " ' <`)
		steps := 0
		for pos := 0; ; {
			tok := next(text, pos, len(text))
			if tok.kind == kindStart || tok.kind == kindEmpty {
				if tok.hi-tok.lo > (maxLexed+2)*len(unit) {
					t.Fatalf("%s: a tag of %d bytes", name, tok.hi-tok.lo)
				}
			}
			if tok.kind == kindCut {
				break
			}
			if steps++; tok.hi <= pos || steps > 4*n {
				t.Fatalf("%s: %d steps, %d after %d", name, steps, tok.hi, pos)
			}
			pos = tok.hi
		}
		// All of it, timed by the test's own limit: linear it is nothing,
		// quadratic it is hours.
		big := []byte(channelOf("<item>" + strings.Repeat(unit, 6<<20/len(unit)) + `' " ' <`))
		if root, f, err := sniff(big); err != nil {
			t.Fatalf("%s: %v", name, err)
		} else {
			var s scanner
			_, _ = s.scan(big, root, f, Limits{}.or())
		}
	}
	long := []byte(`<c d="` + strings.Repeat("x", 1<<20) + `"/>`)
	if tok := next(long, 0, len(long)); tok.kind != kindEmpty || tok.hi != len(long) {
		t.Errorf("a long value was not read: %+v", tok)
	}
}

func channelOf(inside string) string { return "<rss><channel>" + inside + "</channel></rss>" }
