package fulltext_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"weir/aggregator/fulltext"
)

// said is a paragraph that an article could have.
func said(n int) string {
	return fmt.Sprintf("<p>The harbour master of quay %d wrote down every boat, its cargo, and its crew; nobody asked why, and nobody ever read the list again until the flood came.</p>", n)
}

// article is a page with what surrounds a text.
func article(body string) string {
	return `<!DOCTYPE html><html><head><title>Quays</title><script>alert(1)</script></head><body>
<nav><ul><li><a href="/">Front</a><li><a href="/about">About</a></ul></nav>
<article><h1>Quays</h1>` + body + `</article><footer>All rights reserved by the harbour.</footer></body></html>`
}

func paragraphs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(said(i))
	}
	return b.String()
}

func page(body string) fulltext.Page {
	return fulltext.Page{Body: []byte(body), ContentType: "text/html; charset=utf-8", Address: "https://quay.example/2026/quays"}
}

func TestExtract(t *testing.T) {
	body := paragraphs(8) + `<p onclick="x()">See <a href="../map">the map of all the quays that there were</a>, <img src="boat.jpg" alt="a boat"> and <script>alert(2)</script>the rest of them, which is a long story.</p>`
	got, err := fulltext.Extract(page(article(body)), "<p>The harbour master wrote.</p>")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"quay 0 ", "quay 7 ", `href="https://quay.example/map"`, `src="https://quay.example/2026/boat.jpg"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
	for _, odd := range []string{"alert", "onclick", "All rights reserved", "About", "<script"} {
		if strings.Contains(got, odd) {
			t.Errorf("%q is in %s", odd, got)
		}
	}
}

// TestExtractEncoding reads a page by its label.
func TestExtractEncoding(t *testing.T) {
	p := page(article(paragraphs(8) + "<p>At the caf\xe9 on the quay they spoke of little else, and of the weather, and of boats.</p>"))
	p.ContentType = "text/html; charset=iso-8859-1"
	got, err := fulltext.Extract(p, "")
	if err != nil || !strings.Contains(got, "At the café") {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestOwnStays holds what must not take the place of the feed's own text.
func TestOwnStays(t *testing.T) {
	consent := article("<p>We value your privacy. Please accept cookies to read on.</p>")
	for _, c := range []struct {
		name string
		page fulltext.Page
		want error
	}{
		{"a consent page", page(consent), fulltext.ErrShorter},
		{"nothing", page(""), fulltext.ErrNotPage},
		{"another type", fulltext.Page{Body: []byte(article(paragraphs(40))), ContentType: "application/pdf", Address: "https://quay.example/"}, fulltext.ErrNotPage},
		{"no type that is one", fulltext.Page{Body: []byte(article(paragraphs(40))), ContentType: ";;", Address: "https://quay.example/"}, fulltext.ErrNotPage},
		{"no address", fulltext.Page{Body: []byte(article(paragraphs(40))), Address: ":"}, fulltext.ErrNotPage},
	} {
		got, err := fulltext.Extract(c.page, paragraphs(20))
		if got != "" || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %s", c.name, err, got)
		}
	}
	// The control: the same page is taken where it says more.
	if _, err := fulltext.Extract(page(article(paragraphs(40))), paragraphs(20)); err != nil {
		t.Errorf("a page that says more is refused: %v", err)
	}
}

// TestHostilePages has pages refused before a tree is built of them (XC16,
// XE20), or read within their limits.
func TestHostilePages(t *testing.T) {
	for name, body := range map[string]string{
		"nested":      strings.Repeat("<div>", 100000),
		"formatting":  strings.Repeat("<b><i>", 50000),
		"inside":      article(strings.Repeat("<section>", 300) + paragraphs(8)),
		"many":        article(strings.Repeat("<br>", 50000)),
		"large":       article(strings.Repeat("boats ", fulltext.MaxPage/6)),
		"tables":      strings.Repeat("<table><tr><td>", 20000),
		"paragraphs":  strings.Repeat("<p>", 100000),
		"end tags":    strings.Repeat("</div><span>", 100000),
		"selfclosing": strings.Repeat("<div/>", 100000),
	} {
		if _, err := fulltext.Extract(page(body), ""); !errors.Is(err, fulltext.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, body := range map[string]string{
		"comment":   "<!--" + strings.Repeat("-", 1<<20),
		"attribute": "<p a='" + strings.Repeat("x", 1<<20),
		"script":    "<script>" + strings.Repeat("<b>", 1<<18),
		"list":      article(strings.Repeat("<li>boat", 9000)),
		"misnested": strings.Repeat("<b><p></b>", 3000),
		"anchors":   strings.Repeat("<a><div></a>", 190),
		"text":      strings.Repeat("a, ", 500000),
	} {
		if got, err := fulltext.Extract(page(body), paragraphs(10)); err == nil && strings.Contains(got, "<script") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func FuzzExtract(f *testing.F) {
	f.Add([]byte(article(paragraphs(3))))
	f.Fuzz(func(t *testing.T, body []byte) {
		p := page("")
		p.Body = body
		if got, err := fulltext.Extract(p, ""); (got == "") != (err != nil) {
			t.Errorf("%q, %v", got, err)
		}
	})
}
