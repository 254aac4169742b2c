package article_test

import (
	"strings"
	"testing"
	"time"

	"weir/aggregator/article"
	"weir/feed"
)

// text checks the text of an article, without white space around it.
func text(t *testing.T, it feed.Item, want string) {
	t.Helper()
	if got := strings.TrimSpace(it.HTML); got != want {
		t.Errorf("text is\n%s\nwant\n%s", got, want)
	}
}

// Shortcodes of Hugo that mean something without it keep their meaning, and
// nothing of them is left in the text.
func TestHugo(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"a figure", `{{< figure src="https://x.example/i.png" title="A & B" >}}`,
			`<figure><img src="https://x.example/i.png" alt="A &amp; B"><figcaption>A &amp; B</figcaption></figure>`},
		{"a figure without caption", `{{< figure "https://x.example/i.png" >}}`, `<img src="https://x.example/i.png" alt="">`},
		{"a video", "{{< youtube w7Ft2ymGmfc >}}",
			`<p><a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">https://www.youtube.com/watch?v=w7Ft2ymGmfc</a></p>`},
		{"a post elsewhere", `{{< x user="gopher" id="12" >}}`, `<p><a href="https://x.com/gopher/status/12">https://x.com/gopher/status/12</a></p>`},
		{"a listing", "{{< highlight go \"linenos=table\" >}}\na < b\n\n{{ .Title }}\n{{< /highlight >}}", "<pre><code>a &lt; b\n\n{{ .Title }}\n</code></pre>"},
		{"an escaped one", `Write {{</* ref "a" */>}}.`, `<p>Write {{&lt; ref "a" &gt;}}.</p>`},
		{"an escaped one in code", "`{{</* ref \"a\" */>}}`", `<p><code>{{&lt; ref "a" &gt;}}</code></p>`},
		{"code stays", "```\n{{< ref \"a\" >}} {{ .Title }}\n```", "<pre><code>{{&lt; ref \"a\" &gt;}} {{ .Title }}\n</code></pre>"},
		{"a code span stays", "``{{< a `b` >}}``", "<p><code>{{&lt; a `b` &gt;}}</code></p>"},
		{"indented code stays", "x\n\n    {{< a >}}\n", "<p>x</p>\n<pre><code>{{&lt; a &gt;}}\n</code></pre>"},
		{"braces alone", "Say {{ this }} and {that}.", "<p>Say {{ this }} and {that}.</p>"},
		{"an id of a heading", "## Here {#here}\n\nx", "<h2>Here</h2>\n<p>x</p>"},
		{"not closed", "a {{< b", "<p>a {{&lt; b</p>"},
		{"a script in an id", `x {{< youtube "javascript:alert(1)" >}}`, "<p>x</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, map[string]string{"a.md": "---\ntitle: T\n---\n" + c.source})
			text(t, res.Document.Items[0], c.want)
		})
	}
}

// References between pages become their addresses, wherever the pages lie.
func TestHugoReferences(t *testing.T) {
	res := read(t, map[string]string{
		"posts/a.md":          "---\ntitle: A\n---\n[b]({{< ref \"b.md\" >}}) [c]({{% relref \"/notes/c\" %}}) [d]({{< ref \"d#part\" >}}) [e]({{< ref \"gone.md\" >}})",
		"posts/b.md":          "---\ntitle: B\nslug: bee\n---\nx",
		"notes/c.md":          "---\ntitle: C\n---\nx",
		"notes/d/index.md":    "---\ntitle: D\n---\nx",
		"notes/d/index.de.md": "---\ntitle: D auf Deutsch\n---\nx",
		"posts/_index.md":     "---\ntitle: A list\n---\nx",
		"h.md":                "---\ntitle: Headless\nheadless: true\n---\nx",
	})
	diff(t, "problems", lines(res.Problems), []string(nil))
	text(t, byFile(res, "a"), `<p><a href="`+site+`e/bee/">b</a> <a href="`+site+`e/c/">c</a> <a href="`+site+`e/d/#part">d</a> e</p>`)
	if got := byFile(res, "d-de"); got.Language != "de" {
		t.Errorf("the translation is %+v", got)
	}
	if got := len(res.Document.Items); got != 5 || res.Drafts != 1 {
		t.Errorf("%d items, %d drafts; want 5 and the headless one", got, res.Drafts)
	}
}

