package identity_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// world makes items that collide in every way: few stories, few forms of each.
type world struct {
	rng     *rand.Rand
	stories []string // titles
	texts   []string
}

func newWorld(seed uint64) *world {
	w := &world{rng: newRand(seed)}
	words := lexicon(w.rng, 300)
	for i := range 5 {
		n := 1 + w.rng.IntN(7)
		title := make([]string, n)
		for j := range title {
			title[j] = words[w.rng.IntN(len(words))]
		}
		w.stories = append(w.stories, strings.Join(title, " "))
		w.texts = append(w.texts, prose(seed+uint64(i), 20+w.rng.IntN(200)))
	}
	return w
}

// source makes the i-th source; some have a neighbour's site, a priority or a
// mode.
func (w *world) source(i int) feed.Source {
	src := blog(fmt.Sprint("s", i))
	switch w.rng.IntN(8) {
	case 0:
		src.Priority = w.rng.IntN(3) * 50
	case 1:
		src.Site = "https://s0.example"
	case 2:
		src.Dedupe = feed.Dedupe(w.rng.IntN(3))
	}
	return src
}

// item makes an item of source i that tells one of the stories somehow.
func (w *world) item(i int) feed.Item {
	s := w.rng.IntN(len(w.stories))
	title, text := w.stories[s], w.texts[s]
	it := feed.Item{Published: noon.Add(-time.Duration(w.rng.IntN(200)) * 24 * time.Hour)}
	switch w.rng.IntN(4) {
	case 0:
		text = head(text, 20)
	case 1:
		text = w.texts[w.rng.IntN(len(w.texts))]
	}
	it.HTML = "<p>" + text + "</p>"
	it.Title = title
	if w.rng.IntN(4) == 0 {
		it.Title = w.stories[w.rng.IntN(len(w.stories))]
	}
	host := fmt.Sprintf("s%d.example", i)
	if w.rng.IntN(3) == 0 {
		host = "s0.example"
	}
	switch slug := strings.ReplaceAll(title, " ", "-"); w.rng.IntN(5) {
	case 0:
		it.Link = "https://" + host + "/"
	case 1:
		it.Link = fmt.Sprintf("https://%s/%d", host, s)
	default:
		it.Link = fmt.Sprintf("https://%s/%s", host, slug)
	}
	switch w.rng.IntN(4) {
	case 0:
		it.RawID = it.Link
	case 1:
		it.RawID = fmt.Sprint("urn:story:", s)
	case 2:
		it.RawID = fmt.Sprint(w.rng.IntN(1000))
	}
	if w.rng.IntN(4) == 0 {
		it.Language = []string{"en", "de"}[w.rng.IntN(2)]
	}
	if w.rng.IntN(3) == 0 {
		it.Updated = it.Published.Add(time.Duration(w.rng.IntN(100)) * time.Hour)
	}
	it.Hash = w.rng.Uint64()
	return it
}

// reports makes a commit of n sources with some items each.
func (w *world) reports(n, items int) []report {
	list := make([]report, n)
	for i := range list {
		all := make([]feed.Item, 1+w.rng.IntN(items))
		for j := range all {
			all[j] = w.item(i)
		}
		list[i] = report{w.source(i), document(all...)}
	}
	return list
}

// prepare does what reading the documents does, on copies of their items in an
// order of its own.
func prepare(reports []report, rng *rand.Rand) []report {
	list := make([]report, len(reports))
	for i, r := range reports {
		items := slices.Clone(r.doc.Items)
		if rng != nil {
			rng.Shuffle(len(items), func(x, y int) { items[x], items[y] = items[y], items[x] })
		}
		list[i] = report{r.src, document(items...)}
		identity.Prepare(r.src, list[i].doc, nil)
	}
	if rng != nil {
		rng.Shuffle(len(list), func(x, y int) { list[x], list[y] = list[y], list[x] })
	}
	return list
}

// distinct makes items of one source that nobody could mistake for each other.
func (w *world) distinct(n int) []feed.Item {
	words := lexicon(w.rng, 400)
	items := make([]feed.Item, n)
	for i := range items {
		it := &items[i]
		it.Title = strings.Join(speech(w.rng, words, 6), " ")
		it.HTML = strings.Join(speech(w.rng, words, 5+w.rng.IntN(100)), " ")
		it.Published = noon.Add(-time.Duration(i*1000+w.rng.IntN(1000)) * time.Minute)
		it.RawID = fmt.Sprint(w.rng.Uint64())
		it.Link = fmt.Sprint("https://s0.example/p/", w.rng.Uint64())
		if w.rng.IntN(4) == 0 {
			it.Published = time.Time{} // a title and a text are enough
		}
		it.Hash = w.rng.Uint64()
	}
	return items
}

// churn gives items new ids, and some new links or titles beside it: of link,
// title, date and text at least two stay.
func (w *world) churn(items []feed.Item, round int) []feed.Item {
	items = slices.Clone(items)
	way := w.rng.IntN(4)
	for i := range items {
		it := &items[i]
		it.RawID = fmt.Sprint("urn:round:", round, ":", i)
		it.Hash = w.rng.Uint64()
		switch way {
		case 1:
			it.Link = fmt.Sprintf("https://moved%d.example/p/%d", round, i)
		case 2:
			it.Title += " (edited)"
		case 3:
			it.RawID, it.Link = "", strings.Replace(it.Link, "/p/", fmt.Sprintf("/%d/", round), 1)
		}
	}
	return items
}
