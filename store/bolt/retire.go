package bolt

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// retirement is how long a source that left the configuration is remembered.
const retirement = 30 * 24 * time.Hour

// appoint puts a duty on the agenda.
func appoint(tx *bbolt.Tx, at time.Time, d duty, subject uint64) error {
	a := appointment{micros(at), d, subject}
	return tx.Bucket(bucketAgenda).Put(a.key(), nil)
}

// telling is a row of a source's sightings.
type telling struct {
	row []byte
	seq uint64
}

// tellings returns the next rows of a source behind the position, at most a
// stint, and moves the position on.
func (t *tending) tellings(no uint32) []telling {
	prefix := short(no)
	from := prefix
	if len(t.position) == sightKeySize {
		from = t.position
	}
	var list []telling
	c := t.tx.Bucket(bucketSightings).Cursor()
	for k, v := c.Seek(from); bytes.HasPrefix(k, prefix) && len(list) < stint; k, v = c.Next() {
		if !bytes.Equal(k, t.position) && len(v) == 8 {
			list = append(list, telling{slices.Clone(k), read(v)})
		}
	}
	if len(list) > 0 {
		t.position = list[len(list)-1].row
	}
	return list
}

// muster looks at what a source tells after it left the configuration or came
// back: who owns it now, whether it is published, whom it is also covered by.
func (t *tending) muster(subject uint64) (more bool, again time.Time, err error) {
	no := uint32(subject)
	list := t.tellings(no)
	for _, row := range list {
		s, err := t.story(row.seq)
		if err != nil {
			t.f.skip(number(row.seq), err)
			continue
		}
		if err := t.reconsider(s, no); err != nil {
			return false, time.Time{}, err
		}
	}
	if more = len(list) == stint; more || !t.set.source(no).listed {
		return more, time.Time{}, nil
	}
	// What it lacked when it left it lacks still.
	return false, time.Time{}, appoint(t.tx, t.now, dutyWithdraw, uint64(no))
}

// reconsider gives an entry to whoever is configured and tells it, or retires
// it; no is the source that came or went.
func (t *tending) reconsider(s *story, no uint32) error {
	if s.head.state().Tombstone() {
		return nil
	}
	retired, blocked := s.head.state() == feed.StateRetired, s.head.state() == feed.StateBlocked
	if !t.set.source(s.owner().Source).listed {
		heir := t.heir(s, false)
		if heir == 0 {
			if !retired && !blocked {
				t.count.Retired++
				t.leave(s, feed.StateRetired)
			}
			return nil
		}
		if err := t.pass(s, heir); err != nil {
			return err
		}
		retired = retired || blocked // it was another publisher who forbade it
	}
	if retired {
		return t.comeBack(s)
	}
	i := slices.IndexFunc(s.head.Sightings, func(sg sightingRec) bool { return sg.Source == no })
	if i >= 0 {
		s.touch()
	}
	if i > 0 && i <= s.owner().Behind && t.set.source(no).listed {
		// It gets back what another only stood in for once it tells it again,
		// which not modified would not.
		t.reread[no] = true
	}
	return nil
}

// leave takes an entry out of all documents, to come back as what it was.
func (t *teller) leave(s *story, state feed.EntryState) {
	if was := s.head.state(); !away(was) {
		s.head.Was = uint8(was)
	}
	t.become(s, state)
}

// away tells whether entries of a state left all documents, to come back.
func away(st feed.EntryState) bool {
	return st == feed.StateRetired || st == feed.StateWithdrawn || st == feed.StateBlocked
}

// comeBack brings an entry back that its owner shows again.
func (t *teller) comeBack(s *story) error {
	if !away(s.head.state()) {
		return nil
	}
	was := feed.EntryState(s.head.Was)
	s.head.Was, s.head.Block = 0, ""
	t.become(s, was)
	if was != feed.StateHeld {
		return nil
	}
	return t.hold(s)
}

// reholds lets a held entry wait for its new owner's release.
func (t *tending) reholds(s *story, from uint32) error {
	if err := errors.Join(t.held.Delete(heldKey(from, s.seq)), t.closeHold(from)); err != nil {
		return err
	}
	if s.head.state() != feed.StateHeld {
		return nil
	}
	return t.hold(s)
}

// rereadAll has the sources read anew whose sightings became owners, so that
// the content comes with their next reading.
func (t *tending) rereadAll() error {
	nos := make([]uint32, 0, len(t.reread))
	for no := range t.reread {
		nos = append(nos, no)
	}
	slices.Sort(nos)
	for _, no := range nos {
		src := t.set.source(no)
		if !src.listed {
			continue
		}
		p := t.f.poll(t.tx, src)
		if err := t.f.forget(t.tx, no, &p); err != nil {
			return err
		}
		t.after = append(t.after, func() { t.f.desk.renew(src.ID, p) })
	}
	return nil
}
