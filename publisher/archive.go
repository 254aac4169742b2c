package publisher

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"weir/feed"
)

// spot is a place in the history of a channel: the page with a number, or of
// that page what its first arrivals are.
type spot struct {
	page int
	// part is how many arrival numbers of the page it covers; 0 means all.
	part int
	// shown says that it is for people, and not for programs.
	shown bool
}

// dir is where the documents of a spot lie below the channel: "archive/3/", or
// "archive/4.17/" for the first 17 arrivals of page 4; for people "page/3/". What
// such an address holds never shifts, because arrival numbers are given once.
func (s spot) dir() string {
	switch {
	case s.page == 0:
		return ""
	case s.shown:
		return fmt.Sprintf("page/%d/", s.page)
	case s.part == 0:
		return fmt.Sprintf("archive/%d/", s.page)
	}
	return fmt.Sprintf("archive/%d.%d/", s.page, s.part)
}

// spotOf reads what dir wrote, such as "archive/3/".
func spotOf(dir string) (s spot, ok bool) {
	area, name, _ := strings.Cut(strings.TrimSuffix(dir, "/"), "/")
	s.shown = area == "page"
	number, part, parted := strings.Cut(name, ".")
	var err error
	if s.page, err = strconv.Atoi(number); err != nil || s.page < 1 {
		return spot{}, false
	}
	if parted {
		if s.part, err = strconv.Atoi(part); err != nil || s.part < 1 || s.part >= feed.ArchivePage {
			return spot{}, false
		}
	}
	// One address each: "03" and "+3" are none.
	return s, s.dir() == dir
}

// names are the documents that a channel has at the spot.
func (s spot) names(ch *Channel) []string {
	if s.shown {
		return []string{"index.html"}
	}
	return slices.DeleteFunc([]string{"rss.xml", "atom.xml", "feed.json"}, func(name string) bool { return !ch.publishes(name) })
}

// chain is how the history of a channel lies behind its current documents: the
// archives of its feeds (RFC 5005 §4), and the older pages behind its page.
type chain struct {
	ch       Channel
	revision uint64
	// pages is the number of the last page that is full. arrivals is the last
	// arrival number.
	pages    int
	arrivals uint64
	// bridge covers what lies between that page and the current documents; its
	// part is 0 where they hold all of it.
	bridge spot
	// shown is the number of the last page that people are shown: one that still
	// fills up, where the channel's own page does not hold all of it. That leads to
	// the page earlier, the last one of which it does not hold all.
	shown, earlier int
}

// chain finds how the history follows a channel's window. What is in no full page
// and not in the window either is in a document of its own, so that whoever walks
// on meets every entry. Of the window the channel's own page leaves out what is
// beyond.
func (p *Publisher) chain(ch Channel, w *feed.Window, beyond []*story) (*chain, error) {
	c := &chain{ch: ch, revision: w.Revision, pages: int(w.Arrivals / feed.ArchivePage), arrivals: w.Arrivals}
	c.shown = c.pages
	full := uint64(c.pages) * feed.ArchivePage
	held, shown := make(map[uint64]bool, len(w.Entries)), make(map[uint64]bool, len(w.Entries))
	for i := range w.Entries {
		e := &w.Entries[i]
		held[e.Arrival] = true
		shown[e.Arrival] = !slices.ContainsFunc(beyond, func(s *story) bool { return s.Slug == e.Slug })
	}
	for c.earlier = c.pages; c.earlier > 0 && all(shown, c.until(spot{page: c.earlier - 1}), c.until(spot{page: c.earlier})); {
		c.earlier--
	}
	if all(shown, full, w.Arrivals) {
		return c, nil
	}
	rest, err := p.reader.Arrivals(ch.ID, c.pages+1)
	if err != nil {
		return nil, err
	}
	for _, n := range rest {
		if n <= w.Arrivals && !held[n] {
			c.bridge = spot{page: c.pages + 1, part: max(c.bridge.part, int(n-full))}
		}
		if n <= w.Arrivals && !shown[n] {
			c.shown, c.earlier = c.pages+1, c.pages+1
		}
	}
	return c, nil
}

// all reports whether every number behind one and up to another is there.
func all(numbers map[uint64]bool, behind, to uint64) bool {
	for n := behind + 1; n <= to; n++ {
		if !numbers[n] {
			return false
		}
	}
	return true
}

