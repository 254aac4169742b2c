package parse_test

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"slices"
)

// scraps are what mutants are broken with: items that are nested, stray,
// prefixed and in the wrong case, and every mark that markup is made of.
var scraps = []string{
	"<item>", "</item>", "<entry>", "</entry>", "<item/>", "<x:item>", "</x:item>", "<ITEM>", "</Item>", "<rss:item>", "<atom:entry>",
	"<item><title>n</title></item>", "<entry><id>n</id></entry>", `<item xmlns="u"><a/></item>`, `<item xmlns:x="u">`,
	"<channel>", "</channel>", "</rss>", "</feed>", "</title>", "<title>", "<description>", "</description>",
	"<![CDATA[", "]]>", "<![CDATA[]]>", "]]", "<!--", "-->", "<!-- a -- b -->", "<!DOCTYPE x [", "<?php", "?>", "<?x?>", "<!",
	`"`, "'", "<", ">", "/", "=", "&", "&amp;", "&lt;item&gt;", "&#1;", "&#xD800;", "&bogus;", "&#", ";",
	` xmlns="u"`, " xmlns", ` a="1" a="2"`, " a=b", ` a='`, "</", "/>", "<a b='", "<x:y>", "</x:y>", "<br>", "< ", "\x00", "\xFF", "é",
}

var tagPattern = regexp.MustCompile(`<[^<>]*>`)

// mutant breaks a document in one to three places, mostly at tags.
func mutant(rng *rand.Rand, body []byte) []byte {
	body = slices.Clone(body)
	for range 1 + rng.IntN(3) {
		if len(body) == 0 {
			break
		}
		at := rng.IntN(len(body))
		lo, hi := at, min(len(body), at+1+rng.IntN(20))
		if tag := tagPattern.FindIndex(body[at:]); tag != nil {
			lo, hi = at+tag[0], at+tag[1]
		}
		tag := body[lo:hi]
		switch rng.IntN(9) {
		case 0:
			tag = nil
		case 1:
			tag = slices.Concat(tag, tag)
		case 2:
			tag = bytes.ReplaceAll(tag, []byte{'"'}, nil)
		case 3:
			tag = bytes.ToUpper(tag)
		case 4: // another prefix
			tag = bytes.Replace(bytes.Replace(tag, []byte("</"), []byte("</q:"), 1), []byte("<"), []byte("<q:"), 1)
		case 5:
			k := rng.IntN(len(tag))
			tag = slices.Delete(slices.Clone(tag), k, min(len(tag), k+1+rng.IntN(3)))
		case 6:
			k := rng.IntN(len(tag) + 1)
			tag = slices.Concat(tag[:k], []byte(scraps[rng.IntN(len(scraps))]), tag[k:])
		case 7:
			tag = slices.Concat([]byte(scraps[rng.IntN(len(scraps))]), tag)
		case 8:
			tag = slices.Concat(tag, []byte(scraps[rng.IntN(len(scraps))]))
		}
		body = slices.Concat(body[:lo], tag, body[hi:])
	}
	return body
}
