package identity_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// sketched is the sketch of a body.
func sketched(html string) feed.Sketch {
	return prepared(blog("a"), feed.Item{Content: content("T", "", html)}).Traits.Sketch
}

// The same words in other clothes are the same text.
func TestFolding(t *testing.T) {
	for _, tt := range []struct{ a, b string }{
		{"Ёлка и Йод в Києві, ЇЖАК", "елка и иод в києві іжак"},
		{"и\u0306од в доме тут", "йод в доме тут"},
		{"ΆΛΦΑ και Ωμέγα", "αλφα και ωμεγα"},
		{"Straße nach Łódź ünd Đà", "STRAße NACH łodz UND đa"},
		{"मैंने कल यह किताब पढ़ी", "<p>मैंने</p> कल यह &lt; किताब, पढ़ी"},
		{"ภาษาไทยไม่มีช่องว่าง", "ภาษาไทย<b>ไม่มี</b>ช่องว่าง"},
		{"안녕 하세요 여러분", "<i>안녕</i> &#54616;세요 여러분"},
		{"a &lt; b &gt; c &quot;d&quot; &unknown; &", `a < b > c "d" unknown`},
		{"one &copy; two &amp three", "one © two & amp three"},
		{"x <? y ?> z </ > w </3> v", "x z w v"},
		{"unclosed <a href=\"x>y", "unclosed"},
		{"unclosed <b 'x", "unclosed"},
		{"unclosed <!-- x", "unclosed"},
	} {
		if a, b := sketched(tt.a), sketched(tt.b); a.Words != b.Words || !slices.Equal(a.Shingles, b.Shingles) {
			t.Errorf("%s (%d words) and %s (%d words) differ", tt.a, a.Words, tt.b, b.Words)
		}
	}
}

// Whatever a body consists of, reading it takes time that grows with its
// length only.
func TestHostileBodies(t *testing.T) {
	for _, unit := range []string{
		"<", "<a", "<a ", "<a '", `<a "">`, `<a "" `, `<a '"' "'" `, "</", "<!--", "<!", "<?", "&", "&#", "&a", "&amp", "&#x41;", "<script>",
		"<script></script>", "<style", "<blockquote>", "</blockquote>", "x", "x ", "é", "e\u0301", "\u0301", "語", "\xff", "1 comments ",
		"1 ", "comments: ", "<img src=\"", "<img src=\"x\">", "<img xsrc=\"x\" ",
	} {
		body := strings.Repeat(unit, feed.MaxHTML/len(unit))
		began := time.Now()
		it := prepared(blog("a"), feed.Item{Content: content(body[:feed.MaxTitle], "", body)})
		identity.Material(&it.Content)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%q: %v for %d bytes", unit, took, len(body))
		}
	}
}

// No input makes it panic, and what comes out keeps its bounds.
func FuzzPrepare(f *testing.F) {
	f.Add("id", "https://a.example/x", "title", "<p>text <a href=\"/x\">y</a></p>")
	f.Add("urn:x:1", "//[::1]:1/%", "\xff", "<a '\"><!-- & &#x; </script")
	f.Fuzz(func(t *testing.T, id, link, title, html string) {
		doc := document(feed.Item{RawID: id, Content: content(title, link, html)}, feed.Item{RawID: id, Content: content(title, link, title)})
		identity.Prepare(blog("a"), doc, nil)
		for i := range doc.Items {
			it := &doc.Items[i]
			s := &it.Traits.Sketch
			if it.Key.IsZero() || 8+len(s.Title)+4*len(s.Shingles) > 512 || it.Traits.OwnWords > s.Words {
				t.Errorf("%+v", it.Traits)
			}
			if identity.Material(&it.Content) == 0 {
				t.Error("no hash")
			}
		}
	})
}
