package markup

import (
	"bytes"
	"strings"
)

// image writes a picture, unless it only counts readers (XE07).
func (c *Cleaner) image() {
	s := &c.scan
	if c.counts() {
		return
	}
	c.tags = c.appendSrcset(c.tags[:0], attrSrcset)
	if len(c.tags) == 0 {
		c.tags = c.appendSrcset(c.tags[:0], attrLazySrcset)
	}
	dst := append(c.list[:0], "<img"...)
	begin := len(dst)
	src, lazy := s.vals[attrSrc], s.have.has(attrLazySrc)
	dst, ok := c.appendAddress(dst, "src", src, s.have.has(attrSrc) && !(lazy && placeholder(src)), false)
	if !ok {
		dst, ok = c.appendAddress(dst, "src", s.vals[attrLazySrc], lazy, false)
	}
	if !ok && len(c.tags) > 0 {
		first, _, _ := bytes.Cut(c.tags, []byte(" "))
		dst = append(append(append(dst, ` src="`...), bytes.TrimSuffix(first, []byte(","))...), '"')
		ok = true
	}
	if ok && !counter(dst[begin+len(` src="`):len(dst)-1]) {
		dst = c.appendSet(dst)
		dst = c.appendText(dst, "alt", attrAlt)
		dst = c.appendText(dst, "title", attrTitle)
		dst = c.appendNumber(dst, "width", attrWidth, 1, maxNumber)
		dst = c.appendNumber(dst, "height", attrHeight, 1, maxNumber)
		dst = append(dst, '>')
		c.line()
		c.writeTag(dst)
	}
	c.list = dst
}

// source writes one of the addresses that a picture, audio or video has.
func (c *Cleaner) source() {
	if len(c.stack) == 0 {
		return
	}
	s := &c.scan
	ok := false
	dst := append(c.list[:0], "<source"...)
	switch c.stack[len(c.stack)-1].tag {
	case tagAudio, tagVideo:
		dst, ok = c.appendMedia(dst)
	case tagPicture:
		c.tags = c.appendSrcset(c.tags[:0], attrSrcset)
		if len(c.tags) == 0 {
			c.tags = c.appendSrcset(c.tags[:0], attrLazySrcset)
		}
		ok = len(c.tags) > 0
		dst = c.appendSet(dst)
	}
	if ok {
		if v := s.value(attrType); mediaType(v) {
			dst = appendAttr(dst, "type", v)
		}
		if v := s.value(attrMedia); mediaQuery(v) {
			dst = appendAttr(dst, "media", v)
		}
		dst = append(dst, '>')
		c.writeTag(dst)
	}
	c.list = dst
}

// appendSet appends the srcset that was prepared.
func (c *Cleaner) appendSet(dst []byte) []byte {
	if len(c.tags) == 0 {
		return dst
	}
	dst = append(dst, ` srcset="`...)
	dst = append(dst, c.tags...)
	return append(dst, '"')
}

// maxCandidates bounds how many sizes of a picture are kept.
const maxCandidates = 32

// appendSrcset appends the candidates of a srcset whose address and descriptor
// are good, as the value of an attribute (HTML §4.8.4.2.1). A comma inside an
// address belongs to it.
func (c *Cleaner) appendSrcset(dst []byte, a attr) []byte {
	if !c.scan.have.has(a) {
		return dst
	}
	s := c.scan.vals[a]
	for range maxCandidates {
		s = strings.TrimLeft(s, " \n\t\r,")
		if s == "" {
			break
		}
		n := strings.IndexAny(s, " \n\t\r")
		if n < 0 {
			n = len(s)
		}
		address, descriptor := s[:n], ""
		s = s[n:]
		if trimmed := strings.TrimRight(address, ","); len(trimmed) < len(address) {
			address = trimmed
		} else {
			descriptor, s, _ = strings.Cut(s, ",")
			descriptor = strings.Trim(descriptor, " \n\t\r")
		}
		dst = c.appendCandidate(dst, address, descriptor)
	}
	return dst
}

func (c *Cleaner) appendCandidate(dst []byte, address, descriptor string) []byte {
	if descriptor != "" && !density(descriptor) {
		return dst
	}
	begin := len(dst)
	if begin > 0 {
		dst = append(dst, ", "...)
	}
	value := len(dst)
	dst = c.address(dst, address, false)
	if len(dst) == value || dst[len(dst)-1] == ',' {
		return dst[:begin]
	}
	if descriptor != "" {
		dst = append(append(dst, ' '), descriptor...)
	}
	return dst
}

// density reports whether s is a width or a density: 640w, 2x, 1.5x.
func density(s string) bool {
	unit := s[len(s)-1]
	digits, dot := 0, 0
	for i := range len(s) - 1 {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case s[i] == '.' && unit == 'x':
			dot++
		default:
			return false
		}
	}
	return (unit == 'x' || unit == 'w') && digits > 0 && dot <= 1 && len(s) <= 8
}

// mediaType reports whether s is a media type, perhaps with its codecs.
func mediaType(s string) bool {
	return len(s) <= 128 && strings.Contains(s, "/") && only(s, `/.+-;=", `)
}

// mediaQuery reports whether s is a simple condition on the screen.
func mediaQuery(s string) bool { return s != "" && len(s) <= 256 && only(s, "():-.,<>=/ ") }

// only reports whether s holds letters, digits and the bytes of others only.
func only(s, others string) bool {
	for i := range len(s) {
		if !alphanumeric(s[i]) && strings.IndexByte(others, s[i]) < 0 {
			return false
		}
	}
	return true
}

// placeholder reports whether a picture's address only keeps the place of one
// that a script loads later.
func placeholder(src string) bool {
	if src == "" || len(src) >= 5 && strings.EqualFold(src[:5], "data:") {
		return true
	}
	name := src[strings.LastIndexByte(src, '/')+1:]
	for _, word := range placeholders {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// placeholders are what such pictures are called. It is never written to.
var placeholders = []string{
	"1x1", "blank", "grey.gif", "lazy", "lazyload", "loading", "pixel.gif", "placeholder", "spacer", "trans.gif",
	"transparent",
}

// counts reports whether the picture met is made not to be seen.
func (c *Cleaner) counts() bool {
	s := &c.scan
	if s.have.has(attrHidden) {
		return true
	}
	width, wide := number10(s.vals[attrWidth])
	height, high := number10(s.vals[attrHeight])
	wide, high = wide && s.have.has(attrWidth), high && s.have.has(attrHeight)
	if wide && high && width <= 1 && height <= 1 || wide && width == 0 || high && height == 0 {
		return true
	}
	// A size that is no number is not written, so it counts as none: what is
	// kept must be kept the second time too.
	if wide && width == 1 && !high || high && height == 1 && !wide {
		return true
	}
	return s.have.has(attrStyle) && c.invisible(s.vals[attrStyle])
}

// invisible reports whether a style hides what it belongs to.
func (c *Cleaner) invisible(style string) bool {
	c.tags = c.tags[:0]
	for i := range min(len(style), maxValue) {
		if b := style[i]; !space(b) {
			if b >= 'A' && b <= 'Z' {
				b += 'a' - 'A'
			}
			c.tags = append(c.tags, b)
		}
	}
	css := c.tags
	has := func(s string) bool { return bytes.Contains(css, []byte(s)) }
	return has("display:none") || has("visibility:hidden") ||
		(has("width:1px") || has("width:0")) && (has("height:1px") || has("height:0"))
}
