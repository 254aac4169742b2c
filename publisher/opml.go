package publisher

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"html"
	"slices"
	"strings"

	"weir/feed"
)

// opmlDocument lists the sources of a channel as OPML 2.0, for readers that
// would rather follow them one by one.
type opmlDocument struct {
	XMLName xml.Name `xml:"opml"`
	Version string   `xml:"version,attr"`
	Head    opmlHead `xml:"head"`
	// Outlines are rendered and verified one by one.
	Outlines opmlOutlines `xml:"body"`
}

// FeedXml implements [feeds.XmlFeed]: the same writer serves.
func (d *opmlDocument) FeedXml() any { return d }

type opmlHead struct {
	Title        string `xml:"title"`
	DateModified string `xml:"dateModified,omitempty"`
	OwnerName    string `xml:"ownerName,omitempty"`
	OwnerID      string `xml:"ownerId,omitempty"`
}

type opmlOutlines struct {
	XML []byte `xml:",innerxml"`
}

// opmlOutline is a feed, of type rss whatever its format (O2). One that has a
// text alone is a folder.
type opmlOutline struct {
	XMLName     xml.Name `xml:"outline"`
	Type        string   `xml:"type,attr,omitempty"`
	Text        string   `xml:"text,attr"`
	Title       string   `xml:"title,attr,omitempty"`
	XMLURL      string   `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string   `xml:"htmlUrl,attr,omitempty"`
	Description string   `xml:"description,attr,omitempty"`
	Language    string   `xml:"language,attr,omitempty"`
	Category    string   `xml:"category,attr,omitempty"`
}

const opmlType = "text/x-opml; charset=utf-8"

// opml returns the list of a channel's sources, still without them.
func (c *channelView) opml() *opmlDocument {
	return &opmlDocument{Version: "2.0", Head: opmlHead{
		Title: c.Title, DateModified: rssDate(c.Updated), OwnerName: c.Author.Name, OwnerID: c.Author.URI,
	}}
}

// list puts lines into the document and returns it, of which the head is read
// strictly: the lines were. A list of nothing becomes a folder without feeds,
// because OPML asks for one outline at least (O2).
func (d *opmlDocument) list(sources []*outlet) ([]byte, error) {
	var lines []byte
	for _, s := range sources {
		line, err := s.outline()
		if err != nil {
			return nil, err
		}
		lines = append(lines, line...)
	}
	if len(lines) == 0 {
		folder, err := marshalOutline(&opmlOutline{Text: d.Head.Title})
		if err != nil {
			return nil, err
		}
		lines = folder
	}
	if _, err := checkedXML(d); err != nil {
		return nil, err
	}
	d.Outlines.XML = append(lines, "\n  "...)
	return marshalXML(d, len(lines))
}

// listed reports whether a source has a feed that all may follow: local articles
// have none of their own.
func (o *outlet) listed() bool { return !o.Local && o.Feed != "" }

// outline returns the line of a source in a list, nothing where there is none.
func (o *outlet) outline() ([]byte, error) {
	if o.line != nil || !o.listed() {
		return o.line, nil
	}
	line, err := marshalOutline(&opmlOutline{
		Type: "rss", Text: o.Title, Title: o.Title, XMLURL: o.Feed, HTMLURL: o.Home,
		Description: opmlText(o.Profile.Subtitle), Language: o.Profile.Language, Category: strings.Join(o.Tags, ","),
	})
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", o.ID, err)
	}
	return line, nil
}

// marshalOutline returns an outline as it stands in a document, which was read
// strictly.
func marshalOutline(o *opmlOutline) ([]byte, error) {
	line, err := marshalItem(o, "    ")
	if err != nil {
		return nil, err
	}
	var nothing reading
	if _, err := nothing.strictly(bytes.NewReader(line)); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return line, nil
}

// opmlText is a description, which in OPML may be HTML: what would be taken for
// that is written so that it is seen as it is. Names stay plain, as readers show
// them as they stand (O2).
func opmlText(s string) string {
	if strings.Contains(s, "<") || misleads(s) {
		return html.EscapeString(s)
	}
	return s
}

// OPML returns a list of the given sources as OPML 2.0, in their order, and the
// ids of the feeds that are not in it because they have no address that may be
// told (P75). Of the site only title and address are used.
func OPML(site Site, sources []*feed.Described) (document []byte, left []string, err error) {
	d := &opmlDocument{Version: "2.0", Head: opmlHead{Title: printable(site.Title)}}
	known := newOutlets(site, "", sources, nil)
	list := make([]*outlet, len(sources))
	for i, s := range sources {
		if list[i] = known.known[s]; !list[i].listed() && !list[i].Local {
			left = append(left, s.Source.ID)
		}
	}
	document, err = d.list(list)
	return document, left, err
}

// byTitle sorts outlets as people look for them.
func byTitle(list []*outlet) []*outlet {
	slices.SortFunc(list, func(a, b *outlet) int {
		return cmp.Or(cmp.Compare(a.sorted, b.sorted), cmp.Compare(a.ID, b.ID))
	})
	return list
}
