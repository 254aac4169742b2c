package publisher

import (
	"bytes"
	"encoding/xml"
	"html"
	"strconv"
	"strings"

	"github.com/gorilla/feeds"

	"weir/feed"
)

// rssDocument is RSS 2.0 after the RSS Advisory Board's profile. It is built
// of gorilla/feeds' value structs where they can express what is meant, and of
// own ones where they cannot: several categories, a source with its address, a
// self link (F5 to F7, F12).
type rssDocument struct {
	XMLName    xml.Name   `xml:"rss"`
	Version    string     `xml:"version,attr"`
	Namespaces []xml.Attr `xml:",any,attr"`
	Channel    rssChannel `xml:"channel"`
}

// FeedXml implements [feeds.XmlFeed].
func (d *rssDocument) FeedXml() any { return d }

type rssChannel struct {
	Title       rssText `xml:"title"`
	Link        string  `xml:"link"`
	Description rssText `xml:"description"`
	// Links are the document itself and its hubs.
	Links          []atomLink   `xml:"atom:link"`
	Language       string       `xml:"language,omitempty"`
	ManagingEditor *rssText     `xml:"managingEditor"`
	PubDate        string       `xml:"pubDate,omitempty"`
	LastBuildDate  string       `xml:"lastBuildDate,omitempty"`
	Generator      string       `xml:"generator"`
	Docs           string       `xml:"docs"`
	TTL            int          `xml:"ttl,omitempty"`
	Image          *rssImage    `xml:"image"`
	Explicit       string       `xml:"itunes:explicit,omitempty"`
	Owner          *itunesOwner `xml:"itunes:owner"`
	Archived       *struct{}    `xml:"fh:archive"`
	// Items are rendered and verified one by one.
	Items []byte `xml:",innerxml"`
}

type rssItem struct {
	XMLName     xml.Name `xml:"item"`
	Title       *rssText `xml:"title"`
	Link        string   `xml:"link,omitempty"`
	Description string   `xml:"description,omitempty"`
	// Content stands after Description: consumers take the last of the two
	// (R5).
	Content      *feeds.RssContent
	Creators     []rssText     `xml:"dc:creator"`
	Contributors []rssText     `xml:"dc:contributor"`
	Categories   []rssCategory `xml:"category"`
	Comments     string        `xml:"comments,omitempty"`
	Enclosure    *feeds.RssEnclosure
	GUID         feeds.RssGuid
	PubDate      string     `xml:"pubDate,omitempty"`
	Updated      string     `xml:"atom:updated,omitempty"`
	Source       *rssSource `xml:"source"`
	// Relations are what else to read. They are no atom:link, because many
	// programs take any element of that local name for the item's own link.
	Relations  []string         `xml:"dc:relation"`
	Licences   []string         `xml:"creativeCommons:license"`
	Replies    []string         `xml:"wfw:commentRss"`
	Language   string           `xml:"dc:language,omitempty"`
	Rights     *rssText         `xml:"dc:rights"`
	Media      []mediaContent   `xml:"media:content"`
	Thumbnail  []mediaThumbnail `xml:"media:thumbnail"`
	Extensions []byte           `xml:",innerxml"`
}

// rssText is a plain text. What might be taken for HTML is written as the
// profile recommends it, for readers that would (R16).
type rssText struct {
	XML []byte `xml:",innerxml"`
}

func profiled(s string) rssText {
	var buf bytes.Buffer
	escape(&buf, s)
	out := buf.Bytes()
	for _, c := range [...][2]string{{"&amp;", "&#x26;"}, {"&lt;", "&#x3C;"}, {"&gt;", "&#x3E;"}} {
		out = bytes.ReplaceAll(out, []byte(c[0]), []byte(c[1]))
	}
	return rssText{out}
}

func profiledOrNil(s string) *rssText {
	if s == "" {
		return nil
	}
	text := profiled(s)
	return &text
}

// stated is a plain text beside those that people read first: written as the
// profile recommends it only where it looks like HTML (R16).
func stated(s string) rssText { return rssText{plainXML(s)} }

func statedOrNil(s string) *rssText {
	if s == "" {
		return nil
	}
	text := stated(s)
	return &text
}

type rssCategory struct {
	Domain string `xml:"domain,attr,omitempty"`
	rssText
}

type rssSource struct {
	URL string `xml:"url,attr"`
	rssText
}