// What has no meaning here is left out and pointed out once per file.
func TestLeftOut(t *testing.T) {
	res := read(t, map[string]string{"a.md": "---\ntitle: T\n---\nOne.\n\n{{% notice tip %}}\nTwo.\n{{% /notice %}}\n\n{{< gallery dir=\"x\" />}}\n"})
	diff(t, "problems", lines(res.Problems), []string{"a.md:6: {{% notice tip %}} means nothing here; it and 1 more are left out"})
	text(t, res.Document.Items[0], "<p>One.</p>\n<p>Two.</p>")
	if res.Document.Partial {
		t.Error("it is published, but the document is partial")
	}
}

// Jekyll and Eleventy: Liquid and Nunjucks.
func TestLiquid(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"a comment", "a{% comment %} {{ x }} {% endcomment %}b", "<p>ab</p>"},
		{"raw", "{% raw %}{{ x }} {% y %}{% endraw %}", "<p>{{ x }} {% y %}</p>"},
		{"raw around code", "{%- raw -%}\n```\n{{ x }}\n```\n{%- endraw -%}", "<pre><code>{{ x }}\n</code></pre>"},
		{"raw in code", "`{% raw %}{{ x }}{% endraw %}`", "<p><code>{{ x }}</code></p>"},
		{"a listing", "{% highlight ruby linenos %}\n1 < 2\n{% endhighlight %}", "<pre><code>1 &lt; 2\n</code></pre>"},
		{"a condition", "{% if x %}yes{% else %}no{% endif %}", "<p>yesno</p>"},
		{"the title", "{{ page.title | upcase }} {{title}}", "<p>T T</p>"},
		{"a text with a filter", `![a]({{ "/i.png" | relative_url }})`, `<p><img src="` + site + `i.png" alt="a"></p>`},
		{"the base", "![a]({{ site.baseurl }}/i.png)", `<p><img src="` + site + `i.png" alt="a"></p>`},
		{"attributes of a block", "{: .note}\nText.\n{:.x #id}\n\nMore{: .y}.", "<p>Text.</p>\n<p>More.</p>"},
		{"a Nunjucks comment", "a {# b #}c", "<p>a c</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text(t, one(t, "a.md", "---\ntitle: T\nlayout: post\n---\n"+c.source), c.want)
		})
	}
}

// Jekyll's folders, names, tags and marks.
func TestJekyll(t *testing.T) {
	res := read(t, map[string]string{
		"_posts/2026-02-03-hello.markdown": "---\nlayout: post\ntitle: Hello\ncategories: jekyll update\ntags: one two, three\n" +
			"permalink: /:categories/:title/\nexcerpt_separator: <!--cut-->\n---\nShort.\n\n<!--cut-->\n\nLong: [second]({% post_url 2026-02-04-second %}).\n",
		"_posts/2026-02-04-second.md": "---\ntitle: Second\ndate: 2026-02-05 10:00:00 +0100\n---\nx {% include a.html %}",
		"_posts/2026-02-06-hidden.md": "---\ntitle: Hidden\npublished: false\n---\nx",
		"_drafts/idea.md":             "---\ntitle: Idea\n---\nx",
		"_site/2026/copy.html":        "<h1>Copy</h1><p>x",
		"_includes/head.html":         "<p>head",
		"_layouts/post.html":          "{{ content }}",
		"node_modules/pkg/readme.md":  "# Package\n\nx",
		"page.html":                   "---\nlayout: default\ntitle: Page\n---\n<p>{{ site.title }}a {% include b.html %}</p>",
	})
	if got := slugs(res); got != "page second hello" || res.Drafts != 2 {
		t.Errorf("items %q, %d drafts; want page second hello and 2", got, res.Drafts)
	}
	it := byFile(res, "hello")
	diff(t, "tags", it.Tags, []feed.Tag{{Term: "one two"}, {Term: "three"}, {Term: "jekyll"}, {Term: "update"}})
	if it.Summary != "Short." || !it.Published.Equal(time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)) ||
		!strings.Contains(it.HTML, `<a href="`+site+`e/second/">second</a>`) {
		t.Errorf("summary %q, published %v, text %s", it.Summary, it.Published, it.HTML)
	}
	if got := byFile(res, "second").Published; got.Day() != 5 {
		t.Errorf("published %v; the front matter stands above the name", got)
	}
	text(t, byFile(res, "page"), "<p>a </p>")
	diff(t, "problems", lines(res.Problems), []string{
		"_posts/2026-02-04-second.md:5: {% include a.html %} means nothing here and is left out",
		"page.html:5: {{ site.title }} means nothing here; it and 1 more are left out",
	})
}

