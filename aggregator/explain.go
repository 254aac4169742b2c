package aggregator

import (
	"net/http"
	"slices"
	"time"

	"weir/aggregator/fetch"
	"weir/feed"
)

// Explanation is one poll told in full, for whoever asks why a source is as it
// is. Whatever in it comes from addresses and headers has the source's secrets
// covered (XJ09).
type Explanation struct {
	Source string
	// Exchanges are the requests and answers, redirects included, in order;
	// none for what lies on this machine.
	Exchanges []*fetch.Exchange
	// Anew says why the source was asked without validators that there are.
	Anew string
	// NotModified says that it is as it was; else Bytes counts the decoded
	// document, Media is its stated type, and Cut says that it is longer.
	NotModified, Cut bool
	Bytes            int
	Media            string
	// Format is what the document is, Items counts what it holds, and Unknown
	// the items that were not there, or not so, before.
	Format         string
	Items, Unknown int
	Warnings       []string
	// Pages counts the pages of which the text was taken, PagesFailed those of
	// which it was not: the feed's own stays.
	Pages, PagesFailed int
	// Before and After are the source's state, Outcome what the store made of
	// the poll.
	Before, After feed.PollState
	Outcome       feed.Outcome
	Took          time.Duration
}

// wanted returns where requests are to be noted, nil when nobody asks.
func (e *Explanation) wanted() *[]*fetch.Exchange {
	if e == nil {
		return nil
	}
	return &e.Exchanges
}

func (e *Explanation) anew(why string) {
	if e != nil {
		e.Anew = why
	}
}

func (e *Explanation) answered(r *fetch.Response) {
	if e != nil {
		e.NotModified, e.Cut, e.Bytes, e.Media = r.NotModified, r.Cut, len(r.Body), r.ContentType
	}
}

func (e *Explanation) pages(read, failed int) {
	if e != nil {
		e.Pages, e.PagesFailed = read, failed
	}
}

func (e *Explanation) read(d *feed.Document) {
	if e != nil {
		e.Format, e.Items, e.Unknown, e.Warnings = d.Format, len(d.Seen), len(d.Items), slices.Clone(d.Warnings)
	}
}

// close completes and covers an explanation.
func (e *Explanation) close(r *result, o feed.Outcome) {
	src := &r.claim.Source
	e.Source, e.Before, e.After, e.Outcome, e.Took = src.ID, r.claim.State.Poll, r.report.Poll, o, r.took
	e.After.Moved = discreet(src, e.After.Moved)
	for _, x := range e.Exchanges {
		x.URL = discreet(src, x.URL)
		discreetly(src, x.Request)
		discreetly(src, x.Answer)
	}
}

// shownHeaders are those of a request that Weir sends by itself: any other one
// is the operator's, and may be a key.
var shownHeaders = []string{
	"Accept", "Accept-Encoding", "A-Im", "If-Modified-Since", "If-None-Match", "User-Agent",
	// Answers.
	"Age", "Cache-Control", "Cf-Mitigated", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Etag", "Expires",
	"Im", "Last-Modified", "Link", "Location", "Retry-After", "Server", "Strict-Transport-Security", "Transfer-Encoding",
	"Vary", "Via", "X-Cache", "X-Robots-Tag",
}

// discreetly covers the values of fields that are not known to be harmless, and
// the source's secrets in the others.
func discreetly(src *feed.Source, h http.Header) {
	for name, values := range h {
		for i := range values {
			if slices.Contains(shownHeaders, name) {
				values[i] = discreet(src, values[i])
			} else {
				values[i] = "•••"
			}
		}
	}
}

// discreet covers a text that may repeat a secret, wholly where that is spelt
// in a way of its own.
func discreet(src *feed.Source, text string) string {
	if !src.Tells(text) {
		return text
	}
	if text = src.Cover(text); src.Tells(text) {
		return "•••"
	}
	return text
}
