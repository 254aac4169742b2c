package bolt

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
)

// Grace is a tenth of the interval within these bounds.
const (
	graceLeast = 2 * time.Minute
	graceMost  = 10 * time.Minute
)

// Claim implements store.Store. Longest due comes first, except that no group
// gets a second claim while another waits for its first (P44). A source whose
// group is being polled waits at most for the end of that lease, and in fact
// for the Commit or Release that ends it: call Claim again after those.
func (s *Store) Claim(q feed.ClaimQuery) ([]feed.Claim, time.Time, error) {
	if err := s.open(); err != nil {
		return nil, time.Time{}, err
	}
	claims, numbers, next := s.desk.claim(q, s)
	if len(claims) == 0 {
		return nil, next, nil
	}
	err := s.view(func(tx *bbolt.Tx) error {
		for i := range claims {
			claims[i].State.Doc, _ = s.doc(tx, numbers[i])
		}
		return nil
	})
	if err != nil {
		for _, c := range claims {
			s.desk.release([]uint64{c.Token})
		}
		return nil, time.Time{}, err
	}
	return claims, next, nil
}

// Release implements store.Store.
func (s *Store) Release(tokens ...uint64) error {
	if err := s.open(); err != nil {
		return err
	}
	s.desk.release(tokens)
	return nil
}

// claim gives out what q asks for, and the numbers of the sources.
func (d *desk) claim(q feed.ClaimQuery, owner *Store) ([]feed.Claim, []uint32, time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock()
	d.expire(now)
	chosen, next := d.choose(q, now)
	claims := make([]feed.Claim, len(chosen))
	numbers := make([]uint32, len(chosen))
	for i, s := range chosen {
		d.count++
		s.token = uint64(d.epoch)<<32 | uint64(d.count)
		s.claimed, s.owner, s.until = true, owner, now.Add(q.Lease)
		s.group.active++
		d.claims[s.token] = s
		numbers[i] = s.source.no
		claims[i] = feed.Claim{Token: s.token, Source: copySource(s.source.Source), State: feed.SourceState{Poll: s.poll}}
	}
	d.queue = slices.DeleteFunc(d.queue, func(s *seat) bool { return s.claimed })
	return claims, numbers, next
}

func copySource(s feed.Source) feed.Source {
	s.Tags = slices.Clone(s.Tags)
	s.Secrets = slices.Clone(s.Secrets)
	return s
}

// candidate is a seat that could be claimed, and how many of its group are
// claimed or wait before it.
type candidate struct {
	seat  *seat
	level int
}

// choose picks at most q.N seats and tells when the next may be claimed.
func (d *desk) choose(q feed.ClaimQuery, now time.Time) (chosen []*seat, next time.Time) {
	wanted := wantedSet(q.Sources)
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	var rest []candidate
	var touched []*group
	for _, s := range d.queue {
		if q.Since.IsZero() && !next.IsZero() && s.poll.Due.Add(-graceMost).After(later(now, next)) {
			break // the queue is in order of Due: nothing behind is sooner
		}
		if s.busy || wanted != nil && !wanted[s.source.ID] {
			continue
		}
		at, ok := s.ready(q, now)
		if !ok {
			continue
		}
		pace := q.Pace(s.group.name)
		if at = later(at, s.group.free(pace.Gap)); at.After(now) {
			sooner(at)
			continue
		}
		if pace.PerGroup > 0 && s.group.active+s.group.passed >= pace.PerGroup {
			if !s.group.full {
				// Told once: a group of thousands has as many seats waiting.
				s.group.full = true
				touched = append(touched, s.group)
				sooner(s.group.leaseEnd(now.Add(q.Lease)))
			}
			continue
		}
		if len(chosen) >= q.N {
			sooner(now)
			break
		}
		level := s.group.active + s.group.passed
		s.group.passed++
		touched = append(touched, s.group)
		if level == 0 {
			chosen = append(chosen, s)
		} else {
			rest = append(rest, candidate{s, level})
		}
	}
	for _, g := range touched {
		g.passed, g.full = 0, false
	}
	chosen = d.fill(chosen, rest, q, now, sooner)
	return chosen, next
}

// fill takes second and later claims of a group once every group has had its
// first.
func (d *desk) fill(chosen []*seat, rest []candidate, q feed.ClaimQuery, now time.Time, sooner func(time.Time)) []*seat {
	slices.SortStableFunc(rest, func(a, b candidate) int { return cmp.Compare(a.level, b.level) })
	for _, c := range rest {
		if len(chosen) >= q.N {
			sooner(now)
			return chosen
		}
		chosen = append(chosen, c.seat)
	}
	return chosen
}

func wantedSet(ids []string) map[string]bool {
	if len(ids) == 0 {
		return nil
	}
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// ready returns from when the seat may be claimed under q, as far as it goes
// by itself; false means not at all. Retry-After holds whatever q asks (P36).
// What fell due while nobody looked, or its group was busy, stays outside of
// the hours that its publisher skips (P29).
func (s *seat) ready(q feed.ClaimQuery, now time.Time) (time.Time, bool) {
	if !q.Untried.IsZero() && !s.poll.Tried.Before(q.Untried) {
		return time.Time{}, false
	}
	if !q.Since.IsZero() && len(q.Sources) == 0 && s.poll.Status == http.StatusGone {
		return s.poll.Due, true // Who wants all does not mean what is gone (P56).
	}
	if !q.Since.IsZero() {
		return s.poll.Hints.RetryAfter, s.poll.Tried.Before(q.Since)
	}
	due := s.poll.Due
	if q.Grace && !due.IsZero() {
		due = due.Add(-min(max(s.poll.Interval/10, graceLeast), graceMost))
	}
	return s.poll.Hints.Awake(later(now, later(due, s.poll.Hints.RetryAfter))), true
}

// free returns from when the group may be polled.
func (g *group) free(gap time.Duration) time.Time {
	if g.ended.IsZero() || gap <= 0 {
		return g.pause
	}
	return later(g.pause, g.ended.Add(gap))
}

// leaseEnd returns when the first of the group's claims ends at the latest:
// those that are out, or those being given out, which end at fresh.
func (g *group) leaseEnd(fresh time.Time) time.Time {
	end := fresh
	for _, m := range g.members {
		if m.claimed && m.until.Before(end) {
			end = m.until
		}
	}
	return end
}
