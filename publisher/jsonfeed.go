package publisher

import (
	"bytes"
	"cmp"
	"encoding/json"
	"time"

	"github.com/gorilla/feeds"

	"weir/feed"
)

// jsonDocument is JSON Feed 1.1. gorilla/feeds' JSONFeed leaves out an empty
// items array and misnames sizes and banners (F9); its authors and hubs serve
// here.
type jsonDocument struct {
	Version     string              `json:"version"`
	Title       string              `json:"title"`
	HomePageURL string              `json:"home_page_url"`
	FeedURL     string              `json:"feed_url"`
	NextURL     string              `json:"next_url,omitempty"`
	Description string              `json:"description,omitempty"`
	Icon        string              `json:"icon,omitempty"`
	Authors     []*feeds.JSONAuthor `json:"authors,omitempty"`
	Language    string              `json:"language,omitempty"`
	Hubs        []*feeds.JSONHub    `json:"hubs,omitempty"`
	Weir        jsonFeedMark        `json:"_weir"`
	// Items are rendered and verified one by one; never null (J1).
	Items []json.RawMessage `json:"items"`
}

type jsonItem struct {
	ID            string              `json:"id"`
	URL           string              `json:"url,omitempty"`
	ExternalURL   string              `json:"external_url,omitempty"`
	Title         string              `json:"title,omitempty"`
	ContentHTML   string              `json:"content_html,omitempty"`
	ContentText   string              `json:"content_text,omitempty"`
	Summary       string              `json:"summary,omitempty"`
	Image         string              `json:"image,omitempty"`
	DatePublished string              `json:"date_published,omitempty"`
	DateModified  string              `json:"date_modified,omitempty"`
	Authors       []*feeds.JSONAuthor `json:"authors,omitempty"`
	Tags          []string            `json:"tags,omitempty"`
	Language      string              `json:"language,omitempty"`
	Attachments   []jsonAttachment    `json:"attachments,omitempty"`
	Weir          jsonMark            `json:"_weir"`
}

type jsonAttachment struct {
	URL      string  `json:"url"`
	MIMEType string  `json:"mime_type"`
	Title    string  `json:"title,omitempty"`
	Size     int64   `json:"size_in_bytes,omitempty"`
	Duration float64 `json:"duration_in_seconds,omitempty"`
}

// jsonFeedMark says by which program and under which id a feed is published,
// for a Weir that reads it again.
type jsonFeedMark struct {
	About   string `json:"about"`
	ID      string `json:"id"`
	Updated string `json:"updated"`
	Version string `json:"version,omitempty"`
}

// jsonMark is what JSON Feed has no words for: where the entry came from, who
// else tells it, and what an empty store needs to know it again (J10).
type jsonMark struct {
	About     string      `json:"about"`
	Source    jsonSource  `json:"source"`
	Slug      string      `json:"slug"`
	Key       string      `json:"key,omitempty"`
	Published string      `json:"published,omitempty"`
	FirstSeen string      `json:"first_seen,omitempty"`
	Place     string      `json:"place,omitempty"`
	Also      []jsonAlso  `json:"also,omitempty"`
	Links     []jsonLink  `json:"links,omitempty"`
	Comments  string      `json:"comments,omitempty"`
	Rights    string      `json:"rights,omitempty"`
	Origin    *jsonOrigin `json:"origin,omitempty"`
	// Contributors and Categories are what JSON Feed has no members for, or no
	// room in them.
	Contributors []jsonPerson   `json:"contributors,omitempty"`
	Categories   []jsonCategory `json:"categories,omitempty"`
}

type jsonSource struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Home  string `json:"home,omitempty"`
}

// jsonLink is one of the source's own typed links (RFC 8288).
type jsonLink struct {
	Rel      string `json:"rel"`
	URL      string `json:"url"`
	Type     string `json:"type,omitempty"`
	Title    string `json:"title,omitempty"`
	Language string `json:"language,omitempty"`
}

type jsonAlso struct {
	Source jsonSource `json:"source"`
	URL    string     `json:"url,omitempty"`
	Title  string     `json:"title,omitempty"`
	Key    string     `json:"key,omitempty"`
}

const (
	jsonType    = "application/feed+json; charset=utf-8"
	jsonVersion = "https://jsonfeed.org/version/1.1"
	// about is for people who meet the extension in a document.
	about = "Weir: the entry's own source, and who else tells it"
)

