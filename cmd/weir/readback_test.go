package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/encoding/charmap"

	"weir/feed"
	"weir/feed/markup"
)

// told is what a subscriber learns of one entry.
type told struct {
	id, title, link, content string
	published                time.Time
}

// strictRSS, strictAtom and strictJSON are readers of our own that accept
// nothing that is not exactly as the specification says.
func strictRSS(body []byte) ([]told, error) {
	var doc struct {
		XMLName xml.Name `xml:"rss"`
		Items   []struct {
			Elements []element `xml:",any"`
		} `xml:"channel>item"`
	}
	if err := strictXML(body, &doc); err != nil {
		return nil, err
	}
	var list []told
	for _, i := range doc.Items {
		// RSS elements are in no namespace; extensions may share their names.
		say := map[xml.Name]string{}
		for _, e := range i.Elements {
			if _, twice := say[e.XMLName]; twice && e.XMLName.Space == "" && e.XMLName.Local != "category" {
				return nil, fmt.Errorf("item with two elements %s", e.XMLName.Local)
			}
			say[e.XMLName] = e.Text
		}
		rss := func(name string) string { return say[xml.Name{Local: name}] }
		at, err := time.Parse(time.RFC1123Z, rss("pubDate"))
		if err != nil {
			return nil, err
		}
		content, full := say[xml.Name{Space: "http://purl.org/rss/1.0/modules/content/", Local: "encoded"}]
		if !full {
			content = rss("description")
		}
		list = append(list, told{rss("guid"), rss("title"), rss("link"), content, at})
	}
	return list, nil
}

// element is any child of an RSS item.
type element struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
}

func strictAtom(body []byte) ([]told, error) {
	var doc struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Entries []struct {
			ID        string `xml:"http://www.w3.org/2005/Atom id"`
			Title     string `xml:"http://www.w3.org/2005/Atom title"`
			Published string `xml:"http://www.w3.org/2005/Atom published"`
			Updated   string `xml:"http://www.w3.org/2005/Atom updated"`
			Content   string `xml:"http://www.w3.org/2005/Atom content"`
			Summary   string `xml:"http://www.w3.org/2005/Atom summary"`
			Links     []struct {
				Rel  string `xml:"rel,attr"`
				Href string `xml:"href,attr"`
			} `xml:"http://www.w3.org/2005/Atom link"`
		} `xml:"http://www.w3.org/2005/Atom entry"`
	}
	if err := strictXML(body, &doc); err != nil {
		return nil, err
	}
	var list []told
	for _, e := range doc.Entries {
		at, err := time.Parse(time.RFC3339, e.Published)
		if err != nil {
			return nil, err
		}
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil {
			return nil, err
		}
		link := ""
		for _, l := range e.Links {
			if l.Rel == "alternate" {
				link = l.Href
			}
		}
		content := e.Content
		if content == "" {
			content = e.Summary
		}
		list = append(list, told{e.ID, e.Title, link, content, at})
	}
	return list, nil
}

