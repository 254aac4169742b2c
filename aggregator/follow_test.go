package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/aggregator/schedule"
	"weir/feed"
)

// lists is a memory of lists, and somebody who answers with one.
type lists struct {
	mu     sync.Mutex
	states map[string]feed.ListState
	body   string
	err    error
	tags   []string // validators that were sent, one for each request
}

func (l *lists) Lists() (map[string]feed.ListState, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := make(map[string]feed.ListState)
	for id, s := range l.states {
		known[id] = s
	}
	return known, nil
}

func (l *lists) KeepList(id string, s *feed.ListState) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states[id] = *s
	return nil
}

func (l *lists) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tags = append(l.tags, r.Validators.ETag)
	if l.err != nil {
		return nil, l.err
	}
	v := feed.Validators{URL: r.URL, Final: r.URL, ETag: fmt.Sprintf(`"%x"`, l.body)}
	if !strings.HasPrefix(r.Accept, "text/x-opml") {
		return nil, errors.New("it is not asked for as a list")
	}
	if r.Validators.ETag == v.ETag {
		return &fetch.Response{Status: 304, NotModified: true, Validators: v}, nil
	}
	return &fetch.Response{Status: 200, Body: []byte(l.body), Validators: v}, nil
}

// says makes the list name feeds.
func (l *lists) says(names ...string) {
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, `<outline text="%[1]s" xmlUrl="https://%[1]s.example/"/>`, n)
	}
	l.body, l.err = `<opml version="2.0"><body>`+b.String()+`</body></opml>`, nil
}

// follower asks one list every six hours.
func (l *lists) follower() *aggregator.Follower {
	return &aggregator.Follower{
		Fetcher: l, Store: l, Schedule: schedule.Options{Default: time.Hour},
		Lists: []feed.Source{{ID: "ann", URL: "https://ann.example/list", Every: 6 * time.Hour}},
	}
}

// followed asks and tells what is in use then.
func followed(t *testing.T, l *lists, want aggregator.Following) (names string, did aggregator.Followed) {
	t.Helper()
	did, err := l.follower().Follow(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range l.states["ann"].Feeds {
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(f.URL, "https://"), ".example/"))
	}
	return strings.Join(all, " "), did
}

// A list is asked when it is due and not before, conditionally, and what it
// gives stays in use whatever comes instead of it later (P7, P13, O3).
func TestFollowList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{states: map[string]feed.ListState{}, err: &fetch.Error{Problem: feed.Problem{Kind: "dns", Text: "It is away."}}}
		_, did := followed(t, l, aggregator.Following{})
		if due, err := l.follower().Due(); err != nil || !due.Equal(time.Now().Add(time.Hour)) || len(did.Notes) != 1 {
			t.Errorf("never read, due at %v: %v, %+v", due, err, did)
		}
		time.Sleep(time.Hour)
		l.tags = nil
		l.says("a", "b", "c")
		names, did := followed(t, l, aggregator.Following{})
		if names != "a b c" || !did.Changed || did.Asked != 1 {
			t.Errorf("at first: %q, %+v", names, did)
		}
		if _, did = followed(t, l, aggregator.Following{}); did.Asked != 0 {
			t.Error("it is asked before it is due")
		}
		if due, err := l.follower().Due(); err != nil || !due.Equal(time.Now().Add(6*time.Hour)) {
			t.Errorf("due at %v: %v", due, err)
		}
		time.Sleep(6 * time.Hour)
		if names, did = followed(t, l, aggregator.Following{}); names != "a b c" || did.Changed || l.tags[1] == "" {
			t.Errorf("unchanged: %q, %+v, sent %q", names, did, l.tags)
		}
		l.says("c", "b", "a")
		if _, did = followed(t, l, aggregator.Following{All: true}); did.Changed {
			t.Error("another order is a change")
		}
		for name, wrong := range map[string]func(){
			"a page":  func() { l.body = "<!doctype html><html><body>for sale" },
			"nothing": func() { l.body = "" },
			"broken":  func() { l.says("x"); l.body = l.body[:len(l.body)-3] },
			"no network": func() {
				l.err = &fetch.Error{Problem: feed.Problem{Kind: "dns", Text: "ann.example has no address."}}
			},
		} {
			wrong()
			names, did = followed(t, l, aggregator.Following{All: true})
			if s := l.states["ann"]; names != "c b a" || did.Changed || did.Failed != 1 || !s.Poll.Failing() || s.Poll.Validators.IsZero() {
				t.Errorf("%s: %q, %+v, %+v", name, names, did, s.Poll)
			}
		}
		l.says("c", "b")
		if names, did = followed(t, l, aggregator.Following{All: true}); names != "c b" || !did.Changed || !slices.Contains(did.Notes, "list ann: works again") {
			t.Errorf("shorter by a third: %q, %+v", names, did)
		}
	})
}

