package bolt

import (
	"bytes"
	"maps"
	"slices"

	"weir/feed"
)

// held checks that what is held waits for a release that comes, or that the
// operator gives, and that nothing else does.
func (c *checker) held() {
	due := c.agenda()
	if looked := c.tx.Bucket(bucketMeta).Get(keyClock) != nil; looked != due[appointment{duty: dutyPrune}] {
		c.found("retention is to be looked after: %t; it has an appointment: %t", looked, !looked)
	}
	rows, holds := make(map[uint64]bool), make(map[uint32]bool)
	set := c.f.setup.Load() // nil of a file that nobody opened to use
	c.each(bucketHeld, func(k, v []byte) {
		switch len(k) {
		case 4:
			var h holdRec
			if holds[shortOf(k)] = true; !c.record(bucketHeld, k, v, &h) {
				return
			}
			if set != nil && set.source(shortOf(k)).listed && len(waitingFor(c.tx.Bucket(bucketHeld), shortOf(k), 1)) == 0 {
				c.found("source %x has a hold and nothing that is held", k)
			}
			if h.Until != 0 && !due[appointment{duty: dutyRelease, subject: uint64(shortOf(k))}] {
				c.found("what is held of source %x is never released", k)
			}
		case heldKeySize:
			rows[read(after(k, 4))] = true
			if !holds[shortOf(k[:4])] {
				c.found("entry %x is held without a hold", k[4:])
			}
		default:
			c.found("held: odd key %x", k)
		}
	})
	c.each(bucketEntries, func(k, v []byte) {
		var head headRec
		if c.f.codec.decode(k, v, &head) != nil {
			return // told already
		}
		if waits := head.state() == feed.StateHeld; waits != rows[read(k)] {
			c.found("entry %s is %s; among what is held: %t", head.Slug, head.state(), rows[read(k)])
		}
		delete(rows, read(k))
	})
	for _, seq := range slices.Sorted(maps.Keys(rows)) {
		c.missing(bucketEntries, number(seq), "entry %x is held and does not exist", seq)
	}
}

// agenda checks the appointments and returns what is on it, at any time.
func (c *checker) agenda() map[appointment]bool {
	due := make(map[appointment]bool)
	c.each(bucketAgenda, func(k, _ []byte) {
		a, ok := readAppointment(k)
		if !ok || duties(a.duty) == nil && a.duty != dutyPrune {
			c.found("agenda: odd key %x", bytes.Clone(k))
			return
		}
		a.at = 0
		due[a] = true
	})
	return due
}
