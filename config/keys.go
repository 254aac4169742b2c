package config

import (
	"strings"

	"weir/feed"
)

// The keys that the walk knows, per mapping. They are constants so that the
// walk, the environment's names and the manual's test read one list.
const (
	rootKeys     = "site store output after_publish listen poll keep dedupe flood backups feeds opml articles channels"
	siteKeys     = "title url since description language author icon hubs feed_page extensions tombstones"
	authorKeys   = "name email"
	pollKeys     = "every concurrency per_host floor timeout user_agent subscribers push allow_private hosts"
	perHostKeys  = "concurrency delay"
	hostKeys     = "host concurrency delay"
	keepKeys     = "entries days per_channel"
	dedupeKeys   = "by guard near"
	floodKeys    = "first_fetch burst"
	firstKeys    = "entries days"
	backupsKeys  = "dir every keep"
	feedKeys     = "url id title author site tags every priority include exclude where titles full_text push headers basic_auth user_agent proxy dedupe keep gone"
	opmlKeys     = "url id title refresh tags every priority include exclude where titles full_text push dedupe keep gone"
	feedKeepKeys = "entries days"
	articlesKeys = "dir id title author tags priority dedupe"
	channelKeys  = "id title description language image where limit per_source sort title_prefix extensions content formats archive"
)

// settings are the keys that a flag or a WEIR_* variable may set.
const settings = "store output listen " +
	"site.title site.url site.since site.description site.language site.author.name site.author.email site.icon " +
	"poll.every poll.concurrency poll.per_host.concurrency poll.per_host.delay poll.floor poll.timeout poll.user_agent poll.subscribers poll.push " +
	"keep.entries keep.days keep.per_channel dedupe.by dedupe.guard dedupe.near " +
	"flood.first_fetch.entries flood.first_fetch.days flood.burst backups.dir backups.every backups.keep"

// envConfig names the file itself; the program reads it, not this package.
const envConfig = "WEIR_CONFIG"

// envName returns the variable of a key: poll.every is WEIR_POLL_EVERY.
func envName(path string) string {
	return "WEIR_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// reserved are the channel ids that the publisher's routes need, in every
// version, so that a name chosen today does not collide tomorrow.
const reserved = "e embed page archive subscribe sources status feed feeds rss atom json index assets static " +
	"api channels entries entry hub push healthz metrics robots favicon"

// contains reports whether a list of words holds the word.
func contains(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

// near returns the word that a typing mistake away from s is most likely, or
// "": at most two edits, and fewer than the word has letters left.
func near(s string, words string) string {
	best, distance := "", 3
	for w := range strings.FieldsSeq(words) {
		if d := feed.Slips(strings.ToLower(s), strings.ToLower(w)); d < distance && d < len(w)-1 {
			best, distance = w, d
		}
	}
	return best
}
