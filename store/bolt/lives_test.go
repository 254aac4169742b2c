package bolt_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

// lives is a store through random years: sources tell the same stories, come
// and go, show items no longer, and the operator has opinions.
type lives struct {
	t     *testing.T
	r     *rand.Rand
	clock *clock
	path  string
	store *bolt.Store
	// there are the configured sources, shown what each showed last.
	there []string
	shown map[string][]feed.Item
	// kept is what of an entry may never change, by slug.
	kept map[string]feed.Entry
	// tended says that nothing was done since Tend.
	tended bool
	said   []string
}

const (
	lifeSources = 6
	lifeStories = 12
)

func (l *lives) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatalf("%v\nafter %q", err, l.said)
	}
}

func (l *lives) say(format string, args ...any) {
	l.said = append(l.said, fmt.Sprintf(format, args...))
}

func (l *lives) source(id string) feed.Source {
	src := feed.Source{ID: id, URL: "https://" + id + ".example/feed"}
	switch id {
	case "s0":
		src.Priority = 100
	case "s1":
		src.Gone = feed.GoneDrop
	case "s2": // it points at what s3 tells
		src.Site = "https://elsewhere.example/"
	}
	return src
}

func (l *lives) configure() {
	cfg := store.Configuration{
		Channels: []feed.Channel{{ID: feed.ChannelAll}, {ID: "odd", Digest: "1", Match: func(e *feed.Entry) bool { return len(e.Sightings)%2 == 1 }}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"}, Rules: identity.Rules{Guard: true}, Confirmed: true,
	}
	for _, id := range l.there {
		cfg.Sources = append(cfg.Sources, l.source(id))
	}
	l.must(l.store.Configure(cfg))
}

// telling is a story as one source tells it.
func (l *lives) telling(id string, n int) feed.Item {
	name := fmt.Sprintf("the-long-way-home-part-%c", 'a'+n)
	link := "https://" + id + ".example/" + name
	if id == "s2" && n%3 == 0 {
		link = "https://s3.example/" + name
	}
	return feed.Item{
		Content: feed.Content{Title: "The long way home part " + string(rune('A'+n)), Link: link, HTML: fmt.Sprintf("<p>Told by %s.</p>", id)},
		RawID:   id + strconv.Itoa(n), Published: benchNow.Add(-time.Duration(n) * time.Hour),
	}
}

func (l *lives) poll() {
	if len(l.there) == 0 {
		return
	}
	id := l.there[l.r.IntN(len(l.there))]
	claims, _, err := l.store.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: l.clock.now().Add(time.Hour), Sources: []string{id}})
	l.must(err)
	if len(claims) != 1 {
		return
	}
	c := claims[0]
	doc := &feed.Document{Profile: feed.Profile{Title: id, Link: "https://" + id + ".example/"}}
	for n := range lifeStories {
		if l.r.IntN(4) == 0 {
			continue
		}
		it := l.telling(id, n)
		if l.r.IntN(8) == 0 {
			it.HTML += "<p>Edited " + l.clock.now().Format(time.DateOnly) + ".</p>"
		}
		if l.r.IntN(60) == 0 {
			it.RawID += "-again" // its id changed
		}
		it.Hash = l.r.Uint64() | 1
		doc.Items = append(doc.Items, it)
	}
	identity.Prepare(l.source(id), doc, nil)
	poll := feed.PollState{Tried: l.clock.now(), Succeeded: l.clock.now(), Readings: c.State.Poll.Readings + 1}
	out, err := l.store.Commit([]feed.Report{{Source: id, Token: c.Token, Poll: poll, Document: doc}})
	l.must(err)
	o := out[0]
	l.say("poll %s %d", id, len(doc.Items))
	if o.Status != feed.Committed || o.Added+o.Joined+o.Changed+o.Same+o.Rejected != len(doc.Items) {
		l.t.Fatalf("outcome %+v of %d items: some were lost\nafter %q", o, len(doc.Items), l.said)
	}
	l.shown[id] = doc.Items
}

// everything lists all entries.
func (l *lives) everything() []feed.Entry {
	var all []feed.Entry
	for q := (feed.Selection{Limit: 1000}); ; {
		list, err := l.store.List(q)
		l.must(err)
		all = append(all, list.Entries...)
		if q.After = list.Next; q.After == "" {
			return all
		}
	}
}

func (l *lives) any(states ...feed.EntryState) *feed.Entry {
	all := slices.DeleteFunc(l.everything(), func(e feed.Entry) bool { return !slices.Contains(states, e.State) })
	if len(all) == 0 {
		return nil
	}
	return &all[l.r.IntN(len(all))]
}

func (l *lives) operate() {
	living := []feed.EntryState{feed.StatePlaced, feed.StateWithdrawn, feed.StateRetired}
	x, y := l.any(living...), l.any(living...)
	if x == nil {
		return
	}
	switch l.r.IntN(5) {
	case 0:
		l.say("remove %s", x.Slug)
		l.must(l.store.Remove(x.Slug))
	case 1, 2:
		l.say("join %s %s", x.Slug, y.Slug)
		l.must(l.store.Join(x.Slug, y.Slug))
	default:
		sg := x.Sightings[l.r.IntN(len(x.Sightings))]
		l.say("split %s %s", x.Slug, sg.Source)
		if err := l.store.Split(x.Slug, sg.Source); !errors.Is(err, store.ErrAlone) && !errors.Is(err, store.ErrNotFound) {
			l.must(err)
		}
	}
}

