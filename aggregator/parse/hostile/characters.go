package hostile

import (
	"encoding/binary"
	"unicode/utf16"
)

// everywhere puts a text into every field of an item.
func everywhere(s string) string {
	return rss("<description>d" + s + "</description><item><title>t" + s + "</title><guid>g" + s + "</guid><link>https://h.example/" + s +
		"</link><author>a" + s + "</author><category domain='" + s + "'>c" + s + "</category><description>&lt;p title='" + s + "'&gt;x" + s +
		"&lt;/p&gt;</description><content:encoded><![CDATA[<p>y" + s + "</p>]]></content:encoded><enclosure url='https://h.example/" + s +
		"' type='audio/mpeg" + s + "'/><pubDate>" + s + "</pubDate><x:a b='" + s + "'>" + s + "</x:a></item>")
}

// characters are those that no output may hold (XD01 to XD04, XD10 to XD12).
func characters() []Case {
	all := func(name, s string) Case {
		return read(name, 1, func() string { return everywhere(s) })
	}
	controls := ""
	for c := range 32 {
		controls += string(rune(c))
	}
	return []Case{
		all("XD01 every control character", controls),
		all("XD01 characters that are none", "\uFFFE\uFFFF"),
		all("XD01 surrogates", "\xED\xA0\x80\xED\xBF\xBF"),
		all("XD01 bytes that are no UTF-8", "\xFF\xFE\x80\xC3"),
		read("XD01 9 MB of control characters", 1, func() string { return rss(item("<description>", many("\x01", 9*mega), "</description>")) }),
		read("XD01 control characters in names", 1, func() string { return rss(item("<de\x01scription>x</description><x:\x02a \x03b='\x04'/>")) }),
		all("XD02 references in HTML", "&amp;#1;&amp;#0;&amp;#xFFFE;&amp;#xD800;&amp;#x1B;"),
		all("XD02 references in CDATA", "<![CDATA[&#1;&#0;&#xFFFF;&#27;]]>"),
		read("XD02 300 k references in HTML", 1, func() string { return rss(described(many("&#1;", 300*kilo))) }),
		all("XD03 ends of sections", "]]&gt; ]]]]&gt;&gt; ]]>"),
		read("XD03 3 M ends of sections", 1, func() string { return rss(item("<description>", many("]]>", 3*mega), "</description>")) }),
		read("XD03 sections in sections", 1, func() string { return rss(described("a]]]]><![CDATA[>b<![CDATA[c")) }),
		read("XD04 JSON: zeros and surrogates", 1, func() string {
			const s = `\u0000\u0001\ud800\udc00\udfff\ud800x\ud83d\uFFFE\u001b`
			return jsonHead + `"authors":[{"name":"a` + s + `"}],"items":[{"id":"1` + s + `","title":"t` + s + `","url":"https://h.example/` + s +
				`","content_html":"<p>` + s + `</p>","summary":"` + s + `","tags":["` + s + `"],"attachments":[{"url":"https://h.example/` + s + `","mime_type":"` + s + `"}]}]}`
		}),
		read("XD04 JSON: 1 M surrogates", 1, func() string { return jsonHead + `"items":[{"id":"1","content_text":"` + many(`\ud800`, mega) + `"}]}` }),
		read("XD04 JSON: escapes that are none", 1, func() string {
			return jsonHead + `"items":[{"id":"1\u","content_text":"\uZZZZ\q\u12","title":"\ud8"}]}`
		}),
		all("XD10 overlong characters", "\xC0\xAF\xE0\x80\xAF\xF0\x80\x80\xAF\xC0\xBC\xC0\x80"),
		all("XD10 marks of byte order", "\uFEFFa\uFEFF"),
		read("XD10 3 M marks of byte order", 1, func() string { return rss(item("<description>", many("\uFEFF", 3*mega), "</description>")) }),
		all("XD11 characters that turn the text", "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200E\u200F"),
		all("XD11 characters without width", "\u200B\u2060\u00AD\uFEFF\u180E"),
		read("XD11 a title of combining marks", 1, func() string { return rss(item("<title>a", many("\u0301", 4*mega), "</title>")) }),
		all("XD12 entities that are markup", "&lt;/title&gt;&lt;item&gt;&lt;!--&quot;&apos;&amp;amp;lt;"),
	}
}

