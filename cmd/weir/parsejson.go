package main

import (
	"encoding/json"
	"io"

	"weir/feed"
	"weir/feed/markup"
)

// sightJSON is what scripts read of a document: names are stable, times are
// RFC 3339, lists are never null.
type sightJSON struct {
	Input      string          `json:"input"`
	Bytes      int             `json:"bytes"`
	Error      string          `json:"error,omitempty"`
	Format     string          `json:"format"`
	Encoding   string          `json:"encoding,omitempty"`
	EncodingBy string          `json:"encoding_by,omitempty"`
	Title      string          `json:"title"`
	Subtitle   string          `json:"subtitle,omitempty"`
	ID         string          `json:"id,omitempty"`
	Link       string          `json:"link,omitempty"`
	Self       string          `json:"self,omitempty"`
	Hub        string          `json:"hub,omitempty"`
	Cloud      string          `json:"cloud,omitempty"`
	Language   string          `json:"language,omitempty"`
	Rights     string          `json:"rights,omitempty"`
	Icon       string          `json:"icon,omitempty"`
	Logo       string          `json:"logo,omitempty"`
	Authors    []personJSON    `json:"authors"`
	TTL        int             `json:"ttl_seconds,omitempty"`
	SkipHours  []int           `json:"skip_hours,omitempty"`
	SkipDays   []string        `json:"skip_days,omitempty"`
	DateOrder  string          `json:"date_order,omitempty"`
	Partial    bool            `json:"partial"`
	Items      int             `json:"items"`
	Warnings   []string        `json:"warnings"`
	Faults     []string        `json:"faults,omitempty"`
	Entries    []entryJSON     `json:"entries"`
	Rejected   []rejectionJSON `json:"rejected"`
	Removed    removedJSON     `json:"removed"`
}

type personJSON struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
	Role  string `json:"role,omitempty"`
}

type entryJSON struct {
	ID           string           `json:"id"`
	RawID        string           `json:"raw_id,omitempty"`
	Slug         string           `json:"slug"`
	Title        string           `json:"title"`
	Link         string           `json:"link,omitempty"`
	External     string           `json:"external_url,omitempty"`
	Published    string           `json:"published,omitempty"`
	PublishedRaw string           `json:"published_raw,omitempty"`
	Updated      string           `json:"updated,omitempty"`
	UpdatedRaw   string           `json:"updated_raw,omitempty"`
	Authors      []personJSON     `json:"authors"`
	Contributors []personJSON     `json:"contributors,omitempty"`
	Tags         []string         `json:"tags"`
	Summary      string           `json:"summary,omitempty"`
	Content      string           `json:"content,omitempty"`
	Excerpt      bool             `json:"excerpt,omitempty"`
	Attachments  []attachmentJSON `json:"attachments"`
	Image        string           `json:"image,omitempty"`
	Comments     string           `json:"comments,omitempty"`
	Language     string           `json:"language,omitempty"`
	Rights       string           `json:"rights,omitempty"`
	Links        []linkJSON       `json:"links,omitempty"`
	Extensions   []extensionJSON  `json:"extensions"`
	Caps         []string         `json:"caps,omitempty"`
}

type attachmentJSON struct {
	URL      string  `json:"url"`
	Type     string  `json:"type,omitempty"`
	Bytes    int64   `json:"bytes,omitempty"`
	Title    string  `json:"title,omitempty"`
	Duration float64 `json:"duration_seconds,omitempty"`
}

type linkJSON struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
	Type string `json:"type,omitempty"`
}

type extensionJSON struct {
	Space    string            `json:"space"`
	Name     string            `json:"name"`
	Attrs    map[string]string `json:"attributes,omitempty"`
	Text     string            `json:"text,omitempty"`
	Children []extensionJSON   `json:"children,omitempty"`
}

type rejectionJSON struct {
	RawID  string `json:"raw_id,omitempty"`
	Title  string `json:"title,omitempty"`
	Link   string `json:"link,omitempty"`
	Reason string `json:"reason"`
}

// removedJSON counts what cleaning took away, by name.
type removedJSON struct {
	Elements   map[string]int `json:"elements,omitempty"`
	Attributes map[string]int `json:"attributes,omitempty"`
	Parameters map[string]int `json:"tracking_parameters,omitempty"`
	Counters   int            `json:"counting_pictures,omitempty"`
}

