package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"weir/aggregator"
	"weir/config"
)

// isList reports whether what is given to init is a list of feeds, and no
// address.
func isList(given string) bool {
	if given == "-" {
		return true
	}
	if strings.HasPrefix(given, "file:") || isAddress(given) {
		return false
	}
	if ext := filepath.Ext(given); ext == ".opml" || ext == ".txt" {
		return true // A misspelt name is no host.
	}
	info, err := os.Stat(given)
	return err == nil && info.Mode().IsRegular()
}

// starters are the feeds that a new configuration begins with, each once.
func (a *app) starters(ctx context.Context, o initOptions) ([]config.NewFeed, error) {
	f, err := a.finder(nil)
	if err != nil {
		return nil, err
	}
	there := map[string]string{}
	var all []config.NewFeed
	for _, given := range o.given {
		var more []config.NewFeed
		switch address := completed(given); {
		case isList(given):
			more, err = a.listed(ctx, given, there)
		case o.offline || !isAddress(address):
			more = unseen(address, there)
		default:
			more, err = a.starter(ctx, f, address, there)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// starter is the feed of a site, or the feeds of a list. What cannot be asked
// now may be there tomorrow: it is told, and taken as it is.
func (a *app) starter(ctx context.Context, f *aggregator.Finder, address string, there map[string]string) ([]config.NewFeed, error) {
	found, err := f.Choose(ctx, address)
	if errors.Is(err, aggregator.ErrList) {
		return a.listed(ctx, address, there)
	}
	err = unfound(ctx, address, nil, err)
	switch {
	case errors.Is(err, errUnreachable):
		fmt.Fprintf(a.err, "weir: %v\nweir: it is written as it is; weir add finds the feed of a site\n", err)
		return unseen(address, there), nil
	case err != nil:
		return nil, err
	}
	more := unseen(found.URL, there)
	if len(more) > 0 && !a.flags.quiet {
		fmt.Fprintln(a.out, printable("found "+describe(found)))
	}
	return more, nil
}

// listed are the feeds of a list.
func (a *app) listed(ctx context.Context, from string, there map[string]string) ([]config.NewFeed, error) {
	data, err := a.listBytes(ctx, nil, from)
	if err != nil {
		return nil, err
	}
	list, err := readList("", from, data)
	if err != nil {
		return nil, err
	}
	feeds, _ := fresh(list, there, nil)
	a.tellSkipped(list)
	if !a.flags.quiet {
		fmt.Fprintf(a.out, "found %s in %s\n", count(len(feeds), "feed"), printable(shownAddress(from)))
	}
	return feeds, nil
}

// unseen is an address that was not taken before.
func unseen(address string, there map[string]string) []config.NewFeed {
	key := sameness(address)
	if _, again := there[key]; again {
		return nil
	}
	there[key] = "another argument"
	return []config.NewFeed{{URL: address}}
}