// rssImage is gorilla/feeds' with a title written as the channel's is.
type rssImage struct {
	URL   string  `xml:"url"`
	Title rssText `xml:"title"`
	Link  string  `xml:"link"`
}

type mediaContent struct {
	URL      string   `xml:"url,attr"`
	Type     string   `xml:"type,attr,omitempty"`
	Size     int64    `xml:"fileSize,attr,omitempty"`
	Duration int64    `xml:"duration,attr,omitempty"`
	Title    *rssText `xml:"media:title"`
}

type mediaThumbnail struct {
	URL string `xml:"url,attr"`
}

const (
	rssType = "application/rss+xml; charset=utf-8"
	rssDocs = "https://www.rssboard.org/rss-specification"
	// itemPrefix and itemIndent place an item in the document's indentation.
	itemPrefix = "    "
	itemIndent = "\n      "
)

// rss returns the document of a channel around its items.
func (c *channelView) rss(items []byte, used spaces) *rssDocument {
	d := &rssDocument{
		Version:    "2.0",
		Namespaces: used.with(spaceAtom | spaceDC | spaceContent | c.spaces()).declare(),
		Channel: rssChannel{
			Title:         profiled(c.Title),
			Link:          c.Home,
			Description:   profiled(c.Description),
			Links:         c.documentLinks("rss.xml", "application/rss+xml"),
			Archived:      c.archived(),
			Language:      c.Language,
			PubDate:       rssDate(c.Newest),
			LastBuildDate: rssDate(c.Updated),
			Generator:     strings.TrimSpace("Weir " + c.Version),
			Docs:          rssDocs,
			TTL:           int(c.TTL.Minutes()),
			Items:         items,
		},
	}
	if a := c.Author; a.Email != "" && a.Name != "" {
		d.Channel.ManagingEditor = statedOrNil(a.Email + " (" + a.Name + ")")
	}
	if used.known&spaceITunes != 0 {
		c.podcast(d, items)
	}
	if bitmap(c.Image) {
		// Title and link must be the channel's own (R15).
		d.Channel.Image = &rssImage{URL: c.Image, Title: d.Channel.Title, Link: c.Home}
	}
	return d
}

// itunesOwner is whom a podcast directory asks.
type itunesOwner struct {
	Name  string `xml:"itunes:name"`
	Email string `xml:"itunes:email"`
}

// podcast adds what directories want of a channel whose items speak their
// vocabulary: Weir's own, never a source's (M2, M3). A category it has none.
func (c *channelView) podcast(d *rssDocument, items []byte) {
	d.Channel.Explicit = strconv.FormatBool(bytes.Contains(items, []byte("<itunes:explicit>true<")))
	if a := c.Author; a.Email != "" {
		d.Channel.Owner = &itunesOwner{Name: a.Name, Email: a.Email}
	}
}

