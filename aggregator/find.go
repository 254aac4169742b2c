package aggregator

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"weir/aggregator/discover"
	"weir/aggregator/fetch"
	"weir/aggregator/parse"
	"weir/feed"
)

// Found is a feed that somebody can subscribe to.
type Found struct {
	// URL is where it is: where permanent redirects lead, if they do (P51).
	URL string
	// Format is "RSS 2.0" or the like where Document is there, else what was
	// announced.
	Format string
	// Title is what the feed calls itself, else what the page calls it.
	Title string
	// Comments says that it seems to hold what readers wrote (P91).
	Comments bool
	// Document is the feed, where it was read.
	Document *feed.Document
}

// Finder finds feeds for somebody who names a site. It keeps nothing.
type Finder struct {
	// Fetcher asks sites.
	Fetcher Fetcher
}

// ErrNoFeed is wrapped by the error for a site of which no feed is found.
var ErrNoFeed = errors.New("no feed")

// ErrList is returned for an address that is one of a list of feeds in OPML.
var ErrList = errors.New("a list of feeds in OPML, and no site")

// acceptSite is what an address is asked for with that may be a feed, or a page
// that announces one (P90, P93): some sites have a page for nobody who does not
// ask for one.
const acceptSite = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, " +
	"application/xhtml+xml;q=0.9, application/xml;q=0.8, */*;q=0.1"

// maxTried bounds how many of the feeds that a page announces are read to find
// one that is good.
const maxTried = 5

// Find returns the feeds of a site: the address itself when it is a feed
// (P93), else what its page announces (P90), else the first of the usual
// addresses that is one (P92). Those that were read on the way have a
// Document. The error wraps [ErrNoFeed], is [ErrList] or that of the request, or
// says what is wrong with the feed that the address itself is.
func (f *Finder) Find(ctx context.Context, address string) ([]Found, error) {
	resp, err := f.Fetcher.Get(ctx, fetch.Request{URL: address, Accept: acceptSite})
	if err != nil {
		return nil, err
	}
	defer resp.Release()
	found, err := readFound(address, resp)
	if err == nil {
		return []Found{found}, nil
	}
	if !errors.Is(err, parse.ErrNotFeed) {
		return nil, err
	}
	if _, failed := discover.OPML(resp.Body); failed == nil {
		return nil, ErrList
	}
	candidates := discover.Feeds(discover.Page{
		Location: resp.Final, ContentType: resp.ContentType, Links: resp.Links, Body: resp.Body,
	})
	if len(candidates) == 0 {
		return f.guess(ctx, address, resp.Final, err)
	}
	all := make([]Found, len(candidates))
	for i, c := range candidates {
		all[i] = Found{URL: c.URL, Format: string(c.Format), Title: c.Title, Comments: c.Comments}
	}
	return all, nil
}

// Choose returns the feed that somebody who names a site most likely means: the
// first good one that is none of comments, read once. The error is that of
// [Finder.Find], or of the first feed that could not be read.
func (f *Finder) Choose(ctx context.Context, address string) (Found, error) {
	all, err := f.Find(ctx, address)
	if err != nil {
		return Found{}, err
	}
	if all[0].Document != nil {
		return all[0], nil
	}
	if all[0].Comments {
		return Found{}, fmt.Errorf("%w: the page announces feeds of comments only", ErrNoFeed)
	}
	var first error
	for i := range all[:min(len(all), maxTried)] {
		if all[i].Comments {
			break
		}
		found, err := f.read(ctx, fetch.Request{URL: all[i].URL, Stranger: !sameHost(all[i].URL, address)})
		if ctx.Err() != nil {
			return Found{}, err
		}
		if err == nil {
			return found, nil
		}
		if first == nil {
			first = fmt.Errorf("the feed that the page announces cannot be read: %w", err)
		}
	}
	return Found{}, first
}

// guess tries the usual addresses beside location, where address led to; cause
// is why the page is no feed. A host that does not answer is not asked again
// and again.
func (f *Finder) guess(ctx context.Context, address, location string, cause error) ([]Found, error) {
	for _, at := range discover.WellKnown(location) {
		found, err := f.read(ctx, fetch.Request{URL: at, Guess: true, Stranger: !sameHost(at, address)})
		var refused *fetch.Error
		switch {
		case err == nil:
			return []Found{found}, nil
		case ctx.Err() != nil:
			return nil, err
		case errors.As(err, &refused) && (refused.Status == 0 || refused.Status == 429 || refused.Status >= 500):
			return nil, fmt.Errorf("%w: it is %w, and the usual places cannot be asked: %w", ErrNoFeed, cause, err)
		}
	}
	return nil, fmt.Errorf("%w: it is %w, which announces none, and none is in the usual places", ErrNoFeed, cause)
}

func (f *Finder) read(ctx context.Context, r fetch.Request) (Found, error) {
	resp, err := f.Fetcher.Get(ctx, r)
	if err != nil {
		return Found{}, err
	}
	defer resp.Release()
	return readFound(r.URL, resp)
}

// readFound reads an answer as a poll would.
func readFound(address string, resp *fetch.Response) (Found, error) {
	doc, err := parse.Read(resp.Body, parse.Options{Location: resp.Final, ContentType: resp.ContentType})
	if err != nil {
		return Found{}, err
	}
	if u, err := url.Parse(address); resp.Permanent != "" && err == nil && u.User == nil {
		address = resp.Permanent
	}
	return Found{URL: address, Format: doc.Format, Title: doc.Profile.Title, Document: doc}, nil
}

// sameHost reports whether an address is of the host that the operator named,
// and so may be where that one may be (XA22).
func sameHost(a, b string) bool {
	u, err := url.Parse(a)
	v, failed := url.Parse(b)
	return err == nil && failed == nil && strings.EqualFold(u.Host, v.Host)
}
