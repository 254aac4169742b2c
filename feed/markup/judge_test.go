package markup_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"weir/feed"
	"weir/feed/markup"
)

// The judge reads what Clean wrote with a tokenizer and a parser that Clean
// does not use, against lists of its own, so that a mistake in Clean is not
// repeated here.

const (
	phraseTags = "a em strong b i u s sub sup small mark abbr cite q code kbd samp var del ins ruby rt rp time picture audio video"
	blockTags  = "p h2 h3 h4 h5 h6 blockquote pre ul ol li dl dt dd table caption thead tbody tfoot tr th td figure figcaption " +
		"details summary"
	voidTags = "br hr img source wbr"
)

var allowedAttrs = map[string]string{
	"a": "href title", "abbr": "title", "q": "cite", "blockquote": "cite", "td": "colspan rowspan", "th": "colspan rowspan",
	"ol": "start", "time": "datetime", "img": "src srcset alt title width height", "source": "src srcset type media",
	"audio": "src controls", "video": "src poster controls",
}

// judge returns what is wrong with an output of Clean.
func judge(out string, base *url.URL) error {
	var errs []error
	errs = append(errs, judgeChars(out), judgeTokens(out), judgeTree(out))
	if len(out) > feed.MaxHTML {
		errs = append(errs, fmt.Errorf("%d bytes are more than %d", len(out), feed.MaxHTML))
	}
	if again := markup.Clean(out, base); again != out {
		errs = append(errs, fmt.Errorf("cleaning again gives %q", clip(again)))
	}
	if again := markup.Clean(out, nil); again != out {
		errs = append(errs, fmt.Errorf("cleaning again without a base gives %q", clip(again)))
	}
	return errors.Join(errs...)
}

// judgeChars holds XML 1.0 §2.2 against every character (XD01).
func judgeChars(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("is no UTF-8")
	}
	for _, r := range s {
		ok := r == 0x9 || r == 0xA || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
		if !ok {
			return fmt.Errorf("holds %U", r)
		}
	}
	return nil
}

// judgeTokens holds the lists against every tag, and the depth against zero.
func judgeTokens(out string) error {
	var open []string
	z := html.NewTokenizer(strings.NewReader(out))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				return fmt.Errorf("leaves %v open", open)
			}
			return nil
		case html.TextToken:
		case html.StartTagToken:
			t := z.Token()
			if err := judgeTag(t); err != nil {
				return err
			}
			if !listed(voidTags, t.Data) {
				open = append(open, t.Data)
			}
			if len(open) > 100 {
				return errors.New("nests more than 100 deep")
			}
		case html.EndTagToken:
			name := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				return fmt.Errorf("ends %s inside %v", name, open)
			}
			open = open[:len(open)-1]
		default:
			return fmt.Errorf("holds %q", z.Raw())
		}
	}
}

func judgeTag(t html.Token) error {
	if !listed(phraseTags+" "+blockTags+" "+voidTags, t.Data) {
		return fmt.Errorf("holds the tag %s", t.Data)
	}
	for _, a := range t.Attr {
		if !listed(allowedAttrs[t.Data], a.Key) {
			return fmt.Errorf("holds the attribute %s of %s", a.Key, t.Data)
		}
		if err := judgeValue(t.Data, a); err != nil {
			return fmt.Errorf("%s of %s: %w", a.Key, t.Data, err)
		}
	}
	return nil
}

