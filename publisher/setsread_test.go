package publisher_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"weir/publisher"
)

// said is what a feed says of an entry, in whatever format.
type said struct {
	id, title, link string
	// html is the body, brief what stands beside it or in its place as plain
	// text.
	html, brief        string
	published, updated time.Time
	files              []string
	// shown are the files that stand anywhere in the item.
	shown []string
	// foreign are the elements in namespaces that Weir does not know.
	foreign []strictName
}

type strictName struct{ space, name string }

const (
	contentSpace = "http://purl.org/rss/1.0/modules/content/"
	goneSpace    = "http://purl.org/atompub/tombstones/1.0"
)

// sayings reads a feed strictly. The dates are those that the format has.
func sayings(name, doc string) ([]said, error) {
	if name == "feed.json" {
		return sayingsJSON(doc)
	}
	root, err := parseXML(doc)
	if err != nil {
		return nil, err
	}
	if err := harmless(root); err != nil {
		return nil, err
	}
	if name == "rss.xml" {
		return sayingsRSS(root)
	}
	return sayingsAtom(root)
}

// vocabulary is what may stand in an element, and how often; those of other
// namespaces may always.
type vocabulary map[string]int

const often = 1 << 30

func (v vocabulary) check(n *strictNode, space string) error {
	seen := make(map[string]int, len(v))
	for _, c := range n.children {
		if c.space != space {
			continue
		}
		if seen[c.name]++; seen[c.name] > v[c.name] {
			return fmt.Errorf("%d times <%s> in <%s>", seen[c.name], c.name, n.name)
		}
	}
	return nil
}

func sayingsRSS(root *strictNode) (list []said, err error) {
	if root.name != "rss" || root.space != "" || len(root.children) != 1 || len(root.all("", "channel")) != 1 {
		return nil, errors.New("not one channel in an rss element")
	}
	channel := root.children[0]
	if err := (vocabulary{
		"title": 1, "link": 1, "description": 1, "language": 1, "managingEditor": 1, "pubDate": 1, "lastBuildDate": 1, "generator": 1, "docs": 1,
		"ttl": 1, "image": 1, "item": often,
	}).check(channel, ""); err != nil {
		return nil, err
	}
	for _, item := range channel.all("", "item") {
		if err := (vocabulary{
			"title": 1, "link": 1, "description": 1, "category": often, "comments": 1, "enclosure": 1, "guid": 1, "pubDate": 1, "source": 1,
		}).check(item, ""); err != nil {
			return nil, err
		}
		var s said
		guid := item.all("", "guid")
		if len(guid) != 1 {
			return nil, errors.New("an item without a guid")
		}
		s.id, s.title, s.link = guid[0].text, one(item.said("", "title")), one(item.said("", "link"))
		if permanent := guid[0].attr("isPermaLink") == "true"; permanent != (s.id == s.link) {
			return nil, fmt.Errorf("guid %q is told to be an address: %v", s.id, permanent)
		}
		s.html, s.brief = one(item.said(contentSpace, "encoded")), one(item.said("", "description"))
		if s.published, err = date(time.RFC1123Z, one(item.said("", "pubDate"))); err != nil {
			return nil, err
		}
		if s.updated, err = date(time.RFC3339Nano, one(item.said(atomSpace, "updated"))); err != nil {
			return nil, err
		}
		for _, e := range item.all("", "enclosure") {
			s.files = append(s.files, e.attr("url"))
		}
		s.shown, s.foreign = append(media(item, nil), s.files...), foreign(item, nil)
		list = append(list, s)
	}
	return list, nil
}

// media returns the files that stand as media:content, at any depth.
func media(n *strictNode, list []string) []string {
	for _, c := range n.children {
		if c.space == mediaSpace && c.name == "content" {
			list = append(list, c.attr("url"))
		}
		list = media(c, list)
	}
	return list
}

// foreign returns the elements in namespaces that Weir does not know.
func foreign(n *strictNode, list []strictName) []strictName {
	for _, c := range n.children {
		switch c.space {
		case "", atomSpace, contentSpace, mediaSpace, "http://purl.org/dc/elements/1.1/":
		default:
			if !knownToWeir(c.space) {
				list = append(list, strictName{c.space, c.name})
			}
		}
		list = foreign(c, list)
	}
	return list
}

func knownToWeir(space string) bool {
	return slices.ContainsFunc(publisher.ExtensionSpaces(), func(a xml.Attr) bool { return a.Value == space })
}

func sayingsAtom(root *strictNode) (list []said, err error) {
	if root.name != "feed" || root.space != atomSpace {
		return nil, errors.New("not a feed element")
	}
	if err := (vocabulary{
		"id": 1, "title": 1, "subtitle": 1, "updated": 1, "author": 1, "link": often, "generator": 1, "icon": 1, "logo": 1, "entry": often,
	}).check(root, atomSpace); err != nil {
		return nil, err
	}
	ids := make(map[string]bool)
	for _, gone := range root.all(goneSpace, "deleted-entry") {
		if ref := gone.attr("ref"); ids[ref] {
			return nil, fmt.Errorf("%q is told to be gone twice", ref)
		} else if _, err := date(time.RFC3339Nano, gone.attr("when")); err != nil {
			return nil, err
		} else {
			ids[ref] = true
		}
	}
	for _, entry := range root.all(atomSpace, "entry") {
		if err := (vocabulary{
			"id": 1, "title": 1, "link": often, "published": 1, "updated": 1, "author": often, "contributor": often, "category": often, "rights": 1,
			"summary": 1, "content": 1, "source": 1,
		}).check(entry, atomSpace); err != nil {
			return nil, err
		}
		s, err := sayingAtom(entry)
		if err != nil {
			return nil, err
		}
		if ids[s.id] {
			return nil, fmt.Errorf("%q is here and gone, or stands twice", s.id)
		}
		ids[s.id] = true
		list = append(list, s)
	}
	return list, nil
}

