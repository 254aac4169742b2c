package hostile

const tooCut = "number of fragments in an item"

// fragments is what adding text to text dies of (XC06).
func fragments() []Case {
	in := func(s string) string { return rss(item("<x:a>", s, "</x:a>")) }
	return []Case{
		refused("XC06 200 k fragments around elements", tooCut, func() string { return in(many("t<b/>", 200*kilo)) }),
		refused("XC06 1 M fragments around elements", tooCut, func() string { return in(many("t<b/>", mega)) }),
		refused("XC06 1 M fragments around comments", tooCut, func() string { return in(many("t<!---->", mega)) }),
		refused("XC06 700 k fragments around CDATA", tooCut, func() string { return in(many("t<![CDATA[]]>", 700*kilo)) }),
		refused("XC06 1 M fragments around instructions", tooCut, func() string { return in(many("t<?p?>", mega)) }),
		refused("XC06 11 MB of fragments of 100 bytes", tooCut, func() string { return in(many(many("t", 100)+"<!---->", 103*kilo)) }),
		refused("XC06 200 k fragments in the head", tooCut, func() string { return rss("<x:a>", many("t<!---->", 200*kilo), "</x:a>") }),
		refused("XC06 200 k fragments of a title", tooCut, func() string { return rss(item("<title>", many("t<!---->", 200*kilo), "</title>")) }),
		refused("XC06 200 k fragments of Atom content", tooCut, func() string {
			return atom(entry("<content type='html'>", many("t<!---->", 200*kilo), "</content>"))
		}),
		read("XC06 49 k fragments, 9 MB", 1, func() string { return in(many(many("t", 180)+"<!---->", 49*kilo)) }),
		read("XC06 49 k fragments of a description, 9 MB", 1, func() string {
			return rss(item("<description>", many(many("t", 180)+"<!---->", 49*kilo), "</description>"))
		}),
		read("XC06 49 k fragments of the channel's title", 1, func() string {
			return rss("<title>", many(many("t", 100)+"<!---->", 49*kilo), "</title>", item())
		}),
		read("XC06 24 k fragments an item, 20 items", 20, func() string {
			return rss(numbered("<item><guid>%d</guid><x:a>"+many("t<!---->", 24*kilo)+"</x:a></item>", 20))
		}),
	}
}

// giants are single things of 64 MB (XC10).
func giants() []Case {
	const n = 64 << 20
	return []Case{
		read("XC10 an attribute of 64 MB", 0, func() string { return rss(item(`<enclosure url="`, many("x", n), `"/>`)) }),
		read("XC10 an attribute of 9 MB", 1, func() string { return rss(item(`<enclosure url="https://h.example/`, many("x", 9*mega), `"/>`)) }),
		read("XC10 a text of 64 MB", 0, func() string { return rss(item("<description>", many("x", n), "</description>")) }),
		read("XC10 a text of 9 MB", 1, func() string { return rss(item("<description>", many("x", 9*mega), "</description>")) }),
		read("XC10 a CDATA section of 9 MB", 1, func() string { return rss(described(many("x ", 9*mega/2))) }),
		read("XC10 an extension of 9 MB", 1, func() string { return rss(item("<x:a>", many("x ", 9*mega/2), "</x:a>")) }),
		read("XC10 an element's name of 64 MB", 0, func() string { return rss(item("<", many("x", n), "/>")) }),
		read("XC10 an element's name of 9 MB", 1, func() string { return rss(item("<", many("x", 9*mega), "/>")) }),
		read("XC10 an attribute's name of 9 MB", 1, func() string { return rss(item("<a ", many("x", 9*mega), "=''/>")) }),
		read("XC10 an end tag of 9 MB", 1, func() string { return rss(item("<a></", many("x", 9*mega), "></a>")) }),
		read("XC10 a comment of 64 MB", 0, func() string { return rss("<!--", many("x", n), "-->", item()) }),
		read("XC10 a comment of 9 MB", 1, func() string { return rss(item("<!--", many("- ", 9*mega/2), "-->")) }),
		read("XC10 an instruction of 9 MB", 1, func() string { return rss(item("<?p ", many("? ", 9*mega/2), "?>")) }),
		refused("XC10 a doctype of 64 MB", "not a feed", func() string { return "<!DOCTYPE rss [" + fill("<!ELEMENT x ANY>", n) + "]>" + rss(item()) }),
		read("XC10 a doctype of 9 MB", 1, func() string { return "<!DOCTYPE rss [" + fill("<!ELEMENT x ANY>", 9*mega) + "]>" + rss(item()) }),
		read("XC10 an attribute of 9 MB on the root", 1, func() string { return `<rss a="` + many("x", 9*mega) + `"><channel>` + item() + rssFoot }),
		read("XC10 a text of 9 MB in the head", 1, func() string { return rss("<description>", many("x ", 9*mega/2), "</description>", item()) }),
		read("XC10 an address of 9 MB in the head", 1, func() string { return rss("<link>https://h.example/", many("x", 9*mega), "</link>", item()) }),
	}
}

