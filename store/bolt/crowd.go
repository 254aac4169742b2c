package bolt

import (
	"encoding/binary"
	"math/bits"
)

// crowd knows of many names whether somebody bears them, and whether more than
// one does, in 16 bytes for each entry: while a first cycle is settled, only
// the names that are shared decide anything, and only those are remembered
// exactly. It may take a name for another one, never a shared one for a single
// one.
type crowd struct {
	once, again []uint64
	mask        uint64
}

// newCrowd makes room for the names of so many entries.
func newCrowd(entries uint64) *crowd {
	size := uint64(1) << bits.Len64(max(entries, 1<<10)) // words of 64 bits
	return &crowd{once: make([]uint64, size), again: make([]uint64, size), mask: 64*size - 1}
}

func (c *crowd) place(n name) (word uint64, bit uint64) {
	at := binary.LittleEndian.Uint64(n[:]) & c.mask
	return at / 64, 1 << (at % 64)
}

func (c *crowd) add(n name) {
	word, bit := c.place(n)
	c.again[word] |= c.once[word] & bit
	c.once[word] |= bit
}

// seen reports whether somebody may bear a name.
func (c *crowd) seen(n name) bool {
	word, bit := c.place(n)
	return c.once[word]&bit != 0
}

// shared reports whether several may bear a name.
func (c *crowd) shared(n name) bool {
	word, bit := c.place(n)
	return c.again[word]&bit != 0
}
