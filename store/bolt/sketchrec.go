package bolt

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"weir/feed"
	"weir/store"
)

// The bits of a packed sketch's first byte.
const (
	sketchFull byte = 1 << iota
	// sketchRice says that the shingles are Rice coded, else 4 bytes each.
	sketchRice
	// sketchTitled is set in heads alone: the title is the entry's, folded.
	sketchTitled
)

// packSketch writes a sketch as bytes: full, words, title, shingles. Most
// entries are never compared with another, so that it is mostly carried along,
// and made short: the shingles ascend and are spread evenly, which is what Rice
// codes of their differences are for.
func packSketch(s *feed.Sketch) []byte {
	if s.Words == 0 && s.Title == "" && len(s.Shingles) == 0 && !s.Full {
		return nil
	}
	packed := make([]byte, 1, 24+len(s.Title)+4*len(s.Shingles))
	packed[0] = sketchRice
	if s.Full {
		packed[0] |= sketchFull
	}
	packed = binary.AppendUvarint(packed, uint64(s.Words))
	packed = binary.AppendUvarint(packed, uint64(len(s.Title)))
	packed = append(packed, s.Title...)
	if !slices.IsSorted(s.Shingles) {
		packed[0] &^= sketchRice
		for _, sh := range s.Shingles {
			packed = binary.LittleEndian.AppendUint32(packed, sh)
		}
		return packed
	}
	return packShingles(packed, s.Shingles)
}

// packShingles appends ascending numbers: how many, how many low bits each
// difference has, and then of each its high part in ones ended by a zero, and
// its low part. With differences cut at the highest bit of their mean, all
// high parts together are no more than two bits a shingle.
func packShingles(packed []byte, shingles []uint32) []byte {
	n := len(shingles)
	if n == 0 {
		return packed
	}
	low := max(bits.Len32(shingles[n-1]/uint32(n))-1, 0)
	packed = append(binary.AppendUvarint(packed, uint64(n)), byte(low))
	room, used := uint64(0), 0
	write := func(v uint64, size int) {
		room |= v << used
		used += size
		for ; used >= 8; used -= 8 {
			packed = append(packed, byte(room))
			room >>= 8
		}
	}
	before := uint32(0)
	for _, sh := range shingles {
		d := sh - before
		before = sh
		for high := d >> low; high > 0; high-- {
			write(1, 1)
		}
		write(0, 1)
		write(uint64(d&(1<<low-1)), low)
	}
	if used > 0 {
		packed = append(packed, byte(room))
	}
	return packed
}

// sketchTitle returns from where to where a packed sketch has its title; 0
// where that does not read, or has a longer length than one byte.
func sketchTitle(packed []byte) (at, end int) {
	p := headReader{b: packed, at: min(1, len(packed))}
	p.number()
	before := p.at
	n := p.length()
	if p.bad || p.at-before != 1 {
		return 0, 0
	}
	return p.at, p.at + n
}

func unpackSketch(packed []byte) (feed.Sketch, error) {
	if len(packed) == 0 {
		return feed.Sketch{}, nil
	}
	p := headReader{b: packed, at: 1}
	s := feed.Sketch{Full: packed[0]&sketchFull != 0, Words: int(p.number())}
	s.Title = string(p.take(p.length()))
	rest := packed[p.at:]
	switch {
	case p.bad:
		return feed.Sketch{}, fmt.Errorf("sketch: %w", store.ErrCorrupt)
	case len(rest) == 0:
	case packed[0]&sketchRice != 0:
		var ok bool
		if s.Shingles, ok = unpackShingles(rest); !ok {
			return feed.Sketch{}, fmt.Errorf("sketch: %w", store.ErrCorrupt)
		}
	default:
		s.Shingles = make([]uint32, len(rest)/4)
		for i := range s.Shingles {
			s.Shingles[i] = binary.LittleEndian.Uint32(rest[4*i:])
		}
	}
	return s, nil
}

// unpackShingles is the inverse of packShingles.
func unpackShingles(packed []byte) ([]uint32, bool) {
	p := headReader{b: packed}
	n, low := p.number(), int(p.byte())
	rest := packed[p.at:]
	if p.bad || low > 31 || n > 8*uint64(len(rest)) { // each takes a bit at least
		return nil, false
	}
	shingles := make([]uint32, n)
	room, used, before := uint64(0), 0, uint32(0)
	// need fills room to 56 bits or what is left.
	need := func() {
		for used <= 56 && len(rest) > 0 {
			room |= uint64(rest[0]) << used
			rest, used = rest[1:], used+8
		}
	}
	for i := range shingles {
		high := uint32(0)
		for {
			if need(); used == 0 {
				return nil, false
			}
			ones := min(bits.TrailingZeros64(^room), used)
			high += uint32(ones)
			room >>= ones
			if used -= ones; used > 0 {
				room >>= 1
				used--
				break
			}
		}
		if need(); used < low {
			return nil, false
		}
		before += high<<low | uint32(room)&(1<<low-1)
		shingles[i] = before
		room >>= low
		used -= low
	}
	return shingles, true
}
