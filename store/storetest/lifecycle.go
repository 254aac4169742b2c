package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
)

// A source at another address keeps what is remembered of it, but is asked
// without validators and at once (P10).
func testSourceReaddressed(h *house) {
	h.settled("a")
	doc := h.document("a", post("a", "one", "The first", noon))
	doc.Context = 7
	h.pollDocument("a", doc)
	before := h.status("a").State
	h.cfg.Sources[0].URL = "https://a.example/new.xml"
	h.configure()
	_, ids, _ := h.claimed(h.A, feed.ClaimQuery{N: 9})
	h.wantIDs(ids, "a")
	after := h.status("a").State
	if !after.Poll.Validators.IsZero() || !after.Poll.Due.IsZero() {
		h.t.Errorf("poll state %+v; want no validators, due at once", after.Poll)
	}
	before.Doc.Context = 0 // and nothing counts as known
	if diff := cmp.Diff(before.Doc, after.Doc); diff != "" {
		h.t.Errorf("document state changed:\n%s", diff)
	}
}

// A source whose options changed is read again in full, when it is due (P10).
func testSourceReread(h *house) {
	h.settled("a")
	for i, change := range []func(*feed.Source){
		func(s *feed.Source) { s.Filter = "words > 100" },
		func(s *feed.Source) { s.Tags = []string{"tag"} },
		func(s *feed.Source) { s.KeepUntitled = true },
		func(s *feed.Source) { s.Secrets = []string{"hunter2"} }, // what it told must be screened
		func(s *feed.Source) { s.Title = "A name changes nothing that is read" },
	} {
		doc := h.document("a", post("a", "one", "The first", noon))
		doc.Context = 7
		h.pollDocument("a", doc)
		due := h.status("a").State.Poll.Due
		change(&h.cfg.Sources[0])
		h.configure()
		state := h.status("a").State
		want := i < 4
		if state.Poll.Validators.IsZero() != want || (state.Doc.Context == 0) != want || !state.Poll.Due.Equal(due) {
			h.t.Errorf("change %d: %+v, context %d; want it forgotten: %t", i, state.Poll, state.Doc.Context, want)
		}
	}
}

// An item that is at home since the configuration names its site is no pointer
// any more.
func testSourceComesHome(h *house) {
	h.settled("a")
	it := post("a", "one", "The first", noon)
	it.Link = "https://elsewhere.example/one"
	it.HTML = "<p>" + strings.Repeat("words of its own ", 20) + "</p>"
	h.poll("a", it)
	if e := h.entry("one"); e.Traits.Home || e.External != it.Link {
		h.t.Fatalf("home %t, external %q; want a pointer", e.Traits.Home, e.External)
	}
	h.cfg.Sources[0].Site = "https://elsewhere.example/"
	h.configure()
	if o := h.poll("a", it); o.Changed != 1 {
		h.t.Errorf("outcome %+v; want changed", o)
	}
	if e := h.entry("one"); !e.Traits.Home || e.External != "" {
		h.t.Errorf("home %t, external %q; want it at home", e.Traits.Home, e.External)
	}
}

// Feeds that had one name after the other, and number their items alike, get
// ids of their own.
func testIDsOfReusedNames(h *house) {
	h.settled("a")
	for i := range 4 {
		s := feed.Source{ID: "a", URL: fmt.Sprintf("https://n%d.example/feed", i)}
		h.cfg.Sources[0] = s
		h.configure()
		it := post("a", "one", fmt.Sprintf("Number %d", i), noon)
		it.RawID, it.Link = "1", fmt.Sprintf("https://n%d.example/p/1", i)
		h.poll("a", it)
		s.ID = fmt.Sprintf("n%d", i)
		h.cfg.Sources[0] = s
		h.configure()
	}
	ids := make(map[string]bool)
	for _, e := range h.window("all").Entries {
		ids[e.ID] = true
	}
	if len(ids) != 4 {
		h.t.Errorf("ids %v; want 4", ids)
	}
}

// A source under another id is found by its address: its items are known, its
// entries name it, and rules that name sources are asked again.
func testSourceRenamed(h *house) {
	h.cfg.Channels = append(h.cfg.Channels, feed.Channel{
		ID: "named", Digest: "1", Match: func(e *feed.Entry) bool { return e.Source() == "new-name" },
	})
	h.settled("a")
	one := post("a", "one", "The first", noon)
	h.poll("a", one)
	revision := h.revision("all")
	h.cfg.Sources[0].ID = "new-name"
	h.configure()
	if h.revision("all") != revision+1 {
		h.t.Errorf("revision %d; want %d", h.revision("all"), revision+1)
	}
	if e := h.entry("one"); e.Source() != "new-name" {
		h.t.Errorf("owner %s", e.Source())
	}
	if got := slugs(h.window("named")); !slices.Equal(got, []string{"one"}) {
		h.t.Errorf("channel by name: %v", got)
	}
	doc := h.document("new-name", one)
	if o := h.pollDocument("new-name", doc); o.Same != 1 {
		h.t.Errorf("outcome %+v; want the same", o)
	}
}

