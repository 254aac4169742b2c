package identity_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"weir/feed"
	"weir/feed/identity"
)

// bands are those of a text.
func bands(words []string) []uint64 {
	it := prepared(blog("a"), feed.Item{Content: content("T", "", strings.Join(words, " "))})
	return identity.Bands(&it.Traits.Sketch)
}

// meet reports whether two texts find each other.
func meet(a, b []string) bool {
	x := bands(a)
	return slices.ContainsFunc(bands(b), func(band uint64) bool { return slices.Contains(x, band) })
}

// jaccard is what bands and sketches estimate: the part of the different runs of
// three words of both texts that both have.
func jaccard(a, b []string) float64 {
	runs := func(words []string) map[[3]string]bool {
		set := make(map[[3]string]bool, len(words))
		for i := range len(words) - 2 {
			set[[3]string(words[i:i+3])] = true
		}
		return set
	}
	x, y := runs(a), runs(b)
	shared := 0
	for run := range x {
		if y[run] {
			shared++
		}
	}
	return float64(shared) / float64(len(x)+len(y)-shared)
}

// speech makes texts as people write them: some words are everywhere.
func speech(rng *rand.Rand, words []string, n int) []string {
	zipf := rand.NewZipf(rng, 1.1, 3, uint64(len(words)-1))
	text := make([]string, n)
	for i := range text {
		text[i] = words[zipf.Uint64()]
	}
	return text
}

// edits are ways in which somebody else's copy of a text differs, by n words
// more at every step.
var edits = []struct {
	name string
	edit func(rng *rand.Rand, words, text []string, n int) []string
}{
	{"words replaced", func(rng *rand.Rand, words, text []string, n int) []string {
		text = slices.Clone(text)
		for range n/3 + 1 {
			text[rng.IntN(len(text))] = words[rng.IntN(len(words))]
		}
		return text
	}},
	{"end cut off", func(_ *rand.Rand, _, text []string, n int) []string { return text[:len(text)-n] }},
	{"preface", func(rng *rand.Rand, words, text []string, n int) []string {
		return slices.Concat(speech(rng, words, n), text)
	}},
	{"interjections", func(rng *rand.Rand, words, text []string, n int) []string {
		at := rng.IntN(len(text))
		return slices.Insert(slices.Clone(text), at, speech(rng, words, n)...)
	}},
}

// copied changes a text until one step more would leave less than r.
func copied(rng *rand.Rand, words, text []string, r float64, edit func(rng *rand.Rand, words, text []string, n int) []string) []string {
	from := text
	for {
		next := edit(rng, words, text, max(1, len(from)/60))
		if jaccard(from, next) < r {
			return text
		}
		text = next
	}
}

// Copies of a text that resemble it by 0.8 share a band with it in 98 of 100
// cases, whatever their length and wherever they differ; texts that have
// nothing in common, or only the phrases that all texts of a kind share,
// hardly ever do.
func TestBands(t *testing.T) {
	rng := newRand(41)
	words := lexicon(rng, 5000)
	for _, e := range edits {
		found, pairs := 0, 0
		for range 500 {
			a := speech(rng, words, 60+rng.IntN(60)*rng.IntN(20))
			b := copied(rng, words, a, 0.8, e.edit)
			if len(b) < 48 {
				continue
			}
			pairs++
			if meet(a, b) {
				found++
			}
		}
		t.Logf("%s: %d of %d copies found", e.name, found, pairs)
		if pairs < 400 || 100*found < 98*pairs {
			t.Errorf("%s: %d of %d copies found, want 98 %%", e.name, found, pairs)
		}
	}

	phrase := speech(rng, words, 15)
	for _, tt := range []struct {
		name   string
		phrase []string
		most   int // of a million pairs
	}{{"nothing in common", nil, 1}, {"a phrase in common", phrase, 1000}} {
		const texts = 3000
		const pairs = texts * (texts - 1) / 2
		bearers, met := make(map[uint64]int), 0
		for range texts {
			for _, band := range bands(slices.Concat(speech(rng, words, 60+rng.IntN(400)), tt.phrase)) {
				met += bearers[band]
				bearers[band]++
			}
		}
		t.Logf("%s: %d of %d pairs share a band", tt.name, met, pairs)
		if met > pairs*tt.most/1_000_000 {
			t.Errorf("%s: %d of %d pairs share a band", tt.name, met, pairs)
		}
	}
}

