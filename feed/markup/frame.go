package markup

import "strings"

// frameLink writes a frame as a link to what it shows (XE09).
func (c *Cleaner) frameLink() {
	dst, ok := c.appendAddress(c.list[:0], "href", c.scan.vals[attrSrc], c.scan.have.has(attrSrc), false)
	if !ok {
		dst, ok = c.appendAddress(dst, "href", c.scan.vals[attrLazySrc], c.scan.have.has(attrLazySrc), false)
	}
	c.list = dst
	if !ok {
		return
	}
	label := words(c.scan.value(attrTitle))
	if label == "" {
		label = hostOf(string(dst[len(` href="`):]))
	}
	alone := c.find(tagP) < 0
	if alone {
		c.breakLine()
	}
	if c.find(tagA) >= 0 {
		c.line()
		c.plain(label)
	} else {
		c.line()
		if c.push(tagA, dst) {
			c.plain(label)
			c.pop()
		}
	}
	if alone {
		c.breakLine()
	}
}

// plain writes text without character references.
func (c *Cleaner) plain(s string) {
	for _, r := range s {
		c.writeRune(r)
	}
}

// hostOf returns the host of an absolute address.
func hostOf(address string) string {
	_, rest, _ := strings.Cut(address, "//")
	if i := strings.IndexAny(rest, "/?#:\""); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimPrefix(rest, "www.")
}
