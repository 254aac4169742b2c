package hostile

const tooDeep = "element depth"

// nesting is what recursion dies of (XC01, XC02).
func nesting() []Case {
	return []Case{
		read("XC01 control: 58 elements", 1, func() string { return rss(item(nest("<x:a>", "</x:a>", 58))) }),
		refused("XC01 65 elements, closed", tooDeep, func() string { return rss(item(nest("<x:a>", "</x:a>", 65))) }),
		refused("XC01 65 elements, unclosed", tooDeep, func() string { return rss(item(many("<x:a>", 65))) }),
		refused("XC01 10 k elements, closed", tooDeep, func() string { return rss(item(nest("<x:a>", "</x:a>", 10*kilo))) }),
		refused("XC01 10 k elements, unclosed", tooDeep, func() string { return rss(item(many("<x:a>", 10*kilo))) }),
		refused("XC01 1 M elements, closed", tooDeep, func() string { return rss(item(nest("<x:a>", "</x:a>", mega))) }),
		refused("XC01 1 M elements, unclosed", tooDeep, func() string { return rss(item(many("<x:a>", mega))) }),
		refused("XC01 2 M elements, closed", tooDeep, func() string { return rss(item(nest("<x:a>", "</x:a>", 2*mega))) }),
		refused("XC01 2 M elements, unclosed", tooDeep, func() string { return rss(item(many("<x:a>", 2*mega))) }),
		refused("XC01 2 M elements in the head", tooDeep, func() string { return rss(many("<x:a>", 2*mega)) }),
		refused("XC01 2 M elements in an Atom entry", tooDeep, func() string { return atom(entry(many("<x:a>", 2*mega))) }),
		refused("XC01 1 M elements in an RDF item", tooDeep, func() string { return rdf(item(nest("<x:a>", "</x:a>", mega))) }),
		refused("XC01 1 M descriptions in each other", tooDeep, func() string { return rss(item(many("<description>", mega))) }),
		refused("XC01 1 M divisions of XHTML", tooDeep, func() string {
			return atom(entry(`<content type="xhtml">`, nest("<div>", "</div>", mega), `</content>`))
		}),
		refused("XC01 300 k groups of media", tooDeep, func() string { return rss(item(nest("<media:group>", "</media:group>", 300*kilo))) }),
		refused("XC01 1 M channels in each other", tooDeep, func() string { return many("<rss><channel>", mega/2) }),
		refused("XC01 1 M roots in each other", tooDeep, func() string { return many("<rss>", mega) }),
		refused("XC02 2 M elements, closed", tooDeep, func() string { return rss(item(`<a xmlns="u">`, nest("<a>", "</a>", 2*mega), "</a>")) }),
		refused("XC02 2 M elements, unclosed", tooDeep, func() string { return rss(item(`<a xmlns="u">`, many("<a>", 2*mega))) }),
		refused("XC02 2 M elements in the head", tooDeep, func() string { return rss(`<a xmlns="u">`, many("<a>", 2*mega)) }),
		refused("XC02 2 M elements in an Atom entry", tooDeep, func() string { return atom(entry(`<a xmlns="u">`, many("<a>", 2*mega))) }),
		refused("XC02 a foreign default namespace a level", tooManyNames, func() string { return rss(item(numbered(`<a xmlns="u%d">`, 20*kilo))) }),
	}
}

const (
	tooManyNames = "number of namespaces in scope"
	tooManyAttrs = "number of attributes of an element"
	tooMuchWork  = "work to resolve namespaces"
)

