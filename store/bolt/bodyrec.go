package bolt

import (
	"strings"
	"time"

	"weir/feed"
)

// bodyRec is an entry's content beside title, link and language, which its
// head has: what only readers of whole entries need.
type bodyRec struct {
	External     string          `cbor:"1,keyasint,omitempty"`
	Summary      string          `cbor:"2,keyasint,omitempty"`
	HTML         string          `cbor:"3,keyasint,omitempty"`
	Excerpt      bool            `cbor:"4,keyasint,omitempty"`
	Authors      []personRec     `cbor:"5,keyasint,omitempty"`
	Contributors []personRec     `cbor:"6,keyasint,omitempty"`
	Tags         []tagRec        `cbor:"7,keyasint,omitempty"`
	Attachments  []attachmentRec `cbor:"8,keyasint,omitempty"`
	Image        string          `cbor:"9,keyasint,omitempty"`
	Comments     string          `cbor:"10,keyasint,omitempty"`
	// CommentsAt is what follows the entry's link in Comments, where that
	// begins with it, as it mostly does.
	CommentsAt string         `cbor:"16,keyasint,omitempty"`
	Rights     string         `cbor:"11,keyasint,omitempty"`
	Links      []linkRec      `cbor:"12,keyasint,omitempty"`
	Extensions []extensionRec `cbor:"13,keyasint,omitempty"`
	Origin     *originRec     `cbor:"14,keyasint,omitempty"`
	Assets     []assetRec     `cbor:"15,keyasint,omitempty"`
	Full       string         `cbor:"17,keyasint,omitempty"`
}

type personRec struct {
	Name   string `cbor:"1,keyasint,omitempty"`
	Email  string `cbor:"2,keyasint,omitempty"`
	URI    string `cbor:"3,keyasint,omitempty"`
	Avatar string `cbor:"4,keyasint,omitempty"`
	Bio    string `cbor:"5,keyasint,omitempty"`
	Role   string `cbor:"6,keyasint,omitempty"`
}

type tagRec struct {
	Term   string `cbor:"1,keyasint,omitempty"`
	Scheme string `cbor:"2,keyasint,omitempty"`
	Label  string `cbor:"3,keyasint,omitempty"`
}

type attachmentRec struct {
	URL      string        `cbor:"1,keyasint,omitempty"`
	Type     string        `cbor:"2,keyasint,omitempty"`
	Length   int64         `cbor:"3,keyasint,omitempty"`
	Title    string        `cbor:"4,keyasint,omitempty"`
	Duration time.Duration `cbor:"5,keyasint,omitempty"`
}

type linkRec struct {
	Rel      string `cbor:"1,keyasint,omitempty"`
	Href     string `cbor:"2,keyasint,omitempty"`
	Type     string `cbor:"3,keyasint,omitempty"`
	Title    string `cbor:"4,keyasint,omitempty"`
	Language string `cbor:"5,keyasint,omitempty"`
}

type extensionRec struct {
	Space    string         `cbor:"1,keyasint,omitempty"`
	Name     string         `cbor:"2,keyasint,omitempty"`
	Attrs    []attrRec      `cbor:"3,keyasint,omitempty"`
	Text     string         `cbor:"4,keyasint,omitempty"`
	Children []extensionRec `cbor:"5,keyasint,omitempty"`
}

type attrRec struct {
	Space string `cbor:"1,keyasint,omitempty"`
	Name  string `cbor:"2,keyasint,omitempty"`
	Value string `cbor:"3,keyasint,omitempty"`
}

type originRec struct {
	ID      string      `cbor:"1,keyasint,omitempty"`
	Title   string      `cbor:"2,keyasint,omitempty"`
	Link    string      `cbor:"3,keyasint,omitempty"`
	Self    string      `cbor:"4,keyasint,omitempty"`
	Authors []personRec `cbor:"5,keyasint,omitempty"`
	Updated int64       `cbor:"6,keyasint,omitempty"`

	Subtitle     string      `cbor:"7,keyasint,omitempty"`
	Rights       string      `cbor:"8,keyasint,omitempty"`
	Icon         string      `cbor:"9,keyasint,omitempty"`
	Logo         string      `cbor:"10,keyasint,omitempty"`
	Contributors []personRec `cbor:"11,keyasint,omitempty"`
	Tags         []tagRec    `cbor:"12,keyasint,omitempty"`
}

type assetRec struct {
	Name string   `cbor:"1,keyasint,omitempty"`
	Path string   `cbor:"2,keyasint,omitempty"`
	Size int64    `cbor:"3,keyasint,omitempty"`
	Sum  [32]byte `cbor:"4,keyasint"`
}