// Short texts, and those that say little, have no bands: they are like each
// other by chance.
func TestNoBands(t *testing.T) {
	rng := newRand(42)
	words := lexicon(rng, 500)
	for _, tt := range []struct {
		name string
		text []string
		want int
	}{
		{"47 words", speech(rng, words, 47), 0},
		{"48 words", speech(rng, words, 48), 8},
		{"one word, often", slices.Repeat([]string{"ha"}, 5000), 0},
		{"94 characters", []string{characters(rng, 94)}, 0},
		{"96 characters", []string{characters(rng, 96)}, 8},
	} {
		got := bands(tt.text)
		if len(got) != tt.want {
			t.Errorf("%s: %d bands, want %d", tt.name, len(got), tt.want)
		}
		if slices.Sort(got); len(slices.Compact(got)) != tt.want {
			t.Errorf("%s: two bands are one", tt.name)
		}
	}
}

// characters makes a text of n characters in a script without spaces.
func characters(rng *rand.Rand, n int) string {
	text := make([]rune, n)
	for i := range text {
		text[i] = '一' + rng.Int32N(5000)
	}
	return string(text)
}

// Bands are stored: changed ones would find nothing.
func TestBandsAreStable(t *testing.T) {
	text := strings.Fields(prose(43, 300))
	if got, want := bands(text)[0], uint64(0x372a4921790401ba); got != want {
		t.Errorf("band = %#x, want %#x", got, want)
	}
}

// Stories with nothing in common but the text are one where the operator wants
// it, unless language or host speak against it; everything else is a stronger
// reason (I22).
func TestNear(t *testing.T) {
	const changed = 10 // of 200 words, in one place: 94 % are the same
	other := head(textA, 200-changed) + " " + head(textB, changed)
	half := head(textA, 100) + " " + head(textB, 100)
	a := telling{source: "a", title: "The story of a town", link: "https://a.example/1", html: textA, at: noon, lang: "en"}
	b := telling{source: "b", title: "Something else entirely", link: "https://b.example/9", html: other, at: noon.AddDate(1, 0, 0), lang: "en-GB"}
	near := func(least float64) identity.Rules {
		return identity.Rules{By: feed.BySlug, Guard: true, Near: least}
	}
	for _, tt := range []struct {
		name   string
		change func(a, b *telling)
		rules  identity.Rules
		want   bool
	}{
		{"near, a year apart", func(_, _ *telling) {}, near(0.8), true},
		{"not wanted", func(_, _ *telling) {}, guarded, false},
		{"without the guard", func(_, _ *telling) {}, identity.Rules{Near: 0.8}, true},
		{"not near enough", func(_, _ *telling) {}, near(1), false},
		{"the very text", func(_, b *telling) { b.html = textA }, near(1), true},
		{"half", func(_, b *telling) { b.html = half }, near(0.8), false},
		{"half is enough", func(_, b *telling) { b.html = head(textA, 150) + " " + head(textB, 50) }, near(0.5), true},
		{"a part of it", func(_, b *telling) { b.html = head(textA, 100) }, near(0.8), false},
		{"short", func(a, b *telling) { a.html = head(textA, 47); b.html = a.html }, near(0.8), false},
		{"another language", func(_, b *telling) { b.lang = "de" }, near(0.8), false},
		{"another page of one host", func(_, b *telling) { b.link = "https://a.example/2" }, near(0.8), false},
		{"one source", func(a, b *telling) { b.source, b.link = a.source, "https://elsewhere.example/2" }, near(0.8), false},
		{"a source that joins by links", func(_, b *telling) { b.dedupe = feed.ByLink }, near(0.8), false},
		{"a source that joins nothing", func(_, b *telling) { b.dedupe = feed.ByNone }, near(0.8), false},
		{"a generic slug under another title", func(a, b *telling) {
			a.link, b.link = "https://a.example/hello", "https://b.example/hello"
		}, near(0.8), true},
	} {
		x, y := a, b
		tt.change(&x, &y)
		for _, order := range [][2]telling{{x, y}, {y, x}} {
			n := order[1].newcomer()
			n.Dedupe = y.dedupe
			v := identity.Decide(n, []identity.Holder{order[0].holder()}, tt.rules)
			if (v.Holder == 0) != tt.want {
				t.Errorf("%s, %s first: %+v", tt.name, order[0].source, v)
			}
		}
	}

	// Whatever else speaks for a holder is stronger.
	slug := telling{source: "c", title: "Other", link: "https://c.example/the-great-story", html: "few words", at: noon}
	n := telling{source: "b", title: "x", link: "https://b.example/the-great-story", html: other, at: noon}.newcomer()
	if v := identity.Decide(n, []identity.Holder{a.holder(), slug.holder()}, near(0.8)); v.Holder != 1 {
		t.Errorf("nearness went before a telling slug: %+v", v)
	}
}
