package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// now is the instant at which everything is polled first.
var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const (
	vocabulary = 20_000
	// topic is the part of the words that an article repeats: so tuned that
	// zstd packs bodies to half, as it does those of real feeds.
	topic = 0.25
	// bodySize is the length of an article's HTML at most; with its other
	// fields an entry has about 3.2 kB.
	bodySize = 3200
	// retold is the part of the stories that a second source tells too.
	retold = 0.05
	years  = 8
)

// planet makes the documents of many sources, the same ones at every run. A
// story depends on its source and number alone, so that it is made when it is
// needed and by whoever needs it.
type planet struct {
	sources int
	words   []string
}

func newPlanet(sources int) *planet {
	r := rand.New(rand.NewPCG(1, 2))
	p := &planet{sources: sources, words: make([]string, vocabulary)}
	for i := range p.words {
		// Frequent words are short, as in every language.
		for range 1 + r.IntN(2+int(math.Log10(float64(i+1)))) {
			p.words[i] += string("bcdfghjklmnpqrstvwxz"[r.IntN(20)]) + string("aeiou"[r.IntN(5)])
			if r.IntN(2) == 0 {
				p.words[i] += string("bcdfgklmnprstwxy"[r.IntN(16)])
			}
		}
	}
	return p
}

func (p *planet) id(source int) string { return fmt.Sprintf("source-%04d", source) }

// configuration has all sources, and a channel of everything beside one of a
// third.
func (p *planet) configuration() store.Configuration {
	c := store.Configuration{
		Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"},
		Rules:    identity.Rules{Guard: true},
	}
	for i := range p.sources {
		c.Sources = append(c.Sources, p.source(i))
	}
	return c
}

func (p *planet) source(i int) feed.Source {
	host := p.id(i) + ".example"
	return feed.Source{ID: p.id(i), URL: "https://" + host + "/feed", Group: host}
}

// word returns a word as frequent as its rank allows (Zipf).
func (p *planet) word(r *rand.Rand) string {
	return p.words[int(math.Pow(vocabulary, r.Float64()))-1]
}

// rare returns any word.
func (p *planet) rare(r *rand.Rand) string { return p.words[r.IntN(vocabulary)] }

// shown is how many items a document shows at least.
const shown = 20

// document is what a source shows: its items first to last-1, newest first, and
// behind them as much as there is room for of what it showed before, which is
// known and therefore not read again.
func (p *planet) document(source, first, last int, before []feed.Known) *feed.Document {
	host := p.id(source) + ".example"
	doc := &feed.Document{
		Format:  "RSS 2.0",
		Profile: feed.Profile{Title: "The blog of " + p.words[source%vocabulary], Link: "https://" + host + "/", Language: "en"},
	}
	for n := last - 1; n >= first; n-- {
		it := p.story(source, n)
		if r := p.dice(source, n, 3); r.Float64() < retold && source > 0 {
			it = p.retelling(r, p.story(r.IntN(source), n), host, n)
		}
		it.Position = len(doc.Items)
		doc.Items = append(doc.Items, it)
		doc.Seen = append(doc.Seen, feed.Known{Hash: it.Hash})
	}
	if room := max(shown, len(before)) - len(doc.Seen); room > 0 {
		doc.Seen = append(doc.Seen, before[:min(room, len(before))]...)
	}
	identity.Prepare(p.source(source), doc, before)
	return doc
}

func (p *planet) dice(source, n int, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(source)<<32|uint64(n), purpose))
}

// story is an article of the source's own.
func (p *planet) story(source, n int) feed.Item {
	r := p.dice(source, n, 1)
	title := make([]string, 4+r.IntN(6))
	for i := range title {
		if title[i] = p.rare(r); i%3 == 2 {
			title[i] = p.word(r)
		}
	}
	link := fmt.Sprintf("https://%s.example/%d/%02d/%s", p.id(source), 2018+n%years, 1+r.IntN(12), strings.Join(title, "-"))
	author := p.words[source%vocabulary] + " " + p.words[(source*7+n%3)%vocabulary]
	it := feed.Item{
		Content: feed.Content{
			Title: strings.ToUpper(title[0][:1]) + strings.Join(title, " ")[1:], Link: link, HTML: p.prose(r), Language: "en",
			Authors:  []feed.Person{{Name: author}},
			Tags:     []feed.Tag{{Term: p.words[r.IntN(300)]}, {Term: p.words[r.IntN(300)]}, {Term: p.words[r.IntN(3000)]}},
			Comments: link + "#comments",
		},
		RawID: link, Hash: r.Uint64() | 1,
		// One story after the other, the last of a source in these days.
		Published: now.AddDate(-years, 0, 0).Add(time.Duration(n)*years*44*time.Hour - time.Duration(r.IntN(4e9))*40*time.Microsecond),
	}
	if r.IntN(3) == 0 {
		it.RawID = "https://" + p.id(source) + ".example/?p=" + strconv.Itoa(1000+n)
	}
	return it
}

// retelling is a story as another source tells it: the same text under an
// address of its own, some hours later.
func (p *planet) retelling(r *rand.Rand, it feed.Item, host string, n int) feed.Item {
	it.Link = fmt.Sprintf("https://%s/%d/%s", host, n, it.Link[strings.LastIndexByte(it.Link, '/')+1:])
	it.RawID, it.Comments, it.Hash = it.Link, it.Link+"#comments", it.Hash+1
	it.Published = it.Published.Add(time.Duration(1+r.IntN(20)) * time.Hour)
	return it
}

// prose is a body: paragraphs with links and emphasis here and there.
func (p *planet) prose(r *rand.Rand) string {
	var b strings.Builder
	b.Grow(bodySize + 200)
	size := bodySize - r.IntN(600)
	about := make([]string, 24)
	for i := range about {
		about[i] = p.word(r) + " " + p.rare(r)
	}
	for b.Len() < size {
		b.WriteString("<p>")
		for i, n := 0, 40+r.IntN(60); i < n && b.Len() < size; i++ {
			switch r.IntN(60) {
			case 0:
				fmt.Fprintf(&b, `<a href="https://%s.example/%s/%s">%s %s</a>`, p.rare(r), p.rare(r), p.rare(r), p.word(r), p.word(r))
			case 1:
				fmt.Fprintf(&b, `<img src="https://%s.example/%x.jpg" alt="%s">`, p.rare(r), r.Uint64(), p.word(r))
			case 2:
				word := p.word(r)
				b.WriteString(strings.ToUpper(word[:1]) + word[1:])
			default:
				if r.Float64() < topic {
					b.WriteString(about[r.IntN(len(about))])
				} else {
					b.WriteString(p.word(r))
				}
			}
			b.WriteString([...]string{" ", " ", " ", " ", " ", " ", " ", ", ", ", ", ". "}[r.IntN(10)])
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

// size counts the bytes of an item's texts: what any store would have to keep.
func size(it *feed.Item) int {
	n := len(it.Title) + len(it.Link) + len(it.HTML) + len(it.Language) + len(it.RawID) + len(it.Comments) + 2*8
	for _, a := range it.Authors {
		n += len(a.Name)
	}
	for _, t := range it.Tags {
		n += len(t.Term)
	}
	return n
}
