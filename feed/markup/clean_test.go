package markup_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/markup"
)

// cases are pieces of HTML and what stays of them, read at
// https://blog.example/2026/post.html?a=1#f.
var cases = []struct{ name, in, want string }{
	{"plain text", "  just words ", "just words"},
	{"nothing", " \n ", ""},
	{"what is clean", "<p>a <em>b</em></p>\n<p>c</p>", "<p>a <em>b</em></p>\n<p>c</p>"},
	{"escapes", `a < b > c & d "e" 'f'`, `a &lt; b &gt; c &amp; d "e" 'f'`},
	{"references are decoded once", "&eacute;&#233;&#xE9; &amp;amp; &lt;b&gt; &copy &nosuch; AT&T", "ééé &amp;amp; &lt;b&gt; © &amp;nosuch; AT&amp;T"},
	{"Windows numbers", "&#146;&#x80;", "’€"},
	{"line ends", "a\r\nb\rc&#13;d", "a\nb\nc\nd"},

	// The headings of a story begin below its title.
	{"h1 becomes h2", "<h1>a</h1><h2>b</h2><h6>c</h6>", "<h2>a</h2><h2>b</h2><h6>c</h6>"},
	{"old names", "<strike>a</strike><tt>b</tt><acronym title=c>d</acronym>", `<s>a</s><code>b</code><abbr title="c">d</abbr>`},

	// XE01, XE05.
	{"dropped with content", "a<script>x</script><style>x</style><svg><p>x</p></svg><select><option>x</select>b", "ab"},
	{"dropped, text stays", `<font color=red>a</font> <span class=x>b</span> <x-y>c</x-y>`, "a b c"},
	{"attributes", `<p id=a class=b style=c onclick=d data-e=f lang=en>x</p>`, "<p>x</p>"},
	{"comments", "a<!-- b --><!---->c<!doctype html><?php x ?>d", "acd"},
	{"empty XHTML elements swallow nothing", `a<script src="x"/>b<iframe/>c<i class="icon"/>d<textarea/>e`, "abcde"},
	{"what nothing ends swallows nothing", "a<svg>b<noscript>c<iframe>d<title>e", "abcde"},
	{"but code does", "a<script>b<p>c</p>", "a"},
	{"literal text", "<xmp><b>&amp;</b></xmp>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"},
	{"the last end counts", "<svg><svg>a</svg>b", "b"},

	// Text of dropped blocks becomes paragraphs.
	{"paragraphs from divs", "<div>a</div><div>b</div>c", "<p>a</p><p>b</p><p>c</p>"},
	{"nested divs", "<div><div> \n<div>a</div></div><div><br></div>b</div>", "<p>a</p><p>b</p>"},
	{"a div ends a paragraph", "<p>a<div>b</div>c", "<p>a</p><p>b</p><p>c</p>"},
	{"one div in an item", "<ul><li><div>a</div></li></ul>", "<ul><li>a</li></ul>"},
	{"two divs in an item", "<ul><li><div>a</div><div>b</div></li></ul>", "<ul><li>a<p>b</p></li></ul>"},
	{"divs in a link", "<a href=x><div>a</div><div>b</div></a>", `<a href="https://blog.example/2026/x">a<br>b</a>`},
	{"lines of code", "<pre><div>a</div><div>  b</div></pre>", "<pre>a\n  b</pre>"},
	{"blocks need no paragraph", "<section><h2>a</h2><p>b</p></section>", "<h2>a</h2><p>b</p>"},

	// XE06: implied ends, stray and missing tags.
	{"paragraphs", "<p>a<p>b", "<p>a</p><p>b</p>"},
	{"lists", "<ul><li>a<li>b<ol start=3><li>c</ol><li>d</ul>", `<ul><li>a</li><li>b<ol start="3"><li>c</li></ol></li><li>d</li></ul>`},
	{"descriptions", "<dl><dt>a<dd>b<dt>c<dd>d</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>"},
	{"tables", "<table><tr><td>a<td>b<tr><th>c</table>", "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>"},
	{"table parts", "<table><caption>x<thead><tr><th>a<tbody><td>b</table>",
		"<table><caption>x</caption><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"},
	{"text between cells", "<table>a<tr>b<td>c</td></tr></table>", "<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>"},
	{"table parts without a table", "<tr><td>a</td><td>b</td></tr>", "<p>a</p><p>b</p>"},
	{"spans of cells", "<table><tr><td colspan=2 rowspan=9000 width=5>a<td colspan=x rowspan=0>b</table>",
		`<table><tr><td colspan="2" rowspan="100">a</td><td>b</td></tr></table>`},
	{"crossing phrases", "<b>a<i>b</b>c</i>", "<b>a<i>b</i></b><i>c</i>"},
	{"a phrase that ends in a block", "<b><p>a</b>b</p>c", "<b><p>ab</p></b>c"},
	{"a link around a figure in a paragraph", "<p>x<a href=y><figure>z</figure></a>", `<p>x</p><a href="https://blog.example/2026/y"><figure>z</figure></a>`},
	{"links hold no links", "<a href=x>a<a href=y>b</a></a>", `<a href="https://blog.example/2026/x">a</a><a href="https://blog.example/2026/y">b</a>`},
	{"stray ends", "a</p>b</div></b></table></li>c", "a<p>b</p><p>c</p>"},
	{"empty elements", "a<p></p><b><i></i></b><a href=x></a>b", "ab"},
	{"ruby", "<ruby>漢<rt>kan<rp>x</ruby><rt>y", "<ruby>漢<rt>kan</rt><rp>x</rp></ruby>y"},

	// XE02, XE12, XE13, P94 to P96.
	{"relative", `<a href="/a">1</a><a href="b?c=d&amp;e">2</a><a href="//h.example/x">3</a><a href="#g">4</a>`,
		`<a href="https://blog.example/a">1</a><a href="https://blog.example/2026/b?c=d&amp;e">2</a><a href="https://h.example/x">3</a>` +
			`<a href="https://blog.example/2026/post.html?a=1#g">4</a>`},
	{"refused schemes", `<a href="javascript:x">a</a><a href="data:x">b</a><img src="file:///x" alt="c">`, "ab"},
	{"mail", `<a href="MAILTO:a@h.example?subject=x&amp;y=z">a</a><img src="mailto:x">`, `<a href="mailto:a@h.example?subject=x&amp;y=z">a</a>`},
	{"user names", `<a href="https://u:p@h.example/a">a</a>`, `<a href="https://h.example/a">a</a>`},
	{"anchors", `<a name="x">a</a><a id=y></a>`, "a"},
	{"titles of links", "<a title='b \n \"c\"' href=/a>d</a>", `<a href="https://blog.example/a" title="b &quot;c&quot;">d</a>`},
	{"quotations", `<blockquote cite=/a><q cite="javascript:x">b</q></blockquote>`, `<blockquote cite="https://blog.example/a"><q>b</q></blockquote>`},
	{"times", `<time datetime="2026-01-02T03:04Z">a</time><time datetime="<x>">b</time>`, `<time datetime="2026-01-02T03:04Z">a</time><time>b</time>`},

	// XE07.
	{"tracking parameters", `<a href="https://h.example/?utm_source=a&amp;id=1&amp;fbclid=b&amp;UTM_Medium=c#x">a</a>`, `<a href="https://h.example/?id=1#x">a</a>`},
	{"only tracking", `<a href="https://h.example/a?gclid=1#utm_source=x">a</a>`, `<a href="https://h.example/a">a</a>`},
	{"what only looks like it", `<a href="https://h.example/?summary=utm_source&amp;ref=1">a</a>`, `<a href="https://h.example/?summary=utm_source&amp;ref=1">a</a>`},
	{"counting pictures", `a<img src=x width=1 height=1><img src=x width="0" height="0px"><img src=x style="DISPLAY : none"><img src=x hidden>` +
		`<img src="https://pixel.wp.com/b.gif"><img src="//feeds.feedburner.com/~r/a/~4/b"><img src=x height=1><img src=x width=100% height=1>b`, "ab"},
	{"pictures that look small", `<img src=/x width=600 height=1><img src=/y width=16 height=16>`,
		`<img src="https://blog.example/x" width="600" height="1"><img src="https://blog.example/y" width="16" height="16">`},
	{"a share button leaves no link", `<p>a</p><p><a href="https://h.example/share"><img src="https://feeds.feedburner.com/~ff/x"></a></p>`, "<p>a</p>"},

	// Pictures, sound, frames.
	{"picture", `<img class=x onload=y width="640px" height=50% title=t alt='a "b" &amp; c' src=/i.png loading=lazy>`,
		`<img src="https://blog.example/i.png" alt="a &quot;b&quot; &amp; c" title="t" width="640">`},
	{"no picture", `a<img><img src=""><img alt=x src=" ">b`, "ab"},
	{"late pictures", `<img src="data:image/gif;base64,R0" data-src="/a.png"><img data-lazy-src=/b.png><img src="/img/placeholder.gif" data-src=/c.png>`,
		`<img src="https://blog.example/a.png"><img src="https://blog.example/b.png"><img src="https://blog.example/c.png">`},
	{"a picture that only seems late", `<img src="/a.png" data-src="/b.png">`, `<img src="https://blog.example/a.png">`},
	{"srcset", `<img src=/a.png srcset="/a.png 1x, /w_1,h_2/b.png  2x,javascript:x 3x, /c.png 640w , /d.png bad, /e.png">`,
		`<img src="https://blog.example/a.png" srcset="https://blog.example/a.png 1x, https://blog.example/w_1,h_2/b.png 2x, ` +
			`https://blog.example/c.png 640w, https://blog.example/e.png">`},
	{"srcset alone", `<img data-srcset="/a.png 640w, /b.png 320w">`,
		`<img src="https://blog.example/a.png" srcset="https://blog.example/a.png 640w, https://blog.example/b.png 320w">`},
	{"picture with sources", `<picture><source type="image/webp" media="(min-width: 600px)" srcset=/a.webp><source src=x><img src=/a.png></picture><source src=y>`,
		`<picture><source srcset="https://blog.example/a.webp" type="image/webp" media="(min-width: 600px)"><img src="https://blog.example/a.png"></picture>`},
	{"sound and film", `<audio autoplay src=/a.mp3></audio><video poster=/p.png loop><source src=/v.mp4 type=video/mp4>no</video><video></video>`,
		`<audio src="https://blog.example/a.mp3" controls></audio><video poster="https://blog.example/p.png" controls>` +
			`<source src="https://blog.example/v.mp4" type="video/mp4">no</video>`},
	{"frames", `<p>a</p><iframe src="https://www.video.example/embed/1" width=5></iframe><iframe src="//h.example/x" title="A &amp; B"></iframe>`,
		`<p>a</p><p><a href="https://www.video.example/embed/1">video.example</a></p><p><a href="https://h.example/x">A &amp; B</a></p>`},
	{"a frame in a paragraph", `<p>a <iframe src="https://h.example/">x</iframe> b</p>`, `<p>a <a href="https://h.example/">h.example</a> b</p>`},
	{"frames of nothing", `a<iframe src="about:blank"></iframe><iframe srcdoc="<p>x"></iframe>b`, "ab"},
}

