package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// shortFeed is a feed as scenarios write it.
type shortFeed struct {
	format, title, home string
	items               []shortItem
}

type shortItem struct {
	title, link, id, author, language, audio string
	tags                                     []string
	text                                     []string
	date, updated                            time.Time
	times                                    int
}

// feedPage expands a file of a scenario to a document and its media type. story
// returns the text of another file.
func feedPage(data string, story func(name string) (string, bool)) (*page, error) {
	switch {
	case strings.HasPrefix(data, "{"):
		return &page{kind: "application/feed+json", body: data}, nil
	case strings.HasPrefix(data, "<"):
		return &page{kind: "application/xml", body: data}, nil
	}
	f, err := readShort(data, story)
	if err != nil {
		return nil, err
	}
	return f.page()
}

func readShort(data string, story func(string) (string, bool)) (*shortFeed, error) {
	head, rest, _ := strings.Cut(data, "\n")
	f := &shortFeed{}
	format, head, _ := strings.Cut(strings.TrimSpace(head), " ")
	title, home, ok := strings.Cut(strings.TrimPrefix(head, `"`), `"`)
	if f.format, f.title, f.home = format, title, strings.TrimSpace(home); !ok {
		return nil, fmt.Errorf("a feed begins with: format \"title\" home page; not %q", head)
	}
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		word, value, _ := strings.Cut(line, " ")
		if word == "*" {
			f.items = append(f.items, shortItem{title: value})
			continue
		}
		if len(f.items) == 0 {
			return nil, fmt.Errorf("%q stands before the first item", line)
		}
		if err := f.items[len(f.items)-1].set(word, value, story); err != nil {
			return nil, err
		}
	}
	f.repeat()
	return f, nil
}

func (it *shortItem) set(word, value string, story func(string) (string, bool)) (err error) {
	switch word {
	case "link":
		it.link = value
	case "id":
		it.id = value
	case "author":
		it.author = value
	case "language":
		it.language = value
	case "audio":
		it.audio = value
	case "tag":
		it.tags = append(it.tags, value)
	case "date":
		it.date, err = time.Parse("2006-01-02 15:04", value)
	case "updated":
		it.updated, err = time.Parse("2006-01-02 15:04", value)
	case "times":
		it.times, err = strconv.Atoi(value)
	case "text":
		if name, ok := strings.CutPrefix(value, "@"); ok {
			value, err = excerpt(name, story)
		}
		it.text = append(it.text, value)
	default:
		err = fmt.Errorf("an item has no %q", word)
	}
	return err
}

// excerpt returns a story, or its first words: "story 30".
func excerpt(name string, story func(string) (string, bool)) (string, error) {
	name, most, cut := strings.Cut(name, " ")
	text, ok := story(name)
	if !ok {
		return "", fmt.Errorf("there is no file %q", name)
	}
	words := strings.Fields(text)
	if !cut {
		return strings.Join(words, " "), nil
	}
	n, err := strconv.Atoi(most)
	return strings.Join(words[:min(n, len(words))], " "), err
}

// repeat multiplies the items that are there several times.
func (f *shortFeed) repeat() {
	var all []shortItem
	for _, it := range f.items {
		for n := range max(it.times, 1) {
			one := it
			if it.times > 0 {
				in := strings.NewReplacer("{n}", strconv.Itoa(n+1))
				one.title, one.link, one.id = in.Replace(it.title), in.Replace(it.link), in.Replace(it.id)
				one.text = []string{in.Replace(strings.Join(it.text, " "))}
			}
			if !it.date.IsZero() {
				one.date = it.date.Add(-time.Duration(n) * time.Hour)
			}
			all = append(all, one)
		}
	}
	f.items = all
}

func (f *shortFeed) page() (*page, error) {
	var b strings.Builder
	switch f.format {
	case "rss":
		f.rss(&b)
		return &page{kind: "application/rss+xml", body: b.String()}, nil
	case "rdf":
		f.rdf(&b)
		return &page{kind: "application/rdf+xml", body: b.String()}, nil
	case "atom":
		f.atom(&b)
		return &page{kind: "application/atom+xml", body: b.String()}, nil
	case "json":
		return f.json()
	}
	return nil, fmt.Errorf("%q is no format: rss, rdf, atom or json", f.format)
}

