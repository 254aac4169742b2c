package aggregator

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"weir/aggregator/article"
	"weir/aggregator/fetch"
	"weir/aggregator/parse"
	"weir/aggregator/schedule"
	"weir/feed"
)

// Store is what a poller needs of the store: claims out, reports in.
type Store interface {
	Claim(feed.ClaimQuery) ([]feed.Claim, time.Time, error)
	Release(tokens ...uint64) error
	Commit([]feed.Report) ([]feed.Outcome, error)
	Settle() (feed.Outcome, error)
	Tend() (feed.Tended, error)
	Hasten(source string, at time.Time, gap time.Duration) error
}

// Fetcher gets documents; *fetch.Client is the real one.
type Fetcher interface {
	Get(context.Context, fetch.Request) (*fetch.Response, error)
}

// Matcher says which entries of a source are wanted.
type Matcher interface {
	Match(*feed.Entry) bool
}

// Options are what a [Poller] works with.
type Options struct {
	Fetcher Fetcher
	// Folders are the article folders by source id.
	Folders map[string]*article.Folder
	// Addresses are those of all sources by id: to where another one is, no
	// source moves (P53).
	Addresses map[string]string
	// Strangers are the ids of sources whose address the operator did not give:
	// only public ones are asked (XA22).
	Strangers map[string]bool
	// Own, when set, tells the addresses that this program publishes at: what is
	// read there, or calls itself so, is no source (XA26).
	Own func(address string) bool
	// Access is what sources want beside their addresses, by id.
	Access map[string]*fetch.Access
	// Wanted holds include, exclude and where by source id.
	Wanted map[string]Matcher
	// Schedule has the defaults for due times; Every, File and Seed are each
	// source's own.
	Schedule schedule.Options
	// Concurrency is how many sources are read at a time (default 32),
	// PerGroup how many of one registrable domain (0: no limit), Gap the pause
	// between two polls of one group (P40).
	Concurrency, PerGroup int
	Gap                   time.Duration
	// Paces are the domains for which other numbers hold (P45), by
	// [feed.Source.Group].
	Paces map[string]feed.Pace
	// Timeout is the longest that Fetcher takes for a document (default 30 s):
	// claims hold longer.
	Timeout time.Duration
	// MaxBody is the largest document of a File source in bytes; 0 means
	// 10 MiB.
	MaxBody int64
	// Read makes a document of bytes; nil means [parse.Read].
	Read func(body []byte, opt parse.Options) (*feed.Document, error)
	// Crashes is a folder for documents that made the parser panic, made when
	// it is needed; empty keeps none.
	Crashes string
	// Announced, when set, tells the sources of which a hub announces what is
	// new (P35).
	Announced func(source string) bool
	// Progress, when set, is called after every poll, from one goroutine.
	Progress func(Event)
	// Now is the clock; nil means time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// Poller polls sources. It is made by New and safe for concurrent use, but
// only one Cycle or Run may be under way at a time.
type Poller struct {
	o     Options
	store Store
	asks  chan *request
	// hastened receives when a source became due sooner.
	hastened chan struct{}
	// held are the ids of sources by the place that they are read from.
	held map[string]string
	// turns paces requests for pages, robots is what their sites allow.
	turns  turns
	robots robotsMemory
}

// reused is [parse.Read] by readers that are used again, so that a cycle needs
// the memory of as many as read at a time.
func reused() func([]byte, parse.Options) (*feed.Document, error) {
	readers := sync.Pool{New: func() any { return new(parse.Reader) }}
	return func(body []byte, opt parse.Options) (*feed.Document, error) {
		r := readers.Get().(*parse.Reader)
		defer readers.Put(r)
		return r.Read(body, opt)
	}
}

// New returns a poller that works on s.
func New(o Options, s Store) *Poller {
	if o.Concurrency <= 0 {
		o.Concurrency = 32
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 10 << 20
	}
	if o.Read == nil {
		o.Read = reused()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Poller{o: o, store: s, asks: make(chan *request), hastened: make(chan struct{}, 1), held: make(map[string]string, len(o.Addresses))}
	for id, address := range o.Addresses {
		p.held[place(address)] = id
	}
	return p
}

// Selection says which sources a cycle takes.
type Selection struct {
	// All takes every source, due or not; Retry-After and pacing hold (P36).
	All bool
	// Sources, when set, are the only ones looked at.
	Sources []string
	// Grace takes what is nearly due, as a command run by cron should.
	Grace bool
	// Explain, when set, is called after each of the cycle's polls, from one
	// goroutine.
	Explain func(*Explanation)
}

func (s Selection) query(start time.Time) feed.ClaimQuery {
	start = feed.Micro(start)
	q := feed.ClaimQuery{Sources: s.Sources, Grace: s.Grace, Untried: start}
	if s.All {
		q.Since = start
	}
	return q
}

// Cycle polls the selected sources, each once, and returns when the last one
// is committed. An error is the store's or the context's; sources that failed
// are in the summary.
func (p *Poller) Cycle(ctx context.Context, sel Selection) (Summary, error) {
	r := newRequest(sel.query(p.o.Now()), sel.Explain)
	l := p.newLoop()
	l.requests = append(l.requests, r)
	err := l.run(ctx)
	return r.summary, err
}

// Run polls what is due, for ever, until ctx ends; then it returns ctx's
// error. An error of the store ends it too.
func (p *Poller) Run(ctx context.Context) error {
	l := p.newLoop()
	l.base = newRequest(feed.ClaimQuery{}, nil)
	return l.run(ctx)
}

// Ask has a running Run look at the selected sources out of turn and returns
// what came of it.
func (p *Poller) Ask(ctx context.Context, sel Selection) (Summary, error) {
	return p.submit(ctx, sel, nil)
}

func (p *Poller) submit(ctx context.Context, sel Selection, d *Delivered) (Summary, error) {
	r := newRequest(sel.query(p.o.Now()), sel.Explain)
	r.delivered = d
	select {
	case p.asks <- r:
	case <-ctx.Done():
		return Summary{}, ctx.Err()
	}
	select {
	case <-r.done:
		return r.summary, r.err
	case <-ctx.Done():
		return Summary{}, ctx.Err()
	}
}
