// Package publisher turns entries into what subscribers read: RSS 2.0, Atom
// 1.0, JSON Feed 1.1, OPML, pages for people and a list for embedding, as
// files and over HTTP.
//
// Call [New] once per configuration and [Publisher.Render] whenever a channel's
// revision may have moved. It answers with a [Snapshot]: an immutable set of
// documents by path. Hand the snapshot to a [Handler], which serves it, or to
// [WriteFiles], which makes a directory hold exactly its bytes; [Current] says
// without rendering whether a directory already does.
//
// What is promised:
//
//   - Documents are a function of the store's content, the [Options] and this
//     package's version: no clock, no random id, no map order (U1).
//   - A document whose bytes stay keeps its entity tag, and its file is not
//     touched.
//   - Every document is well-formed. Each entry is rendered and verified by
//     itself; one that cannot be rendered is left out and logged, and the rest
//     is published (XG09).
//   - A request never reaches the store: it is answered from the snapshot.
//   - In a directory, only files that this package wrote are replaced or
//     removed, each by an atomic rename (XJ07).
package publisher

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fxamacker/cbor/v2"

	"weir/feed"
)

// Reader is what the publisher asks of the store. Windows are copies: the
// publisher may change what it is given.
type Reader interface {
	Window(feed.Query) (feed.Window, error)
	Revisions() (map[string]uint64, error)
	// Profiles are what sources say of themselves. They are shared and stay as
	// they are; a source of which nothing changed comes by the same pointer.
	Profiles() ([]*feed.Described, error)
	History
}

// History is what archives are made from.
type History interface {
	Archive(channel string, page int) (feed.Window, error)
	Arrivals(channel string, page int) ([]uint64, error)
	Pages(channel string, from int) ([]feed.Page, error)
	// List finds what was removed.
	List(feed.Selection) (feed.Listing, error)
}

// Site is what is published about the whole.
type Site struct {
	Title string
	// URL is the public address: absolute, ending with "/", perhaps with a
	// path.
	URL         string
	Description string
	// Language is a BCP 47 tag; it may be empty.
	Language string
	Author   feed.Person
	// Since is the date YYYY-MM-DD that is part of every minted id.
	Since string
	// Icon is the absolute address of a square picture, or empty.
	Icon string
	// RawFeeds sends browsers, too, the feed where somebody opens its address;
	// else they are sent the channel's page.
	RawFeeds bool
	// Hubs are the absolute addresses of WebSub hubs that are told of changes.
	Hubs []string
	// Tombstones has Atom documents announce what was removed (RFC 6721).
	Tombstones bool
}

// Channel is how one channel is published.
type Channel struct {
	// ID is the store's; [feed.ChannelAll] is published at the root, every
	// other one in a directory of its name.
	ID string
	// Title, Description and Language fall back to the site's.
	Title       string
	Description string
	Language    string
	// Image is the absolute address of a picture, or empty.
	Image string
	// Limit is how many entries a document holds at least, where there are so
	// many; 0 means 50.
	Limit int
	// TitlePrefix stands before every title in feeds; "{source}" in it becomes
	// the source's title. Empty means none.
	TitlePrefix string
	// AllExtensions passes on what sources say in any namespace and, in JSON, in
	// any member of theirs, and not only in the usual ones; it is cleaned and
	// bounded all the same.
	AllExtensions bool
	// PerSource bounds how many entries of one source a document holds, so that
	// none fills it alone; 0 is no bound.
	PerSource int
	// Sort orders documents; archives are always in order of place.
	Sort Order
	// Summaries publishes the summary of every entry in place of its text.
	Summaries bool
	// Formats are the feeds that there are, of "rss", "atom" and "json"; none
	// means all.
	Formats []string
	// Archive is how many entries the archives, and the older pages, hold at least
	// that are written as files; [ArchiveAll] is every one, 0 means that there are
	// none.
	Archive int
}

// manner is how the channel shows entries.
func (c *Channel) manner() manner {
	return manner{prefix: c.TitlePrefix, all: c.AllExtensions, brief: c.Summaries}
}

// ArchiveAll keeps every entry in the archives.
const ArchiveAll = -1

// Order is how a document's entries are sorted, newest first.
type Order uint8

// The orders. What enters a channel is always decided by place, so that nothing
// is missed; they only order what is there.
const (
	// ByPlace is the order in which subscribers meet entries.
	ByPlace Order = iota
	ByPublished
	ByUpdated
)

