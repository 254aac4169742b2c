package publisher

import (
	"bytes"
	"encoding/xml"
	"html"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gorilla/feeds"

	"weir/feed"
)

// atomDocument is Atom 1.0 (RFC 4287). gorilla/feeds' AtomFeed knows one link,
// no language, and categories and sources that cannot be valid (F4, F5); its
// persons, links, summaries and contents serve here.
type atomDocument struct {
	XMLName    xml.Name      `xml:"feed"`
	Xmlns      string        `xml:"xmlns,attr"`
	Namespaces []xml.Attr    `xml:",any,attr"`
	Lang       string        `xml:"xml:lang,attr,omitempty"`
	ID         string        `xml:"id"`
	Title      atomText      `xml:"title"`
	Subtitle   *atomText     `xml:"subtitle"`
	Updated    string        `xml:"updated"`
	Authors    []atomPerson  `xml:"author"`
	Links      []atomLink    `xml:"link"`
	Generator  atomGenerator `xml:"generator"`
	Icon       string        `xml:"icon,omitempty"`
	Logo       string        `xml:"logo,omitempty"`
	Archived   *struct{}     `xml:"fh:archive"`
	Deleted    []deletedEntry
	// Entries are rendered and verified one by one.
	Entries []byte `xml:",innerxml"`
}

// FeedXml implements [feeds.XmlFeed].
func (d *atomDocument) FeedXml() any { return d }

type atomEntry struct {
	XMLName      xml.Name       `xml:"entry"`
	Lang         string         `xml:"xml:lang,attr,omitempty"`
	ID           string         `xml:"id"`
	Title        atomText       `xml:"title"`
	Links        []atomLink     `xml:"link"`
	Published    string         `xml:"published,omitempty"`
	Updated      string         `xml:"updated"`
	Authors      []atomPerson   `xml:"author"`
	Contributors []atomPerson   `xml:"contributor"`
	Categories   []atomCategory `xml:"category"`
	Rights       *atomText      `xml:"rights"`
	Summary      *feeds.AtomSummary
	Content      *feeds.AtomContent
	Source       *atomSource
	Thumbnail    []mediaThumbnail `xml:"media:thumbnail"`
	Extensions   []byte           `xml:",innerxml"`
}

// atomText is a text construct; its type is always stated (T9).
type atomText struct {
	Type string `xml:"type,attr"`
	XML  []byte `xml:",innerxml"`
}

func plain(s string) atomText { return atomText{Type: "text", XML: plainXML(s)} }

// plainXML is a plain text as it stands in XML. Where it looks like HTML it is
// written as RSS's profile recommends it, for readers that would take it for
// that (R16).
func plainXML(s string) []byte {
	if misleads(s) {
		return profiled(s).XML
	}
	var buf bytes.Buffer
	escape(&buf, s)
	return buf.Bytes()
}

// worded is text for people beside the title. What looks like a reference or a
// tag is declared as HTML that shows it, so that nobody takes it for HTML
// undeclared (T9); titles are left plain, as some readers know no other.
func worded(s string) atomText {
	if misleads(s) {
		return atomText{Type: "html", XML: profiled(html.EscapeString(s)).XML}
	}
	return plain(s)
}

func plainOrNil(s string) *atomText {
	if s == "" {
		return nil
	}
	text := worded(s)
	return &text
}

// misleads reports whether a plain text looks like HTML: it has an end tag, or a
// reference to a character.
func misleads(s string) bool {
	for i := range len(s) - 1 {
		switch {
		case s[i] == '<' && s[i+1] == '/':
			return true
		case s[i] == '&' && s[i+1] != ' ':
			word := s[i+1:]
			if end := strings.IndexFunc(word, func(r rune) bool {
				return r != '#' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
			}); end >= 0 {
				word = word[:end]
			}
			if word != "" && (strings.ContainsAny(word, "#_0123456789") || html.UnescapeString("&"+word+";") != "&"+word+";") {
				return true
			}
		}
	}
	return false
}

// atomPerson is gorilla/feeds' under a name that the field decides.
type atomPerson struct {
	feeds.AtomPerson
}