// namespaces is what copying the names in scope dies of (XC03 to XC05).
func namespaces() []Case {
	own := func(n int) string { return numbered(" xmlns:n%d='u%[1]d'", n) }
	root := func(n int, inside string) string {
		return "<rss" + own(n) + "><channel><title>t</title>" + inside + rssFoot
	}
	return []Case{
		read("XC03 19 k channels that declare", 19*kilo, func() string {
			return "<rss>" + numbered("<channel xmlns:n%d='u'/><item><guid>%[1]d</guid><q:a/></item>", 19*kilo) + "</rss>"
		}),
		read("XC03 control: 50 declarations", 1, func() string { return rss(item("<x:a", own(50), "/>")) }),
		refused("XC03 2 k elements that declare", tooManyNames, func() string { return rss(item(numbered("<x:a xmlns:n%d='u'>", 2*kilo), many("</x:a>", 2*kilo))) }),
		refused("XC03 5 k elements that declare", tooManyNames, func() string { return rss(item(numbered("<x:a xmlns:n%d='u'>", 5*kilo), many("</x:a>", 5*kilo))) }),
		refused("XC03 20 k elements that declare", tooManyNames, func() string { return rss(item(numbered("<x:a xmlns:n%d='u'>", 20*kilo), many("</x:a>", 20*kilo))) }),
		refused("XC03 20 k elements that declare, in the head", tooManyNames, func() string { return rss(numbered("<a xmlns:n%d='u'>", 20*kilo)) }),
		refused("XC03 20 k elements that declare thrice", tooManyNames, func() string { return rss(item(many("<a xmlns:a='1' xmlns:b='2' xmlns:c='3'>", 20*kilo))) }),
		refused("XC03 one name declared anew 20 k times", tooManyNames, func() string { return rss(item(many("<a xmlns:a='1' xmlns:a='2'>", 20*kilo))) }),
		refused("XC04 2 k declarations, 20 k elements", tooManyAttrs, func() string { return root(2*kilo, item(many("<a/>", 20*kilo))) }),
		refused("XC04 10 k declarations, 20 k elements", tooManyAttrs, func() string { return root(10*kilo, item(many("<a/>", 20*kilo))) }),
		refused("XC04 10 k declarations, 20 k items", tooManyAttrs, func() string { return root(10*kilo, many("<item/>", 20*kilo)) }),
		refused("XC04 60 declarations, 310 k elements", tooMuchWork, func() string { return root(60, many(item(many("<a/>", 29)), 10*kilo)) }),
		read("XC04 50 declarations an element, 16 k elements", 1, func() string { return rss(item(many("<a"+many(" xmlns:a=''", 50)+"/>", 16*kilo))) }),
		read("XC05 10 k prefixes that nobody declared", 1, func() string { return root(60, item(numbered("<p%d:a/>", 10*kilo))) }),
		read("XC05 10 k prefixes, used twice", 1, func() string { return root(60, item(many(numbered("<p%d:a/>", 10*kilo), 2))) }),
		refused("XC05 10 k prefixes, declared, by 10 k elements", tooManyAttrs, func() string { return root(10*kilo, item(numbered("<n%d:a/>", 10*kilo))) }),
		read("XC05 49 k undeclared prefixes below 63 declared", 1, func() string { return root(63, item(many("<zz:a/>", 49*kilo))) }),
		read("XC05 a prefix of 9 MB", 1, func() string { return rss(item("<", many("p", 9*mega), ":a/>")) }),
		read("XC05 a namespace of 9 MB", 1, func() string { return rss(item("<a xmlns:n='", many("p", 9*mega), "'/>")) }),
	}
}

// bases is what resolving addresses on and on dies of (XC17).
func bases() []Case {
	return []Case{
		refused("XC17 10 k bases in each other", tooDeep, func() string { return rss(item(many("<a xml:base='b/'>", 10*kilo))) }),
		read("XC17 58 bases in each other, 800 times", 1, func() string {
			return rss(item(many(nest("<a xml:base='b/'>", "</a>", 58), 400)))
		}),
		read("XC17 58 bases of XHTML", 1, func() string {
			return atom(entry(`<content type="xhtml">`, many(many("<div xml:base='b/'>", 55)+"<a href='x'>x</a>"+many("</div>", 55), 400), `</content>`))
		}),
		read("XC17 a base of 9 MB", 1, func() string {
			return `<feed xml:base="https://h.example/` + many("a/", 9*mega/2) + `"><entry><title>t</title><id>i</id><link href="x"/></entry></feed>`
		}),
		read("XC17 a long base an item", 2000, func() string {
			return atom(numbered(`<entry xml:base="https://h.example/`+many("a/", 1900)+`"><title>t</title><id>%d</id><link href="../x"/>`+
				`<content type="html">&lt;a href="y">y&lt;/a></content></entry>`, 2*kilo))
		}),
		read("XC17 a base of a kilobyte an item", 2000, func() string {
			return atom(numbered(`<entry xml:base="https://h.example/`+many("a/", 490)+`"><title>t</title><id>%d</id><link href="../x"/>`+
				`<content type="html">&lt;a href="y">y&lt;/a></content></entry>`, 2*kilo))
		}),
		read("XC17 an address that climbs 1 M folders", 1, func() string {
			return rss(item("<link>https://h.example/", many("../", mega), "</link>"))
		}),
	}
}
