package rule

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"weir/feed"
)

// Words returns a rule that wants entries in whose title, tags or text one of
// the words or phrases to include stands, if there are any, and none of those to
// exclude. Case does not matter. A word stands where no letter or digit touches
// it; in scripts that are written without spaces it may stand anywhere. Without
// words the rule is nil.
func Words(include, exclude []string) *Rule {
	in, out := phrases(include), phrases(exclude)
	if len(in) == 0 && len(out) == 0 {
		return nil
	}
	w := &words{include: in, exclude: out}
	return &Rule{match: w.match, digest: digest("words", digest("include", in...), digest("exclude", out...))}
}

type words struct{ include, exclude []string }

// phrases folds a list and leaves out what is empty.
func phrases(list []string) []string {
	var folded []string
	for _, s := range list {
		if s = feed.Fold(s); s != "" {
			folded = append(folded, s)
		}
	}
	return folded
}

// match looks at the title and the tags first, since reading the text costs
// more.
func (w *words) match(e *feed.Entry) bool {
	found := len(w.include) == 0
	for _, s := range head(e) {
		if contains(s, w.exclude) {
			return false
		}
		found = found || contains(s, w.include)
	}
	if found && len(w.exclude) == 0 {
		return true
	}
	body := feed.Fold(plainText(e))
	return (found || contains(body, w.include)) && !contains(body, w.exclude)
}

// head returns the folded title and tags of an entry.
func head(e *feed.Entry) []string {
	return append(appendTags(nil, e), feed.Fold(e.Title))
}

// contains reports whether one of the phrases stands in s; all are folded.
func contains(s string, phrases []string) bool {
	for _, p := range phrases {
		if stands(s, p) {
			return true
		}
	}
	return false
}

// stands reports whether p stands in s as a whole.
func stands(s, p string) bool {
	first, _ := utf8.DecodeRuneInString(p)
	last, _ := utf8.DecodeLastRuneInString(p)
	for at := 0; ; {
		i := strings.Index(s[at:], p)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(s[:at])
		after, _ := utf8.DecodeRuneInString(s[at+len(p):])
		if !touches(before, first) && !touches(last, after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
}

// touches reports whether two neighbours belong to one word.
func touches(a, b rune) bool { return wordly(a) && wordly(b) && !spaceless(a) && !spaceless(b) }

func wordly(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// spaceless reports whether r belongs to a script that is written without
// spaces between words.
func spaceless(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}
