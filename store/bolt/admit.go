package bolt

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// unread says that no subscriber had the entry in a channel before this
// transaction: it is new, or was kept out of them.
func (s *story) unread() bool {
	st := s.head.state()
	if st == feed.StateWithdrawn || st == feed.StateRetired {
		st = feed.EntryState(s.head.Was)
	}
	return s.added && !s.seeded || st == feed.StateHeld || st == feed.StateShelved
}

// verdict is what a document's new items come to.
type verdict struct {
	states []feed.EntryState
	why    string
	// until is when what is held lets itself in, zero for never.
	until time.Time
	// gone are entries that what is held may turn out to be.
	gone []uint64
}

// admission is one new item and whether its document lets it into channels.
type admission struct {
	n     *newcomer
	r     *reading
	state feed.EntryState
}

// admit decides, once it is known what is a story and what a telling, which
// new stories enter channels. Each document answers for its own items: a story
// that one source floods with, or that may not be its own, comes in when
// another source tells it unsuspected.
func (t *teller) admit(readings []*reading) error {
	for _, r := range readings {
		if r.hold != nil {
			if err := t.recognise(r); err != nil {
				return err
			}
		}
	}
	var all []admission
	for _, r := range readings {
		fresh := r.unread()
		v := t.judge(r, fresh)
		if err := t.suspend(r, &v); err != nil {
			return err
		}
		for i, n := range fresh {
			all = append(all, admission{n, r, v.states[i]})
		}
	}
	// What a story's first teller is told holds, unless another lets it in.
	slices.SortStableFunc(all, func(a, b admission) int { return cmp.Compare(a.n.unread.seq, b.n.unread.seq) })
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].n.unread == all[0].n.unread {
			n++
		}
		if err := t.place(all[0].n.unread, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	for _, r := range readings {
		if r.outcome.Held == 0 {
			continue
		}
		if err := t.closeHold(r.src.no); err != nil {
			return err
		}
	}
	return nil
}

// unread returns the items of a document that no subscriber has seen.
func (r *reading) unread() []*newcomer {
	var list []*newcomer
	for _, n := range r.own {
		if n.unread != nil && !n.unread.erased {
			list = append(list, n)
		}
	}
	return list
}

// judge says what becomes of a document's new items.
func (t *teller) judge(r *reading, fresh []*newcomer) verdict {
	v := verdict{states: make([]feed.EntryState, len(fresh)), until: t.now.Add(heldFor)}
	local := r.src.Kind == feed.Articles
	if len(fresh) == 0 && !r.hold.quarantined() || local {
		return v
	}
	if !r.first {
		switch familiar := t.familiar(r); {
		case familiar:
		case r.hold.quarantined():
			v.why, v.until = r.hold.Why, time.Time{}
		default:
			if v.why = t.hijacked(r); v.why != "" {
				v.until = time.Time{}
			}
		}
		if v.why == "" {
			v.why, v.gone = t.siteMoved(r, fresh)
		}
	}
	if v.why != "" {
		for i := range v.states {
			v.states[i] = feed.StateHeld
		}
		return v
	}
	published := make([]time.Time, len(fresh))
	for i, n := range fresh {
		published[i] = n.Published
	}
	v.states, v.why = t.set.rules.Flood.Admit(published, identity.Arrival{First: r.first, Now: t.now})
	return v
}

// suspend keeps why the items of a document are held, and until when. What a
// quarantined document calls itself is not published either.
func (t *teller) suspend(r *reading, v *verdict) error {
	held := 0
	for _, st := range v.states {
		if st == feed.StateHeld {
			held++
		}
	}
	r.outcome.Held = held
	if v.why != "" && v.until.IsZero() {
		r.doc.Profile, r.doc.Head = r.old.Profile, 0
	}
	if held == 0 {
		return nil
	}
	h := holdRec{Why: v.why, Since: micros(t.now), Until: micros(v.until), Gone: v.gone}
	if old := r.hold; old != nil {
		h.Since, h.Gone = old.Since, merged(old.Gone, v.gone)
		if old.quarantined() {
			h.Why, h.Until = old.Why, 0
		}
	}
	if r.hold == nil || r.hold.Until != 0 && h.Until == 0 {
		r.outcome.Hold = h.hold(held)
	}
	return t.putHold(r.src.no, &h)
}

// merged joins two lists of entries, as far as they are compared.
func merged(a, b []uint64) []uint64 {
	list := slices.Concat(a, b)
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), maxGone)]
}

