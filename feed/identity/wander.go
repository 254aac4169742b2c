package identity

import "weir/feed"

// wanderings finds ids that went from one item to another, where both are told
// by their links: the id's former item is still there, or the one that has it
// now had another. An entry that took such an id for its item's would be
// overwritten with a new story at every poll, and the new ones be lost (I7).
// An id that a new link has, and whose former item is gone, was used again
// (XF09).
type wanderings struct {
	repeated *repeats
	// owner maps ids of the last document to the link that had them, known
	// links to their item there; 0 and the zero key stand for several.
	owner map[uint64]uint64
	known map[uint64]feed.Key
	// present are the links of this document.
	present map[uint64]bool
}

func (p *preparer) newWanderings(prior []feed.Known) *wanderings {
	w := &wanderings{
		repeated: &p.repeated, owner: make(map[uint64]uint64, len(prior)),
		known: make(map[uint64]feed.Key, len(prior)), present: make(map[uint64]bool, len(p.doc.Seen)),
	}
	if len(prior) == 0 {
		return w
	}
	for i := range prior {
		k := &prior[i]
		if link, twice := w.owner[k.ID]; twice && link != k.Link {
			w.owner[k.ID] = 0
		} else {
			w.owner[k.ID] = k.Link
		}
		if key, twice := w.known[k.Link]; twice && key != k.Key {
			w.known[k.Link] = feed.Key{}
		} else {
			w.known[k.Link] = k.Key
		}
	}
	for i := range p.doc.Seen {
		w.present[p.doc.Seen[i].Link] = true
	}
	return w
}

// wandered tells whether an item's id was another's and identifies it no more.
func (w *wanderings) wandered(d *draft) bool {
	if d.seen.ID == 0 || d.seen.Link == 0 || w.repeated.link[d.seen.Link] {
		return false
	}
	was := w.owner[d.seen.ID]
	if was == 0 || was == d.seen.Link {
		return false
	}
	_, old := w.known[d.seen.Link]
	return old || w.present[was] && !w.repeated.link[was]
}

// key is what the item at this link went by in the last document, or else its
// link's.
func (w *wanderings) key(p *preparer, it *feed.Item, d *draft, held map[feed.Key]uint64) (feed.Key, feed.KeyKind) {
	key := w.known[d.seen.Link]
	if key.IsZero() {
		key, _ = p.key(feed.KeyLink, it, d)
	}
	if _, taken := held[key]; taken {
		return feed.Key{}, feed.KeyNone
	}
	return key, feed.KeyLink
}