// json returns the document of a channel around its items.
func (c *channelView) json(items []json.RawMessage) *jsonDocument {
	return &jsonDocument{
		Version:     jsonVersion,
		Title:       c.Title,
		HomePageURL: c.Home,
		FeedURL:     c.self("feed.json"),
		NextURL:     c.nextURL(),
		Description: c.Description,
		Icon:        c.Icon,
		Authors:     jsonAuthors([]feed.Person{c.Author}),
		Language:    c.Language,
		Hubs:        c.jsonHubs(),
		Weir:        jsonFeedMark{About: about, ID: c.TagID, Updated: stamp(c.Updated), Version: c.Version},
		Items:       items,
	}
}

// nextURL leads to older items (J9).
func (c *channelView) nextURL() string {
	if c.Older == "" {
		return ""
	}
	return c.Home + c.Older + "feed.json"
}

// jsonHubs name the hubs of a current document (J8).
func (c *channelView) jsonHubs() (hubs []*feeds.JSONHub) {
	if c.Page != "" {
		return nil
	}
	for _, address := range c.Hubs {
		hubs = append(hubs, &feeds.JSONHub{Type: "WebSub", Url: address})
	}
	return hubs
}

// jsonItem renders the story as JSON.
func (s *story) jsonItem() ([]byte, error) {
	item := jsonItem{
		ID:            s.ID,
		URL:           s.Link,
		ExternalURL:   s.External,
		Title:         s.Heading,
		ContentHTML:   s.HTML,
		Image:         s.Image,
		DatePublished: stamp(s.Published),
		Authors:       jsonAuthors(s.Credits),
		Language:      s.Language,
		Attachments:   s.jsonAttachments(),
		Weir:          s.jsonMark(),
	}
	item.ContentText, item.Summary = s.jsonBody()
	if s.Updated.After(s.Published) {
		item.DateModified = stamp(s.Updated)
	}
	for _, tag := range s.Categories {
		if tag.Term != "" {
			item.Tags = append(item.Tags, tag.Term)
		}
	}
	out, err := marshalJSON(&item)
	if err != nil {
		return nil, err
	}
	return extend(out, append(extensionMembers(s.Passed), s.Members...))
}

// jsonBody returns what stands as plain text in place of the body, and what
// beside it: one of the two contents is required (J3).
func (s *story) jsonBody() (text, summary string) {
	if s.HTML != "" {
		return "", s.Summary
	}
	return cmp.Or(s.Brief, s.Title), ""
}

func (s *story) jsonAttachments() (out []jsonAttachment) {
	for _, a := range s.Attachments {
		out = append(out, jsonAttachment{
			URL: a.URL, MIMEType: mediaType(a), Title: a.Title,
			Size: max(a.Length, 0), Duration: max(a.Duration, 0).Round(time.Millisecond).Seconds(),
		})
	}
	return out
}

func (s *story) jsonMark() jsonMark {
	m := jsonMark{
		About:     about,
		Source:    s.From.json(),
		Slug:      s.Slug,
		Published: stamp(s.Published),
		FirstSeen: stamp(s.FirstSeen),
		Comments:  s.Comments,
		Rights:    s.Rights,
		Key:       keyText(s.Owner().Key),
	}
	if !s.Place.Equal(s.Published) {
		m.Place = stamp(s.Place)
	}
	for _, also := range s.Also {
		m.Also = append(m.Also, jsonAlso{Source: also.From.json(), URL: also.Link, Title: also.Title, Key: keyText(also.Key)})
	}
	for _, l := range s.Links {
		if address := address(l.Href); address != "" && passable(l.Rel) {
			m.Links = append(m.Links, jsonLink{Rel: l.Rel, URL: address, Type: l.Type, Title: l.Title, Language: l.Language})
		}
	}
	m.Origin = s.jsonOrigin()
	m.Contributors, m.Categories = jsonPersons(s.Contributors), jsonCategories(described(s.Categories))
	return m
}

// keyText is a key as documents have it.
func keyText(k feed.Key) string {
	if k.IsZero() {
		return ""
	}
	return k.String()
}

func (o *outlet) json() jsonSource {
	return jsonSource{ID: o.ID, Title: o.Title, URL: o.Feed, Home: o.Home}
}

func jsonAuthors(persons []feed.Person) (out []*feeds.JSONAuthor) {
	for _, person := range persons {
		if person.Name != "" {
			out = append(out, &feeds.JSONAuthor{Name: person.Name, Url: address(person.URI), Avatar: address(person.Avatar)})
		}
	}
	return out
}

// marshalJSON writes a value without the escapes meant for script in HTML
// (J11).
func marshalJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
