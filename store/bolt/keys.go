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

// read returns the number that number wrote.
func read(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

const (
	nameSize     = 16
	nameKeySize  = nameSize + 8
	sightKeySize = 4 + len(feed.Key{})
)

// name stands for a name of an entry: 128 bits of SHA-256, so that nobody can
// make two names meet.
type name [nameSize]byte

func nameOf(s string) name {
	var room [256]byte // names are shorter, and nothing is allocated for them
	sum := sha256.Sum256(append(room[:0], s...))
	return name(sum[:nameSize])
}

// nameKey is a name followed by the entry that bears it: all bearers of a name
// lie together, oldest first.
type nameKey [nameKeySize]byte

func (n name) of(seq uint64) nameKey {
	var k nameKey
	copy(k[:], n[:])
	binary.BigEndian.PutUint64(k[nameSize:], seq)
	return k
}

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
