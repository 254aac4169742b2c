package publisher_test

import "weir/feed"

// hostileTexts is what a source may hold where a text is asked for: what ends,
// begins or hides something in XML, HTML and JSON, and what is no text at all.
var hostileTexts = []string{
	"A plain title", "Ünïcödé 世界 🦫", "]]>", "]]]]>", "]]><![CDATA[", "<![CDATA[x]]>", "]", "]]", ">", "<", "&", `"`, "'", "`",
	"&amp;", "&amp;amp;", "&#38;#60;", "&lt;b&gt;", "&#1;", "&#0;", "&#xFFFE;", "&#xD800;", "&nbsp;", "&unknown;", "&;", "&#", "&amp;#x3C;script>",
	"\x00", "\x01\x02\x08", "\x0b\x0c", "\x1b[31m", "\x7f", "\u0080\u0085\u0093\u009f", "\r", "\r\n", "\n\n", "\t", " ", "\u00a0", "\u2028\u2029",
	"\xff", "\xed\xa0\x80", "\xed\xbf\xbf\xed\xa0\xbd", "\xc0\xaf", "\xf4\x90\x80\x80", "\xe2\x82", "\ufffe", "\uffff", "\U0001fffe", "\ufffd", "\ufeff",
	"\u202eevil\u202c", "\u2066\u2069", "\u200f", "a\u0300\u0301", "<b>bold</b>", "<script>alert(1)</script>", "</title><link>https://evil.example/</link>",
	"</item><item><guid>evil</guid>", "</entry></feed>", `</content:encoded>`, `"><evil x="`, `' onload='x`, "<?xml version=\"1.0\"?>", "<?xml-stylesheet href='x'?>",
	"<!DOCTYPE x [<!ENTITY a \"b\">]>", "<!-- a -- b -->", "<!--", "-->", "--", "xmlns:x=\"urn:evil\"", "<x:y/>", "<itunes:explicit>true</itunes:explicit>",
	`","id":"evil`, `\u0000`, `\ud800`, `\`, `\"`, "{{.}}", "{source}", "%00", "javascript:alert(1)", "data:text/html,x", "1e999", "NaN", "-0", "43:12", "true", "12",
	"<p>A paragraph with <a href=\"https://a.example/?a=1&amp;b=2\">a link</a>.</p>", "<p>5 &lt; 6 ]]&gt;</p>", "<img src=\"https://a.example/x.png\" alt=\"]]>\">",
}

var hostileAddresses = []string{
	"https://a.example/1", "https://a.example/1", "http://a.example/p?a=1&b=2#c", "https://ü.example/ä?ö=<>", "https://a.example/[x]{y}|z\\^`\"<>", "https://a.example",
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:x", "java\nscript:x", "data:text/html,<b>", "vbscript:x", "file:///etc/passwd", "//a.example/x", "/x", "",
	"https://user:secret@a.example/", "https://a.example/?token=secret", "https://%ff.example/", "https://%EF%BF%BE.example/", "https://a.example/%", "https://a.example/%zz",
	"https://[::1]:80/", "https://[::1", "https://a.example:99999999/", "https://xn--tda.example/", "http://a.example/\x00\x01", "https://a.example/\xff", "https://a.example/]]>",
	"https://a.example/'\"><evil", "https://a.example/ a b ", "\ufeffhttps://a.example/bom", "https://a.example/\u202e", "mailto:a@b.example", "urn:x:y", "tag:a,2026:x", "http:", "https://",
	"https://a.example/&amp;amp;", "https://a.example/?q=&lt;", "HTTPS://A.EXAMPLE/", "https://a.example/" + "\u2028", "ann@a.example",
}

var hostileSpaces = []string{
	mediaSpace, mediaSpace, "http://www.itunes.com/dtds/podcast-1.0.dtd", "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/", "http://www.georss.org/georss",
	"https://podcastindex.org/namespace/1.0", "http://wellformedweb.org/CommentAPI/", "http://purl.org/rss/1.0/modules/slash/", "http://purl.org/syndication/thread/1.0",
	"HTTPS://search.yahoo.com/mrss", "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/modules/content/", "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/xmlns/",
	"http://www.w3.org/XML/1998/namespace", "xml", "xmlns", "", "urn:a", "urn:b", "https://example.net/ns/torrent#", "https://example.net/ns/torrent", "javascript:alert(1)",
	`urn:x"><evil`, "urn:x y", "urn:\x00", "urn:\xff", "ns:]]>", "a", feed.SpaceJSON, feed.SpaceJSON,
	clashingSpace, otherClashingSpace,
}

var hostileNames = []string{
	"title", "content", "group", "thumbnail", "link", "id", "guid", "item", "entry", "explicit", "duration", "commentRss", "license", "comments", "part", "url", "href", "type",
	"rel", "count", "updated", "lang", "xmlns", "xmlns:x", "x:y", ":", "a:", ":a", "1a", "-a", "a b", "", "a>", "a/", `a="`, "é", "\x00", "a\xff", "Xml", "xml", "_", "a.b-c_d1",
	"_mine", "_weir", "_itunes", "__proto__", "_a", "_A", `_a":1,"id`,
}

var hostileRelations = []string{
	"via", "related", "replies", "license", "payment", "alternate", "self", "enclosure", "next", "hub", "", "https://a.example/rel", "urn:rel", "a b", `x:"><`, "via ", "Alternate",
	"http://www.iana.org/assignments/relation/alternate", "http://www.iana.org/assignments/relation/enclosure", "http://www.iana.org/assignments/relation/via",
}

// hostileJSON is what a source may have in members of its own.
var hostileJSON = []string{
	`1`, `"a"`, `{"a":1,"b":[true,null]}`, `[]`, `{"a":1,"a":2}`, `[{"b":1,"\u0062":2}]`, `"\ud800"`, `"\udc00\ud800"`, `"\ud83e\uddab"`, `"\u0000"`, `"\ufffe"`, `1e999`, `-0`,
	`123456789012345678901234567890`, `01`, `NaN`, `{"a":`, `1,"id":"evil"`, `"</script>"`, "\"\x01\"", "\"\xff\"", `{"__proto__":1}`, " { } ", ``, `{"id":"evil"}`, "\"\u2028\"",
}
