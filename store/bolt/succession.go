package bolt

import (
	"slices"

	"weir/feed"
)

// The sightings of an entry stand in the order in which they came to it: the
// owner first, which outranked whoever came before, and then the others. When
// the owner's source leaves the configuration another one stands in for it:
// that one's sighting goes to the front and remembers in Behind how many of
// those behind it were there before. So the first to tell gets the story back
// when it tells it again, and nobody else does.

// yield puts an owner that stands in for others back where it stood.
func (r *headRec) yield() {
	in := r.Sightings[0]
	n := min(in.Behind, len(r.Sightings)-1)
	in.Behind = 0
	copy(r.Sightings[:n], r.Sightings[1:n+1])
	r.Sightings[n] = in
}

// succeed moves the sighting at i to the front, where it stands in for those
// that were before it.
func (r *headRec) succeed(i int) {
	next := r.Sightings[i]
	r.yield()
	i = slices.IndexFunc(r.Sightings, next.same)
	next.Behind = i
	copy(r.Sightings[1:i+1], r.Sightings[:i])
	r.Sightings[0] = next
}

// same reports whether two are the sighting of one item.
func (r *sightingRec) same(o sightingRec) bool { return r.Source == o.Source && r.Key == o.Key }

// strike takes the sighting at i, which is not the owner's, off the list.
func (r *headRec) strike(i int) {
	if i <= r.Sightings[0].Behind {
		r.Sightings[0].Behind--
	}
	r.Sightings = slices.Delete(r.Sightings, i, i+1)
}

// enthrone makes an item's sighting the owner's: it outranks the owner, or was
// before one that stood in for it.
func (r *headRec) enthrone(n *newcomer) {
	sg := sightingRec{Source: n.src.no, Key: n.Item.Key, Seen: micros(n.seen), Why: n.why}
	i := slices.IndexFunc(r.Sightings, sg.same)
	behind := 0
	if i >= 0 {
		sg.Seen, sg.Why = r.Sightings[i].Seen, r.Sightings[i].Why
		regains := i <= r.Sightings[0].Behind
		r.yield()
		i = slices.IndexFunc(r.Sightings, sg.same)
		r.Sightings = slices.Delete(r.Sightings, i, i+1)
		if regains {
			behind = i
		}
	} else {
		r.yield()
	}
	sg.Behind = behind
	r.Sightings = slices.Insert(r.Sightings, 0, sg)
	r.Sightings = r.Sightings[:min(len(r.Sightings), maxSightings)]
}

// regains tells whether a source that tells an entry again, and does not own
// it, owns it from here on: it outranks the owner, the owner's source left, or
// the owner only stood in for it.
func (t *teller) regains(s *story, n *newcomer) bool {
	owner := t.set.source(s.owner().Source)
	rank := owner.rank(s.head.Traits.Home)
	if n.Rank.Above(rank) || !owner.listed {
		return true
	}
	i := slices.IndexFunc(s.head.Sightings, func(o sightingRec) bool { return o.Source == n.src.no && o.Key == n.Item.Key })
	return i > 0 && i <= s.owner().Behind && !rank.Above(n.Rank)
}

// heir returns the sighting that an entry passes to when its owner's source
// leaves: the highest rank, then the first to tell; 0 when there is none. Those
// of sources that left, or forbid that anything of them is published, are no
// heirs unless anybody will do.
func (t *teller) heir(s *story, anybody bool) int {
	best := 0
	owner := s.owner().Source
	for i := 1; i < len(s.head.Sightings); i++ {
		sg := &s.head.Sightings[i]
		src := t.set.source(sg.Source)
		if sg.Source == owner || !anybody && (!src.listed || t.denies(sg.Source)) {
			continue
		}
		was := &s.head.Sightings[best]
		if best == 0 || src.rank(sg.Home).Above(t.set.source(was.Source).rank(was.Home)) {
			best = i
		}
	}
	return best
}

// pass gives an entry to the sighting at i, with the link, the title and the
// tags of that sighting: the text is the departed author's, and leaves. Its
// names stay until the heir tells it again, so that the story is known by them.
func (t *tending) pass(s *story, i int) error {
	if err := t.demote(s); err != nil {
		return err
	}
	from := s.owner().Source
	s.head.succeed(i)
	sg := s.owner()
	content := &feed.Content{Title: sg.Title, Link: sg.Link, Tags: each(sg.Tags, tagRec.tag)}
	sg.Link, sg.Title, sg.Tags = "", "", nil
	record, err := t.f.bodyRecord(content)
	if err != nil {
		return err
	}
	s.content, s.body = content, record
	s.head.Title, s.head.Link, s.head.Language = content.Title, content.Link, ""
	s.head.Traits.Home, s.head.Bare = sg.Home, true
	s.head.Past.Material, s.head.Past.Stated = 0, 0
	s.touch()
	t.reread[sg.Source] = true
	return t.reholds(s, from)
}
