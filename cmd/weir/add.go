package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/aggregator"
	"weir/config"
	"weir/feed/identity"
)

// addOptions are what is asked for: addresses of sites or feeds, and what is
// written beside them.
type addOptions struct {
	addresses []string
	id, title string
	tags      []string
	offline   bool
}

func (a *app) addCommand() *cobra.Command {
	var o addOptions
	c := &cobra.Command{
		Use:   "add URL…",
		Short: "Add feeds to the configuration",
		Long: `Add finds the feed of each address, as "weir discover" does, reads it once to be
sure that it is one, and writes it into the configuration, at the end of feeds:.
Comments, order and style of the file stay as they are. When one of the
addresses has no feed, or is a source already, nothing is written.

With --offline addresses are taken as they are and nobody is asked.`,
		Example: `  weir add https://go.dev/blog/
  weir add --tag friends https://ann.example/ https://ben.example/feed.xml
  weir add --id go-blog --title "The Go Blog" https://go.dev/blog/feed.atom`,
		RunE: func(c *cobra.Command, args []string) error {
			o.addresses = args
			switch {
			case len(args) == 0:
				return &usageError{text: "there is nothing to add", hint: "weir add https://blog.example/"}
			case len(args) > 1 && o.id+o.title != "":
				return &usageError{text: "--id and --title are for one feed", hint: "add the feeds one by one"}
			}
			return a.add(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.id, "id", "", "`id` of the feed; permanent once chosen")
	f.StringVar(&o.title, "title", "", "`title` in place of the feed's own")
	f.StringArrayVar(&o.tags, "tag", nil, "`tag` of every story of the feeds; may be given several times")
	f.BoolVar(&o.offline, "offline", false, "take the addresses as they are and ask nobody")
	return c
}

func (a *app) add(ctx context.Context, o addOptions) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	there := subscribed(cfg)
	chosen, err := a.choose(ctx, cfg, o.addresses, o.offline, there)
	if err != nil {
		return err
	}
	feeds := make([]config.NewFeed, len(chosen))
	for i, f := range chosen {
		feeds[i] = config.NewFeed{URL: f.URL, ID: o.id, Title: o.title, Tags: o.tags}
	}
	done, err := a.extend(feeds)
	if err != nil || a.flags.quiet {
		return err
	}
	first := len(done.before.Feeds)
	for i, f := range chosen {
		fmt.Fprintln(a.out, printable("added "+done.after.Feeds[first+i].ID+": "+describe(f)))
	}
	_, err = fmt.Fprintln(a.out, "weir poll reads it; a running weir serve takes it up on SIGHUP")
	return err
}

// extend writes feeds into the configuration. What is wrong then is what was
// said on the command line.
func (a *app) extend(feeds []config.NewFeed) (*edited, error) {
	return a.edit(func(text []byte, _ *config.Config) ([]byte, error) {
		text, _, err := config.Extend(text, a.configPath(), os.LookupEnv, a.overrides(), feeds)
		var wrong config.Problems
		if errors.As(err, &wrong) {
			p := wrong[0]
			key := p.Path[strings.LastIndexByte(p.Path, '.')+1:]
			return nil, &usageError{text: fmt.Sprintf("nothing is added: %s %q %s", key, printable(p.Value), p.Message), hint: p.Hint}
		}
		return text, err
	})
}

// choose finds a feed for each address. None may be there already.
func (a *app) choose(ctx context.Context, cfg *config.Config, addresses []string, offline bool, there map[string]string) ([]aggregator.Found, error) {
	f, err := a.finder(cfg)
	if err != nil {
		return nil, err
	}
	var all []aggregator.Found
	for _, typed := range addresses {
		address, local, err := feedAddress(typed)
		if err != nil {
			return nil, err
		}
		if err := twice(there, address); err != nil {
			return nil, err
		}
		found := aggregator.Found{URL: address}
		if !offline && !local {
			found, err = f.Choose(ctx, address)
			if err := unfound(ctx, address, cfg, err); err != nil {
				return nil, err
			}
			if err := twice(there, found.URL); err != nil {
				return nil, err
			}
		}
		there[sameness(found.URL)] = "another argument"
		all = append(all, found)
	}
	return all, nil
}

// feedAddress is siteAddress where a file of this machine may stand, too, which
// is not asked.
func feedAddress(typed string) (address string, local bool, err error) {
	if strings.HasPrefix(typed, "file:") {
		return typed, true, nil
	}
	address, err = siteAddress(typed)
	return address, false, err
}

// subscribed maps what addresses of feeds mean to the ids of their sources.
func subscribed(c *config.Config) map[string]string {
	there := make(map[string]string, len(c.Feeds))
	for i := range c.Feeds {
		there[sameness(c.Feeds[i].URL.Reveal())] = c.Feeds[i].ID
	}
	return there
}

// twice refuses an address that is a source's already.
func twice(there map[string]string, address string) error {
	id, ok := there[sameness(address)]
	if !ok {
		return nil
	}
	return &usageError{text: printable(shownAddress(address)) + " is a source already: " + id, hint: "weir status"}
}

// sameness is what two addresses of one feed have in common: scheme, www. and a
// slash at the end make no difference. The front page of a site may be a feed
// too, although it is no story's link.
func sameness(address string) string {
	if same := identity.Canonical(address); same != "" {
		return same
	}
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	return strings.TrimRight(strings.TrimPrefix(strings.ToLower(rest), "www."), "/")
}

// describe says of a feed what shows whether it is the right one.
func describe(f aggregator.Found) string {
	if f.Document == nil {
		return shownAddress(f.URL) + ", which was not asked"
	}
	text := fmt.Sprintf("%s (%s, %s", brief(f.Title), f.Format, entries(len(f.Document.Items)))
	if f.Title == "" {
		text = fmt.Sprintf("a feed without a title (%s, %s", f.Format, entries(len(f.Document.Items)))
	}
	if at := newest(f.Document); !at.IsZero() {
		text += ", the newest of " + at.Format(time.DateOnly)
	}
	return text + ") at " + shownAddress(f.URL)
}
