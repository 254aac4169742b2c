package publisher

import (
	"cmp"
	"context"
	"slices"
	"time"

	"weir/feed"
)

// removal is a story that was published and is gone.
type removal struct {
	id   string
	when time.Time
}

const (
	// maxRemoved is how many removals are announced, newest first.
	maxRemoved = 100
	// maxListings bounds the calls by which they are looked for.
	maxListings = 64
)

// findRemoved looks for what is to be announced as gone: what the operator took
// out of everything, or joined to another story. Retention is none of it, as
// what it drops was not wrong (A6). It tells whether that is other than what
// the documents announce.
func (p *Publisher) findRemoved(ctx context.Context) (changed bool, err error) {
	if !p.opt.Site.Tombstones {
		return false, nil
	}
	q := feed.Selection{States: []feed.EntryState{feed.StateRemoved, feed.StateJoined}, Limit: maxRemoved}
	var found []removal
	err = p.eachListed(ctx, q, func(e *feed.Entry) {
		if e.ID != "" && !e.Place.IsZero() { // of what was never there nobody hears
			found = append(found, removal{id: printable(e.ID), when: clamp(e.StateSince)})
		}
	})
	if err != nil {
		return false, err
	}
	slices.SortFunc(found, func(a, b removal) int {
		return cmp.Or(b.when.Compare(a.when), cmp.Compare(a.id, b.id))
	})
	found = found[:min(len(found), maxRemoved)]
	changed = !slices.EqualFunc(p.announced, found, func(a, b removal) bool { return a.id == b.id && a.when.Equal(b.when) })
	p.removed = found
	return changed, nil
}

// eachListed calls do for the entries that a selection wants.
func (p *Publisher) eachListed(ctx context.Context, q feed.Selection, do func(*feed.Entry)) error {
	for range maxListings {
		if err := ctx.Err(); err != nil {
			return err
		}
		list, err := p.reader.List(q)
		if err != nil {
			return err
		}
		for i := range list.Entries {
			do(&list.Entries[i])
		}
		if q.After = list.Next; q.After == "" {
			return nil
		}
	}
	return nil
}
