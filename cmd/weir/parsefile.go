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

// take reads a stream.
func (in *input) take(from io.Reader) error {
	body, err := io.ReadAll(io.LimitReader(from, maxParsed+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", in.name, err)
	}
	if len(body) > maxParsed {
		body, in.cut = body[:maxParsed], true
	}
	plain, cut, err := fetch.Unpack(body, maxParsed)
	if err != nil {
		return &dataError{fmt.Errorf("%s: %w", in.name, err)}
	}
	in.body, in.cut = plain, in.cut || cut
	return nil
}

// filePath is the path that a file: address means.
func filePath(s string) string { return strings.TrimPrefix(strings.TrimPrefix(s, "file://"), "file:") }

// open reads a file, or looks at articles. What may be either, as any text may,
// is an article only where it is no feed.
func (in *input) open(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return withHint(err, "an address begins with https:// or http://")
	case err != nil:
		return err
	case info.IsDir():
		in.folder = func(ctx context.Context) (*sight, error) { return in.articles(ctx, path) }
		return nil
	}
	one := func(ctx context.Context) (*sight, error) { return in.oneArticle(ctx, path) }
	called := article.Named(path)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".txt", ".html", ".htm":
	default:
		if called {
			in.folder = one
			return nil
		}
	}
	resp, err := fetch.ReadFile(ctx, fetch.Request{URL: path}, maxParsed)
	if err != nil {
		if !info.Mode().IsRegular() {
			err = withHint(err, "from standard input anything is read: weir parse -")
		}
		return err
	}
	in.body, in.cut = resp.Body, resp.Cut
	if !called {
		return nil
	}
	if _, err := parse.Read(in.body, parse.Options{}); errors.Is(err, parse.ErrNotFeed) {
		in.folder = one
	}
	return nil
}

// articleFolder is a folder as the configuration has it, or as it would.
func (in *input) articleFolder(dir string) (*article.Folder, error) {
	site := "https://example.org/"
	if in.config != nil {
		site = in.config.Site.URL
	}
	in.source.Kind = feed.Articles
	return article.Open(article.Options{Dir: dir, SiteURL: site, Source: in.source, Zone: time.Local})
}

// articles looks at a folder.
func (in *input) articles(ctx context.Context, dir string) (*sight, error) {
	folder, err := in.articleFolder(dir)
	if err != nil {
		return nil, err
	}
	result, err := folder.Read(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	s := in.seen(result)
	doc := s.document
	for _, w := range doc.Waiting {
		doc.Rejected = append(doc.Rejected, feed.Rejection{Title: w.Title, Reason: w.File + ": it waits for " + stamp(w.At)})
	}
	if n := result.Drafts; n > 0 {
		doc.Rejected = append(doc.Rejected, feed.Rejection{Reason: count(n, "draft")})
	}
	if n := result.Expired; n > 0 {
		doc.Rejected = append(doc.Rejected, feed.Rejection{Reason: count(n, "article") + " past the date of expiry"})
	}
	return s, nil
}

// seen is what a look at articles saw.
func (in *input) seen(result *article.Result) *sight {
	s := &sight{input: in}
	s.take(result.Document)
	doc := result.Document
	doc.Warnings = nil
	for _, p := range result.Problems {
		if p.Warning {
			doc.Warnings = append(doc.Warnings, p.Error())
		} else {
			doc.Rejected = append(doc.Rejected, feed.Rejection{Reason: p.Error()})
		}
	}
	return s
}

// oneArticle looks at a file where it lies, as pictures and other articles are
// named from there. Also what would not be published yet is shown.
func (in *input) oneArticle(ctx context.Context, path string) (*sight, error) {
	dir, name, err := in.place(path)
	if err != nil {
		return nil, err
	}
	folder, err := in.articleFolder(dir)
	if err != nil {
		return nil, err
	}
	result, err := folder.ReadOne(ctx, name, time.Now())
	if err != nil {
		return nil, err
	}
	s := in.seen(result)
	if len(s.document.Items) == 0 {
		for _, p := range result.Problems {
			return nil, &dataError{fmt.Errorf("neither a feed nor an article: %w", p)}
		}
	}
	warn := func(text string) { s.document.Warnings = append(s.document.Warnings, name+": "+text) }
	if result.Drafts > 0 {
		warn("a draft is not published")
	}
	for _, w := range result.Document.Waiting {
		warn("it is published from " + stamp(w.At) + " on")
	}
	if result.Expired > 0 {
		warn("it is past its date of expiry and not published")
	}
	return s, nil
}

// place tells which folder of articles a file is in, and its name there: a
// configured one, whose source is then heeded, else the directory that it lies
// in, or the one above where that has a meaning for articles.
func (in *input) place(path string) (dir, name string, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", "", err
	}
	within := func(dir string) bool {
		name, err = filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(name)
	}
	if in.config != nil {
		sources := named(in.config)
		i := slices.IndexFunc(sources, func(s feed.Source) bool { return s.Kind == feed.Articles && within(s.URL) })
		if i >= 0 {
			in.source = sources[i]
			return in.source.URL, filepath.ToSlash(name), nil
		}
	}
	dir = filepath.Dir(path)
	base := filepath.Base(path)
	if stem, _, _ := strings.Cut(base, "."); stem == "index" {
		dir = filepath.Dir(dir)
	}
	if last := filepath.Base(dir); last == "_posts" || last == "_drafts" {
		dir = filepath.Dir(dir)
	}
	name, err = filepath.Rel(dir, path)
	return dir, filepath.ToSlash(name), err
}
