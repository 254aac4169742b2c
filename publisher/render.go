package publisher

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"weir/feed"
)

// published is what one channel last came to.
type published struct {
	revision uint64
	docs     map[string]*Document
	slugs    []string
	kept     keeping
	// chain is nil where there are no archives.
	chain *chain
	left  []feed.Omission
}

// Render reads what changed since the last call and returns the documents as
// they are now. Channels whose revision did not move are taken over as they
// are; when nothing moved, the snapshot is the previous one.
//
// When the reader's error means that the first poll is still running (see
// Options.Empty), the snapshot is a founding one and there is no error.
func (p *Publisher) Render(ctx context.Context) (*Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	revisions, err := p.reader.Revisions()
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	moved := p.moved(revisions)
	if len(moved) == 0 {
		return p.last, nil
	}
	told, err := p.reader.Profiles()
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	sources := newOutlets(p.opt.Site, p.host, told, p.sources)
	if changed, err := p.findRemoved(ctx); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	} else if changed {
		moved = p.ids() // all of them announce it
	}
	fresh, err := p.publishAll(ctx, moved, sources)
	if err != nil && p.opt.Empty != nil && p.opt.Empty(err) {
		return p.founding()
	}
	if err != nil {
		return nil, err
	}
	for i, id := range moved {
		// The revision that was asked for first: when a commit comes between
		// the questions, the sources may be older than the window, and the
		// next call has to look again.
		fresh[i].revision = revisions[id]
		p.channels[id] = fresh[i]
	}
	p.announced, p.sources = p.removed, sources
	p.sweep()
	p.last = p.snapshot(sources)
	return p.last, nil
}

