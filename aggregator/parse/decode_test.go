package parse_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

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

// The ladder of charsets (P80, P81, P82, P83, P84, XD05 to XD10). What a row mends it says:
// warns is a part of the one warning, "" means that there is none.
func TestCharsets(t *testing.T) {
	const title, russian, nihongo = "naïve café “quoted” 🚀", "Привет, мир", "日本語のタイトル"
	latin := encode(t, charmap.Windows1252, declared("ISO-8859-1", "naïve “café”"))
	cyrillic := encode(t, charmap.Windows1251, declared("windows-1251", russian))
	sjis := encode(t, japanese.ShiftJIS, declared("shift_jis", strings.Repeat(nihongo, 3)+"!"))
	bare := func(body []byte) []byte { return body[bytes.IndexByte(body, '\n'):] }
	in := func(lang string, enc encoding.Encoding, title string) []byte {
		return encode(t, enc, strings.Replace(titled(title), "<channel>", "<channel><language>"+lang+"</language>", 1))
	}
	tests := []struct {
		name        string
		body        []byte
		contentType string
		want        string
		warns       string
	}{
		{"P80 UTF-8", []byte(declared("utf-8", title)), "", title, ""},
		{"P80 nothing said", []byte(titled(title)), "", title, ""},
		{"P80 mark", []byte("\uFEFF" + declared("utf-8", title)), "", title, ""},
		{"P80 two marks", []byte("\uFEFF\uFEFF" + titled(title)), "", title, ""},
		{"P80 mark over HTTP", []byte("\uFEFF" + titled(title)), "text/xml; charset=koi8-r", title, ""},
		{"P80 mark over HTTP and a stray byte", []byte("\uFEFF" + titled("caf\xE9")), "text/xml; charset=koi8-r", "café", "read as windows-1252 for want"},
		{"P80 HTTP over declaration", encode(t, charmap.KOI8R, declared("windows-1251", russian)), "text/xml; charset=KOI8-R", russian, ""},
		{"P80 declaration", cyrillic, "", russian, ""},
		{"P80 declaration unquoted", bytes.Replace(cyrillic, []byte(`"windows-1251"`), []byte("windows-1251"), 1), "", russian, ""},
		{"P80 declaration after junk", append([]byte("Warning: x\n"), cyrillic...), "", russian, "what stands before"},
		{"P81 called UTF-8 by HTTP", cyrillic, "text/xml; charset=utf-8", russian, "read as windows-1251"},
		{"P81 called US-ASCII by HTTP", cyrillic, "text/xml; charset=us-ascii", russian, ""},
		{"P81 called UTF-16", []byte(declared("utf-16", title)), "", title, "called utf-16, but it is UTF-8"},
		{"P81 called Latin-1", []byte(declared("iso-8859-1", title)), "text/xml; charset=iso-8859-1", title, "called iso-8859-1, but it is UTF-8"},
		{"P81 called Latin-1, but nothing shows", []byte(declared("iso-8859-1", "plain")), "", "plain", ""},
		{"P81 Latin-1 is windows-1252", latin, "", "naïve “café”", ""},
		{"P81 GB2312 is GB18030", encode(t, simplifiedchinese.GB18030, declared("gb2312", "你好㐀")), "", "你好㐀", ""},
		{"P81 UTF-8 with one stray byte", []byte(strings.Replace(declared("utf-8", title), "café", "caf\xE9", 1)), "", title, "in 1 place as"},
		{"P81 UTF-8 called Latin-1 with one stray byte", []byte(strings.Replace(declared("iso-8859-1", title), "café", "caf\xE9", 1)), "", title, "in 1 place as"},
		{"P81 UTF-8 called windows-1251 with one stray byte", []byte(declared("windows-1251", russian+"\xDF")), "", russian + "Я", "in 1 place as windows-1251"},
		{"P81 UTF-8 called Shift_JIS with one stray byte", []byte(declared("shift_jis", nihongo+"\xE9!")), "", nihongo + "é!", "in 1 place as"},
		{"P81 UTF-8 cut inside characters", []byte(titled("“one” two\xE2\x80… ünd \xF0\x9F\x98.")), "", "“one” two\uFFFD… ünd \uFFFD.", "in 2 places as"},
		{"P81 halves of characters", []byte(titled("rocket \xED\xA0\xBD\xED\xBA\x80")), "", "rocket 🚀", "put halves of characters together"},
		{"P81 Shift_JIS with one stray byte", bytes.Replace(sjis, []byte("!"), []byte("\xFF"), 1), "", strings.Repeat(nihongo, 3) + "\uFFFD", "read as shift_jis, but for 1 byte"},
		{"P84 forbidden characters", []byte(titled("a\x00b\x0B\uFFFEc\uFFFFd\x1F")), "", "abcd", "dropped 5 characters"},
		{"P84 forbidden references", []byte(titled("a&#x1;b&#11;c&#xFFFE;d&#xD800;e&#0;")), "", "abcde", ""},
		{"P84 windows-1252 for Unicode", []byte(titled("don\u0092t \u0085")), "", "don’t …", "2 control characters"},
		{"P84 windows-1252 in references", []byte(titled("don&#146;t &#x85;")), "", "don’t …", ""},
		{"P84 XML 1.1", []byte(`<?xml version="1.1"?>` + titled("a&#x1;b\u2028c")), "", "ab c", ""},
		{"XD05 Latin-1 undeclared", bare(latin), "", "naïve “café”", "as windows-1252"},
		{"XD05 Latin-1 called UTF-8", bare(latin), "text/xml; charset=utf-8", "naïve “café”", "as windows-1252"},
		{"XD05 undeclared Russian", in("ru-RU", charmap.Windows1251, russian), "", russian, "the custom of its language, ru-ru"},
		{"XD05 undeclared Japanese", in("ja", japanese.EUCJP, nihongo), "", nihongo, "read as euc-jp, the custom"},
		{"XD05 undeclared Japanese again", in("ja", japanese.ShiftJIS, nihongo), "", nihongo, "read as shift_jis, the custom"},
		{"XD05 undeclared Taiwanese", in("zh-TW", traditionalchinese.Big5, "臺灣新聞"), "", "臺灣新聞", "read as big5, the custom"},
		{"XD06 UTF-16LE with mark", append([]byte("\xFF\xFE"), wide(binary.LittleEndian, 2, declared("utf-16", title))...), "", title, ""},
		{"XD06 UTF-16BE with mark", append([]byte("\xFE\xFF"), wide(binary.BigEndian, 2, declared("utf-16", title))...), "", title, ""},
		{"XD06 UTF-16LE", wide(binary.LittleEndian, 2, titled(title)), "", title, "read as UTF-16"},
		{"XD06 UTF-16BE called UTF-8", wide(binary.BigEndian, 2, titled(title)), "text/xml; charset=utf-8", title, "read as UTF-16"},
		{"XD06 UTF-16 after an empty line", wide(binary.LittleEndian, 2, "\r\n"+titled(title)), "", title, "read as UTF-16"},
		{"XD06 a mark of UTF-16 before UTF-8", []byte("\xFF\xFE" + titled(title)), "", title, ""},
		{"XD06 UTF-32LE with mark", append([]byte("\xFF\xFE\x00\x00"), wide(binary.LittleEndian, 4, titled(title))...), "", title, ""},
		{"XD06 UTF-32BE with mark", append([]byte("\x00\x00\xFE\xFF"), wide(binary.BigEndian, 4, titled(title))...), "", title, ""},
		{"XD06 UTF-32LE", wide(binary.LittleEndian, 4, titled(title)), "", title, "read as UTF-32"},
		{"XD06 UTF-32BE", wide(binary.BigEndian, 4, titled(title)), "", title, "read as UTF-32"},
		{"XD06 EBCDIC", encode(t, charmap.CodePage1047, declared("ibm1047", "[café]")), "", "[café]", "read as ibm1047"},
		{"XD07 unknown labels over UTF-8", []byte(declared("x-bogus", title)), "text/xml; charset=x-nonsense", title, "called x-nonsense, but it is UTF-8"},
		{"XD07 unknown label over Latin-1", bytes.Replace(latin, []byte("ISO-8859-1"), []byte("x-bogus"), 1), "", "naïve “café”", "the encoding \"x-bogus\" is not known|read as windows-1252 for want"},
		{"XD07 UTF-7", []byte(declared("utf-7", "+ADw-b+AD4-")), "text/xml; charset=utf-7", "+ADw-b+AD4-", ""},
		{"XD07 HZ", []byte(declared("hz-gb-2312", "~{VPND~}")), "", "~{VPND~}", ""},
		{"XD07 refused by browsers", []byte(declared("iso-2022-cn", title)), "", title, "called iso-2022-cn, but it is UTF-8"},
		{"XD08 ISO-2022-JP", encode(t, japanese.ISO2022JP, declared("iso-2022-jp", nihongo)), "", nihongo, "read as iso-2022-jp"},
		{"XD08 ISO-2022-JP undeclared", encode(t, japanese.ISO2022JP, titled(nihongo)), "text/xml; charset=utf-8", nihongo, "read as iso-2022-jp"},
		{"XD08 an escape character alone", []byte(titled("a\x1b$b\x1b(B")), "", "a$b(B", "dropped 2 characters"},
		{"XD10 overlong", []byte(titled("a\xC0\xAFb")), "", "aÀ¯b", "for want of a label"},
		{"XD10 mark in the middle", []byte(titled("a\uFEFFb")), "", "a\uFEFFb", ""},
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
			if got := strings.Join(doc.Warnings, "|"); tt.warns == "" && got != "" || !strings.Contains(got, tt.warns) {
				t.Errorf("warnings %q, want %q", got, tt.warns)
			}
		})
	}
}

