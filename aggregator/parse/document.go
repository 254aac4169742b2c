package parse

import (
	"crypto/sha256"
	"encoding/hex"

	"weir/feed/markup"
)

// format is a family of XML feeds.
type format uint8

const (
	formatNone format = iota
	formatRSS
	formatRDF
	formatAtom
)

// document is what the scan finds in a text: where the head and the items
// are. It holds no copy of anything.
type document struct {
	text   []byte
	format format
	// prefixed says that the root's name has a prefix.
	prefixed bool
	// root and channel are the start tags around the items.
	root, channel token
	// own are the declarations of root and channel.
	own scope
	// alias is a prefix without a meaning that the channel has: it is taken
	// for the format's own.
	alias span
	// head are the ranges outside items, root and channel tags.
	head  []span
	items []region
	// end is where the root ends, or the text where it does not.
	end int
	// partial says that the text ends before its root does; mended that
	// the end of an item had to be inferred; adopted that elements of the
	// head were ended where items begin; broken that markup is not well
	// formed.
	partial, mended, adopted, broken bool
	// page is the part that is read; scratch is memory to decode text in.
	page    page
	scratch []byte
}

// region is the whole of an item, from its start tag to its end.
type region struct {
	span
	tag token
	// cut says that the document ends inside the item.
	cut  bool
	hash uint64
}

// id returns an id exactly as it was sent, but for white space around it
// (I2). One that is too long to keep is kept as its digest (XC22).
func (d *document) id(n node) string { return boundID(d.textOf(n, n.inner.hi-n.inner.lo)) }

func boundID(s string) string {
	if len(s) <= maxID {
		return markup.Chars(s)
	}
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:])
}
