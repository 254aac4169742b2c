package publisher

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"weir/feed"
)

// known is a set of rows of the table of namespaces: one bit for each.
type known uint32

// The namespaces that documents write by themselves. The others of the table
// come only from extensions.
const (
	spaceAtom known = 1 << iota
	spaceDC
	spaceContent
	spaceMedia
	spaceITunes
	spacePodcast
	spacePSC
	spaceGeoRSS
	spaceGeo
	spaceGML
	spaceThreading
	spaceSlash
	spaceWFW
	spaceLicence
	spaceTerms
	spaceHistory
	spaceTombstones
)

// namespace is one whose elements documents may hold.
type namespace struct {
	prefix, uri string
	// bit is the row in the table, 0 for namespaces that are not there.
	bit known
	// modelled namespaces are written by the documents themselves and never
	// passed on from a source.
	modelled bool
	// drop names elements that are never passed on, and why says why not.
	drop []string
	why  string
	// rare are elements that validators do not know, for channels that ask for
	// everything.
	rare []string
}

// namespaces is the table, in the order in which a root declares them, with
// their customary prefixes (R20, M6).
var namespaces = [...]namespace{
	{bit: spaceAtom, prefix: "atom", uri: atomURI, modelled: true},
	// RSS's own elements and these would say the same twice (R10).
	{bit: spaceDC, prefix: "dc", uri: "http://purl.org/dc/elements/1.1/", why: "the entry's own fields say it (R10)",
		drop: []string{"title", "creator", "subject", "description", "contributor", "date", "language", "rights"}, rare: []string{"rightsHolder"}},
	{bit: spaceContent, prefix: "content", uri: contentURI, modelled: true},
	{bit: spaceMedia, prefix: "media", uri: mediaURI, rare: []string{"community", "embed", "media_html"}},
	{bit: spaceHistory, prefix: "fh", uri: "http://purl.org/syndication/history/1.0", modelled: true},
	{bit: spaceTombstones, prefix: "at", uri: "http://purl.org/atompub/tombstones/1.0", modelled: true},
	{bit: spaceITunes, prefix: "itunes", uri: "http://www.itunes.com/dtds/podcast-1.0.dtd", why: wholeFeed,
		drop: []string{"new-feed-url", "owner", "email", "complete", "type", "category"}, rare: []string{"order", "isClosedCaptioned"}},
	{bit: spacePodcast, prefix: "podcast", uri: "https://podcastindex.org/namespace/1.0", why: wholeFeed,
		drop: []string{"guid", "locked", "funding", "podping", "medium", "podroll", "publisher"}},
	{bit: spacePSC, prefix: "psc", uri: "http://podlove.org/simple-chapters", rare: []string{"chapters"}},
	{bit: spaceGeoRSS, prefix: "georss", uri: "http://www.georss.org/georss", rare: []string{"box", "featurename"}},
	{bit: spaceGeo, prefix: "geo", uri: "http://www.w3.org/2003/01/geo/wgs84_pos#"},
	{bit: spaceGML, prefix: "gml", uri: "http://www.opengis.net/gml"},
	{bit: spaceThreading, prefix: "thr", uri: threadingURI},
	{bit: spaceSlash, prefix: "slash", uri: "http://purl.org/rss/1.0/modules/slash/", rare: []string{"hitparade"}},
	{bit: spaceWFW, prefix: "wfw", uri: commentURI},
	{bit: spaceLicence, prefix: "creativeCommons", uri: licenceURI},
	{bit: spaceTerms, prefix: "dcterms", uri: "http://purl.org/dc/terms/"},
}

// wholeFeed is why some elements stay away: one of them would move, lock or
// sell our feed (M2).
const wholeFeed = "it speaks for a whole feed, and would move, lock or sell this one (M2)"

// Addresses of namespaces that documents write from fields, too.
const (
	atomURI      = "http://www.w3.org/2005/Atom"
	contentURI   = "http://purl.org/rss/1.0/modules/content/"
	mediaURI     = "http://search.yahoo.com/mrss/"
	threadingURI = "http://purl.org/syndication/thread/1.0"
	commentURI   = "http://wellformedweb.org/CommentAPI/"
	licenceURI   = "http://backend.userland.com/creativeCommonsRssModule"
	xmlURI       = "http://www.w3.org/XML/1998/namespace"
)