func writeSightJSON(w io.Writer, s *sight, failure error) error {
	out := sightJSON{Authors: []personJSON{}, Warnings: []string{}, Entries: []entryJSON{}, Rejected: []rejectionJSON{}}
	if s != nil {
		s.fill(&out)
	}
	if failure != nil {
		out.Error = failure.Error()
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func (s *sight) fill(out *sightJSON) {
	out.Input, out.Bytes = s.input.name, len(s.input.body)
	out.Encoding, out.EncodingBy = s.trace.Encoding, s.trace.DecidedBy
	doc := s.document
	if doc == nil {
		return
	}
	p := &doc.Profile
	out.Format, out.Title, out.Subtitle, out.ID = doc.Format, p.Title, p.Subtitle, p.FeedID
	out.Link, out.Self, out.Hub, out.Cloud = p.Link, p.Self, p.Hub, p.Cloud
	out.Language, out.Rights, out.Icon, out.Logo = p.Language, p.Rights, p.Icon, p.Logo
	out.Authors = people(p.Authors)
	out.TTL = int(doc.Hints.TTL.Seconds())
	out.SkipHours, out.SkipDays = skipped(&doc.Hints)
	out.DateOrder = dateOrder(doc.Learned.Dates)
	out.Partial, out.Items = doc.Partial, len(doc.Seen)
	out.Warnings = append(out.Warnings, doc.Warnings...)
	out.Faults = doc.Faults
	for i := range doc.Items {
		out.Entries = append(out.Entries, s.entry(i))
	}
	for _, r := range doc.Rejected {
		out.Rejected = append(out.Rejected, rejectionJSON{r.RawID, r.Title, r.Link, r.Reason})
	}
	out.Removed = removedJSON(s.removed())
}

func (s *sight) entry(i int) entryJSON {
	it := &s.document.Items[i]
	e := contentJSON(&it.Content)
	e.ID, e.RawID, e.Slug = s.ids[i], it.RawID, s.slugs[i]
	e.Published, e.PublishedRaw = stamp(it.Published), it.RawPublished
	e.Updated, e.UpdatedRaw, e.Caps = stamp(it.Updated), it.RawUpdated, caps(it)
	return e
}

// contentJSON is the part of an entry that its source says.
func contentJSON(c *feed.Content) entryJSON {
	e := entryJSON{
		Title: c.Title, Link: c.Link, External: c.External, Authors: people(c.Authors), Tags: []string{},
		Summary: c.Summary, Content: c.HTML, Excerpt: c.Excerpt, Attachments: []attachmentJSON{}, Image: c.Image,
		Comments: c.Comments, Language: c.Language, Rights: c.Rights, Extensions: extensions(c.Extensions),
	}
	if len(c.Contributors) > 0 {
		e.Contributors = people(c.Contributors)
	}
	for _, t := range c.Tags {
		e.Tags = append(e.Tags, t.Term)
	}
	for _, a := range c.Attachments {
		e.Attachments = append(e.Attachments, attachmentJSON{a.URL, a.Type, a.Length, a.Title, a.Duration.Seconds()})
	}
	for _, l := range c.Links {
		e.Links = append(e.Links, linkJSON{l.Rel, l.Href, l.Type})
	}
	return e
}

func people(list []feed.Person) []personJSON {
	out := make([]personJSON, len(list))
	for i, p := range list {
		out[i] = personJSON{p.Name, p.Email, p.URI, p.Role}
	}
	return out
}

func extensions(list []feed.Extension) []extensionJSON {
	out := make([]extensionJSON, len(list))
	for i := range list {
		x := &list[i]
		out[i] = extensionJSON{Space: x.Space, Name: x.Name, Text: x.Text}
		for _, a := range x.Attrs {
			if out[i].Attrs == nil {
				out[i].Attrs = map[string]string{}
			}
			out[i].Attrs[a.Name] = a.Value
		}
		if len(x.Children) > 0 {
			out[i].Children = extensions(x.Children)
		}
	}
	return out
}

// removed sums what cleaning took from all texts.
func (s *sight) removed() markup.Removed {
	var sum markup.Removed
	for _, t := range s.trace.Texts {
		sum.Add(markup.Explain(t.Raw, t.Clean))
	}
	return sum
}
