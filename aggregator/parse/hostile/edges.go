package hostile

const notFeed = "not a feed"

// edges are documents with something before, after or in place of a feed, or
// without an end (XC19 to XC21, XC25).
func edges() []Case {
	whole := rss(item("<description><![CDATA[ä text]]></description>"), item("<x:a b='c'>d</x:a>"))
	cut := func(name string, items, at int) Case {
		return read("XC21 cut "+name, items, func() string { return whole[:at] })
	}
	behind := func(mark string, from int) int { return from + indexFrom(whole, mark, from) }
	second := behind("<item>", len(rssHead)+1)
	return []Case{
		read("XC19 a comment of 9 kB before the root", 1, func() string { return "<!--" + many("p", 9*kilo) + "-->" + rss(item()) }),
		read("XC19 a comment of 9 MB before the root", 1, func() string { return "<!--" + many("p", 9*mega) + "-->" + rss(item()) }),
		read("XC19 an instruction of 9 kB before the root", 1, func() string { return "<?p " + many("p", 9*kilo) + "?>" + rss(item()) }),
		read("XC19 1 M instructions before the root", 1, func() string { return many("<?p p?>", mega) + rss(item()) }),
		read("XC19 9 MB of white space before the root", 1, func() string { return many(" ", 9*mega) + rss(item()) }),
		read("XC19 3 M byte order marks", 1, func() string { return many("\uFEFF", 3*mega) + rss(item()) }),
		refused("XC19 1 M other roots before the root", notFeed, func() string { return many("<a><?xml ", mega) + rss(item()) }),
		refused("XC19 9 MB of less-than", notFeed, func() string { return many("<", 9*mega) }),
		refused("XC19 9 MB of zeros", notFeed, func() string { return many("\x00", 9*mega) }),
		refused("XC19 9 MB of text", notFeed, func() string { return many("text ", 9*mega/5) }),
		read("XC20 two roots", 1, func() string { return rss(item()) + rss(item()) }),
		read("XC20 9 MB of junk behind the root", 1, func() string { return rss(item()) + many("<a <", 9*mega/4) }),
		read("XC20 50 k roots", 1, func() string { return many(rss(item()), 20*kilo) }),
		cut("between items", 1, second),
		cut("in a start tag", 1, behind("<x:a b", second)+6),
		cut("in an attribute", 1, behind("b='", second)+3),
		cut("in an end tag", 1, behind("</x:a", second)+3),
		cut("in a CDATA section", 0, behind("ä text", 0)+4),
		cut("in a character", 0, behind("ä text", 0)+1),
		cut("in the head", 0, len(rssHead)-9),
		read("XC21 cut in a comment", 1, func() string { return rssHead + item() + "<!-- " + many("x", 9*mega) }),
		read("XC21 cut in an instruction", 1, func() string { return rssHead + item() + "<?x " + many("x", 9*mega) }),
		read("XC21 cut in JSON", 1, func() string { return jsonHead + `"items":[{"id":"1","title":"t"},{"id":"2","ti` }),
		refused("XC25 OPML: 200 k outlines", "OPML", func() string {
			return `<opml version="2.0"><body>` + many(`<outline xmlUrl="https://h.example/feed"/>`, 200*kilo) + `</body></opml>`
		}),
		refused("XC25 OPML: 100 k outlines in each other", "OPML", func() string { return `<opml><body>` + many(`<outline text="a">`, 100*kilo) }),
		refused("XC25 OPML: includes itself", "OPML", func() string {
			return `<opml><body><outline type="include" url="http://127.0.0.1/feed.opml"/></body></opml>`
		}),
	}
}

func indexFrom(s, mark string, from int) int {
	for i := from; i+len(mark) <= len(s); i++ {
		if s[i:i+len(mark)] == mark {
			return i - from
		}
	}
	return 0
}

