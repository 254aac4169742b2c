package identity_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// lexicon makes n words that look like a language.
func lexicon(rng *rand.Rand, n int) []string {
	words := make([]string, n)
	for i := range words {
		b := make([]byte, 2+rng.IntN(8))
		for j := range b {
			b[j] = "etaoinshrdlucmfw"[rng.IntN(16)]
		}
		words[i] = string(b)
	}
	return words
}

// article makes an HTML body of about size bytes.
func article(rng *rand.Rand, words []string, size int) string {
	var b strings.Builder
	for b.Len() < size {
		b.WriteString("<p>")
		for range 40 {
			w := words[rng.IntN(len(words))]
			switch rng.IntN(24) {
			case 0:
				fmt.Fprintf(&b, `<a href="https://example.org/%s/">%s</a> `, w, w)
			case 1:
				fmt.Fprintf(&b, "<em>%s</em>, ", w)
			case 2:
				b.WriteString(w + "&rsquo;s ")
			case 3:
				b.WriteString(w + "é ")
			default:
				b.WriteString(w + " ")
			}
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

// feedOf makes a document of n articles of about size bytes.
func feedOf(n, size int) *feed.Document {
	rng := newRand(1)
	words := lexicon(rng, 4000)
	doc := &feed.Document{Items: make([]feed.Item, n), Seen: make([]feed.Known, n)}
	for i := range doc.Items {
		title := fmt.Sprintf("%s %s %s %s %s %d", words[rng.IntN(4000)], words[rng.IntN(4000)], words[rng.IntN(4000)], words[rng.IntN(4000)], words[rng.IntN(4000)], i)
		it := &doc.Items[i]
		it.Title = title
		it.Link = fmt.Sprintf("https://www.blog.example/2026/11/%s/?utm_source=rss", strings.ReplaceAll(title, " ", "-"))
		it.RawID = fmt.Sprintf("https://blog.example/?p=%d", i)
		it.Position, it.Hash = i, uint64(i+1)
		it.Published = time.Date(2026, 11, 1, 0, i, 0, 0, time.UTC)
		it.HTML = article(rng, words, size)
		doc.Seen[i].Hash = it.Hash
	}
	return doc
}

func BenchmarkPrepare(b *testing.B) {
	src := feed.Source{ID: "blog", URL: "https://blog.example/feed"}
	for _, size := range []int{0, 2 << 10, 4 << 10} {
		b.Run(fmt.Sprintf("html=%d", size), func(b *testing.B) {
			const items = 50
			doc := feedOf(items, size)
			seen := append([]feed.Known(nil), doc.Seen...)
			b.ReportAllocs()
			for b.Loop() {
				copy(doc.Seen, seen)
				identity.Prepare(src, doc, nil)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*items), "ns/item")
		})
	}
}

func BenchmarkMaterial(b *testing.B) {
	doc := feedOf(1, 3<<10)
	b.ReportAllocs()
	b.SetBytes(int64(len(doc.Items[0].HTML)))
	for b.Loop() {
		identity.Material(&doc.Items[0].Content)
	}
}

func BenchmarkDecide(b *testing.B) {
	src := feed.Source{ID: "blog", URL: "https://blog.example/feed"}
	doc := feedOf(17, 3<<10)
	identity.Prepare(src, doc, nil)
	holders := make([]identity.Holder, 16)
	for i := range holders {
		it := &doc.Items[i]
		holders[i] = identity.Holder{Slug: it.Traits.Slugs[0].Text, Source: "other", Traits: it.Traits, Link: it.Link, Published: it.Published}
		holders[i].Traits.Slugs = doc.Items[16].Traits.Slugs
	}
	n := &identity.Newcomer{Source: "blog", Item: &doc.Items[16], Published: doc.Items[16].Published}
	b.ReportAllocs()
	for b.Loop() {
		identity.Decide(n, holders, identity.Rules{Guard: true})
	}
}

func BenchmarkBands(b *testing.B) {
	doc := feedOf(1, 3<<10)
	identity.Prepare(feed.Source{ID: "blog"}, doc, nil)
	b.ReportAllocs()
	for b.Loop() {
		identity.Bands(&doc.Items[0].Traits.Sketch)
	}
}

func BenchmarkCanonical(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		identity.Canonical("https://www.blog.example/2026/11/a-title-of-some-words/?utm_source=rss&utm_medium=feed&b=2&a=1#top")
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }
