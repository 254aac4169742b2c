package aggregator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"time"

	"weir/aggregator/article"
	"weir/aggregator/fetch"
	"weir/aggregator/parse"
	"weir/aggregator/schedule"
	"weir/feed"
	"weir/feed/identity"
)

// poll reads one claimed source. It reports false when the context ended
// first, because then nothing was learned about the source.
func (p *Poller) poll(ctx context.Context, c feed.Claim) (r feed.Report, ok bool) {
	now := p.o.Now()
	r = feed.Report{Source: c.Source.ID, Token: c.Token}
	defer func() {
		// A panic is this feed's alone (XC23).
		if v := recover(); v != nil {
			p.o.Logger.Error("poll panicked", "source", c.Source.ID, "panic", v, "stack", string(debug.Stack()))
			r.Document = nil
			r.Poll = p.failed(c, feed.Problem{Kind: "malformed",
				Text: "reading the document failed unexpectedly; please report this feed"}, nil, now)
			ok = true
		}
	}()
	got, err := p.read(ctx, c, now)
	if ctx.Err() != nil {
		return r, false
	}
	if err != nil {
		r.Poll = p.failed(c, problem(err), err, now)
		return r, true
	}
	r.Poll = p.scheduled(c, schedule.Succeeded(c.State.Poll, got.answer, now), now)
	r.Document = got.document
	return r, true
}

// reading is what reading a source gave: an answer for its schedule and a
// document, nil when nothing changed.
type reading struct {
	answer   schedule.Answer
	document *feed.Document
}

func (p *Poller) read(ctx context.Context, c feed.Claim, now time.Time) (reading, error) {
	if c.Source.Kind == feed.Articles {
		return p.readArticles(ctx, c, now)
	}
	resp, err := p.get(ctx, c)
	if err != nil {
		return reading{}, err
	}
	answer := schedule.Answer{
		Status: resp.Status, NotModified: resp.NotModified, Validators: resp.Validators,
		Permanent: resp.Permanent, Hints: resp.Hints,
	}
	if resp.NotModified {
		return reading{answer: answer}, nil
	}
	defer resp.Release()
	doc, err := parse.Read(resp.Body, parse.Options{
		Source: c.Source, Location: resp.Final, ContentType: resp.ContentType,
		Known: c.State.Doc.Known, Context: c.State.Doc.Context,
	})
	if err != nil {
		return reading{}, err
	}
	doc.Modified = resp.Modified
	answer.Hints = merge(doc.Hints, resp.Hints)
	p.finish(c, doc, now)
	if unchanged(&c.State.Doc, doc) {
		doc = nil
	}
	return reading{answer: answer, document: doc}, nil
}

func (p *Poller) get(ctx context.Context, c feed.Claim) (*fetch.Response, error) {
	req := fetch.Request{URL: c.Source.URL, Validators: c.State.Poll.Validators}
	if c.State.Doc.FirstFetched.IsZero() {
		// Without stored items a 304 would leave us with nothing (XB16).
		req.Validators = feed.Validators{}
	}
	if c.Source.Kind == feed.File {
		return fetch.ReadFile(ctx, req, p.o.MaxBody)
	}
	return p.o.Fetcher.Get(ctx, req)
}

// finish gives items their identity and drops those that the source's own
// filter does not want, each with its reason.
func (p *Poller) finish(c feed.Claim, doc *feed.Document, now time.Time) {
	identity.Prepare(c.Source, doc, c.State.Doc.Known)
	wanted := p.o.Wanted[c.Source.ID]
	kept := doc.Items[:0]
	for i := range doc.Items {
		it := &doc.Items[i]
		it.Tags = withTags(it.Tags, c.Source.Tags)
		if wanted == nil || wanted.Match(preview(c.Source.ID, it)) {
			kept = append(kept, *it)
			continue
		}
		doc.Rejected = append(doc.Rejected, feed.Rejection{
			RawID: it.RawID, Title: it.Title, Link: it.Link,
			Reason: "left out by include, exclude or where of the source", At: feed.Micro(now),
		})
	}
	doc.Items = kept
	for i := range doc.Rejected {
		doc.Rejected[i].At = feed.Micro(now)
	}
}

