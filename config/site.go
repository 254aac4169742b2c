package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxHubs bounds the hubs of a site.
const maxHubs = 5

func (s section) site(c *Config, listen value) Site {
	site := Site{Title: defaultTitle, FeedPage: true}
	t := s.w.section(s.vals["site"], "site", siteKeys)
	if t.node == nil {
		t.node = s.node
	}
	t.title("title", &site.Title)
	t.home(&site.URL)
	t.since(&site.Since)
	t.str("description", &site.Description)
	t.language("language", &site.Language)
	t.web("icon", &site.Icon)
	t.flag("feed_page", &site.FeedPage)
	t.choice("extensions", "known", "all", &site.AllExtensions)
	t.flag("tombstones", &site.Tombstones)
	for _, v := range t.list("hubs", maxHubs) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		if message, hint := checkWeb(text); message != "" {
			s.w.add(v, message, hint)
			continue
		}
		site.Hubs = append(site.Hubs, text)
	}
	a := s.w.section(t.vals["author"], "site.author", authorKeys)
	a.title("name", &site.Author.Name)
	a.email(&site.Author.Email)

	if site.URL == "" {
		site.URL, site.Derived = derivedURL(c.Listen), true
		t.checkDerived(c, listen, site.URL)
	}
	return site
}

// home reads the public address, to which paths are joined.
func (s section) home(to *string) {
	for _, v := range s.values("url") {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		message, hint := checkWeb(text)
		if message == "" && !joinable(text) {
			message = "must not have a user name, a query or a fragment"
		}
		if message != "" {
			s.w.add(v, message, hint)
			continue
		}
		*to = strings.TrimSuffix(text, "/") + "/"
	}
}

// checkDerived tells what becomes of written files when the site's address is
// only that of the listener. With port 0 there is none before it listens, and
// another one each time it does.
func (s section) checkDerived(c *Config, listen value, address string) {
	_, port, _ := net.SplitHostPort(c.Listen)
	switch {
	case c.Output == "":
	case freePort(port):
		s.w.add(listen, "takes any free port, so the written files cannot name an address", "name a port, or set site.url to the public address")
	default:
		s.w.warn(value{node: s.node, path: "site.url"}, "is missing, so the written files will name "+address, "add the public address")
	}
}

// freePort reports whether a port, in whatever spelling, asks for any free one.
func freePort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n == 0
}

// joinable reports whether paths can be joined to the address.
func joinable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && !strings.ContainsAny(address, "?#")
}

// derivedURL is the address under which a listener is reached from this
// machine.
func derivedURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://localhost/"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	if port == "80" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return "http://" + host + "/"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// since reads the date in minted ids. There is no default: a date that changed
// with the day, or with the version, would change ids (U7).
func (s section) since(to *string) {
	found := false
	for _, v := range s.values("since") {
		found = true
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil || t.Year() < 1990 {
			s.w.add(v, "must be a date", "write it like 2026-11-24")
			continue
		}
		s.checkFuture(v, t)
		*to = text
	}
	if !found {
		hint := "add the day on which the site began, and never change it"
		if !s.w.over.Today.IsZero() {
			hint = "add since: " + s.w.over.Today.UTC().Format(time.DateOnly) + " and never change it"
		}
		s.w.addKey(value{node: s.node, path: "site.since"}, "is missing", hint)
	}
}

// checkFuture doubts a beginning that is yet to come. A clock that stands
// before the program was written proves nothing, as in a small computer that
// has just been switched on; nor does the date that [Default] brings.
func (s section) checkFuture(v value, since time.Time) {
	const written = 2026
	today := s.w.over.Today.UTC()
	constant := v.node != nil && v.node.Line == 0
	switch {
	case today.Year() < written || constant:
	case since.After(today.AddDate(1, 0, 0)):
		s.w.add(v, "lies more than a year ahead", "write the day on which the site began, like "+today.Format(time.DateOnly))
	case since.After(today.Add(14 * time.Hour)): // It is tomorrow already in UTC+14.
		s.w.warn(v, "lies ahead", "write the day on which the site began, before anything is published")
	}
}

func (s section) email(to *string) {
	for _, v := range s.values("email") {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		name, host, found := strings.Cut(text, "@")
		if !found || name == "" || host == "" || strings.ContainsAny(text, " <>\"(),:;") || strings.Contains(host, "@") {
			s.w.add(v, "is not an e-mail address", "write the bare address, like editors@example.org")
			continue
		}
		*to = text
	}
}