const (
	tooManyItems    = "number of items"
	tooManyElements = "number of elements"
)

// crowds are many of one thing (XC11 to XC13).
func crowds() []Case {
	return []Case{
		refused("XC11 1 M attributes", tooManyAttrs, func() string { return rss(item("<x:a", many(" a='1'", mega), "/>")) }),
		// No tag has so many words in it: they are text.
		read("XC11 1 M words behind a less-than", 1, func() string { return rss(item("<x:a", many(" a", mega), "/>")) }),
		refused("XC11 1 M attributes on an item", tooManyAttrs, func() string { return rss("<item", many(" a='1'", mega), "/>") }),
		refused("XC11 1 M attributes on the root", tooManyAttrs, func() string { return "<rss" + many(" a='1'", mega) + "><channel/></rss>" }),
		read("XC11 60 attributes of 150 kB", 1, func() string { return rss(item("<x:a", numbered(" a%d='"+many("x", 150*kilo)+"'", 60), "/>")) }),
		read("XC11 60 attributes, 9 k times", 1, func() string { return rss(item(many("<x:a"+many(" a='1'", 60)+"/>", 9*kilo))) }),
		refused("XC12 100 k items", tooManyItems, func() string {
			return rss(numbered("<item><title>%d</title><description>text of the item</description></item>", 100*kilo))
		}),
		refused("XC12 1 M empty items", tooManyItems, func() string { return rss(many("<item></item>", mega)) }),
		refused("XC12 10 M items", tooManyItems, func() string { return rss(many("<item/>", 10*mega)) }),
		refused("XC12 1 M entries of Atom", tooManyItems, func() string { return atom(many("<entry/>", mega)) }),
		refused("XC12 1 M items of RDF", tooManyItems, func() string { return rdf(many("<item/>", mega)) }),
		read("XC12 20 k empty items", 0, func() string { return rss(many("<item/>", 20*kilo)) }),
		refused("XC12 1 M items without an end", tooManyItems, func() string { return rss(many("<item>a", mega)) }),
		read("XC12 19 k short items", 19*kilo, func() string { return rss(numbered("<item><title>%d</title><guid>%[1]d</guid></item>", 19*kilo)) }),
		refused("XC12 480 k elements in items", tooManyElements, func() string { return rss(many("<item>"+many("<a/>", 40)+"</item>", 12*kilo)) }),
		read("XC12 9 k texts of a kilobyte", 9*kilo, func() string {
			return rss(numbered("<item><guid>%d</guid><description>"+many("some words ", 90)+"</description></item>", 9*kilo))
		}),
		refused("XC13 400 k categories", tooCut, func() string { return rss(item(many("<category>c</category>", 400*kilo))) }),
		read("XC13 24 k categories", 1, func() string { return rss(item(numbered("<category>c%d</category>", 24*kilo))) }),
		read("XC13 8 k categories an item, 18 items", 18, func() string {
			return rss(numbered("<item><guid>%d</guid>"+many("<category domain='d'>c</category>", 8*kilo)+"</item>", 18))
		}),
		refused("XC13 250 k enclosures", tooCut, func() string { return rss(item(many("<enclosure url='https://h.example/e'/>", 250*kilo))) }),
		read("XC13 49 k enclosures", 1, func() string { return rss(item(numbered("<enclosure url='https://h.example/%d'/>", 49*kilo))) }),
		refused("XC13 400 k links of Atom", tooCut, func() string { return atom(entry(many("<link href='https://h.example/'/>", 250*kilo))) }),
		read("XC13 49 k links of Atom", 1, func() string {
			return atom(entry(numbered("<link rel='related' href='https://h.example/%d'/>", 49*kilo)))
		}),
		read("XC13 24 k authors", 1, func() string { return rss(item(numbered("<dc:creator>a%d</dc:creator>", 24*kilo))) }),
		read("XC13 12 k authors of Atom", 1, func() string { return atom(entry(numbered("<author><name>a%d</name></author>", 12*kilo))) }),
		read("XC13 49 k media", 1, func() string { return rss(item(numbered("<media:content url='https://h.example/%d.mp4'/>", 49*kilo))) }),
		read("XC13 49 k thumbnails", 1, func() string {
			return rss(item(numbered("<media:thumbnail url='https://h.example/%d.png'/>", 49*kilo)))
		}),
		read("XC13 4 M keywords", 1, func() string { return rss(item("<itunes:keywords>", many("k,", 4*mega), "</itunes:keywords>")) }),
		read("XC13 2 M keywords that are the last of 64", 1, func() string {
			return rss(item("<itunes:keywords>", numbered("k%d,", 63), "</itunes:keywords>",
				many("<itunes:keywords>"+many("k62,", kilo)+"</itunes:keywords>", 2*kilo)))
		}),
		read("XC13 2 M people in 2 k lists", 1, func() string {
			return rss(item(many("<dc:creator>"+many("a@b,", kilo)+"</dc:creator>", 2*kilo)))
		}),
		read("XC13 20 k requests not to be listed", 1, func() string { return rss(many("<itunes:block>yes</itunes:block>", 20*kilo), item()) }),
		read("XC13 JSON: 500 k ends of the feed", 1, func() string {
			return jsonHead + many(`"expired":true,`, 500*kilo) + `"items":[{"id":"1"}]}`
		}),
		read("XC13 24 k authors in the head", 1, func() string { return atom(numbered("<author><name>a%d</name></author>", 12*kilo), entry()) }),
		read("XC13 49 k extensions", 1, func() string { return rss(item(numbered("<x:a n='%d'/>", 49*kilo))) }),
		read("XC13 400 deep extensions", 1, func() string { return rss(item(many("<x:b>"+nest("<x:a>", "</x:a>", 55)+"</x:b>", 400))) }),
	}
}

// values are texts of 10 MB where a word is meant (XC22).
func values() []Case {
	long := func() string { return many("x", 9*mega) }
	return []Case{
		read("XC22 an id of 9 MB", 1, func() string { return rss("<item><title>t</title><guid>", long(), "</guid></item>") }),
		read("XC22 a title of 9 MB", 1, func() string { return rss("<item><guid>1</guid><title>", long(), "</title></item>") }),
		read("XC22 a title of 9 MB of words", 1, func() string {
			return rss("<item><guid>1</guid><title>", many("a &amp;lt; ", 900*kilo), "</title></item>")
		}),
		read("XC22 a link of 9 MB", 1, func() string { return rss(item("<link>https://h.example/", long(), "</link>")) }),
		read("XC22 a category of 9 MB", 1, func() string { return rss(item("<category>", long(), "</category>")) }),
		read("XC22 an author of 9 MB", 1, func() string { return rss(item("<author>", many("(", 9*mega), "</author>")) }),
		read("XC22 a comments address of 9 MB", 1, func() string { return rss(item("<comments>https://h.example/", long(), "</comments>")) }),
		read("XC22 an Atom id of 9 MB", 1, func() string { return atom("<entry><title>t</title><id>", long(), "</id></entry>") }),
		read("XC22 a language of 9 MB", 1, func() string { return rss("<language>", long(), "</language>", item()) }),
		read("XC22 2 k ids of 4 kB", 2*kilo, func() string {
			return rss(numbered("<item><title>t</title><guid>"+many("x", 4*kilo)+"%d</guid></item>", 2*kilo))
		}),
		read("XC22 JSON: an id of 9 MB", 1, func() string { return jsonHead + `"items":[{"title":"t","id":"` + long() + `"}]}` }),
		read("XC22 JSON: a title of 9 MB", 1, func() string { return jsonHead + `"items":[{"id":"1","title":"` + long() + `"}]}` }),
		read("XC22 JSON: an address of 9 MB", 1, func() string {
			return jsonHead + `"items":[{"id":"1","title":"t","url":"https://h.example/` + long() + `"}]}`
		}),
	}
}

// dates are what trying one layout after the other dies of (XC15).
func dates() []Case {
	with := func(date string) func() string {
		return func() string {
			return rss(numbered("<item><guid>%d</guid><pubDate>"+date+"</pubDate></item>", 19*kilo))
		}
	}
	return []Case{
		read("XC15 19 k dates of digits", 19*kilo, with(many("9", 60))),
		read("XC15 19 k dates of letters", 19*kilo, with("%[1]d"+many("z", 55))),
		read("XC15 19 k dates of words", 19*kilo, with("Blursday, %[1]d Smarch 20:77")),
		read("XC15 19 k dates that nearly are", 19*kilo, with("Mon, 31 Feb 2020 23:59:%[1]d XYZ")),
		read("XC15 19 k dates of separators", 19*kilo, with(many("/-:. ,", 10))),
		read("XC15 a date of 9 MB", 1, func() string { return rss(item("<pubDate>", many("1", 9*mega), "</pubDate>")) }),
		read("XC15 24 k dates of one item", 1, func() string { return rss(item(numbered("<pubDate>%d o'clock</pubDate>", 24*kilo))) }),
		read("XC15 JSON: 19 k dates", 19*kilo, func() string {
			return jsonHead + `"items":[` + numbered(`{"id":"%d","content_text":"t","date_published":"Mon, 31 Feb 2020 99:99:%[1]d XYZ"},`, 19*kilo) + `{}]}`
		}),
	}
}
