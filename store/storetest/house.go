package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// noon is when every test begins.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// clock is the engine's; only the test moves it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// house is an engine under test with a configuration.
type house struct {
	t     *testing.T
	clock *clock
	*Engine
	cfg store.Configuration
	// seen has the windows that were looked at, by channel.
	seen map[string]feed.Window
}

func newHouse(t *testing.T, open Open) *house {
	h := &house{t: t, clock: &clock{t: noon}, seen: make(map[string]feed.Window)}
	h.Engine = open(t, h.clock.now)
	h.cfg = store.Configuration{
		Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"},
		Rules:    identity.Rules{Guard: true},
	}
	t.Cleanup(func() {
		h.reopen()
		if err := h.A.Check(); err != nil {
			t.Errorf("Check: %v", err)
		}
		h.close()
	})
	return h
}

func (h *house) close() {
	for _, s := range []store.Store{h.A, h.B} {
		if err := s.Close(); err != nil {
			h.t.Errorf("Close: %v", err)
		}
	}
}

// reopen is a restart of the program.
func (h *house) reopen() {
	h.close()
	h.A, h.B = h.Reopen()
	h.configure()
}

func (h *house) configure() {
	h.t.Helper()
	if err := h.A.Configure(h.cfg); err != nil {
		h.t.Fatalf("Configure: %v", err)
	}
	if err := h.A.Await(context.Background()); err != nil {
		h.t.Fatalf("Await: %v", err)
	}
}

// blog is a feed with a site of its own.
func blog(id string) feed.Source {
	return feed.Source{ID: id, URL: "https://" + id + ".example/feed.xml", Group: id + ".example"}
}

// sources configures blogs.
func (h *house) sources(ids ...string) {
	h.t.Helper()
	h.cfg.Sources = nil
	for _, id := range ids {
		h.cfg.Sources = append(h.cfg.Sources, blog(id))
	}
	h.configure()
}

// settled configures blogs and ends the first cycle of a store that has read
// nothing.
func (h *house) settled(ids ...string) {
	h.t.Helper()
	h.sources(ids...)
	h.settle()
}

func (h *house) settle() feed.Outcome {
	h.t.Helper()
	o, err := h.A.Settle()
	if err != nil {
		h.t.Fatalf("Settle: %v", err)
	}
	return o
}

func (h *house) source(id string) feed.Source {
	i := slices.IndexFunc(h.cfg.Sources, func(s feed.Source) bool { return s.ID == id })
	return h.cfg.Sources[i]
}

// post is an item at home with its source: the same name is the same item.
func post(source, name, title string, published time.Time) feed.Item {
	link := "https://" + source + ".example/" + name
	return feed.Item{
		Content: feed.Content{Title: title, Link: link, HTML: "<p>" + title + " is told by " + source + ".</p>"},
		RawID:   link, Published: published,
	}
}

// document prepares what a source's feed holds.
func (h *house) document(source string, items ...feed.Item) *feed.Document {
	doc := &feed.Document{
		Format:  "RSS 2.0",
		Profile: feed.Profile{Title: "Blog " + source, Link: "https://" + source + ".example/"},
		Items:   slices.Clone(items),
	}
	for i := range items {
		doc.Items[i].Hash = uint64(len(items[i].HTML))<<32 + uint64(i) + 1
	}
	identity.Prepare(h.source(source), doc, nil)
	return doc
}

// claim claims sources by id, without regard to due times.
func (h *house) claim(s store.Store, ids ...string) []feed.Claim {
	h.t.Helper()
	claims, _, err := s.Claim(feed.ClaimQuery{
		N: len(ids), Lease: time.Minute, Since: h.clock.now().Add(time.Hour), Sources: ids,
	})
	if err != nil || len(claims) != len(ids) {
		h.t.Fatalf("Claim(%v) = %d claims, %v", ids, len(claims), err)
	}
	return claims
}

// report is what polling a claimed source came to: due again in an hour.
func (h *house) report(c feed.Claim, doc *feed.Document) feed.Report {
	now := h.clock.now()
	p := feed.PollState{Due: now.Add(time.Hour), Interval: time.Hour, Tried: now, Succeeded: now, Status: 200, Readings: c.State.Poll.Readings}
	if doc == nil && !c.State.Doc.Partial || doc != nil && doc.Proves() {
		p.Readings++
	}
	if doc != nil {
		p.Validators = feed.Validators{URL: c.Source.URL, Final: c.Source.URL, ETag: fmt.Sprintf(`"%d"`, len(doc.Items))}
	} else {
		p.Status, p.Validators = 304, c.State.Poll.Validators
	}
	return feed.Report{Source: c.Source.ID, Token: c.Token, Poll: p, Document: doc}
}

