package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/aggregator/parse"
	"weir/config"
	"weir/feed"
)

func (a *app) discoverCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "discover URL",
		Short: "Show the feeds of a site",
		Long: `Discover asks a site for its feeds and lists them, the one that "weir add" would
take first: the address itself if it is a feed, else what the page announces,
else a feed at one of the usual addresses. It changes nothing and needs no
configuration; where there is one, poll.allow_private is heeded.

The exit code is 65 when the site has no feed, and 75 when it does not answer.`,
		Example: `  weir discover https://go.dev/blog/
  weir discover blog.example --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			address, err := siteAddress(args[0])
			if err != nil {
				return err
			}
			cfg, err := a.loadIfThere()
			if err != nil {
				return err
			}
			f, err := a.finder(cfg)
			if err != nil {
				return err
			}
			found, err := f.Find(c.Context(), address)
			if err = unfound(c.Context(), address, cfg, err); err != nil && !(asJSON && errors.Is(err, aggregator.ErrNoFeed)) {
				return err
			}
			return errors.Join(a.present(foundFeeds(found), asJSON), err)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// siteAddress is the address that somebody names a site by.
func siteAddress(s string) (string, error) {
	address := completed(s)
	if message, hint := config.CheckRemote(address); message != "" {
		return "", &usageError{text: config.Redact(printable(s)) + " " + message, hint: hint}
	}
	return address, nil
}

// completed is an address with what browsers add and people leave out, and
// without what some put before it.
func completed(s string) string {
	if rest, ok := strings.CutPrefix(s, "feed:"); ok && isAddress(rest) {
		return rest
	}
	host, _, _ := strings.Cut(s, "/")
	name, port, _ := strings.Cut(host, ":")
	if strings.Trim(port, "0123456789") == "" && !strings.ContainsAny(host, "@ ") && !strings.HasPrefix(host, ".") && (strings.Contains(name, ".") || name == "localhost") {
		return "https://" + s
	}
	return s
}

// loadIfThere reads the configuration if there is one, or one is named.
func (a *app) loadIfThere() (*config.Config, error) {
	c, err := a.load()
	if errors.Is(err, errNoConfig) && a.flags.config == "" {
		return nil, nil
	}
	return c, err
}

// finder asks sites as the configuration wants it; there need not be one.
func (a *app) finder(c *config.Config) (*aggregator.Finder, error) {
	if c == nil {
		var err error
		if c, err = config.Default(".", nil, nil, config.Overrides{}); err != nil {
			return nil, err
		}
	}
	log, err := a.logger(a.silence())
	if err != nil {
		return nil, err
	}
	fetcher, err := a.client(c, log)
	return &aggregator.Finder{Fetcher: fetcher}, err
}

// unfound gives the error of a search its words and its exit code.
func unfound(ctx context.Context, address string, cfg *config.Config, err error) error {
	var fe *fetch.Error
	name := printable(shownAddress(address))
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case errors.Is(err, aggregator.ErrNoFeed), errors.Is(err, parse.ErrNotFeed):
		return withHint(&dataError{fmt.Errorf("%s: %w", name, err)}, "look on the site for the address of its feed")
	case errors.Is(err, aggregator.ErrList):
		return withHint(&dataError{fmt.Errorf("%s is %w", name, err)}, "weir import opml ADDRESS")
	case errors.As(err, &fe):
		err = fmt.Errorf("%s: %w: %s", name, errUnreachable, printable(fe.Problem.Text))
		if cfg == nil && fe.Problem.Kind == "refused" {
			err = withHint(err, "begin with `weir init`, and name the host in poll.allow_private: if that is meant")
		}
		return err
	}
	return &dataError{fmt.Errorf("%s: %w", name, err)}
}

// shownAddress is an address for people, without what its owner alone may know.
func shownAddress(address string) string {
	if u, err := url.Parse(address); err != nil || u.User != nil {
		return config.Redact(address)
	}
	return address
}

type foundList struct {
	Feeds []foundRow `json:"feeds"`
}

type foundRow struct {
	URL    string `json:"url"`
	Format string `json:"format"`
	Title  string `json:"title"`
	// Comments says that it seems to hold what readers wrote.
	Comments bool `json:"comments"`
	// Entries and Newest are told of feeds that were read.
	Entries *int       `json:"entries,omitempty"`
	Newest  *time.Time `json:"newest,omitempty"`
}

func foundFeeds(found []aggregator.Found) foundList {
	list := foundList{Feeds: make([]foundRow, len(found))}
	for i, f := range found {
		r := foundRow{URL: shownAddress(f.URL), Format: f.Format, Title: f.Title, Comments: f.Comments}
		if f.Document != nil {
			n := len(f.Document.Items)
			r.Entries, r.Newest = &n, instant(newest(f.Document))
		}
		list.Feeds[i] = r
	}
	return list
}

func (l foundList) print(w io.Writer, _ time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FORMAT\tTITLE\tURL")
	for _, r := range l.Feeds {
		format := r.Format
		if r.Comments {
			format += " (comments)"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", format, brief(r.Title), printable(r.URL))
	}
	return t.Flush()
}

// newest is the date of a document's newest item, zero if it tells none.
func newest(d *feed.Document) time.Time {
	var last time.Time
	for i := range d.Items {
		if at := d.Items[i].Published; at.After(last) {
			last = at
		}
	}
	return last
}