// shortElement writes <name attrs>text</name> where there is a text.
func shortElement(b *strings.Builder, name, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, "<%s>", name)
	_ = xml.EscapeText(b, []byte(text)) // A strings.Builder takes everything.
	name, _, _ = strings.Cut(name, " ")
	fmt.Fprintf(b, "</%s>\n", name)
}

func stated(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

func (f *shortFeed) rss(b *strings.Builder) {
	b.WriteString(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>` + "\n")
	shortElement(b, "title", f.title)
	shortElement(b, "link", f.home)
	for _, it := range f.items {
		b.WriteString("<item>\n")
		shortElement(b, "title", it.title)
		shortElement(b, "link", it.link)
		shortElement(b, `guid isPermaLink="false"`, it.id)
		it.rest(b)
		shortElement(b, "pubDate", stated(it.date, time.RFC1123Z))
		for _, tag := range it.tags {
			shortElement(b, "category", tag)
		}
		if it.audio != "" {
			fmt.Fprintf(b, "<enclosure url=%q type=\"audio/mpeg\" length=\"1000\"/>\n", it.audio)
		}
		b.WriteString("</item>\n")
	}
	b.WriteString("</channel></rss>\n")
}

func (f *shortFeed) rdf(b *strings.Builder) {
	b.WriteString(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>` + "\n")
	shortElement(b, "title", f.title)
	shortElement(b, "link", f.home)
	b.WriteString("</channel>\n")
	for _, it := range f.items {
		fmt.Fprintf(b, "<item rdf:about=%q>\n", it.id)
		shortElement(b, "title", it.title)
		shortElement(b, "link", it.link)
		it.rest(b)
		shortElement(b, "dc:date", stated(it.date, time.RFC3339))
		b.WriteString("</item>\n")
	}
	b.WriteString("</rdf:RDF>\n")
}

func (it *shortItem) rest(b *strings.Builder) {
	shortElement(b, "description", strings.Join(it.text, " "))
	shortElement(b, "dc:creator", it.author)
	shortElement(b, "dc:language", it.language)
}

func (f *shortFeed) atom(b *strings.Builder) {
	b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom">` + "\n")
	shortElement(b, "title", f.title)
	fmt.Fprintf(b, "<link href=%q/>\n", f.home)
	for _, it := range f.items {
		if it.language == "" {
			b.WriteString("<entry>\n")
		} else {
			fmt.Fprintf(b, "<entry xml:lang=%q>\n", it.language)
		}
		shortElement(b, "title", it.title)
		if it.link != "" {
			fmt.Fprintf(b, "<link href=%q/>\n", it.link)
		}
		shortElement(b, "id", it.id)
		shortElement(b, "published", stated(it.date, time.RFC3339))
		if it.updated.IsZero() {
			it.updated = it.date
		}
		shortElement(b, "updated", stated(it.updated, time.RFC3339))
		if it.author != "" {
			b.WriteString("<author>")
			shortElement(b, "name", it.author)
			b.WriteString("</author>\n")
		}
		shortElement(b, `content type="html"`, strings.Join(it.text, " "))
		b.WriteString("</entry>\n")
	}
	b.WriteString("</feed>\n")
}

func (f *shortFeed) json() (*page, error) {
	items := []map[string]any{}
	for _, it := range f.items {
		m := map[string]any{"id": it.id, "url": it.link, "title": it.title, "content_html": strings.Join(it.text, " ")}
		if !it.date.IsZero() {
			m["date_published"] = it.date.Format(time.RFC3339)
		}
		if it.language != "" {
			m["language"] = it.language
		}
		items = append(items, m)
	}
	body, err := json.Marshal(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": f.title, "home_page_url": f.home, "items": items,
	})
	return &page{kind: "application/feed+json", body: string(body)}, err
}
