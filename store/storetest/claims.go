package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
)

// claimed asks for due sources and returns their ids and the next time.
func (h *house) claimed(s store.Store, q feed.ClaimQuery) ([]feed.Claim, []string, time.Time) {
	h.t.Helper()
	if q.Lease == 0 {
		q.Lease = time.Minute
	}
	claims, next, err := s.Claim(q)
	if err != nil {
		h.t.Fatalf("Claim: %v", err)
	}
	ids := []string{}
	for _, c := range claims {
		ids = append(ids, c.Source.ID)
	}
	return claims, ids, next
}

func (h *house) wantIDs(got []string, want ...string) {
	h.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		h.t.Fatalf("claimed (-want +got):\n%s", diff)
	}
}

func (h *house) wantNext(got, want time.Time) {
	h.t.Helper()
	if !got.Equal(want) {
		h.t.Fatalf("next = %v; want %v", got, want)
	}
}

// What one claimant holds no other gets, and every token is another.
func testClaimsAreExclusive(h *house) {
	var ids []string
	for i := range 10 {
		ids = append(ids, fmt.Sprintf("s%d", i))
	}
	h.sources(ids...)
	a, first, next := h.claimed(h.A, feed.ClaimQuery{N: 6})
	h.wantNext(next, noon) // there is more, now
	b, second, next := h.claimed(h.B, feed.ClaimQuery{N: 6})
	h.wantNext(next, time.Time{})
	all := append(first, second...)
	slices.Sort(all)
	h.wantIDs(all, ids...)
	tokens := make(map[uint64]bool)
	for _, c := range append(a, b...) {
		if tokens[c.Token] || c.Token == 0 {
			h.t.Errorf("token %d is zero or given out twice", c.Token)
		}
		tokens[c.Token] = true
	}
}

// The longest due comes first; never polled is due at once; what is not due is
// told as next (P21: also after a restart).
func testClaimsInOrder(h *house) {
	h.sources("a", "b", "c", "d")
	for i, id := range []string{"c", "a", "b"} {
		r := h.report(h.claim(h.A, id)[0], nil)
		r.Poll.Due = noon.Add(time.Duration(i+1) * time.Hour)
		h.commit(h.A, r)
	}
	h.reopen()
	_, ids, next := h.claimed(h.A, feed.ClaimQuery{N: 9})
	h.wantIDs(ids, "d")
	h.wantNext(next, noon.Add(time.Hour))
	h.clock.advance(150 * time.Minute)
	_, ids, next = h.claimed(h.A, feed.ClaimQuery{N: 9})
	h.wantIDs(ids, "d", "c", "a") // d's lease is over
	h.wantNext(next, noon.Add(3*time.Hour))
}

// A claim whose lease is over is given to the next who asks, and its token is
// worth nothing from then on, but not before.
func testLeaseExpires(h *house) {
	h.sources("a")
	old := h.claim(h.A, "a")[0]
	_, ids, next := h.claimed(h.B, feed.ClaimQuery{N: 1})
	h.wantIDs(ids)
	h.wantNext(next, time.Time{})
	h.clock.advance(time.Minute)
	fresh := h.claim(h.B, "a")[0]
	if fresh.Token <= old.Token {
		h.t.Errorf("token %d follows %d", fresh.Token, old.Token)
	}
	outcomes, err := h.A.Commit([]feed.Report{h.report(old, nil), h.report(fresh, nil)})
	if err != nil || outcomes[0].Status != feed.Stale || outcomes[1].Status != feed.Committed {
		h.t.Errorf("Commit = %+v, %v; want stale and committed", outcomes, err)
	}
	late := h.claim(h.A, "a")[0]
	h.clock.advance(30 * time.Minute)
	h.claimed(h.B, feed.ClaimQuery{N: 0}) // notices that the lease is over
	h.commit(h.A, h.report(late, nil))    // late, and still the newest
}

// One poll per group at a time, and a gap after it (P40, P41).
func testGroupsArePaced(h *house) {
	h.sources("a", "b", "c")
	for i := range 2 {
		h.cfg.Sources[i].Group = "shared.example"
	}
	h.configure()
	q := feed.ClaimQuery{N: 9, PerGroup: 1, Gap: 2 * time.Second}
	claims, ids, next := h.claimed(h.A, q)
	h.wantIDs(ids, "a", "c")
	h.wantNext(next, noon.Add(time.Minute)) // b, when a's lease ends at the latest
	_, ids, _ = h.claimed(h.B, q)
	h.wantIDs(ids)
	h.clock.advance(10 * time.Second)
	h.commit(h.A, h.report(claims[0], nil))
	_, ids, next = h.claimed(h.B, q)
	h.wantIDs(ids)
	h.wantNext(next, noon.Add(12*time.Second))
	h.clock.advance(2 * time.Second)
	_, ids, _ = h.claimed(h.B, q)
	h.wantIDs(ids, "b")
}

