package parse

// Every element of an item is either said whole by the item's fields or kept
// as a tree; none is taken for modelled and then lost. Fields with several
// sources take the best there is, so the others stay trees.

// slot is a field that one element fills, or elements of one kind.
type slot uint8

const (
	// slotNone is filled by elements of which the fields do not say all.
	slotNone slot = iota
	// slotEvery holds all elements that belong to it.
	slotEvery
	slotTitle
	slotText
	slotFull
	slotID
	slotLink
	slotPublished
	slotUpdated
	slotComments
	slotSource
	slotRights
	slotLanguage
	slotAuthors
	slots
)

// claim says of the elements of one item which are said by fields: best is the
// rank of the best element of each slot, met whether it came by.
type claim struct {
	doc  *document
	best [slots]int8
	met  [slots]bool
}

// noRank is worse than every rank.
const noRank = 9

func (d *document) claim(nodes []node) claim {
	c := claim{doc: d}
	for i := range c.best {
		c.best[i] = noRank
	}
	for i := range nodes {
		if n := &nodes[i]; !d.silent(n) {
			s, rank := d.slot(n)
			c.best[s] = min(c.best[s], rank)
		}
	}
	return c
}

// whole reports whether the fields say all that the element says. It is to be
// asked once of every element, in order.
func (c *claim) whole(n *node) bool {
	s, rank := c.doc.slot(n)
	if c.doc.silent(n) {
		return s != slotNone || n.vocab == vocabNative
	}
	if s == slotNone || c.doc.adorned(n) {
		return false
	}
	switch {
	case s == slotEvery:
		return true
	case s == slotLink && c.best[s] == 0:
		// The address of a proxy stands for the original, which is there (I8).
		return true
	case rank != c.best[s]:
		return false
	case s == slotAuthors:
		return true
	}
	first := !c.met[s]
	c.met[s] = true
	return first
}

// silent reports whether an element has neither content nor attributes.
func (d *document) silent(n *node) bool {
	in := trim(d.text, n.inner)
	return in.lo == in.hi && n.tag.nattr == 0
}

// adorned reports whether an element of the format carries more than its field
// holds: attributes such as thr:count, a person's picture, a source's logo.
func (d *document) adorned(n *node) bool {
	if n.vocab != vocabNative && n.vocab != vocabAtom {
		return false
	}
	for pos := n.tag.attrs.lo; n.tag.nattr > 0; {
		name, _, end, ok := nextAttr(d.text, pos, n.tag.attrs.hi)
		if !ok {
			break
		}
		pos = end
		if prefix, _ := split(name.of(d.text)); prefix != nil && string(prefix) != "xml" && string(prefix) != "xmlns" {
			return true
		}
	}
	switch {
	case n.word != "author" && n.word != "contributor" && n.word != "source":
		return false
	case d.format != formatAtom && n.vocab != vocabAtom:
		return d.hasElements(n.inner)
	}
	o := d.walk(n.inner, d.own)
	for c, ok := o.next(); ok; c, ok = o.next() {
		switch c.atom() {
		case "name", "email", "uri", "url", "homepage", "id", "title", "link", "updated", "modified", "author",
			"contributor", "category", "subtitle", "tagline", "rights", "copyright", "icon", "logo":
		default:
			return true
		}
	}
	return false
}

// slot returns the field that an element fills and its rank there, 0 being
// the best.
func (d *document) slot(n *node) (slot, int8) {
	if d.format == formatAtom {
		return d.atomSlot(n)
	}
	return d.rssSlot(n)
}