// bitmap reports whether RSS readers can show the picture (R15).
func bitmap(address string) bool {
	path, _, _ := strings.Cut(strings.ToLower(address), "?")
	for _, suffix := range [...]string{".png", ".gif", ".jpg", ".jpeg"} {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	return false
}

// rssItem renders the story as RSS.
func (s *story) rssItem() ([]byte, spaces, error) {
	item := rssItem{
		Title:     profiledOrNil(s.Heading),
		Link:      s.Link,
		Comments:  s.Comments,
		GUID:      feeds.RssGuid{Id: s.ID, IsPermaLink: strconv.FormatBool(s.ID == s.Link)},
		PubDate:   rssDate(s.Published),
		Language:  s.Language,
		Rights:    statedOrNil(s.Rights),
		Enclosure: s.enclosure(),
	}
	item.Description, item.Content = s.rssBody()
	for _, person := range s.Credits {
		item.Creators = append(item.Creators, stated(person.Name))
	}
	for _, person := range named(s.Contributors) {
		item.Contributors = append(item.Contributors, stated(person.Name))
	}
	for _, tag := range s.Categories {
		if tag.Term != "" {
			item.Categories = append(item.Categories, rssCategory{tag.Scheme, stated(tag.Term)})
		}
	}
	if s.Updated.After(s.Published) {
		item.Updated = stamp(s.Updated)
	}
	item.Source = s.rssSource()
	for _, l := range s.relatedLinks() {
		if l.Rel == "related" || l.Rel == "via" {
			item.Relations = append(item.Relations, l.Href)
		}
	}
	var used spaces
	item.Extensions, used = extensionXML(s.Passed, itemIndent)
	if item.Media, item.Thumbnail = s.media(s.further()); len(item.Media)+len(item.Thumbnail) > 0 {
		used = used.with(spaceMedia)
	}
	if item.Licences, item.Replies = s.licences(), s.replies(); len(item.Licences) > 0 {
		used = used.with(spaceLicence)
	}
	if len(item.Replies) > 0 {
		used = used.with(spaceWFW)
	}
	out, err := marshalItem(&item, itemPrefix)
	return out, used.with(spaceAtom | spaceDC | spaceContent), err
}

// rssSource names the feed that the item came from (R9); an item that already
// named one when it came keeps that (I23).
func (s *story) rssSource() *rssSource {
	if s.Origin != nil && s.Origin.Title != "" {
		if address := publicURL(s.Origin.Self); address != "" {
			return &rssSource{address, stated(s.Origin.Title)}
		}
	}
	if s.From.Feed == "" {
		return nil
	}
	return &rssSource{s.From.Feed, stated(s.From.Title)}
}

// rssBody returns what stands in description and content:encoded. A
// description is HTML by custom, so plain text is escaped to be read as such. A
// body without words, such as a lone picture, is the description itself: many
// programs read nothing else (R5).
func (s *story) rssBody() (string, *feeds.RssContent) {
	switch {
	case s.HTML == "":
		return html.EscapeString(s.Brief), nil
	case s.Excerpt, s.Brief == "":
		return s.HTML, nil
	default:
		return html.EscapeString(s.Brief), &feeds.RssContent{Content: s.HTML}
	}
}

// enclosure returns the first attachment: most readers know one (R7).
func (s *story) enclosure() *feeds.RssEnclosure {
	if len(s.Attachments) == 0 {
		return nil
	}
	a := s.Attachments[0]
	return &feeds.RssEnclosure{Url: a.URL, Length: strconv.FormatInt(max(a.Length, 0), 10), Type: mediaType(a)}
}

// further is the first attachment that stands as media:content: a lone file is
// the enclosure, and of several all stand there, so that programs which know
// media:content see them in one place (R7, R8).
func (s *story) further() int {
	if len(s.Attachments) == 1 {
		return 1
	}
	return 0
}

// licences returns the addresses of the entry's licences, as far as the
// source's own elements do not say them.
func (s *story) licences() (list []string) {
	for _, l := range s.relatedLinks() {
		said := func(e *element) bool { return e.text == l.Href }
		if l.Rel == "license" && !mentions(s.Passed, spaceLicence, "license", said) {
			list = append(list, l.Href)
		}
	}
	return list
}

// replies returns the feeds of the entry's comments, as far as the source's own
// elements do not name one (R18).
func (s *story) replies() (list []string) {
	for _, l := range s.relatedLinks() {
		feeds := l.Type == "application/rss+xml" || l.Type == "application/atom+xml"
		if l.Rel == "replies" && feeds && !mentions(s.Passed, spaceWFW, "commentRss", nil) {
			list = append(list, l.Href)
		}
	}
	return list[:min(len(list), 1)]
}

// media returns the attachments from the given one on and the picture, as far
// as the source's own media elements, which are passed on, do not say the same.
func (s *story) media(from int) (content []mediaContent, thumbnail []mediaThumbnail) {
	for i := from; i < len(s.Attachments); i++ {
		a := s.Attachments[i]
		said := func(e *element) bool { return address(e.attr("url")) == a.URL }
		if mentions(s.Passed, spaceMedia, "content", said) {
			continue
		}
		content = append(content, mediaContent{
			URL: a.URL, Type: mediaType(a), Size: max(a.Length, 0),
			Duration: int64(max(a.Duration, 0).Seconds()), Title: profiledOrNil(a.Title),
		})
	}
	if s.Image != "" && !mentions(s.Passed, spaceMedia, "thumbnail", nil) {
		thumbnail = []mediaThumbnail{{URL: s.Image}}
	}
	return content, thumbnail
}

// mediaType returns the attachment's media type; every format asks for one.
func mediaType(a feed.Attachment) string {
	if strings.Contains(a.Type, "/") {
		return a.Type
	}
	return "application/octet-stream"
}
