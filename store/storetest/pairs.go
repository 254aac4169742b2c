package storetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// pairs is how many pairs of sources are polled side by side, and rounds how
// often: each time they tell something that nobody told before.
const (
	pairs  = 100
	rounds = 100
)

// pairing makes items for two sources that may or may not tell one story.
type pairing struct {
	r       *rand.Rand
	n       int
	collide int
}

// words makes text that no other pair has.
func (p *pairing) words(count int) []string {
	list := make([]string, count)
	for i := range list {
		list[i] = fmt.Sprintf("w%d%s", p.n, strings.Repeat(string(rune('a'+p.r.IntN(26))), 1+p.r.IntN(3)))
	}
	return list
}

func (p *pairing) text(count int) string { return "<p>" + strings.Join(p.words(count), " ") + "</p>" }

// item is a story of one source's own.
func (p *pairing) item(source string, now time.Time) feed.Item {
	title := p.words(2 + p.r.IntN(6))
	link := "https://" + source + ".example/" + strings.Join(title, "-")
	return feed.Item{
		Content: feed.Content{Title: strings.Join(title, " "), Link: link, HTML: p.text(5 + p.r.IntN(90))},
		RawID:   link, Published: now, Updated: now,
	}
}

// echo is what another source makes of a story: something like it, in one of
// the ways in which two items can be found under one name.
func (p *pairing) echo(source string, of feed.Item, now time.Time) feed.Item {
	it := p.item(source, now)
	switch p.r.IntN(8) {
	case 0: // told again at home, word for word
		it.Title, it.HTML = of.Title, of.HTML
		it.Link = strings.Replace(of.Link, "://", "://"+source+".", 1)
	case 1: // another story under the same slug
		it.Title = of.Title
		it.Link = "https://" + source + ".example/" + of.Link[strings.LastIndexByte(of.Link, '/')+1:]
	case 2: // a pointer without words
		it.Link, it.HTML = of.Link, "<p>Look.</p>"
	case 3: // a pointer with many
		it.Link = of.Link
	case 4: // the same id
		it.RawID = of.RawID
	case 5: // the same id and title
		it.RawID, it.Title = of.RawID, of.Title
	case 6: // a summary
		it.Title, it.HTML = of.Title, of.HTML[:len(of.HTML)/4]+"</p>"
		it.Link = "https://" + source + ".example/" + of.Link[strings.LastIndexByte(of.Link, '/')+1:]
	}
	return it
}

// meet tells whether two items are found under one name.
func meet(a, b *feed.Item) bool {
	names := identity.Names(&a.Traits)
	return slices.ContainsFunc(identity.Names(&b.Traits), func(n string) bool { return slices.Contains(names, n) })
}

// couples are pairs of sources, p and q, and what they hold.
type couples struct {
	*house
	pairing
	docs map[string]*feed.Document
}

func newCouples(h *house) *couples {
	c := &couples{house: h, pairing: pairing{r: rand.New(rand.NewPCG(20, 26))}, docs: make(map[string]*feed.Document)}
	for i := range pairs {
		p, q := blog(fmt.Sprintf("p%02d", i)), blog(fmt.Sprintf("q%02d", i))
		q.Priority = []int{0, 0, -5, 10}[i%4]
		h.cfg.Sources = append(h.cfg.Sources, p, q)
	}
	h.configure()
	h.settle()
	return c
}

// compose makes every source's next document.
func (c *couples) compose() {
	now := c.clock.now()
	for i := range pairs {
		p, q := fmt.Sprintf("p%02d", i), fmt.Sprintf("q%02d", i)
		c.n++
		told := c.item(p, now)
		c.docs[p] = c.document(p, told, c.item(p, now))
		c.docs[q] = c.document(q, c.item(q, now), c.echo(q, told, now))
		if meet(&c.docs[p].Items[0], &c.docs[q].Items[1]) {
			c.collide++
		}
	}
}

// tell commits the documents of some sources in one transaction, and sees that
// every item ended as something.
func (c *couples) tell(s store.Store, ids []string) map[string]feed.Outcome {
	c.t.Helper()
	reports := make([]feed.Report, len(ids))
	claims := make(map[string]feed.Claim)
	for _, claim := range c.claim(s, ids...) {
		claims[claim.Source.ID] = claim
	}
	for i, id := range ids {
		reports[i] = c.report(claims[id], c.docs[id])
	}
	outcomes := make(map[string]feed.Outcome)
	for i, o := range c.commit(s, reports...) {
		outcomes[ids[i]] = o
		if n := o.Added + o.Joined + o.Changed + o.Same + o.Rejected; n != len(c.docs[ids[i]].Items) {
			c.t.Fatalf("%s: %d items came to %+v", ids[i], len(c.docs[ids[i]].Items), o)
		}
	}
	return outcomes
}

// told finds the entry that an item of a source tells.
func (c *couples) told(s store.Store, source string, it *feed.Item) feed.Entry {
	c.t.Helper()
	for _, name := range []string{it.Link, it.RawID, it.Title} {
		found, _ := s.Find(name)
		for _, e := range found {
			if slices.ContainsFunc(e.Sightings, func(sg feed.Sighting) bool { return sg.Source == source && sg.Key == it.Key }) {
				return e
			}
		}
	}
	c.t.Fatalf("pair %d: no entry knows that %s told %q", c.n, source, it.Title)
	return feed.Entry{}
}

