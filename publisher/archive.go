package publisher

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"weir/feed"
)

// spot is an archive document of a channel: the page with a number, or of that
// page what its first arrivals are.
type spot struct {
	page int
	// part is how many arrival numbers of the page it covers; 0 means all.
	part int
}

// dir is where the documents of a spot lie below the channel: "archive/3/", or
// "archive/4.17/" for the first 17 arrivals of page 4. What such an address holds
// never shifts, because arrival numbers are given once.
func (s spot) dir() string {
	switch {
	case s.page == 0:
		return ""
	case s.part == 0:
		return fmt.Sprintf("archive/%d/", s.page)
	}
	return fmt.Sprintf("archive/%d.%d/", s.page, s.part)
}

// spotOf reads the name of a directory below archive/.
func spotOf(name string) (s spot, ok bool) {
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
	return s, s.dir() == "archive/"+name+"/"
}

// chain is how the archives of a channel lie behind its current documents
// (RFC 5005 §4).
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
}

// chain finds how the archives follow a channel's window: with every entry that
// is in no full page and not in the window either in a document of its own, so
// that whoever walks on meets all of them.
func (p *Publisher) chain(ch Channel, w *feed.Window) (*chain, error) {
	c := &chain{ch: ch, revision: w.Revision, pages: int(w.Arrivals / feed.ArchivePage), arrivals: w.Arrivals}
	full := uint64(c.pages) * feed.ArchivePage
	shown := make(map[uint64]bool, len(w.Entries))
	for i := range w.Entries {
		shown[w.Entries[i].Arrival] = true
	}
	complete := true
	for n := full + 1; n <= w.Arrivals && complete; n++ {
		complete = shown[n]
	}
	if complete {
		return c, nil
	}
	rest, err := p.reader.Archive(ch.ID, c.pages+1)
	if err != nil {
		return nil, err
	}
	for i := range rest.Entries {
		if n := rest.Entries[i].Arrival; n <= w.Arrivals && !shown[n] {
			c.bridge = spot{page: c.pages + 1, part: max(c.bridge.part, int(n-full))}
		}
	}
	return c, nil
}

// newest is the archive before the current documents.
func (c *chain) newest() spot {
	if c.bridge.part > 0 {
		return c.bridge
	}
	return spot{page: c.pages}
}

// holds reports whether there is such a document.
func (c *chain) holds(s spot) bool {
	if s.part == 0 {
		return s.page <= c.pages
	}
	return uint64(s.page-1)*feed.ArchivePage+uint64(s.part) <= c.arrivals
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
// page first.
func (h *history) archive(c *chain, at spot, first int) (map[string]*Document, error) {
	w, err := h.p.reader.Archive(c.ch.ID, at.page)
	if err != nil {
		return nil, err
	}
	if at.part > 0 {
		last := uint64(at.page-1)*feed.ArchivePage + uint64(at.part)
		kept := w.Entries[:0]
		for i := range w.Entries {
			if w.Entries[i].Arrival <= last {
				kept = append(kept, w.Entries[i])
			}
		}
		w.Entries = kept
	}
	var revision uint64
	for i := range w.Entries {
		revision = max(revision, w.Entries[i].Revision)
	}
	stories := h.stories(&w, c.ch.manner())
	view := h.p.view(c.ch, stories.stories)
	view.Page = at.dir()
	if at.page > first {
		view.Older = spot{page: at.page - 1}.dir()
	}
	if at.part == 0 && at.page < c.pages {
		view.Newer = spot{page: at.page + 1}.dir()
	}
	return h.documents(view, stories, revision)
}

// stories renders the entries of an archive. They do not say when their source
// changed last: that would change with every poll.
func (h *history) stories(w *feed.Window, how manner) (out entries) {
	scrub(w)
	for i := range w.Entries {
		s := h.p.newStory(&w.Entries[i].Entry, h.sources, w.Sources)
		s.From.Profile.Updated = time.Time{}
		if f := h.p.compose(s, how); f.err == nil {
			out.stories, out.fragments = append(out.stories, s), append(out.fragments, f)
		}
	}
	return out
}

// documents makes the documents of a spot. They have a tag and no date: what
// leaves an archive, or follows it, changes it and has none (S8).
func (h *history) documents(view *channelView, e entries, revision uint64) (map[string]*Document, error) {
	docs := make(map[string]*Document, 3)
	var p press
	for _, plan := range view.feeds() {
		body, err := plan.body(e.fragments)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", view.Page, plan.name, err)
		}
		sum := sha256.Sum256(body)
		d := &Document{
			Type: plan.media, Body: body, kind: kindArchive, links: view.links(plan.name, plan.media),
			ETag: fmt.Sprintf(`"%d-%s"`, revision, hex.EncodeToString(sum[:8])),
		}
		packed, err := p.pack(body, d.kind.codings())
		if err != nil {
			return nil, err
		}
		d.packed.Store(packed)
		docs[plan.name] = d
	}
	return docs, nil
}
