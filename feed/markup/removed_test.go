package markup_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed/markup"
)

// What cleaning takes away can be named: elements, attributes, tracking
// parameters and counting pictures (XE01, XE07).
func TestExplain(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "a.example", Path: "/"}
	const raw = `<h1 class="x">T</h1><p onclick="x()">See <a href="/b?utm_source=rss&amp;id=1" target=_blank>b</a>` +
		`<script>alert(1)</script><font color=red>!</font><img src="https://pixel.wp.com/g.gif"><img src="/c.png" width=1 height=1><img src="/d.png"></p>`
	got := markup.Explain(raw, markup.Clean(raw, base))
	want := markup.Removed{
		Elements:   map[string]int{"script": 1, "font": 1, "img": 2},
		Attributes: map[string]int{"class": 1, "onclick": 1, "target": 1, "color": 1, "src": 2, "width": 1, "height": 1},
		Parameters: map[string]int{"utm_source": 1},
		Counters:   2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	var sum markup.Removed
	sum.Add(got)
	sum.Add(got)
	if sum.Elements["script"] != 2 || sum.Counters != 4 || got.Elements["script"] != 1 {
		t.Errorf("sum %+v of %+v", sum, got)
	}
	clean := `<p>Nothing <a href="https://a.example/">to</a> do.</p>`
	if got := markup.Explain(clean, markup.Clean(clean, base)); len(got.Elements)+len(got.Attributes)+len(got.Parameters)+got.Counters > 0 {
		t.Errorf("of clean HTML: %+v", got)
	}
}
