package parse_test

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"weir/feed"
)

// sound checks what holds of every document that was read: no text holds a
// byte or character that XML forbids (XD01), every value is within its cap
// (XC13, XC22), and every date can be written (XD15).
func sound(doc *feed.Document) error {
	if n := len(doc.Warnings); n > 32 {
		return fmt.Errorf("%d warnings", n)
	}
	for i := range doc.Items {
		it := &doc.Items[i]
		for _, got := range []struct {
			what    string
			n, most int
		}{
			{"title", len(it.Title), feed.MaxTitle}, {"tags", len(it.Tags), feed.MaxTags}, {"id", len(it.RawID), feed.MaxURL},
			{"link", len(it.Link), feed.MaxURL}, {"attachments", len(it.Attachments), feed.MaxAttachments},
			{"HTML", len(it.HTML), feed.MaxHTML}, {"authors", len(it.Authors), feed.MaxPersons},
		} {
			if got.n > got.most {
				return fmt.Errorf("item %d: its %s has %d, at most %d wanted", i, got.what, got.n, got.most)
			}
		}
	}
	return soundValue(reflect.ValueOf(doc))
}

// soundValue looks into everything that a value holds.
func soundValue(v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		return soundText(v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return soundValue(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := soundValue(v.Index(i)); err != nil {
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
			if f := v.Type().Field(i); f.IsExported() {
				if err := soundValue(v.Field(i)); err != nil {
					return fmt.Errorf("%s: %w", f.Name, err)
				}
			}
		}
	}
	return nil
}

func soundText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("invalid UTF-8 in %.40q", s)
	}
	forbidden := func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	}
	if i := strings.IndexFunc(s, forbidden); i >= 0 {
		return fmt.Errorf("a forbidden character at %d of %.40q", i, s)
	}
	return nil
}
