package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// jsonItem is a draft with what only JSON Feed needs while it is read.
type jsonItem struct {
	draft
	// author is the single author of version 1.0, whom authors of version 1.1
	// outweigh.
	author []feed.Person
	// room is how many bytes may still be kept of members that the format does
	// not know.
	room int
}

func (r *jsonReader) entry(v jsonValue, position int, hash uint64) {
	if !v.is('{') {
		r.out.Rejected = append(r.out.Rejected, feed.Rejection{Reason: "it is not a JSON object"})
		return
	}
	d := jsonItem{draft: draft{base: r.base, excerpt: true, dates: r.from.dates}, room: maxExtension}
	defer rescue(r.out, &d.draft)
	d.media.base = d.base
	d.Position, d.Hash = position, hash
	if err := v.each(r.depth, func(key string, v jsonValue) { r.field(&d, key, v) }); err != nil {
		r.out.Rejected = append(r.out.Rejected, feed.Rejection{RawID: d.RawID, Reason: err.Error()})
		return
	}
	if len(d.Authors) == 0 {
		d.Authors = d.author
	}
	if d.Link == "" && isWeb(d.RawID) {
		d.Link = markup.URL(d.RawID, nil)
	}
	if d.Link = or(d.Link, d.External); d.External == d.Link {
		d.External = ""
	}
	it, reason := d.finish(&r.from)
	if reason != "" {
		r.out.Rejected = append(r.out.Rejected, feed.Rejection{RawID: it.RawID, Title: it.Title, Link: it.Link, Reason: reason})
		return
	}
	r.out.Items = append(r.out.Items, it)
}

// field takes one member of an item.
func (r *jsonReader) field(d *jsonItem, key string, v jsonValue) {
	base := r.base.forLink()
	switch key {
	case "id":
		if d.RawID = boundID(strings.TrimSpace(v.text())); string(v) == "true" || string(v) == "false" {
			d.RawID = string(v)
		}
	case "url":
		d.Link = markup.URL(v.address(r.depth), base)
	case "external_url":
		d.External = markup.URL(v.address(r.depth), base)
	case "title":
		d.title = plainText(v.text())
	case "content_html":
		if s := v.text(); strings.TrimSpace(s) != "" {
			d.full = construct{value: s}
		}
	case "content_text":
		if s := v.text(); d.full.value == "" || d.full.plain {
			d.full = construct{value: strings.TrimSpace(s), plain: true}
		}
	case "summary":
		d.short = plainText(strings.TrimSpace(v.text()))
	case "image":
		d.media.picture(v.address(r.depth), rankImage)
	case "banner_image":
		d.media.picture(v.address(r.depth), rankThumbnail)
	case "date_published":
		d.publish(v.text())
	case "date_modified":
		d.update(v.text())
	case "author":
		d.author = r.people(v)
	case "authors":
		d.Authors = r.people(v)
	case "tags":
		r.tags(d, v)
	case "language":
		d.Language = v.text()
	case "attachments":
		for _, a := range v.list(r.depth, feed.MaxAttachments) {
			r.attachment(d, a)
		}
	default:
		d.keep(key, v)
	}
}

// address returns an address, which some write as an object with a url.
func (v jsonValue) address(depth int) string {
	address := v.text()
	_ = v.each(depth, func(key string, v jsonValue) {
		if key == "url" {
			address = v.text()
		}
	})
	return address
}

// tags reads a list of names, or of objects with names, or one text with
// commas.
func (r *jsonReader) tags(d *jsonItem, v jsonValue) {
	if v.is('"') {
		d.keywords(v.text())
		return
	}
	for _, one := range v.list(r.depth, feed.MaxTags) {
		term, label := one.text(), ""
		_ = one.each(r.depth, func(key string, v jsonValue) {
			switch key {
			case "term", "name":
				term = v.text()
			case "label", "title":
				label = v.text()
			}
		})
		d.tag(term, "", label)
	}
}

func (r *jsonReader) attachment(d *jsonItem, v jsonValue) {
	a := feed.Attachment{URL: v.text()}
	_ = v.each(r.depth, func(key string, v jsonValue) {
		switch key {
		case "url":
			a.URL = v.text()
		case "mime_type":
			a.Type = v.text()
		case "title":
			a.Title = markup.Title(v.text())
		case "size_in_bytes":
			a.Length = v.size()
		case "duration_in_seconds":
			a.Duration = parseDuration(v.text())
		}
	})
	d.media.attach(a)
}

// people reads one author or several, as objects or as bare names. Somebody
// who has an address only is named by it (J4).
func (r *jsonReader) people(v jsonValue) []feed.Person {
	var people []feed.Person
	for _, one := range v.list(r.depth, feed.MaxPersons) {
		if !one.is('{') {
			people = appendPerson(people, parsePerson(one.text()))
			continue
		}
		var name, mail, uri, avatar string
		_ = one.each(r.depth, func(key string, v jsonValue) {
			switch key {
			case "name":
				name = v.text()
			case "email":
				mail = v.text()
			case "url":
				uri = strings.TrimSpace(v.text())
			case "avatar":
				avatar = markup.URL(v.address(r.depth), r.base.forLink())
			}
		})
		if hasFold(uri, "mailto:") {
			mail, uri = or(mail, uri[len("mailto:"):]), ""
		}
		uri = markup.URL(uri, r.base.forLink())
		if strings.TrimSpace(name) == "" && mail == "" {
			_, name, _ = strings.Cut(uri, "//")
			name = strings.TrimSuffix(strings.TrimPrefix(name, "www."), "/")
		}
		p := person(name, mail, uri)
		p.Avatar = avatar
		people = appendPerson(people, p)
	}
	return people
}
