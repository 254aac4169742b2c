package parse

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
	"weir/feed/markup"
)

// jsonReader reads JSON Feed 1.0 and 1.1. It is our own, because gofeed's
// takes every object for a feed, loses a feed to one value of a wrong type,
// and knows neither hubs nor what 1.1 added to attachments (G18 to G20, XC07).
type jsonReader struct {
	opt   *Options
	out   *feed.Document
	depth int
	limit Limits
	base  bases
	from  inherited
	// items bounds the value of the member items, found says that it is an
	// array, cut that the text ends inside it.
	items span
	found bool
}

// finished is the poll interval that a feed suggests which says that it will
// never change again (P32).
const finished = 7 * 24 * time.Hour

func readJSON(text []byte, opt *Options, limits Limits, dates *calendar, out *feed.Document) error {
	r := jsonReader{opt: opt, out: out, depth: limits.Depth, limit: limits}
	location := opt.base(opt.Location)
	r.base = bases{location: location}
	version, err := r.head(text)
	if err != nil {
		return err
	}
	r.base.channel = opt.base(out.Profile.Link)
	src := &opt.Source
	r.from = inherited{
		dates:   dates,
		authors: out.Profile.Authors, language: out.Profile.Language,
		byline: or(src.Author, or(src.Title, out.Profile.Title)), keepUntitled: src.KeepUntitled,
	}
	out.Format = "JSON Feed " + version
	var h xxhash.Digest
	h.Reset()
	_, _ = h.Write(text[:r.items.lo])
	_, _ = h.Write(text[r.items.hi:])
	out.Head = h.Sum64()
	return r.entries(text)
}

// head reads everything but the items and decides whether this is a feed.
func (r *jsonReader) head(text []byte) (version string, err error) {
	var named, other bool
	w := walkJSON(text, r.depth)
	for {
		key, s, ok, err := w.member()
		if err != nil {
			return "", err
		}
		if !ok {
			break
		}
		value := jsonValue(text[s.lo:s.hi])
		switch key {
		case "version":
			_, version, _ = strings.Cut(value.text(), "jsonfeed.org/version/")
			version = clip(markup.Title(strings.Trim(version, "/ ")), 16)
		case "items":
			r.items, r.found = s, value.is('[')
		case "rss", "feed", "rdf":
			other = true
		default:
			named = r.profile(key, value) || named
		}
	}
	if w.cut {
		r.out.Partial = true
		r.out.Warnings = append(r.out.Warnings, "the document ends early; its whole items were read")
		if at := w.at; at < len(text) && text[at] == '[' && !r.found {
			r.items, r.found = span{at, len(text)}, true
		}
	}
	switch {
	case version != "":
		return version, nil
	case w.cut:
		return "", notFeed("a JSON object that ends early")
	case r.found && named:
		return "1.0", nil
	case other:
		return "", notFeed("a feed of another kind in JSON")
	}
	return "", notFeed("a JSON object")
}

// profile takes a member of the feed and reports whether only feeds have it.
func (r *jsonReader) profile(key string, v jsonValue) bool {
	p, base := &r.out.Profile, r.base.forLink()
	switch key {
	case "title":
		p.Title = plainText(v.text()).line()
	case "description":
		p.Subtitle = plainText(v.text()).line()
	case "home_page_url":
		p.Link = markup.URL(v.text(), base)
		return true
	case "feed_url":
		p.Self = markup.URL(v.text(), base)
		return true
	case "icon":
		p.Icon = or(markup.URL(v.text(), base), p.Icon)
	case "favicon":
		p.Icon = or(p.Icon, markup.URL(v.text(), base))
	case "language":
		p.Language = language(v.text())
	case "author", "authors":
		if people := r.people(v); len(people) > 0 {
			p.Authors = people
		}
	case "hubs":
		for _, hub := range v.list(r.depth, maxLinks) {
			_ = hub.each(r.depth, func(key string, v jsonValue) {
				if key == "url" && p.Hub == "" {
					p.Hub = markup.URL(v.text(), base)
				}
			})
		}
	case "expired":
		if v.text() == "true" {
			r.out.Hints.TTL = finished
			r.out.Warnings = append(r.out.Warnings, "the feed says that it has ended")
		}
	}
	return false
}

// plainText is a text that the format defines as plain but that producers
// fill with HTML now and then.
func plainText(s string) construct { return construct{value: s, plain: !looksHTML(s)} }

