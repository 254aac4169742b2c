package markup

import "weir/feed"

// reopened is an element to open again; from and to bound its start tag in
// Cleaner.tags.
type reopened struct {
	tag      tag
	from, to int
}

// open opens an element that stays, after ending what it ends: a browser would
// end it too, and the tree would not be the one that was written (XE04).
func (c *Cleaner) open(t tag) {
	attrs, ok := c.attributes(t)
	if t == tagA {
		c.popTo(c.find(tagA), true)
	}
	if !ok {
		return
	}
	if t != tagTable && t.is(part|fence) {
		c.openPart(t, attrs)
		return
	}
	if t.is(block) {
		if c.inTable() {
			c.openCell()
		}
		c.endBefore(t)
		c.pending = false
	} else {
		c.line()
	}
	if t == tagRt || t == tagRp {
		ruby := c.find(tagRuby)
		if ruby < 0 || c.stack[ruby].late {
			return
		}
		c.popTo(ruby+1, false)
	}
	room := maxDepth
	if t == tagTable {
		// Body, row and cell are never refused in a table.
		room -= 3
	}
	if len(c.stack) < room && c.push(t, attrs) && c.scan.empty && t != tagP {
		c.pop()
	}
}

// endBefore ends what the start of a block ends.
func (c *Cleaner) endBefore(t tag) {
	switch {
	case t == tagLi:
		c.popTo(c.findItem(tagLi, tagLi), false)
	case t == tagDd || t == tagDt:
		c.popTo(c.findItem(tagDd, tagDt), false)
	case t.heading():
		c.endParagraph(true)
		c.popTo(c.findHeading(), false)
		return
	}
	c.endParagraph(t != tagP && t != tagLi && t != tagDd && t != tagDt)
}

// endParagraph ends an open paragraph. The phrases open in it go on around
// what follows if reopen says so.
func (c *Cleaner) endParagraph(reopen bool) { c.popTo(c.find(tagP), reopen) }

// openPart opens a row, a cell or another part of the innermost table; outside
// of tables it only begins a new line.
func (c *Cleaner) openPart(t tag, attrs []byte) {
	table := c.table()
	if table < 0 {
		c.breakLine()
		return
	}
	keep := table + 1
	if t == tagTd || t == tagTh || t == tagTr {
		keep = c.under(table, t)
	}
	c.popTo(keep, false)
	if (t == tagTd || t == tagTh) && c.stack[len(c.stack)-1].tag != tagTr {
		c.push(tagTr, nil)
	}
	c.pending = false
	if c.push(t, attrs) && c.scan.empty {
		c.pop()
	}
}

// under returns how much of the stack stays open above the table when a row or
// a cell begins: a body, and for a cell the row too.
func (c *Cleaner) under(table int, t tag) int {
	keep := table + 1
	if keep < len(c.stack) {
		if s := c.stack[keep].tag; s == tagTbody || s == tagThead || s == tagTfoot {
			keep++
		}
	}
	if t != tagTr && keep < len(c.stack) && c.stack[keep].tag == tagTr {
		keep++
	}
	return keep
}

// openCell opens a cell for something that may not stand between cells.
func (c *Cleaner) openCell() {
	if c.stack[len(c.stack)-1].tag != tagTr {
		c.push(tagTr, nil)
	}
	c.push(tagTd, nil)
	c.pending = false
}

// endPhrase ends a phrase. When a block is open in it, only when that ends.
func (c *Cleaner) endPhrase(t tag) {
	blocks := false
	for i := len(c.stack) - 1; i >= 0; i-- {
		f := &c.stack[i]
		switch {
		case f.tag == t && !f.late && blocks:
			f.late = true
			return
		case f.tag == t && !f.late:
			c.popTo(i, true)
			return
		case f.tag.is(fence):
			return
		case !f.tag.is(phrase):
			blocks = true
		}
	}
}

// endPart ends a part of the innermost table, or that table.
func (c *Cleaner) endPart(t tag) {
	table := c.table()
	for i := len(c.stack) - 1; i >= table && i >= 0; i-- {
		if c.stack[i].tag == t {
			c.popTo(i, false)
			return
		}
	}
}

