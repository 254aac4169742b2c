package publisher

import (
	"cmp"
	"encoding/xml"
	"time"

	"github.com/gorilla/feeds"

	"weir/feed"
)

// atomSource tells whose entry it is (T4). Its children come in the order in
// which RFC 4287 names them.
type atomSource struct {
	XMLName      xml.Name       `xml:"source"`
	Lang         string         `xml:"xml:lang,attr,omitempty"`
	Authors      []atomPerson   `xml:"author"`
	Categories   []atomCategory `xml:"category"`
	Contributors []atomPerson   `xml:"contributor"`
	Icon         string         `xml:"icon,omitempty"`
	ID           string         `xml:"id"`
	Links        []atomLink     `xml:"link"`
	Logo         string         `xml:"logo,omitempty"`
	Rights       *atomText      `xml:"rights"`
	Sub          *atomText      `xml:"subtitle"`
	Title        atomText       `xml:"title"`
	Updated      string         `xml:"updated"`
}

// atomSource returns whose entry it is. An entry that already named its source
// when it came, because it came through another aggregator, keeps that one
// (I23).
func (s *story) atomSource() *atomSource {
	if id := originID(s.Origin); id != "" {
		return originSource(s.Origin, id, s.Updated)
	}
	p := &s.From.Profile
	source := &atomSource{
		Lang:    p.Language,
		ID:      s.From.IRI,
		Title:   plain(s.From.Title),
		Updated: stamp(cmp.Or(p.Updated, s.Updated)),
		Authors: atomPersons(named(p.Authors)),
		Icon:    address(p.Icon),
		Logo:    address(p.Logo),
		Rights:  plainOrNil(p.Rights),
		Sub:     plainOrNil(p.Subtitle),
		Links:   sourceLinks(s.From.Feed, s.From.Home),
	}
	// What a feed says of all its entries stands for those that say nothing.
	if len(s.Categories) == 0 {
		source.Categories = atomCategories(p.Tags)
	}
	if len(s.Contributors) == 0 {
		source.Contributors = atomPersons(named(p.Contributors))
	}
	return source
}

// originID returns the id of the feed that an entry names as its source, or its
// address in canonical form, as where a feed has no id (T5); nothing where it
// has neither.
func originID(o *feed.Origin) string {
	switch {
	case o == nil:
		return ""
	case feedIRI(o.ID):
		return o.ID
	}
	if self := publicURL(o.Self); self != "" && o.Title != "" {
		return canonical(self)
	}
	return ""
}

func originSource(o *feed.Origin, id string, updated time.Time) *atomSource {
	return &atomSource{
		ID:      id,
		Title:   plain(cmp.Or(o.Title, hostOf(o.Link), id)),
		Updated: stamp(cmp.Or(o.Updated, updated)),
		Authors: atomPersons(named(o.Authors)),
		Icon:    address(o.Icon),
		Logo:    address(o.Logo),
		Rights:  plainOrNil(o.Rights),
		Sub:     plainOrNil(o.Subtitle),
		Links:   sourceLinks(publicURL(o.Self), publicURL(o.Link)),

		Categories: atomCategories(o.Tags), Contributors: atomPersons(named(o.Contributors)),
	}
}

func sourceLinks(self, home string) (links []atomLink) {
	if self != "" {
		links = append(links, atomLink{AtomLink: feeds.AtomLink{Href: self, Rel: "self"}})
	}
	if home != "" {
		links = append(links, atomLink{AtomLink: feeds.AtomLink{Href: home, Rel: "alternate", Type: "text/html"}})
	}
	return links
}