func strictJSON(body []byte) ([]told, error) {
	var doc struct {
		Version string `json:"version"`
		Items   []struct {
			ID        string `json:"id"`
			Title     string `json:"title"`
			URL       string `json:"url"`
			HTML      string `json:"content_html"`
			Text      string `json:"content_text"`
			Published string `json:"date_published"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.Version != "https://jsonfeed.org/version/1.1" {
		return nil, fmt.Errorf("version %q", doc.Version)
	}
	var list []told
	for _, i := range doc.Items {
		at, err := time.Parse(time.RFC3339, i.Published)
		if err != nil {
			return nil, err
		}
		list = append(list, told{i.ID, i.Title, i.URL, i.HTML + i.Text, at})
	}
	return list, nil
}

// strictXML refuses what encoding/xml in strict mode refuses, and anything
// after the root.
func strictXML(body []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(into); err != nil {
		return err
	}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if c, ok := tok.(xml.CharData); !ok || len(bytes.TrimSpace(c)) > 0 {
			return fmt.Errorf("%T after the root", tok)
		}
	}
}

// wellFormed reads to the end, strictly.
func wellFormed(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// gofeedReads is the outside judge: somebody else's parser.
func gofeedReads(body []byte) ([]told, error) {
	f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var list []told
	for _, i := range f.Items {
		content := i.Content
		if content == "" {
			content = i.Description
		}
		t := told{id: i.GUID, title: i.Title, link: i.Link, content: content}
		if i.PublishedParsed != nil {
			t.published = *i.PublishedParsed
		}
		list = append(list, t)
	}
	return list, nil
}

// checkOutputs holds every published document against the store.
func checkOutputs(t *testing.T, dir string) {
	s := openConfigured(t, dir)
	defer s.Close()
	revisions, err := s.Revisions()
	if err != nil {
		t.Fatal(err)
	}
	entries := 0
	for id := range revisions {
		if id == articlesChannel {
			continue
		}
		w, err := s.Window(feed.Query{Channel: id, Limit: 10000})
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(dir, "public", id)
		if id == feed.ChannelAll {
			folder = filepath.Join(dir, "public")
		}
		entries += len(w.Entries)
		checkChannel(t, folder, w)
	}
	t.Logf("%d entries in %d channels compared in three formats with two readers each", entries, len(revisions))
	if entries < 1000 {
		t.Errorf("only %d entries compared", entries)
	}
}

func checkChannel(t *testing.T, folder string, w feed.Window) {
	t.Helper()
	for name, strict := range map[string]func([]byte) ([]told, error){
		"rss.xml": strictRSS, "atom.xml": strictAtom, "feed.json": strictJSON,
	} {
		path := filepath.Join(folder, name)
		body, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for judge, read := range map[string]func([]byte) ([]told, error){"strict": strict, "gofeed": gofeedReads} {
			got, err := read(body)
			if err != nil {
				t.Errorf("%s: %s reader: %v", path, judge, err)
				continue
			}
			if len(got) != len(w.Entries) {
				t.Errorf("%s: %s reader: %d entries, the store has %d", path, judge, len(got), len(w.Entries))
				continue
			}
			for i := range got {
				if diff := differs(got[i], &w.Entries[i].Entry); diff != "" {
					t.Errorf("%s: %s reader: entry %s: %s", path, judge, w.Entries[i].Slug, diff)
				}
			}
		}
	}
	for _, name := range []string{"sources.opml"} {
		if body, err := os.ReadFile(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		} else if err := wellFormed(body); err != nil {
			t.Errorf("%s/%s: %v", folder, name, err)
		}
	}
}

// differs names the first field in which a reader's view and the store's
// differ, after normalising white space, and markup for content.
func differs(got told, e *feed.Entry) string {
	for _, f := range []struct{ what, got, want string }{
		{"id", got.id, e.ID},
		{"title", squeeze(got.title), squeeze(legible(e.Title))},
		{"link", unescaped(got.link), unescaped(e.Link)},
		{"published", got.published.UTC().Format(time.RFC3339), e.Published.Format(time.RFC3339)},
	} {
		if f.got != f.want {
			return fmt.Sprintf("%s is %.300q, want %.300q", f.what, f.got, f.want)
		}
	}
	want := markup.Text(legible(e.HTML))
	if e.HTML == "" {
		want = squeeze(legible(e.Summary))
	}
	text, plain := markup.Text(got.content), squeeze(got.content)
	if text != want && plain != want && (want != "" || text != squeeze(e.Title)) {
		// An entry without any text may say its title, because JSON Feed and
		// Atom ask for some content (J3, T2).
		return fmt.Sprintf("content is %.300q, want %.300q", text, want)
	}
	return ""
}

// legible is a text without what nobody can read: what could not be decoded when
// it was written, and control characters that stand for others.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case r < 0x80 || r > 0x9f:
			return r
		}
		if meant := charmap.Windows1252.DecodeByte(byte(r)); meant > 0x9f {
			return meant
		}
		return -1
	}, s)
}

// unescaped is an address without the escapes of what it cannot hold.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestReadbackNotices is the negative control of the corpus test: each field
// that differs is named, and each strict reader refuses what is wrong.
func TestReadbackNotices(t *testing.T) {
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	e := &feed.Entry{ID: "tag:a.example,2026:1", Published: at, Content: feed.Content{
		Title: "A title", Link: "https://a.example/1", HTML: "<p>Some words.</p>",
	}}
	right := told{e.ID, e.Title, e.Link, e.HTML, at}
	if diff := differs(right, e); diff != "" {
		t.Fatalf("the same entry: %s", diff)
	}
	for field, spoil := range map[string]func(*told){
		"id":        func(x *told) { x.id += "0" },
		"title":     func(x *told) { x.title = "Another" },
		"link":      func(x *told) { x.link = "" },
		"published": func(x *told) { x.published = at.Add(time.Second) },
		"content":   func(x *told) { x.content = "<p>Other words.</p>" },
	} {
		wrong := right
		spoil(&wrong)
		if diff := differs(wrong, e); !strings.HasPrefix(diff, field) {
			t.Errorf("%s differs, but the verdict is %q", field, diff)
		}
	}
	for _, c := range []struct {
		read func([]byte) ([]told, error)
		doc  string
	}{
		{strictRSS, `<rss><channel><item><guid>1</guid><guid>2</guid><pubDate>Sun, 01 Nov 2026 08:00:00 +0000</pubDate></item></channel></rss>`},
		{strictRSS, `<rss><channel><item><guid>1</guid><pubDate>yesterday</pubDate></item></channel></rss>`},
		{strictRSS, `<rss><channel></channel></rss><more/>`},
		{strictAtom, `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><published>2026-11-01</published></entry></feed>`},
		{strictAtom, `<feed xmlns="http://www.w3.org/2005/Atom"><entry></feed>`},
		{strictJSON, `{"version":"https://jsonfeed.org/version/1","items":[]}`},
		{strictJSON, `{"version":`},
	} {
		if _, err := c.read([]byte(c.doc)); err == nil {
			t.Errorf("accepted: %s", c.doc)
		}
	}
}