// preview is the entry that an item would become, as far as a filter sees it.
func preview(source string, it *feed.Item) *feed.Entry {
	return &feed.Entry{
		Published: it.Published, Updated: it.Updated, Content: it.Content, Traits: it.Traits,
		Sightings: []feed.Sighting{{Source: source, Key: it.Key, Link: it.Link, Title: it.Title, Tags: it.Tags}},
	}
}

func withTags(tags []feed.Tag, more []string) []feed.Tag {
	for _, m := range more {
		known := false
		for _, t := range tags {
			known = known || feed.Fold(t.Term) == feed.Fold(m)
		}
		if !known {
			tags = append(tags, feed.Tag{Term: m})
		}
	}
	return tags
}

// unchanged reports whether a document says nothing that the store does not
// know: then neither its state nor any revision needs to move.
func unchanged(old *feed.DocState, doc *feed.Document) bool {
	if old.FirstFetched.IsZero() || len(doc.Items) > 0 || len(doc.Rejected) > 0 {
		return false
	}
	if old.Head != doc.Head || old.Context != doc.Context || len(old.Known) != len(doc.Seen) {
		return false
	}
	for i, k := range doc.Seen {
		if old.Known[i].Hash != k.Hash {
			return false
		}
	}
	return true
}

func (p *Poller) readArticles(ctx context.Context, c feed.Claim, now time.Time) (reading, error) {
	folder := p.o.Folders[c.Source.ID]
	if folder == nil {
		return reading{}, fmt.Errorf("articles %s: the folder is not open", c.Source.ID)
	}
	res, err := folder.Read(ctx, now)
	if err != nil {
		return reading{}, err
	}
	doc := res.Document
	for _, f := range res.Problems {
		doc.Warnings = append(doc.Warnings, f.String())
	}
	known := c.State.Doc.Known
	doc.Items = newItems(doc.Items, known)
	p.finish(c, doc, now)
	answer := schedule.Answer{Status: 0, Wake: res.Next}
	if unchanged(&c.State.Doc, doc) && sameStrings(c.State.Doc.Warnings, doc.Warnings) {
		doc = nil
	}
	return reading{answer: answer, document: doc}, nil
}

// newItems leaves out the articles whose hash the store knows.
func newItems(items []feed.Item, known []feed.Known) []feed.Item {
	hashes := make(map[uint64]bool, len(known))
	for _, k := range known {
		hashes[k.Hash] = true
	}
	kept := make([]feed.Item, 0, len(items))
	for _, it := range items {
		if !hashes[it.Hash] {
			kept = append(kept, it)
		}
	}
	return kept
}

func sameStrings(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// merge takes the document's own wishes and the transport's.
func merge(doc, http feed.Hints) feed.Hints {
	doc.Fresh, doc.RetryAfter = http.Fresh, http.RetryAfter
	return doc
}

func (p *Poller) scheduled(c feed.Claim, s feed.PollState, now time.Time) feed.PollState {
	o := p.o.Schedule
	if c.Source.Every > 0 {
		o.Every, o.Own = c.Source.Every, true
	}
	o.File = c.Source.Kind != feed.Remote
	return schedule.Next(now, s, o)
}

func (p *Poller) failed(c feed.Claim, pr feed.Problem, err error, now time.Time) feed.PollState {
	var fe *fetch.Error
	var status int
	var retry time.Time
	if errors.As(err, &fe) {
		status, retry = fe.Status, fe.RetryAfter
	}
	return p.scheduled(c, schedule.Failed(c.State.Poll, pr, status, retry, now), now)
}

// problem turns an error into what an operator reads.
func problem(err error) feed.Problem {
	var fe *fetch.Error
	var limit *parse.LimitError
	var folder *article.FolderError
	switch {
	case errors.As(err, &fe):
		return fe.Problem
	case errors.Is(err, parse.ErrNotFeed):
		return feed.Problem{Kind: "not-a-feed", Text: err.Error()}
	case errors.As(err, &limit):
		return feed.Problem{Kind: "too-large", Text: err.Error()}
	case errors.As(err, &folder), errors.Is(err, fs.ErrNotExist):
		return feed.Problem{Kind: "articles", Text: err.Error()}
	default:
		return feed.Problem{Kind: "malformed", Text: err.Error()}
	}
}
