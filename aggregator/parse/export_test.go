package parse

import (
	"bytes"

	"weir/aggregator/parse/charset"
)

// ItemRanges scans a document as Read does and returns its text and where its
// items begin and end in it.
func ItemRanges(body []byte) (text []byte, ranges [][2]int, err error) {
	text = charset.Decode(body, "", 10<<20).Bytes
	root, f, err := sniff(text)
	if err != nil {
		return text, nil, err
	}
	if bytes.Contains(text[:root.lo], []byte("<!ENTITY")) {
		text = expand(text, root)
	}
	var s scanner
	doc, err := s.scan(text, root, f, Limits{}.or())
	if err != nil {
		return text, nil, err
	}
	for i := range doc.items {
		if it := &doc.items[i]; !it.cut {
			ranges = append(ranges, [2]int{it.lo, it.hi})
		}
	}
	return text, ranges, nil
}
