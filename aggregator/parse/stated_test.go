package parse

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed/rss"
)

// What is read where it stands is what gofeed would answer; the rest it is
// asked.
func TestStatedIsWhatGofeedReads(t *testing.T) {
	tests := []struct {
		text string
		ours bool
	}{
		{"plain", true},
		{" around \u00a0\n", true},
		{"<![CDATA[ <b>kept</b> &amp; as it is ]]>", true},
		{"<![CDATA[]]>", true},
		{"a &amp;amp; b &lt;p&gt; &quot;c&quot; &apos;d&apos;", true},
		{"&#65;&#x42;&#xa0;&#128512; &#x1F600;", true},
		{"]]> &gt;", true},
		{"&amp", false},
		{"AT&T &amp; co", true},
		{"this & that &\n&\t& x", true},
		{"&AMP; &e7; &AMPx; &Ampx; &ltfoo; &notit; &amp1; &semi; &copy; &CounterClockwiseContourIntegral;", true},
		{"&hellip;&rsquo;&NotEqualTilde;", true},
		{"&foo;bar &copy=2;", false},
		{"&" + strings.Repeat("a", 70) + "; &amp;", false},
		{"a & b; c", true},
		{"&;", false},
		{"?a=1&copy=2&amp;b", false},
		{"x&nbsp;x", true},
		{"&#150; &#0; &#x1F; &#xFFFE;", false},
		{"&#99999999999999; &#; &#x;", false},
		{"&lt &gtx; &apo; &ampere; &quott;", true},
		{"a <b>b</b> c", false},
		{"<![CDATA[a]]><![CDATA[b]]>", false},
		{"<![CDATA[a]]> b", false},
		{"a<!-- no -->b", false},
		{"1 < 2", false},
	}
	for _, tt := range tests {
		body := []byte("<rss><channel><item><title>" + tt.text + "</title></item></channel></rss>")
		d := &document{text: body, format: formatRSS}
		from := bytes.Index(body, []byte("<title>"))
		o := d.walk(span{from, len(body)}, nil)
		n, ok := o.next()
		if !ok || n.native() != "title" {
			t.Fatalf("%q: no title", tt.text)
		}
		got, ours := d.statedText(&n, maxID)
		if ours != tt.ours {
			t.Errorf("%q: read where it stands: %v", tt.text, ours)
		}
		r := rendition{doc: d}
		r.buf = append(r.buf, rssPrologue+"<item>"...)
		r.element(n, "title", maxID)
		r.buf = append(r.buf, "</item>"+rssEpilogue...)
		f, err := (&rss.Parser{}).Parse(bytes.NewReader(r.buf))
		if err != nil {
			t.Fatalf("%q: %v", tt.text, err)
		}
		if want := f.Items[0].Title; ours && got != want {
			t.Errorf("%q is %q to us and %q to gofeed", tt.text, got, want)
		}
	}
}

// Long text is cut between characters and before a reference that would not
// be whole.
func TestStatedIsShortened(t *testing.T) {
	for text, want := range map[string]string{
		"abcdefgh": "abcdef", "abcdeé": "abcde", "abcd&lt;e": "abcd", "a&gt;bcd": "a>b", "<![CDATA[abcd&lt;e]]>": "abcd&l",
	} {
		body := []byte(text)
		d := &document{text: body}
		if got, ok := d.stated(span{0, len(body)}, 6); !ok || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, ok, want)
		}
	}
}

// A value that is too long, or whose line ends XML would change, is asked
// about.
func TestStatedAttr(t *testing.T) {
	for value, want := range map[string]string{
		"a b": "a b", "a&amp;b": "a&b", "x>y": "x>y", "a\nb": "a\nb", strings.Repeat("x", maxID+1): "",
		"a\rb": "asked", "a&b": "asked", "&nbsp;": "asked",
	} {
		body := []byte(`<link href="` + value + `"/>`)
		d := &document{text: body}
		got, ok := d.statedAttr(next(body, 0, len(body)), "href")
		if !ok {
			got = "asked"
		}
		if got != want {
			t.Errorf("%.20q: %.20q, want %.20q", value, got, want)
		}
	}
}