// poll claims a source and commits a document of it.
func (h *house) poll(source string, items ...feed.Item) feed.Outcome {
	h.t.Helper()
	return h.pollDocument(source, h.document(source, items...))
}

func (h *house) pollDocument(source string, doc *feed.Document) feed.Outcome {
	h.t.Helper()
	return h.commit(h.A, h.report(h.claim(h.A, source)[0], doc))[0]
}

// commit commits reports that must be accepted.
func (h *house) commit(s store.Store, reports ...feed.Report) []feed.Outcome {
	h.t.Helper()
	outcomes, err := s.Commit(reports)
	if err != nil {
		h.t.Fatalf("Commit: %v", err)
	}
	for _, o := range outcomes {
		if o.Status != feed.Committed {
			h.t.Fatalf("Commit: source %s: status %d: %s", o.Source, o.Status, o.Reason)
		}
	}
	return outcomes
}

// window reads a whole channel.
func (h *house) window(channel string) feed.Window {
	h.t.Helper()
	w, err := h.B.Window(feed.Query{Channel: channel, Limit: 1000})
	if err != nil {
		h.t.Fatalf("Window(%s): %v", channel, err)
	}
	h.known(channel, w)
	return w
}

// known checks that an entry whose revision did not move since the last look at
// the channel did not change either, and need not be read.
func (h *house) known(channel string, w feed.Window) {
	h.t.Helper()
	had, revisions := make(map[string]feed.Placed), make(map[string]uint64)
	for _, e := range h.seen[channel].Entries {
		had[e.Slug], revisions[e.Slug] = e, e.Revision
	}
	h.seen[channel] = w
	again, err := h.B.Window(feed.Query{Channel: channel, Limit: 1000, Known: revisions})
	if err != nil || len(again.Entries) != len(w.Entries) {
		h.t.Fatalf("Window(%s) of what is known: %d entries of %d, %v", channel, len(again.Entries), len(w.Entries), err)
	}
	for i, e := range w.Entries {
		before, ok := had[e.Slug]
		same := ok && before.Revision == e.Revision
		want := e
		if same {
			if diff := cmp.Diff(before, e); diff != "" {
				h.t.Errorf("entry %s changed and its revision did not move (-before +now):\n%s", e.Slug, diff)
			}
			want = feed.Placed{Entry: feed.Entry{Slug: e.Slug}, Revision: e.Revision, Arrival: e.Arrival, Known: true}
		}
		if diff := cmp.Diff(want, again.Entries[i]); diff != "" {
			h.t.Errorf("entry %s, known at %d (-want +got):\n%s", e.Slug, before.Revision, diff)
		}
	}
}

// slugs lists a window's slugs in order.
func slugs(w feed.Window) []string {
	list := []string{}
	for _, e := range w.Entries {
		list = append(list, e.Slug)
	}
	return list
}

// entry reads one entry.
func (h *house) entry(slug string) feed.Entry {
	h.t.Helper()
	e, err := h.B.Entry(slug)
	if err != nil {
		h.t.Fatalf("Entry(%s): %v", slug, err)
	}
	return e
}

// tellers lists the sources telling an entry, the owner first.
func tellers(e feed.Entry) []string {
	var list []string
	for _, s := range e.Sightings {
		list = append(list, s.Source)
	}
	return list
}

func (h *house) revision(channel string) uint64 {
	h.t.Helper()
	r, err := h.B.Revisions()
	if err != nil {
		h.t.Fatalf("Revisions: %v", err)
	}
	return r[channel]
}

// status reads what an operator sees of a source.
func (h *house) status(source string) feed.SourceStatus {
	h.t.Helper()
	list, err := h.B.Sources()
	if err != nil {
		h.t.Fatalf("Sources: %v", err)
	}
	i := slices.IndexFunc(list, func(s feed.SourceStatus) bool { return s.Source.ID == source })
	if i < 0 {
		h.t.Fatalf("Sources: %s is not listed", source)
	}
	profiles, err := h.A.Profiles()
	if err != nil || len(profiles) != len(list) {
		h.t.Fatalf("Profiles: %d of %d sources, %v", len(profiles), len(list), err)
	}
	want := &feed.Described{Source: list[i].Source, Profile: list[i].State.Doc.Profile}
	if diff := cmp.Diff(want, profiles[i]); diff != "" {
		h.t.Errorf("Profiles (-want +got):\n%s", diff)
	}
	if again, err := h.A.Profiles(); err != nil || !slices.Equal(again, profiles) {
		h.t.Errorf("Profiles tells sources that did not change by other pointers, %v", err)
	}
	return list[i]
}