// A source that is no longer configured is not claimed and not listed, and
// comes back with all that was remembered. Until Tend is called its entries
// stay where they are.
func testSourceRemoved(h *house) {
	h.settled("a", "b")
	h.poll("a", post("a", "one", "The first", noon))
	state := h.status("a").State
	claim := h.claim(h.A, "a")[0]
	h.sources("b")
	if outcomes, err := h.A.Commit([]feed.Report{h.report(claim, nil)}); err != nil || outcomes[0].Status == feed.Committed {
		h.t.Errorf("Commit = %+v, %v; want it refused", outcomes, err)
	}
	_, ids, _ := h.claimed(h.A, feed.ClaimQuery{N: 9})
	h.wantIDs(ids, "b")
	if list, err := h.B.Sources(); err != nil || len(list) != 1 {
		h.t.Errorf("Sources = %d, %v; want 1", len(list), err)
	}
	if e := h.entry("one"); e.Source() != "a" || len(h.window("all").Entries) != 1 {
		h.t.Errorf("owner %s", e.Source())
	}
	h.reopen()
	h.sources("a", "b")
	if diff := cmp.Diff(state, h.status("a").State); diff != "" {
		h.t.Errorf("state (-before +after):\n%s", diff)
	}
}

// Ids that are not valid or not unique are refused, and change nothing.
func testConfigurationIsChecked(h *house) {
	h.settled("a")
	for _, bad := range []store.Configuration{
		{Sources: []feed.Source{{ID: "a"}, {ID: "a"}}},
		{Sources: []feed.Source{{ID: "Not valid"}}},
		{Channels: []feed.Channel{{ID: "all"}, {ID: "all"}}},
		{Channels: []feed.Channel{{ID: ""}}},
	} {
		if err := h.A.Configure(bad); err == nil {
			h.t.Errorf("Configure(%+v) gave no error", bad)
		}
	}
	h.claim(h.A, "a")
	h.window("all")
}

// Entries are found by slug, link in any spelling, upstream and published id,
// and slug candidate.
func testLookups(h *house) {
	h.settled("a")
	one := post("a", "what-is-new", "A title of five good words", noon)
	two := post("a", "numbered", "Numbered", noon)
	two.RawID = "17"
	h.poll("a", one, two)
	minted := h.entry("numbered").ID
	for name, want := range map[string]string{
		"what-is-new":                      "what-is-new",
		"https://a.example/what-is-new":    "what-is-new",
		"http://www.a.example/what-is-new": "what-is-new",
		"a-title-of-five-good-words":       "what-is-new",
		minted:                             "numbered",
	} {
		found, err := h.B.Find(name)
		if err != nil || len(found) != 1 || found[0].Slug != want {
			h.t.Errorf("Find(%s) = %d entries, %v; want %s", name, len(found), err, want)
		}
	}
	for _, name := range []string{"", "nothing", "https://a.example/nothing"} {
		if _, err := h.B.Find(name); !errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("Find(%q) = %v; want ErrNotFound", name, err)
		}
		if _, err := h.B.Entry(name); !errors.Is(err, store.ErrNotFound) {
			h.t.Errorf("Entry(%q) = %v; want ErrNotFound", name, err)
		}
	}
}

// No value that was handed out or in is shared with the store.
func testValuesAreCopies(h *house) {
	h.cfg.Sources = []feed.Source{blog("a")}
	h.cfg.Sources[0].Tags = []string{"kept"}
	h.configure()
	h.settle()
	one := post("a", "one", "The first", noon)
	one.Tags = []feed.Tag{{Term: "kept"}}
	doc := h.document("a", one)
	h.pollDocument("a", doc)
	doc.Items[0].Tags[0].Term = "spoilt"
	w := h.window("all")
	w.Entries[0].Tags[0].Term = "spoilt"
	w.Entries[0].Sightings[0].Source = "spoilt"
	c := h.claim(h.A, "a")[0]
	c.State.Doc.Known[0].Hash = 99
	c.Source.Tags[0] = "spoilt"
	e := h.entry("one")
	if e.Tags[0].Term != "kept" || e.Source() != "a" {
		h.t.Errorf("entry %+v was spoilt", e)
	}
	if st := h.status("a"); st.State.Doc.Known[0].Hash == 99 || st.Source.Tags[0] != "kept" {
		h.t.Errorf("state was spoilt: %+v", st)
	}
}

