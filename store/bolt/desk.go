package bolt

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"weir/feed"
)

// desk gives out claims. It lives in memory alone: the file's lock proves that
// there is no other claimant, so a killed process leaves nothing claimed. What
// must last, when a source is due and for how long its server asked for peace,
// is in the poll states that the desk was filled with.
type desk struct {
	clock func() time.Time

	mu sync.Mutex
	// epoch is one more than any opening of the file had, so that no token is
	// given out twice; count goes on within it.
	epoch uint32
	count uint32
	seats map[string]*seat
	// queue holds the seats that are not claimed, longest due first.
	queue  []*seat
	claims map[uint64]*seat
	groups map[string]*group
}

// seat is a configured source at the desk.
type seat struct {
	source *source
	poll   feed.PollState
	group  *group
	// token is the newest one given out, 0 when that was given back; done is
	// the last one committed, to outcome.
	token, done uint64
	outcome     feed.Outcome
	// A claimed seat belongs to owner until the lease ends. It is busy while
	// its report is being written, and then nobody else gets it.
	claimed, busy bool
	owner         *Store
	until         time.Time
	// hurry is when the source is to be polled although its due time is later,
	// but no sooner than rest after the last poll; zero where nobody asked.
	hurry time.Time
	rest  time.Duration
}

// group is what politeness counts together (P41).
type group struct {
	// name is Source.Group, empty for what is alone.
	name string
	// active counts the claimed seats, ended is when the last poll ended.
	active  int
	ended   time.Time
	members []*seat
	// pause is until when a member's server asked everybody to wait (P43).
	pause time.Time
	// passed counts, within one Claim, seats that were put off so that other
	// groups come first; full that nothing more of the group can be chosen.
	passed int
	full   bool
}

func newDesk(clock func() time.Time, epoch uint32) *desk {
	return &desk{
		clock: clock, epoch: epoch,
		seats: make(map[string]*seat), claims: make(map[uint64]*seat), groups: make(map[string]*group),
	}
}

// arrange seats the configured sources. A source that stays keeps its claim,
// with the configuration under which it was claimed; polls has the states of
// those that are new here, or whose state was changed.
func (d *desk) arrange(listed []*source, polls map[string]feed.PollState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, groups := d.seats, d.groups
	d.seats, d.groups = make(map[string]*seat, len(listed)), make(map[string]*group)
	d.queue = make([]*seat, 0, len(listed))
	for _, src := range listed {
		s := before[src.ID]
		if s == nil || s.source.no != src.no {
			s = &seat{}
		}
		s.source = src
		if p, ok := polls[src.ID]; ok {
			s.poll = p
		}
		s.group = d.group(src, groups)
		s.group.members = append(s.group.members, s)
		if s.claimed {
			s.group.active++
		} else {
			d.queue = append(d.queue, s)
		}
		d.seats[src.ID] = s
	}
	for token, s := range d.claims {
		if d.seats[s.source.ID] != s {
			delete(d.claims, token)
		}
	}
	slices.SortFunc(d.queue, waitsLonger)
	for _, g := range d.groups {
		g.rest()
	}
}

// group returns the group a source belongs to; it remembers when the group was
// last polled. Sources without one are alone.
func (d *desk) group(src *source, before map[string]*group) *group {
	if src.Group == "" {
		return &group{}
	}
	g := d.groups[src.Group]
	if g == nil {
		g = &group{name: src.Group}
		if old := before[src.Group]; old != nil {
			g.ended = old.ended
		}
		d.groups[src.Group] = g
	}
	return g
}

// waitsLonger orders the queue: longest due first, then by id.
func waitsLonger(a, b *seat) int {
	if c := a.poll.Due.Compare(b.poll.Due); c != 0 {
		return c
	}
	return cmp.Compare(a.source.ID, b.source.ID)
}

// rest computes until when the group is left in peace.
func (g *group) rest() {
	g.pause = time.Time{}
	for _, m := range g.members {
		if m.poll.Status == http.StatusTooManyRequests || m.poll.Status == http.StatusServiceUnavailable {
			g.pause = later(g.pause, m.poll.Hints.RetryAfter)
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (d *desk) enqueue(s *seat) {
	at, _ := slices.BinarySearchFunc(d.queue, s, waitsLonger)
	d.queue = slices.Insert(d.queue, at, s)
}

func (d *desk) dequeue(s *seat) {
	if at, ok := slices.BinarySearchFunc(d.queue, s, waitsLonger); ok {
		d.queue = slices.Delete(d.queue, at, at+1)
	}
}

// leave ends a claim; the seat waits again.
func (d *desk) leave(s *seat) {
	if !s.claimed {
		return
	}
	delete(d.claims, s.token)
	s.claimed, s.owner = false, nil
	s.group.active--
	d.enqueue(s)
}

// expire ends the claims whose lease is over. Their tokens stay the newest
// until the source is claimed again.
func (d *desk) expire(now time.Time) {
	for _, s := range d.claims {
		if !s.busy && !s.until.After(now) {
			d.leave(s)
		}
	}
}

// void ends the claims of a store that is closed.
func (d *desk) void(owner *Store) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.claims {
		if s.owner == owner && !s.busy {
			d.leave(s)
			s.token = 0
		}
	}
}

// release gives claims back; a report under a released token is stale.
func (d *desk) release(tokens []uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range tokens {
		if s := d.claims[t]; s != nil && !s.busy {
			d.leave(s)
			s.token = 0
		}
	}
}

// renew gives a source another poll state. A poll under way was begun under the
// old one: its report is stale.
func (d *desk) renew(id string, p feed.PollState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.seats[id]
	if s == nil {
		return
	}
	if s.claimed {
		d.leave(s)
		s.token = 0
	}
	d.dequeue(s)
	s.poll = p
	d.enqueue(s)
}

// begin admits a report: it returns the seat, now busy, or fills in why not. A
// token that was used is told what it came to then (see repeat).
func (d *desk) begin(r *feed.Report, o *feed.Outcome) *seat {
	d.mu.Lock()
	defer d.mu.Unlock()
	o.Source = r.Source
	s := d.seats[r.Source]
	switch {
	case s == nil:
		o.Status, o.Reason = feed.Refused, "the source is not configured"
	case r.Token == 0 || s.token != r.Token:
		o.Status, o.Reason = feed.Stale, "the source was claimed anew, or the claim was given back"
	case s.done == r.Token || s.busy:
		// The same report once more.
	default:
		s.busy = true
		return s
	}
	return nil
}

// finish ends what begin began. What was written is what the seat is from now
// on; after a failure the claim holds on.
func (d *desk) finish(batch []*pending, written bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock()
	for _, p := range batch {
		s := p.seat
		s.busy = false
		if !written {
			continue
		}
		s.done, s.outcome = s.token, *p.outcome
		if d.seats[p.src.ID] != s {
			continue
		}
		if !s.claimed {
			d.dequeue(s)
			s.poll = p.poll
			s.hurried()
			d.enqueue(s)
		} else {
			s.poll = p.poll
			s.hurried()
			d.leave(s)
		}
		s.group.ended = now
		s.group.rest()
	}
}

// repeat gives the reports of used tokens the outcome that theirs had: whoever
// did not hear the first answer asks again and hears the same.
func (d *desk) repeat(c *call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range c.reports {
		o, s := &c.outcomes[i], d.seats[c.reports[i].Source]
		if o.Status == feed.Committed && s != nil && s.done == c.reports[i].Token {
			*o = s.outcome
		}
	}
}
