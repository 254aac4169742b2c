package article

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"weir/feed"
	"weir/feed/markup"
)

// readPage reads an HTML file: front matter where there is some, then what its
// head says, its JSON-LD and what it shows; and its article, its main part or
// its body.
func (m *manuscript) readPage(source string) {
	front, problem := splitMatter(source)
	if problem != nil {
		m.fail(problem.line, "%s", problem.text)
		return
	}
	m.apply(front.fields, true)
	m.apply(headFields(front.body, front.line), false)
	doc, err := html.Parse(strings.NewReader(m.rewritten(front.body, front.line, true)))
	if err != nil {
		m.fail(0, "the HTML cannot be read: %v", err)
		return
	}
	body := mainPart(doc)
	m.apply(m.structured(doc), false)
	m.apply(m.visible(body), false)
	if h := findElement(body, atom.H1); h != nil {
		title := markup.Text(render(h))
		if m.Title == "" {
			m.Title = clip(title, feed.MaxTitle)
		}
		if sameTitle(m.Title, title) {
			m.Title = clip(title, feed.MaxTitle)
			h.Parent.RemoveChild(h)
		}
	}
	var inner strings.Builder
	for c := range body.ChildNodes() {
		inner.WriteString(render(c))
	}
	m.setHTML(inner.String())
}

// sameTitle reports whether a heading repeats the title. A page's title often
// ends in the site's name, which its heading does not carry.
func sameTitle(title, heading string) bool {
	rest, ok := strings.CutPrefix(feed.Fold(title), feed.Fold(heading))
	rest = strings.TrimSpace(rest)
	return ok && heading != "" && (rest == "" || strings.IndexAny(rest, "|-–—·•:»") == 0)
}

// headFields reads the head as fields. It goes through the tokens, which know
// their lines, and stops at the body.
func headFields(source string, line int) []field {
	var fields, late []field
	z := html.NewTokenizer(strings.NewReader(source))
	for len(fields)+len(late) < maxFields {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		at := line
		line += bytes.Count(z.Raw(), []byte("\n"))
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tok := z.Token()
		switch tok.DataAtom {
		case atom.Body, atom.Article, atom.Main:
			return append(fields, late...)
		case atom.Html:
			if lang := attr(tok.Attr, "lang"); lang != "" {
				late = append(late, textField("lang", at, lang))
			}
		case atom.Title:
			if z.Next() == html.TextToken {
				line += bytes.Count(z.Raw(), []byte("\n"))
				late = append(late, textField("title", at, z.Token().Data))
			}
		case atom.Link:
			if strings.EqualFold(attr(tok.Attr, "rel"), "canonical") {
				fields = append(fields, textField("canonical", at, attr(tok.Attr, "href")))
			}
		case atom.Meta:
			fields = metaField(fields, tok.Attr, at)
		}
	}
	return append(fields, late...)
}

// metaField adds what a <meta> element says. Its vocabularies' prefixes tell
// nothing; article:tag comes once per tag.
func metaField(fields []field, attrs []html.Attribute, line int) []field {
	name, content := attr(attrs, "name"), attr(attrs, "content")
	if name == "" {
		name = attr(attrs, "property")
	}
	name = strings.ToLower(name)
	for _, prefix := range [...]string{"og:", "article:", "twitter:", "dc.", "dcterms.", "weir:"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name = rest
			break
		}
	}
	if strings.TrimSpace(content) == "" || name == "author" && strings.Contains(content, "://") {
		return fields
	}
	switch name {
	case "", "url", "type", "link", "audio", "video", "locale", "section":
		return fields
	case "tag", "author":
		for i := range fields {
			if f := &fields[i]; f.key == name {
				if f.value.kind == kindText {
					f.value = value{kind: kindList, line: f.line, items: []value{f.value}}
				}
				f.value.items = append(f.value.items, textField(name, line, content).value)
				return fields
			}
		}
	}
	return append(fields, textField(name, line, content))
}

func attr(attrs []html.Attribute, key string) string {
	for _, a := range attrs {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// mainPart is the only article, else the main part, else the body.
func mainPart(doc *html.Node) *html.Node {
	for _, a := range [...]atom.Atom{atom.Article, atom.Main, atom.Body} {
		if n := findElement(doc, a); n != nil {
			return n
		}
	}
	return doc
}

// findElement is the first element of a kind in document order.
func findElement(n *html.Node, a atom.Atom) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == a {
			return d
		}
	}
	return nil
}

func render(n *html.Node) string {
	var b strings.Builder
	// Writing to memory fails only for trees that the parser does not make.
	_ = html.Render(&b, n)
	return b.String()
}