// A backup is a whole store that goes on from where it was taken (XK17).
func testBackup(h *house) {
	h.settled("a")
	h.poll("a", posts("a", 0, 20)...)
	want := h.window("all")
	s := h.Restore(backup(h.t, h.A))
	h.poll("a", posts("a", 0, 21)...)
	other := &house{t: h.t, clock: h.clock, cfg: h.cfg, seen: make(map[string]feed.Window), Engine: &Engine{A: s, B: s}}
	other.configure()
	if diff := cmp.Diff(want, other.window("all")); diff != "" {
		h.t.Errorf("backup (-want +got):\n%s", diff)
	}
	other.poll("a", posts("a", 0, 22)...)
	if n := len(other.window("all").Entries); n != 22 {
		h.t.Errorf("%d entries after going on; want 22", n)
	}
	if err := errors.Join(s.Check(), s.Close()); err != nil {
		h.t.Error(err)
	}
}

// Every call after Close says so.
func testClosed(h *house) {
	h.settled("a")
	if err := h.A.Close(); err != nil {
		h.t.Fatal(err)
	}
	s := h.A
	for name, call := range map[string]func() error{
		"Configure": func() error { return s.Configure(h.cfg) },
		"Claim":     func() error { _, _, err := s.Claim(feed.ClaimQuery{N: 1}); return err },
		"Release":   func() error { return s.Release(1) },
		"Commit":    func() error { _, err := s.Commit([]feed.Report{{Source: "a"}}); return err },
		"Tend":      func() error { _, err := s.Tend(); return err },
		"Remove":    func() error { return s.Remove("a") },
		"Join":      func() error { return s.Join("a", "b") },
		"Split":     func() error { return s.Split("a", "b") },
		"Settle":    func() error { _, err := s.Settle(); return err },
		"Window":    func() error { _, err := s.Window(feed.Query{Channel: "all"}); return err },
		"Archive":   func() error { _, err := s.Archive("all", 1); return err },
		"Arrivals":  func() error { _, err := s.Arrivals("all", 1); return err },
		"Entry":     func() error { _, err := s.Entry("a"); return err },
		"Find":      func() error { _, err := s.Find("a"); return err },
		"Revisions": func() error { _, err := s.Revisions(); return err },
		"Sources":   func() error { _, err := s.Sources(); return err },
		"Profiles":  func() error { _, err := s.Profiles(); return err },
		"Backup":    func() error { return s.Backup(nil) },
		"Check":     s.Check,
		"Compact":   s.Compact,
		"Prune":     func() error { _, err := s.Prune(); return err },
		"Stats":     func() error { _, err := s.Stats(); return err },
		"Await":     func() error { return s.Await(context.Background()) },
	} {
		if err := call(); !errors.Is(err, store.ErrClosed) {
			h.t.Errorf("%s = %v; want ErrClosed", name, err)
		}
	}
	if err := h.A.Close(); err != nil {
		h.t.Errorf("second Close = %v", err)
	}
	h.window("all") // the other claimant goes on
}

// Many claimants and readers at once: every item becomes one entry, revisions
// never go back, and windows are whole.
func testConcurrent(h *house) {
	const sources, rounds = 8, 5
	var ids []string
	for i := range sources {
		ids = append(ids, fmt.Sprintf("s%d", i))
	}
	h.settled(ids...)
	var writers, readers sync.WaitGroup
	for i, id := range ids {
		s := []store.Store{h.A, h.B}[i%2]
		writers.Go(func() {
			for round := range rounds {
				claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: noon.Add(time.Hour), Sources: []string{id}})
				if err != nil || len(claims) != 1 {
					h.t.Errorf("Claim(%s) = %d, %v", id, len(claims), err)
					return
				}
				doc := h.document(id, posts(id, i*20, i*20+round+1)...)
				if o, err := s.Commit([]feed.Report{h.report(claims[0], doc)}); err != nil || o[0].Status != feed.Committed {
					h.t.Errorf("Commit(%s) = %+v, %v", id, o, err)
				}
			}
		})
	}
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			var last uint64
			for {
				w, err := h.B.Window(feed.Query{Channel: "all", Limit: 100})
				if err != nil || w.Revision < last {
					h.t.Errorf("Window = revision %d after %d, %v", w.Revision, last, err)
				}
				last = w.Revision
				for i := range w.Entries {
					if w.Entries[i].HTML == "" || w.Entries[i].Revision > w.Revision {
						h.t.Errorf("entry %s is not whole", w.Entries[i].Slug)
					}
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	if n := len(h.window("all").Entries); n != sources*rounds {
		h.t.Errorf("%d entries; want %d", n, sources*rounds)
	}
}