// XC25: a list that suddenly lacks more than half is held until it was seen
// three times over three days, or until the operator means it.
func TestListIsHeld(t *testing.T) {
	for name, less := range map[string][]string{"less": {"a"}, "empty": {}, "others": {"x", "y", "z"}} {
		synctest.Test(t, func(t *testing.T) {
			l := &lists{states: map[string]feed.ListState{}}
			l.says("a", "b", "c")
			followed(t, l, aggregator.Following{})
			l.says(less...)
			names, did := followed(t, l, aggregator.Following{All: true})
			if names != "a b c" || did.Changed || len(did.Notes) != 1 || l.states["ann"].Held.Seen != 1 {
				t.Fatalf("%s, at once: %q, %+v", name, names, did)
			}
			time.Sleep(71 * time.Hour)
			if names, did = followed(t, l, aggregator.Following{All: true}); names != "a b c" || len(did.Notes) != 0 {
				t.Errorf("%s, before three days: %q, %+v", name, names, did)
			}
			time.Sleep(time.Hour)
			want := strings.Join(less, " ")
			if names, did = followed(t, l, aggregator.Following{}); names != "a b c" || did.Asked != 0 {
				t.Errorf("%s, not due: %q, %+v", name, names, did)
			}
			if names, did = followed(t, l, aggregator.Following{All: true}); names != want || !did.Changed || !l.states["ann"].Confirmed {
				t.Errorf("%s, after three days: %q, %+v", name, names, did)
			}
			if followed(t, l, aggregator.Following{All: true}); l.states["ann"].Confirmed {
				t.Errorf("%s: it is confirmed for ever", name)
			}
		})
	}
}

// Seen once and again three days later is not enough; nor is a list that was
// well between. What is confirmed counts at once, and asks only what is held.
func TestHeldListIsJudgedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{states: map[string]feed.ListState{}}
		l.says("a", "b", "c")
		followed(t, l, aggregator.Following{})
		if _, did := followed(t, l, aggregator.Following{Confirmed: true}); did.Asked != 0 {
			t.Error("a list is asked that nothing is held of")
		}
		l.says("a")
		followed(t, l, aggregator.Following{All: true})
		time.Sleep(80 * time.Hour)
		if names, _ := followed(t, l, aggregator.Following{All: true}); names != "a b c" {
			t.Errorf("seen twice: %q", names)
		}
		l.says("a", "b", "c")
		if followed(t, l, aggregator.Following{All: true}); l.states["ann"].Held != (feed.ListHold{}) {
			t.Errorf("held: %+v", l.states["ann"].Held)
		}
		l.says("a")
		if names, _ := followed(t, l, aggregator.Following{All: true}); names != "a b c" {
			t.Errorf("seen a third time, well between: %q", names)
		}
		if names, did := followed(t, l, aggregator.Following{Confirmed: true, New: true}); names != "a" || !did.Changed {
			t.Errorf("confirmed: %q, %+v", names, did)
		}
	})
}
