package config

import (
	"time"

	"weir/feed"
	"weir/feed/rule"
)

// Config is everything that config.yaml says, with defaults filled in.
type Config struct {
	// Path is the file's absolute path, empty for [Default].
	Path string
	// Dir is the absolute folder that relative paths start from.
	Dir  string
	Site Site
	// Store is the absolute path of the store's file.
	Store string
	// Output is the absolute folder for static files, empty to write none.
	Output string
	// AfterPublish is the command, with its arguments, that is run when files in
	// Output changed; empty is none.
	AfterPublish []string
	// Listen is host:port.
	Listen string
	Poll   Poll
	// Keep holds at least as many entries of every channel as it publishes.
	Keep    feed.Retention
	Dedupe  Dedupe
	Flood   Flood
	Backups Backups
	Feeds   []Feed
	// Lists are the reading lists that are followed; see [Config.Follow].
	Lists    []List
	Articles []Articles
	// Channels always holds the channel "all", and holds it first.
	Channels []Channel
	// Digest changes whenever anything that publishing depends on changes:
	// site, channels, and how sources are named and described.
	Digest string
	// Warnings are oddities that do not stop the program.
	Warnings Problems
}

// Site describes what is published.
type Site struct {
	Title string
	// URL is the public address: http or https, ending in a slash.
	URL string
	// Derived says that URL was made from Config.Listen because the file
	// names none; see [Config.Bound].
	Derived bool
	// Since is the date YYYY-MM-DD in every minted id (RFC 4151).
	Since       string
	Description string
	// Language is a BCP 47 tag, or empty.
	Language string
	Author   Author
	// Icon is the address of a square picture, or empty.
	Icon string
	// FeedPage shows people who open a feed in a browser the channel's page.
	FeedPage bool
	// AllExtensions is what channels have that do not say.
	AllExtensions bool
	// Tombstones has Atom feeds announce what was removed.
	Tombstones bool
	// Hubs are the addresses of WebSub hubs that are told of changes.
	Hubs []string
}

// Author is who publishes the site.
type Author struct {
	Name, Email string
}

// Poll says when and how feeds are fetched.
type Poll struct {
	// Every is the interval of feeds that have none of their own.
	Every time.Duration
	// Concurrency is how many requests may be under way in all.
	Concurrency int
	PerHost     PerHost
	// Floor is the shortest interval towards a remote feed; 0 lifts it.
	Floor time.Duration
	// Timeout bounds one fetch, redirects and body included.
	Timeout time.Duration
	// UserAgent replaces the one that names Weir and the site; empty keeps it.
	UserAgent string
	// Subscribers is how many people read what is published here, told to the
	// servers of feeds (P46); 0 tells nothing.
	Subscribers int
	// Push is what becomes of news that hubs announce, where a feed does not say
	// otherwise.
	Push feed.PushMode
	// Hosts are the registrable domains that have a pace of their own (P45).
	Hosts map[string]PerHost
	// AllowPrivate are hosts, addresses and CIDRs that may be fetched although
	// they are not public.
	AllowPrivate []string
}

// PerHost is politeness towards one registrable domain (P40, P41).
type PerHost struct {
	// Concurrency is how many requests may be under way towards it.
	Concurrency int
	// Delay is the pause between the end of one and the start of the next.
	Delay time.Duration
}

// Dedupe says by what stories of different sources are recognised as one.
type Dedupe struct {
	By feed.Dedupe
	// Guard asks for evidence beyond an equal slug.
	Guard bool
	// Near is the share of text from which on stories with different slugs
	// and links are one; 0 means that texts alone join nothing.
	Near float64
}

// Flood says how much one source may put into channels at once.
type Flood struct {
	// FirstFetch bounds what a source brings that is added to a stream that
	// was published before.
	FirstFetch FirstFetch
	// Burst is how many new stories of one later poll are published without
	// being looked at; 0 is no bound.
	Burst int
}

// FirstFetch is how many of a new source's stories enter channels, and how old
// they may be; the rest enters archives alone. 0 is no bound.
type FirstFetch struct {
	Entries, Days int
}

// Backups says where copies of the store are put while Weir runs.
type Backups struct {
	// Dir is absolute; empty means that none are made.
	Dir string
	// Every is the time between two, Keep how many are kept.
	Every time.Duration
	Keep  int
}

// Feed is one external feed.
type Feed struct {
	ID string
	// URL is the address to fetch; for a file the absolute path.
	URL  Address
	Kind feed.SourceKind
	// Group is what politeness counts together: the registrable domain, the
	// bare host where there is none, empty for a file. It is covered as URL is.
	Group Address
	// Title, Author and Site replace what the feed says; each may be empty.
	Title, Author, Site string
	Tags                []string
	// Every is 0 where Poll.Every holds.
	Every    time.Duration
	Priority int
	// KeepUntitled is "titles: keep".
	KeepUntitled bool
	// FullText reads the pages of new stories.
	FullText bool
	// Push is nil where that of [Poll] holds.
	Push   *feed.PushMode
	Dedupe feed.Dedupe
	// Keep bounds what is kept of this feed; 0 means no bound of its own.
	Keep feed.Keep
	Gone feed.Gone
	// Rule joins include, exclude and where; nil wants everything.
	Rule *rule.Rule
	// Access is what its server wants to see beside the address, nil if
	// nothing.
	Access *Access
	// List is the id of the list that names it, empty where the file does.
	List string
	// Stranger says that the address is none of the operator's, so that only a
	// public one is asked (XA22).
	Stranger bool
}

// Articles is one folder of local articles.
type Articles struct {
	ID string
	// Dir is absolute.
	Dir           string
	Title, Author string
	Tags          []string
	Priority      int
	Dedupe        feed.Dedupe
}

// Channel is a named selection of entries, published in all formats.
type Channel struct {
	ID string
	// Title, Description, Language and Image are empty where the site's hold.
	Title, Description, Language, Image string
	// Limit is how many entries its current documents hold at least.
	Limit int
	// TitlePrefix goes before entry titles; "{source}" stands for the title
	// of the source.
	TitlePrefix string
	// AllExtensions publishes what sources say in namespaces that are not
	// commonly known, and in members of JSON of their own.
	AllExtensions bool
	// PerSource is how many entries of one source they hold at most; 0 is no
	// bound.
	PerSource int
	// Sort is "place", "published" or "updated".
	Sort string
	// Summaries publishes summaries in place of texts.
	Summaries bool
	// Formats are the feeds that there are: some of "rss", "atom" and "json".
	Formats []string
	// Archive is how many entries the archives and older pages in the output
	// folder hold at least; -1 is every one, 0 means none at all.
	Archive int
	// Where is the expression as written, Rule what it compiles to; nil is
	// every entry.
	Where string
	Rule  *rule.Rule
}

// Overrides are settings that stand above the file.
type Overrides struct {
	// Flags maps keys such as "poll.every" to what the command line says.
	Flags map[string]string
	// Environ is the environment as os.Environ tells it. It is searched for
	// misspelt WEIR_* names only; values come from the look-up.
	Environ []string
	// Reserved are channel ids that the publisher's routes need, beside those
	// that [Load] always refuses.
	Reserved []string
	// Today is the date for the hint at a missing site.since; zero gives a
	// hint without a date.
	Today time.Time
}

// Env looks up an environment variable, as os.LookupEnv does.
type Env = func(name string) (string, bool)
