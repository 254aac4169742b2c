package identity_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
)

// archive follows the store's contract as far as identity is concerned: one
// entry a story, found under the names of its owner's traits.
type archive struct {
	rules   identity.Rules
	entries []*record
	names   map[string][]*record
	slugs   map[string]*record
	ids     map[string]bool
	counts  map[string]int
	told    map[string]*record // by source and key
	found   int                // newcomers that were compared with a holder
}

// record is an entry with what a store keeps beside it.
type record struct {
	Slug, ID           string
	Owner              string // by source and key
	Published, Updated time.Time
	Title, Link, Text  string
	Sightings          []string
	rank               identity.Rank
	traits             feed.Traits
	language           string
	past               identity.Past
}

// source is the source that owns the entry.
func (r *record) source() string {
	source, _, _ := strings.Cut(r.Owner, "/")
	return source
}

func newArchive(rules identity.Rules) *archive {
	return &archive{
		rules: rules, names: map[string][]*record{}, slugs: map[string]*record{},
		ids: map[string]bool{}, counts: map[string]int{}, told: map[string]*record{},
	}
}

// report is one source's document in a commit.
type report struct {
	src feed.Source
	doc *feed.Document
}

// commit decides the reports' items in the one order.
func (a *archive) commit(reports []report, now time.Time) {
	var news []*identity.Newcomer
	for _, r := range reports {
		for i := range r.doc.Items {
			it := &r.doc.Items[i]
			published, _ := identity.Dates(it, true, time.Time{}, now)
			news = append(news, &identity.Newcomer{
				Source: r.src.ID, Rank: identity.Rank{Priority: r.src.Priority, Home: it.Traits.Home},
				Item: it, Published: published, Dedupe: r.src.Dedupe,
			})
		}
	}
	slices.SortFunc(news, identity.Order)
	for _, n := range news {
		a.tell(n, now)
	}
}

func (a *archive) tell(n *identity.Newcomer, now time.Time) {
	teller := n.Source + "/" + n.Item.Key.String()
	if r := a.told[teller]; r != nil {
		if r.Owner != teller {
			return
		}
		if e := identity.Revise(r.past, n.Item, now); e.Replace {
			r.past = e.Past
			a.replace(r, n)
		}
		return
	}
	var candidates []*record
	for _, name := range identity.Names(&n.Item.Traits) {
		for _, r := range a.names[name] {
			if !slices.Contains(candidates, r) && len(candidates) < 16 {
				candidates = append(candidates, r)
			}
		}
	}
	slices.SortFunc(candidates, func(x, y *record) int {
		return cmp.Compare(slices.Index(a.entries, x), slices.Index(a.entries, y))
	})
	holders := make([]identity.Holder, len(candidates))
	for i, r := range candidates {
		holders[i] = identity.Holder{
			Slug: r.Slug, Source: r.source(), Rank: r.rank, Traits: r.traits,
			Link: r.Link, Language: r.language, Published: r.Published,
		}
	}
	if len(holders) > 0 {
		a.found++
	}
	v := identity.Decide(n, holders, a.rules)
	if v.Holder < 0 {
		a.told[teller] = a.create(n, now)
	} else {
		r := candidates[v.Holder]
		a.told[teller] = r
		if v.TakesOver {
			r.Owner, r.rank = teller, n.Rank
			r.past.Stated = time.Time{}
			r.past = identity.Revise(r.past, n.Item, now).Past
			a.replace(r, n)
		}
	}
	a.told[teller].Sightings = append(a.told[teller].Sightings, teller)
}

func (a *archive) create(n *identity.Newcomer, now time.Time) *record {
	r := &record{Owner: n.Source + "/" + n.Item.Key.String(), rank: n.Rank, Published: n.Published}
	r.Slug = identity.Slug(n.Item, n.Source, func(slug string) (string, bool) {
		if held := a.slugs[slug]; held != nil {
			return held.source(), true
		}
		return "", false
	}, func(base string) int { a.counts[base]++; return a.counts[base] + 1 })
	r.ID = identity.PublishedID(identity.Site{Host: "planet.example", Since: "2026-11-20"}, n.Source, n.Item, func(id string) bool { return a.ids[id] })
	r.past = identity.Begin(n.Item, n.Published, now)
	a.slugs[r.Slug], a.ids[r.ID] = r, true
	a.entries = append(a.entries, r)
	a.replace(r, n)
	return r
}

// replace gives an entry the content of its owner.
func (a *archive) replace(r *record, n *identity.Newcomer) {
	it := n.Item
	r.Title, r.Link, r.Text, r.language, r.traits, r.Updated = it.Title, it.Link, it.HTML, it.Language, it.Traits, r.past.Updated
	for _, name := range identity.Names(&it.Traits) {
		if !slices.Contains(a.names[name], r) {
			a.names[name] = append(a.names[name], r)
		}
	}
}

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

