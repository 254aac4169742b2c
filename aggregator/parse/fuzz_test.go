package parse_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"unicode/utf8"

	"weir/aggregator/parse"
	"weir/feed"
)

// Whatever comes in: no panic, only the promised errors, and in the document
// nothing but XML characters, within the limits, each item once.
func FuzzParse(f *testing.F) {
	for _, path := range fixtures(f) {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "text/xml; charset=utf-8")
	}
	f.Add([]byte("\xFF\xFE<\x00r\x00s\x00s\x00>\x00"), "")
	f.Add([]byte("<rss><channel><item><title>caf\xE9</title></item><item/></channel>"), "application/rss+xml; charset=iso-8859-1")
	f.Add([]byte(`<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry xmlns=""><id> 1</id><a:content type="xhtml"><p/></a:content>`), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		doc, err := parse.Read(body, parse.Options{ContentType: contentType, Location: "https://example.org/f"})
		if err != nil {
			var limit *parse.LimitError
			var syntax *parse.SyntaxError
			if !errors.Is(err, parse.ErrNotFeed) && !errors.As(err, &limit) && !errors.As(err, &syntax) {
				t.Fatalf("unexpected error %v", err)
			}
			if syntax != nil {
				t.Fatalf("gofeed refused a rendition, or reading panicked: %v", err)
			}
			return
		}
		walkStrings(t, reflect.ValueOf(doc))
		if len(doc.Seen) > len(doc.Items)+len(doc.Rejected) {
			t.Errorf("%d items seen, %d parsed, %d rejected", len(doc.Seen), len(doc.Items), len(doc.Rejected))
		}
		for i := range doc.Items {
			checkItem(t, &doc.Items[i], doc)
		}
	})
}

func checkItem(t *testing.T, it *feed.Item, doc *feed.Document) {
	switch {
	case len(it.Title) > feed.MaxTitle, len(it.HTML) > feed.MaxHTML, len(it.Link) > feed.MaxURL,
		len(it.Tags) > feed.MaxTags, len(it.Attachments) > feed.MaxAttachments, len(it.Authors) > feed.MaxPersons:
		t.Errorf("item beyond the limits: %+v", it)
	case it.Hash == 0 || it.Hash != doc.Seen[it.Position].Hash:
		t.Errorf("hash %d at position %d is not what was seen", it.Hash, it.Position)
	}
}

// walkStrings checks every string of a value.
func walkStrings(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkStrings(t, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walkStrings(t, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkStrings(t, v.Index(i))
		}
	case reflect.String:
		s := v.String()
		if !utf8.ValidString(s) {
			t.Errorf("%q is not UTF-8", s)
		}
		for _, r := range s {
			if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				t.Errorf("%q holds a character that XML forbids", s)
			}
		}
	}
}

// However the markup is broken, items lie beside each other in the text, and
// parsing what is not known equals parsing everything. Bit i of known says
// that the i-th item is.
func FuzzScan(f *testing.F) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, path := range fixtures(f) {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, rng.Uint64())
		for range 8 {
			f.Add(mutant(rng, body), rng.Uint64())
		}
	}
	for _, scrap := range scraps {
		f.Add([]byte(channel(story("a")+scrap+story("b"))), uint64(2))
		f.Add([]byte(channel("<item>"+scrap+"<title>a</title></item>"+story("b"))), uint64(1))
	}
	f.Fuzz(func(t *testing.T, body []byte, known uint64) {
		if text, ranges, err := parse.ItemRanges(body); err == nil {
			at := 0
			for _, r := range ranges {
				if r[0] < at || r[1] <= r[0] || r[1] > len(text) || text[r[0]] != '<' {
					t.Fatalf("items at %v of %d bytes", ranges, len(text))
				}
				at = r[1]
			}
		}
		full := fully(t, body)
		if full == nil {
			return
		}
		var set []feed.Known
		for i, k := range full.Seen {
			if known>>(i%64)&1 == 1 {
				set = append(set, k)
			}
		}
		if diff := reduced(body, full, set); diff != "" {
			t.Errorf("%d of %d known: %s", len(set), len(full.Seen), diff)
		}
	})
}
