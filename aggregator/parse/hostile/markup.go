package hostile

import "strings"

// entities are what expanding dies of: nothing is expanded (XC09).
func entities() []Case {
	laughs := func() string {
		var b strings.Builder
		b.WriteString(`<!DOCTYPE rss [<!ENTITY l0 "ha">`)
		const digits = "0123456789"
		for i := 1; i < 10; i++ {
			b.WriteString(`<!ENTITY l` + digits[i:i+1] + ` "` + many("&l"+digits[i-1:i]+";", 10) + `">`)
		}
		b.WriteString("]>")
		return b.String() + rss(item("<description>&l9;</description>"))
	}
	return []Case{
		read("XC09 a billion laughs", 1, laughs),
		read("XC09 an entity of 100 kB, 90 k times", 1, func() string {
			return `<!DOCTYPE rss [<!ENTITY a "` + many("a", 100*kilo) + `">]>` + rss(item("<description>", many("&a;", 90*kilo), "</description>"))
		}),
		read("XC09 an entity of 5 MB, 400 k times", 1, func() string {
			return `<!DOCTYPE rss [<!ENTITY a "` + many("a", 5*mega) + `">]>` + rss(item("<description>", many("&a;", 400*kilo), "</description>"))
		}),
		read("XC09 a parameter entity", 1, func() string {
			return `<!DOCTYPE rss [<!ENTITY % a "<!ENTITY b 'c'>">%a;` + many("%a;", mega) + `]>` + rss(item("<description>&b;</description>"))
		}),
		read("XC09 an external entity", 1, func() string {
			return `<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + rss(item("<description>&a;</description>"))
		}),
		read("XC09 an external parameter entity", 1, func() string {
			return `<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1:9/e.dtd">%a;]>` + rss(item())
		}),
		read("XC09 an external definition", 1, func() string { return `<!DOCTYPE rss SYSTEM "file:///dev/zero">` + rss(item()) }),
		read("XC09 an entity of itself", 1, func() string {
			return `<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>` + rss(item("<enclosure url='https://h.example/&a;'/>"))
		}),
		read("XC09 300 k entities", 1, func() string {
			return `<!DOCTYPE rss [` + numbered(`<!ENTITY e%d "e">`, 300*kilo) + `]>` + rss(item("<description>&e1;</description>"))
		}),
	}
}

// references are small things that grow when they are decoded (XC14, XC18).
func references() []Case {
	in := func(s string) string { return rss(item("<description>", s, "</description>")) }
	return []Case{
		read("XC14 10 M ampersands", 1, func() string { return in(many("&", 10*mega)) }),
		read("XC14 10 M ampersands in a title", 1, func() string { return rss(item("<title>", many("&", 10*mega), "</title>")) }),
		read("XC14 9 M ampersands in an address", 1, func() string { return rss(item("<link>https://h.example/?", many("&", 9*mega), "</link>")) }),
		read("XC14 2 M references", 1, func() string { return in(many("&amp;", 2*mega)) }),
		read("XC14 1 M references of references", 1, func() string { return in(many("&amp;amp;", mega)) }),
		refused("XC14 700 k CDATA sections", tooCut, func() string { return in(many("<![CDATA[x]]>", 700*kilo)) }),
		read("XC14 49 k CDATA sections", 1, func() string { return in(many("<![CDATA[x]]>", 49*kilo)) }),
		read("XC14 3 M references without an end", 1, func() string { return in(many("&#x", 3*mega)) }),
		read("XC14 a reference of 9 MB", 1, func() string { return in("&" + many("a", 9*mega) + ";") }),
		read("XC14 a number of 9 MB", 1, func() string { return in("&#" + many("9", 9*mega) + ";") }),
		read("XC18 references out of range", 1, func() string {
			return in("&#999999999999;&#xD800;&#xDFFF;&#0;&#x110000;&#;&#x;&#-1;&#xFFFFFFFFFFFFFFFFFF;&#1;&#xFFFE;&#x80;")
		}),
		read("XC18 500 k references out of range", 1, func() string { return in(many("&#999999999999;", 500*kilo)) }),
		read("XC18 references out of range in every field", 1, func() string {
			const r = "&#999999999999;&#xD800;&#0;"
			return rss("<item><title>t" + r + "</title><guid>" + r + "</guid><link>https://h.example/" + r + "</link><author>a" + r +
				"</author><category>" + r + "</category><pubDate>" + r + "</pubDate><enclosure url='https://h.example/" + r + "' length='" + r + "'/></item>")
		}),
	}
}

