package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
)

// posts makes numbered items an hour apart, the newest first.
func posts(source string, from, to int) []feed.Item {
	var items []feed.Item
	for i := to - 1; i >= from; i-- {
		items = append(items, post(source, fmt.Sprintf("post-%03d", i), fmt.Sprintf("Post %03d", i), noon.Add(time.Duration(i-500)*time.Hour)))
	}
	return items
}

// The newest place comes first, then the slug (U5).
func testWindowOrder(h *house) {
	h.settled("a")
	var items []feed.Item
	for i, name := range []string{"delta", "alpha", "charlie", "bravo"} {
		items = append(items, post("a", name, "On "+name, noon.Add(-time.Duration(i/2)*time.Hour)))
	}
	h.poll("a", items...)
	if diff := cmp.Diff([]string{"alpha", "delta", "bravo", "charlie"}, slugs(h.window("all"))); diff != "" {
		h.t.Errorf("order (-want +got):\n%s", diff)
	}
	// What arrives late still gets a place near the top, and keeps its date.
	h.clock.advance(72 * time.Hour)
	old := post("a", "found-late", "Found late", noon.Add(-time.Hour*24*30))
	h.poll("a", append(items, old)...)
	w := h.window("all")
	if e := w.Entries[0]; e.Slug != "found-late" || !e.Published.Equal(old.Published) || !e.Place.Equal(noon.Add(48*time.Hour)) {
		h.t.Errorf("first entry %s, published %v, place %v", e.Slug, e.Published, e.Place)
	}
}

// Hold widens a window to what was placed shortly before the newest entry, up
// to Max.
func testWindowHold(h *house) {
	h.settled("a")
	h.poll("a", posts("a", 0, 40)...)
	for _, c := range []struct {
		q    feed.Query
		want int
		more bool
	}{
		{feed.Query{Limit: 5}, 5, true},
		{feed.Query{Limit: 50}, 40, false},
		{feed.Query{Limit: 40}, 40, false},
		{feed.Query{Limit: 5, Hold: 9 * time.Hour, Max: 30}, 10, true},
		{feed.Query{Limit: 5, Hold: 9 * time.Hour, Max: 7}, 7, true},
		{feed.Query{Limit: 5, Hold: 9 * time.Hour}, 5, true},
		{feed.Query{Limit: 20, Hold: 9 * time.Hour, Max: 30}, 20, true},
		{feed.Query{Limit: 0}, 0, false},
	} {
		c.q.Channel = "all"
		w, err := h.B.Window(c.q)
		if err != nil || len(w.Entries) != c.want || (w.Next != "") != c.more {
			h.t.Errorf("Window(%+v) = %d entries, next %q, %v; want %d", c.q, len(w.Entries), w.Next, err, c.want)
		}
	}
	for _, q := range []feed.Query{{Channel: "all", After: "not a cursor!", Limit: 1}, {Channel: "none", Limit: 1}} {
		if _, err := h.B.Window(q); err == nil {
			h.t.Errorf("Window(%+v) gave no error", q)
		}
	}
}

// A walk through pages sees every entry that was there when it began exactly
// once, whatever is written meanwhile.
func testPagingUnderWrites(h *house) {
	h.settled("a", "b")
	h.poll("a", posts("a", 0, 50)...)
	want := slugs(h.window("all"))
	var got []string
	var after feed.Cursor
	for page := 0; ; page++ {
		w, err := h.B.Window(feed.Query{Channel: "all", After: after, Limit: 7})
		if err != nil {
			h.t.Fatal(err)
		}
		got = append(got, slugs(w)...)
		if after = w.Next; after == "" {
			break
		}
		h.clock.advance(time.Minute)
		h.poll("b", post("b", fmt.Sprintf("new-%d", page), fmt.Sprintf("New %d", page), h.clock.now()))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("walk (-want +got):\n%s", diff)
	}
}