// newest is the archive before the current documents.
func (c *chain) newest() spot {
	if c.bridge.part > 0 {
		return c.bridge
	}
	return spot{page: c.pages}
}

// last is the number of the last page of the kind that a spot is.
func (c *chain) last(s spot) int {
	if s.shown {
		return c.shown
	}
	return c.pages
}

// holds reports whether there is such a spot.
func (c *chain) holds(s spot) bool {
	if s.part == 0 {
		return s.page <= c.last(s)
	}
	return c.until(s) <= c.arrivals
}

// until is the last arrival number that a spot covers.
func (c *chain) until(s spot) uint64 {
	if s.part > 0 {
		return uint64(s.page-1)*feed.ArchivePage + uint64(s.part)
	}
	return min(uint64(s.page)*feed.ArchivePage, c.arrivals)
}

// firstFile is the oldest page that is written as a file. It moves seldom, many
// pages at a time, because the page that becomes the first is written anew.
func (c *chain) firstFile() int {
	if c.ch.Archive == ArchiveAll {
		return 1
	}
	keep := (c.ch.Archive + feed.ArchivePage - 1) / feed.ArchivePage
	if c.pages < keep {
		return 1
	}
	return (c.pages-keep)/keep*keep + 1
}

// archive makes the documents of a spot, by name. Nothing is older than the
// page first. Before are those that the spot had until now, if that is known.
func (h *history) archive(c *chain, at spot, first int, before map[string]*Document) (map[string]*Document, error) {
	w, err := h.p.reader.Archive(c.ch.ID, at.page)
	if err != nil {
		return nil, err
	}
	last := c.until(at)
	w.Entries = slices.DeleteFunc(w.Entries, func(e feed.Placed) bool { return e.Arrival > last })
	var revision uint64
	for i := range w.Entries {
		revision = max(revision, w.Entries[i].Revision)
	}
	stories := h.stories(&w, c.ch.manner())
	view := h.p.view(c.ch, stories.stories)
	view.Page = at.dir()
	if at.page > first {
		view.Older = spot{page: at.page - 1, shown: at.shown}.dir()
	}
	if at.part == 0 && at.page < c.last(at) {
		view.Newer = spot{page: at.page + 1, shown: at.shown}.dir()
	}
	plans := view.feeds()
	if at.shown {
		stories.sort(&c.ch)
		view.Up = view.back() + view.Up
		plans = []plan{{"index.html", htmlType, kindPage, func([]*fragment) ([]byte, error) { return h.p.pages.river(view, stories, nil) }}}
	}
	return h.documents(view, stories, plans, revision, before)
}

// stories renders the entries of an archive. They do not say when their source
// changed last: that would change with every poll.
func (h *history) stories(w *feed.Window, how manner) (out entries) {
	scrub(w)
	holders := idHolders(w)
	for i := range w.Entries {
		if holders[bareID(w.Entries[i].ID)] != i {
			continue
		}
		s := h.p.newStory(&w.Entries[i].Entry, h.sources, w.Sources)
		from := *s.From
		from.Profile.Updated = time.Time{}
		s.From = &from
		if f := h.p.compose(s, how); f.err == nil {
			out.stories, out.fragments = append(out.stories, s), append(out.fragments, f)
		}
	}
	return out
}

// documents makes what is planned of a spot. They have a tag and no date: what
// leaves an archive, or follows it, changes it and has none (S8). All of it is
// asked for seldom and compressed like archives.
func (h *history) documents(v *channelView, e entries, plans []plan, revision uint64, before map[string]*Document) (map[string]*Document, error) {
	docs := make(map[string]*Document, len(plans))
	var p press
	for _, plan := range plans {
		body, err := plan.body(e.fragments)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", v.Page, plan.name, err)
		}
		old := before[plan.name]
		d := newDocument(old, plan.kind, plan.media, body, revision, time.Time{})
		if d.feed() {
			d.kind, d.links = kindArchive, v.links(plan.name, plan.media)
		}
		if old.is(plan.media, body) && slices.Equal(old.links, d.links) {
			docs[plan.name] = old
			continue
		}
		packed, err := p.pack(context.Background(), body, kindArchive.codings())
		if err != nil {
			return nil, err
		}
		d.packed.Store(packed)
		docs[plan.name] = d
	}
	return docs, nil
}
