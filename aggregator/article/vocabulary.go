package article

import "strings"

// word is what a key of the front matter, a label or a <meta> element means.
type word uint8

const (
	wordIgnored word = iota
	wordTitle
	wordSlug
	wordAddress
	wordID
	wordSummary
	wordDate
	wordRelease
	wordUpdated
	wordExpires
	wordDraft
	wordSeparator
	wordPublish
	wordAuthors
	wordAuthorEmail
	wordAuthorURL
	wordBio
	wordTags
	wordKeywords
	wordImage
	wordLanguage
	wordCanonical
	wordExternal
	wordEnclosure
	wordRights
)

// vocabulary lists the keys that other publishing tools made usual, folded as
// foldKey does. Of several that mean one thing, the one that stands first here
// wins, wherever it stands in the file.
var vocabulary = [...]struct {
	key  string
	word word
}{
	{"title", wordTitle}, {"headline", wordTitle},
	{"slug", wordSlug}, {"permalink", wordAddress}, {"url", wordAddress},
	{"id", wordID}, {"guid", wordID}, {"uid", wordID}, {"uuid", wordID},
	{"summary", wordSummary}, {"description", wordSummary}, {"excerpt", wordSummary}, {"abstract", wordSummary},
	{"standfirst", wordSummary}, {"dek", wordSummary}, {"lead", wordSummary}, {"subtitle", wordSummary},
	{"date", wordDate}, {"pubdate", wordDate}, {"published", wordPublish}, {"publish", wordPublish},
	{"publishedat", wordDate}, {"datepublished", wordDate}, {"publisheddate", wordDate}, {"publishedtime", wordDate},
	{"publishdate", wordRelease}, {"created", wordDate}, {"createdat", wordDate},
	{"updated", wordUpdated}, {"lastmod", wordUpdated}, {"updateddate", wordUpdated}, {"modified", wordUpdated},
	{"updatedat", wordUpdated}, {"datemodified", wordUpdated}, {"modifiedtime", wordUpdated},
	{"lastmodified", wordUpdated}, {"lastmodifiedat", wordUpdated},
	{"expirydate", wordExpires}, {"expires", wordExpires}, {"unpublish", wordExpires},
	{"unpublishdate", wordExpires}, {"expirationtime", wordExpires},
	{"draft", wordDraft}, {"headless", wordDraft}, {"eleventyexcludefromcollections", wordDraft},
	{"excerptseparator", wordSeparator},
	{"author", wordAuthors}, {"authors", wordAuthors}, {"byline", wordAuthors}, {"creator", wordAuthors}, {"by", wordAuthors},
	{"authoremail", wordAuthorEmail}, {"authorurl", wordAuthorURL},
	{"bio", wordBio}, {"authorbio", wordBio}, {"biography", wordBio}, {"abouttheauthor", wordBio},
	{"tags", wordTags}, {"tag", wordTags}, {"categories", wordTags}, {"category", wordTags}, {"topics", wordTags},
	{"keywords", wordKeywords},
	{"image", wordImage}, {"cover", wordImage}, {"heroimage", wordImage}, {"featuredimage", wordImage},
	{"coverimage", wordImage}, {"featureimage", wordImage}, {"thumbnail", wordImage}, {"images", wordImage}, {"banner", wordImage},
	{"lang", wordLanguage}, {"language", wordLanguage}, {"locale", wordLanguage},
	{"canonical", wordCanonical}, {"canonicalurl", wordCanonical},
	{"externalurl", wordExternal}, {"link", wordExternal},
	{"enclosure", wordEnclosure}, {"enclosures", wordEnclosure}, {"podcast", wordEnclosure}, {"audio", wordEnclosure},
	{"video", wordEnclosure}, {"attachments", wordEnclosure},
	{"rights", wordRights}, {"license", wordRights}, {"licence", wordRights}, {"copyright", wordRights},
	// Known elsewhere, without meaning here: no near miss of the above.
	{"layout", wordIgnored}, {"type", wordIgnored}, {"weight", wordIgnored}, {"aliases", wordIgnored},
	{"redirectfrom", wordIgnored}, {"series", wordIgnored}, {"toc", wordIgnored}, {"menu", wordIgnored},
	{"stage", wordIgnored}, {"state", wordIgnored}, {"status", wordIgnored}, {"math", wordIgnored}, {"comments", wordIgnored},
	{"cssclass", wordIgnored}, {"cssclasses", wordIgnored}, {"build", wordIgnored}, {"resources", wordIgnored},
	{"params", wordIgnored}, {"extra", wordIgnored}, {"taxonomies", wordIgnored}, {"page", wordIgnored},
}

// foldKey makes publishDate, publish_date and Publish-Date one key.
func foldKey(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '_' || r == '-' || r == ' ':
			return -1
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, key)
}

// nearMiss is the known key that an unknown one was probably meant to be, or
// nothing: one slip of the fingers, two in long keys.
func nearMiss(key string) string {
	if len(key) < 3 || len(key) > 24 {
		return ""
	}
	best, least := "", 3
	for _, v := range vocabulary {
		if v.key == key {
			return ""
		}
		if d := slips(key, v.key); d < least {
			best, least = v.key, d
		}
	}
	if least == 2 && len(key) < 8 || least > 1 && len(best) < 8 || least > 0 && len(best) < 4 {
		return ""
	}
	return best
}

// slips counts the letters to drop, add, change or swap between two keys.
func slips(a, b string) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 {
		return 3
	}
	var rows [3][]int
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows[0], rows[1], rows[2] = last, row, before
	}
	return rows[1][len(b)]
}
