package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"weir/aggregator/parse"
	"weir/config"
	"weir/feed"
	"weir/feed/identity"
)

type parseOptions struct {
	target, source, contentType, base string
	json, debug                       bool
	fidelity, all                     bool
}

func (a *app) parseCommand() *cobra.Command {
	var o parseOptions
	c := &cobra.Command{
		Use:   "parse [FILE|URL|-]",
		Short: "Show what Weir sees in a feed or an article",
		Long: `Parse reads one document and shows what Weir makes of it: its format and
encoding, what had to be repaired, every entry with its fields, and what was
dropped and why. It stores and publishes nothing.

The document is a feed in a file, at an address, or on standard input (-), an
article, a folder of articles, or a document that Weir kept because reading it
failed. An address is asked as weir poll would ask it: of the configuration, if
there is one, the source with that address is heeded, and poll.allow_private.
With --source alone, that source is read.

With --fidelity it publishes the entries to nowhere, and counts for every
namespace how many elements the items of the document have, and how many of them
each format has: as they are, or in words of its own. What is left out on
purpose is named with the reason.

The exit code is 65 when the document is no feed, and 70 when reading it fails
by Weir's own fault: please report it with the document.`,
		Example: `  weir parse https://blog.example/feed
  weir parse saved.xml --base https://blog.example/feed
  weir parse --json - < feed.json
  weir parse --source go-blog
  weir parse --fidelity saved.xml
  weir parse articles/why-water-waits.md`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.target = args[0]
			}
			if o.target == "" && o.source == "" {
				return &usageError{text: "there is nothing to read", hint: "weir parse https://blog.example/feed"}
			}
			return a.parse(c.Context(), o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.BoolVar(&o.fidelity, "fidelity", false, "count what of the document comes out in RSS, Atom and JSON")
	f.BoolVar(&o.all, "all", false, "with --fidelity: as a channel with extensions: all does it")
	f.BoolVar(&o.debug, "debug", false, "when reading fails by Weir's fault, print where")
	f.StringVar(&o.contentType, "content-type", "", "the media `type` that came with the document, as text/xml; charset=koi8-r")
	f.StringVar(&o.base, "base", "", "the `address` that the document came from, for relative links")
	f.StringVar(&o.source, "source", "", "the `id` of the source whose settings are heeded")
	return c
}

// dataError is a document that is not what it should be.
type dataError struct{ err error }

func (e *dataError) Error() string { return e.err.Error() }
func (e *dataError) Unwrap() error { return e.err }

// errFaults is a document of which some items made Weir fail.
var errFaults = errors.New("reading failed on some items; please report it with the document")

func (a *app) parse(ctx context.Context, o parseOptions) error {
	in, err := a.input(ctx, o)
	if err != nil {
		return err
	}
	s, err := in.see(ctx)
	if crash := (*parse.PanicError)(nil); o.debug && errors.As(err, &crash) {
		fmt.Fprintf(a.err, "%s\n", crash.Stack)
	}
	if o.fidelity && err == nil {
		return a.fidelity(ctx, s, o)
	}
	if o.json {
		if failed := writeSightJSON(a.out, s, err); failed != nil {
			return failed
		}
	} else if err == nil {
		err = writeSight(a.out, s)
	}
	if err == nil && len(s.document.Faults) > 0 {
		return errFaults
	}
	return err
}

// fidelity prints what of a document comes out again.
func (a *app) fidelity(ctx context.Context, s *sight, o parseOptions) error {
	f, err := s.measure(ctx, o.all)
	switch {
	case err != nil:
		return err
	case o.json:
		return f.writeJSON(a.out)
	}
	return f.write(a.out)
}

// input is a document to look at.
type input struct {
	name        string
	body        []byte
	contentType string
	location    string
	cut         bool
	source      feed.Source
	config      *config.Config // nil without one
	// folder reads articles in place of a feed.
	folder func(context.Context) (*sight, error)
}

// sight is what was seen in a document.
type sight struct {
	input    *input
	document *feed.Document
	trace    parse.Trace
	// ids are the published ids that the items would get, "" for those that
	// are minted and no configuration says how.
	ids, slugs []string
}

// see reads the document as a poll would.
func (in *input) see(ctx context.Context) (*sight, error) {
	if in.folder != nil {
		return in.folder(ctx)
	}
	s := &sight{input: in}
	doc, err := parse.Read(in.body, parse.Options{
		Source: in.source, Location: in.location, ContentType: in.contentType, Trace: &s.trace,
	})
	if err != nil {
		return s, in.refused(err)
	}
	if in.cut {
		doc.Partial = true
		doc.Warnings = append(doc.Warnings, "the document is larger than the limit; its beginning was read")
	}
	s.take(doc)
	return s, nil
}

// take gives the items their identity.
func (s *sight) take(doc *feed.Document) {
	in := s.input
	if in.source.Site == "" && in.location == "" && in.folder == nil {
		in.source.Site = doc.Profile.Link // a file's own address is not known
	}
	in.source.ScreenDocument(doc)
	identity.Prepare(in.source, doc, nil)
	in.filter(doc)
	s.document = doc
	ids, slugs := map[string]bool{}, map[string]bool{}
	for i := range doc.Items {
		it := &doc.Items[i]
		id := in.publishedID(it, func(id string) bool { return ids[id] })
		slug := identity.Slug(it, in.source.ID,
			func(slug string) (string, bool) { return in.source.ID, slugs[slug] }, func(string) int { return 1 })
		ids[id], slugs[slug] = true, true
		s.ids, s.slugs = append(s.ids, id), append(s.slugs, slug)
	}
}

// filter rejects what include, exclude and where of the source leave out.
func (in *input) filter(doc *feed.Document) {
	if in.config == nil || in.config.Rules()[in.source.ID] == nil {
		return
	}
	wanted := in.config.Rules()[in.source.ID]
	kept := doc.Items[:0]
	for i := range doc.Items {
		it := &doc.Items[i]
		e := feed.Entry{
			Published: it.Published, Updated: it.Updated, Content: it.Content, Traits: it.Traits,
			Sightings: []feed.Sighting{{Source: in.source.ID, Key: it.Key, Link: it.Link, Title: it.Title, Tags: it.Tags}},
		}
		for _, term := range in.source.Tags {
			e.Sightings[0].Tags = append(slices.Clip(e.Sightings[0].Tags), feed.Tag{Term: term})
		}
		e.Tags = e.Sightings[0].Tags
		if wanted.Match(&e) {
			kept = append(kept, *it)
			continue
		}
		doc.Rejected = append(doc.Rejected, feed.Rejection{
			RawID: it.RawID, Title: it.Title, Link: it.Link, Reason: "left out by include, exclude or where of the source",
		})
	}
	doc.Items = kept
}

func (in *input) publishedID(it *feed.Item, used func(string) bool) string {
	if in.config == nil {
		return it.Traits.IRI
	}
	site := identity.Site{Host: host(in.config.Site.URL), Since: in.config.Site.Since}
	return identity.PublishedID(site, in.source.ID, it, used)
}

// refused says what the matter is with a document.
func (in *input) refused(err error) error {
	hint := "tell the publisher, or report it if other readers read it"
	var crash *parse.PanicError
	switch {
	case errors.Is(err, parse.ErrNotFeed):
		hint = "look whether this is the feed's own address"
	case errors.As(err, &crash):
		hint = "please report it with the document; --debug prints where it failed"
	}
	return withHint(&dataError{fmt.Errorf("%s: %w", in.name, err)}, hint)
}

// stamp writes an instant as everywhere in Weir's formats.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