func (h *house) pages(channel string, from int) []feed.Page {
	h.t.Helper()
	p, err := h.B.Pages(channel, from)
	if err != nil {
		h.t.Fatalf("Pages: %v", err)
	}
	return p
}

// Archive pages are filled by arrival and never shift; arrival numbers are
// gapless and follow place within a commit.
func testArchiveIsStable(h *house) {
	h.settled("a", "b")
	h.poll("a", posts("a", 0, 130)...)
	w := h.window("all")
	for i, e := range w.Entries {
		if e.Arrival != uint64(len(w.Entries)-i) {
			h.t.Fatalf("entry %d has arrival %d of %d", i, e.Arrival, len(w.Entries))
		}
	}
	page := func(n int) feed.Window {
		p, err := h.B.Archive("all", n)
		if err != nil {
			h.t.Fatalf("Archive(%d): %v", n, err)
		}
		var want []uint64
		for _, e := range p.Entries {
			want = append(want, e.Arrival)
		}
		slices.Sort(want)
		if got, err := h.B.Arrivals("all", n); err != nil || !slices.Equal(got, want) {
			h.t.Errorf("Arrivals(%d) = %d, %v; want %d", n, got, err, want)
		}
		return p
	}
	first := slugs(page(1))
	if len(first) != 50 || first[0] != "post-049" || first[49] != "post-000" {
		h.t.Errorf("page 1 has %d entries, %s to %s", len(first), first[0], first[len(first)-1])
	}
	if last := slugs(page(3)); len(last) != 30 || last[0] != "post-129" {
		h.t.Errorf("the page that is being filled has %d entries", len(last))
	}
	if w.Arrivals != 130 || page(1).Arrivals != 130 {
		h.t.Errorf("%d arrivals; want 130", w.Arrivals)
	}
	told := h.pages("all", 1)
	if len(told) != 2 || told[0].Number != 1 || told[0].Entries != 50 || told[1].Entries != 50 || told[0].Revision == 0 {
		h.t.Errorf("pages = %+v; want the two that are full", told)
	}
	if _, err := h.B.Pages("nowhere", 1); !errors.Is(err, store.ErrNotFound) {
		h.t.Errorf("pages of an unknown channel: %v", err)
	}
	for _, n := range []int{0, -1, 4, 99} {
		if _, err := h.B.Archive("all", n); !errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("Archive(%d) = %v; want ErrNotFound", n, err)
		}
		if _, err := h.B.Arrivals("all", n); !errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("Arrivals(%d) = %v; want ErrNotFound", n, err)
		}
	}
	h.poll("b", posts("b", 200, 280)...)
	edited := posts("a", 0, 130)
	edited[129].Title, edited[129].HTML = "Post 000, edited", "<p>Edited content of the very first post.</p>"
	h.poll("a", edited...)
	if diff := cmp.Diff(first, slugs(page(1))); diff != "" {
		h.t.Errorf("page 1 shifted:\n%s", diff)
	}
	if got := page(1).Entries[49]; got.Title != "Post 000, edited" || got.Revision != h.revision("all") {
		h.t.Errorf("page 1 is not current: %q at revision %d", got.Title, got.Revision)
	}
	now := h.pages("all", 1)
	if len(now) != 4 || now[0].Revision <= told[0].Revision || now[1] != told[1] {
		h.t.Errorf("pages = %+v; were %+v, and one of the first was edited", now, told)
	}
	if some := h.pages("all", 3); len(some) != 2 || some[0] != now[2] {
		h.t.Errorf("pages from the third = %+v; want %+v", some, now[2:])
	}
	if n := len(page(3).Entries); n != 50 {
		h.t.Errorf("page 3 has %d entries", n)
	}
}

