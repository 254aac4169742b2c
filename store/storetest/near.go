package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"weir/feed"
)

// essay is a story of many words; of every so many one is another's, where it
// is told anew.
func essay(source, name string, story uint64, every int) feed.Item {
	r, other := rand.New(rand.NewPCG(story, 1)), rand.New(rand.NewPCG(story, 2))
	var words []string
	for i := range 400 {
		word := fmt.Sprintf("w%dx", r.IntN(9000))
		if every > 0 && i%every == every-1 {
			word = fmt.Sprintf("v%dx", other.IntN(9000))
		}
		words = append(words, word)
	}
	it := post(source, name, "On "+name, noon.Add(-time.Hour))
	it.HTML = "<p>" + strings.Join(words, " ") + "</p>"
	return it
}

// Texts that are nearly the same are one story where the configuration says so,
// whatever their slugs and links: of two documents, of one commit, of a first
// cycle, and of what was there before it said so.
func testNearTexts(h *house) {
	h.settled("a", "b", "c")
	h.poll("a", essay("a", "rivers-of-the-north", 1, 0), essay("a", "what-i-had-for-lunch", 2, 0))
	shown := make(map[string][]feed.Item) // what vanished could be the same under another key
	told := func(source, name string, story uint64, every, joined int) {
		h.t.Helper()
		shown[source] = append(shown[source], essay(source, name, story, every))
		if o := h.poll(source, shown[source]...); o.Joined != joined || o.Added != 1-joined {
			h.t.Errorf("%s tells %s: %d joined, %d added; want %d joined", source, name, o.Joined, o.Added, joined)
		}
	}
	told("b", "the-northern-waters", 1, 60, 0)

	h.cfg.Rules.Near = 0.8
	h.configure()
	told("b", "my-favourite-midday-meal", 2, 60, 1)
	told("b", "another-midday-meal", 2, 4, 0) // a quarter of the words is another's
	told("c", "a-story-of-the-sea", 3, 0, 0)
	told("a", "tales-of-the-salt-water", 3, 50, 1)
	h.clock.advance(time.Hour)
	claims := h.claim(h.A, "a", "b")
	both := h.commit(h.B,
		h.report(claims[0], h.document(claims[0].Source.ID, essay(claims[0].Source.ID, "one-of-two-at-once", 4, 0))),
		h.report(claims[1], h.document(claims[1].Source.ID, essay(claims[1].Source.ID, "the-other-of-both", 4, 70))))
	if both[0].Joined+both[1].Joined != 1 || both[0].Added+both[1].Added != 1 {
		h.t.Errorf("two of one commit: %+v; want one joined to the other", both)
	}

	// An edit is found by its new text, and no longer by the old one.
	shown["c"][0] = essay("c", "a-story-of-the-sea", 5, 0)
	h.poll("c", shown["c"]...)
	told("b", "five-told-by-somebody-else", 5, 60, 1)
	told("b", "back-to-the-salt-water", 3, 45, 0)

	if err := h.A.Remove("what-i-had-for-lunch"); err != nil {
		h.t.Fatal(err)
	}
	told("c", "lunch-once-more", 2, 50, 1) // joins the tombstone

	h.cfg.Rules.Near = 0
	h.configure()
	told("c", "rivers-once-more", 1, 55, 0)
	for _, near := range []float64{0.8, 0, 0.8} { // put to use in a hurry
		h.cfg.Rules.Near = near
		h.begin()
	}
	h.await()
	told("c", "rivers-for-the-last-time", 1, 65, 1)
	h.reopen()
	told("b", "rivers-after-a-restart", 1, 75, 1)
}

// In a first cycle too.
func testNearTextsAtFirst(h *house) {
	h.cfg.Rules.Near = 0.8
	h.sources("a", "b")
	h.poll("a", essay("a", "rivers-of-the-north", 1, 0))
	h.poll("b", essay("b", "the-northern-waters", 1, 60))
	if o := h.settle(); o.Added != 1 || o.Joined != 1 {
		h.t.Errorf("outcome %+v; want one entry told by both", o)
	}
	h.poll("b", essay("b", "the-northern-waters", 1, 60))
	h.wantWindow("all", []string{"rivers-of-the-north"})
}
