package markup_test

import (
	"net/url"
	"strings"
	"testing"

	"weir/feed/markup"
)

// places are where an attack may stand; each holds one %.
var places = []struct{ name, before, after string }{
	{"text", "<p>before</p>", "<p>after</p>"},
	{"attribute", `<a href="https://h.example/" title="`, `">link</a>`},
	{"address", `<img alt=x src="`, `">`},
	{"inside an allowed tag", "<table><tr><td><blockquote><b>", "</b></blockquote></td></tr></table>"},
	{"after an unclosed tag", "<p><em><a href='https://h.example/'>x<ul><li>", ""},
	{"inside a dropped tag", "<svg><select><noscript>", "</noscript></select></svg>"},
	{"inside a tag", "<b ", ">x</b>"},
}

func base(t testing.TB) *url.URL {
	t.Helper()
	u, err := url.Parse("https://blog.example/2026/post.html?a=1#f")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestPayloads judges every attack in every place.
func TestPayloads(t *testing.T) {
	if len(payloads) < 200 {
		t.Fatalf("only %d payloads", len(payloads))
	}
	b := base(t)
	for _, p := range payloads {
		for _, place := range places {
			in := place.before + p + place.after
			if err := judge(markup.Clean(in, b), b); err != nil {
				t.Errorf("%s: %q gives %q: %v", place.name, in, markup.Clean(in, b), err)
			}
		}
	}
}

// TestPayloadPairs judges what two attacks make of each other.
func TestPayloadPairs(t *testing.T) {
	b := base(t)
	for i, p := range payloads {
		for j := range payloads {
			if (i+j)%7 != 0 {
				continue
			}
			in := p + payloads[j]
			if err := judge(markup.Clean(in, b), b); err != nil {
				t.Errorf("%q gives %q: %v", in, markup.Clean(in, b), err)
			}
		}
	}
}

// TestPlainResults holds that text and titles hold no character that XML
// forbids, whatever they are made of (XD01, XE03).
func TestPlainResults(t *testing.T) {
	for _, p := range payloads {
		for name, s := range map[string]string{
			"Text": markup.Text(p), "Title": markup.Title(p), "Chars": markup.Chars(p),
			"FirstSentence": markup.FirstSentence(p, 80), "Clean": markup.Clean(p, nil),
		} {
			if err := judgeChars(strings.ReplaceAll(s, "\r", "")); err != nil {
				t.Errorf("%s(%q) = %q: %v", name, p, s, err)
			}
		}
	}
}

// FuzzSanitise holds everything that the judge knows against any input.
func FuzzSanitise(f *testing.F) {
	for _, p := range payloads {
		f.Add(p)
	}
	b := base(f)
	f.Fuzz(func(t *testing.T, in string) {
		if err := judge(markup.Clean(in, b), b); err != nil {
			t.Errorf("%q gives %q: %v", in, markup.Clean(in, b), err)
		}
		if out := markup.Clean(in, nil); judge(out, b) != nil {
			t.Errorf("%q without base gives %q: %v", in, out, judge(out, b))
		}
	})
}

// FuzzPlain holds that what is plain is bounded and legal, and that addresses
// are absolute and fixed points.
func FuzzPlain(f *testing.F) {
	for _, p := range payloads {
		f.Add(p)
	}
	for _, p := range []string{"http://h.example/a b", "//h.example/%zz", "HTTP://münchen.example:80/?q=ä&utm_source=1#ü"} {
		f.Add(p)
	}
	b := base(f)
	f.Fuzz(func(t *testing.T, in string) {
		for _, s := range []string{markup.Text(in), markup.Title(in)} {
			if err := judgeChars(s); err != nil || strings.ContainsAny(s, "\n\t") || strings.TrimSpace(s) != s {
				t.Errorf("%q gives %q: %v", in, s, err)
			}
		}
		if s := markup.Chars(in); markup.Chars(s) != s {
			t.Errorf("Chars(%q) = %q is not fixed", in, s)
		}
		if s := markup.FirstSentence(in, 20); len([]rune(s)) > 20 {
			t.Errorf("FirstSentence(%q) = %q is too long", in, s)
		}
		s := markup.URL(in, b)
		if s == "" {
			return
		}
		if err := judgeAddress(s, false); err != nil && !strings.Contains(err.Error(), "tracks") {
			t.Errorf("URL(%q) = %q: %v", in, s, err)
		}
		if again := markup.URL(s, nil); again != s {
			t.Errorf("URL(%q) = %q and again %q", in, s, again)
		}
	})
}