func sayingAtom(entry *strictNode) (s said, err error) {
	s.id, s.title = one(entry.said(atomSpace, "id")), one(entry.said(atomSpace, "title"))
	for _, l := range entry.all(atomSpace, "link") {
		switch rel := strings.TrimPrefix(l.attr("rel"), "http://www.iana.org/assignments/relation/"); rel {
		case "alternate":
			if s.link != "" {
				return s, errors.New("two links to the entry itself")
			}
			s.link = l.attr("href")
		case "enclosure":
			s.files = append(s.files, l.attr("href"))
		case "self", "hub", "next", "":
			return s, fmt.Errorf("a link that speaks for the feed: %s", rel)
		}
	}
	s.shown, s.foreign = s.files, foreign(entry, nil)
	if s.published, err = date(time.RFC3339Nano, one(entry.said(atomSpace, "published"))); err != nil {
		return s, err
	}
	if s.updated, err = date(time.RFC3339Nano, one(entry.said(atomSpace, "updated"))); err != nil {
		return s, err
	}
	content := entry.all(atomSpace, "content")
	for _, n := range append(content, entry.all(atomSpace, "summary")...) {
		switch kind := n.attr("type"); {
		case kind == "text":
			s.brief = n.text
		case kind == "html" && n.name == "summary" && len(content) > 0:
			// A plain text that looks like HTML is declared as HTML that shows it.
			s.brief = html.UnescapeString(n.text)
		case kind == "html":
			s.html = n.text
		default:
			return s, fmt.Errorf("%s of type %q", n.name, kind)
		}
	}
	return s, nil
}

func sayingsJSON(doc string) (list []said, err error) {
	value, err := parseJSON(doc)
	if err != nil {
		return nil, err
	}
	root, _ := value.(map[string]any)
	items, ok := root["items"].([]any)
	if !ok {
		return nil, errors.New("no items")
	}
	for _, value := range items {
		item, _ := value.(map[string]any)
		for name := range item {
			switch name {
			case "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "date_published", "date_modified",
				"authors", "tags", "language", "attachments":
			default:
				if !strings.HasPrefix(name, "_") {
					return nil, fmt.Errorf("member %q", name)
				}
			}
		}
		text := func(name string) string { s, _ := item[name].(string); return s }
		s := said{id: text("id"), title: text("title"), link: text("url"), html: text("content_html"), brief: text("summary")}
		if s.html == "" {
			s.brief = text("content_text")
		}
		if s.published, err = date(time.RFC3339Nano, text("date_published")); err != nil {
			return nil, err
		}
		if s.updated, err = date(time.RFC3339Nano, text("date_modified")); err != nil {
			return nil, err
		}
		files, _ := item["attachments"].([]any)
		for _, f := range files {
			file, _ := f.(map[string]any)
			address, _ := file["url"].(string)
			s.files = append(s.files, address)
		}
		s.shown = s.files
		list = append(list, s)
	}
	return list, harmlessJSON(root, "")
}

// one returns the only text of a list, or nothing.
func one(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// date reads a date, zero where there is none.
func date(layout, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(layout, s)
}

// harmless looks at all that is an address by its place (XE02).
func harmless(n *strictNode) error {
	for _, a := range n.attrs {
		if a.space == "" && (a.name == "url" || a.name == "href" || a.name == "src") && !isWeb(a.value) {
			return fmt.Errorf("%s=%q in <%s>", a.name, a.value, n.name)
		}
	}
	switch n.name {
	case "link", "comments", "uri", "icon", "logo", "docs":
		if (n.space == "" || n.space == atomSpace) && !isWeb(n.text) {
			return fmt.Errorf("<%s>%s", n.name, n.text)
		}
	}
	for _, c := range n.children {
		if err := harmless(c); err != nil {
			return err
		}
	}
	return nil
}

// harmlessJSON does the same, but for what sources say in members of their own.
func harmlessJSON(v any, name string) error {
	switch v := v.(type) {
	case string:
		switch name {
		case "url", "external_url", "home", "avatar", "icon", "logo", "image":
			if !isWeb(v) {
				return fmt.Errorf("%s: %q", name, v)
			}
		}
	case []any:
		for _, inner := range v {
			if err := harmlessJSON(inner, name); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, inner := range v {
			if strings.HasPrefix(name, "_") && name != "_weir" {
				continue
			}
			if err := harmlessJSON(inner, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func isWeb(s string) bool {
	if s == "" || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return true
	}
	// Browsers pass over these, and so does the cleaner.
	s = strings.ToLower(strings.TrimLeft(s, " \t\n\u00a0\u200b\u3000\ufeff"))
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\t", ""), "\n", "")
	return s == "" || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}
