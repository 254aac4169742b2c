package config

import (
	"net/netip"
	"net/url"
	"strings"

	"weir/feed"
)

// push reads what becomes of announcements, and tells whether anything says it.
func (s section) push(to *feed.PushMode) (said bool) {
	modes := map[string]feed.PushMode{"on": feed.PushOn, "off": feed.PushOff, "trust": feed.PushTrust}
	for _, v := range s.values("push") {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		mode, known := modes[text]
		if !known {
			s.w.add(v, "must be on, off or trust", "")
			continue
		}
		if mode != feed.PushOff && !s.w.reached {
			s.w.warn(v, "changes nothing, as hubs reach only a site with a public https address", "set site.url to it")
		}
		*to, said = mode, true
	}
	return said
}

// Pushes returns what becomes of announcements, by the ids of feeds.
func (c *Config) Pushes() map[string]feed.PushMode {
	modes := make(map[string]feed.PushMode, len(c.Feeds))
	for i := range c.Feeds {
		modes[c.Feeds[i].ID] = c.Poll.Push
		if own := c.Feeds[i].Push; own != nil {
			modes[c.Feeds[i].ID] = *own
		}
	}
	return modes
}

// Callbacks returns the address below which hubs reach a server of this
// configuration, ending in a slash, or empty where they cannot: only a site with
// a public address of its own, and over https, is reached (W4).
func (c *Config) Callbacks() string {
	u, err := url.Parse(c.Site.URL)
	if err != nil || c.Site.Derived || u.Scheme != "https" || !publicHost(u.Hostname()) {
		return ""
	}
	return c.Site.URL + "push/"
}

// publicHost reports whether a host may be one that the whole Internet reaches:
// neither an address of a network of one's own nor a name that is kept for
// examples and for networks of one's own (RFC 2606, RFC 6761, RFC 6762).
func publicHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	name, top, dotted := cutLast(host)
	if !dotted || contains("local localhost internal test example invalid lan home arpa onion", top) {
		return false
	}
	_, domain, sub := cutLast(name)
	if !sub {
		domain = name
	}
	return domain != "example" || !contains("com net org", top)
}

// cutLast cuts a host before its last label.
func cutLast(host string) (before, last string, found bool) {
	i := strings.LastIndexByte(host, '.')
	if i < 0 {
		return "", host, false
	}
	return host[:i], host[i+1:], true
}
