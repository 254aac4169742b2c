package publisher

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Bounds on how long a feed keeps: clients take it for their polling interval,
// and what hubs and folders bring comes unannounced.
const (
	leastFresh = 5 * time.Minute
	mostFresh  = time.Hour
	// underWay is how long a poll that was due may bring something yet: it takes
	// its time, and when the next one is due is told a little later.
	underWay = time.Minute
)

// schedule is when feeds may change next, in order.
type schedule struct {
	due []time.Time
	// most is how long nothing comes that is not on the schedule.
	most time.Duration
	// ages are the values of Cache-Control by minutes.
	ages [mostFresh/time.Minute + 1][]string
}

// Expect tells when polls are due that may change feeds, so that caches and
// readers keep those until then (S13): for at least five minutes, at most an
// hour, and where news may come at any time, as from hubs, no longer than the
// feeds' own ttl. What has no time, because it was never polled, is due now. It
// is told again whenever that changes; without it feeds keep for their ttl.
func (h *Handler) Expect(due []time.Time, unannounced bool) {
	s := &schedule{due: slices.Clone(due), most: mostFresh}
	for i := range s.due {
		if s.due[i].IsZero() {
			s.due[i] = time.Now()
		}
	}
	slices.SortFunc(s.due, time.Time.Compare)
	if unannounced {
		s.most = defaultTTL
	}
	for n := range s.ages {
		s.ages[n] = []string{cacheFor(time.Duration(n) * time.Minute)}
	}
	h.expected.Store(s)
}

// cacheFor lets a document keep so long, and a little longer where whoever has
// it cannot have a newer one at once (RFC 5861).
func cacheFor(age time.Duration) string {
	return fmt.Sprintf("public, max-age=%d, stale-while-revalidate=%d, stale-if-error=86400", int(age.Seconds()), int(max(age, time.Hour).Seconds()))
}

// age is how long a feed keeps from now on, in whole minutes.
func (s *schedule) age(now time.Time) int {
	i, _ := slices.BinarySearchFunc(s.due, now.Add(-underWay), time.Time.Compare)
	left := s.most
	if i < len(s.due) {
		left = s.due[i].Sub(now)
	}
	return int(min(max(left, leastFresh), s.most) / time.Minute)
}

// refresh says in an answer about a current feed how long that keeps.
func (t *routes) refresh(w http.ResponseWriter, d *Document) {
	if t.expected == nil || d.parts == nil {
		return
	}
	if s := t.expected.Load(); s != nil {
		w.Header()["Cache-Control"] = s.ages[s.age(time.Now())]
	}
}
