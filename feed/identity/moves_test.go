package identity_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed/identity"
)

// A new key and a vanished one are one item when they agree in two of link,
// title, instant and text (I9).
func TestMoves(t *testing.T) {
	old := telling{source: "a", title: "The title", link: "https://old.example/x", html: textA, at: noon}
	for _, tt := range []struct {
		name string
		n    telling
		want int
	}{
		{"title and instant", telling{source: "a", title: "The title", link: "https://new.example/x", html: textB, at: noon}, 0},
		{"title and text", telling{source: "a", title: "The title", html: textA, at: noon.Add(1)}, 0},
		{"link and text", telling{source: "a", title: "Other", link: "http://old.example/x/", html: textA}, 0},
		{"instant and text", telling{source: "a", title: "Other", html: textA, at: noon}, 0},
		{"link and instant", telling{source: "a", title: "Other", link: "http://old.example/x/", html: textB, at: noon}, 0},
		{"link and title", telling{source: "a", title: "The title", link: "http://old.example/x/", html: textB}, 0},
		{"link and title, another text on another day", telling{source: "a", title: "The title", link: "http://old.example/x/", html: textB, at: noon.AddDate(0, 0, 1)}, -1},
		{"title alone", telling{source: "a", title: "The title", html: textB, at: noon.Add(1)}, -1},
		{"text alone", telling{source: "a", title: "Other", html: textA}, -1},
		{"seven tenths of the text, and the title", telling{source: "a", title: "The title", html: head(textA, 120) + " " + head(textB, 80)}, -1},
		{"nothing", telling{source: "a"}, -1},
	} {
		got := identity.Moves([]*identity.Newcomer{tt.n.newcomer()}, []identity.Holder{old.holder()})
		if diff := cmp.Diff([]int{tt.want}, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// Of several that agree the one that agrees in most is meant; where there are
// two of them, on either side, nobody is.
func TestMovesAreUnique(t *testing.T) {
	x := telling{source: "a", title: "The title", html: textA, at: noon}
	y := telling{source: "a", title: "The title", html: textB, at: noon}
	z := telling{source: "a", title: "Other", html: prose(13, 100), at: noon.Add(time.Hour)}
	both := telling{source: "a", title: "The title", html: "few", at: noon}
	list := func(tellings ...telling) (news []*identity.Newcomer, gone []identity.Holder) {
		for _, each := range tellings {
			news, gone = append(news, each.newcomer()), append(gone, each.holder())
		}
		return news, gone
	}
	for _, tt := range []struct {
		name      string
		new, gone []telling
		want      []int
	}{
		{"one vanished agrees in more", []telling{x, z}, []telling{y, x, z}, []int{1, 2}},
		{"one newcomer agrees in more", []telling{y, x, z}, []telling{x, z}, []int{-1, 0, 1}},
		{"two vanished agree as well", []telling{both, z}, []telling{x, y, z}, []int{-1, 2}},
		{"two newcomers agree as well", []telling{both, both, z}, []telling{x, z}, []int{-1, -1, 1}},
	} {
		news, _ := list(tt.new...)
		_, gone := list(tt.gone...)
		if diff := cmp.Diff(tt.want, identity.Moves(news, gone)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// A site that moves keeps its items, in time that grows with their number even
// if all of them are called the same.
func TestMovedSite(t *testing.T) {
	const items = 3000
	news := make([]*identity.Newcomer, items)
	gone := make([]identity.Holder, items)
	for i := range items {
		at := noon.Add(-time.Duration(i) * time.Hour)
		gone[i] = telling{source: "a", title: "Untitled", link: fmt.Sprintf("http://old.example/%d", i), at: at}.holder()
		news[items-1-i] = telling{source: "a", title: "Untitled", link: fmt.Sprintf("https://new.example/%d", i), at: at}.newcomer()
	}
	began := time.Now()
	for i, g := range identity.Moves(news, gone) {
		if g != items-1-i {
			t.Fatalf("newcomer %d is %d", i, g)
		}
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
}
