package config

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"weir/feed"
)

const (
	// maxLists bounds how many lists are followed.
	maxLists = 100
	// defaultRefresh is how often a list is asked: people do not change what
	// they read by the hour. Looking at a file costs nothing.
	defaultRefresh = 6 * time.Hour
	fileRefresh    = time.Minute
	// idDigits are the hex digits of the address that end the id of a listed
	// feed, unless two are the same in them.
	idDigits = 6
)

// List is a reading list in OPML that is followed.
type List struct {
	ID string
	// URL is the address to ask; for a file the absolute path.
	URL   Address
	Kind  feed.SourceKind
	Group Address
	// Title is the operator's name for it, may be empty.
	Title string
	// Refresh is how often it is asked.
	Refresh time.Duration
	// Options are what every feed of the list is configured with.
	Options Feed
}

// lists reads the lists that are followed.
func (s section) lists(p Poll) []List {
	elements := s.list("opml", maxLists)
	names := newNames(s.w, len(elements))
	var lists []List
	for _, v := range elements {
		if l, ok := s.w.opml(v, p, names); ok {
			lists = append(lists, l)
		}
	}
	for i, id := range names.assign() {
		lists[i].ID = id
	}
	return lists
}

// opml reads one element of opml: an address, or a mapping.
func (w *walker) opml(v value, p Poll, names *names) (List, bool) {
	var l List
	at, chosen, ok := v, name{}, true
	if resolve(v.node).Kind != yaml.ScalarNode {
		s := w.section(v.node, v.path, opmlKeys)
		if s.vals == nil {
			return l, false
		}
		chosen = s.chosen()
		s.title("title", &l.Title)
		s.duration("refresh", time.Second, 365*day, &l.Refresh)
		s.options(&l.Options)
		s.warnFloor(&l.Options, p)
		if at, ok = s.value("url"); !ok {
			w.addKey(value{node: s.node, path: s.path + ".url"}, "is missing", "add the address of the list")
			return l, false
		}
	}
	var f Feed
	ok = w.address(at, &f, names, chosen)
	l.URL, l.Kind, l.Group = f.URL, f.Kind, f.Group
	if l.Refresh == 0 && l.Kind == feed.File {
		l.Refresh = fileRefresh
	}
	if l.Refresh == 0 {
		l.Refresh = defaultRefresh
	}
	return l, ok
}

// ListSources returns the lists as what is asked like a source.
func (c *Config) ListSources() []feed.Source {
	sources := make([]feed.Source, len(c.Lists))
	for i := range c.Lists {
		l := &c.Lists[i]
		sources[i] = feed.Source{ID: l.ID, Kind: l.Kind, URL: l.URL.Reveal(), Title: l.Title, Secrets: l.URL.Secrets(),
			Group: l.Group.Reveal(), Every: l.Refresh}
	}
	return sources
}

// Follow returns a copy of the configuration that has the feeds of its lists
// too, behind its own, and says how many there was no room for. What the file
// names itself wins over a list, and an earlier list over a later one; http or
// https, "www." and a slash at the end make no other feed.
//
// The id of a listed feed follows from its address alone, whatever else is
// listed. An address of the list's own host may lead where the list itself may
// be, and one in a file where the operator's may; any other is a stranger's
// (XA22). Addresses that could not stand in the file are left out.
func (c *Config) Follow(lists map[string][]feed.Listed) (followed *Config, left int) {
	if len(c.Lists) == 0 {
		return c, 0
	}
	next := *c
	next.Feeds = slices.Clone(c.Feeds)
	there, taken := make(map[string]bool), make(map[string]bool)
	for i := range c.Feeds {
		there[alike(c.Feeds[i].URL.Reveal())] = true
		taken[c.Feeds[i].ID] = true
	}
	for i := range c.Articles {
		taken[c.Articles[i].ID] = true
	}
	for i := range c.Lists {
		for _, one := range lists[c.Lists[i].ID] {
			f, n, ok := c.Lists[i].feed(one)
			key := alike(one.URL)
			switch {
			case !ok || there[key]:
			case len(next.Feeds)+len(c.Articles) >= maxSources:
				left++
			default:
				there[key] = true
				f.ID = n.alone(taken)
				next.Feeds = append(next.Feeds, f)
			}
		}
	}
	next.Digest = next.digest()
	return &next, left
}

// feed is what a list's entry is as a source, without its id.
func (l *List) feed(one feed.Listed) (Feed, name, bool) {
	if message, _ := checkFeed(one.URL); message != "" {
		return Feed{}, name{}, false
	}
	f, n, e := l.Options, name{address: alike(one.URL)}, constant(one.URL)
	u, _ := url.Parse(one.URL) // checkFeed has parsed it.
	f.remote(u, &e, &n)
	f.Tags = slices.Clone(f.Tags)
	for _, t := range one.Tags {
		if len(f.Tags) < feed.MaxTags && !slices.Contains(f.Tags, t) {
			f.Tags = append(f.Tags, t)
		}
	}
	f.List = l.ID
	f.Stranger = l.Kind == feed.Remote && !sameHost(u, l.URL.Reveal())
	return f, n, true
}

// alone is the id of a listed feed: its host and digits of its address, more of
// them where those are an id already.
func (n *name) alone(taken map[string]bool) string {
	n.long = n.short
	id := n.hashed(idDigits)
	for digits := idDigits + 2; taken[id]; digits += 2 {
		id = n.hashed(digits)
	}
	taken[id] = true
	return id
}

// alike is what two addresses of one feed have in common.
func alike(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	_, rest, _ := strings.Cut(normal(u, strings.TrimPrefix(asciiHost(u), "www.")), "://")
	return strings.TrimRight(strings.TrimRight(rest, "?"), "/")
}

func sameHost(u *url.URL, address string) bool {
	v, err := url.Parse(address)
	return err == nil && strings.EqualFold(u.Host, v.Host)
}

// Listed maps the ids of feeds that come from lists to those of the lists.
func (c *Config) Listed() map[string]string {
	from := make(map[string]string)
	for i := range c.Feeds {
		if c.Feeds[i].List != "" {
			from[c.Feeds[i].ID] = c.Feeds[i].List
		}
	}
	return from
}

// Strangers are the ids of feeds whose address the operator did not give.
func (c *Config) Strangers() map[string]bool {
	strangers := make(map[string]bool)
	for i := range c.Feeds {
		if c.Feeds[i].Stranger {
			strangers[c.Feeds[i].ID] = true
		}
	}
	return strangers
}
