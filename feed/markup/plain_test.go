package markup_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/markup"
)

// TestChars holds XML 1.0 §2.2 (XD01, XD04, XD10).
func TestChars(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"a\tb\nc\rd é 語 😀":      "a\tb\nc\rd é 語 😀",
		"a\x00b\x01\x0b\x1fc":   "abc",
		"a\x7fb\u0085":          "a\x7fb\u0085",
		"\uFFFEa\uFFFFb\uFFFDc": "ab\uFFFDc",
		"a\xffb\xc0\xafc":       "a\uFFFDb\uFFFD\uFFFDc",
		"\xed\xa0\x80":          "\uFFFD\uFFFD\uFFFD",
		"ﬁ\uFEFF":               "ﬁ\uFEFF",
	} {
		if got := markup.Chars(in); got != want {
			t.Errorf("Chars(%q) = %q; want %q", in, got, want)
		}
	}
	clean := strings.Repeat("clean é 語 ", 100)
	if n := testing.AllocsPerRun(100, func() { markup.Chars(clean) }); n > 0 {
		t.Errorf("%v allocations for what is clean", n)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                                       "",
		" a  b\n\tc ":                            "a b c",
		"<p>a</p><p>b</p>":                       "a b",
		"a<br>b<hr>c":                            "a b c",
		"w<b>or</b>d<span>s</span>":              "words",
		"<ul><li>a<li>b</ul>c":                   "a b c",
		"<table><tr><td>a<td>b</table>":          "a b",
		"<div>a</div>b":                          "a b",
		"a<script>x</script><!-- y -->b":         "ab",
		"a<svg><title>x</title></svg> b":         "a b",
		"a<iframe>x</iframe><select>y</select>b": "ab",
		"&lt;b&gt; &amp;amp; a&nbsp;&nbsp;b":     "<b> &amp; a b",
		"a < b <3":                               "a < b <3",
		"&#1;a&#xFFFE;":                          "a",
		"a\u3000b\u2028c":                        "a b c",
		"AT&T":                                   "AT&T",
		"a<xmp><b></xmp>":                        "a<b>",
	} {
		if got := markup.Text(in); got != want {
			t.Errorf("Text(%q) = %q; want %q", in, got, want)
		}
	}
}

// TestTitle covers XE03, XD11 and XC22.
func TestTitle(t *testing.T) {
	for in, want := range map[string]string{
		"Plain":                          "Plain",
		" two\n lines\t":                 "two lines",
		"a < b":                          "a < b",
		"a <b and c":                     "a <b and c",
		"AT&T":                           "AT&T",
		"AT&amp;T":                       "AT&T",
		"C++ <vector>":                   "C++ <vector>",
		"std::vector<int> and Map<K, V>": "std::vector<int> and Map<K, V>",
		"I <3 this":                      "I <3 this",
		"The <b>bold</b> <i>one</i>":     "The bold one",
		"One<br/>two":                    "One two",
		"The &lt;b&gt; tag":              "The <b> tag",
		"&amp;lt;":                       "&lt;",
		"A<!-- b -->C":                   "AC",
		"A<script>alert(1)</script>B":    "AB",
		`<a href="x>y">link</a>`:         "link",
		"x<y>z</y>":                      "x<y>z</y>",
		"</b>a</>":                       "a</>",
		"a\u202Eb\u2066c":                "abc",
		"&#x202E;a&#1;b":                 "ab",
		"<img src=x onerror=alert(1)>":   "",
		"it&#8217;s &hellip;":            "it’s …",
		"日本<b>語</b>":                     "日本語",
	} {
		if got := markup.Title(in); got != want {
			t.Errorf("Title(%q) = %q; want %q", in, got, want)
		}
	}
	for _, in := range []string{strings.Repeat("é", 4000), strings.Repeat("ab ", 4000), strings.Repeat("&amp;", 4000)} {
		got := markup.Title(in)
		if len(got) > feed.MaxTitle || len(got) < feed.MaxTitle-2 || judgeChars(got) != nil {
			t.Errorf("a long title has %d bytes", len(got))
		}
	}
}

// TestLinear holds that nothing that looks like the begin of something makes
// the time grow with the square of the length (XC16).
func TestLinear(t *testing.T) {
	for _, unit := range []string{"<b ", "<a", "<x ", "<b \"", "<!--", "<!-- --", "</b", "&", "&#", "<svg>", "<iframe>", "<svg></svg", "<", "<p><b><ul>", ". ", "A. "} {
		in := strings.Repeat(unit, (512<<10)/len(unit))
		start := time.Now()
		markup.Title(in)
		markup.Text(in)
		markup.Clean(in, nil)
		markup.FirstSentence(in, 80)
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("512 KiB of %q take %v", unit, took)
		}
	}
}

