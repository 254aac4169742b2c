package parse

import (
	"math/rand/v2"
	"testing"
)

// The search for controls by the word finds what a search by the byte does,
// whatever stands around it.
func TestFirstControl(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 50_000 {
		text := make([]byte, rng.IntN(100))
		for i := range text {
			switch rng.IntN(6) {
			case 0:
				text[i] = " \t\n\r"[rng.IntN(4)]
			case 1:
				text[i] = byte(0x20 + rng.IntN(0xE0))
			default:
				text[i] = 'a'
			}
			if rng.IntN(150) == 0 {
				text[i] = byte(rng.IntN(0x20))
			}
		}
		want := -1
		for i, c := range text {
			if control(c) {
				want = i
				found++
				break
			}
		}
		if got := firstControl(text); got != want {
			t.Fatalf("%q: %d, want %d", text, got, want)
		}
	}
	if found < 1000 {
		t.Errorf("only %d texts had a control", found)
	}
}
