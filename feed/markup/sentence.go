package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// FirstSentence returns the first sentence of a plain text, to stand for the
// title of an item that has none. A sentence of more than max characters is cut
// between two words, or where there are none between two characters, and ends
// in an ellipsis, which counts.
func FirstSentence(text string, max int) string {
	text = Chars(strings.Join(strings.Fields(cut(text, sentenceReach(max))), " "))
	text = cut(text, (max+1)*utf8.UTFMax) // a longer sentence is cut anyway
	if end := sentenceEnd(text); utf8.RuneCountInString(text[:end]) <= max {
		return strings.TrimSpace(text[:end])
	}
	return ellipsis(text, max)
}

// sentenceReach is how many bytes can matter for max characters: more than
// that of white space in front is not looked through.
func sentenceReach(max int) int { return (max + 64) * utf8.UTFMax * 4 }

// sentenceEnd returns where the first sentence of a text ends: behind a mark
// that ends one and what closes with it, where a space and no lower case
// follows.
func sentenceEnd(text string) int {
	for i, r := range text {
		if !strings.ContainsRune(".!?…。！？", r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		for end < len(text) {
			next, size := utf8.DecodeRuneInString(text[end:])
			if !strings.ContainsRune(".!?…。！？\"'”’»)]」』", next) {
				break
			}
			end += size
		}
		if r > 0x3000 || end == len(text) {
			return end
		}
		if text[end] == ' ' && !(r == '.' && goesOn(text[:i], text[end+1:])) {
			return end
		}
	}
	return len(text)
}

// goesOn reports whether the full stop between two pieces of text only
// shortens a word.
func goesOn(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	if unicode.IsLower(next) {
		return true
	}
	word := before[strings.LastIndexByte(before, ' ')+1:]
	word = strings.TrimLeft(word, "(\"'“‘")
	if utf8.RuneCountInString(word) == 1 {
		r, _ := utf8.DecodeRuneInString(word)
		return unicode.IsUpper(r) && r != 'I'
	}
	switch strings.ToLower(word) {
	case "mr", "mrs", "ms", "dr", "prof", "st", "vs", "e.g", "i.e", "cf", "jr", "sr", "approx", "fig", "vol",
		"u.s", "a.m", "p.m", "bzw", "z.b", "nr":
		return true
	}
	return false
}

// ellipsis returns text cut to max characters with an ellipsis.
func ellipsis(text string, max int) string {
	if max < 1 {
		return ""
	}
	end, space := len(text), 0
	count := 0
	for i, r := range text {
		if r == ' ' {
			space = i
		}
		if count == max-1 {
			end = i
			break
		}
		count++
	}
	if space > end/2 {
		end = space
	}
	return strings.TrimRight(text[:end], " ,;:-–—(") + "…"
}
