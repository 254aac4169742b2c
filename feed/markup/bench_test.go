package markup_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/feed/markup"
)

// blog is HTML as blogs send it, of about n bytes: paragraphs with links and
// entities, pictures with sizes, lists, code, and the wrappers of an editor.
func blog(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `<div class="wp-block-group section-%[1]d" style="margin: 0 auto"><h2 id="part-%[1]d">Part %[1]d of the story</h2>
<p class="has-text">The quick brown fox jumps over the lazy dog, and that&#8217;s what the <a href="https://blog.example/posts/%[1]d/?utm_source=feed&amp;id=%[1]d" target="_blank" rel="noopener">earlier post</a> said at length, though <em>nobody</em> believed a word of it until much later in the year.</p>
<p>There is more to say about it&nbsp;&mdash; see <a href="https://h.example/a/path/to/page.html">the page</a>, <a href="/relative/%[1]d">another</a> and the <code>go test -bench .</code> command, which prints what it measured; numbers &lt; 10 are noise. Ordinary prose goes on for a while between two tags, because that is what people write when they have something to tell, and a cleaner ought to be fast on it.</p>
<figure class="wp-block-image size-large"><img decoding="async" width="1024" height="683" src="https://cdn.example/wp-content/uploads/2026/%[1]d-1024x683.jpg" alt="A fox, and a dog &amp; friends" class="wp-image-%[1]d" srcset="https://cdn.example/wp-content/uploads/2026/%[1]d-1024x683.jpg 1024w, https://cdn.example/wp-content/uploads/2026/%[1]d-300x200.jpg 300w" sizes="(max-width: 1024px) 100vw, 1024px" /><figcaption>A fox</figcaption></figure>
<ul><li>one thing</li><li>another <strong>important</strong> thing</li></ul></div>
`, i)
	}
	return b.String()
}

func BenchmarkClean(b *testing.B) {
	in, at := blog(20<<10), base(b)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		markup.Clean(in, at)
	}
}

func BenchmarkCleaner(b *testing.B) {
	in, at := blog(20<<10), base(b)
	var c markup.Cleaner
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		c.Clean(in, at)
	}
}

// BenchmarkAgain cleans what is clean, as after a restart with a new policy.
func BenchmarkAgain(b *testing.B) {
	at := base(b)
	in := markup.Clean(blog(20<<10), at)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		markup.Clean(in, at)
	}
}

func BenchmarkText(b *testing.B) {
	in := markup.Clean(blog(20<<10), base(b))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		markup.Text(in)
	}
}

func BenchmarkChars(b *testing.B) {
	in := blog(20 << 10)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		markup.Chars(in)
	}
}

func BenchmarkTitle(b *testing.B) {
	in := "What &amp; why: the <em>quick</em> brown fox &#8217;jumps&#8217; over a lazy dog"
	b.ReportAllocs()
	for b.Loop() {
		markup.Title(in)
	}
}

func BenchmarkURL(b *testing.B) {
	at := base(b)
	b.ReportAllocs()
	for b.Loop() {
		markup.URL("https://blog.example/posts/2026/a-fox/?id=12#part", at)
	}
}

// BenchmarkHostile cleans what is made to be slow; the limit is the time that
// XC16 grants 1 MiB of it.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{
		"less": "<", "amp": "&", "b": "<b>", "div": "<div>", "table": "<table>", "a": "<a href=x>", "svg": "<svg>", "nested": "<svg><svg></svg>",
		"comment": "<!--", "iframe": "<iframe>", "attrs": "<p a", "quote": `<a href="`, "reopen": "<p><b><i><u><hr>", "late": "<b><p></b>",
		"select": "<select><option>", "cell": "<table><td>", "end": "</b>", "lt": "&lt;", "srcset": "<img srcset='" + strings.Repeat("a 1x,", 50) + "'>",
		"deep": strings.Repeat("<b>", 99) + "<p></p>" + strings.Repeat("</b>", 99), "entity": "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	} {
		in := strings.Repeat(unit, (1<<20)/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(512 << 10)
			for b.Loop() {
				markup.Clean(in, nil)
			}
		})
	}
}
