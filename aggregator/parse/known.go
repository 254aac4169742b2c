package parse

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
)

// changed lists the items that must be parsed: all but those whose hash is
// known. Every item is noted as seen.
//
// An item's hash covers its bytes and what else decides what becomes of them:
// the context, the start tags around it and what it inherits from the head.
// Nothing of another item can reach it, because the scan alone decides where
// items end and each is rendered by itself.
func (x *xmlReader) changed() []int {
	known := knownHashes(x.opt, x.out.Context)
	seed := x.seed()
	x.out.Seen = slices.Grow(x.out.Seen, len(x.doc.items))
	var wanted []int
	for i := range x.doc.items {
		it := &x.doc.items[i]
		if it.cut {
			x.reject(x.shallow(i), "the document ends inside it")
			continue
		}
		it.hash = mix(seed, it.hash)
		x.out.Seen = append(x.out.Seen, feed.Known{Hash: it.hash})
		if _, ok := known[it.hash]; !ok {
			wanted = append(wanted, i)
		}
	}
	return wanted
}

// knownHashes returns the hashes that the caller knows, none if they were
// made in another context.
func knownHashes(opt *Options, context uint64) map[uint64]struct{} {
	if len(opt.Known) == 0 || opt.Context != 0 && opt.Context != context {
		return nil
	}
	known := make(map[uint64]struct{}, len(opt.Known))
	for i := range opt.Known {
		known[opt.Known[i].Hash] = struct{}{}
	}
	return known
}

func (x *xmlReader) seed() uint64 {
	var h xxhash.Digest
	h.Reset()
	var context [8]byte
	binary.LittleEndian.PutUint64(context[:], x.out.Context)
	_, _ = h.Write(context[:])
	for _, t := range []token{x.doc.root, x.doc.channel} {
		_, _ = h.Write(x.doc.text[t.lo:t.hi])
	}
	for _, ns := range x.doc.own { // of other channels, too
		_, _ = h.Write(ns.prefix.of(x.doc.text))
		_, _ = h.Write(ns.uri.of(x.doc.text))
	}
	hashInherited(&h, x.out.Profile.Link, &x.from)
	return h.Sum64()
}

func hashInherited(h *xxhash.Digest, link string, from *inherited) {
	field := func(s string) {
		_, _ = h.WriteString(s)
		_, _ = h.Write([]byte{0xff})
	}
	_, _ = h.Write(from.bequest.raw)
	field(link)
	field(from.language)
	field(from.byline)
	if from.dates.order != feed.DateOrderUnknown {
		_, _ = h.Write([]byte{byte(from.dates.order)})
	}
	for _, p := range from.authors {
		field(p.Name)
		field(p.Email)
		field(p.URI)
		field(p.Avatar)
	}
}

// mix seeds a hash. 0 stands for no hash and is never given.
func mix(seed, hash uint64) uint64 {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], seed)
	binary.LittleEndian.PutUint64(b[8:], hash)
	return max(xxhash.Sum64(b[:]), 1)
}

// headHash digests everything of the document that lies outside items.
func (x *xmlReader) headHash() uint64 {
	var h xxhash.Digest
	h.Reset()
	pos := x.doc.root.lo
	for i := range x.doc.items {
		it := x.doc.items[i].span
		_, _ = h.Write(x.doc.text[pos:it.lo])
		pos = it.hi
	}
	_, _ = h.Write(x.doc.text[pos:max(pos, x.doc.end)])
	return h.Sum64()
}
