package article_test

import (
	"strings"
	"testing"
)

// An article is found whatever composes the accents of its name: an editor
// writes one way, a file system may keep another.
func TestReferencesMeetAnyComposition(t *testing.T) {
	const composed, apart = "caf\u00e9", "cafe\u0301"
	for _, c := range [][2]string{{composed, apart}, {apart, composed}, {composed, composed}} {
		res := read(t, map[string]string{
			"a.md":              "---\ntitle: A\n---\n[file](" + c[0] + ".md) [dir](" + c[0] + "s) [[" + c[0] + "]] ![p](" + c[0] + ".png)",
			c[1] + ".md":        "---\nslug: coffee\n---\nText.",
			c[1] + "s/index.md": "---\nslug: shops\n---\nText.",
			c[1] + ".png":       "\x89PNG",
		})
		if len(res.Problems) > 0 {
			t.Errorf("%q: %v", c, res.Problems)
		}
		for _, it := range res.Document.Items {
			if it.Title == "A" && (strings.Count(it.HTML, "/e/coffee/") != 2 || strings.Count(it.HTML, "/e/shops/") != 1 || len(it.Assets) != 1) {
				t.Errorf("%q: %s, %d assets", c, it.HTML, len(it.Assets))
			}
		}
	}
}

// Where a tool would print an address in the text, a link stands; where one is
// expected, the address alone. How Weir names files inside is never seen.
func TestReferenceInText(t *testing.T) {
	for text, want := range map[string]string{
		`See {{< ref "b.md" >}}.`:                 `See <a href="https://planet.example.org/e/beta/">b</a>.`,
		`See {% post_url b %}.`:                   `See <a href="https://planet.example.org/e/beta/">b</a>.`,
		`See {{< relref "gone.md" >}}.`:           "See ",
		`[x]( {{< ref "b.md" >}} "T")`:            `<a href="https://planet.example.org/e/beta/" title="T">x</a>`,
		"[x][r]\n\n[r]: {{< ref \"b.md\" >}}\n":   `<a href="https://planet.example.org/e/beta/">x</a>`,
		`<a href="{{< ref "b.md" >}}">x</a>`:      `<a href="https://planet.example.org/e/beta/">x</a>`,
		`[x]({{ site.baseurl }}{% post_url b %})`: `<a href="https://planet.example.org/e/beta/">x</a>`,
	} {
		res := read(t, map[string]string{"a.md": "---\ntitle: A\nlayout: post\n---\n" + text, "b.md": "---\ntitle: B\nslug: beta\n---\nText."})
		for _, it := range res.Document.Items {
			if it.Title == "A" && (!strings.Contains(it.HTML, want) || strings.Contains(it.HTML, "weir-")) {
				t.Errorf("%s\ngives %s\nwant  %s", text, it.HTML, want)
			}
		}
	}
}