func (l *lives) step() {
	l.tended = false
	switch l.r.IntN(20) {
	case 0, 1:
		l.there = nil
		for n := range lifeSources {
			if l.r.IntN(4) > 0 {
				l.there = append(l.there, fmt.Sprintf("s%d", n))
			}
		}
		l.say("configure %v", l.there)
		l.configure()
	case 2, 3:
		l.operate()
	case 4, 5, 6:
		l.say("tend")
		_, err := l.store.Tend()
		l.must(err)
		l.tended = true
	case 7:
		l.say("reopen")
		l.must(l.store.Close())
		l.store = open(l.t, l.path, l.clock.now)
		l.configure()
	case 8:
		l.clock.advance(16 * 24 * time.Hour)
		l.say("half a month")
	default:
		l.poll()
		l.clock.advance(9 * time.Hour)
	}
	l.check()
}

// check holds the file and what can be read against what must always be true.
func (l *lives) check() {
	l.t.Helper()
	if err := l.store.Check(); err != nil {
		l.t.Fatalf("%v\nafter %q", err, l.said)
	}
	all := l.everything()
	l.unchanged(all)
	told := make(map[string]*feed.Entry)
	for i := range all {
		e := &all[i]
		for _, sg := range e.Sightings {
			if e.State == feed.StateJoined {
				continue
			}
			at := sg.Source + sg.Key.String()
			if other := told[at]; other != nil {
				l.t.Fatalf("%s tells %s and %s\nafter %q", sg.Source, other.Slug, e.Slug, l.said)
			}
			told[at] = e
		}
	}
	if l.tended {
		l.published(told)
	}
}

// unchanged holds slugs, ids, published dates and places against what they
// were, for as long as there is the entry (U7).
func (l *lives) unchanged(all []feed.Entry) {
	now := make(map[string]feed.Entry, len(all))
	ids := make(map[string]bool, len(all))
	for _, e := range all {
		now[e.Slug] = e
		if ids[e.ID] {
			l.t.Fatalf("two entries have the id %s\nafter %q", e.ID, l.said)
		}
		ids[e.ID] = true
		was, ok := l.kept[e.Slug]
		moved := !was.Place.Equal(e.Place) && was.State != feed.StateHeld // what waited gets its place then
		if ok && (was.ID != e.ID || !was.Published.Equal(e.Published) || moved) {
			l.t.Fatalf("%s was %s, %v, placed %v, and is %s, %v, placed %v\nafter %q",
				e.Slug, was.ID, was.Published, was.Place, e.ID, e.Published, e.Place, l.said)
		}
	}
	for slug, was := range l.kept {
		_, there := now[slug]
		_, leads := now[was.Into]
		if !there && !l.mayForget(was) && (was.State != feed.StateJoined || leads) {
			l.t.Fatalf("%s is lost\nafter %q", slug, l.said)
		}
	}
	l.kept = now
}

// mayForget tells whether whoever told an entry, when it was last seen, is not
// configured any more.
func (l *lives) mayForget(e feed.Entry) bool {
	return !slices.ContainsFunc(e.Sightings, func(sg feed.Sighting) bool { return slices.Contains(l.there, sg.Source) })
}

// published holds documents against the configuration: nothing in them is of
// anybody who left, and what somebody shows is there unless the operator
// removed it.
func (l *lives) published(told map[string]*feed.Entry) {
	w, err := l.store.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1000})
	if errors.Is(err, store.ErrFounding) {
		return
	}
	l.must(err)
	in := make(map[string]bool)
	for _, e := range w.Entries {
		in[e.Slug] = true
		for _, sg := range e.Sightings {
			if !slices.Contains(l.there, sg.Source) {
				l.t.Fatalf("%s is published and told by %s, which left\nafter %q", e.Slug, sg.Source, l.said)
			}
		}
	}
	for _, id := range l.there {
		for _, it := range l.shown[id] {
			e := told[id+it.Key.String()]
			if e == nil {
				continue // under a key that it has no more, or another's
			}
			if !in[e.Slug] && e.State != feed.StateRemoved && e.State != feed.StateWithdrawn {
				l.t.Fatalf("%s shows %s, which is %s and not published\nafter %q", id, e.Slug, e.State, l.said)
			}
		}
	}
}

// Through years of polls, sources that come and go, and verdicts of the
// operator the file stays whole, nothing that was published changes its name
// or date, nothing is lost, and nothing is published of whoever left (XF11,
// XK30). WEIR_LIVES is how many lives are lived, 12 without it.
func TestLives(t *testing.T) {
	n := uint64(12)
	if s := os.Getenv("WEIR_LIVES"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 32); err != nil {
			t.Fatalf("WEIR_LIVES: %v", err)
		}
	}
	for seed := range n {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			l := &lives{
				t: t, r: rand.New(rand.NewPCG(seed, 17)), clock: clockAt(benchNow), path: filepath.Join(t.TempDir(), "weir.db"),
				shown: make(map[string][]feed.Item), kept: make(map[string]feed.Entry),
				there: []string{"s0", "s1", "s2", "s3"},
			}
			l.store = open(t, l.path, l.clock.now)
			l.configure()
			_, err := l.store.Settle()
			l.must(err)
			for range 150 {
				l.step()
			}
			l.must(l.store.Close())
		})
	}
}
