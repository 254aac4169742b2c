package identity

// crowd is how many vanished items may share a link, a title or an instant
// before it stops telling them apart.
const crowd = 16

// Moves pairs newcomers of one source, whose keys are unknown, with entries of
// that source whose keys vanished from its last complete document: the same
// items under new ids (I9). Element i is the index in gone of newcomer i, or
// -1. Two belong together when they agree in two of link, title, published
// instant and text, and neither agrees so with any other.
func Moves(news []*Newcomer, gone []Holder) []int {
	pairs := make([]int, len(news))
	scores := make([]int, len(news))
	takers := make([]taker, len(gone))
	index := indexGone(gone)
	for i, n := range news {
		if pairs[i], scores[i] = index.match(n); pairs[i] >= 0 {
			takers[pairs[i]].see(scores[i])
		}
	}
	for i, g := range pairs {
		if g >= 0 && (scores[i] < takers[g].best || takers[g].many) {
			pairs[i] = -1
		}
	}
	return pairs
}

// taker is how well newcomers agree with a vanished entry.
type taker struct {
	best int
	// many says that several agree as well as the best.
	many bool
}

func (t *taker) see(score int) {
	switch {
	case score > t.best:
		t.best, t.many = score, false
	case score == t.best:
		t.many = true
	}
}

// goneIndex finds vanished entries by what they may agree in. Two of four
// always include one of these three.
type goneIndex struct {
	gone        []Holder
	link, title map[string][]int
	published   map[int64][]int
}

func indexGone(gone []Holder) goneIndex {
	x := goneIndex{gone, map[string][]int{}, map[string][]int{}, map[int64][]int{}}
	for i := range gone {
		h := &gone[i]
		if c := h.Traits.Canon; c != "" {
			x.link[c] = append(x.link[c], i)
		}
		if t := h.Traits.Sketch.Title; t != "" {
			x.title[t] = append(x.title[t], i)
		}
		if !h.Published.IsZero() {
			p := h.Published.UnixMicro()
			x.published[p] = append(x.published[p], i)
		}
	}
	return x
}

// match returns the vanished entry that agrees with the newcomer in two
// respects or more, and in how many; -1 when there is none, or several that
// agree as well.
func (x *goneIndex) match(n *Newcomer) (found, score int) {
	t := &n.Item.Traits
	found = -1
	many := false
	for _, list := range [...][]int{x.link[t.Canon], x.title[t.Sketch.Title], x.published[n.Published.UnixMicro()]} {
		if len(list) > crowd {
			continue
		}
		for _, g := range list {
			if g == found {
				continue
			}
			switch count := agreements(n, &x.gone[g]); {
			case count < 2 || count < score:
			case count == score:
				many = true
			default:
				found, score, many = g, count, false
			}
		}
	}
	if many {
		return -1, 0
	}
	return found, score
}

// agreements counts in how many of link, title, instant and text both agree.
// A page that shows another text every day under one title is not one story.
func agreements(n *Newcomer, h *Holder) int {
	t := &n.Item.Traits
	p := pair{n: n, h: h, a: &t.Sketch, b: &h.Traits.Sketch}
	date := !n.Published.IsZero() && n.Published.Equal(h.Published)
	if _, strange := p.strange(); strange && !date && p.dated() {
		return 0
	}
	count := 0
	for _, same := range [...]bool{
		t.Canon != "" && t.Canon == h.Traits.Canon,
		titlesEqual(p.a, p.b),
		date,
		textsShare(p.a, p.b, sameTextShare),
	} {
		if same {
			count++
		}
	}
	return count
}