// A revision moves once per commit that changed something, in the channels
// concerned, and the entries concerned carry it.
func testRevisionMoves(h *house) {
	h.cfg.Channels = append(h.cfg.Channels, feed.Channel{
		ID: "only-b", Digest: "b", Match: func(e *feed.Entry) bool { return e.Source() == "b" },
	})
	h.settled("a", "b")
	h.poll("a", posts("a", 0, 5)...)
	all, b := h.revision("all"), h.revision("only-b")
	h.poll("b", posts("b", 10, 12)...)
	if got := h.revision("all"); got != all+1 {
		h.t.Errorf("all: revision %d; want %d", got, all+1)
	}
	if got := h.revision("only-b"); got != b+1 {
		h.t.Errorf("only-b: revision %d; want %d", got, b+1)
	}
	for _, e := range h.window("all").Entries {
		want := all
		if e.Source() == "b" {
			want = all + 1
		}
		if e.Revision != want {
			h.t.Errorf("entry %s: revision %d; want %d", e.Slug, e.Revision, want)
		}
	}
	h.poll("a", posts("a", 0, 6)...)
	if got := h.revision("only-b"); got != b+1 {
		h.t.Errorf("only-b moved to %d by another source", got)
	}
	if w := h.window("only-b"); w.Revision != b+1 || len(w.Entries) != 2 {
		h.t.Errorf("only-b: %d entries at revision %d", len(w.Entries), w.Revision)
	}
}

// A source's new profile moves the revisions of channels that show it, also
// when the configuration changed it.
func testProfileMovesRevision(h *house) {
	h.cfg.Channels = append(h.cfg.Channels, feed.Channel{
		ID: "only-b", Digest: "b", Match: func(e *feed.Entry) bool { return e.Source() == "b" },
	})
	h.settled("a", "b", "mute")
	h.poll("a", posts("a", 0, 2)...)
	h.poll("b", posts("b", 10, 12)...)
	// A channel without a rule lists every source, also one that tells nothing.
	all, b := h.revision("all"), h.revision("only-b")
	mute := h.document("mute")
	mute.Profile.Title = "Says nothing yet"
	h.pollDocument("mute", mute)
	if h.revision("all") != all+1 || h.revision("only-b") != b {
		h.t.Errorf("revisions %d, %d; want %d, %d", h.revision("all"), h.revision("only-b"), all+1, b)
	}
	all, b = h.revision("all"), h.revision("only-b")
	doc := h.document("a", posts("a", 0, 2)...)
	doc.Profile.Title = "Another name"
	h.pollDocument("a", doc)
	if h.revision("all") != all+1 || h.revision("only-b") != b {
		h.t.Errorf("revisions %d, %d; want %d, %d", h.revision("all"), h.revision("only-b"), all+1, b)
	}
	if got := h.window("all").Sources["a"].Title; got != "Another name" {
		h.t.Errorf("title %q", got)
	}
	h.cfg.Sources[1].Title, h.cfg.Sources[1].Author = "Configured", "Somebody"
	h.configure()
	if h.revision("all") != all+2 || h.revision("only-b") != b+1 {
		h.t.Errorf("revisions %d, %d; want %d, %d", h.revision("all"), h.revision("only-b"), all+2, b+1)
	}
	p := h.window("only-b").Sources["b"]
	if p.Title != "Configured" || len(p.Authors) != 1 || p.Authors[0].Name != "Somebody" {
		h.t.Errorf("profile %+v", p)
	}
}

// Hints come after commits that moved a revision, to every listener, and end
// when told so.
func testHints(h *house) {
	h.settled("a")
	one, endOne := h.A.Hints()
	two, endTwo := h.B.Hints()
	h.pollDocument("a", nil)
	select {
	case <-one:
		h.t.Error("hint after a poll that brought nothing")
	default:
	}
	for range 2 {
		h.poll("a", posts("a", 0, 1)...)
		h.clock.advance(time.Hour)
	}
	for _, c := range []<-chan struct{}{one, two} {
		if !hinted(c) {
			h.t.Error("no hint within a second")
		}
	}
	endOne()
	endOne()
	if hinted(one) {
		h.t.Error("hints did not end")
	}
	defer endTwo()
	h.poll("a", posts("a", 0, 2)...)
	if !hinted(two) {
		h.t.Error("the other listener's hints ended too")
	}
}

