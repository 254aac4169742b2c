package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"weir/feed"
)

const (
	// maxLimit is the most entries that a current document holds.
	maxLimit = 10_000
	// defaultArchive is how many entries the archives hold, maxArchive the most
	// that can be asked for in a number.
	defaultArchive, maxArchive = 1000, 10_000_000

	allFormats = "rss atom json"
	sortPlace  = "place"
	sorts      = sortPlace + " published updated"
)

// channels reads the channels and puts "all" first, which is there even if
// nobody asked for it.
func (s section) channels(site *Site) []Channel {
	channels := []Channel{newChannel(feed.ChannelAll, site)}
	seen := make(map[string]value)
	for _, v := range s.list("channels", 1000) {
		c, ok := s.w.channel(v, site, seen)
		switch {
		case !ok:
		case c.ID == feed.ChannelAll:
			channels[0] = c
		default:
			channels = append(channels, c)
		}
	}
	return channels
}

// newChannel is a channel of which nothing is said.
func newChannel(id string, site *Site) Channel {
	return Channel{
		ID: id, Limit: defaultLimit, AllExtensions: site.AllExtensions, Sort: sortPlace, Formats: strings.Fields(allFormats), Archive: defaultArchive,
	}
}

func (w *walker) channel(v value, site *Site, seen map[string]value) (Channel, bool) {
	c := newChannel("", site)
	if n := resolve(v.node); n.Kind == yaml.ScalarNode {
		w.add(v, "must be a mapping of keys, not a single value", "write {id: …, where: …}")
		return c, false
	}
	s := w.section(v.node, v.path, channelKeys)
	if s.vals == nil {
		return c, false
	}
	ok := s.channelID(&c.ID, seen)
	s.title("title", &c.Title)
	s.str("description", &c.Description)
	s.language("language", &c.Language)
	s.web("image", &c.Image)
	s.number("limit", 1, maxLimit, &c.Limit)
	s.number("per_source", 0, maxLimit, &c.PerSource)
	s.oneOf("sort", sorts, &c.Sort)
	s.prefix(&c.TitlePrefix)
	s.choice("extensions", "known", "all", &c.AllExtensions)
	s.choice("content", "full", "summary", &c.Summaries)
	s.formats(&c.Formats)
	s.archive(&c.Archive)
	c.Where, c.Rule = s.where()
	return c, ok
}

// channelID reads the id, which is also a path on the site.
func (s section) channelID(to *string, seen map[string]value) bool {
	at, there := s.value("id")
	if !there {
		s.w.addKey(value{node: s.node, path: s.at("id")}, "is missing", "add id: and a short name")
		return false
	}
	id, ok := s.id("id")
	if !ok {
		return false
	}
	if contains(reserved, id) || slices.Contains(s.w.over.Reserved, id) {
		s.w.add(at, "is an address that the site itself needs", "choose another id")
		return false
	}
	if first, again := seen[id]; again {
		s.w.add(at, "is the id of another channel", "the first is "+place(first))
		return false
	}
	seen[id] = at
	*to = id
	return true
}

// prefix reads what goes before titles. Its blank at the end counts, so it is
// not trimmed like other texts.
func (s section) prefix(to *string) {
	v, ok := s.value("title_prefix")
	if !ok {
		return
	}
	text, ok := s.w.line(v)
	if !ok {
		return
	}
	rest := strings.ReplaceAll(text, "{source}", "")
	switch {
	case len(text) > maxPrefix:
		s.w.add(v, fmt.Sprintf("is longer than %d bytes", maxPrefix), "")
	case strings.ContainsAny(rest, "{}"):
		s.w.add(v, "holds a placeholder that is not known", "only {source} is")
	default:
		if raw := resolve(v.node).Value; text != "" && strings.HasSuffix(raw, " ") {
			text += " "
		}
		*to = text
	}
}

// oneOf reads one of some words.
func (s section) oneOf(key, words string, to *string) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		switch {
		case !ok:
		case contains(words, text):
			*to = text
		default:
			s.w.add(v, "is not known", "write one of "+strings.Join(strings.Fields(words), ", "))
		}
	}
}

// formats reads which feeds there are. They keep the order in which they are
// found by readers, whatever order they are written in.
func (s section) formats(to *[]string) {
	if _, there := s.value("formats"); !there {
		return
	}
	var wanted []string
	problems := len(s.w.problems)
	for _, v := range s.list("formats", 10) {
		text, ok := s.w.line(v)
		switch {
		case !ok:
		case contains(allFormats, text):
			wanted = append(wanted, text)
		default:
			s.w.add(v, "is no format", "write some of "+strings.Join(strings.Fields(allFormats), ", "))
		}
	}
	if len(s.w.problems) > problems {
		return // that is what leaves none
	}
	if len(wanted) == 0 {
		at, _ := s.value("formats")
		s.w.add(at, "leaves no feed", "write some of "+strings.Join(strings.Fields(allFormats), ", "))
		return
	}
	*to = slices.DeleteFunc(strings.Fields(allFormats), func(f string) bool { return !slices.Contains(wanted, f) })
}

// archive reads how far the archives go back.
func (s section) archive(to *int) {
	v, there := s.value("archive")
	if !there {
		return
	}
	if n := resolve(v.node); n.Kind == yaml.ScalarNode && n.Value == "all" {
		*to = -1
		return
	}
	problems := len(s.w.problems)
	if s.number("archive", 0, maxArchive, to); len(s.w.problems) > problems && s.w.problems[problems].Hint == "" {
		s.w.problems[problems].Hint = "or write all"
	}
}