// The outcome of a commit does not depend on the order of its reports and of
// their items.
func TestOrderWithinACommit(t *testing.T) {
	joined := 0
	for seed := range uint64(300) {
		w := newWorld(seed)
		reports := w.reports(6, 6)
		one := newArchive(guarded)
		one.commit(prepare(reports, nil), noon)
		for range 4 {
			other := newArchive(guarded)
			other.commit(prepare(reports, w.rng), noon)
			if diff := gocmp.Diff(one.entries, other.entries, gocmp.FilterPath(func(p gocmp.Path) bool {
				f, ok := p.Last().(gocmp.StructField)
				return ok && f.Name()[0] >= 'a'
			}, gocmp.Ignore())); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
		}
		for _, r := range one.entries {
			if len(r.Sightings) > 1 {
				joined++
			}
		}
	}
	if joined < 300 {
		t.Errorf("only %d entries have several sightings: the worlds hardly collide", joined)
	}
}

// No source of equal or lower rank changes an entry, whatever it says
// (XF01 to XF07); nothing changes a slug, an id or a published date; nothing
// that was told is lost.
func TestNoTakeoverByEquals(t *testing.T) {
	const pairs = 10_000
	collided, taken := 0, 0
	var w *world
	for seed := range uint64(pairs) {
		if seed%50 == 0 {
			w = newWorld(seed)
		}
		reports := prepare([]report{{w.source(0), document(w.item(0))}, {w.source(1), document(w.item(1))}}, nil)
		a := newArchive(guarded)
		a.commit(reports[:1], noon)
		before := *a.entries[0]
		a.commit(reports[1:], noon.Add(time.Hour))
		after := *a.entries[0]
		collided += a.found

		rank := identity.Rank{Priority: reports[1].src.Priority, Home: reports[1].doc.Items[0].Traits.Home}
		if after.Slug != before.Slug || after.ID != before.ID || !after.Published.Equal(before.Published) {
			t.Fatalf("seed %d: %+v became %+v", seed, before, after)
		}
		if after.Owner != before.Owner {
			taken++
		}
		changed := after.Title != before.Title || after.Link != before.Link || after.Text != before.Text || after.Owner != before.Owner
		if changed && !rank.Above(before.rank) {
			t.Fatalf("seed %d: an item of rank %+v changed %+v into %+v", seed, rank, before, after)
		}
		if len(a.told) != 2 {
			t.Fatalf("seed %d: %d items told", seed, len(a.told))
		}
	}
	if collided < pairs/5 {
		t.Errorf("%d of %d pairs collide, want a fifth", collided, pairs)
	}
	if taken == 0 {
		t.Error("no pair of higher rank took over: the test proves nothing")
	}
	t.Logf("%d of %d pairs collide, %d taken over", collided, pairs, taken)
}

// Over many commits slugs and ids stay unique, valid and what they were.
func TestAssignedOnce(t *testing.T) {
	for seed := range uint64(60) {
		w := newWorld(seed)
		a := newArchive(guarded)
		type fixed struct {
			slug, id  string
			published time.Time
		}
		assigned := map[*record]fixed{}
		for round := range 6 {
			a.commit(prepare(w.reports(5, 5), w.rng), noon.Add(time.Duration(round)*time.Hour))
			slugs, ids := map[string]bool{}, map[string]bool{}
			for _, r := range a.entries {
				f, ok := assigned[r]
				if now := (fixed{r.Slug, r.ID, r.Published}); !ok {
					assigned[r] = now
				} else if f != now {
					t.Fatalf("seed %d: %v became %v", seed, f, now)
				}
				if !feed.ValidSlug(r.Slug) || slugs[r.Slug] || ids[r.ID] || r.Updated.Before(r.Published) {
					t.Fatalf("seed %d: slug %q or id %q is invalid or twice there, or updated %v before %v", seed, r.Slug, r.ID, r.Updated, r.Published)
				}
				slugs[r.Slug], ids[r.ID] = true, true
			}
		}
	}
}

// Telling the same documents again changes nothing.
func TestToldAgain(t *testing.T) {
	for seed := range uint64(60) {
		w := newWorld(seed)
		reports := w.reports(5, 5)
		a := newArchive(guarded)
		a.commit(prepare(reports, nil), noon)
		var before []record
		for _, r := range a.entries {
			c := *r
			c.Sightings = slices.Clone(r.Sightings)
			before = append(before, c)
		}
		a.commit(prepare(reports, w.rng), noon.Add(time.Hour))
		for i, r := range a.entries {
			if i >= len(before) || r.Slug != before[i].Slug || r.Title != before[i].Title || r.Text != before[i].Text || len(r.Sightings) != len(before[i].Sightings) {
				t.Fatalf("seed %d: entry %d is now %+v", seed, i, r)
			}
		}
	}
}
