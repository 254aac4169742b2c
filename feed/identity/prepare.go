package identity

import (
	"strings"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
)

// wordyPointer is how many words of its own make a pointer a story.
const wordyPointer = 25

// Prepare gives the items of a document their keys and traits, and completes
// doc.Seen. It needs the whole document in doc.Seen, one element per item with
// its hash, and the items that were parsed in doc.Items; prior is what the
// source's last document held, and supplies the others. Where doc.Seen is
// empty, the items are the whole document.
//
// An item that points away from its source's site with words of its own gets
// its target as External. Prepare is deterministic, and costs one pass over
// each body. Items that may not be published are treated like the others: they
// are known by the same keys when they may.
func Prepare(src feed.Source, doc *feed.Document, prior []feed.Known) {
	may := len(doc.Items)
	doc.Items = append(doc.Items, doc.Forbidden...)
	prepare(&src, doc, prior)
	doc.Items, doc.Forbidden = doc.Items[:may:may], doc.Items[may:]
}

func prepare(src *feed.Source, doc *feed.Document, prior []feed.Known) {
	p := preparer{src: src, doc: doc, home: newTerritory(src, &doc.Profile)}
	if len(doc.Seen) == 0 {
		doc.Seen = make([]feed.Known, len(doc.Items))
		for i := range doc.Items {
			doc.Items[i].Position = i
			doc.Seen[i].Hash = doc.Items[i].Hash
		}
	}
	p.recall(prior)
	p.read()
	p.repeated = findRepeats(doc.Seen)
	p.keys(prior)
	for i := range doc.Items {
		p.traits(i)
	}
}

// preparer works on one document.
type preparer struct {
	src  *feed.Source
	doc  *feed.Document
	home *territory
	// parsed marks the places of doc.Seen that belong to an item of
	// doc.Items.
	parsed []bool
	// drafts hold what is read of each item before keys are chosen.
	drafts   []draft
	repeated repeats
	sketcher sketcher
	buf      []byte
}

// draft is what an item's key and slugs are chosen from.
type draft struct {
	// link is taken apart if linked; canon is its canonical form.
	link   address
	linked bool
	canon  string
	slug   slugText
	// seen are the hashes by which repetition is found.
	seen feed.Known
}

// recall completes the places of items that were not parsed.
func (p *preparer) recall(prior []feed.Known) {
	p.parsed = make([]bool, len(p.doc.Seen))
	unparsed := len(p.doc.Seen)
	for i := range p.doc.Items {
		if at := p.doc.Items[i].Position; at >= 0 && at < len(p.parsed) && !p.parsed[at] {
			p.parsed[at] = true
			unparsed--
		}
	}
	if unparsed == 0 || len(prior) == 0 {
		return
	}
	byHash := make(map[uint64]int, len(prior))
	for i := range prior {
		if _, ok := byHash[prior[i].Hash]; !ok {
			byHash[prior[i].Hash] = i
		}
	}
	for at := range p.doc.Seen {
		if i, ok := byHash[p.doc.Seen[at].Hash]; ok && !p.parsed[at] {
			p.doc.Seen[at] = prior[i]
		}
	}
}

// read takes the items' links apart and notes what may repeat.
func (p *preparer) read() {
	front := Canonical(p.doc.Profile.Link)
	p.drafts = make([]draft, len(p.doc.Items))
	for i := range p.doc.Items {
		it, d := &p.doc.Items[i], &p.drafts[i]
		if d.link, d.linked = parseAddress(it.Link); d.linked {
			d.canon = d.link.canonical()
			d.slug = linkSlug(&d.link)
		}
		if strings.HasPrefix(d.link.fragment, "comment") {
			d.canon, d.slug = "", slugText{} // the page is the story commented on
		}
		if d.canon == front {
			d.canon = "" // the feed's home page is no story's own page
		}
		d.seen = feed.Known{Hash: it.Hash, ID: fingerprint(it.RawID), Link: fingerprint(d.canon), Slug: fingerprint(d.slug.text)}
		if at := it.Position; at >= 0 && at < len(p.doc.Seen) {
			p.doc.Seen[at] = d.seen
		}
	}
}

// traits fills in the traits of item i, once its key is known.
func (p *preparer) traits(i int) {
	it, d := &p.doc.Items[i], &p.drafts[i]
	t := &it.Traits
	*t = feed.Traits{Home: d.linked && p.home.holds(&d.link) || p.home.everywhere}
	if !p.repeated.link[d.seen.Link] {
		t.Canon = d.canon
	}
	if !p.repeated.id[d.seen.ID] {
		t.IRI = absoluteIRI(it.RawID)
	}
	if p.repeated.slug[d.seen.Slug] {
		d.slug = slugText{}
	}
	var explicit slugText
	if it.Slug != "" {
		explicit = slugify(it.Slug)
	}
	t.Slugs = candidates(explicit, d.slug, it.Title)
	body, plain := it.HTML, false
	if body == "" {
		body, plain = it.Summary, true
	}
	t.Sketch, t.OwnWords = p.sketcher.sketch(it.Title, body, plain)
	if it.External == "" && pointer(t, it.Link) && t.OwnWords >= wordyPointer {
		it.External = it.Link
	}
}

// pointer reports whether an item points away from its source's own site.
func pointer(t *feed.Traits, link string) bool { return !t.Home && link != "" }

// repeats holds the hashes that belong to several items of a document.
type repeats struct{ id, link, slug map[uint64]bool }

// findRepeats looks over the whole document, parsed or not. Items of the same
// bytes are one item told twice and repeat nothing.
func findRepeats(seen []feed.Known) repeats {
	count := func(of func(*feed.Known) uint64) map[uint64]bool {
		first := make(map[uint64]uint64, len(seen))
		var again map[uint64]bool
		for i := range seen {
			v := of(&seen[i])
			if v == 0 {
				continue
			}
			hash, known := first[v]
			if !known {
				first[v] = seen[i].Hash
			} else if hash != seen[i].Hash || hash == 0 {
				if again == nil {
					again = make(map[uint64]bool)
				}
				again[v] = true
			}
		}
		return again
	}
	return repeats{
		id:   count(func(k *feed.Known) uint64 { return k.ID }),
		link: count(func(k *feed.Known) uint64 { return k.Link }),
		slug: count(func(k *feed.Known) uint64 { return k.Slug }),
	}
}

// fingerprint hashes a value by which repetition is seen; 0 means none.
func fingerprint(s string) uint64 {
	if s == "" {
		return 0
	}
	return max(xxhash.Sum64String(s), 1)
}
