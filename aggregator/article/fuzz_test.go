package article_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"weir/aggregator/article"
	"weir/feed"
)

// FuzzArticle holds every file, whatever is in it, to what the vocabulary
// promises: valid UTF-8 of XML characters, a valid slug, lengths within their
// limits, and problems whose lines exist (XJ04, XJ05).
func FuzzArticle(f *testing.F) {
	for _, seed := range []string{
		layout,
		"---\ntitle: A\ntags: [a, b]\nauthors:\n  - name: X\n    url: https://x.example/\ndate: 2026-11-02\n---\n# A\n\ntext ![a](b.png)\n",
		"+++\ntitle = 'A'\ndate = 2026-11-02\n[podcast]\nurl = 'a.mp3'\n+++\ntext",
		"{\"title\": \"A\", \"authors\": [{\"name\": \"X\"}], \"enclosure\": {\"url\": \"a.mp3\"}}\ntext",
		"Title: A\nSummary:\nB\n\nHeading: C\n\nText.\n\nAuthor:\nX\n\nBio: Y\n",
		"Title\nA\n\nSlug\na-b\n\nText\nx\n",
		"<html lang=en><title>A - B</title><meta name=author content=X><article><h1>A</h1><p>x<img srcset='a.png 1x, b.png'>",
		"<script type='application/ld+json'>{\"@graph\": [{\"@type\": \"Article\", \"author\": {\"@id\": 1}}]}</script><time datetime=2026-11-02></time><a rel=author>A</a>",
		"Title: A\n\nx\n\n---\nTitle: B\n\nx\fC\n\nc-c\n\n===\n",
		"---\nlayout: post\nexcerpt_separator: <!--x-->\n---\n{% raw %}{{ a }}{% endraw %} {{ title }} {# b #}\n{: .c}\n{% highlight go %}\nx\n{% endhighlight %}\n",
		"---json\n{\"title\": \"A\", \"lastmod\": \"Last Modified\"}\n---\n{{< figure src=\"a.png\" >}} {{% ref \"b.md\" %}} {{</* c */>}}\n",
		"> [!note]- A\n> [[b#c|d]] ![[e.png|10]] ==f== %%g%% ^abc1\n- [ ] h\n\n    [[i]]\n```\n[[j]]\n```\n",
		"import A from 'a'\n\n<A b={c => \">\"}>\n\td {/* e */} {\" \"}\n</A>\n",
		"\xff\xfeT\x00\n\x00\n\x00x\x00", "K\xf6ln\r\n\r\nx", "---\na: &a [*a]\n---\n", "+++\n[[a]]\n[[a]]\n+++\n", "{\"a\":",
	} {
		for form := range uint8(4) {
			f.Add([]byte(seed), form)
		}
	}
	folder, err := article.Open(article.Options{Dir: f.TempDir(), SiteURL: site})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, form uint8) {
		name := [...]string{"a.md", "a.html", "a.txt", "a.mdx"}[form%4]
		it, problems := folder.ParseFile(name, data)
		failed := false
		for _, p := range problems {
			failed = failed || !p.Warning
			if p.File != name || p.Line < 0 || p.Line > 2+strings.Count(string(data), "\n")+strings.Count(string(data), "\r") {
				t.Errorf("problem %v is on no line of the file", p)
			}
			if strings.Contains(p.Text, "fault in the program") {
				t.Errorf("it panics: %v", p)
			}
		}
		if failed {
			return
		}
		if !feed.ValidSlug(it.Slug) || it.RawID == "" {
			t.Errorf("slug %q, id %q", it.Slug, it.RawID)
		}
		texts := []string{it.Title, it.Summary, it.Rights, it.RawID}
		for _, p := range it.Authors {
			if p.Name == "" {
				t.Error("an author has no name")
			}
			texts = append(texts, p.Name, p.Email, p.Bio)
		}
		for _, tag := range it.Tags {
			texts = append(texts, tag.Term)
		}
		for _, s := range texts {
			if err := clean(s); err != nil {
				t.Error(err)
			}
		}
		if len(it.Title) > feed.MaxTitle || len(it.Tags) > feed.MaxTags || len(it.Authors) > feed.MaxPersons || len(it.Attachments) > feed.MaxAttachments {
			t.Errorf("over the limits: %d, %d, %d, %d", len(it.Title), len(it.Tags), len(it.Authors), len(it.Attachments))
		}
	})
}

// clean checks that a text is one line that XML can carry (XD01).
func clean(s string) error {
	if !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r\ufffe\uffff") {
		return fmt.Errorf("%q is not clean", s)
	}
	for _, r := range s {
		if r < 0x20 {
			return fmt.Errorf("%q holds a control character", s)
		}
	}
	return nil
}

func BenchmarkParse(b *testing.B) {
	folder, err := article.Open(article.Options{Dir: b.TempDir(), SiteURL: site})
	if err != nil {
		b.Fatal(err)
	}
	body := strings.Repeat("A paragraph of *some* words with [a link](https://example.net/) and `code` in it.\n\n", 50)
	for name, text := range map[string]string{
		"a.md":   "---\ntitle: A title\ndate: 2026-11-02\ntags: [a, b, c]\nauthor: Ana\n---\n" + body,
		"a.html": "<title>A title</title><meta name=author content=Ana><p>" + strings.ReplaceAll(body, "\n\n", "</p>\n<p>"),
		"a.txt":  layout + body,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				folder.ParseFile(name, []byte(text))
			}
		})
	}
}

// BenchmarkReread reads an unchanged folder of a thousand articles.
func BenchmarkReread(b *testing.B) {
	dir := b.TempDir()
	files := map[string]string{}
	for i := range 1000 {
		files[fmt.Sprintf("%04d.md", i)] = fmt.Sprintf("---\ntitle: Article %d\ndate: 2026-11-02\n---\nText %d.\n", i, i)
	}
	write(b, dir, files)
	folder, err := article.Open(article.Options{Dir: dir, SiteURL: site})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := folder.Read(b.Context(), now); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := folder.Read(b.Context(), now); err != nil {
			b.Fatal(err)
		}
	}
}
