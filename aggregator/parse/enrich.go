package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// enrich takes what an element in another vocabulary says in words that every
// format has a field for: files, pictures, people, licences, comments. The
// element itself stays a tree (see keep), because it says more.
func (a *draft) enrich(d *document, n *node, in scope) {
	a.blocked = or(a.blocked, d.blocks(n))
	switch n.vocab {
	case vocabNative:
		if d.format != formatAtom && (n.word == "image" || n.word == "thumbnail") {
			a.media.picture(d.pictureAddress(n, in), rankContent)
		}
	case vocabMedia:
		a.mediaElement(d, n, in, nil, 0)
	case vocabITunes, vocabGoogle:
		a.podcastBasics(d, n)
	case vocabPodcast:
		a.podcastElement(d, n, in)
	case vocabCC, vocabLicence, vocabDCTerms:
		if n.word == "license" {
			a.licence(or(d.attr(n.tag, "resource"), d.addressText(n)), "")
		}
	case vocabWFW:
		if n.word == "commentrss" {
			a.relate(feed.Link{Rel: "replies", Href: d.addressText(n), Type: "application/rss+xml"})
		}
	}
}

// blocks returns the element by which a publisher forbids that an item is
// published again, or nothing (M5, XG11). podcast:block with an id speaks to
// one directory, which is not Weir.
func (d *document) blocks(n *node) string {
	name := vocabularies[n.vocab].prefix + ":" + n.word
	switch n.vocab {
	case vocabITunes, vocabGoogle, vocabPodcast:
		if n.word == "block" && d.attr(n.tag, "id") == "" && strings.EqualFold(d.textOf(*n, maxDate), "yes") {
			return name
		}
	case vocabAccess:
		if n.word == "restriction" && strings.EqualFold(d.attr(n.tag, "relationship"), "deny") {
			return name
		}
	}
	return ""
}

// addressText returns the text of an element that should be an address; words
// are none.
func (d *document) addressText(n *node) string {
	s := d.textOf(*n, maxID+1)
	if strings.ContainsAny(s, " \t\n") {
		return ""
	}
	return s
}

// pictureAddress finds the address in an RSS element that holds a picture: its
// text, an attribute, or a child called url.
func (d *document) pictureAddress(n *node, in scope) string {
	for _, name := range [...]string{"url", "href", "src"} {
		if address := d.attr(n.tag, name); address != "" {
			return address
		}
	}
	if !d.hasElements(n.inner) {
		return d.addressText(n)
	}
	o := d.walk(n.inner, in)
	for c, ok := o.next(); ok; c, ok = o.next() {
		if c.native() == "url" {
			return d.textOf(c, maxID+1)
		}
	}
	return ""
}

// podcastBasics reads what iTunes and Google Play say. In RSS, where they are
// at home, people and texts were taken with their rank among the others.
func (a *draft) podcastBasics(d *document, n *node) {
	switch n.word {
	case "image":
		a.media.picture(or(or(d.attr(n.tag, "href"), d.attr(n.tag, "url")), d.addressText(n)), rankImage)
	case "duration":
		a.media.duration = parseDuration(d.textOf(*n, maxDate+1))
	}
	if d.format != formatAtom && n.vocab == vocabITunes {
		return
	}
	switch n.word {
	case "author":
		a.media.credited = appendPersons(a.media.credited, parsePersons(d.textOf(*n, maxID)))
	case "title":
		a.media.title = or(a.media.title, d.textOf(*n, maxID))
	case "summary", "subtitle", "description":
		a.media.text = or(a.media.text, d.textOf(*n, maxContent))
	case "keywords":
		a.keywords(d.textOf(*n, maxID))
	}
}

// podcastElement reads the podcast namespace.
func (a *draft) podcastElement(d *document, n *node, in scope) {
	switch n.word {
	case "person":
		a.credit(d.personOf(n, a.media.base))
	case "license":
		a.licence(d.attr(n.tag, "url"), d.textOf(*n, maxID))
	case "image":
		a.media.picture(d.attr(n.tag, "href"), rankThumbnail)
	case "images":
		address, width := widest(d.attr(n.tag, "srcset"))
		a.media.sized(address, rankThumbnail, width)
	case "socialinteract":
		if a.Comments == "" && d.attr(n.tag, "protocol") != "disabled" {
			a.Comments = markup.URL(d.attr(n.tag, "uri"), a.media.base.forLink())
		}
	case "alternateenclosure":
		a.alternate(d, n, in)
	}
}

// personOf reads podcast:person. Who has no stated role is a host.
func (d *document) personOf(n *node, base bases) feed.Person {
	p := person(d.textOf(*n, maxID), "", "")
	p.URI = markup.URL(d.attr(n.tag, "href"), base.forLink())
	p.Avatar = markup.URL(d.attr(n.tag, "img"), base.forLink())
	p.Role = or(role(d.attr(n.tag, "role")), "host")
	return p
}

// alternate reads another form of the item's file. Its sources are the same
// file in several places.
func (a *draft) alternate(d *document, n *node, in scope) {
	file := feed.Attachment{
		Type: d.attr(n.tag, "type"), Title: markup.Title(d.attr(n.tag, "title")), Length: parseLength(d.attr(n.tag, "length")),
	}
	o := d.walk(n.inner, in.declare(d.text, n.tag))
	for c, ok := o.next(); ok && len(a.media.others) < feed.MaxAttachments; c, ok = o.next() {
		if c.vocab == vocabPodcast && c.word == "source" {
			source := file
			source.URL, source.Type = d.attr(c.tag, "uri"), or(d.attr(c.tag, "contenttype"), file.Type)
			a.media.others = append(a.media.others, source)
		}
	}
}

// credit takes somebody who is named with a role. Authors are authors where
// nobody else is; all others helped.
func (a *draft) credit(p feed.Person) {
	if p.Role == "author" || p.Role == "writer" {
		a.media.credited = appendPerson(a.media.credited, p)
		return
	}
	a.Contributors = appendPerson(a.Contributors, p)
}

// credits settles the authors that only credits named: in the absence of
// others they are the item's, beside others they helped.
func (a *draft) credits() {
	if len(a.Authors) == 0 {
		a.Authors = a.media.credited
		return
	}
	for _, p := range a.media.credited {
		if !named(a.Authors, p.Name) {
			a.Contributors = appendPerson(a.Contributors, p)
		}
	}
}

func named(list []feed.Person, name string) bool {
	for i := range list {
		if list[i].Name == name {
			return true
		}
	}
	return false
}

// role returns a role as [feed.Person] has it: a short word in lower case.
func role(s string) string { return strings.ToLower(markup.Title(clip(s, maxDate))) }

// licence adds the address of the item's licence.
func (a *draft) licence(address, title string) {
	a.relate(feed.Link{Rel: "license", Href: address, Title: title})
}

// widest returns the widest picture of a srcset.
func widest(srcset string) (address string, width int) {
	for candidate := range strings.SplitSeq(clip(srcset, maxID), ",") {
		parts := strings.Fields(candidate)
		if len(parts) == 0 {
			continue
		}
		w := 0
		if len(parts) > 1 {
			w = parseWidth(strings.TrimSuffix(parts[1], "w"))
		}
		if address == "" || w > width {
			address, width = parts[0], w
		}
	}
	return address, width
}
