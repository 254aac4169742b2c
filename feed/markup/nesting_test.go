package markup_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"weir/feed/markup"
)

// pieces are what random HTML is made of.
var pieces = strings.Fields(phraseTags + " " + blockTags + " " + voidTags + ` div section span font h1 tr td li p a b
	table svg select option form iframe script style noscript textarea title xmp object button template center`)

var texts = []string{"x", " ", "a b", "\n", "&amp;", "&#32;", "&#1;", "&nbsp;", "&lt;b&gt;", "<", "<!-- c -->", "\n\ny", "é", "<![CDATA[", "&#13;"}

// soup makes random HTML.
func soup(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		name := pieces[r.IntN(len(pieces))]
		switch r.IntN(8) {
		case 0, 1, 2:
			b.WriteString("<" + name + soupAttrs(r, name) + ">")
		case 3, 4:
			b.WriteString("</" + name + ">")
		case 5:
			b.WriteString("<" + name + soupAttrs(r, name) + "/>")
		default:
			b.WriteString(texts[r.IntN(len(texts))])
		}
	}
	return b.String()
}

func soupAttrs(r *rand.Rand, name string) string {
	attrs := map[string][]string{
		"a":      {` href="https://h.example/"`, ` href=x`, ` href="?utm_source=a&amp;b=c d"`, ` name=x`},
		"img":    {` src=x`, ` src="data:x" data-src=y`, ` srcset="a 1x, b 2x"`, ` width=1 height=1 src=x`, ``},
		"iframe": {` src=x`, ` src="https://h.example/?a='b'"`, ``},
		"source": {` src=x`, ` srcset="a 2x"`, ``},
		"video":  {` src=x`, ``}, "audio": {` src=x`, ``},
	}[name]
	if len(attrs) == 0 {
		return ""
	}
	return attrs[r.IntN(len(attrs))]
}

// TestSoup judges random nesting: what a browser would have to repair, Clean
// repaired (XE04, XE06). WEIR_SOUP asks for more rounds than the usual.
func TestSoup(t *testing.T) {
	rounds := 20000
	if s := os.Getenv("WEIR_SOUP"); s != "" {
		rounds, _ = strconv.Atoi(s)
	}
	b := base(t)
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		in := soup(r, 1+r.IntN(24))
		out := markup.Clean(in, b)
		if err := judge(out, b); err != nil {
			t.Fatalf("seed %d: %q gives %q: %v", seed, in, out, err)
		}
	}
}
