package feed

import "time"

// SourceKind says how a source is read.
type SourceKind uint8

// The kinds of source.
const (
	// Remote sources are fetched over HTTP.
	Remote SourceKind = iota
	// File sources are feeds on this machine, named by the configuration.
	File
	// Articles are folders of local articles.
	Articles
)

// Source is where entries come from, as the configuration says it.
type Source struct {
	// ID is [a-z0-9-], at most 40 bytes, chosen once.
	ID   string
	Kind SourceKind
	// URL is the configured address; for File and Articles an absolute path.
	// A path is never published.
	URL string
	// Secrets are what variables and user information put into URL, longest
	// first; none of them is published or shown (P75, XJ09).
	Secrets []string
	// Title, when set, replaces what the document calls itself.
	Title string
	// Author, when set, stands in for authors that name nobody.
	Author string
	// Site is the address whose domain counts as the source's own.
	Site string
	// Tags are added to every entry of the source.
	Tags []string
	// Priority ranks sources when two tell one story: local articles 100,
	// feeds 0, the higher owns.
	Priority int
	// Every is the wished poll interval; 0 means the default.
	Every time.Duration
	// KeepUntitled publishes untitled items without a title.
	KeepUntitled bool
	// FullText reads the pages of new items, for feeds that have only the
	// beginning of their texts.
	FullText bool
	// Dedupe says by what this source's items may join other sources'.
	Dedupe Dedupe
	// Gone says what becomes of entries that the source shows no longer.
	Gone Gone
	// Keep bounds what is kept of the entries that the source owns.
	Keep Keep
	// Filter digests the source's own include, exclude and where; empty when
	// it has none. A changed one means that everything must be read again.
	Filter string
	// Group is what politeness counts together: the registrable domain (P41),
	// the bare host where there is none; empty for File and Articles.
	Group string
}

// Dedupe says by what the items of a source may be recognised as stories that
// another source told already. Its values are stored: append only.
type Dedupe uint8

// The modes of [Dedupe].
const (
	// BySlug compares slugs, links and ids: the default.
	BySlug Dedupe = iota
	// ByLink compares links and ids only.
	ByLink
	// ByNone never joins another source's entry.
	ByNone
)

// Gone says what becomes of an entry that its source withdrew. A deleted local
// article always leaves the documents. Its values are stored: append only.
type Gone uint8

// The values of [Gone].
const (
	// GoneKeep leaves the entry where it is: feeds are sliding windows (I19).
	GoneKeep Gone = iota
	// GoneDrop takes it out of all documents until the source shows it again.
	GoneDrop
)

// Profile is what a document says of the feed that it is.
type Profile struct {
	Title    string
	Subtitle string
	// Link is the home page, Self the feed's own public address, Hub its
	// WebSub hub; each http(s) or empty.
	Link, Self, Hub string
	// Cloud is where rssCloud takes subscriptions by http-post, or empty.
	Cloud string
	// FeedID is the atom:id of the feed, if it has one.
	FeedID   string
	Language string
	Rights   string
	// Icon is square, Logo is wide.
	Icon, Logo string
	// Authors, Contributors and Tags are those of the feed as a whole.
	Authors, Contributors []Person
	Tags                  []Tag
	// Updated is the last change seen in the source's entries.
	Updated time.Time
	// Local marks a folder of local articles.
	Local bool
}

// Described is a source with what its documents say of it.
type Described struct {
	Source  Source
	Profile Profile
}

// Validators are what makes a request conditional. They are kept byte for byte
// (P1, P2) and used only for the pair of addresses they came from (P11).
type Validators struct {
	URL, Final         string
	ETag, LastModified string
}

// IsZero reports whether there is nothing to make a request conditional with.
func (v Validators) IsZero() bool { return v.ETag == "" && v.LastModified == "" }

// Problem is why a source could not be read. Its kinds are stored and shown:
// append only.
type Problem struct {
	// Kind is a word of [a-z-]: dns, connect, tls, timeout, status, challenge,
	// login, parked, too-large, not-a-feed, malformed, refused, redirect, file, articles, crash.
	Kind string
	// Text is a sentence that names the thing and the way out, free of
	// secrets.
	Text string
}