// podcastAlias is the other address by which the podcast namespace goes (M6).
const podcastAlias = "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"

// knownSpace returns the row of a namespace, nil when it is not in the table.
// Scheme, case and a final slash make no difference, because sources write
// them as they like.
func knownSpace(uri string) *namespace {
	if sameSpace(uri, podcastAlias) {
		uri = "https://podcastindex.org/namespace/1.0"
	}
	for i := range namespaces {
		if row := &namespaces[i]; sameSpace(uri, row.uri) {
			return row
		}
	}
	return nil
}

func sameSpace(a, b string) bool { return strings.EqualFold(bareSpace(a), bareSpace(b)) }

func bareSpace(uri string) string {
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		uri = rest
	}
	return strings.TrimSuffix(uri, "/")
}

// Bounds of a namespace that is not in the table.
const (
	maxForeignURI  = 200
	maxForeignWord = 16
)

// barred begin the namespaces that are never passed on, whatever a channel
// asks for: the vocabularies of feeds themselves (XD14), and those of the Web
// that run in a browser or change how a document is read, such as XHTML, SVG
// and XInclude (XE02).
var barred = [...]string{
	"www.w3.org/", "w3.org/", "purl.org/rss/1.0", "purl.org/atom/", "purl.org/net/rss", "backend.userland.com/rss",
	"my.netscape.com/", "channel.netscape.com/", "blogs.law.harvard.edu/tech/rss", "cyber.law.harvard.edu/rss/", "jsonfeed.org/",
	"www.mozilla.org/",
}

// foreignSpace describes a namespace that is not in the table, nil for one
// that is never passed on. Its prefix depends on nothing but the address, so
// it is the same in every document for ever (R20).
func foreignSpace(uri string) *namespace {
	bare := strings.ToLower(bareSpace(uri))
	if len(uri) > maxForeignURI || !isURI(uri) || !safeScheme(uri) || uri == feed.SpaceJSON {
		return nil
	}
	for _, begin := range barred {
		if strings.HasPrefix(bare, begin) {
			return nil
		}
	}
	sum := sha256.Sum256([]byte(uri))
	return &namespace{prefix: lastWord(bare) + "-" + hex.EncodeToString(sum[:5]), uri: uri}
}

// isURI reports whether a name may be declared as a namespace: libxml2 refuses
// what is no URI, and some with an ampersand (Namespaces in XML 1.0 §2.1; RFC
// 3986 §2).
func isURI(s string) bool {
	for i := range len(s) {
		c := s[i]
		digit, letter := c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z'
		if !digit && !letter && strings.IndexByte("-._~:/?#@!$()*+,;=%", c) < 0 {
			return false
		}
	}
	_, err := url.Parse(s)
	_, rest, _ := strings.Cut(s, "#")
	_, unescaped := url.PathUnescape(s)
	return err == nil && unescaped == nil && !strings.Contains(rest, "#") && isIRI(s)
}

// lastWord returns the last word of letters of an address, for people who look
// at a document. It is never all that tells two prefixes apart.
func lastWord(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
	for _, word := range slices.Backward(words) {
		if n := len(word); n > 2 && n <= maxForeignWord && !strings.HasPrefix(word, "xml") {
			return word
		}
	}
	return "ns"
}

// Withheld says why no document holds an element of a namespace with a text as
// it came: for people who look for something. It is empty for elements that are
// passed on so. All is [Channel.AllExtensions].
func Withheld(space, name, text string, all bool) string {
	row := knownSpace(space)
	switch {
	case row != nil && row.modelled:
		return "it is the format's own, which the entry's fields are written in (XD14)"
	case row != nil && slices.Contains(row.drop, name):
		return row.why
	case row != nil && !all && slices.Contains(row.rare, name):
		return "validators do not know it, and extensions: all is not set (M1)"
	case row != nil && isName(name) && row.amends(name, text):
		return "its value is none that the vocabulary allows: it is mended where that can be (M1)"
	case row != nil && isName(name):
		return ""
	case row != nil:
		return "its name cannot be written (XD14)"
	case foreignSpace(space) == nil || !isName(name):
		return "its namespace is none that may stand in a feed (XD14)"
	case !all:
		return "its namespace is none of the usual ones, and extensions: all is not set (M7)"
	}
	return ""
}
