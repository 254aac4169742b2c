package identity

import (
	"strconv"
	"strings"

	"weir/feed"
)

// publishedDigits is how many hex digits of its key name an item in a minted
// id.
const publishedDigits = 16

// PublishedID returns the id of a new entry: the upstream id unchanged where
// it is an absolute IRI that no other entry uses, so that readers who knew the
// story by it know it again; else a minted tag: URI (RFC 4151, U7). Used
// reports whether an entry has an id already.
func PublishedID(site Site, source string, it *feed.Item, used func(id string) bool) string {
	if it.Traits.IRI != "" && !used(it.Traits.IRI) {
		return it.Traits.IRI
	}
	key := it.Key.String()
	id := site.prefix() + source + "/" + key[:publishedDigits]
	for n := 1; n < mostSlugs && used(id); n++ {
		// Another feed sent this very id, the short digits collided (XF10), or
		// the source's name was another one's before.
		id = site.prefix() + source + "/" + key
		if n > 1 {
			id += "-" + strconv.Itoa(n)
		}
	}
	return id
}

// Minted reports whether an id was minted by this site: an item that carries
// one came around through another aggregator.
func (s Site) Minted(id string) bool { return strings.HasPrefix(id, s.prefix()) }

// prefix begins every id that the site mints. The authority of a tag: URI is
// a host without a port.
func (s Site) prefix() string {
	host := strings.ToLower(s.Host)
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return "tag:" + host + "," + s.Since + ":"
}
