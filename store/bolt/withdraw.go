package bolt

import (
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
)

const (
	// maxMissing bounds what is remembered of a source's missing items; the
	// last to vanish are kept.
	maxMissing = 1 << 10
	// maxSeen bounds in how many items of a document an older one is looked for.
	maxSeen = 1 << 12
	// namedWithdrawn is how many withdrawn entries a status names.
	namedWithdrawn = 10
	// watching is how long an item is missing before it is looked after, and
	// looking how often at least from then on.
	watching = 24 * time.Hour
	looking  = time.Minute
)

// absences notes what a document lacks that its source showed before, and
// strikes out what it shows again.
func (t *teller) absences(r *reading) error {
	d := r.report.Document
	seen := make(map[feed.Key]bool, len(d.Seen))
	for _, k := range d.Seen {
		seen[k.Key] = true
	}
	missing := slices.DeleteFunc(slices.Clone(r.old.Missing), func(m feed.Missing) bool { return seen[m.Key] })
	vanished := r.vanished(seen)
	if len(vanished) > 0 {
		for _, key := range vanished {
			missing = append(missing, feed.Missing{Key: key, Since: t.now, Readings: r.poll.Readings})
		}
		if err := t.watch(r.src); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		r.doc.Missing = nil
		return nil
	}
	if d.Proves() && r.src.Kind != feed.Articles {
		missing = t.stillOlder(r, missing)
	}
	r.doc.Missing = missing[max(0, len(missing)-maxMissing):]
	return nil
}

// vanished returns the items that a document lacks and the last one had. One
// that ended early, is empty or lost more than half at once tells of none
// (I19, I20, XG01, XG02).
func (r *reading) vanished(seen map[feed.Key]bool) []feed.Key {
	d := r.report.Document
	if !d.Proves() {
		return nil
	}
	var keys []feed.Key
	for _, k := range r.old.Known {
		if !seen[k.Key] && !k.Key.IsZero() {
			keys = append(keys, k.Key)
		}
	}
	withheld := max(0, d.Withheld-r.old.Withheld)
	if identity.Emptied(len(d.Seen)+d.Withheld, len(r.old.Known), len(keys)-withheld) {
		return nil
	}
	return keys
}

// watch has the missing items of a source looked after when their time comes.
func (t *teller) watch(src *source) error {
	at := t.now.Add(watching)
	if src.Kind == feed.Articles {
		at = t.now
	}
	return appoint(t.ledger.tx, at, dutyWithdraw, uint64(src.no))
}

// stillOlder leaves out of what is watched the items that are older than all
// that a document still holds: those slid out of its window.
func (t *teller) stillOlder(r *reading, missing []feed.Missing) []feed.Missing {
	published := make(map[feed.Key]int64, len(missing))
	oldest := int64(0)
	for _, m := range missing {
		if s := t.owned(r.src.no, m.Key); s != nil {
			published[m.Key] = s.head.Published
			if oldest == 0 || s.head.Published < oldest {
				oldest = s.head.Published
			}
		}
	}
	left := r.report.Document.Seen
	left = left[max(0, len(left)-maxSeen):]
	low := int64(0) // the oldest that is left
	for i := len(left) - 1; i >= 0 && (low == 0 || low >= oldest) && len(published) > 0; i-- {
		seq, ok := t.ledger.sighting(sightOf(r.src.no, left[i].Key))
		if !ok {
			continue
		}
		if at := t.published(seq); at != 0 && (low == 0 || at < low) {
			low = at
		}
	}
	return slices.DeleteFunc(missing, func(m feed.Missing) bool {
		at, ok := published[m.Key]
		return m.Withdrawn.IsZero() && (!ok || low == 0 || at <= low)
	})
}