// labour is what is within every limit on size and depth but makes a reader
// search, match and search again (XC24).
func labour() []Case {
	return []Case{
		refused("XC24 3 M end tags that end nothing", "work to match end tags", func() string { return rss(many("<x>", 55), many("</y>", 2*mega)) }),
		refused("XC24 2 M end tags that end nothing, in items", "work to match end tags", func() string {
			return rss(many(item(many("<x>", 55), many("</y>", 40*kilo)), 50))
		}),
		refused("XC24 120 k end tags in 8 items", "work to match end tags", func() string {
			return rss(numbered("<item><guid>%d</guid>"+many("<x>", 50)+many("</y>", 15*kilo)+many("</x>", 50)+"</item>", 8))
		}),
		read("XC24 9 k end tags in 8 items", 8, func() string {
			return rss(numbered("<item><guid>%d</guid>"+many("<x>", 50)+many("</y>", 1100)+many("</x>", 50)+"</item>", 8))
		}),
		refused("XC24 2 M open comments in a doctype", notFeed, func() string { return "<!DOCTYPE [" + many("<!--", 2*mega) + rss(item()) }),
		refused("XC24 10 k names of roots behind another root", notFeed, func() string { return "<a>" + many("<rss>", 10*kilo) + many("x", 9*mega) }),
		refused("XC24 3 k names of roots in a page", notFeed, func() string { return "<html>" + many("<rss version='2'>", 3*kilo) + many("x", 9*mega) }),
		read("XC24 300 k entities of 20 bytes, put in 49 k times", 1, func() string {
			return "<!DOCTYPE rss [" + numbered("<!ENTITY e%d '"+many("x", 10)+"'>", 200*kilo) + "]>" + rss(item("<description>", numbered("&e%d;", 49*kilo), "</description>"))
		}),
		refused("XC24 1 M references to entities in 19 k items", "number of references by name", func() string {
			return "<!DOCTYPE rss [" + numbered("<!ENTITY e%d '"+many("x", 90)+"'>", kilo) + "]>" + rss(numbered("<item><guid>%d</guid><title>"+many("&e7;", 90)+"</title></item>", 19*kilo))
		}),
		read("XC24 400 k references by name in 19 k items", 19*kilo, func() string {
			return rss(numbered("<item><guid>%d</guid><title>"+many("&e7;", 20)+"</title></item>", 19*kilo))
		}),
		read("XC24 19 k items with markup in their titles", 19*kilo, func() string {
			return rss(numbered("<item><guid>%d</guid><title>a <b>b</b> &#150; c</title></item>", 19*kilo))
		}),
		read("XC24 49 k CDATA sections without an end, then 9 MB", 0, func() string {
			return rss(item(many("<![CDATA[", 49*kilo), many("x", 9*mega)))
		}),
		read("XC24 49 k comments without an end, then 9 MB", 0, func() string {
			return rss(item(many("<!--", 49*kilo), many("x", 9*mega)))
		}),
		read("XC24 49 k instructions without an end, then 9 MB", 1, func() string {
			return rss(item(many("<?", 49*kilo), many("x", 9*mega)))
		}),
		read("XC24 49 k tags without an end, then 9 MB", 1, func() string {
			return rss(item(many("<a b='", 49*kilo), many("x", 9*mega)))
		}),
		read("XC24 24 k tags that hold each other", 0, func() string { return rss(item(many("<a b=\"'\" c='", 24*kilo), many("x", 9*mega))) }),
		read("XC24 2 M instructions before the root that are not closed", 1, func() string { return many("<?a>", 2*mega) + rss(item()) }),
		read("XC24 2 M instructions in 50 items", 50, func() string {
			return rss(numbered("<item><guid>%d</guid>"+many("<?a>", 48*kilo)+"</item>", 50))
		}),
		read("XC24 an entity and 49 k torn tags", 0, func() string {
			return "<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss(item(many("<![CDATA[", 49*kilo), many("x", 9*mega)))
		}),
		read("XC24 40 k instructions that are not closed", 1, func() string { return rss(item(many("<?a>", 40*kilo), many("x", 9*mega))) }),
		refused("XC24 4 M stray less-than", tooCut, func() string { return rss(item(many("< ", 4*mega))) }),
		read("XC24 49 k stray less-than", 1, func() string { return rss(item("<description>", many("< ", 49*kilo), "</description>")) }),
		refused("XC24 3 M starts of tags", tooCut, func() string { return rss(item(many("<a ", 3*mega))) }),
		read("XC24 quotes without an end", 1, func() string { return rss(item(many(`<a b="`, 20*kilo))) }),
		read("XC24 CDATA without an end", 0, func() string { return rss(item(many("<description><![CDATA[", 20*kilo))) }),
		read("XC24 comments without an end", 1, func() string { return rss(item(many("<!-", 2*mega), "<!--")) }),
		read("XC24 50 elements without an end", 1, func() string { return rss(item(many("<description>x", 50))) }),
		read("XC24 50 elements without an end in 1 k items", kilo, func() string {
			return rss(numbered("<item><guid>%d</guid>"+many("<x:a>"+many("x", 150), 50)+"</item>", kilo))
		}),
		read("XC24 50 elements without an end around 40 k", 1, func() string {
			return rss(item(numbered("<a%d>", 50), many("<b/>", 24*kilo)))
		}),
		read("XC24 60 elements of the head without an end", 1, func() string { return rss(numbered("<a%d>", 55), many("<b/>", 24*kilo), item()) }),
		read("XC24 an element of the head that swallows the items", 5*kilo, func() string {
			return rss("<x:a>", numbered("<item><guid>%d</guid><title>t</title></item>", 5*kilo))
		}),
		read("XC24 49 k quotes that swallow", 1, func() string { return rss(item(many(`<a b='"'/>`, 49*kilo))) }),
		read("XC24 open declarations", 0, func() string {
			return rss(item("<description>t</description>", many("<![", 9*kilo), many("<!a ", 9*kilo), "<x>"))
		}),
		read("XC24 10 k open doctypes before the root", 1, func() string { return many("<!DOCTYPE [", 10*kilo) + many("]", 10*kilo) + ">" + rss(item()) }),
		read("XC24 49 k declarations around open comments, then 9 MB", 1, func() string {
			return rss(many("<!a <!-- >", 49*kilo), item(), many("x", 9*mega))
		}),
		read("XC24 900 k declarations around open comments in 20 items", 20, func() string {
			return rss(numbered("<item><guid>%d</guid>"+many("<!a <!-- >", 45*kilo)+"</item>", 20))
		}),
		refused("XC24 1 M quotes in a doctype", notFeed, func() string { return "<!DOCTYPE " + many(`"a'`, mega) }),
		read("XC24 19 k items without an end", 19*kilo, func() string { return rss(numbered("<item><guid>%d</guid><title>t</title>", 19*kilo)) }),
	}
}
