package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/aggregator/discover"
	"weir/aggregator/fetch"
	"weir/aggregator/parse"
	"weir/aggregator/schedule"
	"weir/feed"
	"weir/feed/identity"
)

// poll reads one claimed source. It reports false when the context ended
// first, because then nothing was learned about the source. A poll of a cycle
// counts as begun no earlier than the cycle was: a clock that is set back would
// have it taken for untried, and repeated (XL05).
func (p *Poller) poll(ctx context.Context, c feed.Claim, cycle time.Time, told *Explanation) (r feed.Report, said []Complaint, ok bool) {
	now := p.o.Now()
	if now.Before(cycle) {
		now = cycle
	}
	r = feed.Report{Source: c.Source.ID, Token: c.Token}
	defer func() {
		// A panic is this feed's alone (XC23).
		if v := recover(); v != nil {
			p.o.Logger.Error("poll panicked", "source", c.Source.ID, "panic", v, "stack", string(debug.Stack()))
			r.Document = nil
			r.Poll = p.failed(c, feed.Problem{Kind: "crash",
				Text: "Polling failed unexpectedly; please report this source and what the log says."}, nil, now)
			ok = true
		}
	}()
	got, err := p.read(ctx, c, now, told)
	if ctx.Err() != nil {
		return r, nil, false
	}
	if err != nil {
		r.Poll = p.failed(c, problem(c.Source.Kind, err), err, now)
		return r, nil, true
	}
	r.Poll = p.scheduled(c, schedule.Succeeded(c.State.Poll, got.answer, now))
	if got.proves {
		r.Poll.Readings++
	}
	if w := feed.Micro(got.wake); !w.IsZero() && w.Before(r.Poll.Due) {
		r.Poll.Due = w
	}
	r.Document = got.document
	return r, got.complaints, true
}

// errNothingWithin is a document of which the part that may be read holds no
// item.
var errNothingWithin = errors.New("it is larger than the limit, and what lies within holds no item")

// errOwn is a document that this program published (XA26).
var errOwn = errors.New("it is what is published here")

func (p *Poller) own(address string) bool {
	return p.o.Own != nil && p.o.Own(address)
}

// reading is what reading a source gave: an answer for its schedule and a
// document, nil when nothing changed.
type reading struct {
	answer   schedule.Answer
	document *feed.Document
	// proves says that what is missing in it is not there (I19).
	proves bool
	// wake is when the source reads differently by itself; zero means never.
	wake time.Time
	// complaints are files of a folder that could not be read.
	complaints []Complaint
}

func (p *Poller) read(ctx context.Context, c feed.Claim, now time.Time, told *Explanation) (reading, error) {
	if c.Source.Kind == feed.Articles {
		return p.readArticles(ctx, c, now, told)
	}
	resp, err := p.get(ctx, c, now, told)
	if err != nil {
		return reading{}, err
	}
	defer resp.Release()
	told.answered(resp)
	answer := schedule.Answer{
		Status: resp.Status, NotModified: resp.NotModified, Validators: resp.Validators,
		Permanent: p.vacant(&c.Source, resp.Permanent), Fresh: resp.Hints.Fresh, FreshStated: resp.FreshStated,
	}
	if resp.NotModified {
		return reading{answer: answer, proves: !c.State.Doc.Partial}, nil
	}
	doc, err := p.digest(c, resp.Body, parse.Options{
		Source: c.Source, Location: resp.Final, ContentType: resp.ContentType,
		Known: known(&c.State.Doc, parse.Context(c.Source, resp.Final)), Context: c.State.Doc.Context,
		Learned: c.State.Doc.Learned,
	}, now)
	if err != nil {
		return reading{}, announced(&c.Source, resp, notFeed(err, resp))
	}
	if p.own(resp.Final) || p.own(doc.Profile.Self) {
		return reading{}, errOwn
	}
	doc.Modified = resp.Modified
	announcedBy(&c.Source, doc, resp)
	if resp.Cut && len(doc.Seen) == 0 {
		return reading{}, errNothingWithin
	}
	if resp.Cut {
		doc.Partial = true
		doc.Warnings = append(doc.Warnings, "the document is larger than the limit; its beginning was read")
	}
	p.complete(ctx, c, doc, told)
	told.read(doc)
	// What an answer of new entries lacks was known before (D1).
	doc.Partial = doc.Partial || resp.Delta
	answer.Document = doc.Hints
	answer.News = len(doc.Items) > 0
	answer.Dates = debuts(doc.Items, c.State.Doc.Known)
	return reading{answer: answer, proves: doc.Proves(), document: worth(&c.State.Doc, doc)}, nil
}

