package feed

import (
	"encoding/hex"
	"time"
)

// Item is what a source's document holds: a story before it is known whether
// anybody told it already.
type Item struct {
	Content
	// RawID is the id exactly as it was sent: atom:id, guid, rdf:about or the
	// JSON id, without any normalisation (I2).
	RawID string
	// Slug is the slug of a local article, else empty.
	Slug string
	// SlugFrom says what Slug was made of; SlugUnknown that it was written.
	SlugFrom SlugOrigin
	// Published and Updated are the dates as stated; zero when missing,
	// unreadable or implausible. Nothing is guessed here.
	Published, Updated time.Time
	// RawPublished and RawUpdated are the dates as they were sent, cut to a
	// bounded length, whether they could be read or not (I12).
	RawPublished, RawUpdated string
	// Position counts from 0 in document order over the whole document, also
	// when known items were not parsed.
	Position int
	// Hash covers the item's bytes and their context, so that an item whose
	// hash is known need not be parsed again.
	Hash uint64
	// Block is the element by which the publisher forbids that this very item is
	// published elsewhere (M5); what may be published has none.
	Block string
	// Key and Traits are filled by identity.Prepare.
	Key     Key
	KeyKind KeyKind
	Traits  Traits
}

// Key identifies an item inside its source: the first 128 bits of a SHA-256
// over the kind and the value that identify it (I5). Keys of different sources
// are never compared.
type Key [16]byte

// String returns the key as 32 hex digits.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// IsZero reports whether the key was never set.
func (k Key) IsZero() bool { return k == Key{} }

// KeyKind says from what a [Key] was made. Its values are stored: append only.
type KeyKind uint8

// The kinds, in the order in which they are tried.
const (
	KeyNone KeyKind = iota
	KeyID
	KeyLink
	KeyTitleDate
	KeyContent
)

// Traits are what identity compares: small, computed once when the item is
// read, stored with the entry, so that no decision ever needs a body.
type Traits struct {
	// Canon is the canonical link: no scheme, no www, no tracking. Empty when
	// the item has no link of its own.
	Canon string
	// IRI is the raw id when it is an absolute IRI (URL, urn:, tag:).
	IRI string
	// Slugs are the candidates, best first.
	Slugs []SlugCandidate
	// Sketch stands for the text.
	Sketch Sketch
	// Home says that the link lies on the feed's own site.
	Home bool
	// OwnWords counts the words of the text outside quotations; a pointer
	// with few of them is only a mention of what it points at.
	OwnWords int
}

// SlugCandidate is a slug that an item could be known by.
type SlugCandidate struct {
	Text string
	// Telling says that the slug has enough words to recognise a story by.
	Telling bool
}

// Sketch stands for a text when two are compared: at most 512 bytes.
type Sketch struct {
	// Words counts the text's words (in scripts without spaces, pairs of
	// characters).
	Words int
	// Title is the folded title, cut to a bounded length.
	Title string
	// Shingles are hashes of word groups, ascending, the lowest ones only.
	Shingles []uint32
	// Full says that Shingles holds every shingle of the text.
	Full bool
}

// Document is what reading one source once gave.
type Document struct {
	// Format names the format for people: "RSS 2.0", "Atom 1.0", "JSON Feed
	// 1.1", "articles".
	Format  string
	Profile Profile
	// Items are the parsed items in document order: all of them, or those
	// whose hash was not known.
	Items []Item
	// Seen lists every item of the document in order, parsed or not.
	Seen []Known
	// Rejected are the items that could not become entries, with reasons.
	Rejected []Rejection
	// Forbidden are the items whose publisher forbids that they are published
	// elsewhere, each of which is among Rejected as well; Denied is the element
	// by which the feed forbids it of all that it ever told (M5). An entry that
	// was published before leaves by them.
	Forbidden []Item
	Denied    string
	// Warnings say what was repaired or odd, for the operator.
	Warnings []string
	// Faults say what panicked while items were read, each at the cost of that
	// item alone: a fault of Weir's, for which the document is worth keeping.
	Faults []string
	// Partial says that the document ended early: it proves no absence (I19).
	Partial bool
	// Withheld counts items that are there and not to be shown now: drafts, and
	// articles that wait or expired.
	Withheld int
	// Context digests everything beside the item's bytes that parsing depends
	// on; a changed one makes all known hashes worthless.
	Context uint64
	// Head digests the bytes outside items.
	Head uint64
	// Modified is the document's own date (Last-Modified), zero if none.
	Modified time.Time
	// Hints are the publisher's wishes about polling.
	Hints Hints
	// Learned is what reading it taught about its source.
	Learned Learned
	// Waiting are the articles of a folder whose date lies ahead, the next one
	// first; at most MaxWaiting.
	Waiting []Waiting
}

// Proves reports whether the document shows what its source no longer has: one
// that ended early does not, nor one that is empty (I19, I20).
func (d *Document) Proves() bool { return !d.Partial && len(d.Seen)+d.Withheld > 0 }

// MaxWaiting bounds the articles that a source tells to be waiting.
const MaxWaiting = 100

// Waiting is an article that waits for its date.
type Waiting struct {
	// File is slash-separated and relative to the folder.
	File, Title string
	// At is when it is published.
	At time.Time
}

// Learned is what was inferred from whole documents about how their source
// writes. It is handed to the next reading, so that a part of a document is
// read as the whole would be.
type Learned struct {
	// Version is that of the rules of inference; 0 means that nothing was
	// learned, and a reader heeds its own version only.
	Version uint8
	// Dates is the order of day and month where both are numbers.
	Dates DateOrder
	// Unread is a date that could not be read, as an example for the operator;
	// UnreadItem is the hash of the item that has it.
	Unread     string
	UnreadItem uint64
}

// DateOrder says what 03/04/2026 means. Its values are stored: append only.
type DateOrder uint8

// The orders of day and month.
const (
	// DateOrderUnknown reads only dates that have no second meaning.
	DateOrderUnknown DateOrder = iota
	DayFirst
	MonthFirst
)

// Known remembers one item of a source's last document.
type Known struct {
	Hash uint64
	Key  Key
	// ID, Link and Slug are hashes of the raw id, the canonical link and the
	// link's slug, by which repetition inside a document is seen without
	// parsing (0: none).
	ID, Link, Slug uint64
}

// Rejection is an item that ended as nothing, and why. No item disappears
// without one.
type Rejection struct {
	RawID, Title, Link string
	// Reason is a sentence for the operator.
	Reason string
	At     time.Time
}