// Follow makes a new publisher go on from a snapshot that another one made
// under an earlier configuration: documents whose bytes stay keep tag and
// date, and those that change get a later date, as within one publisher (S8).
// Call it before the first Render; nil is allowed.
func (p *Publisher) Follow(s *Snapshot) {
	if s == nil || s.founding {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = s
}

// moved returns the channels to render, in the order of the options.
func (p *Publisher) moved(revisions map[string]uint64) (ids []string) {
	for _, id := range p.ids() {
		if done := p.channels[id]; done == nil || done.revision != revisions[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// ids are the channels that documents are made from.
func (p *Publisher) ids() []string {
	ids := make([]string, 0, len(p.opt.Channels)+1)
	for _, ch := range p.opt.Channels {
		ids = append(ids, ch.ID)
	}
	if p.opt.Articles != "" {
		ids = append(ids, p.opt.Articles)
	}
	return ids
}

// publishAll makes what channels come to, as many at a time as there are
// processors: a story that enters many of them is to be served soon.
func (p *Publisher) publishAll(ctx context.Context, ids []string, sources *outlets) ([]*published, error) {
	made := make([]*published, len(ids))
	hands, ctx := errgroup.WithContext(ctx)
	hands.SetLimit(runtime.GOMAXPROCS(0))
	for i, id := range ids {
		hands.Go(func() (err error) {
			if err = ctx.Err(); err != nil {
				return err
			}
			if made[i], err = p.publish(ctx, id, sources); err != nil {
				return fmt.Errorf("render channel %s: %w", id, err)
			}
			return nil
		})
	}
	return made, hands.Wait()
}

func (p *Publisher) publish(ctx context.Context, id string, sources *outlets) (*published, error) {
	if id == p.opt.Articles {
		return p.publishArticles(ctx, sources)
	}
	for _, ch := range p.opt.Channels {
		if ch.ID == id {
			return p.publishChannel(ctx, ch, sources)
		}
	}
	return nil, fmt.Errorf("unknown channel %s", id)
}

func (p *Publisher) publishChannel(ctx context.Context, ch Channel, sources *outlets) (*published, error) {
	if ch.Limit <= 0 {
		ch.Limit = defaultLimit
	}
	var before keeping
	if last := p.channels[ch.ID]; last != nil {
		before = last.kept
	}
	w, err := p.window(ctx, &ch, before, sources)
	if err != nil {
		return nil, err
	}
	window := p.read(&w, sources, ch.manner(), before)
	window.sort(&ch)
	view := p.view(ch, window.stories)
	view.announce(p.removed, window.stories)
	out := &published{revision: w.Revision, docs: make(map[string]*Document, 8), left: window.left, kept: window.kept}
	if ch.Archive != 0 {
		if out.chain, err = p.chain(ch, &w, window.stories[min(len(window.stories), ch.Limit):]); err != nil {
			return nil, err
		}
		view.Older, view.Earlier = out.chain.newest().dir(), spot{page: out.chain.earlier, shown: true}.dir()
	}
	followed := p.followed(ch.ID, window.stories, sources)
	for i := range w.Entries {
		out.slugs = append(out.slugs, w.Entries[i].Slug)
	}
	held := holding(window.fragments)
	seen := latest(view.Updated, lastSeen(window.stories))
	for _, doc := range p.documents(view, window, followed) {
		body, err := doc.body(window.fragments)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doc.name, err)
		}
		path := view.Dir + doc.name
		made := p.document(path, doc.kind, doc.media, body, w.Revision, seen)
		if made.parts == nil && IsFeed(path) {
			made.links = view.links(doc.name, doc.media)
			made.parts = &parts{fragments: window.fragments, held: held, make: doc.body}
			made.parts.follow(p.before(path))
		}
		out.docs[path] = made
	}
	return out, nil
}

// plan is a document to be made.
type plan struct {
	name, media string
	kind        kind
	// body makes it of the entries that it is to hold, if it is a feed.
	body func([]*fragment) ([]byte, error)
}

// documents lists what a channel is published as.
func (p *Publisher) documents(v *channelView, e entries, followed []*outlet) []plan {
	return append(v.feeds(), []plan{
		{"sources.opml", opmlType, kindFeed, func([]*fragment) ([]byte, error) { return v.opml().list(followed) }},
		{"index.html", htmlType, kindPage, func([]*fragment) ([]byte, error) { return p.pages.river(v, e, followed) }},
		{"embed/index.html", htmlType, kindEmbed, func([]*fragment) ([]byte, error) { return p.pages.embed(v, e.stories) }},
	}...)
}

// followed returns the sources that feed a channel, by title: every one for
// the channel of all, for another one those whose stories it shows.
func (p *Publisher) followed(id string, stories []*story, sources *outlets) []*outlet {
	if id == feed.ChannelAll {
		return sources.titled
	}
	var list []*outlet
	seen := make(map[string]bool)
	add := func(o *outlet) {
		if !seen[o.ID] {
			seen[o.ID] = true
			list = append(list, o)
		}
	}
	for _, s := range stories {
		add(s.From)
		for _, also := range s.Also {
			add(also.From)
		}
	}
	return byTitle(list)
}

// sweep forgets fragments that no document holds any longer.
func (p *Publisher) sweep() {
	used := make(map[string]bool, len(p.cache))
	for _, ch := range p.channels {
		for _, slug := range ch.slugs {
			used[slug] = true
		}
	}
	for key := range p.cache {
		if !used[key.slug] {
			delete(p.cache, key)
		}
	}
}

// snapshot puts the channels together.
func (p *Publisher) snapshot(sources *outlets) *Snapshot {
	s := p.emptySnapshot()
	s.history = &history{p: p, sources: sources, chains: make(map[string]*chain)}
	for id, ch := range p.channels {
		s.revisions[id] = ch.revision
		maps.Copy(s.docs, ch.docs)
		s.left = append(s.left, ch.left...)
		if ch.chain != nil {
			s.history.chains[channelDir(id)] = ch.chain
		}
	}
	slices.SortFunc(s.left, func(a, b feed.Omission) int { return cmp.Compare(a.Entry, b.Entry) })
	s.left = slices.CompactFunc(s.left, func(a, b feed.Omission) bool { return a.Entry == b.Entry })
	return s
}

func (p *Publisher) emptySnapshot() *Snapshot {
	s := &Snapshot{
		docs: make(map[string]*Document, 8*len(p.channels)), revisions: make(map[string]uint64, len(p.channels)),
		digest: p.opt.Digest, version: p.opt.Version, site: p.opt.Site.URL, hubs: p.opt.Site.Hubs, raw: p.opt.Site.RawFeeds, ttl: p.opt.TTL,
		policy: p.pages.policy, embedPolicy: p.pages.embedPolicy, missing: p.pages.missing,
	}
	s.docs[subscribePath] = p.document(subscribePath, kindPage, htmlType, p.offers, 0, p.since)
	return s
}
