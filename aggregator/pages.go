package aggregator

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"weir/aggregator/fetch"
	"weir/aggregator/fulltext"
	"weir/feed"
)

const (
	// mostPages is how many pages one poll reads, the newest stories' first in
	// the order of the document: one that has more to tell is no reason to
	// crawl its site.
	mostPages = 10
	// robotsFor is how long what a site allows is remembered (RFC 9309 §2.4),
	// robotsTrouble how long that it could not say so, mostRobots of how many
	// sites.
	robotsFor, robotsTrouble = 24 * time.Hour, time.Hour
	mostRobots               = 1 << 10
	// robotsToken is the name by which robots.txt may speak of us.
	robotsToken = "weir"
	acceptPage  = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
)

// complete reads the pages of a document's new items, where the source asks for
// full text. Whatever keeps it from that leaves the feed's own text, and an item
// that is unchanged is not new: its page is read once. All of it takes no longer
// than a document may.
func (p *Poller) complete(ctx context.Context, c feed.Claim, doc *feed.Document, told *Explanation) {
	if !c.Source.FullText {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, p.o.Timeout)
	defer cancel()
	p.turns.rest(c.Source.Group, p.o.Now().Add(p.gap(c.Source.Group)))
	read, failed := 0, 0
	for i := range doc.Items {
		it := &doc.Items[i]
		if it.Link == "" || read+failed == mostPages || ctx.Err() != nil {
			continue
		}
		full, err := p.page(ctx, &c.Source, it)
		if err != nil {
			failed++
			p.o.Logger.Debug("the feed's own text stays", "source", c.Source.ID, "problem", c.Source.Cover(err.Error()))
			continue
		}
		read++
		it.Full = full
	}
	told.pages(read, failed)
	if read+failed > 0 {
		p.o.Logger.Info("pages read", "source", c.Source.ID, "read", read, "failed", failed)
	}
}

// errRobots is a page that its site does not want to be read by programs.
var errRobots = errors.New("robots.txt does not allow it")

// page reads the text of one item's page.
func (p *Poller) page(ctx context.Context, src *feed.Source, it *feed.Item) (string, error) {
	if !p.allowed(ctx, src, it.Link) {
		return "", errRobots
	}
	resp, err := p.ask(ctx, src, it.Link, acceptPage, fulltext.MaxPage)
	if err != nil {
		return "", err
	}
	defer resp.Release()
	switch {
	case resp.Cut:
		return "", fulltext.ErrTooLarge
	case origin(resp.Final) != origin(it.Link) && !p.allowed(ctx, src, resp.Final):
		return "", errRobots
	}
	return fulltext.Extract(fulltext.Page{Body: resp.Body, ContentType: resp.ContentType, Address: resp.Final}, it.HTML)
}

// allowed tells whether a site lets its page be read (P48). One that has no
// robots.txt does; one that is in trouble, or asks for less, does not for now.
func (p *Poller) allowed(ctx context.Context, src *feed.Source, page string) bool {
	site := origin(page)
	now := p.o.Now()
	if r, ok := p.robots.get(site, now); ok {
		return r.Allows(page)
	}
	var r fulltext.Robots
	until := now.Add(robotsFor)
	resp, err := p.ask(ctx, src, site+"/robots.txt", "text/plain, */*;q=0.1", fulltext.MaxRobots+1)
	var fe *fetch.Error
	switch {
	case err == nil:
		r = fulltext.ReadRobots(resp.Body, robotsToken)
		resp.Release()
	case errors.As(err, &fe) && fe.Status >= 400 && fe.Status < 500 && fe.Status != 429:
		// It has none (RFC 9309 §2.3.1.3).
	default:
		r, until = fulltext.Closed(), now.Add(robotsTrouble)
	}
	if ctx.Err() == nil {
		p.robots.put(site, r, now, until)
	}
	return r.Allows(page)
}

// ask asks for something beside feeds, when it is the turn of its domain (P40,
// P41). What a feed links to is a stranger's address, but on its own host.
func (p *Poller) ask(ctx context.Context, src *feed.Source, address, accept string, limit int64) (*fetch.Response, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	group := domain(u.Hostname())
	if err := p.turns.take(ctx, group, p.o.Now); err != nil {
		return nil, err
	}
	defer func() { p.turns.give(group, p.o.Now().Add(p.gap(group)), p.o.Now()) }()
	return p.o.Fetcher.Get(ctx, fetch.Request{
		URL: address, Accept: accept, Limit: limit, Private: src.Private(),
		Stranger: p.o.Strangers[src.ID] || origin(address) != origin(src.URL), Access: p.accessTo(src, address),
	})
}

// accessTo is what a page of a source is asked with: what the source wants
// where it is at home (XJ11), and its proxy everywhere.
func (p *Poller) accessTo(src *feed.Source, address string) *fetch.Access {
	a := p.o.Access[src.ID]
	if a == nil || origin(address) == origin(src.URL) {
		return a
	}
	return &fetch.Access{Proxy: a.Proxy}
}

// gap is the pause that a domain wants between two requests (P45).
func (p *Poller) gap(group string) time.Duration {
	if pace, ok := p.o.Paces[group]; ok {
		return pace.Gap
	}
	return p.o.Gap
}

// domain is what politeness counts together (P41).
func domain(host string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

// origin is the scheme, host and port of an address.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// robotsMemory remembers what sites allow, as long as the program runs.
type robotsMemory struct {
	mu    sync.Mutex
	sites map[string]remembered
}

type remembered struct {
	robots fulltext.Robots
	until  time.Time
}

func (m *robotsMemory) get(site string, now time.Time) (fulltext.Robots, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.sites[site]
	return r.robots, ok && now.Before(r.until)
}

func (m *robotsMemory) put(site string, r fulltext.Robots, now, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sites) >= mostRobots {
		for k, v := range m.sites {
			if !now.Before(v.until) {
				delete(m.sites, k)
			}
		}
	}
	if m.sites == nil || len(m.sites) >= mostRobots {
		m.sites = make(map[string]remembered)
	}
	m.sites[site] = remembered{r, until}
}