// HTTP is believed before the document, unless the bytes say otherwise (XD09):
// all pairs of three labels, and of none, over one text in each encoding.
func TestContradictingLabels(t *testing.T) {
	const title = "Съешь ещё этих мягких французских булок"
	encodings := map[string]encoding.Encoding{"utf-8": encoding.Nop, "windows-1251": charmap.Windows1251, "koi8-r": charmap.KOI8R}
	for actual, enc := range encodings {
		for _, http := range []string{"", "utf-8", "windows-1251", "koi8-r"} {
			for _, own := range []string{"", "utf-8", "windows-1251", "koi8-r"} {
				text := titled(title)
				if own != "" {
					text = declared(own, title)
				}
				var opt parse.Options
				if http != "" {
					opt.ContentType = "application/xml; charset=" + http
				}
				doc, err := parse.Read(encode(t, enc, text), opt)
				if err != nil {
					t.Fatal(err)
				}
				believed := http
				if http == "" || http == "utf-8" {
					believed = own
				}
				want := actual == "utf-8" || believed == actual
				if got := doc.Profile.Title == title; got != want {
					t.Errorf("%s called %q by HTTP and %q by itself: read right is %v", actual, http, own, got)
				}
			}
		}
	}
}

// A JSON Feed may begin with a mark (P83), be in UTF-16 (XD06), and is never
// Latin-1 by its label alone.
func TestJSONCharset(t *testing.T) {
	const text = `{"version":"https://jsonfeed.org/version/1","title":"café","items":[]}`
	for name, body := range map[string][]byte{
		"mark": []byte("\uFEFF" + text), "UTF-16": wide(binary.BigEndian, 2, text), "UTF-8": []byte(text),
		"stray byte": []byte(strings.Replace(text, "é", "\xE9", 1)),
	} {
		doc, err := parse.Read(body, parse.Options{ContentType: "application/json; charset=iso-8859-1"})
		if err != nil {
			t.Fatal(err)
		}
		if doc.Profile.Title != "café" || doc.Format != "JSON Feed 1" {
			t.Errorf("%s: title %q, format %q", name, doc.Profile.Title, doc.Format)
		}
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

// One byte that is not UTF-8 costs itself and nothing else, wherever it stands
// and whatever the document calls itself (P81, XD05).
func TestStrayBytes(t *testing.T) {
	const text = "Grüße aus “Zürich”, привет из Москвы, 日本語のタイトル, 한국어, ünïcödé 🚀"
	rng := rand.New(rand.NewPCG(9, 10))
	starts := []int{}
	for i := range text {
		starts = append(starts, i)
	}
	for range 2000 {
		label := []string{"utf-8", "iso-8859-1", "windows-1251", "koi8-r", "shift_jis", "euc-jp", "gbk", "big5", "euc-kr", "x-bogus", "utf-16"}[rng.IntN(11)]
		at, stray := starts[rng.IntN(len(starts))], byte(0x80+rng.IntN(0x80))
		doc, err := parse.Read([]byte(declared(label, text[:at]+string([]byte{stray})+text[at:])), parse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := []rune(doc.Profile.Title)
		before := len([]rune(text[:at]))
		if strings.Join(strings.Fields(string(append(got[:before:before], got[min(before+1, len(got)):]...))), " ") != text && doc.Profile.Title != text {
			t.Errorf("%s, %#x at %d: title %q", label, stray, at, doc.Profile.Title)
		}
	}
}
