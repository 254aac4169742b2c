package identity_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

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
	sources map[string]*remembered
	found   int // newcomers that were compared with a holder
}

// remembered is what is kept of a source's documents.
type remembered struct {
	known []feed.Known
	read  time.Time
}

// record is an entry with what a store keeps beside it.
type record struct {
	Slug, ID           string
	Owner              string // by source and key
	Published, Updated time.Time
	Title, Link, Text  string
	State              feed.EntryState
	Place              time.Time
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
		sources: map[string]*remembered{},
	}
}

// report is one source's document in a commit.
type report struct {
	src feed.Source
	doc *feed.Document
}

// newcomer is an item with what was decided about it as one of many.
type newcomer struct {
	identity.Newcomer
	state feed.EntryState
	place time.Time
}

func (n *newcomer) teller() string { return n.Source + "/" + n.Item.Key.String() }

// commit decides the reports' items in the one order.
func (a *archive) commit(reports []report, now time.Time) {
	founding := len(a.sources) == 0
	var news []*newcomer
	for _, r := range reports {
		news = append(news, a.read(r, founding, now)...)
	}
	slices.SortFunc(news, func(x, y *newcomer) int { return identity.Order(&x.Newcomer, &y.Newcomer) })
	for _, n := range news {
		a.tell(n, now)
	}
}

// read decides what becomes of a document as a whole.
func (a *archive) read(r report, founding bool, now time.Time) []*newcomer {
	past, first := a.sources[r.src.ID], false
	if past == nil {
		past, first = &remembered{}, true
		a.sources[r.src.ID] = past
	}
	var list, unknown []*newcomer
	for i := range r.doc.Items {
		it := &r.doc.Items[i]
		published, inferred := identity.Dates(it, first, time.Time{}, now)
		n := &newcomer{place: identity.Place(published, now, first), Newcomer: identity.Newcomer{
			Source: r.src.ID, Rank: identity.Rank{Priority: r.src.Priority, Home: it.Traits.Home},
			Item: it, Published: published, Undated: inferred && it.Updated.IsZero(), Dedupe: r.src.Dedupe,
		}}
		list = append(list, n)
		if a.told[n.teller()] == nil {
			unknown = append(unknown, n)
		}
	}
	turn := identity.Turnover{Size: len(r.doc.Seen), Known: len(past.known), Read: past.read}
	if !r.doc.Partial {
		unknown, turn.Vanished = a.moves(r, past, unknown)
		past.known, past.read = r.doc.Seen, now
	}
	dates := make([]time.Time, len(unknown))
	for i, n := range unknown {
		dates[i] = n.Published
		turn.Strangers = append(turn.Strangers, n.Item.Published)
	}
	states, _ := a.rules.Flood.Admit(dates, identity.Arrival{First: first, Founding: founding, Now: now})
	for i, n := range unknown {
		if n.state = states[i]; turn.Moved() {
			n.state = feed.StateHeld
		}
	}
	return list
}

// moves gives the entries of items that came back under new keys those keys,
// and returns the other newcomers and how many items vanished for good.
func (a *archive) moves(r report, past *remembered, unknown []*newcomer) (strangers []*newcomer, vanished int) {
	var gone []identity.Holder
	var records []*record
	for _, k := range past.known {
		if slices.ContainsFunc(r.doc.Seen, func(s feed.Known) bool { return s.Key == k.Key }) {
			continue
		}
		vanished++
		if e := a.told[r.src.ID+"/"+k.Key.String()]; e != nil && e.Owner == r.src.ID+"/"+k.Key.String() {
			gone, records = append(gone, e.holder()), append(records, e)
		}
	}
	news := make([]*identity.Newcomer, len(unknown))
	for i, n := range unknown {
		news[i] = &n.Newcomer
	}
	for i, g := range identity.Moves(news, gone) {
		if g < 0 {
			strangers = append(strangers, unknown[i])
			continue
		}
		vanished--
		e, teller := records[g], unknown[i].teller()
		e.Owner, a.told[teller] = teller, e
	}
	return strangers, vanished
}

// holder is the entry as Decide compares it.
func (r *record) holder() identity.Holder {
	return identity.Holder{
		Slug: r.Slug, Source: r.source(), Rank: r.rank, Traits: r.traits,
		Link: r.Link, Language: r.language, Published: r.Published,
	}
}

