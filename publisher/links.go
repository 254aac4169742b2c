package publisher

import (
	"encoding/xml"
	"strings"

	"github.com/gorilla/feeds"
)

// webLink is a link of a whole document (RFC 8288).
type webLink struct{ rel, href, media string }

// links are those of a document of the channel beside itself and the hubs: its
// page, and the archives around it (RFC 5005 §4).
func (c *channelView) links(name, media string) []webLink {
	list := []webLink{{"alternate", c.Home, "text/html"}}
	return append(list, c.historyLinks(name, media)...)
}

// historyLinks lead through the archives.
func (c *channelView) historyLinks(name, media string) (list []webLink) {
	media, _, _ = strings.Cut(media, ";")
	add := func(rel, dir string) { list = append(list, webLink{rel, c.Home + dir + name, media}) }
	if c.Page != "" {
		add("current", "")
	}
	if c.Older != "" {
		add("prev-archive", c.Older)
	}
	if c.Newer != "" {
		add("next-archive", c.Newer)
	}
	return list
}

// documentLinks are those that stand in a feed's head: itself, exactly once
// (R2), the hubs where it is the current one (T13, WebSub §4), and the archives.
func (c *channelView) documentLinks(name, media string) []atomLink {
	list := []atomLink{{AtomLink: feeds.AtomLink{Href: c.self(name), Rel: "self", Type: media}}}
	if c.Page == "" {
		for _, hub := range c.Hubs {
			list = append(list, atomLink{AtomLink: feeds.AtomLink{Href: hub, Rel: "hub"}})
		}
	}
	for _, l := range c.historyLinks(name, media) {
		list = append(list, atomLink{AtomLink: feeds.AtomLink{Href: l.href, Rel: l.rel, Type: l.media}})
	}
	return list
}

// archived marks an archive document (RFC 5005 §4).
func (c *channelView) archived() *struct{} {
	if c.Page == "" {
		return nil
	}
	return new(struct{})
}

// spaces are the namespaces that a document's head uses, tombstones apart.
func (c *channelView) spaces() known {
	if c.Page != "" {
		return spaceHistory
	}
	return 0
}

// atomSpaces are those of an Atom document, which alone announces what is gone.
func (c *channelView) atomSpaces() known {
	if len(c.Removed) > 0 {
		return c.spaces() | spaceTombstones
	}
	return c.spaces()
}

// deletedEntry announces that an entry is gone (RFC 6721 §3).
type deletedEntry struct {
	XMLName xml.Name `xml:"at:deleted-entry"`
	Ref     string   `xml:"ref,attr"`
	When    string   `xml:"when,attr"`
}

func (c *channelView) deleted() (list []deletedEntry) {
	for _, r := range c.Removed {
		list = append(list, deletedEntry{Ref: r.id, When: stamp(r.when)})
	}
	return list
}
