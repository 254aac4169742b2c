package feed

import "time"

// Content is what a source says of one story: everything that may be replaced
// when the story is edited or when a source of higher rank takes it over.
//
// Strings are plain text unless a field says otherwise, free of markup and of
// characters that XML forbids. URLs are absolute http or https addresses.
type Content struct {
	// Title is plain text. It may be empty only where the source's option
	// "titles: keep" asks that untitled items stay untitled.
	Title string
	// Link is the story's own page: for a local article its permalink.
	Link string
	// External is the page that a link post points at, when it is not Link.
	External string
	// Summary is plain text; empty when the source gave none beside HTML.
	Summary string
	// HTML is the clean body: allow-listed, balanced, absolute URLs.
	HTML string
	// Full is the clean text of the story's own page, which is published in
	// place of HTML; empty where it was not asked for or is no longer. What a
	// story is recognised by, and whether it changed, is always HTML.
	Full string
	// Excerpt says that HTML is only the source's summary of the story, so
	// that Atom can say summary instead of content (RFC 4287 §4.2.13).
	Excerpt bool
	// Language is a BCP 47 tag, empty when nothing stated it.
	Language     string
	Authors      []Person
	Contributors []Person
	Tags         []Tag
	Attachments  []Attachment
	// Image is the picture that stands for the story.
	Image string
	// Comments is the address of the story's comments, as a page.
	Comments string
	// Rights is the story's licence or copyright, as text.
	Rights string
	// Links are the remaining links of the item: replies, via, related,
	// license and such, never alternate, self or enclosure.
	Links []Link
	// Extensions are the elements of which no field says all, in the order of
	// the document.
	Extensions []Extension
	// Origin is the feed that an aggregated item names as its own source
	// (atom:source), kept as it came (RFC 4287 §4.2.11).
	Origin *Origin
	// Assets are the files of a local article that are published beside it.
	Assets []Asset
}

// Person is somebody who made a story or helped to.
type Person struct {
	Name   string
	Email  string
	URI    string
	Avatar string
	// Bio is a short plain-text biography, as local articles carry it.
	Bio string
	// Role is the person's part as the source names it (author, editor,
	// host, guest); empty means author.
	Role string
}

// Tag is a category of a story.
type Tag struct {
	// Term is the category itself, as the source writes it.
	Term string
	// Scheme is the absolute IRI of the categorisation, or empty.
	Scheme string
	// Label is a form for people, or empty.
	Label string
}

// Attachment is an enclosure: a file that belongs to the story.
type Attachment struct {
	URL string
	// Type is the media type, for example audio/mpeg.
	Type string
	// Length is in bytes; 0 means not stated.
	Length   int64
	Title    string
	Duration time.Duration
}

// Link is a typed link of an item (RFC 4287 §4.2.7).
type Link struct {
	Rel, Href, Type, Title, Language string
}

// Extension is an element that Weir does not model, or not wholly, as a tree.
type Extension struct {
	// Space is the namespace URI, never a prefix; empty for elements in none,
	// and for those whose prefix nobody declared, whose Name keeps it.
	Space string
	// Name is the local name as it was sent. A child without a name is text
	// that stands between elements.
	Name string
	// Attrs are in the order of the document. Those that hold an address by
	// their name hold an absolute one where the vocabulary is known.
	Attrs []Attr
	// Text is what an element without children says: plain text that may look
	// like markup, since only the vocabulary knows which it is.
	Text     string
	Children []Extension
}

// SpaceJSON is the Space of an [Extension] that is a member of an item of a
// JSON Feed: Name is the member's name, which need be no name in XML, and Text
// its value as compact, valid JSON.
const SpaceJSON = "https://jsonfeed.org/version/1.1"

// Attr is an attribute of an [Extension].
type Attr struct {
	Space, Name, Value string
}

// Origin describes the feed that an already aggregated item came from.
type Origin struct {
	ID, Title, Link, Self string
	Subtitle, Rights      string
	// Icon is square, Logo is wide.
	Icon, Logo            string
	Authors, Contributors []Person
	Tags                  []Tag
	Updated               time.Time
}

// Asset is a file that belongs to a local article.
type Asset struct {
	// Name is the file's name beside the published page.
	Name string
	// Path is slash-separated and relative to the source's folder.
	Path string
	// Size is in bytes.
	Size int64
	// Sum is the SHA-256 of the bytes when the article was read.
	Sum [32]byte
}