func TestClean(t *testing.T) {
	b := base(t)
	for _, c := range cases {
		got := markup.Clean(c.in, b)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: Clean(%q) (-want +got):\n%s", c.name, c.in, diff)
		}
		if err := judge(got, b); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestNoBase holds that relative addresses go when nothing says against what
// they are (XE12).
func TestNoBase(t *testing.T) {
	in := `<a href="/a">a</a><a href="#b">b</a><img src="//h.example/c"><a href="https://h.example/">d</a>`
	if got, want := markup.Clean(in, nil), `ab<a href="https://h.example/">d</a>`; got != want {
		t.Errorf("Clean(%q, nil) = %q; want %q", in, got, want)
	}
}

// TestLimits holds that input, output and depth are bounded and that a cut
// leaves everything balanced (XC16, XE20).
func TestLimits(t *testing.T) {
	b := base(t)
	for name, in := range map[string]string{
		"text":     strings.Repeat("word ", 200<<10),
		"no words": strings.Repeat("w", 600<<10),
		"wide":     strings.Repeat("語", 200<<10),
		"escapes":  strings.Repeat("&", 600<<10),
		"depth":    strings.Repeat("<b><blockquote><table>", 20<<10) + "x",
		"rows":     "<table>" + strings.Repeat("<tr><td>cell", 60<<10),
		"links":    strings.Repeat(`<p><em><a href="https://h.example/a/b/c">link</a></em>`, 12<<10),
		"tag":      `<a href="` + strings.Repeat("x", 600<<10),
		"address":  `<a href="https://h.example/` + strings.Repeat("x", 5000) + `">a</a>`,
		"divs":     strings.Repeat("<div>x", 80<<10),
	} {
		out := markup.Clean(in, b)
		if err := judge(out, b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name != "tag" && name != "address" && name != "depth" && len(out) < feed.MaxHTML-64 {
			t.Errorf("%s: only %d bytes of %d are left", name, len(out), len(in))
		}
	}
	out := markup.Clean(strings.Repeat("<p>some words</p>", 20<<10), nil)
	if !strings.HasSuffix(out, "</p>") || strings.HasSuffix(out, "som</p>") {
		t.Errorf("the cut ends in %q", out[len(out)-20:])
	}
}

// TestCleaner holds that a used Cleaner answers as a new one, also after an
// input that filled it.
func TestCleaner(t *testing.T) {
	var c markup.Cleaner
	b := base(t)
	for range 2 {
		for _, p := range payloads {
			if got, want := c.Clean(p, b), markup.Clean(p, b); got != want {
				t.Errorf("a used Cleaner makes %q of %q; want %q", got, p, want)
			}
		}
		c.Clean(strings.Repeat("<div><b>x", 100<<10), b)
	}
}

// TestCleanAllocations holds that what is clean is returned as it is: only the
// buffer is made.
func TestCleanAllocations(t *testing.T) {
	in, b := `<p>a <em>b</em> <a href="https://h.example/?a=1&amp;b=2">c</a></p>`, base(t)
	var c markup.Cleaner
	c.Clean(in, b)
	if n := testing.AllocsPerRun(100, func() { c.Clean(in, b) }); n > 0 {
		t.Errorf("%v allocations for what is clean", n)
	}
}
