package bolt

import (
	"bytes"
	"slices"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
)

// reading is a report with a document inside a transaction.
type reading struct {
	*pending
	old, doc feed.DocState
	// first says that the source never told anything.
	first    bool
	rejected []feed.Rejection
	// hold is why something is held of the source, nil when nothing is.
	hold *holdRec
	// own are the items that may become entries.
	own []*newcomer
}

// open reads what was known of the source and what is to be remembered.
func (c *committing) open(p *pending) *reading {
	d := p.report.Document
	r := &reading{pending: p, rejected: d.Rejected}
	r.old, _ = c.f.doc(c.tx, p.src.no)
	// Where its state is damaged, what it told is still known.
	r.first = r.old.FirstFetched.IsZero() && !told(c.tx, p.src.no)
	r.hold = c.f.holdOf(c.tx, p.src.no)
	r.doc = feed.DocState{
		Profile: d.Profile, Format: d.Format, FirstFetched: r.old.FirstFetched,
		Known: known(r.old.Known, d), Context: d.Context, Head: d.Head,
		Warnings: d.Warnings, Learned: d.Learned, Waiting: d.Waiting, Entries: r.old.Entries,
		Partial: !d.Proves(), Withheld: d.Withheld, Missing: r.old.Missing, Denied: d.Denied,
	}
	if r.doc.Denied == "" && !d.Proves() {
		r.doc.Denied = r.old.Denied // what it lacks may be the ban (I19)
	}
	// What the document says of its own age moves with every poll; what is
	// published is the last change that was seen in the entries.
	r.doc.Profile.Updated = r.old.Profile.Updated
	if r.doc.FirstFetched.IsZero() {
		r.doc.FirstFetched = c.now
	}
	p.outcome.Rejected = len(d.Rejected)
	return r
}

// told reports whether anything is known of a source's items.
func told(tx *bbolt.Tx, no uint32) bool {
	k, _ := tx.Bucket(bucketSightings).Cursor().Seek(short(no))
	return bytes.HasPrefix(k, short(no))
}

// known is what is remembered of a document's items. A partial or empty one
// proves no absence (I19, I20): what it lacks stays known, as far as the longer
// list went.
func known(old []feed.Known, d *feed.Document) []feed.Known {
	if d.Proves() {
		return d.Seen
	}
	seen := make(map[feed.Key]bool, len(d.Seen))
	for _, k := range d.Seen {
		seen[k.Key] = true
	}
	list := slices.Clone(d.Seen)
	for _, k := range old {
		if len(list) < max(len(old), len(d.Seen)) && !seen[k.Key] {
			list = append(list, k)
		}
	}
	return list
}

// newcomers returns the items of a document that may become entries; what is
// ours or has no key is rejected.
func (c *committing) newcomers(r *reading) []*newcomer {
	d := r.report.Document
	list := make([]*newcomer, 0, len(d.Items))
	reject := func(it *feed.Item, why string) {
		r.rejected = append(r.rejected, feed.Rejection{RawID: it.RawID, Title: it.Title, Link: it.Link, Reason: why, At: c.now})
		r.outcome.Rejected++
	}
	for i := range d.Items {
		it := &d.Items[i]
		switch {
		case ours(c.set.site, r.src, it):
			reject(it, "this is an entry of ours that came back")
		case r.doc.Denied != "":
			reject(it, "its feed forbids that it is published elsewhere ("+r.doc.Denied+")")
		case it.Key.IsZero():
			reject(it, "the item has no key")
		default:
			n := c.newcomer(r, it)
			if r.bodies != nil {
				n.record = r.bodies[i]
			}
			list = append(list, n)
		}
	}
	return list
}

func (c *committing) newcomer(r *reading, it *feed.Item) *newcomer {
	published, inferred := identity.Dates(it, r.first, r.report.Document.Modified, c.now)
	published = feed.Micro(published)
	return &newcomer{
		Newcomer: identity.Newcomer{
			Source: r.src.ID, Rank: r.src.rank(it.Traits.Home), Item: it,
			Published: published, Dedupe: r.src.Dedupe,
			Undated: inferred && it.Updated.IsZero(),
		},
		src: r.src, traits: traitsRecord(&it.Traits), outcome: r.outcome,
		seen: c.now, place: feed.Micro(identity.Place(published, c.now, r.first)), inferred: inferred,
	}
}
