package identity

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"weir/feed"
)

// How many words make a slug telling: a publisher chose a link's slug, while a
// title's is only a title.
const (
	tellingLink  = 3
	tellingTitle = 5
)

// candidates lists the slugs by which an item could be known, best first: the
// explicit one of a local article, the link's (empty when it has none), the
// title's.
func candidates(explicit, fromLink slugText, title string) []feed.SlugCandidate {
	list := make([]feed.SlugCandidate, 0, 3)
	add := func(s slugText, telling int) {
		if s.text == "" {
			return
		}
		// What was cut off may be what tells the parts of a series apart.
		c := feed.SlugCandidate{Text: s.text, Telling: s.words >= telling && !s.cut && !commonplace(s.text)}
		for i := range list {
			if list[i].Text == c.Text {
				list[i].Telling = list[i].Telling || c.Telling
				return
			}
		}
		list = append(list, c)
	}
	add(explicit, tellingLink)
	add(fromLink, tellingLink)
	if t := slugify(title); !t.lossy {
		add(t, tellingTitle)
	}
	return list
}

// linkSlug returns what the last segment of a link says of the story, empty
// when it says nothing: numbers, dates, versions, tokens, routes, and pages
// that a query chooses.
func linkSlug(a *address) slugText {
	if a.query != "" {
		return slugText{}
	}
	segment := a.path[strings.LastIndexByte(a.path, '/')+1:]
	if strings.IndexByte(segment, '%') >= 0 {
		decoded, err := url.PathUnescape(segment)
		if err != nil || !utf8.ValidString(decoded) {
			return slugText{}
		}
		segment = decoded
	}
	segment = trimExtension(segment)
	if uuid(segment) {
		return slugText{}
	}
	segment = trimAffixes(segment)
	if opaque(segment) {
		return slugText{}
	}
	s := slugify(segment)
	if s.lossy || numbered(s.text) || route(s.text) {
		return slugText{}
	}
	return s
}

// trimExtension drops a page's file extension.
func trimExtension(segment string) string {
	i := strings.LastIndexByte(segment, '.')
	if i <= 0 {
		return segment
	}
	switch strings.ToLower(segment[i+1:]) {
	case "html", "htm", "xhtml", "shtml", "phtml", "php", "php3", "php5", "asp", "aspx", "jsp", "jspx", "jhtml", "do",
		"cgi", "cfm", "pl", "md", "markdown", "txt", "rst", "adoc", "pdf", "xml", "json", "rss", "atom",
		"mp3", "m4a", "mp4", "m4v", "ogg", "opus", "webm", "jpg", "jpeg", "png", "gif", "webp":
		return segment[:i]
	}
	return segment
}

// trimAffixes drops the ids that systems put before and behind the words:
// 12345-title, title-1a2b3c4d, title_12 (Blogger). Dates stay: they tell the
// days of a daily apart; and so do the parts_of_a_series_2.
func trimAffixes(segment string) string {
	if i := strings.IndexByte(segment, '-'); i >= 4 && i+1 < len(segment) && digits(segment[:i]) && !year(segment[:i]) && !date(segment[:i]) {
		segment = segment[i+1:]
	}
	if i := len(segment) - uuidLen; i > 1 && segment[i-1] == '-' && uuid(segment[i:]) {
		segment = segment[:i-1]
	}
	if i := strings.LastIndexByte(segment, '_'); i > 0 && i+1 < len(segment) && digits(segment[i+1:]) && strings.IndexByte(segment, '_') == i {
		segment = segment[:i]
	}
	if i := strings.LastIndexByte(segment, '-'); i > 0 && len(segment)-i > 8 && hexadecimal(segment[i+1:]) && !date(segment[i+1:]) {
		segment = segment[:i]
	}
	return segment
}

// opaque reports whether a segment is one token that only a machine reads:
// hexadecimal or base64.
func opaque(segment string) bool {
	var lower, upper, digit, turns int
	for i := range len(segment) {
		c := segment[i]
		switch {
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			upper++
		case isDigit(c):
			digit++
		case c == '=' || c == '~':
		default:
			return false // a separator, or a letter outside ASCII
		}
		if i > 0 && isDigit(c) != isDigit(segment[i-1]) {
			turns++
		}
	}
	switch {
	case digit > 0 && len(segment) >= 6 && hexadecimal(segment):
		return true
	case turns >= 3, upper > 0 && lower > 0 && digit > 0 && len(segment) >= 8:
		return true
	}
	return len(segment) > 24 // nobody writes so long a word
}

// numbered reports whether a slug names nothing but a place in a row: numbers,
// dates, versions, and the words that stand before them.
func numbered(slug string) bool {
	found := false
	for word := range strings.SplitSeq(slug, "-") {
		number := strings.TrimLeft(word, letters)
		if !ordinal(word[:len(word)-len(number)]) {
			return false
		}
		// 1.0.0rc2, 2.1b
		rest := strings.TrimLeft(number, "0123456789")
		if suffix := strings.TrimRight(rest, "0123456789"); suffix != "" && !prerelease(suffix) {
			return false
		}
		found = found || number != ""
	}
	return found
}

const letters = "abcdefghijklmnopqrstuvwxyz"

// ordinal reports whether a word only stands before a number.
func ordinal(word string) bool {
	switch word {
	case "", "v", "r", "ver", "version", "release", "rev", "revision", "build", "beta", "alpha", "rc", "pre", "dev", "nightly",
		"ep", "episode", "no", "nr", "number", "issue", "part", "day", "week", "vol", "volume", "chapter", "season":
		return true
	}
	return false
}

// prerelease reports whether letters inside a version number are of it.
func prerelease(word string) bool {
	switch word {
	case "a", "b", "c", "rc", "alpha", "beta", "pre", "dev", "post", "m", "p":
		return true
	}
	return false
}

// route reports whether a slug is a part of a site's machinery rather than the
// name of a story.
func route(slug string) bool {
	switch slug {
	case "watch", "item", "items", "view", "show", "read", "node", "story", "stories", "status", "statuses", "post",
		"posts", "article", "articles", "archive", "archives", "entry", "entries", "episode", "episodes", "release",
		"releases", "tag", "tags", "index", "feed", "feeds", "rss", "atom", "default", "home", "main", "page", "pages",
		"news", "blog", "detail", "details", "comments", "permalink", "viewtopic", "showthread", "topic", "thread",
		"video", "videos", "photo", "photos", "podcast", "audio", "download", "downloads", "latest", "print", "amp":
		return true
	}
	return false
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func hexadecimal(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == "" }

const uuidLen = 36

func uuid(s string) bool {
	return len(s) == uuidLen && s[8] == '-' && hexadecimal(strings.ReplaceAll(s, "-", ""))
}

// date reports whether digits are a year, a month and a day.
func date(s string) bool {
	return len(s) == 8 && digits(s) && year(s[:4]) && s[4:6] <= "12" && s[6:] <= "31"
}

func year(s string) bool { return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") }
