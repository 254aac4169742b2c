package publisher

import (
	"context"
	"slices"

	"weir/feed"
)

// window reads what a channel's documents hold, but for what is kept of it.
func (p *Publisher) window(ctx context.Context, ch *Channel, before keeping, sources *outlets) (feed.Window, error) {
	q := feed.Query{Channel: ch.ID, Limit: ch.Limit, Hold: hold, Max: max(ch.Limit, maxWindow), Known: before.known(sources)}
	if ch.PerSource <= 0 {
		w, err := p.reader.Window(q)
		before.fill(&w)
		return w, err
	}
	for range restless {
		w, steady, err := p.fairWindow(ctx, ch, q, before)
		if err != nil || steady {
			return w, err
		}
	}
	return feed.Window{}, errRestless
}

// mostLooked bounds how many entries are looked at for a fair share, as a
// multiple of the limit, fewestLooked from below: a short list must not be filled
// by whoever published some hundred at once. Where a few sources write
// everything, the document is shorter than its limit. They are read so many at a
// time, or as many as the limit.
const (
	mostLooked   = 20
	fewestLooked = 2000
	lookedAtOnce = 100
)

// fairWindow reads on until so many entries are found as the channel's limit
// says, of which no source owns more than its share. It is steady when the
// channel did not change meanwhile.
func (p *Publisher) fairWindow(ctx context.Context, ch *Channel, q feed.Query, before keeping) (w feed.Window, steady bool, err error) {
	w, err = p.reader.Window(q)
	if err != nil {
		return w, false, err
	}
	before.fill(&w)
	shares := make(map[string]int)
	looked := len(w.Entries)
	w.Entries = fair(w.Entries, shares, ch.PerSource, 0)
	for w.Next != "" && len(w.Entries) < ch.Limit && looked < max(mostLooked*ch.Limit, fewestLooked) {
		if err := ctx.Err(); err != nil {
			return w, false, err
		}
		more, err := p.reader.Window(feed.Query{Channel: ch.ID, After: w.Next, Limit: max(ch.Limit, lookedAtOnce), Known: q.Known})
		if err != nil || more.Revision != w.Revision {
			return w, false, err
		}
		before.fill(&more)
		looked += len(more.Entries)
		w.Entries = append(w.Entries, fair(more.Entries, shares, ch.PerSource, ch.Limit-len(w.Entries))...)
		for id, profile := range more.Sources {
			w.Sources[id] = profile
		}
		w.Next = more.Next
	}
	return w, true, nil
}

// fair keeps the newest entries of each source, up to its share; of all
// together at most so many, if that is not 0.
func fair(list []feed.Placed, shares map[string]int, share, most int) []feed.Placed {
	kept := list[:0]
	for i := range list {
		source := list[i].Source()
		if most > 0 && len(kept) == most {
			break
		}
		if shares[source] < share {
			shares[source]++
			kept = append(kept, list[i])
		}
	}
	return kept
}

// sort orders entries as the channel wants them (U5). They come in order of
// place.
func (e *entries) sort(ch *Channel) {
	if ch.Sort == ByPlace {
		return
	}
	order := make([]*fragment, len(e.fragments))
	copy(order, e.fragments)
	slices.SortStableFunc(order, func(a, b *fragment) int { return ch.instant(b.story).Compare(ch.instant(a.story)) })
	e.fragments = order
	e.stories = e.stories[:0:0]
	for _, f := range order {
		e.stories = append(e.stories, f.story)
	}
}
