package bolt

import (
	"errors"
	"slices"
	"time"

	"weir/feed"
	"weir/store"
)

// What a publisher forbids to publish elsewhere leaves all documents with the
// reading that says so, whatever the source's policy is, and comes back as what
// it was with the one that no longer does (M5). The owner's word counts, whoever
// else repeats the story; whoever outranks it tells a story of its own.

// forbid does with the entries of a document's items what their publisher asks
// for.
func (t *teller) forbid(r *reading) error {
	d := r.report.Document
	for i := range d.Forbidden {
		it := &d.Forbidden[i]
		key := sightOf(r.src.no, it.Key)
		seq, ok := t.ledger.sighting(key)
		if !ok {
			continue
		}
		told, err := t.story(seq)
		var s *story
		if err == nil {
			s, err = t.lead(told)
		}
		if errors.Is(err, store.ErrCorrupt) {
			t.f.skip(number(seq), err)
			continue
		}
		if err != nil {
			return err
		}
		if sg := s.sighted(r.src.no, it.Key); s.owner().Source == r.src.no && (sg == nil || sg == s.owner()) {
			t.block(s, it.Block)
		} else if !s.head.state().Tombstone() {
			t.silence(s, r.src.no, it.Key, told == s)
		}
	}
	return t.denied(r)
}

// denied has all entries of a source looked at when its feed as a whole begins
// to forbid that they are published, or ends to.
func (t *teller) denied(r *reading) error {
	unknown := r.old.FirstFetched.IsZero() && !r.first // its state was damaged
	if (r.old.Denied == "") == (r.doc.Denied == "") && !unknown {
		return nil
	}
	return appoint(t.ledger.tx, t.now, dutyDeny, uint64(r.src.no))
}

// block takes an entry out of all documents; by is the element that its item
// says it by, empty where the feed as a whole does.
func (t *teller) block(s *story, by string) {
	if s.head.state().Tombstone() {
		return
	}
	t.leave(s, feed.StateBlocked)
	if s.head.Block != by {
		s.head.Block, s.dirty = by, true
	}
}

// silence takes the telling of a source that does not own the entry off it, as
// if it had never been told; row says that its row leads to it.
func (t *teller) silence(s *story, no uint32, key feed.Key, row bool) {
	i := slices.IndexFunc(s.head.Sightings, func(sg sightingRec) bool { return sg.Source == no && sg.Key == key })
	if i > 0 {
		s.head.strike(i)
		s.touch()
	}
	if row {
		t.ledger.unsight(sightOf(no, key))
		t.told[no]--
	}
}

// deny looks at all that a source owns after its feed began to forbid that it
// is published, or ended to: also at what the document holds no longer.
func (t *tending) deny(subject uint64) (more bool, again time.Time, err error) {
	no := uint32(subject)
	doc, _ := t.f.doc(t.tx, no)
	list := t.tellings(no)
	for _, row := range list {
		s, err := t.story(row.seq)
		if err != nil {
			t.f.skip(number(row.seq), err)
			continue
		}
		switch blocked := s.head.state() == feed.StateBlocked; {
		case s.owner().Source != no:
		case doc.Denied != "" && !blocked:
			t.block(s, "")
		case doc.Denied == "" && blocked && s.head.Block == "":
			if err := t.comeBack(s); err != nil {
				return false, time.Time{}, err
			}
		}
	}
	return len(list) == stint, time.Time{}, nil
}

// denies tells whether a source's feed forbids that anything of it is
// published.
func (t *teller) denies(no uint32) bool {
	doc, _ := t.f.doc(t.ledger.tx, no)
	return doc.Denied != ""
}
