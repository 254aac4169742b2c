package charset

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"
)

// The look at many bytes together finds fine what is UTF-8 without an odd
// character, whatever stands around it, and nothing else.
func TestFine(t *testing.T) {
	odd := []string{"\x00", "\x1b", "\x1f", "\uFFFE", "\uFFFF", "\u0080", "\u009f"}
	even := []string{" ", "\t", "\n", "\r", "\x20", "\x7f", "\u00a0", "\u00fc", "\uFFFD", "\uFF0C", "\u2028", "日", "😀", "~"}
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 50_000 {
		var text []byte
		want := -1
		for range rng.IntN(100) {
			switch rng.IntN(400) {
			case 0, 1:
				if want < 0 {
					want = len(text)
					found++
				}
				text = append(text, odd[rng.IntN(len(odd))]...)
			default:
				c := even[rng.IntN(len(even))]
				if rng.IntN(3) > 0 {
					c = "a"
				}
				text = append(text, c...)
			}
		}
		if got := firstOdd(text); got != want {
			t.Fatalf("%q: %d, want %d", text, got, want)
		}
		if got, _ := fine(text); got != (want < 0) {
			t.Fatalf("%q is fine: %v", text, got)
		}
		broken := slices.Clone(text)
		if i := len(broken) / 2; len(broken) > 0 {
			broken[i] ^= byte(1 << (5 + rng.IntN(3)))
		}
		if got, ascii := fine(broken); got != (utf8.Valid(broken) && firstOdd(broken) < 0) || got && ascii != (utf8.RuneCount(broken) == len(broken)) {
			t.Fatalf("%q is fine: %v, ASCII: %v", broken, got, ascii)
		}
	}
	if found < 1000 {
		t.Errorf("only %d texts had a control", found)
	}
}