func judgeValue(tag string, a html.Attribute) error {
	switch a.Key {
	case "href", "src", "cite", "poster":
		return judgeAddress(a.Val, tag == "a")
	case "srcset":
		for candidate := range strings.SplitSeq(a.Val, ", ") {
			address, _, _ := strings.Cut(candidate, " ")
			if err := judgeAddress(address, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// judgeAddress reads an address as a browser does: controls and white space
// are none of it.
func judgeAddress(s string, mail bool) error {
	seen := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, s)
	if mail && strings.HasPrefix(seen, "mailto:") {
		return nil
	}
	u, err := url.Parse(seen)
	if err != nil {
		return err
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return fmt.Errorf("is not absolute http or https: %q", s)
	case u.User != nil:
		return fmt.Errorf("names a user: %q", s)
	case strings.Contains(s, "utm_") && strings.Contains(u.RawQuery, "utm_source="):
		return fmt.Errorf("tracks: %q", s)
	case len(s) > feed.MaxURL:
		return errors.New("is too long")
	}
	return nil
}

// judgeTree holds that a browser's parser builds the tree that was written:
// the same tags in the same order, but for the body that tables get (XE04).
func judgeTree(out string) error {
	nodes, err := html.ParseFragment(strings.NewReader(out), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return fmt.Errorf("does not parse: %w", err)
	}
	var parsed strings.Builder
	for _, n := range nodes {
		if err := html.Render(&parsed, n); err != nil {
			return err
		}
	}
	if want, got := skeleton(out), skeleton(parsed.String()); !slices.Equal(want, got) {
		return fmt.Errorf("is parsed as another tree: %v", got)
	}
	return nil
}

// skeleton lists tags and text in order. White space says nothing, and a pre
// element may lose the line end that it begins with.
func skeleton(s string) []string {
	var parts []string
	z := html.NewTokenizer(strings.NewReader(s))
	for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
		t := z.Token()
		switch {
		case t.Data == "tbody":
		case tt == html.TextToken:
			if text := strings.Join(strings.Fields(t.Data), " "); text != "" {
				parts = append(parts, text)
			}
		case tt == html.EndTagToken:
			parts = append(parts, "/"+t.Data)
		default:
			parts = append(parts, t.Data)
		}
	}
	return parts
}

func listed(list, name string) bool { return slices.Contains(strings.Fields(list), name) }

func clip(s string) string { return s[:min(len(s), 300)] }

// TestJudge is the negative control: everything that the judge must see.
func TestJudge(t *testing.T) {
	for _, bad := range []string{
		`<script>alert(1)</script>`, `<p onclick="x">a</p>`, `<p style="x">a</p>`, `<a href="javascript:x">a</a>`,
		`<a href="java&#10;script:x">a</a>`, `<a href="/relative">a</a>`, `<a href="//host/">a</a>`, `<p>a`, `a</p>`,
		`<b><i>a</b></i>`, `<img src="data:image/png,x">`, `<img src="https://u:p@h.example/">`, `<h1>a</h1>`, `<!-- c -->`,
		"a\x01b", "a\xffb", "a\uFFFEb", `<div>a</div>`, `<p><p>a</p></p>`, `<table>a</table>`, `<p><ul><li>a</li></ul></p>`,
		`<a href="https://h.example/"><a href="https://h.example/">a</a></a>`, `<svg></svg>`, `<img src="https://h.example/i"/>`,
		`<img src="https://h.example/i" srcset="https://h.example/i 1x, x.png 2x">`, `<iframe></iframe>`, `a < b`, `a & b`,
		`<a href="https://h.example/?utm_source=x">a</a>`, `<td>a</td>`, `<input>`, strings.Repeat("<b>", 101) + strings.Repeat("</b>", 101),
		`<img src="https://h.example/i" id="x">`, `<video autoplay></video>`, `<ruby><rt>a<rt>b</rt></rt></ruby>`, "a\rb",
	} {
		if judge(bad, nil) == nil {
			t.Errorf("the judge sees nothing wrong with %q", clip(bad))
		}
	}
	good := `<p>a <a href="https://h.example/?a=1&amp;b=2">b</a> &lt; c</p><table><tr><td>x</td></tr></table><pre>` + "\n\na</pre>"
	if err := judge(good, nil); err != nil {
		t.Errorf("the judge refuses what is good: %v", err)
	}
}
