package discover

import (
	"net/url"
	"slices"
	"strings"

	"weir/feed/markup"
)

// Page is a document as it came over HTTP, of which it is known that it is no
// feed itself: whoever has the document looks for that first, at its root and
// not at its label (P93).
type Page struct {
	// Location is the address that answered: relative ones begin there.
	Location string
	// ContentType is the header's value, or empty; Links are the values of all
	// Link headers.
	ContentType string
	Links       []string
	Body        []byte
}

// Format is what an announcement calls the format of its feed.
type Format string

// The formats, and none.
const (
	Atom    Format = "Atom"
	RSS     Format = "RSS"
	JSON    Format = "JSON Feed"
	Unnamed Format = ""
)

// Candidate is an address that may be one of a feed.
type Candidate struct {
	URL string
	// Format is what is announced; the document may be something else.
	Format Format
	// Title is what the page calls it, one line, may be empty.
	Title string
	// Comments says that it seems to hold what readers wrote.
	Comments bool
}

// Limits on what a stranger may send.
const (
	maxPage       = 2 << 20 // Bytes of a page that are looked at.
	maxHeaders    = 32 << 10
	maxCandidates = 50
	maxAnnounced  = 1000 // Announcements looked at, duplicates included.
)

// Feeds returns what a page announces, in its Link headers and in its markup
// (P90): Atom before RSS before JSON Feed, and those of one format in the order
// of the page, which is the author's (P91). Feeds of comments come last.
func Feeds(p Page) []Candidate {
	location, err := url.Parse(p.Location)
	if err != nil {
		return nil
	}
	found := finder{seen: map[string]bool{}}
	for _, a := range header(p.Links) {
		found.add(a, location)
	}
	announced, base := scan(p)
	if absolute := markup.URL(base, location); absolute != "" {
		if u, err := url.Parse(absolute); err == nil {
			location = u
		}
	}
	for _, a := range announced {
		found.add(a, location)
	}
	slices.SortStableFunc(found.list, func(a, b Candidate) int { return a.rank() - b.rank() })
	return found.list[:min(len(found.list), maxCandidates)]
}

// rank orders candidates (P91).
func (c *Candidate) rank() int {
	rank := slices.Index([]Format{Atom, RSS, JSON}, c.Format)
	if c.Comments {
		rank += 10
	}
	return rank
}

// announcement is a link as a page or a header spells it.
type announcement struct{ rel, kind, href, title string }

// finder gathers candidates.
type finder struct {
	list []Candidate
	seen map[string]bool
}

// add takes an announcement if it is one of a feed.
func (f *finder) add(a announcement, base *url.URL) {
	format := a.format()
	if format == Unnamed || len(f.list) >= maxAnnounced {
		return
	}
	// "feed:" before an address only says what the address is.
	href := strings.TrimSpace(a.href)
	if len(href) > 5 && strings.EqualFold(href[:5], "feed:") && strings.Contains(href[5:], ":") {
		href = href[5:]
	}
	address := markup.URL(href, base)
	address, _, _ = strings.Cut(address, "#")
	if address == "" || f.seen[address] {
		return
	}
	// WordPress announces its programming interface as an alternate (P90).
	if format == JSON && strings.Contains(address, "/wp-json/") {
		return
	}
	f.seen[address] = true
	c := Candidate{URL: address, Format: format, Title: markup.Title(a.title)}
	c.Comments = comments(c)
	f.list = append(f.list, c)
}

// format is what an announcement is of: Unnamed if of something else.
func (a *announcement) format() Format {
	alternate := false
	for word := range strings.FieldsSeq(strings.ToLower(a.rel)) {
		alternate = alternate || word == "alternate"
		if word == "stylesheet" {
			return Unnamed
		}
	}
	if !alternate {
		return Unnamed
	}
	kind, _, _ := strings.Cut(strings.ToLower(a.kind), ";")
	switch strings.TrimSpace(kind) {
	case "application/atom+xml", "application/x.atom+xml", "application/x-atom+xml":
		return Atom
	case "application/rss+xml", "application/rdf+xml", "application/x-rss+xml":
		return RSS
	case "application/feed+json", "application/json":
		return JSON
	}
	return Unnamed
}

// comments reports whether a feed seems to be one of comments, by its title or
// by where WordPress and Blogger keep theirs (P91).
func comments(c Candidate) bool {
	if strings.Contains(strings.ToLower(c.Title), "comments") {
		return true
	}
	u, err := url.Parse(c.URL)
	return err == nil && strings.Contains(strings.ToLower(u.Path)+"/", "/comments/")
}

// wellKnown is where programs that write sites put feeds (P92).
var wellKnown = [...]string{
	"atom.xml", "feed.atom", "feed.xml", "feed/", "index.rss", "index.xml", "rss.xml", "rss/", "rss/feed.xml",
}

// WellKnown returns where a site often keeps its feed although no page says so
// (P92): beside the page that was named, then at the root. They are guesses:
// only for whoever has just named the site, and an answer from elsewhere, by a
// redirect, is none.
func WellKnown(location string) []string {
	u, err := url.Parse(location)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	folder := u.EscapedPath()
	folder = folder[:strings.LastIndexByte(folder, '/')+1]
	if last := u.EscapedPath()[len(folder):]; last != "" && !strings.Contains(last, ".") {
		folder += last + "/" // "/blog" is a folder, "/index.html" is not.
	}
	var guesses []string
	for _, at := range slices.Compact([]string{strings.TrimSuffix(folder, "/") + "/", "/"}) {
		for _, name := range wellKnown {
			if guess := markup.URL(at+name, u); guess != "" {
				guesses = append(guesses, guess)
			}
		}
	}
	return guesses
}