// Astro: the dates of its starter, and MDX.
func TestAstro(t *testing.T) {
	res := read(t, map[string]string{"a.mdx": `---
title: 'Using MDX'
description: 'Short'
pubDate: 'Jul 08 2022'
updatedDate: 'Jul 9 2022'
heroImage: './blog.jpg'
---
import Link from '../Link.astro';
import { a,
  b } from "x"
export const n = {
  a: 1 }

Text{/* a comment */} of{" "}MDX.

<Link href="#" onclick={() => { alert(">") }}>
	Inside **it**
</Link>
<></>

- one
    - two

` + "```js\nimport x from 'y'\n<Link />\n```\n", "blog.jpg": "jpg"})
	it := byFile(res, "a")
	text(t, it, "<p>Text of MDX.</p>\n<p>Inside <strong>it</strong></p>\n<ul>\n<li>one\n<ul>\n<li>two</li>\n</ul>\n</li>\n</ul>\n"+
		"<pre><code>import x from 'y'\n&lt;Link /&gt;\n</code></pre>")
	if it.Summary != "Short" || it.Published.Format(time.DateOnly) != "2022-07-08" || it.Updated.Day() != 9 || it.Image != site+"e/a/blog.jpg" {
		t.Errorf("summary %q, published %v, updated %v, image %q", it.Summary, it.Published, it.Updated, it.Image)
	}
	diff(t, "problems", lines(res.Problems), []string{`a.mdx:16: <Link href="#" onclick={() => { alert(">") }}> means nothing here and is left out`})
}

// Eleventy's dates and ways of not publishing.
func TestEleventy(t *testing.T) {
	for _, date := range []string{"Last Modified", "Created", "git Last Modified", "git created"} {
		if it := one(t, "a.md", "---\ntitle: T\ndate: "+date+"\n---\nx"); !it.Published.Equal(edited) {
			t.Errorf("date: %s is %v; want the file's own", date, it.Published)
		}
	}
	res := read(t, map[string]string{
		"a.md":           "---\ntitle: A\npermalink: false\n---\nx",
		"b.md":           "---\ntitle: B\neleventyExcludeFromCollections: true\n---\nx",
		"c.md":           "---\ntitle: C\npermalink: \"/{{ title | slug }}/\"\ntemplateEngineOverride: njk,md\n---\n{{ title }} {{ x }}",
		"d.md":           "---json\n{\n\"title\": \"D\"\n}\n---\nx",
		"e.md":           "---js\n{ title: \"E\" }\n---\nx",
		"f.md":           "---json\n{\"title\":\n oops}\n---\nx",
		"blog/blog.json": `{"tags": ["posts"]}`,
	})
	if got := slugs(res); got != "c d" || res.Drafts != 2 {
		t.Errorf("items %q, %d drafts; want c d and 2", got, res.Drafts)
	}
	got := lines(res.Problems)
	if len(got) != 3 || !strings.HasPrefix(got[0], "c.md:6: {{ x }} means nothing") ||
		!strings.HasPrefix(got[1], "e.md:1: front matter in js is not read") || !strings.HasPrefix(got[2], "f.md:3: the JSON cannot be read") {
		t.Errorf("problems are %q", got)
	}
}