// hinted waits for a hint, as long as the contract lets it take.
func hinted(c <-chan struct{}) bool {
	select {
	case _, open := <-c:
		return open
	case <-time.After(time.Second):
		return false
	}
}

// tagged is a channel of one tag.
func tagged(id, tag string) feed.Channel {
	return feed.Channel{ID: id, Digest: tag, Match: func(e *feed.Entry) bool {
		return slices.ContainsFunc(e.AllTags(), func(t feed.Tag) bool { return t.Term == tag })
	}}
}

// An edit moves an entry into a channel and out of it; another source's tag
// counts too.
func testChannelsAreFiltered(h *house) {
	h.cfg.Channels = append(h.cfg.Channels, tagged("go", "go"))
	h.settled("a", "b")
	one := post("a", "what-is-new-in-rivers", "What is new in rivers", noon)
	h.poll("a", one)
	in := func() int { return len(h.window("go").Entries) }
	if in() != 0 {
		h.t.Fatal("an untagged entry is in the channel")
	}
	tags := one
	tags.Tags = []feed.Tag{{Term: "go"}}
	h.poll("a", tags)
	if in() != 1 {
		h.t.Fatal("a tagged entry is not in the channel")
	}
	h.clock.advance(time.Hour)
	h.poll("a", one)
	if in() != 0 {
		h.t.Fatal("an entry stays in a channel that it left")
	}
	other := post("b", "what-is-new-in-rivers", "What is new in rivers", noon)
	other.HTML, other.Tags = one.HTML, tags.Tags
	h.poll("b", other)
	if in() != 1 {
		h.t.Fatal("another source's tag does not count")
	}
	if e := h.window("go").Entries[0]; e.Arrival != 2 {
		h.t.Errorf("arrival %d; what came back is a new arrival", e.Arrival)
	}
}

// A changed rule re-indexes the channel: what stays keeps its arrival number,
// what is new is numbered behind, and only a difference moves the revision.
func testNewRuleKeepsArrivals(h *house) {
	h.settled("a")
	items := posts("a", 0, 6)
	for i := range items {
		items[i].Tags = []feed.Tag{{Term: []string{"go", "web"}[i%2]}}
	}
	h.poll("a", items...)
	h.cfg.Channels = append(h.cfg.Channels, tagged("c", "go"))
	h.configure()
	before, revision := h.window("c"), h.revision("c")
	if len(before.Entries) != 3 {
		h.t.Fatalf("%d entries; want 3", len(before.Entries))
	}
	h.cfg.Channels[1] = feed.Channel{ID: "c", Digest: "all"}
	h.configure()
	after := h.window("c")
	arrivals := make(map[string]uint64)
	for _, e := range after.Entries {
		arrivals[e.Slug] = e.Arrival
	}
	for _, e := range before.Entries {
		if arrivals[e.Slug] != e.Arrival {
			h.t.Errorf("entry %s: arrival %d; was %d", e.Slug, arrivals[e.Slug], e.Arrival)
		}
	}
	if len(after.Entries) != 6 || arrivals["post-000"] != 4 || after.Revision != revision+1 {
		h.t.Errorf("%d entries, arrivals %v, revision %d", len(after.Entries), arrivals, after.Revision)
	}
	h.cfg.Channels[1].Digest = "all, spelled differently"
	h.configure()
	if h.revision("c") != revision+1 {
		h.t.Error("revision moved though the same entries are in the channel")
	}
	h.cfg.Channels = h.cfg.Channels[:1]
	h.configure()
	if _, err := h.B.Window(feed.Query{Channel: "c", Limit: 1}); !errors.Is(err, store.ErrNotFound) {
		h.t.Errorf("Window of a removed channel = %v; want ErrNotFound", err)
	}
}
