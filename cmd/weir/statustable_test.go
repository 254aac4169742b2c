package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// The table tells of every source its state in words, when it was last read,
// when it is read next and why then, and what to do: in one line for programs,
// below the line on a terminal, and never wider than that.
func TestStatusTable(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	fine := feed.SourceStatus{Source: feed.Source{ID: "fine"}}
	fine.State.Doc.Entries = 42
	fine.State.Poll = feed.PollState{Succeeded: now.Add(-3 * time.Minute), Fresh: now.Add(-50 * time.Hour), Due: now.Add(59*time.Minute + 40*time.Second)}
	wall := feed.SourceStatus{Source: feed.Source{ID: "wall"}}
	wall.State.Poll = feed.PollState{
		Due: now.Add(24 * time.Hour), Failures: 3, Since: now.Add(-72 * time.Hour), Status: 403,
		Problem: feed.Problem{Kind: "challenge", Text: "wall.example wants to see a browser (403); ask its owner to \x1b[1mlet feed readers pass."},
	}
	list := []feed.SourceStatus{fine, wall}
	whys := []string{"that is the default interval", "the server wants a person to prove itself, so a day passes"}
	for _, tt := range []struct {
		on   screen
		want string
	}{
		{screen{}, `
SOURCE  STATE       ENTRIES  LAST NEW  LAST READ  NEXT     WHY THEN
fine    ok          42       2 d ago   3 min ago  in 1 h   that is the default interval
wall    challenged  0        never     never      in 24 h  the server wants a person to prove itself, so a day passes. wall.example wants to see a browser (403); ask its owner to [1mlet feed readers pass. (3 times in a row, since 3 d ago)
`},
		{screen{width: 80}, `
SOURCE  STATE       ENTRIES  LAST NEW  LAST READ  NEXT     WHY THEN
fine    ok          42       2 d ago   3 min ago  in 1 h
    next: that is the default interval
wall    challenged  0        never     never      in 24 h
    next: the server wants a person to prove itself, so a day passes
    wall.example wants to see a browser (403); ask its owner to [1mlet feed
    readers pass. (3 times in a row, since 3 d ago)
`},
		{screen{width: 60, colour: true}, `
SOURCE  STATE       ENTRIES  LAST NEW  LAST READ  NEXT
fine    ok          42       2 d ago   3 min ago  in 1 h
    next: that is the default interval
wall    ` + "\x1b[31mchallenged\x1b[0m" + `  0        never     never      in 24 h
    next: the server wants a person to prove itself, so a
    day passes
    wall.example wants to see a browser (403); ask its owner
    to [1mlet feed readers pass. (3 times in a row, since 3
    d ago)
`},
	} {
		var b bytes.Buffer
		if err := writeStatusTable(&b, tt.on, list, whys, now); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, "\n"+b.String()); diff != "" {
			t.Errorf("on %+v (-want +got):\n%s", tt.on, diff)
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); tt.on.width == 80 && n > 80 {
				t.Errorf("a line of %d characters on a terminal of %d", n, tt.on.width)
			}
		}
	}
}

// Every way to fail that an operator answers in another way has its own word.
func TestAilments(t *testing.T) {
	for word, p := range map[string]feed.PollState{
		"challenged": {Status: 403, Problem: feed.Problem{Kind: "challenge"}},
		"login":      {Status: 200, Problem: feed.Problem{Kind: "login"}},
		"parked":     {Status: 200, Problem: feed.Problem{Kind: "parked"}},
		"refused":    {Status: 401, Problem: feed.Problem{Kind: "status"}},
		"missing":    {Status: 404, Problem: feed.Problem{Kind: "status"}},
		"gone":       {Status: 410, Problem: feed.Problem{Kind: "status"}},
		"throttled":  {Status: 429, Problem: feed.Problem{Kind: "status"}},
		"failing":    {Problem: feed.Problem{Kind: "dns"}},
	} {
		p.Failures = 1
		if got := health(&feed.SourceStatus{State: feed.SourceState{Poll: p}}); got != word {
			t.Errorf("%+v is called %q, want %q", p, got, word)
		}
	}
}
