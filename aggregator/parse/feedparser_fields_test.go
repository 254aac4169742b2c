package parse_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"weir/feed"
	"weir/feed/markup"
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

func foreignFields(m map[string]field) {
	m["entries.*.itunes_block"] = truth(ofExtension("block", ""))
	m["entries.*.itunes_explicit"] = truth(ofExtension("explicit", ""))
	m["entries.*.itunes_duration"] = ofExtension("duration", "")
	m["entries.*.media_credit.*.content"] = ofExtension("credit", "")
	m["entries.*.media_credit.*.role"] = ofExtension("credit", "role")
	m["entries.*.media_license.content"] = ofExtension("license", "")
	m["entries.*.media_license.href"] = ofExtension("license", "href")
	m["entries.*.media_license.type"] = ofExtension("license", "type")
	m["entries.*.media_player.url"] = ofExtension("player", "url")
	m["entries.*.media_rating.content"] = ofExtension("rating", "")
	m["entries.*.media_restriction.content"] = words(ofExtension("restriction", ""))
	m["entries.*.media_restriction.relationship"] = ofExtension("restriction", "relationship")
	m["entries.*.media_thumbnail.*.url"] = ofExtension("thumbnail", "url")
	m["entries.*.psc_chapters.chapters.*.title"] = ofExtension("chapter", "title")
	m["entries.*.psc_chapters.chapters.*.image"] = ofExtension("chapter", "image")
	image := m["entries.*.psc_chapters.chapters.*.image"]
	image.same = sameAddress
	m["entries.*.psc_chapters.chapters.*.image"] = image
	for _, attr := range []string{"href", "ref", "source", "type"} {
		m["entries.*.thr_in-reply-to."+attr] = ofExtension("in-reply-to", attr)
	}
}

// ofExtension takes the n-th extension of a name, wherever it is nested.
func ofExtension(name, attr string) field {
	return field{ours: "Item.Extensions: " + name, got: func(s *subject) string {
		n := 0
		if len(s.at) > 1 {
			n = s.n()
		}
		found := findAll(s.item().Extensions, name)
		if n >= len(found) {
			return ""
		}
		if attr == "" {
			return found[n].Text
		}
		return attrOf(found[n], attr)
	}}
}

func attrOf(e feed.Extension, name string) string {
	for _, a := range e.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

func findAll(list []feed.Extension, names ...string) []feed.Extension {
	var found []feed.Extension
	for _, e := range list {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, e.Name) }) {
			found = append(found, e)
		}
		found = append(found, findAll(e.Children, names...)...)
	}
	return found
}

// partOf asks only that the text holds the value.
func partOf(f field) field {
	f.same = func(s *subject, got string) bool { return strings.Contains(got, s.want) }
	return f
}

// moment compares instants, whatever they are written like.
func moment(f field) field {
	get := f.got
	f.got = func(s *subject) string {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, get(s)); err == nil {
				return stamp(t)
			}
		}
		return ""
	}
	f.same = sameTime
	return f
}

// truth reads what iTunes calls true: feedparser gives 1 for the very words
// that Apple names and 0 for others, Weir the word.
func truth(f field) field {
	f.same = func(s *subject, got string) bool {
		return (got == "yes") == (s.want == "1") && got != ""
	}
	return f
}

// words reads a list with white space between.
func words(f field) field {
	get := f.got
	f.got = func(s *subject) string { raw, _ := json.Marshal(strings.Fields(get(s))); return string(raw) }
	return f
}

func picture(p *feed.Profile) string {
	if p.Logo != "" {
		return p.Logo
	}
	return p.Icon
}

func headLink(s *subject) string {
	p := &s.doc.Profile
	return oneOf([]string{p.Link, p.Self, p.Hub}, s.want)
}

// headLinks are relation and address of what is kept of a head's links.
func headLinks(s *subject) string {
	p := &s.doc.Profile
	var list []string
	for _, l := range [][2]string{{"alternate", p.Link}, {"self", p.Self}, {"hub", p.Hub}} {
		if l[1] != "" {
			list = append(list, l[0]+" "+l[1])
		}
	}
	return strings.Join(list, " | ")
}

// hasHeadLink asks whether there is a link of the relation; others than these
// three are not kept of a head.
func hasHeadLink(s *subject, _ string) bool {
	p := &s.doc.Profile
	return map[string]string{"alternate": p.Link, "self": p.Self, "hub": p.Hub}[s.want] != ""
}

func short(s *subject) string {
	if it := s.item(); it.Summary != "" {
		return html.EscapeString(it.Summary)
	} else {
		return it.HTML
	}
}

func updated(it *feed.Item) string {
	if it.Updated.IsZero() {
		return stamp(it.Published)
	}
	return stamp(it.Updated)
}

func linkIsID(s *subject) string {
	it := s.item()
	return strconv.FormatBool(it.Link != "" && it.Link == markup.URL(it.RawID, nil))
}

func license(it *feed.Item) string {
	for _, l := range it.Links {
		if l.Rel == "license" {
			return l.Href
		}
	}
	for _, e := range findAll(it.Extensions, "license") {
		if r := attrOf(e, "resource"); r != "" {
			return r
		}
		return e.Text
	}
	return ""
}