// pages is HTML that builds trees, and text that grows (XC16).
func pages() []Case {
	const size = 1 << 20
	page := func(name, unit string) Case {
		return read("XC16 1 MB of "+name, 1, func() string { return rss(described(fill(unit, size))) })
	}
	cases := []Case{
		page("bold", "<b>"), page("divisions", "<div>"), page("links and tables", "<a><table>"),
		page("drawings and formulas", "<svg><math>"), page("less-than", "<"), page("ampersands", "&"),
		page("pictures in pictures", "<img <"), page("comments", "<!--"), page("end tags", "</p>"),
		page("cells", "<table><tr><td>"), page("paragraphs", "<p>"), page("links", "<a href=x>"),
		page("crossed tags", "<a><b><p></a></b>"), page("lists", "<ul><li>"), page("quotes", `"'`),
		page("templates", "<template><select><option>"), page("frames", "<iframe src=//h.example/>"),
		page("scripts", "<script></"), page("pictures", "<img src=a srcset='b 1x, c 2x'>"), page("white space", " \n"),
		page("zero bytes", "a\x00"), page("declarations", "<!DOCTYPE x><?x?><![CDATA["),
	}
	return append(cases,
		read("XC16 500 k attributes", 1, func() string { return rss(described("<p " + many("a=1 ", 125*kilo) + ">" + many("a=1 ", 375*kilo))) }),
		read("XC16 500 k handlers", 1, func() string { return rss(described("<img src=x" + many(" onload=x", 50*kilo) + ">")) }),
		read("XC16 a set of 100 k pictures", 1, func() string {
			return rss(described(`<img src="a" srcset="` + numbered("https://h.example/%d 1x, ", 20*kilo) + `">`))
		}),
		read("XC16 an address that climbs", 1, func() string { return rss(described(`<a href="` + many("../", 150*kilo) + `">x</a>`)) }),
		read("XC16 8 k addresses to resolve", 1, func() string {
			return rss(item("<link>https://h.example/", many("a/", 1900), "</link><description><![CDATA[", many(`<a href="../x">x</a>`, 24*kilo), "]]></description>"))
		}),
		read("XC16 18 items of 512 kB of bold", 18, func() string {
			return rss(numbered("<item><guid>%d</guid><description><![CDATA["+fill("<b>", 512<<10)+"]]></description></item>", 18))
		}),
		read("XC16 18 items of 512 kB of links", 18, func() string {
			return rss(numbered("<item><guid>%d</guid><description><![CDATA["+fill("<a href=x>y</a>", 512<<10)+"]]></description></item>", 18))
		}),
		read("XC16 18 items of 512 kB of ampersands", 18, func() string {
			return rss(numbered("<item><guid>%d</guid><description><![CDATA["+fill("&", 512<<10)+"]]></description></item>", 18))
		}),
		read("XC16 18 items of 512 kB of words", 18, func() string {
			return rss(numbered("<item><guid>%d</guid><description><![CDATA["+fill("ordinary words, ", 512<<10)+"]]></description></item>", 18))
		}),
		read("XC16 200 items of 45 kB of cells", 200, func() string {
			return rss(numbered("<item><guid>%d</guid><description><![CDATA["+fill("<table><tr><td>", 45<<10)+"]]></description></item>", 200))
		}),
		read("XC16 XHTML of 45 k elements", 1, func() string {
			return atom(entry(`<content type="xhtml"><div>`, many("<b>x</b>", 24*kilo), `</div></content>`))
		}),
	)
}
