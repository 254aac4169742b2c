package parse

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
	"weir/feed/markup"
)

// Version is the version of what Read makes of a document. It enters every
// context: raising it makes known hashes worthless, so that everything is
// parsed again once.
const Version = 4

// Options say how a document is to be read. The zero value reads a document
// of unknown origin with the default limits.
type Options struct {
	// Source is what the configuration says of the document's source.
	Source feed.Source
	// Location is the address that the document came from at last, the base
	// of last resort for relative addresses; empty for files.
	Location string
	// ContentType is the media type that came with the document, or empty.
	ContentType string
	// Known are the items of the source's last document: those that are still
	// there, unchanged, are listed in Seen but not parsed.
	Known []feed.Known
	// Context is the Context of the document that Known comes from. When it
	// is not this document's, nothing counts as known; 0 leaves the decision
	// to the hashes, which are seeded with the context anyway.
	Context uint64
	// Learned is what reading the source's last document taught.
	Learned feed.Learned
	// Trace, when set, is filled with what the document does not tell.
	Trace *Trace
	// Limits bound what a document may ask for; zero fields have defaults.
	Limits Limits
}

// Context digests what parsing depends on beside the document: the versions
// of parser and cleaning policy, the source's options and the address. It is
// the Context of every document that Read gives for them.
func Context(src feed.Source, location string) uint64 {
	var d xxhash.Digest
	d.Reset()
	var versions [16]byte
	binary.LittleEndian.PutUint64(versions[:8], Version)
	binary.LittleEndian.PutUint64(versions[8:], markup.Policy)
	_, _ = d.Write(versions[:])
	keep := "0"
	if src.KeepUntitled {
		keep = "1"
	}
	for _, s := range []string{location, src.URL, src.Title, src.Author, keep} {
		_, _ = d.WriteString(s)
		_, _ = d.Write([]byte{0xff})
	}
	return d.Sum64()
}
