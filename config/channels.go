package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"weir/feed"
)

// maxLimit is the most entries that a current document holds.
const maxLimit = 10_000

// channels reads the channels and puts "all" first, which is there even if
// nobody asked for it.
func (s section) channels(site *Site) []Channel {
	channels := []Channel{{ID: feed.ChannelAll, Limit: defaultLimit, AllExtensions: site.AllExtensions}}
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

func (w *walker) channel(v value, site *Site, seen map[string]value) (Channel, bool) {
	c := Channel{Limit: defaultLimit, AllExtensions: site.AllExtensions}
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
	s.prefix(&c.TitlePrefix)
	s.choice("extensions", "known", "all", &c.AllExtensions)
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
