package parse_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"weir/aggregator/parse"
)

func declared(label, title string) string {
	return `<?xml version="1.0" encoding="` + label + `"?>` + "\n" + titled(title)
}

func titled(title string) string {
	return "<rss version='2.0'><channel><title>" + title + "</title><item><guid>1</guid></item></channel></rss>"
}

func encode(t *testing.T, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wide(order binary.AppendByteOrder, size int, s string) []byte {
	var b []byte
	if size == 4 {
		for _, r := range s {
			b = order.AppendUint32(b, uint32(r))
		}
		return b
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// The ladder of charsets (P80 to P84, XD05 to XD10).
func TestCharsets(t *testing.T) {
	const title = "naïve café “quoted” 🚀"
	latin := encode(t, charmap.Windows1252, declared("ISO-8859-1", "naïve “café”"))
	russian := encode(t, charmap.Windows1251, declared("windows-1251", "Привет"))
	tests := []struct {
		name        string
		body        []byte
		contentType string
		want        string
	}{
		{"UTF-8", []byte(declared("utf-8", title)), "", title},
		{"mark", []byte("\uFEFF" + declared("utf-8", title)), "", title},
		{"two marks", []byte("\uFEFF\uFEFF" + titled(title)), "", title},
		{"mark over HTTP", []byte("\uFEFF" + titled(title)), "text/xml; charset=koi8-r", title},
		{"UTF-16LE with mark", append([]byte("\xFF\xFE"), wide(binary.LittleEndian, 2, declared("utf-16", title))...), "", title},
		{"UTF-16BE with mark", append([]byte("\xFE\xFF"), wide(binary.BigEndian, 2, declared("utf-16", title))...), "", title},
		{"UTF-16LE", wide(binary.LittleEndian, 2, titled(title)), "", title},
		{"UTF-16BE", wide(binary.BigEndian, 2, titled(title)), "text/xml; charset=utf-8", title},
		{"UTF-32LE with mark", append([]byte("\xFF\xFE\x00\x00"), wide(binary.LittleEndian, 4, titled(title))...), "", title},
		{"UTF-32BE", wide(binary.BigEndian, 4, titled(title)), "", title},
		{"called UTF-16", []byte(declared("utf-16", title)), "", title},
		{"called Latin-1", []byte(declared("iso-8859-1", title)), "text/xml; charset=iso-8859-1", title},
		{"called nonsense", []byte(declared("x-bogus", title)), "text/xml; charset=x-nonsense", title},
		{"Latin-1 is windows-1252", latin, "", "naïve “café”"},
		{"Latin-1 undeclared", latin[bytes.IndexByte(latin, '\n'):], "", "naïve “café”"},
		{"Latin-1 called UTF-8", latin[bytes.IndexByte(latin, '\n'):], "text/xml; charset=utf-8", "naïve “café”"},
		{"declaration", russian, "", "Привет"},
		{"declaration behind a wrong HTTP charset", russian, "text/xml; charset=utf-8", "Привет"},
		{"HTTP over declaration", encode(t, charmap.KOI8R, declared("windows-1251", "Привет")), "text/xml; charset=KOI8-R", "Привет"},
		{"GB2312 is GB18030", encode(t, simplifiedchinese.GB18030, declared("gb2312", "你好㐀")), "", "你好㐀"},
		{"Shift_JIS", encode(t, japanese.ShiftJIS, declared("shift_jis", "日本語")), "", "日本語"},
		{"ISO-2022-JP looks like ASCII", encode(t, japanese.ISO2022JP, declared("iso-2022-jp", "日本語")), "", "日本語"},
		{"one stray byte", []byte(strings.Replace(declared("utf-8", title), "café", "caf\xE9", 1)), "", title},
		{"overlong", []byte(titled("a\xC0\xAFb")), "", "aÀ¯b"},
		{"forbidden characters", []byte(titled("a\x00b\x0B\uFFFEc\uFFFFd\x1F")), "", "abcd"},
		{"forbidden references", []byte(titled("a&#x1;b&#11;c&#xFFFE;d&#xD800;e")), "", "abcde"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := parse.Read(tt.body, parse.Options{ContentType: tt.contentType})
			if err != nil {
				t.Fatal(err)
			}
			if doc.Profile.Title != tt.want || len(doc.Items) != 1 {
				t.Errorf("%d items, title %q, want %q", len(doc.Items), doc.Profile.Title, tt.want)
			}
		})
	}
}

// A JSON Feed may begin with a mark (P83) and is never Latin-1 by its label.
func TestJSONCharset(t *testing.T) {
	body := "\uFEFF" + `{"version":"https://jsonfeed.org/version/1","title":"café","items":[]}`
	doc, err := parse.Read([]byte(body), parse.Options{ContentType: "application/json; charset=iso-8859-1"})
	if err != nil {
		t.Fatal(err)
	}
	if doc.Profile.Title != "café" || doc.Format != "JSON Feed 1" {
		t.Errorf("title %q, format %q", doc.Profile.Title, doc.Format)
	}
}

// A body above the limit is read as far as it goes and proves no absence.
func TestBodyLimit(t *testing.T) {
	body := channel(strings.Repeat(item("<description>é</description>"), 100))
	for cut := 200; cut < 260; cut++ {
		doc, err := parse.Read([]byte(body), parse.Options{Limits: parse.Limits{Body: cut}})
		if err != nil {
			t.Fatal(err)
		}
		if !doc.Partial || len(doc.Items) == 0 || len(doc.Items) > 4 || len(doc.Warnings) == 0 {
			t.Fatalf("cut at %d: partial %v, %d items, warnings %q", cut, doc.Partial, len(doc.Items), doc.Warnings)
		}
		for _, w := range doc.Warnings {
			if strings.Contains(w, "1252") {
				t.Errorf("cut at %d: a character cut in two was taken for another charset", cut)
			}
		}
	}
}
