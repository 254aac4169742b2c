package aggregator

import (
	"errors"
	"fmt"
	"time"

	"weir/aggregator/parse"
	"weir/feed"
)

// digest makes items of a document. What panics in here, in the parser, the
// identities or the filter, is this document's failure and nobody else's; the
// document is kept for replay (XC23).
func (p *Poller) digest(c feed.Claim, body []byte, opt parse.Options, now time.Time) (doc *feed.Document, err error) {
	defer func() {
		if v := recover(); v != nil {
			doc, err = nil, parse.Panicked(v)
		}
		var crash *parse.PanicError
		if errors.As(err, &crash) {
			err = &crashError{cause: crash, kept: p.keep(c, body, string(crash.Stack), now)}
		} else if doc != nil && len(doc.Faults) > 0 {
			what := fmt.Sprintf("reading %d of the items failed unexpectedly: %s%s",
				len(doc.Faults), doc.Faults[0], p.keep(c, body, "", now))
			doc.Warnings = append([]string{what}, doc.Warnings...)
		}
	}()
	if doc, err = p.o.Read(body, opt); err != nil {
		return nil, err
	}
	p.finish(c, doc, now)
	return doc, nil
}

// keep keeps a document that made something panic, and says so in words to
// put behind others.
func (p *Poller) keep(c feed.Claim, body []byte, stack string, now time.Time) string {
	log := p.o.Logger.With("source", c.Source.ID)
	if p.o.Crashes == "" {
		log.Error("reading panicked", "stack", stack)
		return ""
	}
	path, err := crashes{p.o.Crashes}.keep(c.Source.ID, body, now)
	log.Error("reading panicked", "kept", path, "problem", err, "stack", stack)
	if path == "" {
		return ""
	}
	return "; the document is kept as " + path
}

// crashError is a document that made something panic.
type crashError struct {
	cause *parse.PanicError
	// kept says where the document is, or nothing.
	kept string
}

// Error implements error.
func (e *crashError) Error() string { return e.cause.Error() + e.kept }

// Unwrap gives the panic.
func (e *crashError) Unwrap() error { return e.cause }
