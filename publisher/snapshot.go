package publisher

import (
	"errors"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"weir/feed"
)

// Snapshot is everything that is published at one moment. It is immutable.
type Snapshot struct {
	docs      map[string]*Document
	revisions map[string]uint64
	digest    string
	version   string
	// site is the public address of the root.
	site string
	// hubs are told of changes.
	hubs     []string
	ttl      time.Duration
	founding bool
	// raw is Site.RawFeeds.
	raw bool
	// left are the entries that no document could hold.
	left []feed.Omission
	// history makes the archives of its channels.
	history *history
	// policy and embedPolicy are what the inlined styles allow; missing is the
	// page for addresses that lead nowhere.
	policy, embedPolicy string
	missing             []byte
}

// Document is one published resource in all its codings. It must not be copied.
type Document struct {
	// Type is the media type with its parameters.
	Type string
	// Body is the document; it is nil for an asset, which stays where it is.
	Body []byte
	// ETag is the strong entity tag of Body, with quotes (S6).
	ETag string
	// Modified is when the content last changed, in whole seconds.
	Modified time.Time
	// Asset is the file of a local article, for documents without Body.
	Asset *Asset

	kind kind
	// links are what the Link header names beside the document itself.
	links []webLink
	// begun is the body compressed with gzip, packed in all codings, once that
	// is done.
	begun, packed atomic.Pointer[packs]
	// parts are those of a feed, nil elsewhere.
	parts *parts
	// status is the HTTP status, 0 for 200. A passing document must not be
	// kept by anybody.
	status  int
	passing bool
}

// Asset is a file that is published as it lies.
type Asset struct {
	FS   fs.FS
	Path string
	// Size and Sum are those of the file when its article was read.
	Size int64
	Sum  [32]byte
}

// errAssetChanged is returned for a file that is no longer the one that its
// article was read with.
var errAssetChanged = errors.New("file changed since its article was read")

// kind says which headers a document is served with.
type kind uint8

const (
	// kindPage is shown to people and framed by nobody.
	kindPage kind = iota
	// kindFeed is read by programs and scripts of any origin.
	kindFeed
	// kindEmbed is shown in frames of any origin.
	kindEmbed
	// kindAsset is a file as its author left it.
	kindAsset
	// kindArchive is a feed of what the current one no longer holds.
	kindArchive
)

// Document returns the document published at a path relative to the site's
// root, such as "rss.xml" or "go/index.html".
func (s *Snapshot) Document(path string) (*Document, bool) {
	d, ok := s.docs[path]
	return d, ok
}

// All yields every document in order of path.
func (s *Snapshot) All() iter.Seq2[string, *Document] {
	return func(yield func(string, *Document) bool) {
		for _, path := range slices.Sorted(maps.Keys(s.docs)) {
			if !yield(path, s.docs[path]) {
				return
			}
		}
	}
}

// Changed returns the absolute addresses of the feeds that are not as they are in
// another snapshot, in order.
func (s *Snapshot) Changed(before *Snapshot) (addresses []string) {
	for path, d := range s.All() {
		if old, ok := before.Document(path); IsFeed(path) && (!ok || old.ETag != d.ETag) {
			addresses = append(addresses, s.site+path)
		}
	}
	return addresses
}

// IsFeed reports whether a path below the site is that of a channel's feed.
func IsFeed(path string) bool {
	_, is := formatOf(path[strings.LastIndexByte(path, '/')+1:])
	return is
}

// LeftOut are the entries that no document could hold, by slug (XG09).
func (s *Snapshot) LeftOut() []feed.Omission { return slices.Clone(s.left) }

// Revisions are those of the channels that the snapshot was made from.
func (s *Snapshot) Revisions() map[string]uint64 { return maps.Clone(s.revisions) }

// Founding reports whether the first poll was still running when the snapshot
// was made: there is a page that says so, and no feed.
func (s *Snapshot) Founding() bool { return s.founding }
