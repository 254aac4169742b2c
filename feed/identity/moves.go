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
	takers := make([]int, len(gone))
	index := indexGone(gone)
	for i, n := range news {
		pairs[i] = index.match(n)
		if pairs[i] >= 0 {
			takers[pairs[i]]++
		}
	}
	for i, g := range pairs {
		if g >= 0 && takers[g] > 1 {
			pairs[i] = -1
		}
	}
	return pairs
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

// match returns the only vanished entry that agrees with the newcomer in two
// respects, or -1.
func (x *goneIndex) match(n *Newcomer) int {
	t := &n.Item.Traits
	found := -1
	for _, list := range [...][]int{x.link[t.Canon], x.title[t.Sketch.Title], x.published[n.Published.UnixMicro()]} {
		if len(list) > crowd {
			continue
		}
		for _, g := range list {
			if g == found || agreements(n, &x.gone[g]) < 2 {
				continue
			}
			if found >= 0 {
				return -1
			}
			found = g
		}
	}
	return found
}

// agreements counts in how many of link, title, instant and text both agree.
func agreements(n *Newcomer, h *Holder) int {
	t := &n.Item.Traits
	count := 0
	for _, same := range [...]bool{
		t.Canon != "" && t.Canon == h.Traits.Canon,
		titlesEqual(&t.Sketch, &h.Traits.Sketch),
		!n.Published.IsZero() && n.Published.Equal(h.Published),
		textsShare(&t.Sketch, &h.Traits.Sketch, sameTextShare),
	} {
		if same {
			count++
		}
	}
	return count
}
