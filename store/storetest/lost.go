package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// newsroom tells stories at random: several sources tell some of them, under
// old and new keys, in whole and partial and foreign documents, few and many
// at a time.
type newsroom struct {
	*house
	rng *rand.Rand
	// shown is what each source's feed holds now, newest first; told every headline
	// that any of them told.
	shown map[string][]feed.Item
	told  map[string]bool
	// next counts stories, serial sets of keys.
	next, serial int
}

func (n *newsroom) poll(source string) {
	n.t.Helper()
	items := n.shown[source]
	for range n.amount() {
		n.next++
		name := fmt.Sprintf("the-story-of-%s-and-%s", word(n.next%676), word(n.next*7%676))
		items = slices.Insert(items, 0, post(source, name, "Story "+name, n.clock.now().Add(-time.Duration(n.rng.IntN(300))*time.Hour)))
	}
	if other := n.shown[[]string{"a", "b", "c", "d"}[n.rng.IntN(4)]]; n.rng.IntN(3) == 0 && len(other) > 0 {
		copied := other[n.rng.IntN(len(other))] // somebody else's story, at an address of one's own
		name := copied.Link[len("https://a.example/"):]
		copied.Link, copied.RawID = "https://"+source+".example/"+name, "copy-"+name
		items = slices.Insert(items, 0, copied)
	}
	items = slices.Clone(items[:min(len(items), 90)])
	switch n.rng.IntN(8) {
	case 0: // new keys for all
		n.serial++
		for i := range items {
			items[i].RawID = fmt.Sprintf("%d-%d", n.serial, i)
		}
	case 1:
		n.rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	case 2: // edits
		for i := range items {
			items[i].HTML = fmt.Sprintf("<p>%s, edited the %dth time.</p>", items[i].Title, n.next)
		}
	}
	n.shown[source] = items
	doc := n.document(source, items...)
	doc.Seen = nil
	identity.Prepare(n.source(source), doc, n.status(source).State.Doc.Known)
	switch n.rng.IntN(12) {
	case 0:
		doc.Partial = true
	case 1:
		doc.Profile = feed.Profile{Title: "Another name", Link: "https://casino.example/"}
	case 2:
		n.read(source) // it is empty for once
	}
	for i := range items {
		n.told[items[i].Title] = true
	}
	o := n.pollDocument(source, doc)
	if got := o.Added + o.Joined + o.Changed + o.Same + o.Rejected; got != len(items) {
		n.t.Fatalf("source %s: outcome %+v of %d items", source, o, len(items))
	}
}

// amount is how many new stories a poll brings: mostly few.
func (n *newsroom) amount() int {
	switch n.rng.IntN(10) {
	case 0:
		return 20 + n.rng.IntN(20)
	case 1, 2, 3:
		return 0
	}
	return 1 + n.rng.IntN(3)
}

// Whatever sources tell, under whatever guard: every item is an entry or a
// sighting of one, and once the operator released what is held every story is
// published. Nothing is lost.
func testNothingIsLost(h *house) {
	h.cfg.Rules.Flood = flood
	h.cfg.Rules.Flood.Burst = 15
	h.settled("a", "b", "c", "d")
	n := &newsroom{house: h, rng: rand.New(rand.NewPCG(4, 7)), shown: make(map[string][]feed.Item), told: make(map[string]bool)}
	held := 0
	for i := range 250 {
		n.poll([]string{"a", "b", "c", "d"}[n.rng.IntN(4)])
		h.clock.advance(time.Duration(n.rng.IntN(8)) * time.Hour)
		if i%5 == 0 {
			held += h.tend().Released
		}
		if i%50 == 49 {
			if err := h.A.Check(); err != nil {
				h.t.Fatalf("poll %d: %v", i, err)
			}
		}
	}
	if held < 50 {
		h.t.Errorf("only %d entries were ever held and let in: this test tests nothing", held)
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		if _, err := h.A.ReleaseHeld(id); err != nil {
			h.t.Fatal(err)
		}
	}
	for title := range n.told {
		found, err := h.B.Find(title)
		if errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("%s is nowhere", title)
		} else if err != nil {
			h.t.Fatal(err)
		}
		for _, e := range found {
			if !e.State.Published() {
				h.t.Errorf("%s is %s", e.Slug, e.State)
			}
		}
	}
}