// Without a limit every group still has its first before any has its second.
func testGroupsAreSpread(h *house) {
	h.sources("a1", "a2", "a3", "b1", "b2", "c1")
	for i := range h.cfg.Sources {
		h.cfg.Sources[i].Group = h.cfg.Sources[i].ID[:1]
	}
	h.configure()
	_, ids, next := h.claimed(h.A, feed.ClaimQuery{N: 4})
	h.wantIDs(ids, "a1", "b1", "c1", "a2")
	h.wantNext(next, noon)
	_, ids, _ = h.claimed(h.A, feed.ClaimQuery{N: 4, PerGroup: 2})
	h.wantIDs(ids, "b2")
}

// Retry-After holds whatever is asked, also after a restart (P36), and pauses
// the group after a 429 or 503 (P43).
func testRetryAfterHolds(h *house) {
	h.sources("a", "b", "c")
	h.cfg.Sources[1].Group = h.cfg.Sources[0].Group
	h.configure()
	r := h.report(h.claim(h.A, "a")[0], nil)
	r.Poll.Status, r.Poll.Hints.RetryAfter = 429, noon.Add(2*time.Hour)
	h.commit(h.A, r)
	h.clock.advance(90 * time.Minute)
	h.reopen()
	all := feed.ClaimQuery{N: 9, Since: h.clock.now()}
	claims, ids, next := h.claimed(h.A, all)
	h.wantIDs(ids, "c")
	h.wantNext(next, noon.Add(2*time.Hour))
	if err := h.A.Release(claims[0].Token); err != nil {
		h.t.Fatal(err)
	}
	h.clock.advance(30 * time.Minute)
	_, ids, _ = h.claimed(h.A, all)
	h.wantIDs(ids, "b", "c", "a")
}

// Grace takes what is nearly due; Since takes what was not tried, Untried
// leaves out what was, and a list of sources takes nothing else.
func testGraceAndSince(h *house) {
	h.sources("a", "b")
	for i, id := range []string{"a", "b"} {
		r := h.report(h.claim(h.A, id)[0], nil)
		r.Poll.Due, r.Poll.Interval = noon.Add(time.Duration(i+1)*time.Hour), time.Duration(i+1)*time.Hour
		h.commit(h.A, r)
	}
	h.clock.advance(53 * time.Minute)
	_, ids, next := h.claimed(h.A, feed.ClaimQuery{N: 9, Grace: true})
	h.wantIDs(ids)
	h.wantNext(next, noon.Add(54*time.Minute)) // a tenth of an hour before
	h.clock.advance(time.Minute)
	claims, ids, next := h.claimed(h.A, feed.ClaimQuery{N: 9, Grace: true})
	h.wantIDs(ids, "a")
	h.wantNext(next, noon.Add(110*time.Minute)) // ten minutes at most
	if err := h.A.Release(claims[0].Token); err != nil {
		h.t.Fatal(err)
	}
	_, ids, next = h.claimed(h.A, feed.ClaimQuery{N: 9, Since: noon})
	h.wantIDs(ids)
	h.wantNext(next, time.Time{})
	_, ids, _ = h.claimed(h.A, feed.ClaimQuery{N: 9, Grace: true, Untried: noon})
	h.wantIDs(ids)
	_, ids, _ = h.claimed(h.A, feed.ClaimQuery{N: 9, Since: h.clock.now(), Sources: []string{"b"}})
	h.wantIDs(ids, "b")
}

// What is released can be claimed at once, and its old token is stale.
func testReleaseGivesBack(h *house) {
	h.sources("a")
	old := h.claim(h.A, "a")[0]
	if err := h.A.Release(old.Token, 12345); err != nil {
		h.t.Fatalf("Release: %v", err)
	}
	outcomes, err := h.A.Commit([]feed.Report{h.report(old, nil)})
	if err != nil || outcomes[0].Status != feed.Stale {
		h.t.Errorf("Commit after Release = %+v, %v; want stale", outcomes, err)
	}
	h.claim(h.B, "a")
}

// Claims not committed are void when their store is closed.
func testCloseVoidsClaims(h *house) {
	h.sources("a")
	h.claim(h.A, "a")
	h.reopen()
	claim := h.claim(h.B, "a")[0]
	h.commit(h.B, h.report(claim, nil))
}
