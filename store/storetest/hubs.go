package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// testSubscriptions: what is remembered of hubs outlives the process, and what an
// operator sees of it holds nothing by which anybody could announce (XI16).
func testSubscriptions(h *house) {
	h.sources("a", "b")
	want := map[string]feed.Subscription{
		"a": {
			Hub: "https://hub.example/", Topic: "https://a.example/feed",
			Current: feed.Callback{Address: "https://x.example/push/1", Secret: "s1", Until: noon.Add(time.Hour)},
			Earlier: feed.Callback{Address: "https://x.example/push/0", Secret: "s0", Until: noon.Add(time.Minute)},
			Asked:   noon, Next: noon.Add(40 * time.Minute), Pending: noon.Add(time.Hour), Heard: noon, Proven: noon,
			Heeded: 3, Ignored: 2, Doubt: "unsigned", Failures: 1, Problem: "away",
		},
		"b": {Protocol: feed.RSSCloud, Hub: "http://cloud.example/", Topic: "https://b.example/", Leaving: true},
	}
	is := func(when string, want map[string]feed.Subscription) {
		h.t.Helper()
		got, err := h.B.Subscriptions()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			h.t.Errorf("%s (-want +got):\n%s%v", when, diff, err)
		}
	}
	keep := func(id string, s *feed.Subscription) {
		h.t.Helper()
		if err := h.A.KeepSubscription(id, s); err != nil {
			h.t.Errorf("KeepSubscription(%s): %v", id, err)
		}
	}
	is("at first", map[string]feed.Subscription{})
	keep("nobody", nil)
	for id, s := range want {
		keep(id, &s)
	}
	is("kept", want)
	h.reopen()
	is("reopened", want)
	h.sources("a", "b")
	list, err := h.A.Sources()
	if err != nil || len(list) != 2 || list[0].Push == nil || list[1].Push == nil {
		h.t.Fatalf("Sources: %+v, %v", list, err)
	}
	said := feed.PushStatus{
		Hub: "https://hub.example/", Topic: "https://a.example/feed", State: "active", Until: noon.Add(time.Hour),
		Next: noon.Add(40 * time.Minute), Heard: noon, Proven: noon, Heeded: 3, Ignored: 2, Doubt: "unsigned", Problem: "away",
	}
	if diff := cmp.Diff(said, *list[0].Push); diff != "" {
		h.t.Errorf("the status (-want +got):\n%s", diff)
	}
	keep("b", nil)
	delete(want, "b")
	is("forgotten", want)
	if err := h.A.Check(); err != nil {
		h.t.Errorf("Check: %v", err)
	}
}

// testHasten: news that somebody announces makes a source due, but not before the
// gap after its last poll; what is being polled is polled once more; and what
// fails is left alone (P22, XI12).
func testHasten(h *house) {
	h.sources("a", "b")
	const gap = 15 * time.Minute
	hasten := func(id string, at time.Time) {
		h.t.Helper()
		if err := h.A.Hasten(id, at, gap); err != nil {
			h.t.Errorf("Hasten(%s): %v", id, err)
		}
	}
	poll := func(id string, failures int) {
		h.t.Helper()
		r := h.report(h.claim(h.A, id)[0], nil)
		r.Poll.Tried, r.Poll.Due, r.Poll.Failures = h.clock.now(), h.clock.now().Add(24*time.Hour), failures
		h.commit(h.A, r)
	}
	due := func(when string, want time.Time) {
		h.t.Helper()
		list, _, next := h.claimed(h.A, feed.ClaimQuery{N: 9, Sources: []string{"a"}})
		if len(list) > 0 {
			next = h.clock.now()
			_ = h.A.Release(list[0].Token)
		}
		if !next.Equal(want) {
			h.t.Errorf("%s: due at %v, want %v", when, next, want)
		}
	}
	hasten("nobody", h.clock.now())
	poll("a", 0)
	poll("b", 0)
	due("polled", noon.Add(24*time.Hour))
	hasten("a", h.clock.now())
	due("hastened at once", noon.Add(gap))
	for range 100 {
		hasten("a", h.clock.now())
	}
	due("hastened often", noon.Add(gap))
	h.clock.advance(time.Hour)
	due("after the gap", noon.Add(time.Hour))

	claim := h.claim(h.A, "a")[0]
	hasten("a", h.clock.now())
	r := h.report(claim, nil)
	r.Poll.Tried, r.Poll.Due = h.clock.now(), h.clock.now().Add(24*time.Hour)
	h.commit(h.A, r)
	due("hastened while it was polled", noon.Add(time.Hour+gap))

	h.clock.advance(time.Hour)
	poll("a", 1)
	hasten("a", h.clock.now())
	due("failing", noon.Add(26*time.Hour))
}
