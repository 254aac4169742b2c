package bolt

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
)

// stagedRec is an item of a store's first cycle, waiting until all documents
// are there. Its body is in place already and is never moved.
type stagedRec struct {
	Source    uint32    `cbor:"1,keyasint"`
	Key       feed.Key  `cbor:"2,keyasint"`
	Body      uint64    `cbor:"3,keyasint"`
	Published int64     `cbor:"4,keyasint"`
	Inferred  bool      `cbor:"5,keyasint,omitempty"`
	Seen      int64     `cbor:"6,keyasint"`
	Place     int64     `cbor:"7,keyasint"`
	Past      pastRec   `cbor:"8,keyasint"`
	RawID     string    `cbor:"9,keyasint,omitempty"`
	Slug      string    `cbor:"10,keyasint,omitempty"`
	Title     string    `cbor:"11,keyasint,omitempty"`
	Link      string    `cbor:"12,keyasint,omitempty"`
	Language  string    `cbor:"13,keyasint,omitempty"`
	Said      int64     `cbor:"14,keyasint,omitempty"`
	Edited    int64     `cbor:"15,keyasint,omitempty"`
	Traits    traitsRec `cbor:"16,keyasint"`
}

func stagedRecord(n *newcomer) stagedRec {
	it := n.Item
	return stagedRec{
		Source: n.src.no, Key: it.Key, Body: n.body,
		Published: micros(n.Published), Inferred: n.inferred, Seen: micros(n.seen), Place: micros(n.place),
		Past:  firstPast(n),
		RawID: it.RawID, Slug: it.Slug,
		Title: it.Title, Link: it.Link, Language: it.Language,
		Said: micros(it.Published), Edited: micros(it.Updated), Traits: n.traits,
	}
}

// newcomer is the inverse, but for the body. It fills n, whose item is used
// again for the next one: nothing of a staged item outlives its turn.
func (r *stagedRec) newcomer(n *newcomer, set *setup, outcome *feed.Outcome) {
	src, it := set.source(r.Source), n.Item
	*it = feed.Item{
		Content: feed.Content{Title: r.Title, Link: r.Link, Language: r.Language},
		RawID:   r.RawID, Slug: r.Slug, Published: instant(r.Said), Updated: instant(r.Edited),
		Key: r.Key, Traits: r.Traits.names(),
	}
	*n = newcomer{
		Newcomer: identity.Newcomer{
			Source: src.ID, Rank: src.rank(r.Traits.Home), Item: it,
			Published: instant(r.Published), Dedupe: src.Dedupe,
			Undated: r.Inferred && r.Edited == 0,
		},
		src: src, traits: r.Traits, outcome: outcome,
		seen: instant(r.Seen), place: instant(r.Place), inferred: r.Inferred,
		past: r.Past, body: r.Body,
	}
}

// prepare encodes the bodies of a call's items in the caller's time, while
// somebody else may be writing, on all processors: compressing is a third of
// what storing an entry costs.
func (f *file) prepare(c *call) error {
	c.prepared = make([]prepared, len(c.reports))
	errs := make([]error, min(runtime.GOMAXPROCS(0), len(c.reports)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for errs[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(c.reports) {
					return
				}
				c.prepared[i].bodies, errs[w] = f.prepareOne(c.reports[i].Document)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (f *file) prepareOne(d *feed.Document) ([][]byte, error) {
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

// stage commits documents to a store in its first cycle: their states now, the
// items when Settle decides all of them together.
func (c *committing) stage(batch []*pending) error {
	bodies, staged := c.tx.Bucket(bucketBodies), c.tx.Bucket(bucketStaged)
	bodies.FillPercent, staged.FillPercent = 1, 1
	for _, p := range batch {
		r := c.open(p)
		for _, n := range c.newcomers(r) {
			if err := c.f.stage(bodies, staged, n); err != nil {
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

// stage writes one item's body where it stays and the rest where it waits.
func (f *file) stage(bodies, staged *bbolt.Bucket, n *newcomer) error {
	var err error
	if n.body, err = bodies.NextSequence(); err != nil {
		return err
	}
	if err := f.codec.putBody(bodies, n.body, n.record); err != nil {
		return err
	}
	r := stagedRecord(n)
	record, err := f.codec.encode(&r)
	if err != nil {
		return err
	}
	at, err := staged.NextSequence()
	if err != nil {
		return err
	}
	return f.codec.put(staged, number(at), record)
}
