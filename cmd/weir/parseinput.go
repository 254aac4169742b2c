package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"weir/aggregator/article"
	"weir/aggregator/fetch"
	"weir/aggregator/parse"
	"weir/feed"
)

// maxParsed is the largest document that is looked at, as in polls.
const maxParsed = 10 << 20

// errUnreachable is an address that gave no document.
var errUnreachable = errors.New("the address gave no document")

// input gets the document that is asked for, and the settings that hold for it.
func (a *app) input(ctx context.Context, o parseOptions) (*input, error) {
	in := &input{name: o.target, contentType: o.contentType, location: o.base}
	if err := a.settle(in, &o); err != nil {
		return nil, err
	}
	var err error
	switch {
	case o.target == "-":
		in.name = "standard input"
		in.body, err = io.ReadAll(io.LimitReader(a.in, maxParsed+1))
		if in.cut = len(in.body) > maxParsed; in.cut {
			in.body = in.body[:maxParsed]
		}
	case isAddress(o.target):
		err = a.fetch(ctx, in, o.target)
	default:
		err = in.open(ctx, strings.TrimPrefix(strings.TrimPrefix(o.target, "file://"), "file:"))
	}
	if err != nil {
		return nil, err
	}
	// What was said on the command line stands above what came.
	if o.contentType != "" {
		in.contentType = o.contentType
	}
	if o.base != "" {
		in.location = o.base
	}
	return in, nil
}

func isAddress(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// settle finds the source that the configuration has for the document. There
// need not be a configuration, unless a source of it is named; and one that is
// wrong is no reason not to look at a file.
func (a *app) settle(in *input, o *parseOptions) error {
	in.source = feed.Source{ID: "feed", URL: o.target}
	c, err := a.load()
	switch {
	case err == nil:
	case o.source != "", isAddress(o.target) && !errors.Is(err, errNoConfig), a.flags.config != "":
		return err
	default:
		return nil
	}
	in.config = c
	sources := named(c)
	if o.source != "" {
		if err := knownSources(c, []string{o.source}); err != nil {
			return err
		}
	}
	i := slices.IndexFunc(sources, func(s feed.Source) bool {
		return s.ID == o.source || o.source == "" && s.URL == o.target
	})
	if i < 0 {
		return nil
	}
	in.source = sources[i]
	if o.target == "" {
		o.target, in.name = in.source.URL, in.source.ID
	} else if in.source.Kind == feed.Remote && in.location == "" {
		in.location = in.source.URL
	}
	return nil
}

// fetch asks an address as a poll would.
func (a *app) fetch(ctx context.Context, in *input, address string) error {
	options := fetch.Options{UserAgent: "weir/" + version()}
	if c := in.config; c != nil {
		options = fetch.Options{UserAgent: userAgent(c), AllowPrivate: c.Poll.AllowPrivate, Timeouts: fetch.Timeouts{Total: c.Poll.Timeout}}
	}
	client, err := fetch.New(options)
	if err != nil {
		return err
	}
	resp, err := client.Get(ctx, fetch.Request{URL: address, Private: in.source.Private()})
	if err != nil {
		return unreachable(ctx, err)
	}
	in.body, in.cut, in.contentType, in.location = resp.Body, resp.Cut, resp.ContentType, resp.Final
	return nil
}

func unreachable(ctx context.Context, err error) error {
	var fe *fetch.Error
	if errors.As(err, &fe) && ctx.Err() == nil {
		return fmt.Errorf("%w: %s", errUnreachable, printable(fe.Problem.Text))
	}
	return err
}

// open reads a file, or looks at articles.
func (in *input) open(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	switch extension := strings.ToLower(filepath.Ext(path)); {
	case info.IsDir():
		in.folder = func(ctx context.Context) (*sight, error) { return in.articles(ctx, path) }
		return nil
	case extension == ".md" || extension == ".markdown":
		in.folder = func(ctx context.Context) (*sight, error) { return in.oneArticle(ctx, path, info) }
		return nil
	default:
		resp, err := fetch.ReadFile(ctx, fetch.Request{URL: path}, maxParsed)
		if err != nil {
			return err
		}
		in.body, in.cut = resp.Body, resp.Cut
		if extension != ".txt" && extension != ".html" && extension != ".htm" {
			return nil
		}
		if _, err := parse.Read(in.body, parse.Options{}); errors.Is(err, parse.ErrNotFeed) {
			in.folder = func(ctx context.Context) (*sight, error) { return in.oneArticle(ctx, path, info) }
		}
		return nil
	}
}

// articles looks at a folder.
func (in *input) articles(ctx context.Context, dir string) (*sight, error) {
	site := "https://example.org/"
	if in.config != nil {
		site = in.config.Site.URL
	}
	in.source.Kind = feed.Articles
	folder, err := article.Open(article.Options{Dir: dir, SiteURL: site, Source: in.source, Zone: time.Local})
	if err != nil {
		return nil, err
	}
	result, err := folder.Read(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	s := &sight{input: in}
	s.take(result.Document)
	doc := result.Document
	doc.Warnings = nil
	for _, p := range result.Problems {
		if p.Warning {
			doc.Warnings = append(doc.Warnings, p.Error())
		} else {
			doc.Rejected = append(doc.Rejected, feed.Rejection{RawID: p.File, Reason: p.Error()})
		}
	}
	for _, w := range result.Scheduled {
		doc.Rejected = append(doc.Rejected, feed.Rejection{RawID: w.File, Title: w.Title, Reason: "it waits for " + stamp(w.At)})
	}
	if n := result.Drafts; n > 0 {
		doc.Rejected = append(doc.Rejected, feed.Rejection{Reason: count(n, "draft")})
	}
	if n := result.Expired; n > 0 {
		doc.Rejected = append(doc.Rejected, feed.Rejection{Reason: count(n, "article") + " past the date of expiry"})
	}
	return s, nil
}

// oneArticle looks at a file as if it lay in a folder alone, under its name
// and with its time, from both of which articles take what they do not state.
func (in *input) oneArticle(ctx context.Context, path string, info fs.FileInfo) (*sight, error) {
	dir, err := os.MkdirTemp("", "weir-parse-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	to := filepath.Join(dir, filepath.Base(path))
	if name := filepath.Base(path); strings.TrimSuffix(name, filepath.Ext(name)) == "index" {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		to = filepath.Join(dir, filepath.Base(filepath.Dir(absolute)), name)
	}
	body, err := os.ReadFile(path)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err == nil {
		err = os.WriteFile(to, body, 0o600)
	}
	if err == nil {
		err = os.Chtimes(to, info.ModTime(), info.ModTime())
	}
	if err != nil {
		return nil, err
	}
	s, err := in.articles(ctx, dir)
	if err == nil && len(s.document.Items) == 0 && len(s.document.Rejected) > 0 && s.document.Rejected[0].RawID != "" {
		return nil, &dataError{fmt.Errorf("neither a feed nor an article: %s", s.document.Rejected[0].Reason)}
	}
	return s, err
}