// published reads when an entry was published, 0 when it cannot be read.
func (t *teller) published(seq uint64) int64 {
	if s := t.stories[seq]; s != nil {
		return s.head.Published
	}
	var head headRec
	if t.f.codec.decode(number(seq), t.entries.Get(number(seq)), &head) != nil {
		return 0
	}
	return head.Published
}

// owned returns the entry that a source's item owns and that could be
// withdrawn, nil when there is none.
func (t *teller) owned(no uint32, key feed.Key) *story {
	seq, ok := t.ledger.sighting(sightOf(no, key))
	if !ok {
		return nil
	}
	s, err := t.story(seq)
	if err != nil {
		t.f.skip(number(seq), err)
		return nil
	}
	if o := s.owner(); o.Source != no || o.Key != key || s.head.state().Tombstone() {
		return nil
	}
	return s
}

// withdraw looks after what a source's documents lack: what was missing often
// and long enough is withdrawn, and leaves the documents where the source says
// so.
func (t *tending) withdraw(subject uint64) (more bool, again time.Time, err error) {
	src := t.set.source(uint32(subject))
	doc, ok := t.f.doc(t.tx, src.no)
	if !src.listed || !ok {
		return false, time.Time{}, nil
	}
	poll := t.f.poll(t.tx, src)
	local := src.Kind == feed.Articles
	moved, left := 0, doc.Missing[:0]
	for _, m := range doc.Missing {
		s := t.owned(src.no, m.Key)
		if s == nil {
			continue
		}
		if st := s.head.state(); st == feed.StateRetired || st == feed.StateBlocked {
			// Its source is back, and a muster brings it back; or the last that its
			// publisher said of it is that it may not be published.
			left = append(left, m)
			continue
		}
		fate := identity.Absence{
			Since: m.Since, Readings: poll.Readings - m.Readings + 1, Older: true, Local: local,
		}.Fate(src.Gone, t.now)
		if moved < stint {
			did, err := t.fulfil(s, &m, fate)
			if err != nil {
				return false, time.Time{}, err
			}
			if did {
				moved++
			}
		}
		left = append(left, m)
		at := t.now // the next look at a folder may be the second
		if !local {
			at = later(m.Since.Add(watching), t.now.Add(max(poll.Interval, looking)))
		}
		if m.Withdrawn.IsZero() && (again.IsZero() || at.Before(again)) {
			again = at
		}
	}
	doc.Missing = left
	return moved == stint, again, t.f.putDoc(t.tx, src.no, &doc)
}

// fulfil does with a missing item's entry what its fate is, and tells whether
// that changed its state.
func (t *tending) fulfil(s *story, m *feed.Missing, fate identity.Fate) (bool, error) {
	if fate != identity.FateListed && fate != identity.FateDropped {
		return false, nil
	}
	if m.Withdrawn.IsZero() {
		m.Withdrawn = t.now
	}
	was := s.head.state()
	switch {
	case fate == identity.FateListed:
		if err := t.comeBack(s); err != nil {
			return false, err
		}
	case was != feed.StateWithdrawn:
		t.count.Withdrawn++
		t.leave(s, feed.StateWithdrawn)
	}
	return s.head.state() != was, nil
}

// withdrawn counts the entries that a source withdrew and names the last.
func (s *Store) withdrawn(tx *bbolt.Tx, no uint32, missing []feed.Missing) (n int, last []feed.Withdrawn) {
	for i := len(missing) - 1; i >= 0; i-- {
		m := &missing[i]
		if m.Withdrawn.IsZero() {
			continue
		}
		if n++; len(last) == namedWithdrawn {
			continue
		}
		key := sightOf(no, m.Key)
		seq := tx.Bucket(bucketSightings).Get(key[:])
		var head headRec
		if len(seq) == 8 && s.lookup(tx, bucketEntries, number(read(seq)), &head) {
			last = append(last, feed.Withdrawn{Slug: head.Slug, ID: head.ID, Title: head.Title, At: m.Withdrawn, State: head.state()})
		}
	}
	return n, last
}
