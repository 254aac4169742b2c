package bolt

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"weir/feed"
)

// Keys sort as they read: big-endian numbers, newest place first.

// number is the key of a dense bucket.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// short is the key of a source's records.
func short(no uint32) []byte { return binary.BigEndian.AppendUint32(nil, no) }

// shortOf returns the number that short wrote.
func shortOf(key []byte) uint32 { return binary.BigEndian.Uint32(key) }

// after is what stands behind the first n bytes of a key or value: nothing, if
// it is shorter than any that is written so. Whoever reads a number there fails
// in the standard library, which a guard tells from a mistake of ours.
func after(b []byte, n int) []byte { return b[min(n, len(b)):] }

// read returns the number that number wrote.
func read(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

const (
	nameSize     = 10
	nameSeqSize  = 6
	nameKeySize  = nameSize + nameSeqSize
	sightKeySize = 4 + len(feed.Key{})
)

// name stands for a name of an entry: 80 bits of SHA-256. Names do not meet by
// chance; whoever makes two meet gains a comparison of traits, which tells the
// entries apart.
type name [nameSize]byte

func nameOf(s string) name {
	var room [256]byte // names are shorter, and nothing is allocated for them
	sum := sha256.Sum256(append(room[:0], s...))
	return name(sum[:nameSize])
}

// nameKey is a name followed by the entry that bears it: all bearers of a name
// lie together, oldest first, but before them the one whose slug it is. That
// bit and the entry's number have 48 bits together.
type nameKey [nameKeySize]byte

// bearer is the bit that the key of every other bearer than a slug's has.
const bearer = 1 << (8*nameSeqSize - 1)

// of is the key of an entry that bears a name.
func (n name) of(seq uint64) nameKey { return n.key(seq | bearer) }

// slugOf is the key of the entry whose slug the name is.
func (n name) slugOf(seq uint64) nameKey { return n.key(seq) }

func (n name) key(last uint64) nameKey {
	var k nameKey
	copy(k[:], n[:])
	binary.BigEndian.PutUint16(k[nameSize:], uint16(last>>32))
	binary.BigEndian.PutUint32(k[nameSize+2:], uint32(last))
	return k
}

// readName takes a nameKey apart.
func readName(k []byte) (n name, seq uint64, slug bool) {
	last := uint64(binary.BigEndian.Uint16(after(k, nameSize)))<<32 | uint64(binary.BigEndian.Uint32(after(k, nameSize+2)))
	return name(k[:nameSize]), last &^ bearer, last&bearer == 0
}

// slugName is the name of a slug.
func slugName(slug string) name { return nameOf("s:" + slug) }

// sightKey is a source's number followed by the key of its item.
type sightKey [sightKeySize]byte

func sightOf(no uint32, key feed.Key) sightKey {
	var k sightKey
	binary.BigEndian.PutUint32(k[:], no)
	copy(k[4:], key[:])
	return k
}

// placeKey orders a channel: newest place first, then by slug (U5).
func placeKey(place int64, slug string) []byte {
	k := make([]byte, 8, 8+len(slug))
	binary.BigEndian.PutUint64(k, ^(uint64(place) ^ 1<<63))
	return append(k, slug...)
}

// placeOf returns the instant that a placeKey begins with.
func placeOf(key []byte) int64 {
	return int64(^binary.BigEndian.Uint64(key) ^ 1<<63)
}

// slugOf returns the slug that a placeKey ends with.
func slugOf(key []byte) string { return string(key[8:]) }

// micros is how instants are stored: microseconds, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is the inverse of micros.
func instant(µs int64) time.Time {
	if µs == 0 {
		return time.Time{}
	}
	return time.UnixMicro(µs).UTC()
}