// tell decides what becomes of one item.
func (a *archive) tell(n *newcomer, now time.Time) {
	teller := n.teller()
	if r := a.told[teller]; r != nil {
		a.again(r, n, now)
		return
	}
	candidates := a.candidates(&n.Item.Traits)
	holders := make([]identity.Holder, len(candidates))
	for i, r := range candidates {
		holders[i] = r.holder()
	}
	if len(holders) > 0 {
		a.found++
	}
	v := identity.Decide(&n.Newcomer, holders, a.rules)
	if v.Holder < 0 {
		a.told[teller] = a.create(n, now)
	} else {
		a.told[teller] = candidates[v.Holder]
		if v.TakesOver {
			a.takeOver(a.told[teller], n, now)
		}
	}
	a.told[teller].Sightings = append(a.told[teller].Sightings, teller)
}

// again takes an item that told its entry before.
func (a *archive) again(r *record, n *newcomer, now time.Time) {
	teller := n.teller()
	switch {
	case r.Owner != teller:
		if n.Rank.Above(r.rank) {
			a.takeOver(r, n, now)
		}
	default:
		if e := identity.Revise(r.past, n.Item, now); e.Replace {
			r.past = e.Past
			a.replace(r, n)
		}
	}
}

func (a *archive) takeOver(r *record, n *newcomer, now time.Time) {
	r.Owner, r.rank = n.teller(), n.Rank
	r.past.Stated = time.Time{}
	r.past = identity.Revise(r.past, n.Item, now).Past
	a.replace(r, n)
}

// indexed lists under what an entry of these traits is found.
func (a *archive) indexed(t *feed.Traits) []string {
	names := identity.Names(t)
	if a.rules.Near > 0 {
		for _, band := range identity.Bands(&t.Sketch) {
			names = append(names, "n:"+time.Unix(0, int64(band)).String())
		}
	}
	return names
}

// candidates are the oldest entries found under an item's names.
func (a *archive) candidates(t *feed.Traits) []*record {
	var list []*record
	for _, name := range a.indexed(t) {
		for _, r := range a.names[name] {
			if !slices.Contains(list, r) && len(list) < 16 {
				list = append(list, r)
			}
		}
	}
	slices.SortFunc(list, func(x, y *record) int {
		return cmp.Compare(slices.Index(a.entries, x), slices.Index(a.entries, y))
	})
	return list
}

func (a *archive) create(n *newcomer, now time.Time) *record {
	r := &record{
		Owner: n.teller(), rank: n.Rank, Published: n.Published, State: n.state, Place: n.place,
	}
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
func (a *archive) replace(r *record, n *newcomer) {
	for _, name := range a.indexed(&r.traits) {
		a.names[name] = slices.DeleteFunc(a.names[name], func(o *record) bool { return o == r })
	}
	it := n.Item
	r.Title, r.Link, r.Text, r.language, r.traits, r.Updated = it.Title, it.Link, it.HTML, it.Language, it.Traits, r.past.Updated
	for _, name := range a.indexed(&it.Traits) {
		a.names[name] = append(a.names[name], r)
	}
}

// release lets what is held of a source into its channels.
func (a *archive) release(source string, now time.Time) {
	for _, r := range a.entries {
		if r.State == feed.StateHeld && r.source() == source {
			r.State, r.Place = feed.StatePlaced, now
		}
	}
}

// window lists what a subscription document holds: the newest, and all that
// was placed in the last two days.
func (a *archive) window(now time.Time) []*record {
	const limit, most, hold = 50, 300, 48 * time.Hour
	var list []*record
	for _, r := range a.entries {
		if r.State == feed.StatePlaced {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y *record) int { return y.Place.Compare(x.Place) })
	n := min(limit, len(list))
	for n < min(most, len(list)) && list[n].Place.After(now.Add(-hold)) {
		n++
	}
	return list[:n]
}

// snapshot copies what readers and the store see of every entry.
func (a *archive) snapshot() []record {
	list := make([]record, len(a.entries))
	for i, r := range a.entries {
		list[i] = *r
		list[i].Sightings = slices.Clone(r.Sightings)
	}
	return list
}
