package parse_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"weir/feed"
)

// subject is a document as Weir read it, beside what an expectation asks: the
// indexes in its path, its value as text, the bytes and their address.
type subject struct {
	doc  *feed.Document
	body []byte
	base *url.URL
	at   []int
	want string
}

// field says what of Weir's stands for one path of feedparser's, and how both
// are written so that they can be compared: same brings the two texts together
// or apart, exact where it is nil.
type field struct {
	// ours names the field, for the report.
	ours string
	got  func(s *subject) string
	same func(s *subject, got string) bool
}

// compare returns what Weir has, and whether it is what is wanted.
func (f field) compare(s *subject) (got string, same bool) {
	got = f.got(s)
	if f.same != nil {
		return got, f.same(s, got)
	}
	return got, got == s.want
}

func (s *subject) n() int { return s.at[len(s.at)-1] }

func (s *subject) item() *feed.Item {
	if s.at[0] < 0 || s.at[0] >= len(s.doc.Items) {
		return &feed.Item{}
	}
	return &s.doc.Items[s.at[0]]
}

func ofItem(ours string, get func(*feed.Item) string, same ...func(*subject, string) bool) field {
	f := field{ours: "Item." + ours, got: func(s *subject) string { return get(s.item()) }}
	if len(same) > 0 {
		f.same = same[0]
	}
	return f
}

func ofHead(ours string, get func(*feed.Profile) string, same ...func(*subject, string) bool) field {
	f := field{ours: "Profile." + ours, got: func(s *subject) string { return get(&s.doc.Profile) }}
	if len(same) > 0 {
		f.same = same[0]
	}
	return f
}

func ofOrigin(ours string, get func(*feed.Origin) string, same ...func(*subject, string) bool) field {
	return ofItem("Origin."+ours, func(it *feed.Item) string {
		if it.Origin == nil {
			return ""
		}
		return get(it.Origin)
	}, same...)
}