// side lists the p or the q of every pair.
func (c *couples) side(letter byte) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(c.docs)) {
		if id[0] == letter {
			ids = append(ids, id)
		}
	}
	return ids
}

// Whatever another source tells, an entry stays what its owner said, unless
// that source ranks higher; and then its slug, id, dates and place stay
// (XF01, XF02, XF03). No item is lost, and telling everything once more changes
// nothing.
func testPairsOfSources(h *house) {
	c := newCouples(h)
	for range scaled(rounds) {
		h.clock.advance(time.Hour)
		c.compose()
		c.tell(h.A, c.side('p'))
		before := make(map[string]feed.Entry)
		for _, p := range c.side('p') {
			before[p] = c.told(h.B, p, &c.docs[p].Items[0])
		}
		c.tell(h.A, c.side('q'))
		for i, p := range c.side('p') {
			q := c.side('q')[i]
			c.compare(before[p], c.told(h.B, p, &c.docs[p].Items[0]), q)
			c.told(h.B, q, &c.docs[q].Items[1])
		}
		revision := h.revision(feed.ChannelAll)
		for id, o := range c.tell(h.A, append(c.side('p'), c.side('q')...)) {
			if o.Same != len(c.docs[id].Items) {
				h.t.Fatalf("%s told the same once more: %+v", id, o)
			}
		}
		if got := h.revision(feed.ChannelAll); got != revision {
			h.t.Fatalf("revision went from %d to %d when all was told once more", revision, got)
		}
	}
	h.t.Logf("%d pairs, %d of them meet under a name", c.n, c.collide)
	if c.collide*5 < c.n {
		h.t.Errorf("%d of %d pairs meet under a name; that tests too little", c.collide, c.n)
	}
}

// compare holds an entry against what it was before another source spoke.
func (c *couples) compare(before, after feed.Entry, other string) {
	c.t.Helper()
	above := c.source(other).Priority > c.source(before.Source()).Priority
	ignore := cmp.Options{cmpopts.IgnoreFields(feed.Entry{}, "Sightings"), cmpopts.EquateEmpty()}
	if above && after.Source() == other {
		ignore = append(ignore, cmpopts.IgnoreFields(feed.Entry{}, "Content", "Traits", "Updated"))
	}
	if diff := cmp.Diff(before, after, ignore); diff != "" {
		c.t.Fatalf("pair %d: %s changed an entry of %s (-before +after):\n%s", c.n, other, before.Source(), diff)
	}
	if !above && after.Source() != before.Source() {
		c.t.Fatalf("pair %d: %s took an entry of %s", c.n, other, before.Source())
	}
}

// What one commit brings is decided in one order, however the reports and the
// items in them were sorted.
func testOneCommitInAnyOrder(h *house) {
	c := newCouples(h)
	for range 2 + scaled(rounds)/4 {
		h.clock.advance(time.Hour)
		c.compose()
		c.tell(h.A, append(c.side('q'), c.side('p')...))
	}
	copied := backup(h.t, h.A)
	h.clock.advance(time.Hour)
	c.compose()
	var windows []feed.Window
	for _, ids := range [][]string{append(c.side('p'), c.side('q')...), append(c.side('q'), c.side('p')...)} {
		s := h.Restore(copied)
		if err := s.Configure(h.cfg); err != nil {
			h.t.Fatal(err)
		}
		slices.Reverse(ids)
		for _, id := range ids[:pairs] {
			slices.Reverse(c.docs[id].Items)
		}
		c.tell(s, ids)
		w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1 << 20})
		if err != nil {
			h.t.Fatal(err)
		}
		windows = append(windows, w)
		if err := s.Close(); err != nil {
			h.t.Error(err)
		}
	}
	if diff := cmp.Diff(windows[0], windows[1]); diff != "" {
		h.t.Errorf("the order of reports decided (-one +other):\n%.4000s", diff)
	}
}

// scaled is a tenth of a number where tests are to be short.
func scaled(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// Within one commit the source of the highest rank is heard first, then who
// published first: the entry's slug and id are theirs, whatever the sources'
// order.
func testFirstInACommit(h *house) {
	h.cfg.Sources = []feed.Source{blog("a"), blog("b"), blog("c")}
	h.cfg.Sources[2].Priority = 10
	h.configure()
	h.settle()
	told := func(source, name string, published time.Time) feed.Item {
		it := post(source, name+"/how-to-build-a-small-weir", "How to build a small weir at home", published)
		it.HTML = "<p>Take stones, wood and patience, and begin upstream.</p>"
		return it
	}
	for day, want := range []struct{ tellers, owner string }{{"ab", "b"}, {"abc", "c"}} {
		h.clock.advance(24 * time.Hour)
		now := h.clock.now()
		var reports []feed.Report
		for i, id := range strings.Split(want.tellers, "") {
			it := told(id, fmt.Sprint(day), now.Add(-time.Duration(i)*time.Minute))
			it.Title += fmt.Sprint(" ", day)
			it.Link += fmt.Sprint("-", day)
			it.RawID = it.Link
			reports = append(reports, h.report(h.claim(h.A, id)[0], h.document(id, it)))
		}
		h.commit(h.A, reports...)
		e := h.window(feed.ChannelAll).Entries[0]
		if e.Source() != want.owner || e.ID != e.Link || len(e.Sightings) != len(want.tellers) {
			h.t.Errorf("day %d: the entry is %s's with id %s, told by %v; want it born as %s's", day, e.Source(), e.ID, tellers(e.Entry), want.owner)
		}
	}
}
