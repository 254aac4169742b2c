package parse

import "weir/aggregator/parse/date"

// Limits bound what one document may ask for. A zero field has its default,
// which no feed seen in the wild comes near.
type Limits struct {
	// Body is the size in bytes, before and after decoding; a larger body is
	// read as far as the limit and gives a partial document.
	Body int
	// Depth is how deep elements, or JSON values, may nest (XC01, XC02).
	Depth int
	// Attributes is how many one element may have (XC11).
	Attributes int
	// Namespaces is how many may be declared in scope (XC03).
	Namespaces int
	// Elements is how many a document may have.
	Elements int
	// Work bounds the sum over all tags of 1 + namespaces in scope: what
	// resolving prefixes can cost (XC04, XC05).
	Work int
	// Items is how many a document may have (XC12).
	Items int
	// References is how many references by name its items may have that XML
	// does not define: each is looked for among two thousand names (XC14).
	// Items that are known are not counted.
	References int
	// Fragments is how many pieces the text of one item may be cut into by
	// tags, comments, CDATA sections and instructions (XC06).
	Fragments int
}

// or returns l with defaults in place of zero fields.
func (l Limits) or() Limits {
	fill := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	fill(&l.Body, 10<<20)
	fill(&l.Depth, 64)
	fill(&l.Attributes, 64)
	fill(&l.Namespaces, 64)
	fill(&l.Elements, 400_000)
	fill(&l.Work, 8_000_000)
	fill(&l.Items, 20_000)
	fill(&l.References, 500_000)
	fill(&l.Fragments, 50_000)
	return l
}

// matching is the work of comparing an end tag with one open element: each
// level of an extension that is kept compares them once more (XC24).
const matching = maxTree

// Caps on single values of an item: longer ones are cut, or dropped where a
// part would mean something else (XC13, XC15, XC22).
const (
	maxDate      = date.Longest
	maxID        = 4 << 10
	maxContent   = 512 << 10
	maxExtension = 64 << 10
	// maxExtensionElements is how many elements an item may keep as trees.
	maxExtensionElements = 4 << 10
	maxTree              = 16
	maxLinks             = 64
)