func chapters(s *subject) string {
	for _, e := range findAll(s.item().Extensions, "chapters") {
		return strconv.Itoa(len(findAll(e.Children, "chapter")))
	}
	return "0"
}

var shapes = map[string]string{"point": "Point", "line": "LineString", "linestring": "LineString", "polygon": "Polygon", "box": "Box"}

func placeKind(s *subject) string {
	for _, e := range findAll(s.item().Extensions, "point", "line", "linestring", "polygon", "box") {
		return shapes[strings.ToLower(e.Name)]
	}
	return ""
}

// place returns the numbers of a place from its n-th position on, as written.
func place(it *feed.Item, n int) string {
	for _, e := range findAll(it.Extensions, "point", "line", "polygon", "box", "pos", "posList") {
		if len(e.Children) > 0 {
			continue
		}
		numbers := strings.FieldsFunc(e.Text, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' })
		return strings.Join(numbers[min(2*n, len(numbers)):], " ")
	}
	return ""
}

// samePlace compares the first position; feedparser turns latitude and
// longitude round where the coordinates are geographical, Weir keeps them as
// they were written.
func samePlace(s *subject, got string) bool {
	var want []float64
	if json.Unmarshal([]byte(s.want), &want) != nil {
		return false
	}
	have := strings.Fields(got)
	if len(have) < len(want) {
		return false
	}
	var numbers []float64
	for _, h := range have[:len(want)] {
		n, err := strconv.ParseFloat(h, 64)
		if err != nil {
			return false
		}
		numbers = append(numbers, n)
	}
	if slices.Equal(numbers, want) {
		return true
	}
	numbers[0], numbers[1] = numbers[1], numbers[0]
	return slices.Equal(numbers, want)
}

// oneOf returns want if it is among the values, else all of them.
func oneOf(values []string, want string) string {
	for _, v := range values {
		if v == want || v != "" && v == markup.URL(want, nil) {
			return v
		}
	}
	return strings.Join(values, " | ")
}

// sameObject compares relation and address of a link; type and title of an
// alternate are not kept.
func sameObject(s *subject, got string) bool {
	var want struct{ Rel, Href string }
	if json.Unmarshal([]byte(s.want), &want) != nil {
		return false
	}
	return slices.Contains(strings.Split(got, " | "), want.Rel+" "+markup.URL(want.Href, nil))
}

// sameAddress takes addresses as the same when the one is how Weir writes the
// other: absolute, an empty path is "/", white space and user names go.
func sameAddress(s *subject, got string) bool {
	return got == s.want || got != "" && got == markup.URL(s.want, s.base)
}

// sameID takes ids as the same character by character, relative ones included.
// Feedparser makes them absolute, against RFC 4287 §4.2.6.
func sameID(s *subject, got string) bool {
	return got == s.want
}

// plainText finds a document whose texts are called plain.
var plainText = regexp.MustCompile(`<(title|rights|copyright|subtitle|tagline|summary|content)[^>]*type=["']text(/plain)?["']`)

// sameLine compares Weir's one line of plain text with feedparser's text, which
// is HTML unless the feed calls it plain.
func sameLine(s *subject, got string) bool {
	if plainText.Match(s.body) {
		return got == line(s.want)
	}
	return got == line(textOf(s.want))
}

// sameText compares HTML after both went through the same cleaning, which takes
// what the policy does not allow from feedparser's too. What was more than
// markup and has nothing left of it is not the same.
func sameText(s *subject, got string) bool {
	clean := markup.Clean(s.want, nil)
	if clean == "" && s.want != "" {
		return false
	}
	unwrap := func(h string) string {
		h = line(h)
		for _, tag := range []string{"div", "p"} {
			open, end := "<"+tag+">", "</"+tag+">"
			if inner := strings.TrimSuffix(strings.TrimPrefix(h, open), end); len(inner) == len(h)-len(open)-len(end) && !strings.Contains(inner, open) {
				h = strings.TrimSpace(inner)
			}
		}
		return h
	}
	if s.want != "" && plainText.Match(s.body) {
		return line(textOf(got)) == line(s.want)
	}
	return unwrap(got) == unwrap(clean)
}

// textOf is the text of HTML as a parser that is not Weir's sees it.
func textOf(s string) string {
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return ""
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// line folds white space.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

var layouts = []string{time.RFC3339, time.RFC1123, time.RFC1123Z, "2006-01-02T15:04Z07:00"}

// sameTime compares instants; feedparser also promises the text as sent.
func sameTime(s *subject, got string) bool {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s.want); err == nil {
			return got == stamp(t)
		}
	}
	return false
}

// sameVersion compares what the format is called.
func sameVersion(s *subject, got string) bool {
	want := map[string]string{
		"rss090": "RSS 0.90", "rss091n": "RSS 0.91", "rss091u": "RSS 0.91", "rss092": "RSS 0.92", "rss093": "RSS 0.93",
		"rss094": "RSS 0.94", "rss10": "RSS 1.0", "atom03": "Atom 0.3", "atom10": "Atom 1.0",
	}[s.want]
	if s.want == "rss20" || s.want == "rss" {
		return strings.HasPrefix(got, "RSS 2.")
	}
	return got == want
}
