package article

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"

	"weir/feed"
	"weir/feed/markup"
)

// readMarkdown reads a Markdown file.
func (m *manuscript) readMarkdown(source string, md *dialect) {
	front, err := splitMatter(source)
	if err != nil {
		m.fail(err.line, "%s", err.text)
		return
	}
	m.apply(front.fields, true)
	body := []byte(m.rewritten(m.separated(front.body), front.line, false))
	doc, err := md.parse(body, front.line)
	if err != nil {
		// What was rewritten may have more lines than the file.
		m.fail(min(err.line, front.line+strings.Count(front.body, "\n")), "%s", err.text)
		return
	}
	var out bytes.Buffer
	if h := openingHeading(doc); h != nil {
		// Writing to memory cannot fail.
		_ = md.Renderer().Render(&out, body, h)
		title := markup.Text(out.String())
		out.Reset()
		if m.Title == "" || feed.Fold(m.Title) == feed.Fold(title) {
			doc.RemoveChild(doc, h)
		}
		if m.Title == "" {
			m.Title = clip(title, feed.MaxTitle)
		}
	}
	_ = md.Renderer().Render(&out, body, doc)
	m.setHTML(out.String())
}

// mdx reports whether the file may hold components.
func (m *manuscript) mdx() bool { return strings.HasSuffix(strings.ToLower(m.file), ".mdx") }

// separated puts the usual mark where the front matter names one of its own
// for the end of the summary.
func (m *manuscript) separated(body string) string {
	if m.separator == "" {
		return body
	}
	return strings.Replace(body, m.separator, "<!--more-->", 1)
}

// openingHeading is the heading of the first level that a document opens
// with, or nil.
func openingHeading(doc ast.Node) ast.Node {
	if h, ok := doc.FirstChild().(*ast.Heading); ok && h.Level == 1 {
		return h
	}
	return nil
}

// more matches the mark up to which the text is a summary.
var more = regexp.MustCompile(`<!--\s*more\s*-->`)

// setHTML takes over the body, and the summary that it may mark.
func (m *manuscript) setHTML(html string) {
	if at := more.FindStringIndex(html); at != nil && m.Summary == "" {
		m.Summary = clip(markup.Text(html[:at[0]]), maxSummary)
	}
	m.HTML = strings.TrimSpace(html)
}
