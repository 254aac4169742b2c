package parse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"weir/aggregator/parse"
	"weir/feed"
)

const jsonVersion = `"version":"https://jsonfeed.org/version/1.1"`

func jsonFeed(head, items string) string {
	return `{` + jsonVersion + `,"title":"Kettle",` + head + `"items":[` + items + `]}`
}

// What a member of an item becomes, whatever its type is (I10, J3 to J7, G18,
// G20, XC08). Each row is an item of its own; want says what differs from one
// with nothing but its id.
func TestJSONItems(t *testing.T) {
	people := func(p ...feed.Person) func(*feed.Item) { return func(it *feed.Item) { it.Authors = p } }
	text := func(html string) func(*feed.Item) { return func(it *feed.Item) { it.HTML = html } }
	file := func(a feed.Attachment) func(*feed.Item) {
		return func(it *feed.Item) { it.Attachments = []feed.Attachment{a} }
	}
	tag := func(terms ...string) func(*feed.Item) {
		return func(it *feed.Item) {
			for _, term := range terms {
				it.Tags = append(it.Tags, feed.Tag{Term: term})
			}
		}
	}
	when := time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)
	const mp3, audio = "https://example.org/a.mp3", `"url":"https://example.org/a.mp3","mime_type":"audio/mpeg"`
	tests := []struct {
		name, members string
		want          func(*feed.Item)
	}{
		{"control", `"content_text":"x"`, text("<p>x</p>")},
		{"I10 number", `"id":42,"content_text":"x"`, func(it *feed.Item) { it.RawID, it.HTML = "42", "<p>x</p>" }},
		{"I10 fraction", `"id":1.50,"content_text":"x"`, func(it *feed.Item) { it.RawID, it.HTML = "1.50", "<p>x</p>" }},
		{"I10 boolean", `"id":true,"content_text":"x"`, func(it *feed.Item) { it.RawID, it.HTML = "true", "<p>x</p>" }},
		{"I10 null", `"id":null,"content_text":"x"`, func(it *feed.Item) { it.RawID, it.HTML = "", "<p>x</p>" }},
		{"I10 object", `"id":{"a":1},"content_text":"x"`, func(it *feed.Item) { it.RawID, it.HTML = "", "<p>x</p>" }},
		{"I10 id is the address", `"id":"https://example.org/1","content_text":"x"`, func(it *feed.Item) {
			it.RawID, it.Link, it.HTML = "https://example.org/1", "https://example.org/1", "<p>x</p>"
		}},
		{"nulls everywhere", `"url":null,"external_url":null,"title":null,"content_html":null,"content_text":"x","summary":null,"image":null,"banner_image":null,"date_published":null,"date_modified":null,"author":null,"authors":null,"tags":null,"language":null,"attachments":null,"_x":null`, text("<p>x</p>")},
		{"wrong types everywhere", `"url":[],"external_url":{},"title":{},"content_html":{"a":"b"},"content_text":"x","summary":[1],"image":true,"banner_image":[],"date_published":{},"date_modified":[],"author":[[]],"authors":[[],{},7.5e],"tags":{},"language":9,"attachments":[[],"",{}]`, func(it *feed.Item) {
			it.HTML, it.Authors = "<p>x</p>", []feed.Person{{Name: "7.5e"}}
		}},
		{"J3 HTML over text", `"content_html":"<b>x</b>","content_text":"y"`, text("<b>x</b>")},
		{"J3 text before HTML", `"content_text":"y","content_html":"<b>x</b>"`, text("<b>x</b>")},
		{"J3 empty HTML", `"content_html":" ","content_text":"y"`, text("<p>y</p>")},
		{"J3 plain text stays plain", `"content_text":"1 < 2 & <b>x</b>"`, text("<p>1 &lt; 2 &amp; &lt;b&gt;x&lt;/b&gt;</p>")},
		{"J3 summary", `"content_text":"y","summary":"s <3"`, func(it *feed.Item) { it.HTML, it.Summary = "<p>y</p>", "s <3" }},
		{"J3 number as title", `"title":2026,"content_text":"y"`, func(it *feed.Item) { it.Title, it.HTML = "2026", "<p>y</p>" }},
		{"J3 boolean as title", `"title":false,"content_text":"y"`, text("<p>y</p>")},
		{"J4 author", `"content_text":"y","author":{"name":"Ann","url":"/ann","avatar":"a.png"}`, func(it *feed.Item) {
			it.HTML, it.Authors = "<p>y</p>", []feed.Person{{Name: "Ann", URI: "https://example.org/ann", Avatar: "https://example.org/a.png"}}
		}},
		{"J4 author as text", `"url":"/1","author":"Ann <ann@example.org>"`, func(it *feed.Item) {
			it.Link, it.Authors = "https://example.org/1", []feed.Person{{Name: "Ann", Email: "ann@example.org"}}
		}},
		{"J4 authors over author", `"authors":[{"name":"Ann"},null,"Ben"],"author":{"name":"Cy"}`, people(feed.Person{Name: "Ann"}, feed.Person{Name: "Ben"})},
		{"J4 authors over author before", `"author":{"name":"Cy"},"authors":[{"name":"Ann"}]`, people(feed.Person{Name: "Ann"})},
		{"J4 empty authors", `"author":{"name":"Cy"},"authors":[]`, people(feed.Person{Name: "Cy"})},
		{"J4 authors is one object", `"authors":{"name":"Ann"}`, people(feed.Person{Name: "Ann"})},
		{"J4 address only", `"authors":[{"url":"https://www.example.net/~ann/"}]`, people(feed.Person{Name: "example.net/~ann", URI: "https://www.example.net/~ann/"})},
		{"J4 mail only", `"authors":[{"url":"mailto:ann@example.net"}]`, people(feed.Person{Name: "ann", Email: "ann@example.net"})},
		{"J5 link post", `"url":"/1","external_url":"https://example.net/x"`, func(it *feed.Item) {
			it.Link, it.External = "https://example.org/1", "https://example.net/x"
		}},
		{"J5 external only", `"external_url":"https://example.net/x"`, func(it *feed.Item) { it.Link = "https://example.net/x" }},
		{"J6 attachment", `"attachments":[{` + audio + `,"title":"Whistle","size_in_bytes":4294967297,"duration_in_seconds":61.5}]`,
			file(feed.Attachment{URL: mp3, Type: "audio/mpeg", Title: "Whistle", Length: 4294967297, Duration: 61500 * time.Millisecond})},
		{"J6 text for numbers", `"attachments":[{` + audio + `,"size_in_bytes":"12","duration_in_seconds":"1:02:03"}]`,
			file(feed.Attachment{URL: mp3, Type: "audio/mpeg", Length: 12, Duration: time.Hour + 2*time.Minute + 3*time.Second})},
		{"J6 fractions", `"attachments":[{` + audio + `,"size_in_bytes":1.2e3}]`, file(feed.Attachment{URL: mp3, Type: "audio/mpeg", Length: 1200})},
		{"J6 nonsense", `"attachments":[{` + audio + `,"size_in_bytes":-1e999,"duration_in_seconds":"long"}]`, file(feed.Attachment{URL: mp3, Type: "audio/mpeg"})},
		{"J6 one object", `"attachments":{` + audio + `}`, file(feed.Attachment{URL: mp3, Type: "audio/mpeg"})},
		{"J6 address alone", `"attachments":["a.mp3"]`, file(feed.Attachment{URL: mp3, Type: "audio/mpeg"})},
		{"J7 dates", `"title":"t","date_published":"2026-03-02T06:00:00-05:00","date_modified":"2026-03-02T12:00:00+01:00"`, func(it *feed.Item) {
			it.Title, it.Published, it.Updated = "t", when, when
		}},
		{"J7 a date with a space", `"title":"t","date_published":"2026-03-02 11:00:00"`, func(it *feed.Item) { it.Title, it.Published = "t", when }},
		{"J7 a date of RFC 822", `"title":"t","date_published":"Mon, 02 Mar 2026 11:00:00 GMT"`, func(it *feed.Item) { it.Title, it.Published = "t", when }},
		{"J7 seconds", `"title":"t","date_published":1772449200`, func(it *feed.Item) { it.Title, it.Published = "t", when }},
		{"J7 language", `"title":"t","language":"de_AT"`, func(it *feed.Item) { it.Title, it.Language = "t", "de-AT" }},
		{"J7 images", `"title":"t","banner_image":"/b.png","image":"/i.png"`, func(it *feed.Item) { it.Title, it.Image = "t", "https://example.org/i.png" }},
		{"J7 banner only", `"title":"t","banner_image":"/b.png"`, func(it *feed.Item) { it.Title, it.Image = "t", "https://example.org/b.png" }},
		{"J7 image as object", `"title":"t","image":{"url":"/i.png","width":3}`, func(it *feed.Item) { it.Title, it.Image = "t", "https://example.org/i.png" }},
		{"J7 tags", `"tags":["a",1,null,"A",{"name":"b"}]`, tag("a", "1", "b")},
		{"J7 tags as text", `"tags":"a, b,,c"`, tag("a", "b", "c")},
		{"J7 tags empty", `"title":"t","tags":""`, func(it *feed.Item) { it.Title = "t" }},
		{"XD04 zeros and halves", `"title":"a\u0000b\ud800c\udc00\ud83d\ude80\u0008"`, func(it *feed.Item) { it.Title = "ab\uFFFDc\uFFFD🚀" }},
		{"XD04 broken escapes", `"title":"a\u12\q\uzzzz"`, func(it *feed.Item) { it.Title = "a\uFFFD12q\uFFFDzzzz" }},
		{"P84 windows-1252 for Unicode", `"title":"don\u0092t"`, func(it *feed.Item) { it.Title = "don’t" }},
		{"line ends in strings", "\"title\":\"a\nb\tc\"", func(it *feed.Item) { it.Title = "a b c" }},
		{"duplicate keys", `"title":"a","title":"b"`, func(it *feed.Item) { it.Title = "b" }},
		{"commas", `,,"title":"a",,`, func(it *feed.Item) { it.Title = "a" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := read(t, jsonFeed("", `{"id":"1",`+tt.members+`}`), parse.Options{Location: "https://example.org/feed.json", Source: feed.Source{KeepUntitled: true}})
			if len(doc.Items) != 1 {
				t.Fatalf("%d items, rejected %v", len(doc.Items), doc.Rejected)
			}
			want := feed.Item{RawID: "1"}
			want.Authors = []feed.Person{{Name: "Kettle"}}
			tt.want(&want)
			if len(want.Attachments) > 0 {
				want.Link = mp3
			}
			if diff := cmp.Diff(want, doc.Items[0], cmpopts.IgnoreFields(feed.Item{}, "Hash", "RawPublished", "RawUpdated")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// What makes a JSON document a feed, and what is salvaged of one that is
// broken (XC21, XG01).
func TestJSONDocuments(t *testing.T) {
	const one = `{"id":"1","content_text":"x"}`
	tests := []struct {
		name, body, format string
		items              int
		partial            bool
	}{
		{"1.0", `{"version":"https://jsonfeed.org/version/1","items":[` + one + `]}`, "JSON Feed 1", 1, false},
		{"1.1", jsonFeed("", one), "JSON Feed 1.1", 1, false},
		{"P83 mark", "\uFEFF" + jsonFeed("", one), "JSON Feed 1.1", 1, false},
		{"P83 mark after a line end", "\r\n\uFEFF" + jsonFeed("", one), "JSON Feed 1.1", 1, false},
		{"version at the end", `{"items":[` + one + `],` + jsonVersion + `}`, "JSON Feed 1.1", 1, false},
		{"no version but an address", `{"feed_url":"https://example.org/","items":[{"id":"1"}]}`, "JSON Feed", 1, false},
		{"no version but items", `{"items":[` + one + `]}`, "JSON Feed", 1, false},
		{"wrong version but items", `{"version":1.1,"items":[` + one + `]}`, "JSON Feed", 1, false},
		{"no items", `{` + jsonVersion + `}`, "JSON Feed 1.1", 0, false},
		{"null items", `{` + jsonVersion + `,"items":null}`, "JSON Feed 1.1", 0, false},
		{"items twice", `{` + jsonVersion + `,"items":[],"items":[` + one + `],"items":null}`, "JSON Feed 1.1", 1, false},
		{"items of an object", `{` + jsonVersion + `,"items":{"3":` + one + `,"5":{"id":"2","title":"t"}}}`, "JSON Feed 1.1", 2, false},
		{"escaped key", `{` + jsonVersion + `,"\u0069tems":[` + one + `]}`, "JSON Feed 1.1", 1, false},
		{"missing and trailing commas", `{` + jsonVersion + ` "items":[` + one + one + `,,` + one + `,],}`, "JSON Feed 1.1", 3, false},
		{"trailing junk", jsonFeed("", one) + "<!-- served in 3 ms -->}]", "JSON Feed 1.1", 1, false},
		{"cut in the head after the items", `{"items":[` + one + `],"title":"t","authors":[{"name":"A`, "JSON Feed", 1, true},
		{"cut in another list", `{` + jsonVersion + `,"authors":[{"name":"A"},{"na`, "JSON Feed 1.1", 0, true},
		{"cut in the version", `{"items":[` + one + `],"version":"https://jsonfeed.org/ver`, "JSON Feed", 1, true},
		{"cut behind the first item", `{"items":[` + one, "JSON Feed", 1, true},
		{"cut inside the first item", jsonFeed("", one)[:len(jsonFeed("", one))-5], "JSON Feed 1.1", 0, true},
		{"comment", jsonFeed("", one+"/* no JSON */,"+one), "JSON Feed 1.1", 2, false},
		{"comment with words before the list", `{` + jsonVersion + `, // so said I` + "\n" + `"items":[` + one + `]}`, "JSON Feed 1.1", 0, true},

		{"empty object", `{}`, "", 0, false},
		{"error", `{"error":{"code":401},"items":[]}`, "", 0, false},
		{"search results", `{"total_count":1,"items":[{"id":1,"url":"https://example.org/1","title":"t"}]}`, "", 0, false},
		{"RSS in JSON", `{"rss":{"channel":{"item":[` + one + `]}}}`, "", 0, false},
		{"lines of JSON", one + "\n" + one, "", 0, false},
		{"list", `[` + one + `]`, "", 0, false},
		{"cut before anything", `{"title":"t","items":[{"id":"1","content_text":"x`, "", 0, false},
		{"cut, unnamed and no JSON", `{"title":"t","items":[` + one + `,{"content_text":"x` + "\ny", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := parse.Read([]byte(tt.body), parse.Options{})
			if tt.format == "" {
				if err == nil {
					t.Errorf("read as %s with %d items", doc.Format, len(doc.Items))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if doc.Format != tt.format || len(doc.Items) != tt.items || doc.Partial != tt.partial {
				t.Errorf("%s, %d items, partial %v; rejected %v", doc.Format, len(doc.Items), doc.Partial, doc.Rejected)
			}
			if doc.Partial && len(doc.Warnings) == 0 {
				t.Error("no warning")
			}
		})
	}
}

// The head of a JSON Feed, with types as they come (J2, J4, J8, P32).
func TestJSONHead(t *testing.T) {
	doc := read(t, jsonFeed(`"home_page_url":"/","feed_url":"feed.json","description":"Tea & <b>scale</b>","icon":null,"favicon":"/64.png",
		"language":"en_GB","author":{"name":"Old"},"authors":[{"name":"Ann"}],"next_url":"/2","expired":"true","user_comment":7,
		"hubs":[{"type":"rssCloud","url":"https://cloud.example.net/"},null,{"type":"websub","url":"https://hub.example.net/"}],`, ""),
		parse.Options{Location: "https://example.org/feed.json"})
	want := feed.Profile{
		Title: "Kettle", Subtitle: "Tea & scale", Link: "https://example.org/", Self: "https://example.org/feed.json",
		Hub: "https://hub.example.net/", Language: "en-GB", Icon: "https://example.org/64.png", Authors: []feed.Person{{Name: "Ann"}},
	}
	if diff := cmp.Diff(want, doc.Profile); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if doc.Hints.TTL == 0 || !strings.Contains(strings.Join(doc.Warnings, "|"), "has ended") {
		t.Errorf("hints %+v, warnings %q", doc.Hints, doc.Warnings)
	}
}

// Of a JSON Feed too only what changed is parsed: the item that did, or all
// when what they inherit did.
func TestJSONKnown(t *testing.T) {
	const items = `{"id":"1","title":"a"},{"id":"2","title":"b"}`
	head := `"authors":[{"name":"Ann","avatar":"https://example.org/1.png"}],`
	before := read(t, jsonFeed(head, items), parse.Options{})
	opt := parse.Options{Known: before.Seen, Context: before.Context, Learned: before.Learned}
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"nothing", jsonFeed(head, items), nil},
		{"an item", jsonFeed(head, strings.Replace(items, "b", "c", 1)), []string{"2"}},
		{"order", jsonFeed(head, `{"id":"2","title":"b"} , {"id":"1","title":"a"}`), nil},
		{"what nobody inherits", jsonFeed(head+`"user_comment":"x",`, items), nil},
		{"an avatar", jsonFeed(strings.Replace(head, "1.png", "2.png", 1), items), []string{"1", "2"}},
		{"the language", jsonFeed(head+`"language":"de",`, items), []string{"1", "2"}},
	} {
		var got []string
		doc := read(t, tt.body, opt)
		for _, it := range doc.Items {
			got = append(got, it.RawID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || len(doc.Seen) != 2 {
			t.Errorf("%s: %d seen; -want +got\n%s", tt.name, len(doc.Seen), diff)
		}
	}
}
