package markup

import (
	"bytes"
	"net/url"

	"weir/feed"
)

// Clean returns what the policy allows of a piece of HTML, with addresses
// resolved against base; without a base relative ones are dropped (XE12).
// Cleaning the result again changes nothing. Unchanged HTML is returned as it
// is.
func Clean(html string, base *url.URL) string {
	var c Cleaner
	return c.Clean(html, base)
}

// Cleaner cleans many pieces of HTML with the same buffers. The zero value is
// ready; one goroutine at a time may use it.
type Cleaner struct {
	scan scanner
	base *url.URL
	out  []byte
	// stack are the open elements, outermost first; tail is the length of
	// their end tags.
	stack []frame
	tail  int
	// pre counts the open pre elements.
	pre int
	// pending says that a dropped element began a new line, which matters
	// when something follows.
	pending bool
	// full says that no more fits.
	full bool
	// again and tags are used while elements are opened again.
	again []reopened
	tags  []byte
	// list is used while a srcset is written.
	list []byte
}

// frame is an open element.
type frame struct {
	tag tag
	// late says that the element ends as soon as what it holds does.
	late bool
	// start and body are where its start tag and its content begin.
	start, body int
}

// Clean is [Clean] with the cleaner's buffers.
func (c *Cleaner) Clean(html string, base *url.URL) string {
	c.reset(Chars(cut(html, maxInput)), base)
	for !c.full {
		switch c.scan.next() {
		case textToken:
			c.text(c.scan.text)
			continue
		case startToken:
			c.startTag(c.scan.tag)
			continue
		case endToken:
			c.endTag(c.scan.tag)
			continue
		}
		break
	}
	for len(c.stack) > 0 {
		c.pop()
	}
	out := bytes.Trim(c.out, " \n\t")
	if string(out) == html {
		return html
	}
	return string(out)
}

func (c *Cleaner) reset(src string, base *url.URL) {
	c.scan.src, c.scan.pos, c.scan.endless = src, 0, c.scan.endless[:0]
	c.base = base
	if cap(c.out) < len(src) {
		c.out = make([]byte, 0, min(len(src)+len(src)/16, feed.MaxHTML))
	}
	c.out, c.stack, c.tail = c.out[:0], c.stack[:0], 0
	c.pre, c.pending, c.full = 0, false, false
}

// text writes text with its character references. White space between the
// lines that dropped elements make says nothing.
func (c *Cleaner) text(s string) {
	if blank(s) && (c.pre > 0 || !c.pending) {
		c.writeText(s)
		return
	}
	if c.pending && c.pre == 0 {
		s = trimLeft(s)
		if s == "" {
			return
		}
	}
	if c.pre > 0 && s[0] == '\n' {
		c.pending = false
	}
	c.line()
	c.writeText(s)
}

func trimLeft(s string) string {
	for s != "" && space(s[0]) {
		s = s[1:]
	}
	return s
}

// startTag does what the policy says about a start tag.
func (c *Cleaner) startTag(t tag) {
	switch t {
	case tagUnknown, tagInline:
	case tagBlock:
		c.breakLine()
	case tagRaw, tagTree, tagCode, tagLiteral, tagFrame:
		c.drop(t)
	case tagImg:
		c.image()
	case tagBr:
		// Where a line is about to begin a break would leave an empty one.
		if !c.pending || c.pre > 0 {
			c.void(t)
		}
	case tagHr:
		c.rule()
	case tagWbr:
		c.void(t)
	case tagSource:
		c.source()
	default:
		c.open(t)
	}
}

// drop moves behind an element that goes with what it holds. In XHTML an
// element may be empty where HTML would swallow the rest.
func (c *Cleaner) drop(t tag) {
	if t == tagFrame {
		c.frameLink()
	}
	if c.scan.empty {
		return
	}
	switch t {
	case tagTree:
		c.scan.skipTree()
	case tagLiteral:
		if s, ok := c.scan.skipRaw(); ok {
			c.literal(s)
		}
	default:
		if _, ok := c.scan.skipRaw(); !ok && t == tagCode {
			c.scan.pos = len(c.scan.src)
		}
	}
}

// literal writes text in which neither tags nor references are meant.
func (c *Cleaner) literal(s string) {
	c.line()
	c.plain(s)
}

// endTag does what the policy says about an end tag.
func (c *Cleaner) endTag(t tag) {
	switch {
	case t == tagBlock:
		c.breakLine()
	case t == tagBr:
		c.startTag(t)
	case t == tagP:
		if i := c.find(tagP); i >= 0 {
			c.popTo(i, false)
		} else {
			c.breakLine()
		}
	case t.heading():
		c.popTo(c.findHeading(), false)
	case t.is(phrase):
		c.endPhrase(t)
	case t.is(part | fence):
		c.endPart(t)
	case t.stays() && !t.is(void):
		c.popTo(c.find(t), false)
	}
}

// breakLine notes that a dropped element begins or ends a line here. As in a
// browser an open paragraph ends with it.
func (c *Cleaner) breakLine() {
	if c.inTable() {
		return
	}
	c.endParagraph(true)
	c.pending = true
}

// line makes sure that what follows may stand inside a line: in a table it
// opens a cell, and after a dropped block it begins a paragraph.
func (c *Cleaner) line() {
	if c.inTable() {
		c.openCell()
	}
	if !c.pending {
		return
	}
	c.pending = false
	top, begun := tagBlockquote, true
	if n := len(c.stack); n > 0 {
		top, begun = c.stack[n-1].tag, len(c.out) > c.stack[n-1].body
	}
	switch {
	case c.pre > 0:
		if begun && c.out[len(c.out)-1] != '\n' {
			c.write("\n")
		}
	case top.is(wrap), top.is(flow) && begun:
		if len(c.stack) < maxDepth {
			c.push(tagP, nil)
		}
	case begun:
		c.void(tagBr)
	}
}
