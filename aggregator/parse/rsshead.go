package parse

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/rss"

	"weir/feed"
	"weir/feed/markup"
)

// rssHeadReader makes the profile and the hints of a channel.
type rssHeadReader struct {
	x *xmlReader
	// home, rights, language and authors stand in where the channel's own
	// elements are missing.
	home, rights, language string
	title, subtitle        string
	authors                []feed.Person
	period                 period
	// complete says that a podcast has told its last.
	complete bool
}

// foreign takes what the channel says in other namespaces.
func (h *rssHeadReader) foreign(n node) {
	d, p, base := h.x.doc, &h.x.out.Profile, h.x.base
	switch n.vocab {
	case vocabAtom:
		h.atom(n)
	case vocabITunes:
		switch n.word {
		case "image":
			p.Icon = or(p.Icon, markup.URL(or(d.attr(n.tag, "href"), d.attr(n.tag, "url")), base.forLink()))
		case "link":
			if relation(d.attr(n.tag, "rel")) == "image" {
				p.Icon = or(p.Icon, markup.URL(d.attr(n.tag, "href"), base.forLink()))
			}
		case "author":
			h.authors = append(h.authors, parsePersons(d.textOf(n, maxID))...)
		case "category":
			h.tag(tagOf(d.attr(n.tag, "text"), itunesScheme, ""))
		case "summary", "subtitle":
			h.subtitle = or(h.subtitle, d.textOf(n, maxID))
		case "new-feed-url":
			h.moved(markup.URL(d.textOf(n, maxID+1), base.forLink()))
		}
	case vocabDC:
		switch n.word {
		case "title":
			h.title = d.textOf(n, maxID)
		case "creator", "author":
			h.authors = append(h.authors, parsePersons(d.textOf(n, maxID))...)
		case "contributor":
			p.Contributors = appendPersons(p.Contributors, parsePersons(d.textOf(n, maxID)))
		case "subject":
			h.tag(tagOf(d.textOf(n, maxID), "", ""))
		case "description":
			h.subtitle = or(h.subtitle, d.textOf(n, maxID))
		case "rights":
			h.rights = d.textOf(n, maxID)
		case "language":
			h.language = d.textOf(n, maxDate)
		}
	case vocabPodcast:
		if strings.EqualFold(n.word, "updateFrequency") && d.attr(n.tag, "complete") == "true" {
			h.complete = true
		}
	case vocabSyndication:
		h.period.take(n.word, d.textOf(n, maxDate))
	}
}

// tag takes a category of the whole feed.
func (h *rssHeadReader) tag(t feed.Tag) {
	p := &h.x.out.Profile
	p.Tags = appendTag(p.Tags, t)
}

// atom takes what the channel says in Atom's words.
func (h *rssHeadReader) atom(n node) {
	d, p, base := h.x.doc, &h.x.out.Profile, h.x.base
	switch n.word {
	case "link":
		href := d.attr(n.tag, "href")
		switch relation(d.attr(n.tag, "rel")) {
		case "self":
			p.Self = or(p.Self, markup.URL(href, base.forLink()))
		case "hub":
			p.Hub = or(p.Hub, markup.URL(href, base.forLink()))
		case "alternate":
			h.home = or(h.home, href)
		}
	case "id":
		p.FeedID = or(p.FeedID, d.id(n))
	case "title":
		h.title = or(h.title, d.said(n, maxID).text())
	case "subtitle":
		h.subtitle = or(h.subtitle, d.said(n, maxID).text())
	case "rights":
		h.rights = or(h.rights, d.said(n, maxID).text())
	case "author":
		h.authors = append(h.authors, d.atomPerson(n, d.own, base))
	case "contributor":
		p.Contributors = appendPerson(p.Contributors, d.atomPerson(n, d.own, base))
	case "category":
		h.tag(d.atomTag(&n))
	case "logo":
		p.Logo = or(p.Logo, markup.URL(d.textOf(n, maxID+1), base.forLink()))
	case "icon":
		p.Icon = or(p.Icon, markup.URL(d.textOf(n, maxID+1), base.forLink()))
	}
}

// moved tells the operator of another address that the feed names for itself. It
// is not followed: whoever can write into a feed for an hour could take its
// subscribers along for ever, and only HTTP's own redirects are watched for days
// (P51, P66).
func (h *rssHeadReader) moved(to string) {
	at := h.x.opt.Location
	if to == "" || to == at || to == h.x.opt.Source.URL || strings.EqualFold(strings.TrimSuffix(to, "/"), strings.TrimSuffix(at, "/")) {
		return
	}
	if h.x.opt.Source.Tells(to) {
		to = "an address that holds its secret too"
	}
	warn(h.x.out, "the feed says that it has moved to "+clip(to, maxID)+"; that is not followed by itself: if it is so, correct the address")
}

