package article

import (
	"encoding/binary"
	"net/url"
	"strings"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
	"weir/feed/markup"
)

// maxHeadline is the length of a title made of an untitled article's text.
const maxHeadline = 80

// builder makes the item of one manuscript.
type builder struct {
	*look
	m *manuscript
	// base is the article's permalink, without which no relative address
	// means anything.
	base *url.URL
	// means says what each local reference becomes.
	means map[string]string
	sizes map[string]int64
	item  feed.Item
}

// build makes a record's item, unless it has one that is still right.
func (l *look) build(r *record) {
	targets, digest := l.targets(r.m)
	if r.item != nil && r.targets == digest {
		return
	}
	b := &builder{look: l, m: r.m, base: l.link(r.m.slug), means: map[string]string{}, sizes: map[string]int64{}}
	b.item = feed.Item{Content: r.m.Content, RawID: r.m.id, Slug: r.m.slug, SlugFrom: r.m.slugFrom, Updated: r.m.updated}
	r.notes = b.resolve(targets)
	b.content()
	b.people()
	b.files()
	b.item.Hash = itemHash(r.own, l.context, digest, r.m.file)
	r.item, r.targets = &b.item, digest
	if len(r.m.refs) == 0 {
		// Nothing outside this file can make the item another one, so its
		// source is not needed again.
		r.m.HTML = ""
	}
}

// itemHash covers the bytes and everything else that the item depends on.
func itemHash(bytes, context, targets uint64, file string) uint64 {
	var b []byte
	for _, n := range [...]uint64{bytes, context, targets} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return xxhash.Sum64(append(b, file...))
}

// resolve says what the references become and collects the assets.
func (b *builder) resolve(targets []target) []Problem {
	var notes []Problem
	taken := map[string]string{}
	for i, t := range targets {
		ref := b.m.refs[i]
		switch {
		case t.slug != "":
			u := b.link(t.slug)
			u.Fragment = t.fragment
			b.means[ref] = u.String()
		case t.asset != nil:
			name := assetName(t.asset.Path, taken)
			address := b.base.JoinPath(name).String()
			b.means[ref], b.sizes[address] = address, t.asset.Size
			if taken[name] == "" {
				taken[name] = t.asset.Path
				asset := *t.asset
				asset.Name = name
				b.item.Assets = append(b.item.Assets, asset)
			}
		case t.gone:
			b.means[ref] = ""
			if t.warning != "" {
				notes = append(notes, Problem{File: b.m.file, Text: t.warning, Warning: true})
			}
		case t.warning != "":
			if ref == b.item.Image {
				// The site has no such picture; readers would show a broken one.
				b.item.Image = ""
			}
			notes = append(notes, Problem{File: b.m.file, Text: clip(ref, 200) + " " + t.warning, Warning: true})
		}
	}
	return notes
}

// address makes an address absolute, or empty.
func (b *builder) address(ref string) string {
	if to, ok := b.means[ref]; ok {
		return to
	}
	return b.absolute(ref)
}

// absolute makes an address that names no file of the folder absolute.
func (b *builder) absolute(ref string) string {
	if ref == "" {
		return ""
	}
	return markup.URL(ref, b.base)
}

// content fills text and title.
func (b *builder) content() {
	it := &b.item
	it.Link = b.base.String()
	it.HTML = markup.Clean(eachRef(b.m.HTML, func(ref string) string {
		if to, ok := b.means[ref]; ok {
			return to
		}
		if strings.HasPrefix(ref, "#") {
			// The cleaned page has no ids to jump to.
			return ""
		}
		return ref
	}), b.base)
	if it.Title == "" && !b.source.KeepUntitled {
		it.Title = b.headline()
	}
	tags := it.Tags[:len(it.Tags):len(it.Tags)]
	for _, t := range b.source.Tags {
		if len(tags) < feed.MaxTags {
			tags = addTag(tags, t)
		}
	}
	it.Tags = tags
}

// headline is the title of an article that states none: the file's name where
// somebody wrote it in words, as for notes, else the first sentence, else the
// name whatever it is.
func (b *builder) headline() string {
	words, _ := nameOf(b.m.file, b.zone)
	if strings.Contains(words, " ") && !strings.ContainsAny(words, "_") {
		return plain(words, feed.MaxTitle)
	}
	if first := markup.FirstSentence(markup.Text(b.item.HTML), maxHeadline); first != "" {
		return first
	}
	return plain(strings.NewReplacer("-", " ", "_", " ").Replace(words), feed.MaxTitle)
}

// people makes the addresses of people absolute and names the folder's author
// where the article names none.
func (b *builder) people() {
	var authors []feed.Person
	for _, p := range b.m.Authors {
		p.URI, p.Avatar = b.absolute(p.URI), b.address(p.Avatar)
		authors = append(authors, p)
	}
	if len(authors) == 0 && b.source.Author != "" {
		authors = []feed.Person{{Name: b.source.Author}}
	}
	b.item.Authors = authors
}

// files makes the addresses of image, recordings and links absolute and
// leaves out what has none.
func (b *builder) files() {
	it := &b.item
	it.Image, it.External = b.address(it.Image), b.absolute(it.External)
	var attachments []feed.Attachment
	for _, a := range b.m.Attachments {
		if a.URL = b.address(a.URL); a.URL == "" {
			continue
		}
		if a.Length == 0 {
			a.Length = b.sizes[a.URL]
		}
		attachments = append(attachments, a)
	}
	it.Attachments = attachments
	var links []feed.Link
	for _, k := range b.m.Links {
		if k.Href = b.absolute(k.Href); k.Href != "" {
			links = append(links, k)
		}
	}
	it.Links = links
}
