package parse_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"weir/aggregator/parse"
	"weir/aggregator/parse/hostile"
	"weir/feed"
	"weir/feed/identity"
)

// body is a case's document as the network client hands it over: cut at the
// limit.
func body(c hostile.Case) (b []byte, cut bool) {
	const limit = 10 << 20
	b = c.Body()
	if len(b) > limit {
		return slices.Clone(b[:limit]), true
	}
	return b, false
}

// TestHostileChild is no test by itself: TestHostileDocuments runs it in
// children. It does what a poll does with a document.
func TestHostileChild(t *testing.T) {
	cases := hostile.Documents()
	served := hostile.Serve(t, func(name string) (hostile.Task, error) {
		c, ok := hostile.Find(cases, name)
		if !ok {
			return hostile.Task{}, fmt.Errorf("there is no case %q", name)
		}
		b, cut := body(c)
		var doc *feed.Document
		src := feed.Source{ID: "h", URL: "https://h.example/feed"}
		return hostile.Task{Held: len(b), Run: func() (int, error) {
			var err error
			doc, err = parse.Read(b, parse.Options{Source: src, Location: src.URL, ContentType: c.ContentType})
			if err != nil {
				return 0, err
			}
			doc.Partial = doc.Partial || cut
			identity.Prepare(src, doc, nil)
			return len(doc.Items), nil
		}, Check: func() error { return sound(doc) }}, nil
	})
	if !served {
		t.Skip("it runs as the child of TestHostileDocuments")
	}
}

// sound checks what holds of every document that was read: no text holds a
// byte or character that XML forbids (XD01), every value is within its cap
// (XC13, XC22), and every date can be written (XD15).
func sound(doc *feed.Document) error {
	for i := range doc.Items {
		it := &doc.Items[i]
		for what, got := range map[string][2]int{
			"title": {len(it.Title), feed.MaxTitle}, "tags": {len(it.Tags), feed.MaxTags}, "id": {len(it.RawID), feed.MaxURL},
			"link": {len(it.Link), feed.MaxURL}, "attachments": {len(it.Attachments), feed.MaxAttachments},
			"HTML": {len(it.HTML), feed.MaxHTML}, "authors": {len(it.Authors), feed.MaxPersons},
		} {
			if got[0] > got[1] {
				return fmt.Errorf("item %d: %s has %d, at most %d wanted", i, what, got[0], got[1])
			}
		}
	}
	return walk(reflect.ValueOf(doc))
}

func walk(v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		return text(v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return walk(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := walk(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			if y := at.Year(); !at.IsZero() && (y < 1 || y > 9999) {
				return fmt.Errorf("a date in the year %d", y)
			}
			return nil
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				if err := walk(v.Field(i)); err != nil {
					return fmt.Errorf("%s: %w", v.Type().Field(i).Name, err)
				}
			}
		}
	}
	return nil
}

func text(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("invalid UTF-8 in %.40q", s)
	}
	i := strings.IndexFunc(s, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
	if i >= 0 {
		return fmt.Errorf("a forbidden character at %d of %.40q", i, s)
	}
	return nil
}

// TestHostileDocuments gives every hostile document to children (XC01 to XC25,
// XD01 to XD15).
func TestHostileDocuments(t *testing.T) {
	var names []string
	cases := hostile.Documents()
	for _, c := range cases {
		if f := os.Getenv("HF"); f == "" || strings.Contains(c.Name, f) {
			names = append(names, c.Name)
		}
	}
	got := hostile.Measure(t, "TestHostileChild", names, hostile.Bounds{Silence: 20 * time.Second})
	for _, c := range cases {
		v, ok := got[c.Name]
		if !ok {
			continue
		}
		bad := ""
		if c.Refused == "" && (v.Err != "" || v.Items != c.Items) || c.Refused != "" && !strings.Contains(v.Err, c.Refused) {
			bad = "WRONG"
		}
		if v.Exceeds() != "" {
			bad += " EXCEEDS"
		}
		fmt.Printf("%-60s %6.0f ms %4d MB %6d/%d %q/%q %s %s %s\n", c.Name, v.CPU.Seconds()*1e3, v.Memory>>20, v.Items, c.Items, v.Err, c.Refused, v.Died, v.Check, bad)
	}
}