func TestURL(t *testing.T) {
	b := base(t)
	for in, want := range map[string]string{
		"https://h.example/a":              "https://h.example/a",
		"HTTPS://H.Example/A%2fb?q=%C3%A4": "https://H.Example/A%2fb?q=%C3%A4",
		"  https://h.example/a\n b ":       "https://h.example/a%20b",
		"\uFEFFhttps://h.example/a\u00A0":  "https://h.example/a",
		"\u200B/b\u3000":                   "https://blog.example/b",
		"/a/../b":                          "https://blog.example/b",
		"c.html":                           "https://blog.example/2026/c.html",
		"?x=1":                             "https://blog.example/2026/post.html?x=1",
		"#g":                               "https://blog.example/2026/post.html?a=1#g",
		"//h.example/x":                    "https://h.example/x",
		"//h.example:8080/x":               "https://h.example:8080/x",
		"//h.example:https://i.example/":   "",
		"//h.example:80:80/":               "",
		"//[2001:db8::1]:80/x":             "https://[2001:db8::1]:80/x",
		"//[2001:db8::1]80/x":              "",
		"https://u:p@h.example/":           "https://h.example/",
		"https://h.example/a b?c d#e f":    "https://h.example/a%20b?c%20d#e%20f",
		"https://h.example/100%":           "https://h.example/100%25",
		"https://münchen.example/ä?ü=ö":    "https://xn--mnchen-3ya.example/%C3%A4?%C3%BC=%C3%B6",
		"https://h.example:8080/":          "https://h.example:8080/",
		"http://[2001:db8::1]/":            "http://[2001:db8::1]/",
		"https://h.example/?utm_source=x":  "https://h.example/?utm_source=x",
		"":                                 "",
		"javascript:alert(1)":              "",
		"java\nscript:alert(1)":            "",
		"data:text/html,x":                 "",
		"mailto:a@h.example":               "",
		"ftp://h.example/":                 "",
		"https:opaque":                     "",
		"https:///path":                    "",
		"https://h.example:port/":          "",
		"https://h<b>.example/":            "",
		"https://" + strings.Repeat("a", feed.MaxURL): "",
	} {
		if got := markup.URL(in, b); got != want {
			t.Errorf("URL(%q) = %q; want %q", clip(in), got, want)
		}
		if want != "" && markup.URL(want, nil) != want {
			t.Errorf("URL(%q) is %q the second time", want, markup.URL(want, nil))
		}
	}
	if got := markup.URL("/a", nil); got != "" {
		t.Errorf("URL of a relative address without a base is %q", got)
	}
}

func TestFirstSentence(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"Hello world. And more.":            "Hello world.",
		"  One\n line only ":                "One line only",
		"Really?! Yes.":                     "Really?!",
		"He said “Go.” Then left.":          "He said “Go.”",
		"Version 1.2 is out. Get it.":       "Version 1.2 is out.",
		"Dr. Smith met J. Doe. They spoke.": "Dr. Smith met J. Doe.",
		"See e.g. this one. Bye.":           "See e.g. this one.",
		"Well... maybe. No.":                "Well... maybe.",
		"これは文です。次の文。":                       "これは文です。",
		"It was I. Me.":                     "It was I.",
		"https://h.example/a.b is it. Yes.": "https://h.example/a.b is it.",
		"This one has far too many words to be a title, at least for a limit": "This one has far too many words to be a…",
		"日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語":                          "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語…",
	} {
		got := markup.FirstSentence(in, 40)
		if got != want {
			t.Errorf("FirstSentence(%q) = %q; want %q", in, got, want)
		}
		if n := len([]rune(got)); n > 40 {
			t.Errorf("FirstSentence(%q) has %d characters", in, n)
		}
	}
}

// What a text becomes does not depend on whether it was settled: a blank in
// front of it, which is trimmed, takes the long way.
func TestSettledText(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	pieces := []string{
		"a", "Z", " ", "  ", "é", "\u00a0", "\u2028", "\u202e", "\x7f", "\u0085", "\ufffd", "\xff", "\ufffe", "\x01", "\n", "&amp;", "&", "<", "<b>", "日", "'", "😀",
	}
	kept := 0
	for range 50_000 {
		s := ""
		for range rng.IntN(5) {
			s += pieces[rng.IntN(len(pieces))]
		}
		for name, f := range map[string]func(string) string{"Title": markup.Title, "Text": markup.Text} {
			got := f(s)
			if got == s && s != "" {
				kept++
			}
			if long := f(" " + s); long != got {
				t.Fatalf("%s(%q) is %q, and %q with a blank in front", name, s, got, long)
			}
		}
	}
	if kept < 1000 {
		t.Errorf("only %d were kept", kept)
	}
}
