package identity

import (
	"slices"
	"strings"
	"unicode/utf8"

	"weir/feed"
)

// The measures of likeness.
const (
	alikeShare    = 0.60 // of the shorter text's shingles in the longer
	strangeShare  = 0.30 // below this two texts are different stories
	titleShare    = 0.70 // of the words of the longer title
	sameTextShare = 0.80 // of an item with a new key and the one it was
	wordyText     = 48   // words that make a text evidence
	fewestWords   = 8    // below this texts are like each other by chance
	fewestSamples = 2    // shingles to judge a share by
)

// titlesEqual reports whether two folded titles are the same.
func titlesEqual(a, b *feed.Sketch) bool { return a.Title != "" && a.Title == b.Title }

// titlesAlike reports whether two titles are equal or share most of their
// words.
func titlesAlike(a, b *feed.Sketch) bool {
	if titlesEqual(a, b) {
		return true
	}
	x, y := titleWords(a.Title), titleWords(b.Title)
	longer := max(len(x), len(y))
	if longer == 0 {
		return false
	}
	shared := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			shared++
		}
	}
	return float64(shared) >= titleShare*float64(longer)
}

// titleWords lists the different words of a folded title; characters of
// scripts without spaces are words.
func titleWords(title string) []string {
	words := make([]string, 0, 16)
	add := func(w string) {
		if w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	for field := range strings.SplitSeq(title, " ") {
		start := 0
		for i, r := range field {
			if spaceless(r) {
				end := i + utf8.RuneLen(r)
				add(field[start:i])
				add(field[i:end])
				start = end
			}
		}
		add(field[start:])
	}
	return words
}

// textsEqual reports whether two texts have the same words.
func textsEqual(a, b *feed.Sketch) bool {
	return a.Words > 0 && a.Words == b.Words && slices.Equal(a.Shingles, b.Shingles)
}

// textsAlike reports whether most of the shorter text stands in the longer.
func textsAlike(a, b *feed.Sketch) bool { return textsShare(a, b, alikeShare) }

func textsShare(a, b *feed.Sketch, least float64) bool {
	if textsEqual(a, b) {
		return true
	}
	if min(a.Words, b.Words) < fewestWords {
		return false
	}
	part, samples := share(a, b)
	return samples >= fewestSamples && part >= least
}

// share estimates which part of the shorter text's shingles the longer text
// has, and by how many samples. With two full sketches it is exact.
func share(a, b *feed.Sketch) (part float64, samples int) {
	if a.Words > b.Words {
		a, b = b, a
	}
	hits, samples, _ := overlap(a, b)
	if samples == 0 {
		return 0, 0
	}
	return float64(hits) / float64(samples), samples
}

// overlap counts the shingles of both texts, and those that they share, in the
// range of hashes that both sketches cover.
func overlap(a, b *feed.Sketch) (shared, ofA, ofB int) {
	x, y := a.Shingles, b.Shingles
	if !a.Full && len(x) > 0 {
		y = upTo(y, x[len(x)-1])
	}
	if !b.Full && len(y) > 0 {
		x = upTo(x, b.Shingles[len(b.Shingles)-1])
	}
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			shared++
			i++
			j++
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return shared, len(x), len(y)
}

// upTo returns the shingles that are at most limit.
func upTo(shingles []uint32, limit uint32) []uint32 {
	n, found := slices.BinarySearch(shingles, limit)
	if found {
		n++
	}
	return shingles[:n]
}
