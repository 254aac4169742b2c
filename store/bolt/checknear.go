package bolt

// nearRows checks that what is found by its text exists. A row may say what the
// text was before the entry's head was damaged and made again: that costs a
// comparison.
func (c *checker) nearRows() {
	is := readNearness(c.tx)
	c.each(bucketNear, func(k, _ []byte) {
		switch {
		case len(k) != nearKeySize || is == nearNone:
			c.found("near: odd key %x", k)
		case is.kept() && c.tx.Bucket(bucketEntries).Get(k[8:]) == nil:
			if _, lost := c.f.lost(c.tx, read(after(k, 8))); !lost {
				c.found("entry %x is found by its text and does not exist", k[8:])
			}
		}
	})
}

// near checks that an entry is found by its text, where it is to be.
func (c *checker) near(k []byte, head *headRec) {
	if readNearness(c.tx) != nearWhole {
		return
	}
	for _, band := range head.Traits.bands() {
		if c.tx.Bucket(bucketNear).Get(nearKey(band, read(k))) == nil {
			c.found("entry %s is not found by its text", head.Slug)
		}
	}
}