// entries reads the items whose hash is not known.
func (r *jsonReader) entries(text []byte) error {
	if !r.found {
		return nil
	}
	known := knownHashes(r.opt, r.out.Context)
	seed := r.seed()
	array := text[r.items.lo:r.items.hi]
	w := walkJSON(array, r.depth)
	for position := 0; ; position++ {
		s, ok, err := w.element()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if position >= r.limit.Items {
			return &LimitError{Limit: "number of items", Value: position + 1, Max: r.limit.Items}
		}
		value := jsonValue(array[s.lo:s.hi])
		hash := mix(seed, xxhash.Sum64(value))
		r.out.Seen = append(r.out.Seen, feed.Known{Hash: hash})
		if _, ok := known[hash]; ok {
			continue
		}
		r.entry(value, position, hash)
	}
	if w.cut && w.at < len(array) {
		r.out.Partial = true
		r.out.Rejected = append(r.out.Rejected, feed.Rejection{Reason: "the document ends inside it"})
	}
	return nil
}

func (r *jsonReader) seed() uint64 {
	var h xxhash.Digest
	h.Reset()
	var context [8]byte
	binary.LittleEndian.PutUint64(context[:], r.out.Context)
	_, _ = h.Write(context[:])
	hashInherited(&h, r.out.Profile.Link, &r.from)
	return h.Sum64()
}

func (r *jsonReader) entry(v jsonValue, position int, hash uint64) {
	if !v.is('{') {
		r.out.Rejected = append(r.out.Rejected, feed.Rejection{Reason: "it is not a JSON object"})
		return
	}
	d := draft{base: r.base, excerpt: true, dates: r.from.dates}
	d.media.base = d.base
	d.Position, d.Hash = position, hash
	if err := v.each(r.depth, func(key string, v jsonValue) { r.field(&d, key, v) }); err != nil {
		r.out.Rejected = append(r.out.Rejected, feed.Rejection{RawID: d.RawID, Reason: err.Error()})
		return
	}
	if d.Link == "" && isWeb(d.RawID) {
		d.Link = markup.URL(d.RawID, nil)
	}
	if d.External == d.Link {
		d.External = ""
	}
	d.Link = or(d.Link, d.External)
	it, reason := d.finish(&r.from)
	if reason != "" {
		r.out.Rejected = append(r.out.Rejected, feed.Rejection{RawID: it.RawID, Title: it.Title, Link: it.Link, Reason: reason})
		return
	}
	r.out.Items = append(r.out.Items, it)
}

// field takes one member of an item.
func (r *jsonReader) field(d *draft, key string, v jsonValue) {
	base := r.base.forLink()
	switch key {
	case "id":
		d.RawID = boundID(strings.TrimSpace(v.text()))
	case "url":
		d.Link = markup.URL(v.text(), base)
	case "external_url":
		d.External = markup.URL(v.text(), base)
	case "title":
		d.title = plainText(v.text())
	case "content_html":
		if s := v.text(); strings.TrimSpace(s) != "" {
			d.full = construct{value: s}
		}
	case "content_text":
		if s := v.text(); d.full.value == "" {
			d.full = construct{value: strings.TrimSpace(s), plain: true}
		}
	case "summary":
		d.short = plainText(strings.TrimSpace(v.text()))
	case "image":
		d.media.picture(v.text(), rankImage)
	case "banner_image":
		d.media.picture(v.text(), rankThumbnail)
	case "date_published":
		d.publish(v.text())
	case "date_modified":
		d.update(v.text())
	case "author", "authors":
		if people := r.people(v); len(people) > 0 {
			d.Authors = people
		}
	case "tags":
		r.tags(d, v)
	case "language":
		d.Language = v.text()
	case "attachments":
		for _, a := range v.list(r.depth, feed.MaxAttachments) {
			r.attachment(d, a)
		}
	}
}

func (r *jsonReader) tags(d *draft, v jsonValue) {
	if !v.is('[') {
		d.keywords(v.text())
		return
	}
	for _, t := range v.list(r.depth, feed.MaxTags) {
		d.tag(t.text(), "", "")
	}
}

func (r *jsonReader) attachment(d *draft, v jsonValue) {
	var a feed.Attachment
	_ = v.each(r.depth, func(key string, v jsonValue) {
		switch key {
		case "url":
			a.URL = v.text()
		case "mime_type":
			a.Type = v.text()
		case "title":
			a.Title = markup.Title(v.text())
		case "size_in_bytes":
			a.Length = parseLength(v.text())
		case "duration_in_seconds":
			a.Duration = parseDuration(v.text())
		}
	})
	d.media.attach(a)
}

// people reads one author or several, as objects or as bare names.
func (r *jsonReader) people(v jsonValue) []feed.Person {
	var people []feed.Person
	for _, one := range v.list(r.depth, feed.MaxPersons) {
		if !one.is('{') {
			people = appendPerson(people, parsePerson(one.text()))
			continue
		}
		var p feed.Person
		_ = one.each(r.depth, func(key string, v jsonValue) {
			switch key {
			case "name":
				p.Name = markup.Title(v.text())
			case "url":
				p.URI = markup.URL(strings.TrimSpace(v.text()), r.base.forLink())
			case "avatar":
				p.Avatar = markup.URL(v.text(), r.base.forLink())
			}
		})
		people = appendPerson(people, p)
	}
	return people
}