// find returns the innermost open element of the tag that no fence hides, or -1.
func (c *Cleaner) find(t tag) int {
	for i := len(c.stack) - 1; i >= 0 && !c.stack[i].tag.is(fence); i-- {
		if c.stack[i].tag == t {
			return i
		}
	}
	return -1
}

// findHeading returns the innermost open heading that no fence hides, or -1.
func (c *Cleaner) findHeading() int {
	for i := len(c.stack) - 1; i >= 0 && !c.stack[i].tag.is(fence); i-- {
		if c.stack[i].tag.heading() {
			return i
		}
	}
	return -1
}

// findItem returns the open item a or b that another one ends, or -1: the one
// that no other block than a paragraph hides.
func (c *Cleaner) findItem(a, b tag) int {
	for i := len(c.stack) - 1; i >= 0; i-- {
		switch t := c.stack[i].tag; {
		case t == a, t == b:
			return i
		case t != tagP && !t.is(phrase):
			return -1
		}
	}
	return -1
}

// table returns the innermost open table, or -1.
func (c *Cleaner) table() int {
	for i := len(c.stack) - 1; i >= 0; i-- {
		if c.stack[i].tag == tagTable {
			return i
		}
	}
	return -1
}

// inTable reports whether only parts of a table may follow.
func (c *Cleaner) inTable() bool {
	return len(c.stack) > 0 && c.stack[len(c.stack)-1].tag.is(part)
}

// push writes a start tag and opens its element. It reports false when there is
// no room for it and its end tag.
func (c *Cleaner) push(t tag, attrs []byte) bool {
	name := elements[t].name
	if c.full || len(c.out)+c.tail+2*len(name)+len(attrs)+len("<></>") > feed.MaxHTML {
		c.full = true
		return false
	}
	start := len(c.out)
	c.out = append(c.out, '<')
	c.out = append(c.out, name...)
	c.out = append(c.out, attrs...)
	c.out = append(c.out, '>')
	c.stack = append(c.stack, frame{tag: t, start: start, body: len(c.out)})
	c.tail += len(name) + len("</>")
	if t == tagPre {
		c.pre++
	}
	return true
}

// pop ends the innermost element. One that holds nothing is left out where it
// would mean nothing.
func (c *Cleaner) pop() {
	f := c.stack[len(c.stack)-1]
	c.stack = c.stack[:len(c.stack)-1]
	name := elements[f.tag].name
	c.tail -= len(name) + len("</>")
	if f.tag == tagPre {
		c.pre--
	}
	if len(c.out) == f.body && c.hollow(f) {
		c.out = c.out[:f.start]
		return
	}
	c.out = append(c.out, "</"...)
	c.out = append(c.out, name...)
	c.out = append(c.out, '>')
}

// hollow reports whether an element without content means nothing. Audio and
// video may hold their address in the start tag.
func (c *Cleaner) hollow(f frame) bool {
	if f.tag == tagAudio || f.tag == tagVideo {
		return f.body-f.start == len("<video controls>")
	}
	return f.tag.is(hollow)
}

// popTo ends all but the n outermost elements, and those that were only waiting
// for it; a negative n ends none. The phrases that were cut short by the end of
// the element at n are opened again if reopen says so, as a browser does.
func (c *Cleaner) popTo(n int, reopen bool) {
	if n < 0 || n >= len(c.stack) {
		return
	}
	c.again, c.tags = c.again[:0], c.tags[:0]
	if reopen {
		for _, f := range c.stack[n+1:] {
			if f.tag.is(style) && !f.late {
				from := len(c.tags)
				c.tags = append(c.tags, c.out[f.start+1+len(elements[f.tag].name):f.body-1]...)
				c.again = append(c.again, reopened{f.tag, from, len(c.tags)})
			}
		}
	}
	for len(c.stack) > n {
		c.pop()
	}
	for n > 0 && c.stack[n-1].late {
		c.pop()
		n--
	}
	for _, r := range c.again {
		c.push(r.tag, c.tags[r.from:r.to])
	}
}
