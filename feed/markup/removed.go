package markup

import (
	"maps"
	"strings"

	"golang.org/x/net/html"
)

// Removed says what cleaning took away, by name and how often.
type Removed struct {
	// Elements are the names whose tags are gone; what they held may be there
	// still. Attributes are those of all elements.
	Elements, Attributes map[string]int
	// Parameters are the tracking parameters of addresses (XE07).
	Parameters map[string]int
	// Counters counts pictures that only count readers (XE07).
	Counters int
}

// maxRemoved bounds the names that a Removed tells apart.
const maxRemoved = 200

// Explain compares a piece of HTML with what [Clean] made of it, for people
// who ask where something went. Cleaning itself takes no notes.
func Explain(raw, clean string) Removed {
	before, after := tally(cut(raw, maxInput)), tally(clean)
	return Removed{
		Elements:   less(before.elements, after.elements),
		Attributes: less(before.attributes, after.attributes),
		Parameters: before.parameters,
		Counters:   hiddenPictures(cut(raw, maxInput)),
	}
}

// Add adds what was removed elsewhere.
func (r *Removed) Add(s Removed) {
	add := func(to *map[string]int, from map[string]int) {
		if *to == nil {
			*to = maps.Clone(from)
			return
		}
		for name, n := range from {
			note(*to, name, n)
		}
	}
	add(&r.Elements, s.Elements)
	add(&r.Attributes, s.Attributes)
	add(&r.Parameters, s.Parameters)
	r.Counters += s.Counters
}

// note counts a name, unless there are too many.
func note(m map[string]int, name string, n int) {
	if _, known := m[name]; (known || len(m) < maxRemoved) && len(name) <= 64 {
		m[name] += n
	}
}

// content is what a piece of HTML is made of.
type content struct{ elements, attributes, parameters map[string]int }

func tally(text string) content {
	c := content{map[string]int{}, map[string]int{}, map[string]int{}}
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return c
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		note(c.elements, writtenAs(string(name)), 1)
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			note(c.attributes, string(key), 1)
			c.trackers(string(value))
		}
	}
}

// writtenAs is the name under which an element is written, if it stays under
// another one: h2 for h1.
func writtenAs(name string) string {
	if t := tagOf(name); t.stays() {
		return elements[t].name
	}
	return name
}

// trackers notes the tracking parameters of an address.
func (c *content) trackers(address string) {
	if !strings.Contains(address, "://") && !strings.HasPrefix(address, "/") {
		return
	}
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	for param := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(param, "="); name != "" && tracks(name) {
			note(c.parameters, name, 1)
		}
	}
}

// less is what is gone of what was there.
func less(before, after map[string]int) map[string]int {
	gone := map[string]int{}
	for name, n := range before {
		if n > after[name] {
			gone[name] = n - after[name]
		}
	}
	return gone
}

// hiddenPictures counts what [Cleaner.image] leaves out for not being meant to
// be seen.
func hiddenPictures(raw string) int {
	var c Cleaner
	c.reset(Chars(raw), nil)
	n := 0
	for {
		switch c.scan.next() {
		case startToken:
			if c.scan.tag == tagImg && (c.counts() || counter([]byte(c.scan.vals[attrSrc]))) {
				n++
			}
		case textToken, endToken:
		default:
			return n
		}
	}
}
