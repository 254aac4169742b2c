package publisher

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"html"
	"slices"
	"strings"

	"weir/feed"
)

// opmlDocument lists the sources of a channel as OPML 2.0, for readers that
// would rather follow them one by one.
type opmlDocument struct {
	XMLName  xml.Name      `xml:"opml"`
	Version  string        `xml:"version,attr"`
	Head     opmlHead      `xml:"head"`
	Outlines []opmlOutline `xml:"body>outline"`
}

// FeedXml implements [feeds.XmlFeed]: the same writer serves.
func (d *opmlDocument) FeedXml() any { return d }

type opmlHead struct {
	Title        string `xml:"title"`
	DateModified string `xml:"dateModified,omitempty"`
	OwnerName    string `xml:"ownerName,omitempty"`
	OwnerID      string `xml:"ownerId,omitempty"`
}

// opmlOutline is a feed, of type rss whatever its format (O2). One that has a
// text alone is a folder.
type opmlOutline struct {
	Type        string `xml:"type,attr,omitempty"`
	Text        string `xml:"text,attr"`
	Title       string `xml:"title,attr,omitempty"`
	XMLURL      string `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string `xml:"htmlUrl,attr,omitempty"`
	Description string `xml:"description,attr,omitempty"`
	Language    string `xml:"language,attr,omitempty"`
	Category    string `xml:"category,attr,omitempty"`
}

const opmlType = "text/x-opml; charset=utf-8"

// opml returns the list of a channel's sources. Local articles have no feed of
// their own to follow.
func (c *channelView) opml(sources []outlet) *opmlDocument {
	d := &opmlDocument{Version: "2.0", Head: opmlHead{
		Title: c.Title, DateModified: rssDate(c.Updated), OwnerName: c.Author.Name, OwnerID: c.Author.URI,
	}}
	for i := range sources {
		d.follow(&sources[i])
	}
	d.fill()
	return d
}

// fill makes a list of nothing a folder without feeds, because OPML asks for one
// outline at least (O2).
func (d *opmlDocument) fill() {
	if len(d.Outlines) == 0 {
		d.Outlines = []opmlOutline{{Text: d.Head.Title}}
	}
}

// follow adds a source and reports whether it has a feed that all may follow.
func (d *opmlDocument) follow(s *outlet) bool {
	if s.Local || s.Feed == "" {
		return false
	}
	d.Outlines = append(d.Outlines, opmlOutline{
		Type: "rss", Text: s.Title, Title: s.Title, XMLURL: s.Feed, HTMLURL: s.Home,
		Description: opmlText(s.Profile.Subtitle), Language: s.Profile.Language, Category: strings.Join(s.Tags, ","),
	})
	return true
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
func OPML(site Site, sources []feed.SourceStatus) (document []byte, left []string, err error) {
	d := &opmlDocument{Version: "2.0", Head: opmlHead{Title: printable(site.Title)}}
	known := newOutlets(site, "", sources)
	for i := range sources {
		out := known.byID[sources[i].Source.ID]
		if !d.follow(&out) && !out.Local {
			left = append(left, out.ID)
		}
	}
	d.fill()
	document, err = checkedXML(d)
	return document, left, err
}

// byTitle sorts outlets as people look for them.
func byTitle(list []outlet) []outlet {
	slices.SortFunc(list, func(a, b outlet) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// sourceList returns the list of a channel's sources. That of thousands of them
// is long: while it stays, only the head around it is read again.
func (p *Publisher) sourceList(v *channelView, followed []outlet) ([]byte, error) {
	list := v.opml(followed)
	out, err := marshalXML(list, 0)
	if err != nil {
		return nil, err
	}
	if old := p.before(v.Dir + "sources.opml"); old != nil && bytes.Equal(outlines(old.Body), outlines(out)) {
		list = v.opml(nil)
	}
	if _, err := checkedXML(list); err != nil {
		return nil, err
	}
	return out, nil
}

// outlines is what follows the head of a list.
func outlines(list []byte) []byte {
	_, body, _ := bytes.Cut(list, []byte("</head>"))
	return body
}
