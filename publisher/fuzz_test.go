package publisher_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"weir/feed"
	"weir/feed/markup"
	"weir/publisher"
)

// Whatever an entry holds, every document is well-formed, and other people's
// reader finds the same id, title and link in it (XD01 to XD04, XD12, XD15).
func FuzzPublish(f *testing.F) {
	f.Add("Title", "<p>Body</p>", "Summary", "Ann", "tag", "https://a.example/1", "1", "audio/mpeg", "name", int64(1_700_000_000))
	f.Add("\x00\x01]]>\xff\ufffe", "]]>]]]]>><![CDATA[\x0b", "&#1;&amp;#1;", "a\r\nb", "</category>", "javascript:alert(1)", "]]>", "a/b\"", "x:y", int64(-62_135_596_801))
	f.Add("<b>&amp;lt;</b>", "<p>\u2028</script>", "\xed\xa0\x80", "\"'", " ", "https://ü.example/ä?ö=<>", "\\u0000", "", "xmlns", int64(292_277_026_596))
	f.Fuzz(func(t *testing.T, title, html, summary, author, tag, link, id, media, name string, seconds int64) {
		e := entry("story", "go-notes", "urn:x:"+id, "2026-11-20T09:00:00Z")
		e.Published = time.Unix(seconds, 0)
		e.Updated = e.Published
		e.Content = feed.Content{
			Title: title, HTML: html, Summary: summary, Link: link, External: link, Comments: link, Image: link, Rights: summary,
			Language: tag, Authors: []feed.Person{{Name: author, Email: author, URI: link, Avatar: link, Bio: summary}},
			Contributors: []feed.Person{{Name: tag, Email: tag}},
			Tags:         []feed.Tag{{Term: tag, Scheme: link, Label: title}},
			Attachments:  []feed.Attachment{{URL: link, Type: media, Length: seconds, Title: title, Duration: time.Duration(seconds)}, {URL: "https://a.example/x", Type: media}},
			Links:        []feed.Link{{Rel: name, Href: link, Type: media, Title: title, Language: tag}, {Rel: "via", Href: "https://a.example/v", Title: title}},
			Origin:       &feed.Origin{ID: link, Title: title, Link: link, Self: link, Authors: []feed.Person{{Name: author}}},
			Extensions: []feed.Extension{{
				Space: mediaSpace, Name: name, Text: html, Attrs: []feed.Attr{{Name: name, Value: title}, {Space: tag, Name: "a", Value: link}},
				Children: []feed.Extension{{Space: mediaSpace, Name: "title", Text: title}, {Space: tag, Name: name, Text: tag}},
			}},
		}
		e.Sightings = append(e.Sightings, feed.Sighting{Source: "cafe", Link: link, Title: title, Tags: []feed.Tag{{Term: author}}})
		shelf := &shelf{windows: make(map[string]feed.Window), sources: described()}
		shelf.put("all", e, blogPost())
		shelf.put("go")
		shelf.put(".articles")
		s := render(t, newPublisher(t, options(), shelf))
		wantTitle := clean(title)
		for path, read := range map[string]func(*testing.T, string) []told{"rss.xml": readRSS, "atom.xml": readAtom, "feed.json": readJSON} {
			got := read(t, body(t, s, path))[0]
			if clean(got.ID) != clean("urn:x:"+id) || wantTitle != "" && got.Title != wantTitle {
				t.Errorf("%s: %q %q; want %q %q", path, got.ID, got.Title, clean("urn:x:"+id), wantTitle)
			}
		}
		for path, doc := range s.All() {
			if !utf8.Valid(doc.Body) {
				t.Fatalf("%s is not UTF-8", path)
			}
			if strings.HasSuffix(path, ".xml") || strings.HasSuffix(path, ".opml") {
				wellFormed(t, path, string(doc.Body))
			}
		}
		if !json.Valid([]byte(body(t, s, "feed.json"))) {
			t.Fatal("feed.json is not JSON")
		}
		for _, path := range []string{"rss.xml", "atom.xml", "feed.json"} {
			got, err := gofeed.NewParser().ParseString(body(t, s, path))
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if len(got.Items) != 2 {
				t.Fatalf("%s: %d items; want 2", path, len(got.Items))
			}
			item := got.Items[0]
			// gofeed resolves Atom ids as if they were addresses; ours are read
			// strictly below.
			if want := clean("urn:x:" + id); clean(item.GUID) != want && path != "atom.xml" {
				t.Errorf("%s: id %q; want %q", path, item.GUID, want)
			}
			if wantTitle != "" && clean(item.Title) != wantTitle {
				t.Errorf("%s: title %q; want %q", path, item.Title, wantTitle)
			}
			if want := markup.URL(clean(link), nil); item.Link != want && want != "" {
				t.Errorf("%s: link %q; want %q", path, item.Link, want)
			}
		}
	})
}

const mediaSpace = "http://search.yahoo.com/mrss/"

// clean is what any text is reduced to on its way out.
func clean(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(markup.Chars(s)))
}

func wellFormed(t *testing.T, path, doc string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(doc))
	dec.Strict = true
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}

var _ publisher.Reader = (*shelf)(nil)
