package parse

import "golang.org/x/text/encoding"

// Encoding is what a label means, nil for nothing.
func Encoding(label string) encoding.Encoding {
	set, _ := lookup(label)
	return set.enc
}

// Decode is the first of a document's four hands alone.
func Decode(body []byte, contentType string) []byte {
	return decode(body, contentType, 10<<20).text
}