// PollState is the small part of a source's state: it changes at every poll.
type PollState struct {
	// Due is when the source may be polled next; zero means now.
	Due time.Time
	// Interval is the gap that led to Due.
	Interval time.Duration
	// Tried is the start of the last attempt, Succeeded of the last one that
	// gave a document or a 304, Fresh of the last one that gave an entry.
	Tried, Succeeded, Fresh time.Time
	Validators              Validators
	// Status is the last HTTP status, 0 when none was received.
	Status int
	// Failures counts attempts since the last success; Since is the first of
	// them.
	Failures int
	Since    time.Time
	Problem  Problem
	// Moved is the address that permanent redirects named, since when they
	// have named it, and in how many answers (P51).
	Moved      string
	MovedSince time.Time
	MovedSeen  int
	// Hints are the publisher's wishes, as last stated.
	Hints Hints
	// Readings counts the looks at the source that gave a whole document, or
	// that it is unchanged, ever: each shows what is there and what is not.
	Readings int
	// Rhythm is what its past teaches about when the source publishes, as
	// package schedule packs it; empty while nothing is known.
	Rhythm string
}

// Failing reports whether the last attempt failed.
func (p *PollState) Failing() bool { return p.Failures > 0 }

// Alarming reports whether the operator should be told that the source fails:
// once three attempts in a row did, as one or two are everyday events (XJ15),
// or at once when it is not asked again (P56), or when the fault lies on this
// machine, where trying again mends nothing.
func (p *PollState) Alarming() bool {
	const tries, gone = 3, 410
	if !p.Failing() {
		return false
	}
	switch p.Problem.Kind {
	case "articles", "file", "crash":
		return true
	}
	return p.Failures >= tries || p.Status == gone
}

// Hints are a publisher's wishes about when to be asked again.
type Hints struct {
	// TTL is RSS ttl or the syndication module's period; 0 means none.
	TTL time.Duration
	// Fresh is the HTTP freshness lifetime left when the answer came.
	Fresh time.Duration
	// RetryAfter is the earliest instant that the server named.
	RetryAfter time.Time
	// SkipHours is a bit set of hours (GMT), SkipDays of weekdays (Sunday 0).
	SkipHours uint32
	SkipDays  uint8
}

// Awake moves t forward by whole hours until it lies outside the hours and
// days that the publisher skips (P29). A set that names every hour or every
// day says nothing and is ignored.
func (h *Hints) Awake(t time.Time) time.Time {
	const allHours, allDays = 1<<24 - 1, 1<<7 - 1
	hours, days := h.SkipHours&allHours, h.SkipDays&allDays
	if hours == allHours {
		hours = 0
	}
	if days == allDays {
		days = 0
	}
	t = t.UTC()
	for hours>>t.Hour()&1 != 0 || days>>t.Weekday()&1 != 0 {
		t = t.Add(time.Hour)
	}
	return t
}

// DocState is the larger part of a source's state: it changes only when the
// document did.
type DocState struct {
	Profile Profile
	Format  string
	// FirstFetched is when the source was first read; zero means never.
	FirstFetched time.Time
	Known        []Known
	Context      uint64
	Head         uint64
	Warnings     []string
	// Learned is what the source's documents taught about reading it.
	Learned Learned
	// Waiting are the articles that the last document told to be waiting.
	Waiting []Waiting
	// Entries counts what the source owns or tells.
	Entries int
	// Partial says that the last document proved no absence: it ended early, or
	// held nothing (I19, I20). Withheld is the document's.
	Partial  bool
	Withheld int
	// Denied is the element by which the last document forbade that anything of
	// the source is published elsewhere.
	Denied string
	// Missing are the items that its documents lack although older ones are
	// there, the last to vanish at the end.
	Missing []Missing
}

// Missing is an item that its source shows no longer.
type Missing struct {
	Key Key
	// Since is when a document first lacked it, Readings was
	// PollState.Readings then. Withdrawn is when it was taken for withdrawn,
	// zero while it is watched.
	Since     time.Time
	Readings  int
	Withdrawn time.Time
}

// SourceState is all that is remembered of a source.
type SourceState struct {
	Poll PollState
	Doc  DocState
}
