package bolt

import (
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"weir/store"
)

const (
	// fewestGone is how many sources make an exodus, namedGone how many of
	// them it names.
	fewestGone = 3
	namedGone  = 5
)

// retire finds the sources that this configuration lacks and the one in force
// had.
func (p *planned) retire() {
	for _, src := range p.now.byNo {
		if src.retired == 0 {
			p.had++
		}
	}
	for _, no := range slices.Sorted(maps.Keys(p.next.byNo)) {
		src := p.next.byNo[no]
		if !src.listed && src.retired == 0 {
			src.retired = micros(p.at)
			p.left = append(p.left, src)
		}
	}
}

// exodus says that more than half of all sources are gone at once.
func (p *planned) exodus() error {
	gone := len(p.left)
	if gone < fewestGone || 2*gone <= p.had {
		return nil
	}
	e := &store.ExodusError{Gone: gone, Of: p.had}
	for _, src := range p.left[:min(gone, namedGone)] {
		e.Names = append(e.Names, src.ID)
	}
	return e
}

// depart writes that sources left, and puts on the agenda to look at what they
// tell, and at what those tell that came back. A source that leaves before the
// first cycle is settled was never there: nothing of it was published.
func (f *file) depart(tx *bbolt.Tx, p *planned) error {
	for _, src := range p.left {
		if err := f.putRecord(tx, src); err != nil {
			return err
		}
		if f.founding.Load() {
			for _, b := range [][]byte{bucketDocs, bucketPolls, bucketRejections} {
				if err := tx.Bucket(b).Delete(short(src.no)); err != nil {
					return err
				}
			}
		}
		if err := appoint(tx, p.at, dutyMuster, uint64(src.no)); err != nil {
			return err
		}
		if err := appoint(tx, p.at.Add(retirement), dutyForget, uint64(src.no)); err != nil {
			return err
		}
	}
	for _, src := range p.back {
		if err := appoint(tx, p.at, dutyMuster, uint64(src.no)); err != nil {
			return err
		}
	}
	return nil
}
