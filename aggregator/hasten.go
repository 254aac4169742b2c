package aggregator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"weir/aggregator/parse"
	"weir/aggregator/schedule"
	"weir/feed"
)

// Delivered is a document that its publisher sent by itself, in place of an
// answer.
type Delivered struct {
	Body []byte
	// Media is its stated type.
	Media string
}

// Hasten has a running Run look at a source by the given instant, but no sooner
// after the last look than the floor allows, whatever announces news and however
// often (P22). A source that fails is left alone for as long as it was to be.
func (p *Poller) Hasten(source string, at time.Time) error {
	if err := p.store.Hasten(source, at, p.o.Schedule.Least()); err != nil {
		return fmt.Errorf("hasten %s: %w", source, err)
	}
	select {
	case p.hastened <- struct{}{}:
	default:
	}
	return nil
}

// Deliver has a running Run take a document for what its source says. It adds
// and changes, and proves no absence (W12). It reports whether anything in it
// was taken: what says nothing of when it was written, or is older than the last
// look at the source, is left for the next one to bring, so that a document that
// is sent again undoes nothing (XI07).
func (p *Poller) Deliver(ctx context.Context, source string, d Delivered) (taken bool, err error) {
	sum, err := p.submit(ctx, Selection{All: true, Sources: []string{source}}, &d)
	return sum.Added+sum.Changed+sum.Joined > 0, err
}

// receive reads a document that was delivered. The source's state is as it was:
// when it is asked, and how, does not follow from what somebody else sent.
func (p *Poller) receive(c feed.Claim, d *Delivered, now time.Time) (r feed.Report) {
	r = feed.Report{Source: c.Source.ID, Token: c.Token, Poll: c.State.Poll}
	old, from := &c.State.Doc, c.State.Poll.Validators.Final
	if old.FirstFetched.IsZero() || from == "" {
		return r // There is nothing yet that it could add to.
	}
	doc, err := p.digest(c, d.Body, parse.Options{
		Source: c.Source, Location: from, ContentType: d.Media,
		Known: known(old, parse.Context(c.Source, from)), Context: old.Context, Learned: old.Learned,
	}, now)
	if err != nil || doc.Context != old.Context {
		p.o.Logger.Debug("what was delivered cannot be read", "source", c.Source.ID, "error", err)
		return r
	}
	// Clocks differ: what was written within the floor before the last look may
	// not have been there yet.
	since := c.State.Poll.Succeeded.Add(-p.o.Schedule.Least())
	doc.Items = slices.DeleteFunc(doc.Items, func(it feed.Item) bool {
		return !it.Updated.After(since) && !it.Published.After(since)
	})
	if len(doc.Items) == 0 {
		return r
	}
	// Of the head and of what it lacks it says nothing.
	doc.Partial, doc.Profile, doc.Head, doc.Hints = true, old.Profile, old.Head, feed.Hints{}
	doc.Warnings, doc.Learned = old.Warnings, old.Learned
	taken := make(map[feed.Key]bool, len(doc.Items))
	for i := range doc.Items {
		taken[doc.Items[i].Key] = true
	}
	doc.Seen = slices.DeleteFunc(doc.Seen, func(k feed.Known) bool { return !taken[k.Key] })
	for _, k := range old.Known {
		if !taken[k.Key] {
			doc.Seen = append(doc.Seen, k)
		}
	}
	r.Poll = schedule.Delivered(r.Poll, now)
	r.Document = doc
	return r
}
