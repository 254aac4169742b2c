package parse

import "bytes"

// vocab is a vocabulary of elements that Weir knows; other namespaces are
// vocabOther, and what belongs to the feed's own format is vocabNative.
type vocab uint8

const (
	vocabOther vocab = iota
	vocabNative
	vocabAtom
	vocabRSS
	vocabRDF
	vocabContent
	vocabDC
	vocabDCTerms
	vocabMedia
	vocabITunes
	vocabGoogle
	vocabPodcast
	vocabChapters
	vocabThreading
	vocabSyndication
	vocabFeedBurner
	vocabXHTML
	vocabSlash
	vocabWFW
	vocabTrackback
	vocabGeoRSS
	vocabGeo
	vocabGML
	vocabCC
	vocabLicence
	vocabAccess
	vocabs
)

// vocabulary is one namespace: its URI as Weir writes it, and the prefix that
// stands for it where a feed forgot to declare it.
type vocabulary struct{ prefix, uri string }

// vocabularies holds the known namespaces.
var vocabularies = [vocabs]vocabulary{
	vocabAtom:        {"atom", "http://www.w3.org/2005/Atom"},
	vocabRSS:         {"rss", "http://purl.org/rss/1.0/"},
	vocabRDF:         {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
	vocabContent:     {"content", "http://purl.org/rss/1.0/modules/content/"},
	vocabDC:          {"dc", "http://purl.org/dc/elements/1.1/"},
	vocabDCTerms:     {"dcterms", "http://purl.org/dc/terms/"},
	vocabMedia:       {"media", "http://search.yahoo.com/mrss/"},
	vocabITunes:      {"itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"},
	vocabGoogle:      {"googleplay", "http://www.google.com/schemas/play-podcasts/1.0"},
	vocabPodcast:     {"podcast", "https://podcastindex.org/namespace/1.0"},
	vocabChapters:    {"psc", "http://podlove.org/simple-chapters"},
	vocabThreading:   {"thr", "http://purl.org/syndication/thread/1.0"},
	vocabSyndication: {"sy", "http://purl.org/rss/1.0/modules/syndication/"},
	vocabFeedBurner:  {"feedburner", "http://rssnamespace.org/feedburner/ext/1.0"},
	vocabXHTML:       {"xhtml", "http://www.w3.org/1999/xhtml"},
	vocabSlash:       {"slash", "http://purl.org/rss/1.0/modules/slash/"},
	vocabWFW:         {"wfw", "http://wellformedweb.org/CommentAPI/"},
	vocabTrackback:   {"trackback", "http://madskills.com/public/xml/rss/module/trackback/"},
	vocabGeoRSS:      {"georss", "http://www.georss.org/georss"},
	vocabGeo:         {"geo", "http://www.w3.org/2003/01/geo/wgs84_pos#"},
	vocabGML:         {"gml", "http://www.opengis.net/gml"},
	vocabCC:          {"creativeCommons", "http://backend.userland.com/creativeCommonsRssModule"},
	vocabLicence:     {"cc", "http://web.resource.org/cc/"},
	vocabAccess:      {"access", "http://www.bloglines.com/about/specs/fac-1.0"},
}

// knownSpaces finds a namespace by all the ways in which feeds write its URI, in
// the form that bareSpace gives them (M6).
var knownSpaces = map[string]vocab{
	"w3.org/2005/atom":                                       vocabAtom,
	"purl.org/atom/ns":                                       vocabAtom,
	"purl.org/echo":                                          vocabAtom,
	"purl.org/pie":                                           vocabAtom,
	"example.com/necho":                                      vocabAtom,
	"example.com/newformat":                                  vocabAtom,
	"purl.org/rss/1.0":                                       vocabRSS,
	"purl.org/net/rss1.1":                                    vocabRSS,
	"channel.netscape.com/rdf/simple/0.9":                    vocabRSS,
	"my.netscape.com/rdf/simple/0.9":                         vocabRSS,
	"my.netscape.com/publish/formats/rss-0.91.dtd":           vocabRSS,
	"backend.userland.com/rss":                               vocabRSS,
	"backend.userland.com/rss2":                              vocabRSS,
	"backend.userland.com/rss091":                            vocabRSS,
	"backend.userland.com/rss092":                            vocabRSS,
	"blogs.law.harvard.edu/tech/rss":                         vocabRSS,
	"cyber.law.harvard.edu/rss/rss.html":                     vocabRSS,
	"w3.org/1999/02/22-rdf-syntax-ns":                        vocabRDF,
	"purl.org/rss/1.0/modules/content":                       vocabContent,
	"purl.org/dc/elements/1.1":                               vocabDC,
	"purl.org/dc/elements/1.0":                               vocabDC,
	"purl.org/metadata/dublin_core":                          vocabDC,
	"purl.org/dc/terms":                                      vocabDCTerms,
	"purl.org/dcterms":                                       vocabDCTerms,
	"search.yahoo.com/mrss":                                  vocabMedia,
	"search.yahoo.com/rss":                                   vocabMedia,
	"video.search.yahoo.com/mrss":                            vocabMedia,
	"tools.search.yahoo.com/mrss":                            vocabMedia,
	"rssboard.org/media-rss":                                 vocabMedia,
	"itunes.com/dtds/podcast-1.0.dtd":                        vocabITunes,
	"itunes.apple.com/dtds/podcast-1.0.dtd":                  vocabITunes,
	"example.com/dtds/podcast-1.0.dtd":                       vocabITunes,
	"google.com/schemas/play-podcasts/1.0":                   vocabGoogle,
	"google.com/schemas/play-podcasts/1.0/play-podcasts.xsd": vocabGoogle,
	"podcastindex.org/namespace/1.0":                         vocabPodcast,
	"github.com/podcastindex-org/podcast-namespace":          vocabPodcast,
	"github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md":             vocabPodcast,
	"github.com/podcastindex-org/podcast-namespace/blob/master/docs/1.0.md":           vocabPodcast,
	"github.com/podcastindex-org/podcast-namespace/raw/main/docs/1.0.md":              vocabPodcast,
	"raw.githubusercontent.com/podcastindex-org/podcast-namespace/main/docs/1.0.md":   vocabPodcast,
	"raw.githubusercontent.com/podcastindex-org/podcast-namespace/master/docs/1.0.md": vocabPodcast,
	"podlove.org/simple-chapters":                              vocabChapters,
	"purl.org/syndication/thread/1.0":                          vocabThreading,
	"purl.org/rss/1.0/modules/syndication":                     vocabSyndication,
	"rssnamespace.org/feedburner/ext/1.0":                      vocabFeedBurner,
	"w3.org/1999/xhtml":                                        vocabXHTML,
	"purl.org/rss/1.0/modules/slash":                           vocabSlash,
	"wellformedweb.org/commentapi":                             vocabWFW,
	"madskills.com/public/xml/rss/module/trackback":            vocabTrackback,
	"georss.org/georss":                                        vocabGeoRSS,
	"georss.org/georss/10":                                     vocabGeoRSS,
	"w3.org/2003/01/geo/wgs84_pos":                             vocabGeo,
	"opengis.net/gml":                                          vocabGML,
	"backend.userland.com/creativecommonsrssmodule":            vocabCC,
	"cyber.law.harvard.edu/rss/creativecommonsrssmodule":       vocabCC,
	"cyber.law.harvard.edu/rss/creativecommonsrssmodule.html":  vocabCC,
	"blogs.law.harvard.edu/tech/creativecommonsrssmodule":      vocabCC,
	"blogs.law.harvard.edu/tech/creativecommonsrssmodule.html": vocabCC,
	"web.resource.org/cc":                                      vocabLicence,
	"creativecommons.org/ns":                                   vocabLicence,
	"bloglines.com/about/specs/fac-1.0":                        vocabAccess,
}

// maxSpelling is longer than every key of knownSpaces.
const maxSpelling = 96

// bareSpace writes a namespace URI without what feeds write in different ways:
// scheme, www, case, and a slash or hash sign at its end.
func bareSpace(buf, uri []byte) []byte {
	if i := bytes.Index(uri, []byte("://")); i >= 0 {
		uri = uri[i+3:]
	}
	if len(uri) > 4 && fold(uri[:4], "www.") {
		uri = uri[4:]
	}
	for len(uri) > 0 && (uri[len(uri)-1] == '/' || uri[len(uri)-1] == '#') {
		uri = uri[:len(uri)-1]
	}
	if len(uri) > maxSpelling {
		return nil
	}
	for _, c := range uri {
		buf = append(buf, lower(c))
	}
	return buf
}

// identify finds a namespace URI among the known ones.
func identify(uri []byte) vocab {
	var buf [maxSpelling]byte
	return knownSpaces[string(bareSpace(buf[:0], uri))]
}

// undeclared finds a namespace by a prefix that the feed did not declare.
func undeclared(prefix []byte) vocab {
	for id := range vocabularies {
		if p := vocabularies[id].prefix; p != "" && (string(prefix) == p || fold(prefix, p)) {
			return vocab(id)
		}
	}
	return vocabOther
}

// customary returns the URI that Weir writes for a known namespace, "" for
// another.
func customary(id vocab) string { return vocabularies[id].uri }

// Customary returns the address of a namespace as Weir writes it, for any way
// in which feeds write it, or for the prefix by which it goes where it was not
// declared; what Weir does not know stays as it is (M6).
func Customary(uri string) string {
	if known := customary(identify([]byte(uri))); known != "" {
		return known
	}
	if known := customary(undeclared([]byte(uri))); known != "" {
		return known
	}
	return uri
}
