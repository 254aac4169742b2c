package charset

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
)

func titled(title string) string {
	return "<rss version='2.0'><channel><title>" + title + "</title></channel></rss>"
}

func declared(label, title string) string {
	return `<?xml version="1.0" encoding="` + label + `"?>` + "\n" + titled(title)
}

// encodingOf is what a label means, nil for nothing.
func encodingOf(label string) encoding.Encoding {
	set, _ := lookup(label)
	return set.enc
}

func encode(t *testing.T, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Labels are understood however they are spelt, and every encoding that feeds
// were ever written in is known (P81).
func TestLabels(t *testing.T) {
	tests := []struct{ labels, text string }{
		{"latin1 latin-1 l1 iso-8859-1 ISO_8859-1 iso8859-1 iso8859_1 iso88591 8859-1 windows-1252 cp1252 cp-1252 win-1252 x-cp1252 us-ascii ISO-8859-15 iso-latin-1", "café"},
		{"windows-1251 cp1251 win1251 win-1251 WINDOWS_1251 x-cp1251", "Привет"},
		{"koi8-r KOI8R koi8_r koi8", "Привет"},
		{"koi8-u", "Україна"},
		{"ibm866 cp866 866", "Привет"},
		{"ibm850 cp850 850", "café"},
		{"ibm437 cp437", "café"},
		{"macintosh x-mac-roman", "café"},
		{"shift_jis shift-jis sjis x-sjis ms932 cp932 windows-31j", "日本語"},
		{"euc-jp EUC_JP eucjp x-euc-jp", "日本語"},
		{"gb2312 gbk gb18030 cp936 GB_2312-80 x-gbk", "简体中文"},
		{"big5 big-5 big5-hkscs x-x-big5 cp950", "繁體中文"},
		{"euc-kr euc_kr ks_c_5601-1987 windows-949 cp949", "한국어"},
		{"iso-8859-2 iso8859_2 latin2", "żółć"},
		{"windows-1250 cp1250", "žluťoučký"},
		{"iso-8859-5", "Привет"},
		{"iso-8859-7 greek windows-1253", "Ελλάδα"},
		{"iso-8859-8 windows-1255", "שלום"},
		{"windows-1256 iso-8859-6", "مرحبا"},
		{"iso-8859-9 windows-1254", "şığ"},
		{"iso-8859-4 iso-8859-13 windows-1257", "šž"},
		{"windows-874 tis-620 iso-8859-11", "สวัสดี"},
	}
	for _, tt := range tests {
		for _, label := range strings.Fields(tt.labels) {
			enc := encodingOf(strings.ToLower(label))
			if enc == nil {
				t.Errorf("%s is not known", label)
				continue
			}
			for _, contentType := range []string{"", "text/xml;charset= '" + label + "'", "text/xml; foo=bar ;Charset = \"" + label + "\"; q=1"} {
				body := encode(t, enc, titled(tt.text))
				if contentType == "" {
					body = encode(t, enc, declared(label, tt.text))
				}
				if got := Decode(body, contentType, len(body)*4); !bytes.Contains(got.Bytes, []byte("<title>"+tt.text+"</title>")) {
					t.Errorf("%s in %q: %q, want %q, warnings %q", label, contentType, got.Bytes, tt.text, got.Warnings)
				}
			}
		}
	}
	for _, label := range []string{"utf-8", "utf-7", "hz-gb-2312", "iso-2022-kr", "x-user-defined", "x", "", "none", "unknown"} {
		if encodingOf(label) != nil {
			t.Errorf("%q is known", label)
		}
	}
}

// Text that is clean costs nothing but looking at it, and nothing takes more
// than linear time, however it is made of what must be mended (XC24).
func TestDecodingCost(t *testing.T) {
	clean := []byte(declared("utf-8", strings.Repeat("plain text, ", 10_000)))
	if n := testing.AllocsPerRun(10, func() { Decode(clean, "text/xml; charset=utf-8", 10<<20) }); n > 0 {
		t.Errorf("%v allocations for clean text", n)
	}
	for name, unit := range map[string]string{
		"zeros": "\x00", "U+FFFE": "\uFFFE", "U+FFFD": "\uFFFD", "C1": "\u0080", "C2": "\u00A0", "strays": "\xFF", "halves": "\xED\xA0\xBD",
		"leads": "\xE2\x80", "UTF-16": "a\x00", "escapes": "\x1b$B", "line ends": "\n",
	} {
		// Eight times as much takes about eight times as long, and would take
		// sixty-four times as long if the time were quadratic.
		// A busy machine disturbs the one or the other: quadratic time is so every
		// time.
		small, large := decodingTime(unit, 128<<10), decodingTime(unit, 1<<20)
		for tries := 0; large > 28*small && tries < 10; tries++ {
			small, large = decodingTime(unit, 128<<10), decodingTime(unit, 1<<20)
		}
		if large > 28*small {
			t.Errorf("%s: eight times as much took %v instead of %v", name, large, small)
		}
	}
}

// decodingTime is how long a text of so many bytes takes, undisturbed.
func decodingTime(unit string, size int) time.Duration {
	body := []byte(strings.Repeat(unit, size/len(unit)))
	best := time.Duration(math.MaxInt64)
	for range 5 {
		start := time.Now()
		Decode(bytes.Clone(body), "text/xml; charset=euc-jp", 10<<20)
		best = min(best, time.Since(start))
	}
	return best
}
