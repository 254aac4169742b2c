package markup

import (
	"strconv"
	"strings"
)

// attributes returns the attributes of the start tag met as they will be
// written, always in the same order. It reports false when the element means
// nothing without one that is missing or refused. The result is valid until the
// next call.
func (c *Cleaner) attributes(t tag) ([]byte, bool) {
	dst, ok := c.list[:0], true
	switch t {
	case tagA:
		dst, ok = c.appendAddress(dst, "href", c.scan.vals[attrHref], c.scan.have.has(attrHref), true)
		dst = c.appendText(dst, "title", attrTitle)
	case tagAbbr:
		dst = c.appendText(dst, "title", attrTitle)
	case tagBlockquote, tagQ:
		dst, _ = c.appendAddress(dst, "cite", c.scan.vals[attrCite], c.scan.have.has(attrCite), false)
	case tagTd, tagTh:
		dst = c.appendNumber(dst, "colspan", attrColspan, 1, maxSpan)
		dst = c.appendNumber(dst, "rowspan", attrRowspan, 1, maxSpan)
	case tagOl:
		dst = c.appendNumber(dst, "start", attrStart, 0, maxNumber)
	case tagTime:
		if v := c.scan.value(attrDatetime); moment(v) {
			dst = appendAttr(dst, "datetime", v)
		}
	case tagAudio, tagVideo:
		dst, _ = c.appendMedia(dst)
		if t == tagVideo {
			dst, _ = c.appendAddress(dst, "poster", c.scan.vals[attrPoster], c.scan.have.has(attrPoster), false)
		}
		dst = append(dst, " controls"...)
	}
	c.list = dst
	return dst, ok
}

const (
	// maxSpan bounds how many rows or columns a cell covers.
	maxSpan = 100
	// maxNumber bounds every other number.
	maxNumber = 99999
)

// appendAddress appends an attribute that holds an address, given as it stands
// in the source. It reports whether there was one that may be written.
func (c *Cleaner) appendAddress(dst []byte, name, raw string, have, mail bool) ([]byte, bool) {
	if !have {
		return dst, false
	}
	begin := len(dst)
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, `="`...)
	value := len(dst)
	dst = c.address(dst, raw, mail)
	if len(dst) == value {
		return dst[:begin], false
	}
	return append(dst, '"'), true
}

// appendMedia appends the address of audio or video.
func (c *Cleaner) appendMedia(dst []byte) ([]byte, bool) {
	dst, ok := c.appendAddress(dst, "src", c.scan.vals[attrSrc], c.scan.have.has(attrSrc), false)
	if !ok {
		dst, ok = c.appendAddress(dst, "src", c.scan.vals[attrLazySrc], c.scan.have.has(attrLazySrc), false)
	}
	return dst, ok
}

// appendText appends an attribute that holds words.
func (c *Cleaner) appendText(dst []byte, name string, a attr) []byte {
	if !c.scan.have.has(a) {
		return dst
	}
	return appendAttr(dst, name, words(c.scan.value(a)))
}

// words returns s on one line of bounded length.
func words(s string) string {
	if strings.ContainsAny(s, "\n\t\r") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return cut(strings.Trim(s, " "), maxValue)
}

// appendNumber appends an attribute that holds a number between low and high.
func (c *Cleaner) appendNumber(dst []byte, name string, a attr, low, high int) []byte {
	n, ok := number10(c.scan.vals[a])
	if !c.scan.have.has(a) || !ok || n < low {
		return dst
	}
	return appendAttr(dst, name, strconv.Itoa(min(n, high)))
}

// number10 reads a decimal number, which "px" may follow.
func number10(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 2 && strings.EqualFold(s[len(s)-2:], "px") {
		s = s[:len(s)-2]
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = min(n*10+int(s[i]-'0'), maxNumber)
	}
	return n, s != ""
}

// moment reports whether s can be a date, a time or a duration of HTML.
func moment(s string) bool {
	for i := range len(s) {
		if c := s[i]; !alphanumeric(c) && c != '-' && c != ':' && c != '.' && c != '+' && c != ' ' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