// charsets are labels that lie and encodings that hide (XD05 to XD09).
func charsets() []Case {
	wide := func(order binary.AppendByteOrder, s string) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = order.AppendUint16(b, u)
		}
		return b
	}
	wider := func(order binary.AppendByteOrder, s string) []byte {
		var b []byte
		for _, r := range s {
			b = order.AppendUint32(b, uint32(r))
		}
		return b
	}
	coded := func(name string, items int, body func() []byte) Case {
		return Case{Name: name, Items: items, Body: body}
	}
	labelled := func(label, text string) string {
		return `<?xml version="1.0" encoding="` + label + `"?><rss><channel><title>t</title><item><guid>1</guid><title>` + text + `</title></item></channel></rss>`
	}
	typed := func(name string, items int, contentType, label, text string) Case {
		return Case{Name: name, Items: items, ContentType: contentType, Body: func() []byte { return []byte(labelled(label, text)) }}
	}
	return []Case{
		read("XD05 latin without a label", 1, func() string { return labelled("utf-8", "caf\xE9") }),
		read("XD05 9 MB of bytes that are no UTF-8", 0, func() string { return rss(item("<description>", many("\xE9\xFF", 9*mega/2), "</description>")) }),
		read("XD05 4 MB of two encodings", 1, func() string { return rss(item("<description>", many("\xE9é", 4*mega/3), "</description>")) }),
		coded("XD06 UTF-16, little end first", 1, func() []byte { return wide(binary.LittleEndian, "\uFEFF"+rss(item())) }),
		coded("XD06 UTF-16, big end first, no mark", 1, func() []byte { return wide(binary.BigEndian, rss(item())) }),
		coded("XD06 UTF-16, little end first, no mark", 1, func() []byte { return wide(binary.LittleEndian, rss(item())) }),
		coded("XD06 UTF-16, 8 MB", 0, func() []byte {
			return wide(binary.LittleEndian, "\uFEFF"+rss(item("<description>", many("漢", 4*mega), "</description>")))
		}),
		coded("XD06 UTF-16, 8 MB of halves", 0, func() []byte {
			b := wide(binary.LittleEndian, "\uFEFF"+rssHead+"<item><guid>1</guid><description>")
			for range 4 * mega {
				b = append(b, 0x00, 0xD8)
			}
			return append(b, wide(binary.LittleEndian, "</description></item>"+rssFoot)...)
		}),
		coded("XD06 UTF-16 of an odd length", 1, func() []byte { return append(wide(binary.LittleEndian, "\uFEFF"+rss(item())), 0) }),
		coded("XD06 UTF-32", 1, func() []byte { return wider(binary.BigEndian, "\uFEFF"+rss(item())) }),
		coded("XD06 UTF-32, 8 MB", 1, func() []byte {
			return wider(binary.LittleEndian, "\uFEFF"+rss(item("<description>", many("漢", 2*mega), "</description>")))
		}),
		read("XD07 UTF-7", 1, func() string { return labelled("utf-7", "+ADw-script+AD4-") }),
		read("XD07 hz-gb-2312", 1, func() string { return labelled("hz-gb-2312", "~{<script>~}\xFF") }),
		read("XD07 iso-2022-cn", 1, func() string { return labelled("iso-2022-cn", "\x1B$)A\x0E!!\x0F") }),
		read("XD07 an unknown label", 1, func() string { return labelled("klingon", "caf\xE9") }),
		read("XD07 a label of 1 MB", 1, func() string { return labelled(many("x", mega), "caf\xE9") }),
		read("XD08 ISO-2022-JP that hides an end tag", 1, func() string { return labelled("iso-2022-jp", "\x1B$B</title>\x1B(B") }),
		read("XD08 3 M escapes of ISO-2022-JP", 1, func() string { return labelled("iso-2022-jp", many("\x1B(B", 3*mega)) }),
		typed("XD09 HTTP says latin, XML says UTF-8", 1, "application/rss+xml; charset=iso-8859-1", "utf-8", "caf\xE9"),
		typed("XD09 HTTP says UTF-8, XML says latin", 1, "application/rss+xml; charset=utf-8", "iso-8859-1", "caf\xE9"),
		typed("XD09 HTTP says UTF-16, and it is not", 1, "application/rss+xml; charset=utf-16", "utf-8", "café"),
		typed("XD09 HTTP says nonsense", 1, "application/rss+xml; charset=\"\x01", "utf-8", "café"),
		typed("XD09 HTTP says Japanese, 9 MB", 0, "text/xml; charset=shift_jis", "euc-kr", many("\x82\xA0", 9*mega/2)),
		typed("XD09 HTTP says Chinese, 9 MB", 1, "text/xml; charset=gb18030", "utf-8", many("\x81\x30\x81\x30", 9*mega/4)),
	}
}

// leaks are what must not travel from a feed to what is published (XD13 to
// XD15).
func leaks() []Case {
	return []Case{
		read("XD13 instructions and declarations", 1, func() string {
			return `<?xml-stylesheet href="https://evil.example/x.xsl" type="text/xsl"?><!DOCTYPE rss [<!ENTITY a "b">]>` +
				rss("<?xml-stylesheet href='x'?>", item("<?php evil() ?><description>a<?x?>b&lt;?php evil() ?&gt;</description>"))
		}),
		read("XD14 names that want out of their element", 1, func() string {
			return rss(item(`<x:y xmlns:atom="https://evil.example/" xmlns:x='"><script>'><atom:link href="https://evil.example/"/></x:y><x:"><a/>`))
		}),
		read("XD14 prefixes declared as something else", 1, func() string {
			return rss(item(`<x:content xmlns:x="http://purl.org/rss/1.0/modules/content/" xmlns:content="https://evil.example/"><content:encoded>a</content:encoded></x:content>`))
		}),
		read("XD14 the prefixes of XML itself", 1, func() string {
			return rss(item(`<a xmlns:xml="https://evil.example/" xmlns:xmlns="https://evil.example/" xml:lang="x" xml:base=":"/><xmlns:a/><xml:b/>`))
		}),
		read("XD15 dates beyond the calendar", 9, func() string {
			dates := []string{"0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "292277026596-12-04T15:30:07Z",
				"Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2015 00:00:00 +9999", "-9223372036854775808", "99999999999999999999", "2015-02-30T25:61:61Z"}
			s := ""
			for i, d := range dates {
				s += "<item><title>t</title><guid>" + dates[i] + "</guid><pubDate>" + d + "</pubDate><dc:date>" + d + "</dc:date></item>"
			}
			return rss(s)
		}),
		read("XD15 19 k dates beyond the calendar", 19*kilo, func() string {
			return rss(numbered("<item><guid>%d</guid><pubDate>2%[1]d77026596-12-04T15:30:07+99:99</pubDate></item>", 19*kilo))
		}),
	}
}