func (d *document) rssSlot(n *node) (slot, int8) {
	switch n.vocab {
	case vocabNative:
		return rssNativeSlot(n.word)
	case vocabContent:
		if n.word == "encoded" {
			return slotFull, 0
		}
	case vocabXHTML:
		return slotFull, 1
	case vocabDC:
		return dublinSlot(n.word)
	case vocabDCTerms:
		switch n.word {
		case "created", "issued":
			return slotPublished, 2
		case "modified":
			return slotUpdated, 0
		}
	case vocabFeedBurner:
		return d.burnedSlot(n)
	case vocabAtom:
		switch n.word {
		case "link":
			return d.linkSlot(n)
		case "updated", "modified":
			return slotUpdated, 0
		case "published", "issued":
			return slotPublished, 2
		case "id":
			return slotID, 2
		case "title":
			return slotTitle, 2
		case "summary":
			return slotText, 2
		case "content":
			return slotFull, 2
		case "author":
			return slotAuthors, 2
		case "contributor", "category":
			return slotEvery, 0
		case "rights":
			return slotRights, 1
		}
	}
	return slotNone, noRank
}

func rssNativeSlot(word string) (slot, int8) {
	switch word {
	case "title":
		return slotTitle, 0
	case "link":
		return slotLink, 1
	case "description":
		return slotText, 0
	case "guid":
		return slotID, 0
	case "pubdate":
		return slotPublished, 0
	case "comments":
		return slotComments, 0
	case "source":
		return slotSource, 0
	case "author":
		return slotAuthors, 1
	case "category", "enclosure", "tags", "keywords":
		return slotEvery, 0
	case "fullitem", "body":
		return slotFull, 1
	case "content":
		return slotFull, 2
	}
	return slotNone, noRank
}

func dublinSlot(word string) (slot, int8) {
	switch word {
	case "creator":
		return slotAuthors, 0
	case "contributor", "subject":
		return slotEvery, 0
	case "date":
		return slotPublished, 1
	case "title":
		return slotTitle, 1
	case "description":
		return slotText, 1
	case "identifier":
		return slotID, 1
	case "rights":
		return slotRights, 0
	case "language":
		return slotLanguage, 0
	}
	return slotNone, noRank
}

func (d *document) atomSlot(n *node) (slot, int8) {
	switch n.vocab {
	case vocabNative:
		switch n.word {
		case "id":
			return slotID, 0
		case "title":
			return slotTitle, 0
		case "summary":
			return slotText, 0
		case "content":
			if _, out := d.rawAttr(n.tag, "src"); !out && d.form(*n) != formOther {
				return slotFull, 0
			}
		case "published":
			return slotPublished, 0
		case "issued":
			return slotPublished, 1
		case "created":
			return slotPublished, 2
		case "updated", "modified":
			return slotUpdated, 0
		case "rights", "copyright":
			return slotRights, 0
		case "source":
			return slotSource, 0
		case "author", "contributor", "category":
			return slotEvery, 0
		case "link":
			return d.linkSlot(n)
		}
	case vocabDC:
		switch n.word {
		case "creator", "contributor", "subject":
			return slotEvery, 0
		case "date":
			return slotPublished, 3
		}
		s, rank := dublinSlot(n.word)
		return s, rank + 1 // behind Atom's own
	case vocabFeedBurner:
		return d.burnedSlot(n)
	}
	return slotNone, noRank
}

// burnedSlot places what FeedBurner says: only an address is an original link.
func (d *document) burnedSlot(n *node) (slot, int8) {
	if n.word == "origlink" && isWeb(d.textOf(*n, len("https://"))) {
		return slotLink, 0
	}
	return slotNone, noRank
}

// linkSlot places an Atom link. One that names the entry itself, or where to
// edit it, is no link of the item's.
func (d *document) linkSlot(n *node) (slot, int8) {
	switch relation(d.attr(n.tag, "rel")) {
	case "alternate":
		if d.format == formatAtom {
			switch mediaType(d.attr(n.tag, "type")) {
			case "", "text/html", "application/xhtml+xml":
				return slotLink, 1
			}
		}
		return slotLink, 2
	case "self", "edit", "edit-media":
		return slotNone, noRank
	}
	return slotEvery, 0
}
