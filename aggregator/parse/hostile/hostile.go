// Package hostile makes the documents with which strangers attack whoever
// reads feeds, and measures what becomes of a process that reads them. It is
// for tests only.
//
// [Documents] are the bodies, [Answers] what only a server can do. A test
// hands their names to [Measure], which runs the test binary again and has
// [Serve] work on them there, one after the other: a stack that overflows, an
// endless loop or memory without end is then the death of a child, attributed
// to the case that caused it.
//
// A case is named by its rule and what it does. Whether it must be refused or
// read, and then with how many items, is part of the case.
package hostile

import (
	"bytes"
	"fmt"
	"strings"
)

// Case is one document and what must become of it.
type Case struct {
	// Name begins with the rule: "XC01 2 M elements, unclosed".
	Name string
	// Body makes the document.
	Body func() []byte
	// ContentType is what came with it, or empty.
	ContentType string
	// Refused is what the error must say; empty when the document is read.
	Refused string
	// Items is how many items must come of a document that is read.
	Items int
}

// Rule returns the number that the name begins with.
func (c *Case) Rule() string {
	rule, _, _ := strings.Cut(c.Name, " ")
	return rule
}

// Documents returns every case that is a body. The order is fixed.
func Documents() []Case {
	var all []Case
	for _, part := range [][]Case{
		nesting(), namespaces(), fragments(), nulls(), types(), entities(), giants(), crowds(), values(),
		references(), dates(), pages(), bases(), edges(), labour(), characters(), charsets(), leaks(),
	} {
		all = append(all, part...)
	}
	return all
}

// Find returns the case of that name among cases.
func Find(cases []Case, name string) (Case, bool) {
	for _, c := range cases {
		if c.Name == name {
			return c, true
		}
	}
	return Case{}, false
}

const (
	kilo = 1_000
	mega = 1_000_000
)

// read is a document that must give items, refused one that must not.
func read(name string, items int, body func() string) Case {
	return Case{Name: name, Items: items, Body: func() []byte { return []byte(body()) }}
}

func refused(name, why string, body func() string) Case {
	return Case{Name: name, Refused: why, Body: func() []byte { return []byte(body()) }}
}

// The frames of the formats.
const (
	rssHead = `<?xml version="1.0"?><rss version="2.0" xmlns:x="https://x.example/ns" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" ` +
		`xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Feed</title><link>https://h.example/</link>`
	rssFoot  = `</channel></rss>`
	atomHead = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="https://x.example/ns"><title>Feed</title><id>urn:f</id>`
	rdfHead  = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" ` +
		`xmlns:x="https://x.example/ns"><channel rdf:about="https://h.example/"><title>Feed</title></channel>`
	jsonHead = `{"version":"https://jsonfeed.org/version/1.1","title":"Feed",`
)

// rss is a channel with this inside, atom a feed, rdf an RDF document.
func rss(inside ...string) string  { return join(rssHead, inside, rssFoot) }
func atom(inside ...string) string { return join(atomHead, inside, `</feed>`) }
func rdf(inside ...string) string  { return join(rdfHead, inside, `</rdf:RDF>`) }

// item is an item of RSS, entry one of Atom.
func item(inside ...string) string {
	return join("<item><title>a</title><guid>1</guid>", inside, "</item>")
}

func entry(inside ...string) string {
	return join("<entry><title>a</title><id>urn:1</id>", inside, "</entry>")
}

func described(html string) string {
	return item("<description><![CDATA[", html, "]]></description>")
}

func join(head string, inside []string, foot string) string {
	n := len(head) + len(foot)
	for _, s := range inside {
		n += len(s)
	}
	var b strings.Builder
	b.Grow(n)
	b.WriteString(head)
	for _, s := range inside {
		b.WriteString(s)
	}
	b.WriteString(foot)
	return b.String()
}

func many(s string, n int) string { return strings.Repeat(s, n) }

// fill repeats s up to n bytes.
func fill(s string, n int) string { return strings.Repeat(s, n/len(s)) }

// numbered writes a format n times, with the number in it.
func numbered(format string, n int) string {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// nest opens n elements and closes them again.
func nest(open, end string, n int) string { return many(open, n) + many(end, n) }
