package config

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"

	"weir/feed"
	"weir/feed/rule"
)

// Sources returns all sources in the order of the file, feeds before articles.
// Their addresses are the real ones: print them through [Redact].
func (c *Config) Sources() []feed.Source {
	sources := make([]feed.Source, 0, len(c.Feeds)+len(c.Articles))
	for i := range c.Feeds {
		f := &c.Feeds[i]
		sources = append(sources, feed.Source{
			ID: f.ID, Kind: f.Kind, URL: f.URL.Reveal(), Title: f.Title, Author: f.Author, Site: f.Site, Tags: f.Tags,
			Priority: f.Priority, Every: f.Every, KeepUntitled: f.KeepUntitled, FullText: f.FullText, Dedupe: f.Dedupe,
			Keep: f.Keep, Gone: f.Gone,
			Filter: f.Rule.Digest(), Group: f.lane(), Secrets: f.secrets(),
		})
	}
	for i := range c.Articles {
		a := &c.Articles[i]
		sources = append(sources, feed.Source{
			ID: a.ID, Kind: feed.Articles, URL: a.Dir, Title: a.Title, Author: a.Author, Tags: a.Tags,
			Priority: a.Priority, Dedupe: a.Dedupe,
		})
	}
	return sources
}

// Rules maps ids of sources to what is wanted of them; a source that is wanted
// whole is not there.
func (c *Config) Rules() map[string]*rule.Rule {
	rules := make(map[string]*rule.Rule)
	for i := range c.Feeds {
		if r := c.Feeds[i].Rule; r != nil {
			rules[c.Feeds[i].ID] = r
		}
	}
	return rules
}

// Selections returns the channels as the store takes them.
func (c *Config) Selections() []feed.Channel {
	channels := make([]feed.Channel, len(c.Channels))
	for i, ch := range c.Channels {
		channels[i] = feed.Channel{ID: ch.ID}
		if ch.Rule != nil {
			channels[i].Digest = ch.Rule.Digest()
			channels[i].Match = ch.Rule.Match
		}
	}
	return channels
}

// Bound returns a copy for a listener that turned out to be bound to the given
// address, as when the port was 0: a derived site address follows it.
func (c *Config) Bound(listen string) *Config {
	bound := *c
	bound.Listen = listen
	if bound.Site.Derived {
		bound.Site.URL = derivedURL(listen)
		bound.Digest = bound.digest()
	}
	return &bound
}

// digest hashes what documents depend on beside the store. Sources are put in
// order of id: moving a line in the file changes no document.
func (c *Config) digest() string {
	d := digest{sum: sha256.New()}
	s := &c.Site
	d.add(s.Title, s.URL, s.Since, s.Description, s.Language, s.Author.Name, s.Author.Email, s.Icon)
	d.add(s.Hubs...)
	d.add(strconv.FormatBool(s.FeedPage), strconv.FormatBool(s.Tombstones))
	for _, ch := range c.Channels {
		d.add(ch.ID, ch.Title, ch.Description, ch.Language, ch.Image, strconv.Itoa(ch.Limit), ch.TitlePrefix, ch.Rule.Digest(),
			strconv.FormatBool(ch.AllExtensions), strconv.Itoa(ch.PerSource), ch.Sort, strconv.FormatBool(ch.Summaries), strconv.Itoa(ch.Archive))
		d.add(ch.Formats...)
	}
	sources := c.Sources()
	slices.SortFunc(sources, func(a, b feed.Source) int { return cmp.Compare(a.ID, b.ID) })
	for i := range sources {
		src := &sources[i]
		d.add(src.ID, strconv.Itoa(int(src.Kind)), src.URL, src.Title, src.Author, src.Site)
		d.add(src.Tags...)
		d.add(src.Secrets...)
	}
	return hex.EncodeToString(d.sum.Sum(nil)[:16])
}

// digest hashes lists of strings so that no two look the same.
type digest struct {
	sum hash.Hash
	buf []byte
}

func (d *digest) add(fields ...string) {
	d.buf = binary.AppendUvarint(d.buf[:0], uint64(len(fields)))
	for _, f := range fields {
		d.buf = binary.AppendUvarint(d.buf, uint64(len(f)))
		d.buf = append(d.buf, f...)
	}
	d.sum.Write(d.buf)
}
