package publisher

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"weir/feed"
)

// outlet is a source as readers see it.
type outlet struct {
	ID    string
	Title string
	// Feed is the address to subscribe to, Home the page for people; either
	// may be empty.
	Feed, Home string
	// IRI identifies the source's feed (T5).
	IRI     string
	Local   bool
	Tags    []string
	Profile feed.Profile
	// sorted is what it is sorted by, line what it is in a list of sources, which
	// is made beforehand for the configured ones.
	sorted string
	line   []byte
}

// outlets are the configured sources by id, with what their documents say of
// themselves.
type outlets struct {
	site Site
	host string
	byID map[string]*outlet
	// known are they by what was told of them, titled all of them by title.
	known  map[*feed.Described]*outlet
	titled []*outlet
}

// newOutlets resolves the configured sources. Of those of which nothing changed
// since the ones before, which may be nil, nothing is made anew: there may be
// thousands, and they are asked for at every change.
func newOutlets(site Site, host string, told []*feed.Described, before *outlets) *outlets {
	o := &outlets{
		site: site, host: host, byID: make(map[string]*outlet, len(told)),
		known: make(map[*feed.Described]*outlet, len(told)), titled: make([]*outlet, 0, len(told)),
	}
	changed := before == nil || len(before.known) != len(told)
	for _, d := range told {
		var out *outlet
		if before != nil {
			out = before.known[d]
		}
		if out == nil {
			out, changed = o.describe(d), true
		}
		o.byID[d.Source.ID], o.known[d] = out, out
		o.titled = append(o.titled, out)
	}
	if !changed {
		return before
	}
	byTitle(o.titled)
	return o
}

// describe resolves a configured source and makes its line of a list. A line that
// cannot be made is tried again by whoever needs it, and complained of there.
func (o *outlets) describe(d *feed.Described) *outlet {
	p := d.Profile
	p.Authors, p.Contributors, p.Tags = slices.Clone(p.Authors), slices.Clone(p.Contributors), slices.Clone(p.Tags)
	w := feed.Window{Sources: map[string]feed.Profile{d.Source.ID: p}}
	scrub(&w)
	out := o.resolve(d.Source, w.Sources[d.Source.ID])
	out.line, _ = out.outline()
	return out
}

// get returns the outlet of a sighting. A source that has left the
// configuration is described by what the window still knows of it.
func (o *outlets) get(id string, profiles map[string]feed.Profile) *outlet {
	if found, ok := o.byID[id]; ok {
		return found
	}
	return o.resolve(feed.Source{ID: id, Kind: feed.Remote}, profiles[id])
}

func (o *outlets) resolve(src feed.Source, p feed.Profile) *outlet {
	src.ScreenProfile(&p)
	out := &outlet{ID: src.ID, Tags: src.Tags, Profile: p, Home: publicURL(p.Link)}
	out.Local = p.Local || src.Kind == feed.Articles
	switch {
	case out.Local:
		// What is written here is at home on this site.
		out.Feed = o.site.URL + "rss.xml"
		out.Home = o.site.URL
	case src.Kind == feed.Remote && !src.Private():
		out.Feed = cmp.Or(feedURL(src.URL), feedURL(p.Self))
	default:
		out.Feed = feedURL(p.Self)
	}
	out.Title = cmp.Or(printable(src.Title), p.Title, hostOf(out.Home), hostOf(out.Feed), src.ID)
	if out.Local {
		out.Title = cmp.Or(printable(src.Title), p.Title, o.site.Title)
	}
	out.IRI = o.identify(out)
	out.sorted = strings.ToLower(out.Title)
	return out
}

// identify returns what stands in atom:source/id: the feed's own id, else its
// address in canonical form (T5).
func (o *outlets) identify(out *outlet) string {
	if feedIRI(out.Profile.FeedID) {
		return out.Profile.FeedID
	}
	if !out.Local {
		if address := cmp.Or(out.Feed, out.Home); address != "" {
			return canonical(address)
		}
	}
	return tagURI(o.host, o.site.Since, "source/"+out.ID)
}

// tagURI mints an id by RFC 4151.
func tagURI(host, since, rest string) string { return "tag:" + host + "," + since + ":" + rest }

// canonical gives an address without a path the path that it means.
func canonical(address string) string {
	if u, err := url.Parse(address); err == nil && u.Path == "" {
		u.Path = "/"
		return u.String()
	}
	return address
}

// isIRI reports whether s is absolute: a scheme, a colon, something without
// white space.
func isIRI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || rest == "" || strings.ContainsAny(s, " \t\n") {
		return false
	}
	for i := range len(scheme) {
		c := scheme[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(scheme[i]))) {
			return false
		}
	}
	return true
}

// hostOf returns the host of an address for people, without www. Its escapes are
// read, so it may hold what the address did not (XD01).
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(printable(u.Hostname()), "www.")
}