// place does with a new story what its tellers' documents say: the first that
// lets it in does.
func (t *teller) place(s *story, tellings []admission) error {
	first := &tellings[0]
	if i := slices.IndexFunc(tellings, func(a admission) bool { return a.state == feed.StatePlaced }); i >= 0 {
		if s.added && i == 0 {
			return nil
		}
		return t.letIn(s, tellings[i].n)
	}
	if s.added && first.state == feed.StateShelved {
		t.become(s, feed.StateShelved)
		return nil
	}
	if !s.added && s.head.state() == feed.StateShelved {
		return nil
	}
	for _, a := range tellings {
		if a.state != feed.StateHeld {
			continue
		}
		if err := t.await(a.r.src.no, s); err != nil {
			return err
		}
	}
	return nil
}

// letIn places a story that was kept out of channels because another source
// tells it. Nobody had read it: it is that source's now, unless its owner
// outranks it and is above suspicion.
func (t *teller) letIn(s *story, n *newcomer) error {
	if owner := t.set.source(s.owner().Source); owner.no != n.src.no && s.head.state() != feed.StateShelved {
		h := t.f.holdOf(t.ledger.tx, owner.no)
		if h.quarantined() || !owner.rank(s.head.Traits.Home).Above(n.Rank) {
			if err := t.takeOver(s, n); err != nil {
				return err
			}
		}
	}
	s.head.Place = micros(n.place)
	t.become(s, feed.StatePlaced)
	s.touch()
	return nil
}

// familiar tells whether a document holds anything that it held before, or
// that its source told before: then it is the source's.
func (t *teller) familiar(r *reading) bool {
	if slices.ContainsFunc(r.own, func(n *newcomer) bool { return n.own }) {
		return true
	}
	known := make(map[feed.Key]bool, len(r.old.Known))
	for _, k := range r.old.Known {
		known[k.Key] = true
	}
	for _, k := range r.report.Document.Seen {
		if !r.hold.quarantined() && known[k.Key] {
			return true
		}
		key := sightOf(r.src.no, k.Key)
		seq, ok := t.ledger.get(bucketSightings, key[:])
		if !ok {
			continue
		}
		if s, err := t.story(seq); err != nil || s.head.state() != feed.StateHeld && !s.waited {
			return true
		}
	}
	return false
}

// hijacked returns why a document in which nothing is familiar is taken for
// somebody else's (XG05). Nothing is known of where it came from before when the
// operator gave the source another address: then it may be another feed.
func (t *teller) hijacked(r *reading) string {
	if r.before.Validators.Final == "" {
		return ""
	}
	before := identity.Bearings{Title: r.old.Profile.Title, Home: r.old.Profile.Link, From: r.before.Validators.Final}
	for _, g := range t.vanished(r) {
		before.Links = append(before.Links, g.story.head.Link)
	}
	d := r.report.Document
	after := identity.Bearings{Title: d.Profile.Title, Home: d.Profile.Link, From: r.report.Poll.Validators.Final}
	for i := range d.Items {
		after.Links = append(after.Links, d.Items[i].Link)
	}
	return identity.Hijacked(before, after, 0)
}

// siteMoved returns why a document's new items may be its old ones, and those
// that vanished (I9).
func (t *teller) siteMoved(r *reading, fresh []*newcomer) (why string, gone []uint64) {
	d := r.report.Document
	if d.Partial || len(r.old.Known) == 0 {
		return "", nil
	}
	turn := identity.Turnover{Size: len(d.Seen), Known: len(r.old.Known), Read: r.before.Succeeded}
	for _, n := range fresh {
		if n.unread.added {
			turn.Strangers = append(turn.Strangers, n.Item.Published)
		}
	}
	if 2*len(turn.Strangers) < turn.Size {
		return "", nil
	}
	present := make(map[uint64]bool, len(d.Seen))
	for _, k := range d.Seen {
		if seq, ok := t.ledger.sighting(sightOf(r.src.no, k.Key)); ok {
			present[seq] = true
		}
	}
	for _, k := range r.old.Known {
		seq, ok := t.ledger.sighting(sightOf(r.src.no, k.Key))
		if ok && present[seq] {
			continue
		}
		turn.Vanished++
		if ok {
			gone = append(gone, seq)
		}
	}
	if !turn.Moved() {
		return "", nil
	}
	return fmt.Sprintf("site moved? %d of %d items came under new keys, links and titles", len(turn.Strangers), turn.Size),
		merged(gone, nil)
}
