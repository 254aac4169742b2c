package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// testLists: what is remembered of a list outlives the process, and is there
// before anything is configured (XC25).
func testLists(h *house) {
	want := map[string]feed.ListState{
		"ann": {
			Poll: feed.PollState{
				Due: noon.Add(time.Hour), Interval: time.Hour, Tried: noon, Succeeded: noon, Status: 200, Failures: 2, Since: noon,
				Validators: feed.Validators{URL: "https://a.example/", Final: "https://a.example/", ETag: `"1"`},
				Problem:    feed.Problem{Kind: "dns", Text: "It is away."},
			},
			Title: "Ann's", Left: []string{"one"}, More: 2, Confirmed: true,
			Feeds: []feed.Listed{{URL: "https://b.example/", Tags: []string{"x", "y"}}, {URL: "https://c.example/"}},
			Held:  feed.ListHold{Since: noon, Seen: 2, Gone: 9, Feeds: 1},
		},
		"empty": {},
	}
	is := func(when string, want map[string]feed.ListState) {
		h.t.Helper()
		got, err := h.B.Lists()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			h.t.Errorf("%s (-want +got):\n%s%v", when, diff, err)
		}
	}
	keep := func(id string, s *feed.ListState) {
		h.t.Helper()
		if err := h.A.KeepList(id, s); err != nil {
			h.t.Errorf("KeepList(%s): %v", id, err)
		}
	}
	is("at first", map[string]feed.ListState{})
	keep("nobody", nil)
	for id, s := range want {
		keep(id, &s)
	}
	is("kept", want)
	h.reopen()
	is("reopened", want)
	keep("empty", nil)
	delete(want, "empty")
	is("forgotten", want)
}
