package bolt_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

// model is what a store must be like after operations at random: stories that
// nobody else tells, so that every item is an entry of its own.
type model struct {
	t     *testing.T
	r     *rand.Rand
	clock *clock
	path  string
	store *bolt.Store
	tag   string // what the channel "tagged" selects
	near  float64
	// items are the stories by link, as they were last told.
	items     map[string]feed.Item
	revisions map[string]uint64
	arrivals  map[string]uint64
}

const modelSources = 3

func (m *model) config() store.Configuration {
	tag := m.tag
	cfg := store.Configuration{
		Channels: []feed.Channel{{ID: feed.ChannelAll}, {ID: "tagged", Digest: tag, Match: func(e *feed.Entry) bool {
			time.Sleep(50 * time.Microsecond) // commits come in between
			return slices.ContainsFunc(e.Tags, func(t feed.Tag) bool { return t.Term == tag })
		}}},
		Rules: identity.Rules{Guard: true, Near: m.near},
	}
	for i := range modelSources {
		id := fmt.Sprintf("s%d", i)
		cfg.Sources = append(cfg.Sources, feed.Source{ID: id, URL: "https://" + id + ".example/feed"})
	}
	return cfg
}

func (m *model) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *model) open() {
	m.store = open(m.t, m.path, m.clock.now)
	m.must(m.store.Configure(m.config()))
}

// poll tells new, edited and known stories of some sources in one commit.
func (m *model) poll() {
	claims, _, err := m.store.Claim(feed.ClaimQuery{N: 1 + m.r.IntN(modelSources), Lease: time.Hour, Since: m.clock.now().Add(time.Hour)})
	m.must(err)
	var reports []feed.Report
	for _, c := range claims {
		report := feed.Report{Source: c.Source.ID, Token: c.Token, Poll: feed.PollState{Tried: m.clock.now()}}
		if m.r.IntN(4) > 0 {
			report.Document = m.document(c.Source)
		}
		reports = append(reports, report)
	}
	outcomes, err := m.store.Commit(reports)
	m.must(err)
	for _, o := range outcomes {
		if o.Status != feed.Committed || o.Rejected > 0 || o.Joined > 0 {
			m.t.Fatalf("outcome %+v", o)
		}
	}
}

func (m *model) document(src feed.Source) *feed.Document {
	doc := &feed.Document{Profile: feed.Profile{Title: src.ID}}
	used := make(map[int]bool)
	for range m.r.IntN(6) {
		n := m.r.IntN(40)
		if used[n] {
			continue
		}
		used[n] = true
		it := story(src.ID, n)
		if old, ok := m.items[it.Link]; ok {
			it = old
			if m.r.IntN(2) == 0 { // an edit
				it.HTML += fmt.Sprintf("<p>Edited at %s.</p>", m.clock.now().Format(time.TimeOnly))
				it.Tags = []feed.Tag{{Term: []string{"red", "blue"}[m.r.IntN(2)]}}
			}
		} else {
			it.Tags = []feed.Tag{{Term: []string{"red", "blue"}[m.r.IntN(2)]}}
		}
		m.items[it.Link] = it
		doc.Items = append(doc.Items, it)
	}
	identity.Prepare(src, doc, nil)
	return doc
}

// check compares everything that can be read with the model.
func (m *model) check() {
	m.must(m.store.Await(m.t.Context()))
	m.must(m.store.Check())
	revisions, err := m.store.Revisions()
	m.must(err)
	for id, r := range revisions {
		if r < m.revisions[id] {
			m.t.Fatalf("channel %s: revision %d after %d", id, r, m.revisions[id])
		}
	}
	m.revisions = revisions
	m.channel(feed.ChannelAll, func(feed.Item) bool { return true })
	m.channel("tagged", func(it feed.Item) bool { return it.Tags[0].Term == m.tag })
}

func (m *model) channel(id string, in func(feed.Item) bool) {
	w, err := m.store.Window(feed.Query{Channel: id, Limit: 1 << 20})
	m.must(err)
	got, want := make(map[string]string), make(map[string]string)
	arrivals := make(map[uint64]bool)
	for i, e := range w.Entries {
		if i > 0 && feed.Newer(&w.Entries[i-1].Entry, &e.Entry) >= 0 {
			m.t.Fatalf("channel %s: %s stands before %s", id, w.Entries[i-1].Slug, e.Slug)
		}
		if e.Arrival == 0 || arrivals[e.Arrival] {
			m.t.Fatalf("channel %s: arrival %d of %s is nobody's or somebody else's", id, e.Arrival, e.Slug)
		}
		arrivals[e.Arrival] = true
		if id == feed.ChannelAll {
			if was := m.arrivals[e.Link]; was != 0 && was != e.Arrival {
				m.t.Fatalf("%s: arrival %d was %d", e.Slug, e.Arrival, was)
			}
			m.arrivals[e.Link] = e.Arrival
		}
		got[e.Link] = e.HTML
	}
	for link, it := range m.items {
		if in(it) {
			want[link] = it.HTML
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		m.t.Fatalf("channel %s (-model +store):\n%s", id, diff)
	}
	for n := range uint64(len(arrivals)) {
		if id == feed.ChannelAll && !arrivals[n+1] {
			m.t.Fatalf("arrival %d is missing among %d", n+1, len(arrivals))
		}
	}
}

// Operations at random leave what a plain map would have, and a whole file
// (XK30).
func TestModel(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := &model{
				t: t, r: rand.New(rand.NewPCG(seed, 11)), clock: clockAt(benchNow), tag: "red",
				path:  filepath.Join(t.TempDir(), "weir.db"),
				items: make(map[string]feed.Item), arrivals: make(map[string]uint64),
			}
			m.open()
			for range m.r.IntN(3) {
				m.poll()
				m.clock.advance(26 * time.Hour)
			}
			_, err := m.store.Settle()
			m.must(err)
			for range 40 {
				m.clock.advance(26 * time.Hour) // so that every edit moves updated
				switch m.r.IntN(12) {
				case 0:
					m.must(m.store.Close())
					m.open()
				case 1:
					m.tag = []string{"red", "blue"}[m.r.IntN(2)]
					m.near = []float64{0, 0.8}[m.r.IntN(2)]
					m.must(m.store.Configure(m.config()))
				case 2, 3:
					m.check()
				default:
					m.poll()
				}
			}
			m.check()
			m.must(m.store.Close())
		})
	}
}