func bodyRecord(c *feed.Content) bodyRec {
	r := bodyRec{
		External: c.External, Summary: c.Summary, HTML: c.HTML, Full: c.Full, Excerpt: c.Excerpt,
		Authors:      each(c.Authors, personRecord),
		Contributors: each(c.Contributors, personRecord),
		Tags:         each(c.Tags, tagRecord),
		Attachments:  each(c.Attachments, attachmentRecord),
		Image:        c.Image, Comments: c.Comments, Rights: c.Rights,
		Links:      each(c.Links, linkRecord),
		Extensions: each(c.Extensions, extensionRecord),
		Origin:     originRecord(c.Origin),
		Assets:     each(c.Assets, assetRecord),
	}
	if at, ok := strings.CutPrefix(c.Comments, c.Link); ok && at != "" && c.Link != "" {
		r.Comments, r.CommentsAt = "", at
	}
	return r
}

// content fills everything of a content but what the head has, which must be
// there before.
func (r *bodyRec) content(c *feed.Content) {
	c.External, c.Summary, c.HTML, c.Full, c.Excerpt = r.External, r.Summary, r.HTML, r.Full, r.Excerpt
	c.Authors = each(r.Authors, personRec.person)
	c.Contributors = each(r.Contributors, personRec.person)
	c.Tags = each(r.Tags, tagRec.tag)
	c.Attachments = each(r.Attachments, attachmentRec.attachment)
	c.Image, c.Comments, c.Rights = r.Image, r.Comments, r.Rights
	c.Links = each(r.Links, linkRec.link)
	c.Extensions = each(r.Extensions, extensionRec.extension)
	c.Origin = r.Origin.origin()
	c.Assets = each(r.Assets, assetRec.asset)
	if r.CommentsAt != "" {
		c.Comments = c.Link + r.CommentsAt
	}
}

// Records whose fields are those of the vocabulary convert as they are: a
// field that is added there fails to compile here.

func personRecord(p feed.Person) personRec             { return personRec(p) }
func (r personRec) person() feed.Person                { return feed.Person(r) }
func tagRecord(t feed.Tag) tagRec                      { return tagRec(t) }
func (r tagRec) tag() feed.Tag                         { return feed.Tag(r) }
func attachmentRecord(a feed.Attachment) attachmentRec { return attachmentRec(a) }
func (r attachmentRec) attachment() feed.Attachment    { return feed.Attachment(r) }
func linkRecord(l feed.Link) linkRec                   { return linkRec(l) }
func (r linkRec) link() feed.Link                      { return feed.Link(r) }
func attrRecord(a feed.Attr) attrRec                   { return attrRec(a) }
func (r attrRec) attr() feed.Attr                      { return feed.Attr(r) }
func assetRecord(a feed.Asset) assetRec                { return assetRec(a) }
func (r assetRec) asset() feed.Asset                   { return feed.Asset(r) }

func extensionRecord(e feed.Extension) extensionRec {
	return extensionRec{
		Space: e.Space, Name: e.Name, Attrs: each(e.Attrs, attrRecord), Text: e.Text,
		Children: each(e.Children, extensionRecord),
	}
}

func (r extensionRec) extension() feed.Extension {
	return feed.Extension{
		Space: r.Space, Name: r.Name, Attrs: each(r.Attrs, attrRec.attr), Text: r.Text,
		Children: each(r.Children, extensionRec.extension),
	}
}

func originRecord(o *feed.Origin) *originRec {
	if o == nil {
		return nil
	}
	return &originRec{
		ID: o.ID, Title: o.Title, Link: o.Link, Self: o.Self,
		Authors: each(o.Authors, personRecord), Updated: micros(o.Updated),
		Subtitle: o.Subtitle, Rights: o.Rights, Icon: o.Icon, Logo: o.Logo,
		Contributors: each(o.Contributors, personRecord), Tags: each(o.Tags, tagRecord),
	}
}

func (r *originRec) origin() *feed.Origin {
	if r == nil {
		return nil
	}
	return &feed.Origin{
		ID: r.ID, Title: r.Title, Link: r.Link, Self: r.Self,
		Authors: each(r.Authors, personRec.person), Updated: instant(r.Updated),
		Subtitle: r.Subtitle, Rights: r.Rights, Icon: r.Icon, Logo: r.Logo,
		Contributors: each(r.Contributors, personRec.person), Tags: each(r.Tags, tagRec.tag),
	}
}
