package identity

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	"weir/feed"
)

// sameDays is how close two equally titled stories under a generic slug were
// published.
const sameDays = 48 * time.Hour

// Order is the order in which the newcomers of one commit are decided, so that
// the outcome does not depend on how they came: the highest rank first, then
// the first published, then by source and key.
func Order(a, b *Newcomer) int {
	switch {
	case a.Rank.Above(b.Rank):
		return -1
	case b.Rank.Above(a.Rank):
		return 1
	}
	return cmp.Or(
		a.Published.Compare(b.Published),
		cmp.Compare(a.Source, b.Source),
		bytes.Compare(a.Item.Key[:], b.Item.Key[:]),
		cmp.Compare(a.Item.Hash, b.Item.Hash),
		cmp.Compare(a.Item.Position, b.Item.Position),
	)
}

// Decide tells whether one of the holders, oldest first, is the entry of the
// newcomer's story. Of several, the one with the strongest reason is: the
// story's own link, then a telling slug, then other names with a likeness
// besides, then a text that is nearly the same; of equal ones the oldest. A source's item that tells an entry which that source owns under
// another key takes it over: the newest key is the one that will be edited.
func Decide(n *Newcomer, holders []Holder, rules Rules) Verdict {
	best, why := strength(0), ""
	v := Verdict{Holder: -1}
	for i := range holders {
		c := compare(n, &holders[i], rules)
		switch {
		case c.strength > best:
			best, why = c.strength, c.why
			v.Holder = i
		case best == different && why == "":
			why = c.why
		}
	}
	if v.Holder < 0 {
		v.Why = "a story of its own"
		if why != "" {
			v.Why += ": " + why
		}
		return v
	}
	h := &holders[v.Holder]
	v.TakesOver = n.Rank.Above(h.Rank) || n.Source == h.Source && !h.Rank.Above(n.Rank)
	v.Why = fmt.Sprintf("tells the story of %s: %s", h.Slug, why)
	return v
}

// strength ranks the reasons for which two tellings are one story.
type strength uint8

const (
	different strength = iota
	nearness           // nothing in common but the text
	likeness           // a generic name, and a likeness besides
	tellingSlug
	ownLink
)

// comparison is what comparing a newcomer with one holder came to.
type comparison struct {
	strength strength
	why      string
}

// compare applies the rules of the same story to one holder.
func compare(n *Newcomer, h *Holder, rules Rules) comparison {
	by := max(n.Dedupe, rules.By)
	own := n.Source == h.Source
	if own {
		by = feed.BySlug // the modes are about other sources
	}
	if by >= feed.ByNone {
		return comparison{different, "the source joins no other's stories"}
	}
	t := &n.Item.Traits
	sameLink := t.Canon != "" && t.Canon == h.Traits.Canon
	if sameLink && t.Home && h.Traits.Home && !own {
		return comparison{ownLink, "the same link, on both sources' own site"}
	}
	if sameLink && (mention(t, n.Item.Link) && target(h) || mention(&h.Traits, h.Link) && !wordy(t, n.Item.Link)) {
		return comparison{ownLink, "one only points at the other's page"}
	}
	slug, telling := "", false
	if by == feed.BySlug && (!own || n.Published.Equal(h.Published)) {
		// A source that gives two items two keys and two dates means two
		// stories, as a daily programme under one title.
		slug, telling = sharedSlug(t.Slugs, h.Traits.Slugs)
	}
	if slug != "" && !rules.Guard && !own {
		return comparison{tellingSlug, "the same slug " + slug}
	}
	if sameLink && (wordy(t, n.Item.Link) || wordy(&h.Traits, h.Link)) {
		// Their slug is the link's: it says no more than that one writes about
		// the other's page, or both about a third one's.
		telling = false
	}
	sameID := t.IRI != "" && t.IRI == h.Traits.IRI
	p := pair{n: n, h: h, a: &t.Sketch, b: &h.Traits.Sketch}
	near := ""
	if by == feed.BySlug && !own {
		near = p.near(rules.Near)
	}
	if slug == "" && !sameLink && !sameID && near == "" {
		return comparison{different, ""}
	}
	if against := p.against(); against != "" {
		return comparison{different, "found as " + h.Slug + ", but " + against}
	}
	if own {
		return p.again(slug, sameLink, sameID)
	}
	c := p.together(slug, telling, sameLink, sameID)
	if c.strength == different && near != "" {
		return comparison{nearness, near}
	}
	return c
}

// again applies what must speak for two items of one source being one story.
// The source gave them two ids: more has to agree than between two sources,
// for a page may show another story every day under one title.
func (p *pair) again(slug string, sameLink, sameID bool) comparison {
	named := sameLink || sameID
	switch likely := named || titlesEqual(p.a, p.b); {
	case likely && textsShare(p.a, p.b, sameTextShare):
		return comparison{likeness, "the same text under another id"}
	case named && titlesAlike(p.a, p.b) && (!p.dated() || p.apart() == 0):
		return comparison{likeness, "the same " + linkOrID(sameLink) + " and like titles"}
	}
	return comparison{different, "found as " + p.h.Slug + ", but the source gave it an id of its own"}
}

// together applies what must speak for one story, once nothing speaks against
// it.
func (p *pair) together(slug string, telling, sameLink, sameID bool) comparison {
	switch {
	case telling:
		return comparison{tellingSlug, "the same telling slug " + slug}
	case (sameLink || sameID) && titlesAlike(p.a, p.b):
		return comparison{likeness, "the same " + linkOrID(sameLink) + " and like titles"}
	case (sameLink || sameID) && textsAlike(p.a, p.b):
		return comparison{likeness, "the same " + linkOrID(sameLink) + " and like texts"}
	case slug == "":
		return comparison{different, "found as " + p.h.Slug + ", but neither titles nor texts are alike"}
	case !titlesEqual(p.a, p.b):
		return comparison{different, "found as " + p.h.Slug + ", but by a generic slug and under another title"}
	case numbered(slug) || commonplace(slug):
		// Many publishers have a post of this name on any day.
		if min(p.a.Words, p.b.Words) >= wordyText && textsAlike(p.a, p.b) {
			return comparison{likeness, "the same title and like texts"}
		}
	case textsAlike(p.a, p.b):
		return comparison{likeness, "the same slug and title and like texts"}
	case p.dated() && p.apart() <= sameDays:
		return comparison{likeness, "the same slug and title, published at the same time"}
	}
	return comparison{different, "found as " + p.h.Slug + ", but only the generic slug and the title are the same"}
}

func linkOrID(sameLink bool) string {
	if sameLink {
		return "link"
	}
	return "id"
}

// mention reports whether an item points elsewhere with hardly a word of its
// own: a sighting of what it points at.
func mention(t *feed.Traits, link string) bool {
	return pointer(t, link) && t.OwnWords < wordyPointer
}

// wordy reports whether an item points elsewhere and is a story by itself.
func wordy(t *feed.Traits, link string) bool {
	return pointer(t, link) && t.OwnWords >= wordyPointer
}

// target reports whether an entry stands for the page it links: it is that
// page's own, or itself only points at it.
func target(h *Holder) bool { return !wordy(&h.Traits, h.Link) }

// sharedSlug returns the best slug that both could be known by, and whether it
// is telling for both.
func sharedSlug(a, b []feed.SlugCandidate) (slug string, telling bool) {
	for i := range a {
		for j := range b {
			if a[i].Text != b[j].Text {
				continue
			}
			if a[i].Telling && b[j].Telling {
				return a[i].Text, true
			}
			if slug == "" {
				slug = a[i].Text
			}
		}
	}
	return slug, false
}