// Obsidian's links, embeds, callouts, comments and marks.
func TestObsidian(t *testing.T) {
	link := func(slug, label string) string { return `<a href="` + site + "e/" + slug + `/">` + label + "</a>" }
	for _, c := range []struct{ name, source, want string }{
		{"a link", "See [[Other Note]].", "<p>See " + link("other-note", "Other Note") + ".</p>"},
		{"in any case", "[[other note]]", "<p>" + link("other-note", "other note") + "</p>"},
		{"with a text", "[[Other Note|the *other*]]", "<p>" + link("other-note", "the *other*") + "</p>"},
		{"to a place", "[[Other Note#Part]] [[#Part]]", "<p>" + link("other-note", "Other Note &gt; Part") + " Part</p>"},
		{"by its path", "[[deep/Note]]", "<p>" + link("deep-note", "deep/Note") + "</p>"},
		{"in a table", "| a |\n|---|\n| [[Other Note\\|x]] |", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>" +
			link("other-note", "x") + "</td>\n</tr>\n</tbody>\n</table>"},
		{"to nothing", "[[Nobody knows]] it", "<p>Nobody knows it</p>"},
		{"a picture", "![[pic.png]] ![[pic.png|100x50]] ![[pic.png|A pic]]", `<p><img src="` + site + `e/a/pic.png" alt="pic.png"> <img src="` +
			site + `e/a/pic.png" alt=""> <img src="` + site + `e/a/pic.png" alt="A pic"></p>`},
		{"a recording", "![[r.mp3]]", `<p><audio src="` + site + `e/a/r.mp3" controls></audio></p>`},
		{"a note", "![[Other Note]]", "<p>" + link("other-note", "Other Note") + "</p>"},
		{"a callout", "> [!note]- A *title*\n> Text.", "<blockquote>\n<p><strong>A <em>title</em></strong></p>\n<p>Text.</p>\n</blockquote>"},
		{"a callout without title", "> [!WARNING]\n> Text.", "<blockquote>\n<p><strong>Warning</strong></p>\n<p>Text.</p>\n</blockquote>"},
		{"a comment", "a %%b\nc%% d", "<p>a  d</p>"},
		{"no comment", "100%% of %%", "<p>100%% of %%</p>"},
		{"a highlight", "a ==b *c*== d", "<p>a <mark>b <em>c</em></mark> d</p>"},
		{"comparisons", "a==b and c==d, x == y == z", "<p>a==b and c==d, x == y == z</p>"},
		{"a name of a line", "Text. ^a1b2c3", "<p>Text.</p>"},
		{"tasks", "- [ ] a\n- [x] b", "<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>"},
		{"code", "`[[a]]` `%%b%%`\n\n```\n[[a]] ==b==\n```", "<p><code>[[a]]</code> <code>%%b%%</code></p>\n<pre><code>[[a]] ==b==\n</code></pre>"},
		{"a shell's brackets", "if [[ -f x ]]; then", "<p>if [[ -f x ]]; then</p>"},
		{"a link in brackets", "[[1]](https://x.example/)", `<p><a href="https://x.example/">[1]</a></p>`},
		{"a tag", "Text #tag", "<p>Text #tag</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, map[string]string{
				"a.md": "---\ntitle: T\ncssclasses: wide\naliases: [B]\n---\n" + c.source, "Other Note.md": "x",
				"deep/Note.md": "---\nslug: deep-note\n---\nx", "attachments/pic.png": "p", "r.mp3": "r",
			})
			diff(t, "problems", lines(res.Problems), []string(nil))
			text(t, byFile(res, "a"), c.want)
		})
	}
	res := read(t, map[string]string{
		"A Thought.md":   "---\ncreated: 2026-03-01 10:11\npublish: true\n---\n![[gone.png]] ![[../../etc/passwd]] ![[x/../../s.png]]",
		"Not Yet.md":     "---\npublish: false\n---\nx",
		".obsidian/x.md": "x",
		".trash/y.md":    "x",
	})
	it := byFile(res, "a-thought")
	if it.Title != "A Thought" || it.Published.Hour() != 10 || len(it.Assets) > 0 || res.Drafts != 1 || len(res.Document.Items) != 1 {
		t.Errorf("%d drafts, item %+v", res.Drafts, it)
	}
	diff(t, "problems", lines(res.Problems), []string{
		"A Thought.md: gone.png does not exist", "A Thought.md: x/../../s.png does not exist",
	})
}

// A note is found anew when files come and go.
func TestWikiLinksFollow(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.md": "# A\n\n[[B]]"})
	f := open(t, article.Options{Dir: dir})
	before := byFile(look(t, f, now), "a")
	write(t, dir, map[string]string{"deep/B.md": "# B\n\nx"})
	after := byFile(look(t, f, now), "a")
	if before.Hash == after.Hash || !strings.Contains(after.HTML, site+"e/b/") {
		t.Errorf("before %s, after %s", before.HTML, after.HTML)
	}
}
