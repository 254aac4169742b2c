package config

import (
	"bytes"
	"slices"
	"strings"
)

// span is a range of bytes.
type span struct{ lo, hi int }

// appendFlow is the text with feeds at the end of a list in brackets.
func (s *sequence) appendFlow(data []byte, feeds []NewFeed) [][]byte {
	elements, ok := flowElements(data, offset(data, s.node))
	if !ok || len(elements) != len(s.node.Content) {
		return nil
	}
	written := make([]string, len(feeds))
	for i, f := range feeds {
		written[i] = quote(f.URL)
		if pairs := f.pairs(); len(pairs) > 1 {
			written[i] = "{" + strings.Join(pairs, ", ") + "}"
		}
	}
	text, at := strings.Join(written, ", "), offset(data, s.node)+1
	if n := len(elements); n > 0 {
		text, at = ", "+text, elements[n-1].hi
	}
	return [][]byte{slices.Concat(data[:at], []byte(text), data[at:])}
}

// cutFlow is the text without an element of a list in brackets, and without the
// comma that parted it from its neighbour.
func (s *sequence) cutFlow(data []byte, index int) [][]byte {
	elements, ok := flowElements(data, offset(data, s.node))
	if !ok || len(elements) != len(s.node.Content) {
		return nil
	}
	cut := elements[index]
	switch {
	case index+1 < len(elements):
		cut.hi = elements[index+1].lo
	case index > 0:
		cut.lo = elements[index-1].hi
	default:
		rest := bytes.TrimLeft(data[cut.hi:], " \t\r\n")
		if len(rest) > 0 && rest[0] == ',' {
			cut.hi = len(data) - len(rest) + 1
		}
	}
	return [][]byte{slices.Concat(data[:cut.lo], data[cut.hi:])}
}

// flowElements finds the elements of the list whose bracket opens at start. It
// knows quotes, comments and nesting; what the result means is looked at later.
func flowElements(data []byte, start int) (elements []span, ok bool) {
	if start >= len(data) || data[start] != '[' {
		return nil, false
	}
	depth, last, open := 0, byte('['), span{-1, -1}
	flush := func() {
		if open.lo >= 0 {
			elements = append(elements, open)
		}
		open = span{-1, -1}
	}
	for i := start; i < len(data); i++ {
		c, begin := data[i], i
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		case c == '#' && i > 0 && strings.IndexByte(" \t\r\n", data[i-1]) >= 0:
			for i+1 < len(data) && data[i+1] != '\n' {
				i++
			}
			continue
		case (c == '"' || c == '\'') && strings.IndexByte("[{,:", last) >= 0:
			if i = quoteEnd(data, i); i < 0 {
				return nil, false
			}
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				flush()
				return elements, true
			}
		}
		last = c
		switch {
		case depth == 1 && c == ',':
			flush()
		case begin > start:
			if open.lo < 0 {
				open.lo = begin
			}
			open.hi = i + 1
		}
	}
	return nil, false
}

// quoteEnd is where the quote that opens at i closes, or -1.
func quoteEnd(data []byte, i int) int {
	q := data[i]
	for i++; i < len(data); i++ {
		switch {
		case q == '"' && data[i] == '\\':
			i++
		case q == '\'' && data[i] == q && i+1 < len(data) && data[i+1] == q:
			i++
		case data[i] == q:
			return i
		}
	}
	return -1
}