// Options are the settings of a [Publisher].
type Options struct {
	Site     Site
	Channels []Channel
	// Articles is the id of the channel that holds all local articles, from
	// which the permalink pages are made; empty means there are none. It is
	// not published itself.
	Articles string
	// Version is the program's, named as generator.
	Version string
	// Assets opens the folders that local articles' files lie in, by source.
	Assets map[string]fs.FS
	// Digest stands for the configuration and the program's version: whenever
	// anything in Options differs, it does.
	Digest string
	// TTL is how long subscribers may keep a document; 0 means 15 minutes.
	TTL time.Duration
	// Empty reports whether an error of [Reader] means that nothing has been
	// published yet, because the first poll is still running.
	Empty func(error) bool
	// Logger is told of entries that had to be left out; nil discards.
	Logger *slog.Logger
}

// Publisher renders snapshots. It is safe for concurrent use; renderings wait
// for each other.
type Publisher struct {
	opt    Options
	reader Reader
	log    *slog.Logger
	// host and since make up minted ids; a channel without entries was last
	// updated on that day.
	host  string
	since time.Time
	pages *pages
	// offers is the page that says how to subscribe.
	offers []byte
	// digests encodes stories for their digests.
	digests cbor.EncMode
	formats []format

	mu sync.Mutex
	// cache holds fragments by slug, and making is held by whoever uses it;
	// channels has what each channel came to.
	cache    map[cacheKey]*fragment
	making   sync.Mutex
	channels map[string]*published
	last     *Snapshot
	// sources are those of the last rendering.
	sources *outlets
	// removed are the stories that are to be announced as gone, announced those
	// that the channels' documents announce.
	removed, announced []removal
	old                oldPages
}

const (
	defaultLimit = 50
	defaultTTL   = 15 * time.Minute
	// hold and maxWindow keep a burst in the documents long enough for every
	// subscriber to see it.
	hold      = 48 * time.Hour
	maxWindow = 300
)

// New checks the options and prepares a publisher.
func New(opt Options, reader Reader) (*Publisher, error) {
	host, err := checkSite(opt.Site.URL)
	if err != nil {
		return nil, err
	}
	if err := checkChannels(opt.Channels); err != nil {
		return nil, err
	}
	if opt.TTL <= 0 {
		opt.TTL = defaultTTL
	}
	p := &Publisher{
		opt: opt, reader: reader, log: opt.Logger, host: host,
		formats: formats(), cache: make(map[cacheKey]*fragment), channels: make(map[string]*published),
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.scrubOptions()
	if p.since, err = time.Parse(time.DateOnly, opt.Site.Since); err != nil {
		return nil, fmt.Errorf("site since %q: want a date YYYY-MM-DD", opt.Site.Since)
	}
	if p.digests, err = (cbor.EncOptions{Time: cbor.TimeRFC3339Nano}).EncMode(); err != nil {
		return nil, fmt.Errorf("digest encoding: %w", err)
	}
	if p.pages, err = newPages(p.opt); err != nil {
		return nil, err
	}
	if p.offers, err = p.subscribe(); err != nil {
		return nil, err
	}
	return p, nil
}

// scrubOptions filters what the configuration says: it ends in the same
// documents.
func (p *Publisher) scrubOptions() {
	p.opt.Channels = slices.Clone(p.opt.Channels)
	scrubValue(reflect.ValueOf(&p.opt.Site).Elem())
	scrubValue(reflect.ValueOf(&p.opt.Channels).Elem())
	scrubValue(reflect.ValueOf(&p.opt.Version).Elem())
}

// checkSite returns the host of the public address.
func checkSite(address string) (host string, err error) {
	site, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("site url: %w", err)
	}
	if site.Scheme != "http" && site.Scheme != "https" || site.Host == "" || !strings.HasSuffix(site.Path, "/") ||
		site.RawQuery != "" || site.Fragment != "" || site.User != nil {
		return "", fmt.Errorf("site url %q: want an absolute http or https address that ends with a slash", address)
	}
	return site.Hostname(), nil
}

// reserved are the names in the root that no channel's directory may take.
var reserved = []string{
	"e", "embed", "page", "archive", "subscribe", "sources", "feed", "rss", "atom",
}

func checkChannels(channels []Channel) error {
	seen := make(map[string]bool, len(channels))
	for _, ch := range channels {
		switch {
		case !feed.ValidID(ch.ID):
			return fmt.Errorf("channel %q: want an id of letters a-z, digits and hyphens", ch.ID)
		case slices.Contains(reserved, ch.ID):
			return fmt.Errorf("channel %q: the name is taken by the publisher's own addresses", ch.ID)
		case seen[ch.ID]:
			return fmt.Errorf("channel %q: named twice", ch.ID)
		}
		seen[ch.ID] = true
	}
	if !seen[feed.ChannelAll] {
		return errors.New("channels: the channel all is missing")
	}
	return nil
}
