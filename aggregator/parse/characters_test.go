package parse_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"weir/aggregator/parse"
)

// What a stranger may write into any field, and what of it must never come
// out: a piece of this is in no field of the document.
var characters = []struct{ name, text, json, never string }{
	{"XD01 controls", "a\x00\x01\x08\x0B\x0C\x0E\x1Fb", `a\u0000\u0001\b\u000b\f\u000e\u001fb`, ""},
	{"XD01 no characters", "a\uFFFE\uFFFFb", `a\ufffe\uffffb`, ""},
	{"XD01 references", "a&#0;&#1;&#x0b;&#xFFFF;&#xD800;&#x110000;b", `a&#0;&#1;&#x0b;&#xFFFF;&#xD800;&#x110000;b`, ""},
	{"XD01 no UTF-8", "a\xFF\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80b", "a\xFF\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80b", ""},
	{"XD02 references in HTML", "a&amp;#1;&amp;#x1f;&amp;#xFFFE;b", `a&amp;#1;&amp;#x1f;&amp;#xFFFE;b`, ""},
	{"XD02 references in sections", "<![CDATA[a&#1;&#x1f;b]]>", `<b>a&#1;&#x1f;b</b>`, ""},
	{"XD03 ends of sections", "a]]>b]]]]>>c", `a]]>b]]]]>>c`, ""},
	{"XD03 sections in sections", "<![CDATA[a<![CDATA[b]]]]><![CDATA[>c]]>", `<![CDATA[a]]>`, "<![CDATA["},
	{"XD04 halves", "a&#xD83D;b&#xDE80;", `a\ud83db\ude80`, ""},
	{"XD13 instructions", "a<?xml-stylesheet href='evil.xsl'?>b<?php evil ?>", `<?xml-stylesheet href='evil.xsl'?>b<?php evil ?>`, "<?"},
	{"XD13 declarations", "a<!DOCTYPE evil SYSTEM 'evil.dtd'>b<!ENTITY evil 'x'>&evil;", `a<!DOCTYPE evil SYSTEM 'evil.dtd'>b`, "<!"},
}

// No field of a document holds a character that XML forbids, and no markup of
// a document itself reaches a field (XD01 to XD04, XD13).
func TestForbiddenCharacters(t *testing.T) {
	for _, tt := range characters {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.text
			rss := `<?xml version="1.0"?><?xml-stylesheet href="evil.xsl"?><!DOCTYPE rss [<!ENTITY evil "evil">]>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:x="https://example.org/x"><channel>
<title>` + s + `</title><link>https://example.org/</link><description>` + s + `</description><item><title>` + s + `</title><guid>` + s + `</guid>
<link>https://example.org/` + s + `</link><description>` + s + `</description><content:encoded>` + s + `</content:encoded><dc:creator>` + s + `</dc:creator>
<category domain="urn:` + s + `">` + s + `</category><comments>https://example.org/` + s + `</comments><x:y z="1">` + s + `</x:y></item></channel></rss>`
			atom := `<feed xmlns="http://www.w3.org/2005/Atom"><title>` + s + `</title><entry><id>` + s + `</id><title type="html">` + s + `</title><summary>` + s + `</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + s + `</div></content><author><name>` + s + `</name></author><rights>` + s + `</rights></entry></feed>`
			json := fmt.Sprintf(`{"version":"https://jsonfeed.org/version/1.1","title":"%[1]s","items":[{"id":"%[1]s","title":"%[1]s","content_html":"%[1]s","summary":"%[1]s",
"tags":["%[1]s"],"authors":[{"name":"%[1]s"}],"_x":{"%[1]s":"%[1]s"}},{"id":"2","content_text":"%[1]s"}]}`, tt.json)
			for _, body := range []string{rss, atom, json} {
				doc, err := parse.Read([]byte(body), parse.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if len(doc.Items) == 0 {
					t.Fatalf("%s: rejected %v", doc.Format, doc.Rejected)
				}
				walkStrings(t, reflect.ValueOf(doc))
				for _, it := range doc.Items {
					if tt.never != "" && strings.Contains(it.HTML, tt.never) {
						t.Errorf("%s: text %q holds %q", doc.Format, it.HTML, tt.never)
					}
				}
			}
		})
	}
}
