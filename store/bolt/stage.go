package bolt

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"weir/feed"
	"weir/feed/identity"
)

// encodeBodies encodes the bodies of reports' items, on all processors:
// compressing is a third of what storing an entry costs. Nearly all of them are
// needed, because what is known and unchanged was not read again; therefore it
// is done before it is the caller's turn to write.
func (f *file) encodeBodies(reports []feed.Report) ([][][]byte, error) {
	bodies := make([][][]byte, len(reports))
	errs := make([]error, min(runtime.GOMAXPROCS(0), len(reports)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for errs[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(reports) {
					return
				}
				bodies[i], errs[w] = f.encodeDocument(reports[i].Document)
			}
		})
	}
	wg.Wait()
	return bodies, errors.Join(errs...)
}

func (f *file) encodeDocument(d *feed.Document) ([][]byte, error) {
	if d == nil {
		return nil, nil
	}
	bodies := make([][]byte, len(d.Items))
	for i := range d.Items {
		var err error
		if bodies[i], err = f.bodyRecord(&d.Items[i].Content); err != nil {
			return nil, err
		}
	}
	return bodies, nil
}

// encodeParts is encodeBodies for what one transaction of a first cycle
// stages: the bodies of all that was read at once would not fit into memory.
func (f *file) encodeParts(part []*pending) error {
	reports := make([]feed.Report, len(part))
	for i, p := range part {
		reports[i] = *p.report
	}
	bodies, err := f.encodeBodies(reports)
	for i, p := range part {
		p.bodies = bodies[i]
	}
	return err
}

// stage commits documents to a store in its first cycle: their states now, the
// items as the entries that they most probably are. Settle decides all of them
// together, and changes those that turn out to be told twice.
func (c *committing) stage(batch []*pending) error {
	t := &teller{f: c.f, set: c.set, now: c.now}
	t.on(c.tx)
	for _, p := range batch {
		r := c.open(p)
		for _, n := range c.newcomers(r) {
			if err := t.stage(n); err != nil {
				return err
			}
		}
		p.outcome.Rejected = 0 // told by the rejections, counted by Settle
		if err := c.f.putDoc(c.tx, p.src.no, &r.doc); err != nil {
			return err
		}
		if err := c.f.reject(c.tx, p.src.no, r.rejected); err != nil {
			return err
		}
	}
	return nil
}

// stage writes one item as an entry that has nobody beside it.
func (t *teller) stage(n *newcomer) error {
	seq, err := t.entries.NextSequence()
	if err != nil {
		return err
	}
	head := n.draft()
	base, origin := identity.Base(n.Item)
	head.Slug, head.Origin = base, uint8(origin)
	head.ID = identity.PublishedID(t.set.site, n.src.ID, n.Item, func(string) bool { return false })
	head.Title, head.Link, head.Language, head.Traits = n.Item.Title, n.Item.Link, n.Item.Language, n.traits
	if head.Body, err = t.bodies.NextSequence(); err != nil {
		return err
	}
	if err := t.f.codec.putBody(t.bodies, head.Body, n.record); err != nil {
		return err
	}
	record, err := t.f.codec.encodeHead(&head)
	if err != nil {
		return err
	}
	return t.f.codec.put(t.entries, number(seq), record)
}

// draft is what an entry of this item begins with.
func (n *newcomer) draft() headRec {
	past := firstPast(n)
	return headRec{
		Published: micros(n.Published), Inferred: n.inferred, FirstSeen: micros(n.seen), Place: micros(n.place),
		Past: past, Updated: past.Updated,
		Sightings: []sightingRec{{Source: n.src.no, Key: n.Item.Key, Seen: micros(n.seen), Why: n.why}},
	}
}

// restage makes a staged entry the item that it was. It fills n, whose item is
// used again for the next one: nothing of a staged item outlives its turn.
func (n *newcomer) restage(head *headRec, seq uint64, set *setup, outcome *feed.Outcome) {
	own := &head.Sightings[0]
	src, it := set.source(own.Source), n.Item
	*it = feed.Item{
		Content: feed.Content{Title: head.Title, Link: head.Link, Language: head.Language},
		Updated: instant(head.Past.Stated), Key: own.Key, Traits: head.Traits.names(),
	}
	*n = newcomer{
		Newcomer: identity.Newcomer{
			Source: src.ID, Rank: src.rank(head.Traits.Home), Item: it,
			Published: instant(head.Published), Dedupe: src.Dedupe,
			Undated: head.Inferred && head.Past.Stated == 0,
		},
		src: src, traits: head.Traits, outcome: outcome,
		seen: instant(own.Seen), place: instant(head.Place), inferred: head.Inferred,
		staged: seq, head: head, body: head.Body,
	}
}