// announcedBy puts what the headers say of a hub in the place of what the
// document says of it (W1).
func announcedBy(src *feed.Source, doc *feed.Document, resp *fetch.Response) {
	hub, self := discover.Hub(resp.Links, resp.Final)
	if hub == "" {
		return
	}
	doc.Profile.Hub, doc.Profile.Self = hub, cmp.Or(self, doc.Profile.Self)
	src.ScreenProfile(&doc.Profile)
}

// vacant returns where a source has moved to, or nothing when another source
// is read from there: that one's publisher gave up an address, and asking twice
// at the other would bring nothing (P53).
func (p *Poller) vacant(src *feed.Source, moved string) string {
	if moved == "" {
		return ""
	}
	if id, held := p.held[place(moved)]; held && id != src.ID {
		return ""
	}
	return moved
}

// place is an address as far as it tells one feed from another.
func place(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath() + "?" + u.RawQuery
}

func (p *Poller) get(ctx context.Context, c feed.Claim, now time.Time, told *Explanation) (*fetch.Response, error) {
	req := fetch.Request{URL: schedule.Address(c.Source, c.State.Poll, now), Validators: c.State.Poll.Validators, Private: c.Source.Private(),
		Stranger: p.o.Strangers[c.Source.ID], Access: p.o.Access[c.Source.ID], Exchanges: told.wanted()}
	if c.State.Doc.FirstFetched.IsZero() || c.State.Doc.Context != parse.Context(c.Source, req.Validators.Final) {
		// Without items of ours, or when they must be read anew, a 304 would
		// leave us with nothing (P10, XB16).
		told.anew("its items must be read anew")
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
	doc.Items = news(doc.Items, known(&c.State.Doc, doc.Context))
	c.Source.ScreenDocument(doc)
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

// worth returns the document, or nil when it says nothing that the store does
// not know: then neither the source's state nor any revision needs to move.
func worth(old *feed.DocState, doc *feed.Document) *feed.Document {
	seen := old.Known
	if doc.Partial || len(doc.Seen) == 0 {
		// Behind what it saw, the store keeps what it lacked (I19, I20).
		seen = seen[:min(len(seen), len(doc.Seen))]
	}
	same := !old.FirstFetched.IsZero() && len(doc.Items) == 0 && len(doc.Rejected) == 0 &&
		old.Partial != doc.Proves() && old.Withheld == doc.Withheld && old.Head == doc.Head && old.Context == doc.Context &&
		old.Profile.Hub == doc.Profile.Hub && old.Profile.Self == doc.Profile.Self &&
		slices.EqualFunc(seen, doc.Seen, func(a, b feed.Known) bool { return a.Hash == b.Hash }) &&
		slices.Equal(old.Warnings, doc.Warnings) && old.Learned == doc.Learned &&
		slices.EqualFunc(old.Waiting, doc.Waiting, func(a, b feed.Waiting) bool {
			return a.File == b.File && a.Title == b.Title && a.At.Equal(b.At)
		})
	if same {
		return nil
	}
	return doc
}

func (p *Poller) readArticles(ctx context.Context, c feed.Claim, now time.Time, told *Explanation) (reading, error) {
	folder := p.o.Folders[c.Source.ID]
	if folder == nil {
		return reading{}, fmt.Errorf("articles %s: the folder is not open", c.Source.ID)
	}
	res, err := folder.Read(ctx, now)
	if err != nil {
		return reading{}, err
	}
	doc := res.Document
	p.finish(c, doc, now)
	told.read(doc)
	got := reading{answer: schedule.Answer{News: len(doc.Items) > 0}, proves: doc.Proves(), document: worth(&c.State.Doc, doc), wake: res.Next}
	for _, f := range res.Problems {
		if !f.Warning {
			text := f.Error()
			got.complaints = append(got.complaints, Complaint{c.Source.ID, text, !slices.Contains(c.State.Doc.Warnings, text)})
		}
	}
	return got, nil
}

// known are the items that need not be read again: none when the source's
// options changed, which hashes do not cover, and the store therefore forgot
// the context.
func known(old *feed.DocState, context uint64) []feed.Known {
	if old.Context != context {
		return nil
	}
	return old.Known
}

// news leaves out the items whose hash is known.
func news(items []feed.Item, known []feed.Known) []feed.Item {
	hashes := make(map[uint64]bool, len(known))
	for _, k := range known {
		hashes[k.Hash] = true
	}
	return slices.DeleteFunc(items, func(it feed.Item) bool { return hashes[it.Hash] })
}

// debuts are the dates of the items that were not known in any form.
func debuts(items []feed.Item, known []feed.Known) (dates []time.Time) {
	keys := make(map[feed.Key]bool, len(known))
	for _, k := range known {
		keys[k.Key] = true
	}
	for i := range items {
		if !keys[items[i].Key] {
			dates = append(dates, items[i].Published)
		}
	}
	return dates
}

func (p *Poller) scheduled(c feed.Claim, s feed.PollState) feed.PollState {
	return schedule.Next(p.o.Now(), s, p.scheduling(&c.Source))
}

// Why says what makes a source's next poll due when it is.
func (p *Poller) Why(src feed.Source, s feed.PollState) string {
	return schedule.Why(s, p.scheduling(&src))
}

// scheduling is what decides about one source's due times.
func (p *Poller) scheduling(src *feed.Source) schedule.Options {
	o := p.o.Schedule
	o.Every, o.File, o.Seed = src.Every, src.Kind != feed.Remote, xxhash.Sum64String(src.ID)
	o.Announced = p.o.Announced != nil && p.o.Announced(src.ID)
	if o.File {
		o.Default = localEvery
	}
	return o
}

// localEvery is how often what lies on this machine is looked at: looking
// costs nothing when nothing changed.
const localEvery = time.Minute

func (p *Poller) failed(c feed.Claim, pr feed.Problem, err error, began time.Time) feed.PollState {
	var fe *fetch.Error
	var status int
	var retry time.Time
	if errors.As(err, &fe) {
		status, retry = fe.Status, fe.RetryAfter
	}
	pr.Text = c.Source.Cover(pr.Text)
	return p.scheduled(c, schedule.Failed(c.State.Poll, pr, status, retry, began))
}

// problem turns an error into what an operator reads.
func problem(kind feed.SourceKind, err error) feed.Problem {
	var fe *fetch.Error
	var limit *parse.LimitError
	var crash *crashError
	var page *standIn
	switch {
	case kind == feed.Articles:
		return feed.Problem{Kind: "articles", Text: fmt.Sprintf("The %v; what was published from it stays.", err)}
	case errors.As(err, &fe):
		return fe.Problem
	case errors.As(err, &crash):
		return feed.Problem{Kind: "crash", Text: fmt.Sprintf("This is a fault of Weir's: %v; please report it with the document.", err)}
	case errors.As(err, &page):
		return page.problem()
	case errors.Is(err, parse.ErrNotFeed):
		return feed.Problem{Kind: "not-a-feed", Text: fmt.Sprintf(
			"What came is %v; look where the feed is now and correct the address.", err)}
	case errors.Is(err, errOwn):
		return feed.Problem{Kind: "refused", Text: "What came is what this stream itself publishes, and reading it would tell everything again; take the source out."}
	case errors.Is(err, errNothingWithin):
		return feed.Problem{Kind: "too-large", Text: fmt.Sprintf(
			"The document is refused: %v; ask its owner for a shorter feed.", err)}
	case errors.As(err, &limit):
		return feed.Problem{Kind: "too-large", Text: fmt.Sprintf(
			"The document is refused: its %v; nothing of it is taken, and it is tried again later.", err)}
	default:
		return feed.Problem{Kind: "malformed", Text: fmt.Sprintf(
			"The document cannot be read: %v; nothing of it is taken, and it is tried again later.", err)}
	}
}
