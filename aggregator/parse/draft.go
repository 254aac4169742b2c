package parse

import (
	"slices"
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// draft is an item in the making: what an adapter took from one format,
// before it is decided what of it stands for what.
type draft struct {
	feed.Item
	base  bases
	dates *calendar
	trace *Trace
	title construct
	// full is the text itself, short what stands beside it or in its place.
	full, short construct
	media       media
	// excerpt says that the format means short as a summary even when there
	// is nothing else (Atom, JSON), not as the text (RSS).
	excerpt bool
	// folded are the terms of Tags as they are compared; tried counts those
	// that were met, of which most may be there already (XC13).
	folded []string
	tried  int
	// blocked says by what the publisher forbids to publish the item again.
	blocked string
	// mute says that the item states to have no language, so that none is
	// inherited.
	mute bool
}

// inherited is what the head gives to every item that says nothing itself.
type inherited struct {
	dates    *calendar
	trace    *Trace
	authors  []feed.Person
	language string
	// byline names the feed where nobody is named.
	byline       string
	keepUntitled bool
	bequest      bequest
	// cleaner is shared by the items, so that its memory is used again.
	cleaner markup.Cleaner
}

// finish turns a draft into an item, or says why it is none.
func (d *draft) finish(from *inherited) (feed.Item, string) {
	it := &d.Item
	d.trace = from.trace
	from.dates.note(it)
	it.Attachments = d.media.finish()
	it.Image = or(it.Image, d.media.image)
	it.Rights = or(it.Rights, d.media.rights)
	if it.Link == "" && len(it.Attachments) > 0 {
		it.Link = it.Attachments[0].URL // I8
	}
	d.base.link = absolute(it.Link)
	it.Title = or(d.title.line(), markup.Title(d.media.title))
	d.text(&from.cleaner)
	if it.Title == "" && it.HTML == "" && it.Summary == "" && it.Link == "" && it.RawID == "" {
		return *it, "it has no title, text, link, id or file"
	}
	if it.Title == "" && !from.keepUntitled {
		it.Title = d.untitled()
	}
	if it.Language = language(it.Language); !d.mute {
		it.Language = or(it.Language, from.language)
	}
	d.accept(&from.bequest)
	d.people(from)
	return *it, ""
}

// speak takes a language from xml:lang, where nothing means none (XML 1.0
// §2.12).
func (d *draft) speak(lang string) { d.Language, d.mute = lang, lang == "" }

// text decides what is the story's text and what its summary (I26).
func (d *draft) text(cleaner *markup.Cleaner) {
	full, short := d.full, d.short
	full.value, short.value = clip(full.value, maxContent), clip(short.value, maxContent)
	if full.value == "" && short.value == "" {
		full = construct{value: clip(d.media.text, maxContent), plain: !looksHTML(d.media.text)}
	}
	base := d.base.forHTML()
	if d.HTML = d.clean(cleaner, full.html(), base); d.HTML != "" {
		if short.value != full.value {
			d.Summary = short.text()
		}
		if d.Summary != "" && 4*len(short.value) > len(full.value) && d.Summary == markup.Text(d.HTML) {
			d.Summary = ""
		}
		return
	}
	if d.excerpt && short.plain {
		d.Summary = short.text()
		return
	}
	d.HTML = d.clean(cleaner, short.html(), base)
	d.Excerpt = d.HTML != "" && (d.excerpt || full.value != "")
}

// untitled makes a title of the text, or of what else there is.
func (d *draft) untitled() string {
	const longest, reach = 80, 8 << 10
	text := d.Summary
	if d.HTML != "" {
		// Only what is near the beginning can matter, if there is text at all.
		if text = markup.Text(clip(d.HTML, reach)); text == "" {
			text = markup.Text(d.HTML)
		}
	}
	if title := markup.FirstSentence(text, longest); title != "" {
		return title
	}
	for _, a := range d.Attachments {
		if a.Title != "" {
			return a.Title
		}
	}
	return markup.Title(or(d.Link, d.RawID))
}

// people puts in authors where the item names nobody (I24): those of the feed
// that it came from first (RFC 4287 §4.2.1), then this feed's, then whom the
// source's configuration names, then the feed itself.
func (d *draft) people(from *inherited) {
	d.credits()
	if len(d.Authors) == 0 && d.Origin != nil {
		d.Authors = slices.Clone(d.Origin.Authors)
	}
	if len(d.Authors) == 0 {
		d.Authors = from.authors
	}
	if len(d.Authors) == 0 && from.byline != "" {
		d.Authors = []feed.Person{{Name: from.byline}}
	}
}

// tag adds a category that is not there yet.
func (d *draft) tag(term, scheme, label string) {
	const tries = 4 * feed.MaxTags
	if d.tried++; d.tried > tries || len(d.Tags) >= feed.MaxTags {
		return
	}
	t := tagOf(term, scheme, label)
	folded := feed.Fold(t.Term)
	for i, have := range d.folded {
		if have == folded && (d.Tags[i].Scheme == t.Scheme || t.Scheme == "") {
			return
		}
	}
	if t.Term != "" {
		d.Tags, d.folded = append(d.Tags, t), append(d.folded, folded)
	}
}

// tagOf makes a category of what a feed says of it; without a term it is none.
func tagOf(term, scheme, label string) feed.Tag {
	t := feed.Tag{Term: markup.Title(term), Label: markup.Title(label)}
	if t.Term == "" {
		t.Term, t.Label = t.Label, ""
	}
	if t.Label == t.Term {
		t.Label = ""
	}
	if strings.Contains(scheme, ":") && len(scheme) <= maxID {
		t.Scheme = markup.Chars(strings.TrimSpace(scheme))
	}
	return t
}

// appendTag adds a category of a whole feed (XC13).
func appendTag(list []feed.Tag, t feed.Tag) []feed.Tag {
	if t.Term == "" || len(list) >= feed.MaxTags || slices.Contains(list, t) {
		return list
	}
	return append(list, t)
}

// keywords adds a list of categories with commas between.
func (d *draft) keywords(list string) {
	for _, term := range strings.Split(clip(list, maxID), ",") {
		d.tag(term, "", "")
	}
}

// relate adds a typed link (RFC 4287 §4.2.7) that is not there yet.
func (d *draft) relate(l feed.Link) {
	if l.Href = markup.URL(l.Href, d.base.forLink()); l.Href == "" || len(d.Links) >= maxLinks {
		return
	}
	l.Type, l.Title, l.Language = mediaType(l.Type), markup.Title(l.Title), language(l.Language)
	for i := range d.Links {
		if have := &d.Links[i]; have.Rel == l.Rel && have.Href == l.Href && (l.Type == "" || have.Type == l.Type) {
			return
		}
	}
	d.Links = append(d.Links, l)
	if l.Rel == "replies" && l.Type == "text/html" && d.Comments == "" {
		d.Comments = l.Href
	}
}

// relation returns a link relation in its short form and lower case.
func relation(rel string) string {
	rel = strings.ToLower(strings.TrimSpace(rel))
	for _, prefix := range [...]string{
		"http://www.iana.org/assignments/relation/", "http://www.iana.org/assignments/link-relations/",
	} {
		rel = strings.TrimPrefix(rel, prefix)
	}
	if rel == "" {
		return "alternate"
	}
	return markup.Chars(clip(rel, 256))
}

// language returns a BCP 47 tag in its customary separators, or nothing for
// what is none.
func language(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if len(s) < 2 || len(s) > 35 || s[0] == '-' || s[len(s)-1] == '-' {
		return ""
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return ""
		}
	}
	return s
}