// cloud takes where rssCloud subscriptions are taken, if they are over
// http-post, in which it is one address (RSS 2.0, cloud; W14).
func (h *rssHeadReader) cloud(n node) {
	attr := func(word string) string { return h.x.doc.attr(n.tag, word) }
	protocol, domain, port := strings.ToLower(attr("protocol")), attr("domain"), attr("port")
	number, err := strconv.ParseUint(port, 10, 16)
	if protocol != "http-post" && protocol != "https-post" || domain == "" || err != nil || strings.ContainsAny(domain, "/?#@ ") {
		return
	}
	u := url.URL{Scheme: "http", Host: domain}
	switch {
	case number == 443, protocol == "https-post":
		u.Scheme = "https"
		if number != 443 {
			u.Host = net.JoinHostPort(domain, port)
		}
	case number != 80:
		u.Host = net.JoinHostPort(domain, port)
	}
	path := "/" + strings.TrimPrefix(attr("path"), "/")
	p := &h.x.out.Profile
	p.Cloud = or(p.Cloud, markup.URL(u.String()+path, nil))
}

// native takes what gofeed read of the channel.
func (h *rssHeadReader) native(f *rss.Feed) {
	x := h.x
	p := &x.out.Profile
	p.Title = markup.Title(or(f.Title, h.title))
	p.Subtitle = markup.Title(or(f.Description, h.subtitle))
	base := x.base.forLink()
	if p.Link = markup.URL(f.Link, base); p.Link == "" {
		p.Link = markup.URL(h.home, base)
	}
	p.Language = or(language(or(f.Language, h.language)), p.Language)
	p.Rights = markup.Title(or(f.Copyright, h.rights))
	if f.Image != nil {
		p.Logo = or(markup.URL(f.Image.URL, first(base, absolute(p.Link))), p.Logo)
	}
	for _, a := range append(h.authors, parsePersons(f.ManagingEditor)...) {
		p.Authors = appendPerson(p.Authors, a)
	}
	hints := &x.out.Hints
	if minutes, err := strconv.Atoi(strings.TrimSpace(f.TTL)); err == nil {
		hints.TTL = ttl(minutes)
	}
	hints.TTL = max(hints.TTL, h.period.every())
	if h.complete { // P31
		hints.TTL = finished
		warn(x.out, "the feed says that it has ended")
	}
	hints.SkipHours = skipHours(f.SkipHours)
	hints.SkipDays = skipDays(f.SkipDays)
}

// ttl is the publisher's least interval in minutes; what is none, or longer
// than a year, is not believed (P28).
func ttl(minutes int) time.Duration {
	if minutes <= 0 || minutes > 366*24*60 {
		return 0
	}
	return time.Duration(minutes) * time.Minute
}

// skipHours makes the set of hours, in GMT, at which the publisher does not
// want to be asked. 24 is 0; a set of all hours says nothing (P29).
func skipHours(hours []string) uint32 {
	const all = 1<<24 - 1
	var set uint32
	for _, s := range hours {
		if h, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && h >= 0 && h <= 24 {
			set |= 1 << (h % 24)
		}
	}
	if set == all {
		return 0
	}
	return set
}

// skipDays is the same for days of the week, Sunday being 0 (P29).
func skipDays(days []string) uint8 {
	const all = 1<<7 - 1
	var set uint8
	for _, s := range days {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(strings.TrimSpace(s), d.String()) {
				set |= 1 << d
			}
		}
	}
	if set == all {
		return 0
	}
	return set
}

// period is what the syndication module says of how often a feed changes.
type period struct {
	unit      time.Duration
	frequency int
}

func (p *period) take(name, value string) {
	const day = 24 * time.Hour
	switch name {
	case "updateperiod":
		switch strings.ToLower(value) {
		case "hourly":
			p.unit = time.Hour
		case "daily":
			p.unit = day
		case "weekly":
			p.unit = 7 * day
		case "monthly":
			p.unit = 30 * day
		case "yearly":
			p.unit = 365 * day
		}
	case "updatefrequency":
		if n, err := strconv.Atoi(value); err == nil && n > 0 {
			p.frequency = n
		}
	}
}

// every is the interval, 0 if nothing was said; the period is a day and the
// frequency 1 where only the other was given (P30).
func (p *period) every() time.Duration {
	if p.unit == 0 && p.frequency == 0 {
		return 0
	}
	unit := p.unit
	if unit == 0 {
		unit = 24 * time.Hour
	}
	return unit / time.Duration(max(p.frequency, 1))
}
