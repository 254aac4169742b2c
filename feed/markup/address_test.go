package markup_test

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"weir/feed/markup"
)

// What an address becomes does not depend on whether it takes the short way
// for those that need no repair: parsing it and writing it again is the rule
// (P97).
func TestOrdinaryAddress(t *testing.T) {
	pieces := strings.Split("a|Z|0|/|//|.|..|-|_|~|=|+|,|;|:|@|!|*|$|(|)|?|&|&amp;|#|%2F|%41|%c3%a9|%20|%zz|%|x=1|[|]|é| ", "|")
	rng := rand.New(rand.NewPCG(3, 4))
	same := 0
	for range 50_000 {
		raw := []string{"https://example.org/", "http://EXAMPLE.org/", "https://example.org", "https://a-b.c:80/", "http://u@h/", "http:///"}[rng.IntN(6)]
		for range rng.IntN(8) {
			raw += pieces[rng.IntN(len(pieces))]
		}
		got := markup.URL(raw, nil)
		if got != strings.TrimSpace(raw) {
			continue // it was repaired or refused
		}
		same++
		u, err := url.Parse(got)
		if err != nil || u.String() != got || u.Host == "" {
			t.Fatalf("%q is kept, and is %q when parsed: %v", raw, u, err)
		}
	}
	if same < 1000 {
		t.Errorf("only %d addresses were kept", same)
	}
}
