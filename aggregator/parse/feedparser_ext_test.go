package parse_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"weir/feed"
	"weir/feed/markup"
)

// foreignFields maps what is kept as extensions.
func foreignFields(m map[string]field) {
	// What is blocked is rejected, which says it (M5).
	m["entries.*.itunes_block"] = truth(field{ours: "Document.Rejected", got: func(s *subject) string {
		if len(s.doc.Rejected) > 0 && strings.Contains(s.doc.Rejected[0].Reason, "itunes:block") {
			return "yes"
		}
		return "no"
	}})
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
		return got != "" && map[bool]string{true: "1", false: "0"}[got == "yes"] == s.want
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
	all := findAll(it.Extensions, "license")
	if len(all) == 0 {
		return ""
	}
	return cmp.Or(attrOf(all[0], "resource"), all[0].Text)
}

func chapters(s *subject) string {
	if all := findAll(s.item().Extensions, "chapters"); len(all) > 0 {
		return strconv.Itoa(len(findAll(all[0].Children, "chapter")))
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
