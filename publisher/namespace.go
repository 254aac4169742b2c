package publisher

import (
	"encoding/xml"
	"math/bits"
	"strings"
)

// spaces is a set of namespaces: one bit for each row of the table.
type spaces uint32

// The namespaces that documents write by themselves. The others of the table
// come only from extensions.
const (
	spaceAtom spaces = 1 << iota
	spaceDC
	spaceContent
	spaceMedia
)

// namespace is a row of the allow list of extensions.
type namespace struct {
	prefix, uri string
	// modelled namespaces are written by the documents themselves and never
	// passed on from a source.
	modelled bool
	// drop names elements that are never passed on: they speak for a whole
	// feed, and one of them would move, lock or sell ours (M2).
	drop []string
}

// namespaces is the table, in the order in which a root declares them, with
// their customary prefixes (R20, M6).
var namespaces = [...]namespace{
	{prefix: "atom", uri: "http://www.w3.org/2005/Atom", modelled: true},
	{prefix: "dc", uri: "http://purl.org/dc/elements/1.1/", modelled: true},
	{prefix: "content", uri: "http://purl.org/rss/1.0/modules/content/", modelled: true},
	{prefix: "media", uri: "http://search.yahoo.com/mrss/"},
	{prefix: "itunes", uri: "http://www.itunes.com/dtds/podcast-1.0.dtd",
		drop: []string{"new-feed-url", "owner", "email", "complete", "type", "category"}},
	{prefix: "podcast", uri: "https://podcastindex.org/namespace/1.0",
		drop: []string{"guid", "locked", "funding", "podping", "medium", "podroll", "publisher"}},
	{prefix: "psc", uri: "http://podlove.org/simple-chapters"},
	{prefix: "georss", uri: "http://www.georss.org/georss"},
	{prefix: "geo", uri: "http://www.w3.org/2003/01/geo/wgs84_pos#"},
	{prefix: "gml", uri: "http://www.opengis.net/gml"},
	{prefix: "thr", uri: "http://purl.org/syndication/thread/1.0"},
	{prefix: "slash", uri: "http://purl.org/rss/1.0/modules/slash/"},
	{prefix: "wfw", uri: "http://wellformedweb.org/CommentAPI/"},
	{prefix: "creativeCommons", uri: "http://backend.userland.com/creativeCommonsRssModule"},
	{prefix: "dcterms", uri: "http://purl.org/dc/terms/"},
}

// podcastAlias is the other address by which the podcast namespace goes (M6).
const podcastAlias = "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"

// extensionSpace returns the bit and the row of a namespace that extensions
// may use; ok is false for every other one. Scheme, case and a final slash
// make no difference, because sources write them as they like.
func extensionSpace(uri string) (bit spaces, row *namespace, ok bool) {
	if sameSpace(uri, podcastAlias) {
		uri = "https://podcastindex.org/namespace/1.0"
	}
	for i := range namespaces {
		if row = &namespaces[i]; sameSpace(uri, row.uri) {
			return 1 << i, row, !row.modelled
		}
	}
	return 0, nil, false
}

func sameSpace(a, b string) bool { return strings.EqualFold(bareSpace(a), bareSpace(b)) }

func bareSpace(uri string) string {
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		uri = rest
	}
	return strings.TrimSuffix(uri, "/")
}

// declare returns the xmlns attributes of a set.
func (s spaces) declare() []xml.Attr {
	attrs := make([]xml.Attr, 0, bits.OnesCount32(uint32(s)))
	for i := range namespaces {
		if s&(1<<i) != 0 {
			attrs = append(attrs, xml.Attr{Name: xml.Name{Local: "xmlns:" + namespaces[i].prefix}, Value: namespaces[i].uri})
		}
	}
	return attrs
}