// feedparserFields is the whole mapping.
func feedparserFields() map[string]field {
	m := map[string]field{
		"version":           {ours: "Document.Format", got: func(s *subject) string { return s.doc.Format }, same: sameVersion},
		"feed.title":        ofHead("Title", func(p *feed.Profile) string { return p.Title }, sameLine),
		"feed.link":         ofHead("Link", func(p *feed.Profile) string { return p.Link }, sameAddress),
		"feed.id":           ofHead("FeedID", func(p *feed.Profile) string { return p.FeedID }),
		"feed.language":     ofHead("Language", func(p *feed.Profile) string { return p.Language }),
		"feed.icon":         ofHead("Icon", func(p *feed.Profile) string { return p.Icon }),
		"feed.logo":         ofHead("Logo", func(p *feed.Profile) string { return p.Logo }),
		"feed.image.href":   ofHead("Logo or Icon", picture, sameAddress),
		"feed.ttl":          {ours: "Document.Hints.TTL", got: func(s *subject) string { return fmt.Sprint(s.doc.Hints.TTL.Minutes()) }},
		"feed.links.*.href": {ours: "Profile.Link, Self or Hub", got: headLink, same: sameAddress},
		"feed.links.*.rel":  {ours: "Profile.Link, Self or Hub", got: headLink, same: hasHeadLink},
		"feed.links.*":      {ours: "Profile.Link, Self or Hub", got: headLinks, same: sameObject},
		"feed.links": {ours: "Profile.Link, Self and Hub", got: func(s *subject) string {
			return strconv.Itoa(strings.Count(headLinks(s), "|") + 1)
		}},
		"entries.*.title":    ofItem("Title", func(it *feed.Item) string { return it.Title }, sameLine),
		"entries.*.link":     ofItem("Link", func(it *feed.Item) string { return it.Link }, sameAddress),
		"entries.*.id":       ofItem("RawID", func(it *feed.Item) string { return it.RawID }, sameID),
		"entries.*.comments": ofItem("Comments", func(it *feed.Item) string { return it.Comments }),
		"entries.*.summary":  {ours: "Item.Summary, else HTML", got: short, same: sameText},
		"entries.*.content.*.value": {ours: "Item.HTML", got: func(s *subject) string {
			return s.item().HTML
		}, same: sameText},
		"entries.*.content.*.language": ofItem("Language", func(it *feed.Item) string { return it.Language }),
		"entries.*.content.*.src":      ofItem("Link", func(it *feed.Item) string { return it.Link }),
		"entries.*.rights":             ofItem("Rights", func(it *feed.Item) string { return it.Rights }, sameLine),
		"entries.*.image.href":         ofItem("Image", func(it *feed.Item) string { return it.Image }),
		"entries.*.published":          ofItem("Published", func(it *feed.Item) string { return stamp(it.Published) }, sameTime),
		"entries.*.updated":            ofItem("Updated, or Published where that is the only date", updated, sameTime),
		"entries.*.guidislink":         {ours: "Item.Link is RawID", got: linkIsID},
		"entries.*.tags":               ofItem("Tags", func(it *feed.Item) string { return strconv.Itoa(len(it.Tags)) }),
		"entries.*.links": ofItem("Link and Links", func(it *feed.Item) string {
			return strconv.Itoa(len(it.Links) + min(len(it.Link), 1))
		}),
		"entries.*.license":        ofItem("Links (rel license) or extension license", license),
		"entries.*.publisher":      ofExtension("publisher", ""),
		"entries.*.subtitle":       ofExtension("subtitle", ""),
		"entries.*.madeup_element": ofExtension("element", ""),
		"entries.*.wfw_comment":    ofExtension("comment", ""),
		"entries.*.wfw_commentrss": ofExtension("commentRss", ""),
		"entries.*.where.type":     {ours: "Item.Extensions: georss", got: placeKind},
		"entries.*.where.coordinates": {ours: "Item.Extensions: georss", got: func(s *subject) string {
			return place(s.item(), 0)
		}, same: samePlace},
		"entries.*.where.coordinates.*": {ours: "Item.Extensions: georss", got: func(s *subject) string {
			return place(s.item(), s.n())
		}, same: samePlace},
		"entries.*.psc_chapters.version": ofExtension("chapters", "version"),
		"entries.*.psc_chapters.chapters": {ours: "Item.Extensions: chapters", got: chapters, same: func(s *subject, got string) bool {
			return got == s.want || s.want == "true" && got != "0"
		}},
	}
	m["feed.title_detail.value"], m["feed.guid"] = m["feed.title"], m["feed.id"]
	m["feed.image.url"] = m["feed.image.href"]
	m["entries.*.title_detail.value"], m["entries.*.guid"] = m["entries.*.title"], m["entries.*.id"]
	m["entries.*.description"], m["entries.*.summary_detail.value"] = m["entries.*.summary"], m["entries.*.summary"]
	m["entries.*.summary_detail.language"] = m["entries.*.content.*.language"]
	m["entries.*.title_detail.language"] = m["entries.*.content.*.language"]
	m["entries.*.language"] = m["entries.*.content.*.language"]
	m["entries.*.copyright"], m["entries.*.rights_detail.value"] = m["entries.*.rights"], m["entries.*.rights"]
	m["entries.*.created"], m["entries.*.created_parsed"] = m["entries.*.published"], m["entries.*.published"]
	m["entries.*.published_parsed"], m["entries.*.updated_parsed"] = m["entries.*.published"], m["entries.*.updated"]
	m["entries.*.expired"] = ofItem("Extensions: expirationDate", func(it *feed.Item) string {
		if all := findAll(it.Extensions, "expirationDate"); len(all) > 0 {
			return all[len(all)-1].Text
		}
		return ""
	})
	m["entries.*.expired_parsed"] = moment(m["entries.*.expired"])
	m["entries.*.publisher_detail.name"] = partOf(m["entries.*.publisher"])
	m["entries.*.publisher_detail.email"] = partOf(m["entries.*.publisher"])
	for _, path := range []string{"subtitle", "tagline", "description", "tagline_detail.value", "subtitle_detail.value"} {
		m["feed."+path] = ofHead("Subtitle", func(p *feed.Profile) string { return p.Subtitle }, sameLine)
	}
	for _, path := range []string{"rights", "copyright", "rights_detail.value", "copyright_detail.value"} {
		m["feed."+path] = ofHead("Rights", func(p *feed.Profile) string { return p.Rights }, sameLine)
	}
	people(m)
	files(m)
	origin(m)
	foreignFields(m)
	return m
}

func people(m map[string]field) {
	parts := map[string]func(feed.Person) string{
		"name": func(p feed.Person) string { return p.Name }, "email": func(p feed.Person) string { return p.Email },
		"url": func(p feed.Person) string { return p.URI },
	}
	for _, list := range []struct {
		path, ours string
		get        func(s *subject) []feed.Person
	}{
		{"feed", "Profile.Authors", func(s *subject) []feed.Person { return s.doc.Profile.Authors }},
		{"entries.*", "Item.Authors", func(s *subject) []feed.Person { return s.item().Authors }},
		{"entries.*.source", "Item.Origin.Authors", func(s *subject) []feed.Person {
			if o := s.item().Origin; o != nil {
				return o.Authors
			}
			return nil
		}},
		{"contributors", "Item.Contributors", func(s *subject) []feed.Person { return s.item().Contributors }},
	} {
		person := func(i int, part func(feed.Person) string) field {
			return field{ours: list.ours, got: func(s *subject) string {
				k, have := i, list.get(s)
				if k < 0 {
					k = s.n()
				}
				if k >= len(have) {
					return ""
				}
				return part(have[k])
			}}
		}
		whole := func(p feed.Person) string {
			switch {
			case p.Email == "":
				return p.Name
			case strings.HasPrefix(p.Email, p.Name+"@"): // named after the address, for want of a name
				return p.Email
			}
			return p.Name + " (" + p.Email + ")"
		}
		object := func(p feed.Person) string {
			o := map[string]string{"name": p.Name, "email": p.Email, "href": p.URI}
			raw, _ := json.Marshal(o)
			return string(raw)
		}
		if list.path == "contributors" {
			m["entries.*.contributors.*"] = person(-1, object)
			for part, get := range parts {
				m["entries.*.contributors.*."+part] = person(-1, get)
			}
			continue
		}
		m[list.path+".author"] = person(0, whole)
		for part, get := range parts {
			m[list.path+".author_detail."+part] = person(0, get)
			m[list.path+".authors.*."+part] = person(-1, get)
		}
	}
}

