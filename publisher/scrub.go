package publisher

import (
	"reflect"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"weir/feed"
	"weir/feed/markup"
)

// scrub passes every string of a window through the character filter and every
// time into the range that the formats can write, in place. It walks by
// reflection so that a field added to the vocabulary cannot be forgotten: one
// raw control character in one field of one entry would make the document
// unreadable for every subscriber (U2, XD01, XD02, XD15).
func scrub(w *feed.Window) {
	for i := range w.Entries {
		if e := &w.Entries[i]; !e.Known {
			scrubValue(reflect.ValueOf(e).Elem())
		}
	}
	for id, profile := range w.Sources {
		scrubValue(reflect.ValueOf(&profile).Elem())
		w.Sources[id] = profile
	}
}

var timeType = reflect.TypeFor[time.Time]()

// scrubValue filters what v holds; v must be settable.
func scrubValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" {
			if clean := printable(s); clean != s {
				v.SetString(clean)
			}
		}
	case reflect.Struct:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(clamp(v.Interface().(time.Time))))
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				scrubValue(f)
			}
		}
	case reflect.Slice:
		if !holdsStrings(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			scrubValue(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			scrubValue(v.Elem())
		}
	}
}

// holdsStrings spares the walk through numbers.
func holdsStrings(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Struct, reflect.Slice, reflect.Pointer:
		return true
	}
	return false
}

// printable returns s as characters that XML 1.0 allows, with line ends as XML
// reads them, so that all formats carry the same text.
func printable(s string) string {
	s = markup.Chars(s)
	if strings.Contains(s, "\xc2") {
		s = strings.Map(uncontrolled, s)
	}
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}

// clamp returns t in UTC and in the range of years that RFC 822 and RFC 3339
// can write (XD15); zero when it is before them, or would be without its
// fraction, which RSS cannot write.
func clamp(t time.Time) time.Time {
	t = t.UTC()
	switch {
	case t.Truncate(time.Second).IsZero() || t.Year() < 1:
		return time.Time{}
	case t.Year() > 9999:
		return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	}
	return t
}

// uncontrolled reads the control characters of Latin-1 as what was meant by
// them, as browsers do: Windows-1252 has letters and quotation marks there (HTML
// §13.2.5.80).
func uncontrolled(r rune) rune {
	if r < 0x80 || r > 0x9f {
		return r
	}
	if meant := charmap.Windows1252.DecodeByte(byte(r)); meant > 0x9f {
		return meant
	}
	return -1
}