// atomLink adds the title and language that gorilla/feeds' lacks (F7).
type atomLink struct {
	XMLName xml.Name
	feeds.AtomLink
	Hreflang string `xml:"hreflang,attr,omitempty"`
	Title    string `xml:"title,attr,omitempty"`
	// Count and Changed are how many replies there are, and since when (RFC
	// 4685 §4).
	Count   string `xml:"thr:count,attr,omitempty"`
	Changed string `xml:"thr:updated,attr,omitempty"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

type atomGenerator struct {
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

const (
	atomType    = "application/atom+xml; charset=utf-8"
	entryPrefix = "  "
	entryIndent = "\n    "
)

// atom returns the document of a channel around its entries.
func (c *channelView) atom(entries []byte, used spaces) *atomDocument {
	return &atomDocument{
		Xmlns:      "http://www.w3.org/2005/Atom",
		Namespaces: used.with(c.atomSpaces()).declare(),
		Lang:       c.Language,
		ID:         c.TagID,
		Title:      plain(c.Title),
		Subtitle:   plainOrNil(c.Description),
		Updated:    stamp(c.Updated),
		Authors:    atomPersons([]feed.Person{c.Author}),
		Links: append(c.documentLinks("atom.xml", "application/atom+xml"),
			atomLink{AtomLink: feeds.AtomLink{Href: c.Home, Rel: "alternate", Type: "text/html"}}),
		Archived:  c.archived(),
		Deleted:   c.deleted(),
		Generator: atomGenerator{Version: c.Version, Name: "Weir"},
		Icon:      c.Icon,
		Logo:      c.Image,
		Entries:   entries,
	}
}

// atomEntry renders the story as Atom.
func (s *story) atomEntry() ([]byte, spaces, error) {
	entry := atomEntry{
		Lang:         s.Language,
		ID:           s.ID,
		Title:        plain(s.Heading),
		Links:        s.atomLinks(),
		Published:    stamp(s.Published),
		Updated:      stamp(s.Updated),
		Authors:      atomPersons(s.Credits),
		Contributors: atomPersons(named(s.Contributors)),
		Rights:       plainOrNil(s.Rights),
		Source:       s.atomSource(),
	}
	entry.Categories = atomCategories(s.Categories)
	entry.Summary, entry.Content = s.atomBody()
	var used spaces
	entry.Extensions, used = extensionXML(s.Passed, entryIndent)
	if _, entry.Thumbnail = s.media(len(s.Attachments)); entry.Thumbnail != nil {
		used = used.with(spaceMedia)
	}
	if s.countReplies(entry.Links) {
		used = used.with(spaceThreading)
	}
	out, err := marshalItem(&entry, entryPrefix)
	return out, used, err
}

// atomBody returns summary and content. A body that is only the source's
// summary is no content (RFC 4287 §4.1.3); an entry without a link to read on
// must have one (T2).
func (s *story) atomBody() (*feeds.AtomSummary, *feeds.AtomContent) {
	switch {
	case s.HTML == "" && s.Summary == "":
		return nil, &feeds.AtomContent{Type: "text", Content: s.Title}
	case s.HTML == "" && s.Link == "":
		return nil, &feeds.AtomContent{Type: "text", Content: s.Summary}
	case s.HTML == "":
		return plainSummary(s.Summary), nil
	case s.Excerpt && s.Link != "":
		return &feeds.AtomSummary{Type: "html", Content: s.HTML}, nil
	case s.Summary == "":
		return nil, &feeds.AtomContent{Type: "html", Content: s.HTML}
	}
	return plainSummary(s.Summary), &feeds.AtomContent{Type: "html", Content: s.HTML}
}

func plainSummary(s string) *feeds.AtomSummary {
	if misleads(s) {
		return &feeds.AtomSummary{Type: "html", Content: html.EscapeString(s)}
	}
	return &feeds.AtomSummary{Type: "text", Content: s}
}

// atomLinks returns alternate, enclosures and everything related.
func (s *story) atomLinks() []atomLink {
	var links []atomLink
	if s.Link != "" {
		links = append(links, atomLink{AtomLink: feeds.AtomLink{Href: s.Link, Rel: "alternate", Type: "text/html"}})
	}
	for _, a := range s.Attachments {
		link := atomLink{AtomLink: feeds.AtomLink{Href: a.URL, Rel: "enclosure", Type: mediaType(a)}, Title: a.Title}
		if a.Length > 0 {
			link.Length = strconv.FormatInt(a.Length, 10)
		}
		links = append(links, link)
	}
	if s.Comments != "" {
		links = append(links, atomLink{AtomLink: feeds.AtomLink{Href: s.Comments, Rel: "replies", Type: "text/html"}})
	}
	return append(links, s.relatedLinks()...)
}

// relatedLinks returns what the item links to beyond itself: the page that a
// link post points at, who else tells the story, and the source's own typed
// links. Each (rel, href) stands once.
func (s *story) relatedLinks() []atomLink {
	var links []atomLink
	seen := map[[2]string]bool{{"related", s.Link}: true, {"replies", s.Comments}: true}
	add := func(l feed.Link) {
		href := address(l.Href)
		if key := [2]string{l.Rel, href}; href != "" && !seen[key] {
			seen[key] = true
			links = append(links, atomLink{
				AtomLink: feeds.AtomLink{Href: href, Rel: l.Rel, Type: l.Type}, Hreflang: l.Language, Title: l.Title,
			})
		}
	}
	add(feed.Link{Rel: "related", Href: s.External})
	for _, m := range s.Also {
		add(feed.Link{Rel: "related", Href: m.Link, Title: m.From.Title})
	}
	for _, l := range s.Links {
		if passable(l.Rel) {
			add(l)
		}
	}
	return links
}

// passable reports whether a source's link may stand on our entry: the
// relations that describe an entry (T13), and any that is an address of its
// own. Those that place a document among others, such as next or hub, would
// speak of ours.
func passable(rel string) bool {
	// These relations have addresses, too (RFC 4287 §4.2.7.2).
	const registered = "http://www.iana.org/assignments/relation/"
	if strings.HasPrefix(strings.ToLower(rel), registered) {
		rel = rel[len(registered):]
	}
	switch rel {
	case "replies", "via", "related", "license", "payment":
		return true
	}
	return isIRI(rel)
}

func atomCategories(tags []feed.Tag) (list []atomCategory) {
	for _, tag := range tags {
		if tag.Term != "" {
			list = append(list, atomCategory{Term: tag.Term, Scheme: iriOrNone(tag.Scheme), Label: tag.Label})
		}
	}
	return list
}

// atomPersons returns the persons that can be written: a name is required,
// everything else optional (T11).
func atomPersons(persons []feed.Person) []atomPerson {
	var out []atomPerson
	for _, person := range persons {
		if person.Name != "" {
			out = append(out, atomPerson{feeds.AtomPerson{Name: person.Name, Uri: address(person.URI), Email: mailbox(person.Email)}})
		}
	}
	return out
}

// iriOrNone drops what is no absolute IRI, as a category's scheme has to be
// (T12).
func iriOrNone(s string) string {
	if isIRI(s) && safeScheme(s) {
		return s
	}
	return ""
}

// mailbox returns s where it is a bare address, as RFC 4287 §3.2.3 asks.
func mailbox(s string) string {
	s, _, _ = strings.Cut(s, "?") // of a mailto: address
	name, host, ok := strings.Cut(s, "@")
	if !ok || name == "" || host == "" || strings.ContainsAny(s, " \t\n<>()\"'") || strings.Contains(host, "@") {
		return ""
	}
	return s
}

// countReplies adds to links to replies how many there are, as the source's own
// links say, and reports whether any did (RFC 4685 §4, T17).
func (s *story) countReplies(links []atomLink) (counted bool) {
	for i := range links {
		l := &links[i]
		for j := range s.Extensions {
			e := &s.Extensions[j]
			if l.Rel != "replies" || e.Name != "link" || !sameSpace(e.Space, "http://www.w3.org/2005/Atom") || !attributed(e, "href", l.Href) {
				continue
			}
			for _, a := range e.Attrs {
				if !sameSpace(a.Space, threadingURI) {
					continue
				}
				switch _, err := strconv.ParseUint(a.Value, 10, 32); {
				case a.Name == "count" && err == nil:
					l.Count, counted = a.Value, true
				case a.Name == "updated" && isInstant(a.Value):
					l.Changed, counted = a.Value, true
				}
			}
		}
	}
	return counted
}

// attributed reports whether an element has an attribute of the value.
func attributed(e *feed.Extension, name, value string) bool {
	for _, a := range e.Attrs {
		if a.Space == "" && a.Name == name && a.Value == value {
			return true
		}
	}
	return false
}

// isInstant reports whether a text is a date as Atom has it (T7).
func isInstant(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}