func files(m map[string]field) {
	attachment := func(get func(feed.Attachment) string) field {
		return field{ours: "Item.Attachments", got: func(s *subject) string {
			if list := s.item().Attachments; s.n() < len(list) {
				return get(list[s.n()])
			}
			return ""
		}, same: sameAddress}
	}
	m["entries.*.enclosures.*.href"] = attachment(func(a feed.Attachment) string { return a.URL })
	m["entries.*.enclosures.*.url"] = m["entries.*.enclosures.*.href"]
	m["entries.*.enclosures.*.length"] = attachment(func(a feed.Attachment) string { return strconv.FormatInt(a.Length, 10) })
	m["entries.*.links.*.length"] = m["entries.*.enclosures.*.length"]
	m["entries.*.enclosures.*.type"] = attachment(func(a feed.Attachment) string { return a.Type })
	m["entries.*.enclosures.*"] = attachment(func(a feed.Attachment) string {
		raw, _ := json.Marshal(map[string]string{"href": a.URL, "length": strconv.FormatInt(a.Length, 10), "type": a.Type})
		return string(raw)
	})
	// Feedparser has one list of links; Weir parts it by relation.
	link := func(get func(l feed.Link) string, same func(*subject, string) bool) field {
		return field{ours: "Item.Link, Links and Attachments", same: same, got: func(s *subject) string {
			it := s.item()
			list := it.Links
			if it.Link != "" {
				list = append([]feed.Link{{Rel: "alternate", Href: it.Link}}, list...)
			}
			for _, a := range it.Attachments {
				list = append(list, feed.Link{Rel: "enclosure", Href: a.URL, Type: a.Type, Title: a.Title})
			}
			values := make([]string, len(list))
			for i, l := range list {
				values[i] = get(l)
			}
			return oneOf(values, s.want)
		}}
	}
	m["entries.*.links.*.href"] = link(func(l feed.Link) string { return l.Href }, sameAddress)
	m["entries.*.links.*.rel"] = link(func(l feed.Link) string { return l.Rel }, nil)
	m["entries.*.links.*"] = link(func(l feed.Link) string { return l.Rel + " " + l.Href }, sameObject)
	tag := func(get func(t feed.Tag) string) field {
		return ofTags(get)
	}
	m["entries.*.tags.*.term"] = tag(func(t feed.Tag) string { return t.Term })
	m["entries.*.category"] = m["entries.*.tags.*.term"]
	// What Media RSS means where no scheme is given, Weir keeps as none.
	m["entries.*.tags.*.scheme"] = field{ours: "Item.Tags", got: tag(func(t feed.Tag) string { return t.Scheme }).got, same: func(s *subject, got string) bool {
		return got == s.want || got == "" && s.want == "http://search.yahoo.com/mrss/category_schema" && len(s.item().Tags) > 0
	}}
	m["entries.*.tags.*.label"] = tag(func(t feed.Tag) string { return t.Label })
}

// ofTags looks among all tags: their order is no promise.
func ofTags(get func(t feed.Tag) string) field {
	return field{ours: "Item.Tags", got: func(s *subject) string {
		var values []string
		for _, t := range s.item().Tags {
			values = append(values, get(t))
		}
		return oneOf(values, s.want)
	}}
}

func origin(m map[string]field) {
	m["entries.*.source.id"] = ofOrigin("ID", func(o *feed.Origin) string { return o.ID })
	m["entries.*.source.title"] = ofOrigin("Title", func(o *feed.Origin) string { return o.Title }, sameLine)
	m["entries.*.source.title_detail.value"] = m["entries.*.source.title"]
	m["entries.*.source.link"] = ofOrigin("Link", func(o *feed.Origin) string { return o.Link })
	m["entries.*.source.href"] = ofOrigin("Self", func(o *feed.Origin) string { return o.Self })
	m["entries.*.source.links.*.href"] = ofOrigin("Link or Self", func(o *feed.Origin) string {
		if o.Link == "" {
			return o.Self
		}
		return o.Link
	}, sameAddress)
	m["entries.*.source.links.*"] = ofOrigin("Link", func(o *feed.Origin) string { return "alternate " + o.Link }, sameObject)
	m["entries.*.source.links.*.rel"] = ofOrigin("Link or Self", func(o *feed.Origin) string {
		if o.Link == "" && o.Self != "" {
			return "self"
		}
		return "alternate"
	})
	m["entries.*.source.updated_parsed"] = ofOrigin("Updated", func(o *feed.Origin) string { return stamp(o.Updated) }, sameTime)
}
