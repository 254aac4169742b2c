package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// mediaElement reads an element of Media RSS (G31). Those inside media:content
// describe its file, those inside media:group all its files.
func (a *draft) mediaElement(d *document, n *node, in scope, file *feed.Attachment, depth int) {
	m := &a.media
	switch n.word {
	case "group":
		a.mediaGroup(d, n, in, depth)
	case "content":
		a.mediaContent(d, n, in, depth)
	case "thumbnail":
		m.sized(or(d.attr(n.tag, "url"), d.addressText(n)), rankThumbnail, parseWidth(d.attr(n.tag, "width")))
	case "title":
		title := d.textOf(*n, maxID)
		if m.title = or(m.title, title); file != nil {
			file.Title = or(file.Title, markup.Title(title))
		}
	case "description", "text":
		if n.word == "description" || m.text == "" && file == nil {
			m.text = or(m.text, d.textOf(*n, maxContent))
		}
	case "keywords":
		a.keywords(d.textOf(*n, maxID))
	case "category":
		a.tag(d.textOf(*n, maxID), d.attr(n.tag, "scheme"), d.attr(n.tag, "label"))
	case "credit":
		for _, p := range parsePersons(d.textOf(*n, maxID)) {
			p.Role = role(d.attr(n.tag, "role"))
			a.credit(p)
		}
	case "copyright":
		m.rights = or(m.rights, markup.Title(d.textOf(*n, maxID)))
	case "license":
		a.licence(d.attr(n.tag, "href"), d.textOf(*n, maxID))
	}
}

// maxMediaDepth is how deep files are looked for: a group in the item, files
// in the group, what is said of them, and one level to spare.
const maxMediaDepth = 3

func (a *draft) mediaChildren(d *document, n *node, in scope, file *feed.Attachment, depth int) {
	if depth >= maxMediaDepth {
		return
	}
	o := d.walk(n.inner, in.declare(d.text, n.tag))
	for c, ok := o.next(); ok; c, ok = o.next() {
		if c.vocab == vocabMedia {
			a.mediaElement(d, &c, o.in, file, depth+1)
		}
	}
}

// mediaGroup reads forms of one work. The default one comes first among them.
func (a *draft) mediaGroup(d *document, n *node, in scope, depth int) {
	m := &a.media
	first := len(m.attachments)
	m.preferred = -1
	var shared feed.Attachment
	a.mediaChildren(d, n, in, &shared, depth)
	for i := first; i < len(m.attachments); i++ {
		m.attachments[i].Title = or(m.attachments[i].Title, shared.Title)
	}
	if p := m.preferred; p > first {
		best := m.attachments[p]
		copy(m.attachments[first+1:p+1], m.attachments[first:p])
		m.attachments[first] = best
	}
}

// mediaContent reads a file. A picture illustrates the item; it is no file
// that somebody would download.
func (a *draft) mediaContent(d *document, n *node, in scope, depth int) {
	m := &a.media
	medium := strings.ToLower(d.attr(n.tag, "medium"))
	file := feed.Attachment{
		URL: d.attr(n.tag, "url"), Type: d.attr(n.tag, "type"), Length: parseLength(d.attr(n.tag, "filesize")),
		Duration: parseDuration(d.attr(n.tag, "duration")),
	}
	known := or(mediaType(file.Type), typeOf(file.URL))
	a.mediaChildren(d, n, in, &file, depth)
	switch {
	case file.URL == "":
	case medium == "image" || strings.HasPrefix(known, "image/") && medium != "audio" && medium != "video":
		width := 0
		if depth > 0 { // forms of one picture, not several pictures
			width = parseWidth(d.attr(n.tag, "width"))
		}
		m.sized(file.URL, rankContent, width)
	case known != "" || medium == "audio" || medium == "video":
		file.Type = or(known, generic(medium))
		if at := m.attach(file); d.attr(n.tag, "isdefault") == "true" {
			m.preferred = at
		}
	}
}
