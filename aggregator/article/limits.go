package article

import "time"

// The bounds on what a folder may make Read do (XJ03, XJ04).
const (
	// maxArticle is the size of one article's file, in bytes.
	maxArticle = 1 << 20
	// maxArticles is how many articles one folder holds.
	maxArticles = 20_000
	// maxText is the size of all articles that are parsed at one look.
	maxText = 256 << 20
	// maxDepth is how many directories deep articles may lie.
	maxDepth = 8
	// maxNames is how many names are looked at in all.
	maxNames = 200_000
	// maxFrontMatter is the size of the front matter, in bytes.
	maxFrontMatter = 64 << 10
	// maxNesting is how deep lists and maps nest in front matter.
	maxNesting = 8
	// maxFields is how many keys the front matter or the labels hold.
	maxFields = 512
	// maxTerm is the length of a tag, a name or another short text, in bytes.
	maxTerm = 256
	// maxSummary is the length of a summary or a biography, in bytes.
	maxSummary = 4 << 10
	// maxRefs is how many different local files one article may point at.
	maxRefs = 256
	// maxAsset is the size of one asset, in bytes.
	maxAsset = 1 << 30
	// maxProblems is how many problems one look reports.
	maxProblems = 1000
	// maxWarnings is how many of them the document repeats.
	maxWarnings = 20
	// settled is the age from which a file's modification time is trusted to
	// change with its next edit; file systems tick coarsely.
	settled = 2 * time.Second
)

// version is part of every hash: raise it when the same bytes mean another
// article than before.
const version = 3
