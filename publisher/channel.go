package publisher

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"weir/feed"
)

// channelView is what all documents of a channel say alike.
type channelView struct {
	Channel
	// Dir is where the channel is published, relative to the site's root: ""
	// or "go/". Up leads back from there.
	Dir, Up string
	// Home is the absolute address of the channel's page; the other documents
	// lie beside it.
	Home string
	// TagID is the channel's id, whatever the address or the format (U6).
	TagID  string
	Author feed.Person
	Icon   string
	Hubs   []string
	// Updated is the newest change in the window, never the clock (U1);
	// Newest is the newest publication date.
	Updated, Newest time.Time
	Version         string
	TTL             time.Duration
	// Page is where an archive document lies below Home, such as "archive/3/", or
	// an older page, such as "page/3/"; empty for current documents. Older and
	// Newer lead on from there; they are empty at the ends.
	Page, Older, Newer string
	// Earlier is the older page to which the channel's own leads.
	Earlier string
	// Removed are announced as gone.
	Removed []removal
}

// self is the address of a document of the channel.
func (c *channelView) self(name string) string { return c.Home + c.Page + name }

// back leads from a page to the channel's other documents.
func (c *channelView) back() string { return strings.Repeat("../", strings.Count(c.Page, "/")) }

// publishes reports whether the channel has a document: any but a feed in a
// format that it leaves out.
func (ch *Channel) publishes(name string) bool {
	format, isFeed := formatOf(name)
	return !isFeed || len(ch.Formats) == 0 || slices.Contains(ch.Formats, format)
}

// formatOf returns the format of a feed by its file's name.
func formatOf(name string) (format string, ok bool) {
	switch name {
	case "rss.xml":
		return "rss", true
	case "atom.xml":
		return "atom", true
	case "feed.json":
		return "json", true
	}
	return "", false
}

// instant is what the channel's documents are sorted by.
func (ch *Channel) instant(s *story) time.Time {
	switch ch.Sort {
	case ByPublished:
		return s.Published
	case ByUpdated:
		return s.Updated
	}
	return s.Place
}

// channelDir returns the directory of a channel.
func channelDir(id string) string {
	if id == feed.ChannelAll {
		return ""
	}
	return id + "/"
}

// view prepares a channel around the stories of its window.
func (p *Publisher) view(ch Channel, stories []*story) *channelView {
	site := p.opt.Site
	dir := channelDir(ch.ID)
	v := &channelView{
		Channel: ch, Dir: dir, Home: site.URL + dir, TagID: tagURI(p.host, site.Since, "channel/"+ch.ID),
		Author: site.Author, Icon: site.Icon, Hubs: site.Hubs, Version: p.opt.Version, TTL: p.opt.TTL,
	}
	if dir != "" {
		v.Up = "../"
	}
	v.Title = cmp.Or(ch.Title, channelTitle(site, ch.ID))
	v.Description = cmp.Or(ch.Description, site.Description, v.Title)
	v.Language = cmp.Or(ch.Language, site.Language)
	v.Image = cmp.Or(ch.Image, site.Icon)
	v.Author.Name = cmp.Or(v.Author.Name, site.Title)
	for _, s := range stories {
		v.Updated = latest(v.Updated, s.Updated, s.Place)
		v.Newest = latest(v.Newest, s.Published)
	}
	if v.Updated.IsZero() {
		v.Updated = p.since // some date must be there, and the clock's may not
	}
	return v
}

// announce has a document say what is gone, which is news of it. No id stands
// there twice, nor where an entry has it.
func (c *channelView) announce(removed []removal, stories []*story) {
	told := make(map[string]bool, len(removed)+len(stories))
	for _, s := range stories {
		told[bareID(s.ID)] = true
	}
	for _, r := range removed {
		if id := bareID(r.id); !told[id] {
			told[id] = true
			c.Removed = append(c.Removed, r)
			c.Updated = latest(c.Updated, r.when)
		}
	}
}

func channelTitle(site Site, id string) string {
	if id == feed.ChannelAll {
		return site.Title
	}
	return site.Title + ": " + id
}

// lastSeen is when the newest of the stories was first seen, which moves
// whenever the window gained one; only HTTP is told of it, so that two stores
// built from the same feeds publish the same bytes.
func lastSeen(stories []*story) (t time.Time) {
	for _, s := range stories {
		t = latest(t, s.FirstSeen)
	}
	return t
}

func latest(times ...time.Time) (last time.Time) {
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}
