package bolt

import (
	"errors"
	"maps"
	"slices"
	"time"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// doubted marks the appointment of a source that a clock once said to have been
// away for much too long: the next time it is believed.
const doubted = "late"

// forgetSource drops a source that was away for too long: its sightings, the entries
// that nobody else tells, and at last its records. Of what the operator removed
// the tombstone stays, so that a source that is added again brings none of it
// back (I21).
func (t *tending) forgetSource(subject uint64) (more bool, again time.Time, err error) {
	no := uint32(subject)
	src := t.set.byNo[no]
	if src == nil || src.listed || src.retired == 0 {
		return false, time.Time{}, nil
	}
	due := instant(src.retired).Add(retirement)
	if t.now.Before(due) {
		return false, time.Time{}, nil
	}
	if sure, later := identity.Believe(due, t.now); !sure && len(t.position) == 0 {
		t.remember = []byte(doubted)
		return false, later, nil
	}
	list := t.tellings(no)
	for _, row := range list {
		if err := t.dismiss(no, row); err != nil {
			return false, time.Time{}, err
		}
	}
	if len(list) == stint {
		return true, time.Time{}, nil
	}
	for _, b := range [][]byte{bucketDocs, bucketPolls, bucketRejections, bucketHeld} {
		if err := t.tx.Bucket(b).Delete(short(no)); err != nil {
			return false, time.Time{}, err
		}
	}
	t.after = append(t.after, func() { t.f.setup.Store(t.set.without(src)) })
	return false, time.Time{}, t.tx.Bucket(bucketSources).Delete([]byte(src.ID))
}

// dismiss forgets one telling of a source, and the entry if it is the last.
func (t *tending) dismiss(no uint32, row telling) error {
	s, err := t.story(row.seq)
	if err != nil && t.entries.Get(number(row.seq)) != nil {
		t.f.skip(number(row.seq), err)
	}
	if err == nil && !s.erased {
		stays, err := t.disown(s, no)
		if err != nil || stays {
			return err
		}
	}
	return t.tx.Bucket(bucketSightings).Delete(row.row)
}

// disown takes a source off an entry's sightings. It tells whether the
// sighting stays, as that of a tombstone that nobody else ever told.
func (t *tending) disown(s *story, no uint32) (stays bool, err error) {
	if s.head.Leads != 0 {
		return false, nil // it goes with the entry that it leads to
	}
	if s.owner().Source == no {
		heir := t.heir(s, true)
		removed := s.head.state() == feed.StateRemoved
		switch {
		case heir > 0 && s.head.state().Tombstone():
			s.head.succeed(heir)
		case heir > 0:
			if err := t.pass(s, heir); err != nil {
				return false, err
			}
		case removed || len(s.head.Sightings) >= maxSightings:
			return true, nil
		default:
			t.count.Forgotten++
			return false, t.erase(s)
		}
	}
	for i := len(s.head.Sightings) - 1; i > 0; i-- {
		if s.head.Sightings[i].Source == no {
			s.head.strike(i)
			s.touch()
		}
	}
	return false, nil
}

// erase drops an entry wholly: slug and names are free again.
func (t *teller) erase(s *story) error {
	t.leave(s, feed.StateRetired) // it is in no channel
	s.touch()
	s.erased = true
	t.rename(s, s.head.names(), nil)
	t.ledger.free(s.head.Slug, s.seq)
	for _, seq := range s.head.Joined {
		j, err := t.story(seq)
		if errors.Is(err, store.ErrCorrupt) {
			t.f.skip(number(seq), err)
			continue
		}
		if err != nil {
			return err
		}
		j.head.Leads = 0
		if err := t.erase(j); err != nil {
			return err
		}
	}
	return t.unhold(s)
}

// expunge removes an erased entry's records.
func (t *teller) expunge(s *story) error {
	err := t.entries.Delete(number(s.seq))
	if s.head.Body != 0 {
		err = errors.Join(err, deleteBody(t.bodies, s.head.Body))
	}
	return err
}

// without returns the setup as it is once a source is forgotten.
func (s *setup) without(src *source) *setup {
	next := *s
	next.byNo, next.byID = maps.Clone(s.byNo), maps.Clone(s.byID)
	delete(next.byNo, src.no)
	if next.byID[src.ID] == src {
		delete(next.byID, src.ID)
	}
	next.listed = slices.Clone(s.listed)
	return &next
}
